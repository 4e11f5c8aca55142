"""One door: every role at every operation, for patients of the own and of another tenant; and nothing without a row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asgi import Client, serving
from fastapi import Response
from known import HUMAN, SYSTEMS, Known
from structlog.testing import capture_logs

from adapters.store import StoreFault
from api.security.door import operations
from api.security.policy import policy
from api.security.principal import ROLES

RECORD = (Path(__file__).parent.parent / "examples" / "intake-opioid-depression.json").read_bytes()
SECRET = "Zanahoria-4711"
CONSENT: dict[str, Any] = {
    "categories": ["part2"],
    "discloser": "Northside OTP",
    "recipient": SECRET,
    "purposes": ["treatment"],
    "signed_by": "patient",
    "signature": "signed on paper",
    "signed_at": "2026-11-20T10:00:00Z",
    "ends_when": "treatment ends",
    "told_of_right_to_revoke": True,
}
OPERATIONS = sorted(operation for operation, row in policy().items() if not row.open)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("data")) as (client, _):
        client.forget()
        yield client


@pytest.fixture(scope="module")
def patient(client: Client) -> str:
    """A stored patient of the main tenant, with a consent that nobody else may read of."""
    ehr = Known(client, "ehr_client")
    found: str = ehr.ask("POST", "/patients", {"identifier": "mrn-1"}).json()["patient"]
    assert ehr.ask("POST", f"/patients/{found}/entries", {"findings": [], "setting": "outpatient"}).status_code == 201
    lead = Known(client, "clinical_lead")
    lead.joins(found)
    assert lead.ask("POST", f"/patients/{found}/consents", CONSENT).status_code == 201
    return found


def path_of(operation: str, patient: str) -> tuple[str, str]:
    method, path = operation.split(" ")
    named = {"patient": patient, "component": "naloxone", "item": f"{patient}.0", "id": "x", "name": "x", "member": "x"}
    for name, value in named.items():
        path = path.replace(f"{{{name}}}", value)
    return method, path


def asked(who: Known, operation: str, patient: str) -> Any:
    method, path = path_of(operation, patient)
    row = policy()[operation]
    return who.ask(method, path, json.loads(RECORD) if method == "POST" else None, tandem_purpose=row.purposes[0])


def test_every_operation_has_a_row_and_every_row_an_operation(client: Client) -> None:
    assert operations(client.app.router.routes) == set(policy())


def test_an_operation_without_a_row_is_refused_when_it_runs(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, _):
        client.app.add_api_route("/forgotten", lambda: Response(SECRET), methods=["GET"])
        answer = client.get("/forgotten")
        assert (answer.status_code, SECRET in answer.text) == (403, False)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nobody_unknown_gets_in(client: Client, patient: str, operation: str) -> None:
    method, path = path_of(operation, patient)
    for headers in ({}, {"authorization": "Bearer x"}, {"authorization": "Basic eDp5"}, {"cookie": "tandem=x"}):
        answer = client.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_at_every_operation_of_its_own_tenant_and_of_another(client: Client, patient: str, role: Any) -> None:
    own, other = Known(client, role, patient="another"), Known(client, role, tenant="elsewhere", patient="another")
    member = Known(client, role, patient=patient)
    member.joins(patient)
    for operation in OPERATIONS:
        if operation in ("POST /logout", "POST /password"):
            continue  # they end the session; test_people has them
        relation = policy()[operation].to.get(role)
        about_patient = "{patient}" in operation
        for who, related in ((own, False), (other, False), (member, True)):
            answer = asked(who, operation, patient)
            if relation is None:
                assert answer.status_code == 403, (operation, answer.text)
            elif about_patient and relation != "any" and not (related and (relation == "team" or role in ("patient", "family"))):
                assert (answer.status_code, answer.json()["type"]) == (404, "urn:tandem:problem:patient-unknown"), operation
            else:
                assert answer.status_code not in (401, 403), (operation, answer.text)
            if who is other:
                assert SECRET not in answer.text, operation


def test_the_own_patient_sees_the_consent_that_others_do_not(client: Client, patient: str) -> None:
    assert SECRET in Known(client, "patient", patient=patient).ask("GET", f"/patients/{patient}/consents").text
    assert SECRET in Known(client, "auditor").ask("GET", f"/patients/{patient}/sharing").text
    assert SECRET not in Known(client, "auditor", tenant="elsewhere").ask("GET", f"/patients/{patient}/sharing").text


@pytest.mark.parametrize("identifier", ["mrn-1"])
def test_the_same_identifier_of_two_tenants_is_two_patients(client: Client, patient: str, identifier: str) -> None:
    assert Known(client, "ehr_client").ask("POST", "/patients", {"identifier": identifier}).json()["patient"] == patient
    elsewhere = Known(client, "ehr_client", tenant="elsewhere").ask("POST", "/patients", {"identifier": identifier})
    assert elsewhere.json()["patient"] != patient


def test_a_person_does_not_join_a_team_by_naming_its_patient(client: Client, patient: str) -> None:
    who = Known(client, "prescriber")
    assert who.ask("POST", "/patients", {"identifier": "mrn-1"}).json()["patient"] == patient
    assert who.ask("GET", f"/patients/{patient}/timeline").status_code == 404


@pytest.mark.parametrize("purpose", ["legal", "criminal_justice", "research", "public_health", "marketing", ""])
def test_what_it_is_not_done_for(client: Client, purpose: str) -> None:
    answer = Known(client, "ehr_client").ask("POST", "/recommend", {}, tandem_purpose=purpose)
    assert answer.status_code == (400 if purpose in ("marketing", "") else 403)
    if purpose in ("legal", "criminal_justice"):
        assert "privacy officer" in answer.json()["errors"][0]["do"]


@pytest.mark.parametrize("role", HUMAN)
def test_what_changes_something_must_come_from_our_own_page(client: Client, role: Any) -> None:
    who = Known(client, role)
    for token in ("", "x", "0" * 43):
        who.headers["tandem-csrf"] = token
        assert who.ask("POST", "/logout").json()["type"] == "urn:tandem:problem:csrf"
    assert who.ask("GET", "/session").status_code == 200


@pytest.mark.parametrize("role", SYSTEMS)
def test_a_closed_system_is_out_at_once(client: Client, role: Any) -> None:
    who = Known(client, role)
    assert who.ask("GET", "/accounts").status_code == 403
    assert Known(client, "administrator").ask("POST", f"/clients/{who.id}/closing").status_code == 204
    assert who.ask("GET", "/accounts").status_code == 401


def test_a_token_ends(tmp_path: Path) -> None:
    clock = [datetime(2026, 11, 23, 16, tzinfo=UTC)]
    with serving(tmp_path, now=lambda: clock[0]) as (client, _):
        who = Known(client, "ehr_client")
        assert who.ask("POST", "/recommend", {}).status_code == 200
        clock[0] += timedelta(minutes=5)
        assert who.ask("POST", "/recommend", {}).status_code == 401


def test_a_demonstration_asks_nobody_and_says_so(tmp_path: Path) -> None:
    with serving(tmp_path, demo=True, secret_key=None) as (client, _):
        for form in ("html", "text", "svg"):
            assert "This is a demonstration" in " ".join(client.post("/recommend", RECORD, params={"format": form}).text.split())
        assert "demostración" in client.post("/recommend", RECORD, params={"format": "html", "lang": "es"}).text
        assert client.get("/health/ready").json()["demonstration"] is True
        assert client.get("/accounts").status_code == 403


def test_a_database_that_fails_lets_nobody_in(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    who = Known(client, "ehr_client")

    def failing() -> None:
        raise StoreFault("store-read: OperationalError")

    monkeypatch.setattr(client.security.identity, "_opened", failing)
    answer = who.ask("POST", "/recommend", {})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_who_asked_is_in_the_log_and_what_was_sent_is_not(client: Client) -> None:
    who = Known(client, "ehr_client")
    with capture_logs() as lines:
        who.ask("POST", "/recommend", {"patient": {"id": SECRET}}, tandem_recipient=SECRET)
    line = next(line for line in lines if line["event"] == "answered")
    assert (line["operation"], line["status"], line["actor"]) == ("POST /recommend", 200, who.id)
    assert SECRET not in repr(lines)
