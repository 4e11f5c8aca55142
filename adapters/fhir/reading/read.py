"""From resources to a record: each type by its own reader, then what can only be said of all together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice
from operator import attrgetter
from typing import TypeVar

from pydantic import ValidationError

from adapters.fhir.reading.allergies import read_allergy, read_unclear_allergy
from adapters.fhir.reading.allergies import where_unsure as allergies_where_unsure
from adapters.fhir.reading.care import read_goal
from adapters.fhir.reading.collect import Collected, collect
from adapters.fhir.reading.conditions import read_condition, read_family, read_unclear_condition, where_unsure
from adapters.fhir.reading.consents import read_consent
from adapters.fhir.reading.encounters import Going, read_appointment, read_encounter
from adapters.fhir.reading.encounters import settle as settle_setting
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.lookup import lookup_of
from adapters.fhir.reading.medications import newest_given, read_administration, read_dispense, read_request, read_statement, read_unclear
from adapters.fhir.reading.observations import Sheets, read_observation
from adapters.fhir.reading.patient import read_patient
from adapters.fhir.reading.plans import read_plan
from adapters.fhir.reading.procedures import read_procedure
from adapters.fhir.reading.questionnaires import read_response
from adapters.fhir.reading.result import Reading, Resource
from adapters.fhir.reading.reviews import Review, read_list
from adapters.fhir.reading.reviews import settle as settle_reviews
from adapters.fhir.reading.scales import close
from adapters.fhir.reading.thinning import Listed, thinned
from adapters.fhir.reading.unplaced import settle as settle_unplaced
from engine.base import KnowledgeBase
from engine.errors import Problem, Refused
from engine.record import Answers, Fact, Goal, Patient, Record, Series

_READERS: dict[str, Callable[[One, Ledger], None]] = {
    "Patient": read_patient,
    "Condition": read_condition,
    "FamilyMemberHistory": read_family,
    "MedicationRequest": read_request,
    "MedicationStatement": read_statement,
    "MedicationAdministration": read_administration,
    "MedicationDispense": read_dispense,
    "AllergyIntolerance": read_allergy,
    "QuestionnaireResponse": read_response,
    "Procedure": read_procedure,
    "CarePlan": read_plan,
    "Appointment": read_appointment,
    "Consent": read_consent,
    "Goal": read_goal,
}
_UNCLEAR: dict[str, Callable[[One, Ledger], None]] = {  # of which something unknown changes the meaning; of others nothing is read
    **dict.fromkeys(("MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense"), read_unclear),
    "Condition": read_unclear_condition,
    "AllergyIntolerance": read_unclear_allergy,
    "QuestionnaireResponse": read_response,
    "Procedure": read_procedure,
    "CarePlan": read_plan,
}
_ALONGSIDE = frozenset({"Medication", "Questionnaire", "Organization"})  # read through what refers to them
_OFFERED = frozenset({"Appointment"})  # about to be made, it tells nothing yet
_MOST_FINDINGS, _MOST_ANSWERS, _MOST_CONDITIONS, _MOST_GOALS = 5000, 1000, 1000, 50  # that a record holds
_MOST_SERIES, _MOST_POINTS = 200, 5000
_DRAFTS = frozenset({"MedicationRequest"})
_ID = re.compile(r"[!-~]{1,128}")  # of a patient, in a record
_KEPT = 30  # of one finding or instrument, where there are more than a record holds
_T = TypeVar("_T", Fact, Answers)


def read(
    base: KnowledgeBase,
    resources: Iterable[Resource],
    patient: str,
    drafts: Iterable[Resource] = (),
    *,
    encounter: str | None = None,
    root: str = "",
    before: frozenset[str] = frozenset(),
) -> Reading:
    """The record of one patient, from resources in any order; Bundles among them are opened.

    patient: the id, without `Patient/`. drafts: orders that are about to be made: their medicines are read as proposed,
    whatever their status says. encounter: the id of the one in which it is asked; it decides the setting. root: the address of
    our own FHIR endpoint: answers to questionnaires published there are read by the names of our items. before: resources that had
    been told earlier and were understood, as Type/id: a List may name them.
    Raises Refused: `patient-mismatch` where a resource is about somebody else, `too-deep`, `too-much`.
    """
    try:
        found = collect(resources, drafts, patient.strip().removeprefix("Patient/"))
        asked_in = encounter.removeprefix("Encounter/") if encounter else None
        ledger = Ledger(lookup_of(base), found.others, asked_in, root.rstrip("/"), before)
        _read_all(found, ledger)
        record = _record(ledger, patient.strip().removeprefix("Patient/"))
    except RecursionError:
        raise Refused([Problem("", "too-deep", "Something is nested too deeply.", "Send resources of FHIR.")]) from None
    except ValidationError:
        raise Refused([Problem("", "too-much", "There is more of one kind than a record holds.", "Send what is recent.")]) from None
    return Reading(record, ledger.references(), tuple(sorted(ledger.unread | found.unread, key=attrgetter("reference", "reason", "what"))))


def _read_all(found: Collected, ledger: Ledger) -> None:
    sheets: Sheets = {}
    going: Going = []
    reviews: list[Review] = []
    readers = _READERS | {
        "Observation": lambda one, into: read_observation(one, into, sheets),
        "Encounter": lambda one, into: read_encounter(one, into, going),
        "List": lambda one, into: read_list(one, into, reviews),
    }
    unclear, unused = _UNCLEAR | {"Observation": readers["Observation"]}, set[str]()
    for one in found.ones:
        reader = readers.get(one.kind)
        if reader is None or (one.draft and one.kind not in _DRAFTS):
            unused.add(one.kind)
            continue
        try:
            if not one.unclear:
                reader(one, ledger)
            elif one.kind in unclear:
                unclear[one.kind](one, ledger)
        except ValidationError:
            ledger.tell(one.reference, "not-valid", "Something in it cannot stand in a record, and it was not used.")
    for kind in unused - _ALONGSIDE - _OFFERED:
        ledger.tell(kind, "not-used", "Resources of this type are not used.")
    for sheet in sheets.values():
        close(sheet, ledger)
    settle_unplaced(ledger)
    settle_setting(going, ledger)
    settle_reviews(reviews, ledger, ledger.unread | found.unread)


def _newest(ledger: Ledger, parts: list[_T], most: int, name: Callable[[_T], str]) -> tuple[_T, ...]:
    """All of them; where a record cannot hold them all, the newest of each, which are those that a decision rests on."""
    if len(parts) <= most:
        return tuple(parts)
    ledger.tell("Observation", "older-left-out", "There is more than a record holds: only the newest of each finding was used.")
    counted: Counter[str] = Counter()
    kept: list[_T] = []
    for part in sorted(parts, key=lambda item: item.at, reverse=True):
        counted[name(part)] += 1
        if counted[name(part)] <= _KEPT:
            kept.append(part)
    return tuple(kept)


def _conditions(ledger: Ledger) -> list[Listed]:
    """All of them; where a record cannot hold them all, fewer from which the same follows."""
    if len(ledger.conditions) <= _MOST_CONDITIONS:
        return ledger.conditions
    ledger.tell("Condition", "older-left-out", "There is more than a record holds: of what was said several times, the first and the last.")
    return thinned(ledger.conditions)


def _series(ledger: Ledger) -> tuple[Series, ...]:
    """Each series, with its newest points."""
    return tuple(
        Series(code=code, points=tuple(sorted(points, key=lambda point: point.at)[-_MOST_POINTS:]), source=source, origin=origin)
        for (code, source, origin), points in islice(ledger.points.items(), _MOST_SERIES)
        if points
    )


def _goals(ledger: Ledger) -> tuple[Goal, ...]:
    """Each goal, with the components that a plan names for it."""
    if len(ledger.goals) > _MOST_GOALS:
        ledger.tell("Goal", "older-left-out", "There are more goals than a record holds: some were left out.")
    return tuple(
        goal.model_copy(update={"components": tuple(sorted(ledger.serving.get(reference, ())))})
        for reference, goal in ledger.goals[:_MOST_GOALS]
    )


def _record(ledger: Ledger, patient: str) -> Record:
    person = Patient(id=patient if _ID.fullmatch(patient) else None, **ledger.person)
    return Record(
        patient=person,
        findings=_newest(ledger, ledger.findings, _MOST_FINDINGS, lambda item: item.code),
        instruments=_newest(ledger, ledger.instruments, _MOST_ANSWERS, lambda item: item.instrument),
        conditions=tuple(where_unsure(_conditions(ledger), ledger.doubted)),
        medications=tuple(dict.fromkeys(newest_given(ledger.medications))),
        allergies=tuple(allergies_where_unsure(ledger.allergies, ledger)),
        series=_series(ledger),
        events=tuple(ledger.events),
        goals=_goals(ledger),
        consents=tuple(ledger.consents),
        **ledger.single,
    )
