"""Results that are understood, but that cannot be held against the others: their time, their standing or their value is not known.

The newest value of the same finding may be older than such a result, and then no longer stands alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from adapters.fhir.ours import PREGNANCY
from adapters.fhir.reading.elements import inside
from adapters.fhir.reading.ledger import Ledger, One, Unplaced
from adapters.fhir.reading.lookup import Means
from adapters.fhir.reading.times import moment
from engine.record import Answers, Fact

PREGNANT = "patient.pregnancy"
_NEXT = timedelta(microseconds=1)


def codes_of(meanings: dict[str, Means]) -> set[str]:
    """The findings that a result is about; a value of a whole form is its total."""
    names = {name for found in meanings.values() for name in found.names}
    return names | ({PREGNANT} if PREGNANCY in meanings else set())


def leave_open(codes: Iterable[str], one: One, into: Ledger) -> None:
    """They were found at an unknown time, which is not after the result was told."""
    into.unplaced += [Unplaced(code, _told(one.resource), one) for code in sorted(codes) if into.knows(code)]


def _told(resource: dict[str, Any]) -> datetime | None:
    """The latest moment at which it can have been true."""
    said = (
        resource.get("effectiveDateTime"),
        resource.get("performedDateTime"),
        inside(resource.get("performedPeriod")).get("end"),
        resource.get("authored"),
        resource.get("issued"),
        inside(resource.get("meta")).get("lastUpdated"),
    )
    return next((found.last for one in said if (found := moment(one))), None)


def settle(into: Ledger) -> None:
    """Behind the newest value that may be older than it, each stands as a result without a value."""
    newest = _newest(into) if into.spans or into.unplaced else {}
    _spread(into, newest)
    for item in into.unplaced:
        if item.code == PREGNANT:
            _doubt_pregnancy(item, into)
            continue
        before = newest.get(item.code)
        if before is None or (item.until is not None and item.until < before):
            continue
        into.findings.append(Fact(code=item.code, absent="unable_to_assess", at=before + _NEXT, origin=item.one.origin))
        into.lost.add((item.code, before + _NEXT))
        into.cite((item.code,), before, item.one.reference)
    _forget(into)


def _doubt_pregnancy(item: Unplaced, into: Ledger) -> None:
    held = into.person.get("pregnancy")
    if held is not None and held.status != "pregnant" and (item.until is None or item.until >= held.at):
        del into.person["pregnancy"]


def _newest(into: Ledger) -> dict[str, datetime]:
    """When the newest value of each finding was true. Of whatever was answered of a form, something of its total is known."""
    found: dict[str, datetime] = {}

    def keep(code: str, at: datetime) -> None:
        found[code] = max(at, found.get(code, at))

    for fact in into.findings:
        if fact.value is not None:
            keep(fact.code, fact.at)
    for answers in into.instruments:
        for part in ("total", *(item for item, score in answers.items.items() if score is not None)) if answers.absent is None else ():
            keep(f"{answers.instrument}.{part}", answers.at)
    return found


def _spread(into: Ledger, newest: Mapping[str, datetime]) -> None:
    """What was true some time in a day, a month or a year may be newer than the newest value of it: it stands beside that, too."""
    for fact in [fact for fact in into.findings if fact.at in into.spans]:
        for at in _within(fact.at, (fact.code,), into, newest):
            if fact.value is not None:
                into.findings.append(fact.model_copy(update={"at": at}))
                continue
            into.findings.append(fact.model_copy(update={"at": at + _NEXT}))
            if (fact.code, fact.at) in into.lost:
                into.lost.add((fact.code, at + _NEXT))
    for answers in [answers for answers in into.instruments if answers.at in into.spans]:
        into.instruments += _beside(answers, into, newest)


def _within(at: datetime, codes: Iterable[str], into: Ledger, newest: Mapping[str, datetime]) -> list[datetime]:
    """The newest moments of these findings that lie in the day, the month or the year that begins then.

    A moment that says its zone, and a later date than that of a day, is no part of it. One in UTC says no zone, and may be.
    """
    found = {newest[code] for code in codes if code in newest and at < newest[code] <= into.spans[at]}
    found = {one for one in found if into.vague(at) or not one.utcoffset() or one.date() <= at.date()}
    return sorted(found, key=lambda one: (one, one.isoformat()))


def _beside(answers: Answers, into: Ledger, newest: Mapping[str, datetime]) -> Iterator[Answers]:
    """Each answer beside the newest one to the same question, and to no other."""
    name, total = answers.instrument, f"{answers.instrument}.total"
    if answers.absent is not None:
        every = [total, *(f"{name}.{item}" for item in into.lookup.base.instruments[name].by_item)]
        yield from (answers.model_copy(update={"at": at + _NEXT}) for at in _within(answers.at, every, into, newest))
        return
    items = {f"{name}.{item}": item for item, score in answers.items.items() if score is not None}
    for at in _within(answers.at, (*items, total), into, newest):
        same = {item: answers.items[item] for code, item in items.items() if newest[code] == at}
        stated = answers.total if newest.get(total) == at else None
        if same or stated is not None:
            yield answers.model_copy(update={"at": at, "items": same, "total": stated})


def _forget(into: Ledger) -> None:
    """Where no direction is the riskier one, a value that may have been replaced by one that nobody can read is no value any more."""
    entries = into.lookup.base.dictionary.entries
    until: dict[str, datetime] = {}
    for code, at in into.lost:
        if entries[code].worse is None:
            until[code] = max(at, until.get(code, at))
    if until:
        into.findings[:] = [fact for fact in into.findings if fact.value is None or fact.code not in until or fact.at >= until[fact.code]]
    for (code, *_), points in into.points.items():
        points -= {point for point in points if code in until and point.at < until[code]}
