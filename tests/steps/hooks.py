"""An electronic health record that asks by CDS Hooks, and the clinician in front of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx
import pytest
from asgi import serving
from conforming import answer_faults, discovery_faults
from hooked import EXPLANATION, SUBJECT, Asking, bundle, call, condition, medicine, prefetch, score, sign
from known import Known
from pytest_bdd import given, parsers, then, when

from steps.words import AS_OF

SERVICES = {"patient-view": "integrated-review", "order-sign": "order-safety"}
SECTIONS = ("Why", "Data used", "Not known", "Evidence and grade", "Alternatives", "When to re-check")
TOKEN = "token-of-the-call"
FAILED = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}


class Record:
    """One record with one person in it, and the last answer that it got."""

    def __init__(self, asking: Asking) -> None:
        self.asking, self.sent, self.more = asking, prefetch(), dict[str, Any]()
        self.server: list[tuple[str, ...]] = []
        self.took = 0.0
        self.last: httpx.Response = httpx.Response(500)

    def ask(self, body: dict[str, Any], **headers: str) -> None:
        whole = body | {"prefetch": self.sent, "hookInstance": str(uuid4())} | self.more
        begun = monotonic()
        self.last = self.asking.ask(SERVICES[body["hook"]], whole, **headers)
        self.took = monotonic() - begun

    @property
    def cards(self) -> list[dict[str, Any]]:
        assert self.last.status_code == 200, self.last.text
        assert answer_faults(self.last.json(), "Patient/p1") == []
        found: list[dict[str, Any]] = self.last.json()["cards"]
        return found

    @property
    def suggestions(self) -> list[dict[str, Any]]:
        return [item for card in self.cards for item in card.get("suggestions", ())]

    @property
    def actions(self) -> list[dict[str, Any]]:
        return [action for item in self.suggestions for action in item["actions"]]


@pytest.fixture(scope="session")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    with serving(tmp_path_factory.mktemp("hooks"), now=lambda: AS_OF) as (client, _):
        yield Asking(client)


@pytest.fixture
def record(asking: Asking) -> Iterator[Record]:
    hooks = asking.client.app.state.hooks
    yield Record(asking)
    hooks.fetch = None


@given("an electronic health record that asks by CDS Hooks")
def asks_by_hooks(record: Record) -> None:
    assert record.asking.who.role == "ehr_client"


@given("the chart holds that methadone is taken")
def methadone(record: Record) -> None:
    record.sent["medications"] = bundle(medicine("methadone", "m1", status="active"))


@given(parsers.re(r"the chart holds a PHQ-9 of (?P<total>\d+) and opioid use disorder"))
def depressed(record: Record, total: str) -> None:
    record.sent["scores"] = bundle(score("44261-6", int(total), "s1"))
    record.sent["conditions"] = bundle(condition("opioid_use_disorder", "c1"))


@given("the chart holds that the person attempts suicide now")
def attempts(record: Record) -> None:
    coding = [{"system": "http://127.0.0.1:8000/fhir/CodeSystem/finding", "code": "suicide.attempt_now"}]
    attempt = score("", 0, "a1") | {"code": {"coding": coding}, "effectiveDateTime": AS_OF.isoformat(), "valueBoolean": True}
    del attempt["valueInteger"]
    record.sent["scores"] = bundle(attempt)


@given("the chart holds a score of somebody else")
def of_another(record: Record) -> None:
    record.sent["scores"] = bundle(score("44261-6", 21, "s1", subject={"reference": "Patient/p2"}))


@given(parsers.re(r"the chart holds (?P<count>\d+) resources"))
def many(record: Record, count: str) -> None:
    record.sent["scores"] = bundle(*(score("44261-6", number % 28, f"s{number}") for number in range(int(count) - 2)))
    record.sent["conditions"] = bundle(condition("opioid_use_disorder", "c1"))


@given("the chart says that the person has died")
def died(record: Record) -> None:
    record.sent["patient"] = record.sent["patient"] | {"deceasedDateTime": "2026-11-01"}


@given(parsers.re(r"the chart sends no (?P<key>\w+)"))
def sends_no(record: Record, key: str) -> None:
    del record.sent[key]


@given(parsers.re(r"the chart could not read (?P<key>\w+)"))
def could_not_read(record: Record, key: str) -> None:
    record.sent[key] = FAILED


@given(parsers.re(r"the chart sends the first page of its labs only, newest first and back to (?P<day>[0-9-]+)"))
def newest_page(record: Record, day: str) -> None:
    potassium = {"valueInteger": None, "valueQuantity": {"value": 4, "unit": "mmol/L", "code": "mmol/L"}}
    dates = {"l1": "2026-11-21T08:00:00Z", "l2": f"{day}T08:00:00Z"}
    record.sent["labs"] = bundle(*(score("2823-3", 0, id, effectiveDateTime=at, **potassium) for id, at in dates.items()))
    first_page(record, "labs")


@given(parsers.re(r"the chart sends the first page of its (?P<key>\w+) only$"))
def first_page(record: Record, key: str) -> None:
    record.sent[key] |= {"link": [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]}


@given(parsers.re(r"the chart holds an? (?P<kind>statement|administration) of methadone"))
def told_otherwise(record: Record, kind: str) -> None:
    order = medicine("methadone", "m1", effectiveDateTime="2026-11-22T08:00:00Z")
    parts = {"resourceType": f"Medication{kind.title()}", "status": "active" if kind == "statement" else "completed"}
    record.sent[f"{kind}s"] = bundle(order | parts)


@given("a programme gave methadone this week, and the chart holds that among its procedures alone")
def from_a_programme(record: Record) -> None:
    code = {"coding": [{"system": "urn:oid:2.16.840.1.113883.6.285", "code": "G2067"}]}
    done = {"resourceType": "Procedure", "id": "pr1", "status": "completed", "performedDateTime": "2026-11-21"}
    record.sent["procedures"] = bundle(done | {"code": code} | SUBJECT)


@given("the chart holds a diagnosis that nobody here understands")
def strange(record: Record) -> None:
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "999999991000124"}]}
    record.sent["conditions"] = bundle(condition("opioid_use_disorder", "c9") | {"code": code})


@given(parsers.re(r"the chart keeps no statements, administrations and reviews"))
def keeps_no(record: Record) -> None:
    for key in ("statements", "administrations", "reviews"):
        sends_no(record, key)


@given("the chart holds that somebody confirmed yesterday that no medicine is taken")
def confirmed(record: Record) -> None:
    root = record.asking.client.app.state.hooks.root
    said = {"status": "current", "mode": "snapshot", "date": "2026-11-22T10:00:00Z", "emptyReason": {"coding": [{"code": "nilknown"}]}}
    code = {"coding": [{"system": f"{root}/CodeSystem/finding", "code": "list.medications"}]}
    record.sent["reviews"] = bundle({"resourceType": "List", "id": "l1", "code": code, **said, **SUBJECT})


@given("the record's own server may be asked")
def may_be_asked(record: Record) -> None:
    async def fetch(*asked: Any) -> Any:
        record.server.append(asked)
        return bundle(medicine("methadone", "m1", status="active"))

    record.asking.client.app.state.hooks.fetch = fetch
    authorization = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.rs", "subject": "x"}
    record.more = {"fhirServer": "https://ehr.example/fhir", "fhirAuthorization": authorization}


@when("it asks what is offered")
def offered(record: Record) -> None:
    record.last = record.asking.who.ask("GET", "/cds-services")


@when("a clinician opens the chart")
def opens(record: Record) -> None:
    record.ask(call("patient-view"))


@when(parsers.re(r"a clinician signs an order of (?P<what>a wheelchair|\w+)(?P<spanish> in Spanish)?"))
def signs(record: Record, what: str, spanish: str | None) -> None:
    device = {"resourceType": "DeviceRequest", "id": "o1", "codeCodeableConcept": {"text": "wheelchair"}}
    order = device if what == "a wheelchair" else medicine(what, "o1")
    record.ask(sign(order), **({"accept_language": "es"} if spanish else {}))


@when("the clinician accepts the first suggestion")
def accepts(record: Record) -> None:
    (card,) = record.cards
    _send(record, {"card": card["uuid"], "outcome": "accepted", "acceptedSuggestions": [{"id": card["suggestions"][0]["uuid"]}]})


@when(parsers.re(r"the clinician overrides it with (?P<reason>[a-z-]+)"))
def overrides(record: Record, reason: str) -> None:
    (card,) = record.cards
    _send(record, {"card": card["uuid"], "outcome": "overridden", "overrideReason": {"reason": {"code": reason}}})


def _send(record: Record, entry: dict[str, Any]) -> None:
    answer = record.asking.ask("order-safety/feedback", {"feedback": [entry | {"outcomeTimestamp": "2026-11-23T16:05:00.25Z"}]})
    assert answer.status_code == 200, answer.text


@when("somebody unknown asks at the hook")
def unknown_asks(record: Record) -> None:
    record.last = record.asking.client.request("POST", "/cds-services/integrated-review", json=call("patient-view", record.sent))


@then("the answer is as CDS Hooks describes discovery")
def conforms(record: Record) -> None:
    assert (record.last.status_code, record.last.headers["content-type"]) == (200, "application/json")
    assert discovery_faults(record.last.json()) == []


@then("each of the nine hooks is served")
def nine(record: Record) -> None:
    assert len({item["hook"] for item in record.last.json()["services"]}) == 9


@then("every prefetch template is a plain read or search with tokens of the context")
def templates(record: Record) -> None:
    assert discovery_faults(record.last.json()) == []
    for item in record.last.json()["services"]:
        assert item["prefetch"]["patient"] == "Patient/{{context.patientId}}"


@then("the service that answers when the chart is opened answers when an encounter starts")
def replaced(record: Record) -> None:
    by_hook = {item["hook"]: item["id"] for item in record.last.json()["services"]}
    assert by_hook["patient-view"] == by_hook["encounter-start"]
    assert by_hook["order-select"] == by_hook["order-sign"]


@then("there is no card")
def no_card(record: Record) -> None:
    assert record.cards == []


@then(parsers.re(r'a (?P<kind>warning|card) says "(?P<words>.+)"'))
def says(record: Record, kind: str, words: str) -> None:
    found = [card["summary"] for card in record.cards if kind == "card" or card["indicator"] == kind]
    assert any(words in summary for summary in found), [card["summary"] for card in record.cards]


@then(parsers.re(r'a detail says "(?P<words>.+)"'))
def detail_says(record: Record, words: str) -> None:
    assert any(words in card["detail"] for card in record.cards)


@then(parsers.re(r'no card says "(?P<words>.+)"'))
def says_nothing(record: Record, words: str) -> None:
    assert record.cards
    assert not any(words in card["summary"] for card in record.cards)


@then(parsers.re(r'the only card says "(?P<words>.+)"'))
def says_only(record: Record, words: str) -> None:
    (card,) = record.cards
    assert card["indicator"] == "info"
    assert words in card["summary"]


@then(parsers.re(r"it offers to remove the order of \w+"))
def offers_removal(record: Record) -> None:
    removed = [action["resourceId"] for action in record.actions if action["type"] == "delete"]
    assert removed == ["MedicationRequest/o1"]


@then(parsers.re(r"it rests on the rule (?P<rule>[a-z0-9-]+)"))
def rests_on(record: Record, rule: str) -> None:
    assert rule in {item["id"] for card in record.cards for item in card["extension"][EXPLANATION]["rules"]}


@then("its detail says why, the data used, what is not known, the evidence, alternatives, and when to look again")
def sections(record: Record) -> None:
    assert all(f"**{name}**" in card["detail"] for card in record.cards for name in SECTIONS)


@then("its summary has fewer than 140 characters")
def short(record: Record) -> None:
    assert all(len(card["summary"]) < 140 for card in record.cards)


@then(parsers.re(r'the data used names "(?P<reference>.+)"'))
def names_resource(record: Record, reference: str) -> None:
    assert any(f"`{reference}`" in card["detail"] for card in record.cards)


@then("at most one suggestion can be taken, and the one that is recommended removes the order")
def at_most_one(record: Record) -> None:
    (card,) = record.cards
    assert card["selectionBehavior"] == "at-most-one"
    (chosen,) = [item for item in card["suggestions"] if item.get("isRecommended")]
    assert [action["type"] for action in chosen["actions"]] == ["delete"]


@then("every suggestion makes a draft about this person")
def drafts(record: Record) -> None:
    assert record.actions
    assert all(action["resource"]["status"] == "draft" for action in record.actions)


@then("no suggestion begins a medicine")
def no_medicine(record: Record) -> None:
    assert not any(action["resource"]["resourceType"].startswith("Medication") for action in record.actions)


@then("every card has its own uuid")
def own_uuid(record: Record) -> None:
    names = [card["uuid"] for card in record.cards]
    assert len(names) == len(set(names)) > 1


@then("the journal holds what the cards rest on")
def journalled(record: Record) -> None:
    assert record.last.headers["tandem-journal"] == "recorded"
    assert {card["extension"][EXPLANATION]["entry"] for card in record.cards} == {record.last.headers["tandem-entry"]}


@then("every card names its source, with an absolute address that is about nobody, and its topic")
def sources(record: Record) -> None:
    for card in record.cards:
        assert card["source"]["label"].startswith("Tandem")
        assert record.last.headers["tandem-entry"] not in card["source"]["url"]
        assert "p1" not in card["source"]["url"]
        assert card["source"]["topic"].keys() == {"code", "system", "display"}
        assert "icon" not in card["source"], "there is none, rather than one of another size"


@then("every card has reasons to override it, in words")
def reasons(record: Record) -> None:
    for card in record.cards:
        assert len(card["overrideReasons"]) > 5
        assert all(item["display"] and "non-adherence-reason" in item["system"] for item in card["overrideReasons"])


@then("every card has an absolute link, without context for an app")
def links(record: Record) -> None:
    for card in record.cards:
        assert [link["type"] for link in card["links"]] == ["absolute"]
        assert all("appContext" not in link for link in card["links"])


@then("the page behind the link shows the decision")
def page(record: Record) -> None:
    path = re.sub(r"^https?://[^/]+", "", record.cards[0]["links"][0]["url"])
    answer = record.asking.who.ask("GET", path)
    assert answer.json()["id"] == record.cards[0]["extension"][EXPLANATION]["decision"]


@then("there are no system actions")
def no_system_actions(record: Record) -> None:
    assert record.cards
    assert "systemActions" not in record.last.json()


@then(parsers.re(r"it is answered with 412, which names (?P<key>\w+)"))
def precondition(record: Record, key: str) -> None:
    assert record.last.status_code == 412
    assert key in record.last.text
    assert "cards" not in record.last.text


@then("the server was asked with the token of the call")
def asked_with_token(record: Record) -> None:
    assert record.server
    assert all(asked[1:4] == ("https://ehr.example/fhir", asked[2], TOKEN) for asked in record.server)
    assert TOKEN not in record.last.text


@then("the first card is critical and the only one that is")
def only_critical(record: Record) -> None:
    assert [card["indicator"] == "critical" for card in record.cards] == [True] + [False] * (len(record.cards) - 1)


@then("the extension names rules with versions, thresholds, facts with their resources, and thirteen source attributes")
def explained(record: Record) -> None:
    for card in record.cards:
        found = card["extension"][EXPLANATION]
        assert any(fact.get("references") for fact in found["facts"])
        for rule in found["rules"]:
            assert re.fullmatch(r"\d+\.\d+\.\d+", rule["version"])
            assert rule["thresholds"]
            told = rule["sourceAttributes"]
            assert len(told["uses"]) + len({"citations", "developer", "funding", "dates"} & told.keys()) == 13


@then(parsers.re(r"the clinical lead reads that (?P<rule>[a-z0-9-]+) was (?P<outcome>accepted|overridden)(?: with (?P<reason>[a-z-]+))?"))
def lead_reads(record: Record, rule: str, outcome: str, reason: str | None) -> None:
    rules = Known(record.asking.client, "clinical_lead").ask("GET", "/feedback/rules").json()["rules"]
    (found,) = [item for item in rules if item["rule"] == rule]
    assert found[outcome] >= 1
    assert reason is None or found["reasons"][reason] >= 1


@then(parsers.re(r"they are answered with (?P<status>\d+)"))
def status(record: Record, status: str) -> None:
    assert record.last.status_code == int(status)


@then("it is refused, because it holds another patient")
def another(record: Record) -> None:
    assert record.last.status_code == 400
    assert "patient-mismatch" in record.last.text


@then(parsers.re(r"the answer came within (?P<most>\d+) milliseconds"))
def in_time(record: Record, most: str) -> None:
    assert record.cards
    assert record.took * 1000 < int(most)
