"""A clinician in front of a chart: what the record sends is US Core with clinical drug codes, and what is judged are the cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from clinic import DRUGS, LOINC, allergy, person, prescription, problem, result, sent, survey, visit
from conforming import answer_faults
from hooked import EXPLANATION, Asking, bundle, call
from pytest_bdd import given, parsers, then, when

TODAY, LAST_WEEK, LAST_YEAR = "2026-11-20T08:00:00Z", "2026-11-13T09:00:00Z", "2025-10-01T09:00:00Z"
FREQUENCY = {"not at all": "LA6568-5", "several days": "LA6569-3", "nearly every day": "LA6571-9"}
Resource = dict[str, Any]


def _item9(words: str, id: str, when: str = TODAY) -> Resource:
    return survey("44260-8", id, when, valueCodeableConcept={"coding": [{"system": LOINC, "code": FREQUENCY[words]}]})


PARTS: dict[str, Callable[[str, str], Resource]] = {
    "lists": lambda what, id: problem(what, id, LAST_WEEK),
    "listed yesterday": lambda what, id: problem(what, id, "2026-11-19T09:00:00Z"),
    "listed last year": lambda what, id: problem(what, id, LAST_YEAR),
    "takes": lambda what, id: prescription(what, id, LAST_WEEK),
    "took": lambda what, id: prescription(what, id, LAST_WEEK, "stopped"),
    "allergic to": allergy,
    "PHQ-9": lambda what, id: survey("44261-6", id, TODAY, valueInteger=int(what)),
    "item 9": _item9,
    "item 9 last year": lambda what, id: _item9(what, id, LAST_YEAR),
    "item 9 without a date": lambda what, id: {name: part for name, part in _item9(what, id).items() if name != "effectiveDateTime"},
    "C-SSRS intent": lambda what, id: survey("93249-1", id, TODAY, valueBoolean=what == "yes"),
    "C-SSRS level": lambda what, id: survey("93374-7", id, TODAY, valueCodeableConcept={"text": what}),
    "emergency": lambda what, id: visit("emergency", "finished", id, start=what, end=what),
}


class Chart:
    """What is sent, and the cards that came back."""

    def __init__(self, asking: Asking) -> None:
        self.asking, self.parts, self.patient = asking, list[Resource](), person()
        self.cards: list[Resource] = []

    def ask(self, service: str, hook: str, **context: Any) -> None:
        answer = self.asking.ask(service, call(hook, sent(*self.parts, patient=self.patient), **context))
        assert answer.status_code == 200, answer.text
        assert answer_faults(answer.json(), "Patient/p1") == []
        self.cards = answer.json()["cards"]

    def rules(self) -> set[str]:
        return {rule["id"] for card in self.cards for rule in card["extension"][EXPLANATION]["rules"]}

    def offers(self) -> str:
        return " ".join(item["label"] for card in self.cards for item in card.get("suggestions", ()))


@pytest.fixture
def at_clinic(asking: Asking) -> Chart:
    return Chart(asking)


@given(parsers.re(r"a clinic's chart: (?P<parts>.+)"))
def holds(at_clinic: Chart, parts: str) -> None:
    for number, part in enumerate(filter(None, parts.split("; "))):
        name, _, what = part.partition(": ")
        if name in PARTS:
            at_clinic.parts.append(PARTS[name](what, f"r{number}"))
        elif name == "born":
            at_clinic.patient = person(what, None)
        elif name != "nothing":
            at_clinic.parts.append(result(name, float(what), f"r{number}", TODAY))


@when(parsers.re(r"the clinic signs (?P<drugs>.+)"))
def signs(at_clinic: Chart, drugs: str) -> None:
    orders = [prescription(drug, f"draft-{number}", TODAY, "draft") for number, drug in enumerate(drugs.split(" and "), 1)]
    at_clinic.ask("order-safety", "order-sign", draftOrders=bundle(*orders) | {"type": "collection"})


@when(parsers.re(r"the clinic has (?P<drug>.+) signed under the id of the order of (?P<other>.+)"))
def signs_under(at_clinic: Chart, drug: str, other: str) -> None:
    taken = next(item["id"] for item in at_clinic.parts if item.get("medicationCodeableConcept", {}).get("text") == DRUGS[other][1])
    order = prescription(drug, taken, TODAY, "draft")
    at_clinic.ask("order-safety", "order-sign", draftOrders=bundle(order) | {"type": "collection"})


@when("the clinic opens the chart")
def opens(at_clinic: Chart) -> None:
    at_clinic.ask("integrated-review", "patient-view")


@when("the clinic discharges the person")
def discharges(at_clinic: Chart) -> None:
    at_clinic.ask("discharge-aftercare", "encounter-discharge", encounterId="e1")


@when(parsers.re(r"the clinic books the next visit for (?P<day>\S+)"))
def books(at_clinic: Chart, day: str) -> None:
    booked = {"resourceType": "Appointment", "id": "a1", "status": "proposed", "start": f"{day}T09:00:00Z"}
    booked["participant"] = [{"actor": {"reference": "Patient/p1"}, "status": "accepted"}]  # type: ignore[assignment]
    at_clinic.ask("follow-up", "appointment-book", appointments=bundle(booked))


@then(parsers.re(r'its (?P<indicator>critical|warning|info) card says "(?P<words>.+)"'))
def says(at_clinic: Chart, indicator: str, words: str) -> None:
    found = [f"{card['summary']} {card.get('detail', '')}" for card in at_clinic.cards if card["indicator"] == indicator]
    assert any(words in one for one in found), [(card["indicator"], card["summary"]) for card in at_clinic.cards]


@then(parsers.re(r"the reason is the rule (?P<rule>[a-z0-9-]+)"))
def because(at_clinic: Chart, rule: str) -> None:
    assert rule in at_clinic.rules()


@then(parsers.re(r"no card offers (?P<what>.+)"))
def offers_no(at_clinic: Chart, what: str) -> None:
    assert what not in at_clinic.offers()


@then(parsers.re(r"a card offers (?P<what>.+)"))
def offers(at_clinic: Chart, what: str) -> None:
    assert what in at_clinic.offers(), at_clinic.offers()


@then("the clinic sees no card")
def none(at_clinic: Chart) -> None:
    assert [card["summary"] for card in at_clinic.cards] == []


@then("no card of the clinic is a warning or worse")
def quiet(at_clinic: Chart) -> None:
    assert {card["indicator"] for card in at_clinic.cards} <= {"info"}
