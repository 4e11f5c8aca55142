"""The OpenAPI document and the service say the same: what the document allows is accepted, what it forbids is refused."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import schemathesis
from asgi import Client, settings_for
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import ignored_auth

from api.app import create_app
from api.wiring import Service

FOLDER = Path(tempfile.mkdtemp())


@cache
def client() -> Client:
    return Client(create_app(Service(settings_for(FOLDER))))


QUICK = schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": False}}})
schema = schemathesis.openapi.from_dict(client().get("/openapi.json").json(), config=QUICK)


@schema.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
def test_what_is_published_is_what_is_done(case: schemathesis.Case) -> None:
    named = case.as_transport_kwargs(base_url="http://tandem.test")
    request = {key: named[key] for key in ("headers", "params", "json") if key in named}
    if isinstance(named.get("data"), str | bytes):
        request["content"] = named["data"]
    response = client().request(named["method"], named["url"], **request)
    if '"urn:tandem:problem:key-reused"' not in response.text:  # the same key is drawn for many requests, and belongs to one
        case.validate_response(response, excluded_checks=[ignored_auth])  # the client shows who it is; test_door has those who do not
