"""Findings and events that codes of the problem list say: a poisoning is an overdose, homelessness is a need."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from engine.base import KnowledgeBase
from engine.record import Event, Fact, ListedCondition, Pregnancy, Record
from engine.terminology import Meaning

_HOLDS = {"active": ("finding", "event"), "in_remission": ("event",)}  # what is over has happened, and holds no more
_SOURCE = "conditions"


def with_coded(base: KnowledgeBase, record: Record, as_of: datetime) -> Record:
    """The record, with what codes of its problem list say as findings, events and pregnancy of their own.

    A finding is as old as its entry; without a date it is as old as the review of the list, which is when somebody last held
    it to be so. An event is dated by its entry alone, and one that the record has on the same day is not counted twice.
    """
    facts: list[Fact] = []
    events: dict[tuple[str, object], Event] = {}
    patient = record.patient
    days = {(event.kind, _day(event.at)) for event in record.events}
    for _, entry, meaning in _meanings(base, record, as_of):
        at = _dated(record, entry, as_of)
        if meaning.event and not meaning.past and entry.at and (meaning.event, _day(entry.at)) not in days:
            event = Event.model_validate({"kind": meaning.event, "at": entry.at, "source": _SOURCE})
            events.setdefault((event.kind, _day(event.at)), event)
        elif meaning.finding == "patient.pregnancy" and at:
            stated = Pregnancy.model_validate({"status": meaning.value, "at": at})
            if patient.pregnancy is None or patient.pregnancy.at < at:
                patient = patient.model_copy(update={"pregnancy": stated})
        elif meaning.finding and at:
            facts.append(Fact(code=meaning.finding, value=meaning.value, at=at, source=_SOURCE))
    if not facts and not events and patient is record.patient:
        return record
    added = {"findings": (*record.findings, *facts), "events": (*record.events, *events.values()), "patient": patient}
    return record.model_copy(update=added)


def undated(base: KnowledgeBase, record: Record, as_of: datetime) -> Iterator[str]:
    """Entries with a finding that nothing dates, as JSON pointers: it is not used, because it may be long past."""
    for where, entry, meaning in _meanings(base, record, as_of):
        if meaning.finding and _dated(record, entry, as_of) is None:
            yield where


def past_events(base: KnowledgeBase, record: Record, as_of: datetime) -> dict[str, int]:
    """Kinds of events that happened at some time nobody said: the fewest days ago that it can have been."""
    found: dict[str, int] = {}
    for _, entry, meaning in _meanings(base, record, as_of):
        if meaning.event and (meaning.past or entry.at is None):
            days = (as_of - entry.at).days if entry.at else 0
            found[meaning.event] = min(days, found.get(meaning.event, days))
    return found


def _meanings(base: KnowledgeBase, record: Record, as_of: datetime) -> Iterator[tuple[str, ListedCondition, Meaning]]:
    for index, entry in enumerate(record.conditions):
        holds = _HOLDS.get(entry.status, ())
        if not holds or (entry.at is not None and entry.at > as_of):
            continue
        for code in entry.codes:
            for meaning in base.terminology.conditions(code.system, code.code) or ():
                if (meaning.finding and "finding" in holds) or (meaning.event and "event" in holds):
                    yield f"/conditions/{index}", entry, meaning


def _dated(record: Record, entry: ListedCondition, as_of: datetime) -> datetime | None:
    reviewed = record.reviewed.conditions
    return entry.at or (reviewed if reviewed and reviewed <= as_of else None)


def _day(at: datetime) -> object:
    return at.astimezone(UTC).date()
