"""What clients really send: partly, wrongly, maliciously. It is answered with cards or with what is wrong, and never with 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from asgi import Client, serving
from conforming import answer_faults, discovery_faults
from hooked import KEYS, PATIENT, RESPONSE, Asking, bundle, call, condition, faults, medicine, prefetch, score, sign
from known import Known

from api.hooks.gather import MOST_FETCHED
from api.hooks.language import language_of
from api.hooks.markdown import plain, text
from api.hooks.services import discovery, services

XSS = "<img src=x onerror=alert(1)>[click](javascript:alert(1))\n# **www.evil.example** http://evil.example `x` <!-- "
ISSUE = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
METHADONE = medicine("methadone", "m1", status="active")
BOOKED = {"resourceType": "Appointment", "id": "a1", "status": "proposed", "start": "2027-03-01T10:00:00Z"}
DEPRESSED = {"scores": bundle(score("44261-6", 21, "s1")), "conditions": bundle(condition("opioid_use_disorder", "c1"))}
CALLS = {
    "patient-view": ("integrated-review", {}),
    "encounter-start": ("integrated-review", {"encounterId": "e1"}),
    "encounter-discharge": ("discharge-aftercare", {"encounterId": "e1"}),
    "problem-list-item-create": ("problem-list", {"conditions": bundle(condition("opioid_use_disorder", "c9"))}),
    "appointment-book": ("follow-up", {"appointments": bundle(BOOKED)}),
    "order-select": ("order-safety", {"selections": ["MedicationRequest/o1"], "draftOrders": bundle(medicine("naltrexone", "o1"))}),
    "order-sign": ("order-safety", {"draftOrders": bundle(medicine("naltrexone", "o1"))}),
    "medication-refill": ("refill-safety", {"medications": bundle(medicine("naltrexone", "o1"))}),
    "order-dispatch": ("dispatch-safety", {"dispatchedOrders": ["MedicationRequest/m1"], "performer": "Organization/1"}),
}


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    with serving(tmp_path_factory.mktemp("data"), now=lambda: datetime(2026, 11, 23, 16, tzinfo=UTC)) as (client, _):
        yield Asking(client)


def test_discovery_is_as_the_specification_has_it_in_both_languages(asking: Asking) -> None:
    for language in ("en", "es"):
        answer = asking.who.ask("GET", "/cds-services", accept_language=language)
        assert (answer.status_code, answer.headers["content-type"], answer.headers["content-language"]) == (
            200,
            "application/json",
            language,
        )
        assert discovery_faults(answer.json()) == []
        assert {item["hook"] for item in answer.json()["services"]} == CALLS.keys()


@pytest.mark.parametrize("hook", CALLS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_hook_is_answered_as_the_specification_has_it(asking: Asking, hook: str, language: str) -> None:
    id, context = CALLS[hook]
    answer = asking.ask(id, call(hook, prefetch(medications=bundle(METHADONE), **DEPRESSED), **context), accept_language=language)
    assert answer.status_code == 200, answer.text
    assert answer_faults(answer.json(), "Patient/p1") == []
    assert answer.headers["content-language"] == language
    if hook != "order-dispatch":
        assert answer.json()["cards"], "there is something to say at each of them"


@pytest.mark.parametrize("hook", CALLS)
def test_without_what_is_required_nothing_is_said(asking: Asking, hook: str) -> None:
    id, context = CALLS[hook]
    service = next(item for item in services().services if item.id == id)
    for body in (call(hook, **context), call(hook, {}, **context), call(hook, {"patient": ISSUE, "medications": ISSUE}, **context)):
        answer = asking.ask(id, body)
        assert answer.status_code == 412, answer.text
        assert faults(answer) == {(f"prefetch.{key}", "data-needed") for key in service.required}


def test_a_patient_who_is_not_there_is_not_an_empty_list(asking: Asking) -> None:
    assert asking.ask("integrated-review", call("patient-view", prefetch(patient=None))).status_code == 412
    assert asking.ask("order-safety", sign(medicine("sertraline", "o1"), medications=None)).status_code == 200


@pytest.mark.parametrize(
    ("sent", "state", "words"),
    [
        ({}, "missing", "not sent"),
        ({"labs": None}, "empty", None),
        ({"labs": bundle()}, "empty", None),
        ({"labs": {"resourceType": "Bundle"}}, "empty", None),
        ({"labs": ISSUE}, "failed", "could not be read"),
        ({"labs": "nonsense"}, "failed", "could not be read"),
        ({"labs": [1]}, "failed", "could not be read"),
        ({"labs": bundle(ISSUE)}, "incomplete", "only a part"),
        ({"labs": bundle(score("44261-6", 3, "s9")) | {"link": [{"relation": "next", "url": "x"}]}}, "incomplete", "only a part"),
        ({"labs": bundle(score("44261-6", 3, "s9")) | {"total": 2}}, "incomplete", "only a part"),
        ({"labs": bundle(score("44261-6", 3, "s9")) | {"total": 1}}, "given", None),
        ({"labs": bundle(score("44261-6", 3, "s9"))}, "given", None),
        ({"labs": {"resourceType": "Bundle", "entry": "x"}}, "empty", None),
    ],
)
def test_what_is_missing_is_said_and_the_rest_is_judged(asking: Asking, sent: dict[str, Any], state: str, words: str | None) -> None:
    body = {**prefetch(**DEPRESSED), **sent}
    if not sent:
        del body["labs"]
    answer = asking.ask("integrated-review", call("patient-view", body))
    assert answer.status_code == 200, answer.text
    assert answer.json()["extension"][RESPONSE]["prefetch"]["labs"] == state
    told = [card for card in answer.json()["cards"] if card["summary"].startswith("Not judged in full: labs")]
    assert bool(told) == (words is not None)
    assert words is None or f"labs: {words}" in told[0]["detail"]
    assert any(card["indicator"] == "warning" for card in answer.json()["cards"]), "the rules that can run, run"


@pytest.mark.parametrize("rest", [{"link": [{"relation": "next", "url": "x"}]}, {"total": 9}])
@pytest.mark.parametrize("found", [(METHADONE,), (), (METHADONE, ISSUE)])
def test_a_part_of_what_is_required_is_judged(asking: Asking, rest: dict[str, Any], found: tuple[Any, ...]) -> None:
    """Methadone on the first page speaks against the order; what is not on it is never taken for not taken."""
    cards = asking.cards("order-safety", sign(medicine("naltrexone", "o1"), medications=bundle(*found) | rest))
    (warned,) = [card for card in cards if card["summary"].startswith("Order of Naltrexone") and card["indicator"] == "warning"]
    assert ("MedicationRequest/m1" in warned["detail"]) == (METHADONE in found)
    assert any("medications: only a part was sent" in card["detail"] for card in cards)


@pytest.mark.parametrize(("key", "private"), [("medications", "MedicationRequest/m1"), ("scores", "Observation/s1")])
def test_a_label_on_a_bundle_holds_for_what_is_in_it(asking: Asking, key: str, private: str) -> None:
    """A client that is not of the programme is answered without what nobody has allowed it to learn, but never more lightly."""
    part2 = {"meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "42CFRPart2"}]}}
    sent = prefetch(medications=bundle(METHADONE), **DEPRESSED)
    plain_, labelled = (asking.ask("integrated-review", call("patient-view", sent | {key: sent[key] | more})) for more in ({}, part2))
    assert private in plain_.text
    assert private not in labelled.text
    assert any(card["indicator"] == "warning" for card in labelled.json()["cards"])


def test_an_order_for_somebody_who_is_said_to_have_died_is_judged_all_the_same(asking: Asking) -> None:
    """Whoever signs an order has a living person before them, or should be stopped for another reason."""
    cards = asking.cards(
        "order-safety", sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE), patient=PATIENT | {"deceasedBoolean": True})
    )
    assert [card["indicator"] for card in cards if card["summary"].startswith("Order of Naltrexone")] == ["warning"]


def test_an_order_that_the_chart_holds_already_is_judged_as_it_is_now(asking: Asking) -> None:
    """It lies in the chart as it was before, beside others that are taken."""
    charted = bundle(medicine("alprazolam", "o1", status="active"), METHADONE) | {"total": 2}
    answer = asking.ask("order-safety", sign(medicine("alprazolam", "o1"), medications=charted))
    told = answer.json()["extension"][RESPONSE]
    assert (told["prefetch"]["medications"], told.get("unread")) == ("given", None)
    assert any(card["summary"].startswith("Order of Alprazolam (benzodiazepine)") for card in answer.json()["cards"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"hook": "order-sign"}, "hook-differs"),
        ({"hook": "none-of-ours"}, "hook-differs"),
        ({"hook": None}, "wrong-value"),
        ({"hook": ["patient-view"]}, "wrong-value"),
        ({"hookInstance": None}, "wrong-value"),
        ({"hookInstance": ""}, "wrong-value"),
        ({"context": None}, "wrong-value"),
        ({"context": []}, "wrong-value"),
        ({"context": {}}, "field-missing"),
        ({"context": {"userId": "Practitioner/1"}}, "field-missing"),
        ({"context": {"userId": "Practitioner/1", "patientId": 7}}, "wrong-value"),
        ({"context": {"userId": "Practitioner/1", "patientId": "p1/../p2"}}, "wrong-value"),
        ({"context": {"userId": "Practitioner/1", "patientId": "p" * 129}}, "wrong-value"),
        ({"context": {"userId": "Practitioner/1", "patientId": ".."}}, "wrong-value"),
        ({"prefetch": []}, "wrong-value"),
        ({"prefetch": "x"}, "wrong-value"),
        ({"fhirAuthorization": {"access_token": "t"}}, "field-missing"),
        ({"fhirServer": "https://ehr.example", "fhirAuthorization": {"access_token": "t", "patient": "other"}}, "patient-mismatch"),
        ({"fhirServer": 7}, "wrong-value"),
    ],
)
def test_what_does_not_fit_is_refused(asking: Asking, change: dict[str, Any], code: str) -> None:
    answer = asking.ask("integrated-review", call("patient-view", prefetch()) | change)
    assert answer.status_code == 400, answer.text
    assert code in {found for _, found in faults(answer)}, answer.text


@pytest.mark.parametrize("missing", ["draftOrders", "userId", "patientId"])
def test_every_hook_needs_its_own_context(asking: Asking, missing: str) -> None:
    body = sign(medicine("naltrexone", "o1"))
    del body["context"][missing]
    assert faults(asking.ask("order-safety", body)) == {(f"context.{missing}", "field-missing")}


def test_a_patient_id_may_come_with_its_type(asking: Asking) -> None:
    body = sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE))
    body["context"]["patientId"] = "Patient/p1"
    assert len(asking.cards("order-safety", body)) == 1


@pytest.mark.parametrize(
    "sent",
    [
        {"patient": PATIENT | {"id": "p2"}},
        {"labs": bundle(PATIENT | {"id": "p2"})},
        {"scores": bundle(score("44261-6", 21, "s1", subject={"reference": "Patient/p2"}))},
    ],
)
def test_the_data_of_somebody_else_is_refused(asking: Asking, sent: dict[str, Any]) -> None:
    answer = asking.ask("integrated-review", call("patient-view", prefetch(**sent)))
    assert (answer.status_code, {code for _, code in faults(answer)}) == (400, {"patient-mismatch"})


def test_the_clients_own_server_gives_what_was_not_sent(asking: Asking) -> None:
    asked: list[tuple[str, str, str, str]] = []

    async def fetch(client: str, server: str, path: str, token: str, left: float) -> Any:
        asked.append((client, server, path, token))
        assert 0 < left <= 0.3
        return {"Patient/p1": PATIENT, "MedicationRequest/o7": medicine("naltrexone", "o7")}.get(path) or (
            bundle(METHADONE) if path.startswith("MedicationRequest?patient=p1") else None
        )

    body = call("order-dispatch", dispatchedOrders=["MedicationRequest/o7", "ServiceRequest/gone"], performer="Organization/1")
    body |= {"fhirServer": "https://ehr.example/fhir", "fhirAuthorization": {"access_token": "secret-token", "token_type": "Bearer"}}
    assert asking.ask("dispatch-safety", body).status_code == 412, "whoever may ask nobody has not got it"
    asking.client.app.state.hooks.fetch = fetch
    try:
        cards = asking.cards("dispatch-safety", body)
    finally:
        asking.client.app.state.hooks.fetch = None
    assert any("Naltrexone" in card["summary"] and card["indicator"] == "warning" for card in cards)
    assert any("ServiceRequest/gone" in card["detail"] for card in cards), "an order that could not be had is named"
    assert {item[:2] + item[3:] for item in asked} == {(asking.who.id, "https://ehr.example/fhir", "secret-token")}
    assert len(asked) <= MOST_FETCHED
    assert [item[2].partition("?")[0] for item in asked[:2]] == ["Patient/p1", "MedicationRequest"], "what is required is asked for first"
    assert "secret-token" not in json.dumps(cards)


def test_only_the_selected_order_is_offered_to_be_removed(asking: Asking) -> None:
    orders = bundle(medicine("naltrexone", "o1"), medicine("naltrexone", "o2"))
    body = call("order-select", prefetch(medications=bundle(METHADONE)), selections=["MedicationRequest/o2"], draftOrders=orders)
    (card,) = asking.cards("order-safety", body)
    removed = [action["resourceId"] for item in card["suggestions"] for action in item["actions"] if action["type"] == "delete"]
    assert removed == ["MedicationRequest/o2"]


def test_an_order_without_an_id_is_judged_and_cannot_be_removed(asking: Asking) -> None:
    order = medicine("naltrexone", "o1")
    del order["id"]
    (card,) = asking.cards("order-safety", sign(order, medications=bundle(METHADONE)))
    assert not [action for item in card.get("suggestions", ()) for action in item["actions"] if action["type"] == "delete"]
    assert "without-id" not in json.dumps(card)


def test_an_unknown_service_is_not_there(asking: Asking) -> None:
    for id in ("none", "integrated-review%2F", "..", "a" * 81):
        assert asking.ask(id, call("patient-view", prefetch())).status_code in (400, 404)


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"a": value}
    return value


HOSTILE: dict[str, Any] = {
    "markup in every name": bundle(
        *(medicine(XSS, XSS) | {"medicationCodeableConcept": {"text": XSS, "coding": [{"display": XSS, "code": XSS}]}} for _ in range(3))
    ),
    "a score with markup": bundle(score("44261-6", 21, XSS, note=XSS[:200])),
    "wrong types": bundle({"resourceType": 7, "id": []}, {"resourceType": "Observation", "code": 7, "valueInteger": "x"}),
    "entries that are none": {"resourceType": "Bundle", "entry": [None, 7, "x", [], {"resource": None}, {"resource": [1]}, {}]},
    "deep": deep(40),
    "too deep": deep(80),
    "a long text": bundle(medicine("naltrexone", "o1", note=[{"text": "x" * 200_000}])),
    "many": bundle(*(medicine("naltrexone", f"o{number}") for number in range(2000))),
    "links that are none": bundle() | {"link": [None, 7, {"relation": ["next"]}]},
    "issues that are none": bundle({"resourceType": "OperationOutcome", "issue": [None, 7, {"severity": []}]}),
    "control characters": bundle(medicine("naltrexone", "o\u0000\u202e1")),
    "a Bundle in a Bundle": bundle(bundle(medicine("naltrexone", "o1"))),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("where", [*KEYS, "draftOrders", "selections", "extension"])
def test_nothing_that_is_sent_breaks_it(asking: Asking, name: str, where: str) -> None:
    payload = HOSTILE[name]
    body = sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE))
    match where:
        case "draftOrders":
            body["context"]["draftOrders"] = payload
        case "selections":
            body = body | {"hook": "order-select"}
            body["context"]["selections"] = [payload]
        case "extension":
            body["extension"] = payload
        case key:
            body["prefetch"][key] = payload
    answer = asking.ask("order-safety", body)
    assert answer.status_code in (200, 400, 412, 413), answer.text
    if answer.status_code == 200:
        assert answer_faults(answer.json(), "Patient/p1") == []
        assert "onerror" not in answer.text


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff", b'{"hook":1,"hook":2}', b"NaN", b"{}" * 3])
def test_what_is_no_call_is_refused(asking: Asking, data: bytes) -> None:
    assert asking.send("/cds-services/integrated-review", data).status_code == 400


def test_what_others_wrote_stays_text() -> None:
    said = text(XSS)
    assert "<" not in said
    assert "\n" not in said
    for mark in ("[click]", "**", "://", "www.e", "`x`"):
        assert mark not in said
    assert text("- item").startswith("\\-")
    assert len(plain("x" * 500, 140)) < 140
    assert "<" not in plain("<b>", 140)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("es", "es"),
        ("es-MX,en;q=0.8", "es"),
        ("en-US,es;q=0.9", "en"),
        ("es;q=0.5,en;q=0.4", "es"),
        ("fr,es;q=0.2", "es"),
        ("es;q=0", "en"),
        ("es;q=x,;;,=", "en"),
        ("ES", "es"),
    ],
)
def test_the_language_is_the_one_asked_for(header: str | None, language: str) -> None:
    assert language_of(header) == language


def test_consent_is_asked_before_anything_is_judged(asking: Asking) -> None:
    """To be shown to a relative: nothing of what it rests on is named, and nothing of an order is proposed."""
    body = call("patient-view", prefetch(medications=bundle(METHADONE), **DEPRESSED))
    own = asking.ask("integrated-review", body)
    relative = asking.ask("integrated-review", body, tandem_recipient="Ana", tandem_recipient_kind="proxy")
    assert "MedicationRequest/m1" in own.text
    assert relative.status_code == 200, relative.text
    for private in ("MedicationRequest/m1", "Observation/s1", "Condition/c1", "methadone", "opioid_use_disorder", "phq9.total"):
        assert private not in relative.text
    assert answer_faults(relative.json(), "Patient/p1") == []


def test_who_may_ask(asking: Asking) -> None:
    client: Client = asking.client
    assert client.get("/cds-services").status_code == 401
    assert Known(client, "auditor").ask("POST", "/cds-services/integrated-review", call("patient-view", prefetch())).status_code == 403


def test_a_discharge_comes_by_what_discovery_asks_for(asking: Asking) -> None:
    found = discovery("en")["services"]
    asked = {item["id"]: item["prefetch"] for item in found}
    assert asked["discharge-aftercare"]["encounters"].startswith("Encounter?patient={{context.patientId}}")
    assert "encounters" in asked["integrated-review"]
    body = call("patient-view", {key: part for key, part in prefetch().items() if key != "encounters"})
    (told,) = [card for card in asking.cards("integrated-review", body) if card["summary"].startswith("Not judged in full")]
    assert "encounters" in told["summary"]
