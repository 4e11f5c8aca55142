"""The cards: few, in the right place, with everything a clinician and a program need to judge them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from asgi import serving
from conforming import answer_faults
from hooked import EXPLANATION, RESPONSE, SUBJECT, Asking, bundle, call, condition, medicine, prefetch, score, sign
from known import Known

from adapters.fhir.reading import read
from adapters.journal import JournalFault
from adapters.store import StoreFault
from api.hooks.card import pruned
from api.schemas import DecisionDocument
from api.security.agreements import Agreement
from engine.record import Fact
from knowledge.load import load

GOLDEN = Path(__file__).parent / "golden" / "hooks-order-sign.json"
NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
METHADONE = medicine("methadone", "m1", status="active")
F10 = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F10.20"}]}
ALCOHOL = condition("alcohol_use_disorder", "c2") | {"code": F10}
SECTIONS = ("Why", "Data used", "Not known", "Evidence and grade", "Alternatives", "When to re-check")
SEVERE = {
    "scores": bundle(score("44261-6", 21, "s1"), score("44260-8", 3, "s2")),
    "conditions": bundle(condition("opioid_use_disorder", "c1")),
}
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    with serving(tmp_path_factory.mktemp("data"), now=lambda: NOW) as (client, _):
        yield Asking(client)


def named(text: str) -> str:
    """The same with every UUID replaced by the place where it first stands."""
    known: dict[str, str] = {}
    return _ID.sub(lambda found: known.setdefault(found[0], f"uuid-{len(known) + 1}"), text)


def test_the_whole_answer_is_as_it_was_agreed(asking: Asking) -> None:
    """The file is written anew by TESTS_WRITE_GOLDEN=1; look at what changed before it is committed."""
    body = sign(medicine("naltrexone", "o1"), medicine("alprazolam", "o2"), medications=bundle(METHADONE))
    found = json.dumps(json.loads(named(asking.ask("order-safety", body).text)), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    found = found.replace(load().release.digest, "sha256:release")
    found = re.sub(r'"decision": "[^"]+"', '"decision": "the decision"', found)
    if os.environ.get("TESTS_WRITE_GOLDEN"):
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")


def test_every_card_has_every_section_and_where_it_comes_from(asking: Asking) -> None:
    cards = asking.cards("integrated-review", call("patient-view", prefetch(medications=bundle(METHADONE), **SEVERE)))
    assert len(cards) <= 4, "alert fatigue is a harm"
    for card in cards:
        places = [card["detail"].index(f"**{name}**") for name in SECTIONS]
        assert places == sorted(places)
        address = urlsplit(card["links"][0]["url"])
        assert address.path == f"/decisions/{card['extension'][EXPLANATION]['entry']}"
        assert address.query == f"card={card['uuid']}"
    told = next(card for card in cards if card["indicator"] == "warning")
    assert re.search(r"- PHQ-9 total: 21, severe \(20 Nov 2026, 3 days ago[^)]*\) `Observation/s1`", told["detail"])


def test_the_explanation_suffices_for_a_program(asking: Asking) -> None:
    (card,) = asking.cards("order-safety", sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE)))
    found = card["extension"][EXPLANATION]
    rule = next(item for item in found["rules"] if item["id"] == "naltrexone-not-with-opioids")
    assert (rule["version"], rule["truth"]) == ("1.1.0", "true")
    assert found["knowledge"]["hash"].startswith("sha256:")
    attributes = rule["sourceAttributes"]
    assert {"citations", "developer", "funding", "dates", "uses"} <= attributes.keys()
    assert len(attributes["uses"]) == 9
    assert all(isinstance(used, bool) for used in attributes["uses"].values())
    assert {"reference": "MedicationRequest/m1"} in found["relatedResources"]
    assert {"reference": "MedicationRequest/o1"} in found["relatedResources"]
    assert "opioid.days_since_last_use" in found["missing"]
    fact = next(item for item in found["facts"] if item["finding"] == "medication.opioid")
    assert (fact["value"], fact["references"]) == ("active", ["MedicationRequest/m1"])


def test_an_order_that_nothing_is_known_about_is_not_passed_over(asking: Asking) -> None:
    """No medicine is known, and no list was reviewed: that is not "takes no opioid"."""
    (card,) = asking.cards("order-safety", sign(medicine("naltrexone", "o1")))
    assert "precaution: not known yet" in card["detail"]
    assert "any opioid" in card["detail"] or "opioid use" in card["detail"]


def test_a_medicine_that_nobody_understands_is_told_and_the_rest_of_what_is_not_used_is_not(asking: Asking) -> None:
    strange = medicine("a strange mixture", "o9")
    body = sign(strange, labs=bundle({"resourceType": "Basic", "id": "b1", **SUBJECT}))
    answer = asking.ask("order-safety", body)
    (card,) = answer.json()["cards"]
    assert (card["indicator"], card["summary"]) == ("info", "Not judged in full: entries that were not understood: 1")
    assert "medicine" in card["detail"]
    assert "`MedicationRequest/o9`" in card["detail"]
    assert "Basic" not in json.dumps(card)
    told = {item["reference"].partition("/")[0]: item["reason"] for item in answer.json()["extension"][RESPONSE]["unread"]}
    assert told.keys() == {"MedicationRequest", "Basic"}
    assert told["Basic"] == "not-used"


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_was_not_understood_is_not_hidden_behind_what_was_not_sent(asking: Asking, language: str) -> None:
    strange = condition("opioid_use_disorder", "c9") | {"code": {"coding": [{"system": "http://snomed.info/sct", "code": "1"}]}}
    body = call(
        "patient-view", {"patient": prefetch()["patient"], "conditions": bundle(strange), "scores": bundle(score("44261-6", 99, "s9"))}
    )
    answer = asking.ask("integrated-review", body | {"hookInstance": f"hidden-{language}"}, accept_language=language).json()
    (card,) = [card for card in answer["cards"] if card["source"]["topic"]["code"] == "not-judged"]
    missing = [line for line in card["detail"].splitlines() if "toxicology" in line]
    assert len(missing) == 1
    assert all(key in missing[0] for key in ("labs", "vitals", "medications"))
    assert "statements" not in missing[0]
    assert "`Condition/c9`" in card["detail"]
    assert "`Observation/s9`" in card["detail"]
    told = [(item["reference"], item["what"]) for item in answer["extension"][RESPONSE]["unread"]]
    assert len(told) == len(set(told))


def test_an_unjudged_contraindication_is_said(asking: Asking) -> None:
    cards = asking.cards("order-safety", sign(medicine("bupropion", "o1")))
    assert cards
    assert all(card["extension"][EXPLANATION]["missing"] for card in cards)


@pytest.mark.parametrize("answered", ["overdose.now", "suicide.attempt_now"])
def test_only_imminent_risk_is_critical(asking: Asking, answered: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def with_fact(*arguments: Any, **named: Any) -> Any:
        found = read(*arguments, **named)
        fact = Fact(code=answered, value=True, at=NOW)
        return type(found)(found.record.model_copy(update={"findings": (fact,)}), found.references, found.unread)

    monkeypatch.setattr(asking.client.app.state.hooks, "read", with_fact)
    cards = asking.cards("integrated-review", call("patient-view", prefetch()) | {"hookInstance": answered})
    assert [card["indicator"] for card in cards].count("critical") == 1
    assert cards[0]["indicator"] == "critical"
    assert "Help at any hour" in cards[0]["detail"]
    (draft,) = cards[0]["suggestions"][0]["actions"]
    assert (draft["resource"]["resourceType"], draft["resource"]["status"]) == ("CommunicationRequest", "draft")


def test_a_medicine_is_never_begun_by_us(asking: Asking) -> None:
    for id, body in (
        ("integrated-review", call("patient-view", prefetch(**SEVERE))),
        ("order-safety", sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE), conditions=bundle(ALCOHOL))),
    ):
        kinds = {
            action["resource"]["resourceType"]
            for card in asking.cards(id, body)
            for item in card.get("suggestions", ())
            for action in item["actions"]
            if action["type"] == "create"
        }
        assert "Task" in kinds
        assert not kinds & {"MedicationRequest", "MedicationStatement", "MedicationAdministration"}


def test_nothing_known_alarms_nobody(asking: Asking) -> None:
    cards = asking.cards("integrated-review", call("patient-view", prefetch()))
    assert [card["indicator"] for card in cards] == ["info"]


def test_an_appointment_in_time_needs_no_card(asking: Asking) -> None:
    def booked(start: str) -> list[dict[str, Any]]:
        item = {"resourceType": "Appointment", "id": "a1", "status": "proposed", "start": start}
        cards = asking.cards("follow-up", call("appointment-book", prefetch(**SEVERE), appointments=bundle(item)))
        return [card for card in cards if "appointment" in card["summary"]]

    assert booked("2026-11-23T20:00:00Z") == []
    assert len(booked("2027-02-01T20:00:00Z")) == 1
    assert booked("some day") == []


def test_a_new_diagnosis_counts_before_it_is_written_down(asking: Asking) -> None:
    def plan(**context: Any) -> list[str]:
        body = call("problem-list-item-create", prefetch(), **context)
        return [card["summary"] for card in asking.cards("problem-list", body) if card["summary"].startswith("For review")]

    assert plan(conditions=bundle()) == []
    assert "opioid use disorder" in plan(conditions=bundle(condition("opioid_use_disorder", "c9")))[0]


def test_the_same_state_of_the_same_work_is_answered_alike_and_another_is_not(asking: Asking) -> None:
    body = sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE))
    first, again = asking.ask("order-safety", body), asking.ask("order-safety", body)
    assert (again.headers["idempotent-replayed"], again.json()) == ("true", first.json())
    other = asking.ask("order-safety", sign(medicine("sertraline", "o1"), medications=bundle(METHADONE)))
    assert other.headers["tandem-entry"] != first.headers["tandem-entry"], "the hookInstance is the same, the order is not"
    relative = asking.ask("order-safety", body, tandem_recipient="Ana", tandem_recipient_kind="proxy")
    assert relative.status_code == 200
    assert relative.headers["tandem-entry"] != first.headers["tandem-entry"], "nor is it, where another reads"


def test_nothing_empty_is_left() -> None:
    empty = {"cards": [], "a": None, "b": "", "c": [], "d": {}, "e": {"f": [None, "", {"g": None}]}, "h": 0, "i": False}
    assert pruned(empty) == {"cards": [], "h": 0, "i": False}


def test_the_page_behind_a_card_is_for_who_was_answered_and_for_the_team(asking: Asking) -> None:
    client = asking.client
    (card,) = asking.cards("order-safety", sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE)))
    path = "/decisions/" + card["extension"][EXPLANATION]["entry"]
    assert urlsplit(card["links"][0]["url"]).path == path
    own = asking.who.ask("GET", path)
    assert (own.status_code, own.json()["id"]) == (200, card["extension"][EXPLANATION]["decision"])
    page = asking.who.ask("GET", path, accept="text/html")
    assert page.headers["content-type"].startswith("text/html")
    assert "naltrexone" in page.text.lower()
    prescriber = Known(client, "prescriber")
    assert prescriber.ask("GET", path).status_code == 404
    prescriber.joins("p1")
    assert prescriber.ask("GET", path).status_code == 200
    stranger = Known(client, "prescriber", tenant="elsewhere")
    stranger.joins("p1", tenant="elsewhere")  # the same identifier is another person there
    assert stranger.ask("GET", path).status_code == 404
    assert Known(client, "ehr_client").ask("GET", path).status_code == 404
    assert asking.who.ask("GET", path, tandem_recipient="Ana", tandem_recipient_kind="proxy").status_code == 404, "nor is it for a relative"
    assert asking.who.ask("GET", "/decisions/" + "0" * 36).status_code == 404


def alternatives(card: dict[str, Any]) -> str:
    found: str = card["detail"].partition("**Alternatives**")[2].partition("**")[0]
    return found


def test_a_card_names_what_was_ordered_and_not_its_class_alone(asking: Asking) -> None:
    (card,) = asking.cards("order-safety", sign(medicine("alprazolam", "o1"), medications=bundle(METHADONE)))
    assert card["summary"].startswith("Order of Alprazolam (benzodiazepine): ")
    assert card["suggestions"][0]["label"] == "Remove the order of Alprazolam (benzodiazepine)"


def test_a_use_that_nobody_stated_is_not_supposed(asking: Asking) -> None:
    """Naltrexone may be for opioids or for alcohol: what stands in for one stands in for nothing of the other."""
    (unsaid,) = asking.cards("order-safety", sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE)))
    assert unsaid["summary"].startswith("Order of Naltrexone: contraindicated. ")
    assert "alcohol" not in alternatives(unsaid)
    assert "depend on what it is for" in alternatives(unsaid)
    assert [item["label"] for item in unsaid["suggestions"]] == ["Remove the order of Naltrexone"]
    told = sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE), conditions=bundle(ALCOHOL))
    (stated, *_) = asking.cards("order-safety", told)
    assert "Naltrexone for alcohol use disorder" in stated["summary"]
    assert "Topiramate for alcohol use disorder" in alternatives(stated)


@pytest.mark.parametrize("waits", [False, True])
def test_that_sex_is_not_stated_is_told_only_where_a_rule_waits_for_it(asking: Asking, waits: bool) -> None:
    """Three points of the AUDIT-C are a positive screen in a woman, and not in a man."""
    patient = {"resourceType": "Patient", "id": "p1", "birthDate": "1986-04-02", "gender": "female"}
    answers = {"68518-0": 1, "68519-8": 1, "68520-6": 1} if waits else {"44261-6": 9}
    scores = bundle(*(score(code, value, f"s{number}") for number, (code, value) in enumerate(answers.items())))
    body = call("patient-view", prefetch(patient=patient, scores=scores)) | {"hookInstance": f"sex-{waits}"}
    told = asking.ask("integrated-review", body).json()["extension"][RESPONSE].get("unread", [])
    assert ("sex-not-stated" in {item["reason"] for item in told}) == waits


def test_a_link_leads_to_what_its_card_was_about(asking: Asking) -> None:
    order = sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE))
    for card in (*asking.cards("order-safety", order), *asking.cards("integrated-review", call("patient-view", prefetch(**SEVERE)))):
        address = urlsplit(card["links"][0]["url"])
        page = asking.who.ask("GET", f"{address.path}?{address.query}", accept="text/html").text
        assert page.count(f'id="{address.fragment}"') == 1
        assert "A decision of the past" in page
        assert f"The card that led here ({card['indicator'].replace('info', 'information')}) was about" in page
        assert card["extension"][EXPLANATION]["knowledge"]["hash"] in page


def test_the_page_behind_a_card_says_how_its_data_came_and_keeps_no_reference(asking: Asking) -> None:
    strange = {"resourceType": "Basic", "id": "b1", **SUBJECT}
    body = sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE), labs=bundle(strange))
    del body["prefetch"]["scores"]
    (card, *_) = asking.cards("order-safety", body)
    text = asking.who.ask("GET", "/decisions/" + card["extension"][EXPLANATION]["entry"], accept="text/plain").text
    flat = " ".join(text.split())
    assert "service order-safety, hook order-sign" in flat
    assert "Not sent: scores" in flat
    assert "not-used (1)" in flat
    assert "MedicationRequest/" not in text
    document = asking.who.ask("GET", urlsplit(card["links"][0]["url"])._replace(scheme="", netloc="", fragment="").geturl()).json()
    DecisionDocument.model_validate(document)
    past = document["past"]
    assert past["card"] == {"id": card["uuid"], "indicator": card["indicator"], "about": "Naltrexone"}
    assert [past[name] for name in ("service", "hook", "answered_at", "cards")] == ["order-safety", "order-sign", "2026-11-23T16:00:00Z", 2]
    assert (past["prefetch"]["scores"], past["prefetch"]["allergies"], past["unread"]) == ("missing", "empty", {"not-used": 1})
    assert "MedicationRequest/" not in json.dumps(document)
    assert flat.index("x Naltrexone [withheld]") < flat.index("THIS PLAN") < flat.index("The rest of the decision")
    unknown = "/decisions/" + card["extension"][EXPLANATION]["entry"] + "?card=" + "0" * 36
    assert asking.who.ask("GET", unknown, accept="text/plain").text == text


@pytest.mark.parametrize(
    ("agreed", "launched"),
    [
        ({}, None),
        ({"app": "https://APP.example:443/launch/"}, "https://app.example/launch"),
        ({"app": "http://127.0.0.1:9000/launch"}, None),
    ],
)
def test_a_client_that_launches_our_app_is_given_its_context(
    asking: Asking, agreed: dict[str, Any], launched: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Asking(asking.client)
    other.who = Known(asking.client, "ehr_client", agreement=Agreement(**agreed))
    body = sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE))
    answer = other.ask("order-safety", body)
    assert answer_faults(answer.json(), "Patient/p1") == []
    page, *apps = answer.json()["cards"][0]["links"]
    assert (page["type"], "appContext" in page) == ("absolute", False)
    assert [(app["type"], app["url"]) for app in apps] == ([("smart", launched)] if launched else [])
    assert {app["appContext"] for app in apps} <= {answer.headers["tandem-entry"]}, "the entry, and nothing about anybody"
    monkeypatch.setattr(asking.client.security.identity, "client", _unreachable)
    assert len(other.cards("order-safety", body)[0]["links"]) == 1, "a store that fails costs a link, and no card"


def _unreachable(name: str) -> None:
    raise StoreFault("the store cannot be reached")


def test_a_journal_that_fails_costs_nobody_a_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(tmp_path, now=lambda: NOW) as (client, service):
        asking = Asking(client)

        def failing(*_: Any) -> None:
            raise JournalFault("journal-write: OperationalError")

        monkeypatch.setattr(service.journal, "append", failing)
        monkeypatch.setattr(service.journal, "answered", failing)
        answer = asking.ask("order-safety", sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE)))
        assert (answer.status_code, answer.headers["tandem-journal"]) == (200, "unrecorded")
        (card,) = answer.json()["cards"]
        assert "could not be written in the journal" in card["detail"]
        assert "links" not in card, "there is no page behind it"
        assert answer_faults(answer.json(), "Patient/p1") == []


def test_what_a_card_asks_for_is_named_by_codes_under_which_it_can_be_sent(asking: Asking) -> None:
    """The answer is made of the requirement alone, and goes along with the next call."""

    def wanted(**sent: Any) -> list[dict[str, Any]]:
        cards = asking.cards("integrated-review", call("patient-view", prefetch(**sent)))
        return [item for card in cards for item in card["extension"][EXPLANATION].get("dataRequirement", ())]

    before = wanted()
    forms = [item for item in before if any(part["path"] == "component.code" for part in item.get("codeFilter", ()))]
    assert forms
    about, *parts = forms[0]["codeFilter"]
    assert all(any(code["system"] == "http://127.0.0.1:8000/fhir/CodeSystem/finding" for code in part["code"]) for part in parts)
    said = {"code": {"coding": about["code"]}, "effectiveDateTime": "2026-11-23T15:00:00Z", "status": "final"}
    form = {"resourceType": "Observation", "id": "form", **SUBJECT, **said}
    form["component"] = [{"code": {"coding": part["code"]}, "valueInteger": 0} for part in parts]
    booleans = any("dast10" in code["code"] or "pcptsd" in code["code"] for code in about["code"])
    assert not booleans, "the first form that is asked for has numbers"
    assert forms[0] not in wanted(scores=bundle(form))
