"""A public client, as it comes from its registry, against a server that really listens."""

from __future__ import annotations

import json
import socket
import threading
import time
from pathlib import Path

import fhir_checks
import httpx
import nodejs
import uvicorn
from asgi import settings_for
from fhir_samples import PERSON, parameters

from api.app import create_app
from api.recording import MAIN
from api.wiring import Service


def test_a_public_client_can_do_all_of_it(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    app = create_app(Service(settings_for(tmp_path, public_url=base)))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.05)
        wanted = "system/PlanDefinition.r system/Observation.c"
        secret = app.state.security.systems.add(MAIN, "ehr", ("ehr_client",), scopes=wanted)
        form = {"scope": wanted, "grant_type": "client_credentials", "client_id": "ehr", "client_secret": secret}
        token = httpx.post(f"{base}/token", data=form).json()["access_token"]
        told = json.loads(nodejs.run("apply.mjs", parameters(*PERSON).decode(), f"{base}/fhir", token))
    finally:
        server.should_exit = True
        thread.join()
    assert told["statement"]["fhirVersion"] == "4.0.1"
    assert len(told["ids"]) == len(set(told["ids"])) == 300
    assert told["read"]["title"] == "PHQ-9"
    assert (told["refused"], told["unknown"]) == (404, 404)
    assert told["whole"]["resourceType"] == told["one"]["resourceType"] == "CarePlan"
    assert fhir_checks.wrong([told["whole"], told["one"]]) == []
