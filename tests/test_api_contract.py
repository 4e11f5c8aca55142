"""The OpenAPI document and the service say the same: what the document allows is accepted, what it forbids is refused."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from asgi import Client, settings_for
from hypothesis import HealthCheck, Phase, settings
from known import Known
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.app import create_app
from api.security.principal import ROLES, Role
from api.wiring import Service

FOLDER = Path(tempfile.mkdtemp())


@cache
def client() -> Client:
    return Client(create_app(Service(settings_for(FOLDER))), ())


@cache
def asker(role: Role) -> Known:
    return Known(client(), role)


def document() -> dict[str, Any]:
    """What is published, without how one shows who one is: every client here does so, and test_door has those who do not."""
    found: dict[str, Any] = client().get("/openapi.json").json()
    for operations in found["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)
    del found["components"]["securitySchemes"]
    return found


def _key_reused(response: httpx.Response) -> bool:
    """As a problem, or as an OperationOutcome where FHIR is spoken."""
    if response.status_code != 422:
        return False
    told = response.json()
    codings = [coding for issue in told.get("issue", ()) for coding in issue.get("details", {}).get("coding", ())]
    return told.get("type") == "urn:tandem:problem:key-reused" or any(coding["code"] == "key-reused" for coding in codings)


QUICK = schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": False}}})
schema = schemathesis.openapi.from_dict(document(), config=QUICK)


@pytest.mark.parametrize("role", ROLES)
@schema.parametrize()
@settings(
    max_examples=int(os.environ.get("TESTS_CONTRACT", "3")),
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
def test_what_is_published_is_what_is_done(case: schemathesis.Case, role: Role) -> None:
    named = case.as_transport_kwargs(base_url="http://tandem.test")
    request = {key: named[key] for key in ("headers", "params", "json") if key in named}
    if isinstance(named.get("data"), str | bytes):
        request["content"] = named["data"]
    elif "data" in named:
        request["data"] = named["data"]
    request["headers"] = {**request.get("headers", {}), **asker(role).headers}
    response = client().request(named["method"], named["url"], **request)
    if case.path in ("/logout", "/password"):  # the session may have ended, and the next begins another
        asker.cache_clear()
    if not _key_reused(response):  # the same key is drawn for many requests, and belongs to one
        # Their parts must fit together, which JSON Schema does not say.
        fitting = (
            "/accounts",
            "/clients",
            "/clients/{name}",
            "/patients/{patient}/consents",
            "/cds-services/{id}",
            "/cds-services/{id}/feedback",
        )
        fits = case.path in fitting or (case.path.startswith("/fhir/") and case.method != "GET")
        case.validate_response(response, excluded_checks=[positive_data_acceptance] if fits else [])
