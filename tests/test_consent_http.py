"""Consent as its users meet it: recorded whole, revoked at once, told in plain words; and no answer that leaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgi import Client, serving
from clocks import Clock
from known import Known

CONSENT: dict[str, Any] = {
    "categories": ["part2"],
    "discloser": "Northside OTP",
    "recipient": "City Hospital",
    "purposes": ["treatment"],
    "signed_by": "patient",
    "signature": "signed on paper",
    "signed_at": "2026-11-20T10:00:00Z",
    "until": "2027-11-20T10:00:00Z",
    "told_of_right_to_revoke": True,
}
AT = "2026-11-23T15:00:00Z"
AS_OF = {"as_of": "2026-11-23T16:00:00Z"}
OTP = {"programme": "northside-otp", "part2": True}
METHADONE = {"ingredient": "methadone", "status": "active", "origin": OTP}
NALTREXONE = {"ingredient": "naltrexone", "status": "proposed"}
BASE = {"patient": {"age": 40}, "conditions": [{"term": "alcohol_use_disorder", "status": "active", "severity": "severe"}]}
LEGAL = {"code": "need.legal", "value": True, "at": AT, "origin": OTP}
REVIEWED = {"reviewed": {"medications": AT, "conditions": AT, "allergies": AT, "events": AT}}
FORMS = ("json", "html", "text", "svg")


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(datetime(2026, 11, 23, 16, tzinfo=UTC))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("data"), now=clock) as (client, _):
        client.forget()
        yield client


@pytest.fixture(scope="module")
def hospital(client: Client) -> Known:
    return Known(client, "ehr_client", organisation="City Hospital")


@pytest.fixture(scope="module")
def programme(client: Client) -> Known:
    return Known(client, "ehr_client", organisation="Northside OTP", programmes=["northside-otp"])


@pytest.fixture
def patient() -> str:
    return f"p-{uuid4()}"


@pytest.fixture
def worker(client: Client, patient: str) -> Known:
    who = Known(client, "care_manager")
    who.joins(patient)
    return who


def of(patient: str | None = None, **parts: Any) -> dict[str, Any]:
    return {**BASE, "patient": {"age": 40, **({"id": patient} if patient else {})}, **parts}


def sees(body: Any) -> bool:
    """Whether a decision rests on the medicine that comes from the programme."""
    return any(item["code"].startswith("medication.") and item["value"] == "active" for item in body["findings"])


def ask(who: Known, record: Any, path: str = "/recommend", form: str = "json", lang: str = "en", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    params = AS_OF | {"format": form, "lang": lang}
    return who.client.request("POST", path, json=record, params=params, headers=who.headers | named)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", ["/recommend", "/explain/naltrexone", "/explain/case-management"])
def test_what_is_withheld_is_as_if_it_had_never_been(hospital: Known, form: str, path: str) -> None:
    """Every form of every answer, its headers among them."""
    never, hidden = of(medications=[NALTREXONE]), of(medications=[NALTREXONE], findings=[LEGAL])
    for lang in ("en", "es"):
        one, other = (ask(hospital, record, path, form, lang) for record in (never, hidden))
        assert one.status_code == other.status_code == 200
        assert one.text == other.text
        volatile = ("tandem-entry", "date")
        told = [{name: value for name, value in answer.headers.items() if name not in volatile} for answer in (one, other)]
        assert told[0] == told[1]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", ["/recommend", "/explain/naltrexone"])
def test_v44_a_danger_in_restricted_records_is_said_and_not_shown(hospital: Known, form: str, path: str) -> None:
    answer = ask(hospital, of(medications=[NALTREXONE, METHADONE], **REVIEWED), path, form)
    assert answer.status_code == 200
    suicide = {"code": "phq9.q9", "value": 3, "at": AT, "origin": OTP}
    other = ask(hospital, of(medications=[NALTREXONE], findings=[suicide], **REVIEWED), path, form)
    assert other.text == answer.text  # neither the drug, nor which danger it is, can be read from it
    if form == "json" and path == "/recommend":
        body = answer.json()
        assert [item["level"] for item in body["escalations"] if "Part of this record is restricted" in item["do"]] == ["E4"]
        assert "naltrexone" not in [item["component"] for item in body["recommendations"]]
        assert not sees(body)


def test_the_programme_itself_sees_it_all(programme: Known) -> None:
    body = ask(programme, of(medications=[NALTREXONE, METHADONE])).json()
    assert sees(body)
    assert "part2" in body["sharing"]["labels"]
    assert body["sharing"]["notice"] is None
    outside = ask(programme, of(medications=[NALTREXONE, METHADONE]), tandem_recipient="City Hospital").json()
    assert not sees(outside)


def test_a_consent_opens_and_its_revocation_closes_at_once(
    client: Client, hospital: Known, worker: Known, patient: str, clock: Clock
) -> None:
    record = of(patient, medications=[NALTREXONE, METHADONE])
    added = worker.ask("POST", f"/patients/{patient}/consents", CONSENT)
    assert added.status_code == 201
    id, clock.at = added.json()["id"], clock.at + timedelta(seconds=1)
    body = ask(hospital, record).json()
    assert sees(body)
    assert body["sharing"]["consents"] == [id]
    assert body["sharing"]["notice_text"].startswith("42 CFR part 2 prohibits")
    for form, lang, words in (("html", "es", "42 CFR parte 2"), ("text", "en", "42 CFR part 2"), ("svg", "en", "42 CFR part 2")):
        shown = ask(hospital, record, form=form, lang=lang)
        assert words in " ".join(shown.text.split())
        assert shown.headers["tandem-notice"] == "42-cfr-part-2"
    key = {"idempotency_key": "k1"}
    assert ask(hospital, record, **key).status_code == 200
    assert worker.ask("POST", f"/patients/{patient}/consents/{id}/revocation").status_code == 204
    assert worker.ask("POST", f"/patients/{patient}/consents/{id}/revocation").status_code == 404
    assert not sees(ask(hospital, record).json())
    again = ask(hospital, record, **key)  # what was answered before is not answered again
    assert (again.status_code, again.json()["type"]) == (422, "urn:tandem:problem:key-reused")
    past = client.request("POST", "/recommend", json=record, params={"as_of": "2026-11-23T16:00:00Z"}, headers=hospital.headers)
    assert past.json()["sharing"]["consents"] == []  # no moment of the past brings it back
    told = Known(client, "patient", patient=patient).ask("GET", f"/patients/{patient}/disclosures").json()["disclosures"]
    assert {(item["recipient"], item["purpose"], item["disclosed"][0]["consent"]) for item in told} == {("City Hospital", "treatment", id)}
    lines = worker.ask("GET", f"/patients/{patient}/sharing").json()["lines"]
    assert lines[0].startswith("City Hospital may no longer see substance use treatment records for treatment: taken back on")


@pytest.mark.parametrize("gone", sorted(set(CONSENT) - {"until"}))
def test_a_consent_without_one_of_its_elements_is_refused(worker: Known, patient: str, gone: str) -> None:
    answer = worker.ask("POST", f"/patients/{patient}/consents", {name: value for name, value in CONSENT.items() if name != gone})
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, f"/{gone}")


@pytest.mark.parametrize(
    "changed",
    [
        {"until": None},
        {"ends_when": "treatment ends"},
        {"until": "2026-11-20T10:00:00Z"},
        {"told_of_right_to_revoke": False},
        {"recipient": " "},
        {"purposes": []},
        {"purposes": ["legal"]},
        {"purposes": ["treatment", "criminal_justice"]},
        {"scope": "criminal_justice"},
        {"scope": "criminal_justice", "purposes": ["criminal_justice"], "recipient": "family"},
        {"categories": ["hiv"]},
        {"signed_by": "clinic"},
        {"extra": 1},
    ],
)
def test_a_consent_that_does_not_hold_together_is_refused(worker: Known, patient: str, changed: dict[str, Any]) -> None:
    assert worker.ask("POST", f"/patients/{patient}/consents", CONSENT | changed).status_code == 422


def test_t83_a_consent_for_probation_opens_nothing_in_care(client: Client, worker: Known, hospital: Known, patient: str) -> None:
    own = CONSENT | {"scope": "criminal_justice", "purposes": ["criminal_justice"]}
    assert worker.ask("POST", f"/patients/{patient}/consents", own).status_code == 201
    body = ask(hospital, of(patient, medications=[METHADONE])).json()
    assert body["sharing"]["consents"] == []
    assert "criminal justice, and for nothing else" in worker.ask("GET", f"/patients/{patient}/sharing").json()["lines"][0]


@pytest.mark.parametrize("kind", ["proxy"])
def test_t80_t82_a_relative_sees_neither_substance_use_nor_mental_health(hospital: Known, kind: str) -> None:
    hidden = [{"code": "phq9.q9", "value": 0, "at": AT}, {"code": "tox.methadone", "value": True, "at": AT}]
    record = {"patient": {"age": 15}, "findings": hidden, "conditions": [{"term": "depression", "status": "active"}]}
    shown = ask(hospital, record, tandem_recipient="Ana", tandem_recipient_kind=kind)
    never = ask(hospital, {"patient": {"age": 15}}, tandem_recipient="Ana", tandem_recipient_kind=kind)
    assert shown.text == never.text
    assert shown.json()["sharing"]["labels"] == []


def test_an_emergency_opens_with_a_reason_is_accounted_for_and_reviewed(client: Client, hospital: Known, patient: str) -> None:
    record = of(patient, medications=[NALTREXONE, METHADONE])
    closed = ask(hospital, record, tandem_purpose="emergency").json()
    assert not sees(closed)  # saying it is an emergency is not enough
    reason = {"patient": patient, "nature": "overdose", "reason": "found unresponsive, cannot consent"}
    opened = hospital.ask("POST", "/emergency-access", reason, tandem_purpose="emergency")
    assert opened.status_code == 201
    body = ask(hospital, record, tandem_purpose="emergency").json()
    assert sees(body)
    assert body["sharing"]["notice"] == "42-cfr-part-2"
    assert not sees(ask(hospital, record).json())  # for that purpose alone
    officer = Known(client, "safety_officer")
    waiting = officer.ask("GET", "/emergency-access").json()["accesses"]
    assert [(item["actor"], item["nature"]) for item in waiting if item["patient"] == patient] == [(hospital.id, "overdose")]
    (disclosure,) = officer.ask("GET", f"/patients/{patient}/disclosures").json()["disclosures"]
    assert disclosure["disclosed"][0]["basis"] == "emergency"
    path = f"/emergency-access/{opened.json()['id']}/review"
    assert officer.ask("POST", path, {"finding": "justified"}).status_code == 204
    assert officer.ask("POST", path, {"finding": "justified"}).status_code == 404
    assert not [item for item in officer.ask("GET", "/emergency-access").json()["accesses"] if item["patient"] == patient]
    elsewhere = Known(client, "safety_officer", tenant="elsewhere")
    assert elsewhere.ask("GET", "/emergency-access?all=true").json()["accesses"] == []


def test_nobody_reviews_their_own_emergency(client: Client, patient: str) -> None:
    officer = Known(client, "safety_officer")
    reason = {"patient": patient, "nature": "medical", "reason": "nobody else was there"}
    id = officer.ask("POST", "/emergency-access", reason, tandem_purpose="emergency").json()["id"]
    assert officer.ask("POST", f"/emergency-access/{id}/review", {"finding": "justified"}).status_code == 404


def test_a_stored_patient_is_seen_through_the_same_consent(client: Client, hospital: Known, programme: Known) -> None:
    patient = programme.ask("POST", "/patients", {"identifier": f"mrn-{uuid4()}"}).json()["patient"]
    hospital.joins(patient)
    told = of(medications=[NALTREXONE, METHADONE])
    assert programme.ask("POST", f"/patients/{patient}/entries", told).status_code == 201
    assert len(programme.ask("GET", f"/patients/{patient}/timeline").json()["items"]) == 4
    shown = hospital.ask("GET", f"/patients/{patient}/timeline")
    assert len(shown.json()["items"]) == 3
    assert "methadone" not in shown.text
    for who, open_to in ((programme, True), (hospital, False)):
        body = who.client.request("POST", f"/patients/{patient}/recommend", headers=who.headers).json()
        assert sees(body) is open_to


def test_an_answer_that_was_held_back_is_replayed_to_the_byte(client: Client, hospital: Known) -> None:
    answer = ask(hospital, of(medications=[NALTREXONE, METHADONE], **REVIEWED))
    service = client.security.service
    stored = service.journal.entry(answer.headers["tandem-entry"])
    assert stored
    assert service.replayer.replay(stored).verdict == "same"


def test_the_time_that_an_answer_takes_is_of_one_class(hospital: Known, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole record is judged beside the view whether or not anything is withheld, once somebody else is to read it."""
    from api import shared  # noqa: PLC0415

    judged = []
    real = shared.recommend
    monkeypatch.setattr(shared, "recommend", lambda *given: (judged.append(1), real(*given))[1])
    for record in (of(), of(findings=[LEGAL])):
        ask(hospital, record, tandem_recipient="Somebody Else")
    assert len(judged) == 2


@pytest.mark.parametrize("name", ["Tandem-Recipient", "Tandem-Recipient-Kind"])
def test_a_reader_that_cannot_be_is_refused(hospital: Known, name: str) -> None:
    answer = ask(hospital, of(), **{name: " " * 5 if name.endswith("t") else "robot"})
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (400, name)
    assert json.loads(answer.text)["errors"][0]["do"]
