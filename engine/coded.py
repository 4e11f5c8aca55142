"""Findings and events that codes of the problem list say: a poisoning is an overdose, homelessness is a need."""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Iterator
from datetime import datetime, timedelta

from engine.base import KnowledgeBase
from engine.record import Event, Fact, ListedCondition, Record
from engine.terminology import Meaning

_HOLDS = {"active": ("finding", "event"), "in_remission": ("event",)}  # what is over has happened, and holds no more
_SOURCE = "conditions"
_DAY = timedelta(days=1)


def with_coded(base: KnowledgeBase, record: Record, as_of: datetime) -> Record:
    """The record, with what codes of its problem list say as findings and events of their own.

    A finding is as old as its entry; without a date it is as old as the review of the list, which is when somebody last held
    it to be so. An event is dated by its entry alone; one that the record has within a day is the same one, and counts once.
    """
    facts: list[Fact] = []
    events: list[Event] = []
    for _, entry, meaning in _meanings(base, record, as_of):
        at = _dated(record, entry, as_of)
        if meaning.finding and at:
            facts.append(Fact(code=meaning.finding, value=meaning.value, at=at, source=_SOURCE))
        elif meaning.event and not meaning.past and entry.at:
            events.append(Event.model_validate({"kind": meaning.event, "at": entry.at, "source": _SOURCE}))
    if not facts and not events:
        return record
    added = {"findings": (*record.findings, *facts), "events": (*record.events, *_new(record.events, events))}
    return record.model_copy(update=added)


def _new(known: tuple[Event, ...], coded: list[Event]) -> Iterator[Event]:
    """Each event that is no other way of writing down one that is known."""
    times: dict[str, list[datetime]] = {}
    for event in known:
        insort(times.setdefault(event.kind, []), event.at)
    for event in sorted(coded, key=lambda event: (event.at, event.kind, event.at.isoformat())):
        same_kind = times.setdefault(event.kind, [])
        place = bisect(same_kind, event.at)
        if all(abs(event.at - at) >= _DAY for at in same_kind[max(0, place - 1) : place + 1]):
            same_kind.insert(place, event.at)
            yield event


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
