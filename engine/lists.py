"""Findings from lists. A list says what is absent only when a clinician has closed it, and recently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from engine.base import KnowledgeBase
from engine.dictionary import Dictionary
from engine.findings import Absence, Finding
from engine.record import Coding, ListedAllergy, ListedCondition, ListedMedication, Record
from engine.vocabulary import CONDITION_STATUS, EVENT_KINDS, MEDICATION_STATUS, SEVERITY


@dataclass(frozen=True, slots=True, order=True)
class Ignored:
    """A part of the record that was not used. where: JSON pointer."""

    where: str
    why: Literal["after_as_of", "not_understood", "entered_in_error"]


Part = tuple[dict[str, Finding], list[Ignored]]
_Listed = TypeVar("_Listed", ListedCondition, ListedMedication, ListedAllergy)
_ABSENT, _REMISSION, _ACTIVE = range(len(CONDITION_STATUS))
_TAKES = MEDICATION_STATUS.index("active")


@dataclass(frozen=True, slots=True)
class _Closed:
    """Whether a list may be read as complete: when it was reviewed, or why it may not."""

    at: datetime | None
    why: Absence | None

    def absent(self, code: str, number: int = 0) -> Finding:
        return Finding(code, None, None, self.why) if self.why else Finding(code, number, number, None, self.at, "reviewed list")


def _closed(
    base: KnowledgeBase, record: Record, name: Literal["conditions", "medications", "allergies", "events"], as_of: datetime, whole: bool
) -> _Closed:
    at: datetime | None = getattr(record.reviewed, name)
    if at is None or at > as_of:
        return _Closed(None, "not_reviewed")
    if as_of - at > base.dictionary.lists[name]:
        return _Closed(at, "stale")
    return _Closed(at, None if whole else "not_understood")


def of_conditions(base: KnowledgeBase, record: Record, as_of: datetime) -> Part:
    """`condition.*` for every group that the knowledge reads, and `family_history.*`."""
    ignored: list[Ignored] = []
    found: dict[str, Finding] = {}
    by_group: dict[str, list[ListedCondition]] = {}
    understood = True
    for where, entry in _current(record.conditions, "conditions", as_of, ignored):
        group = base.dictionary.conditions.get(entry.term or "")
        if entry.status == "family_history":
            if group:
                found[f"family_history.{group.id}"] = Finding(f"family_history.{group.id}", 1, 1, None, entry.at, "conditions")
        elif group is None:
            understood = False
            ignored.append(Ignored(where, "not_understood"))
        else:
            by_group.setdefault(group.id, []).append(entry)
    closed = _closed(base, record, "conditions", as_of, understood)
    for group in base.read_conditions:
        code = f"condition.{group.id}"
        status = _condition(code, by_group.get(group.id, []), closed)
        found[code] = status
        if group.graded:
            found[f"{code}.severity"] = _severity(f"{code}.severity", status, by_group.get(group.id, []))
    return found, ignored


def _condition(code: str, entries: list[ListedCondition], closed: _Closed) -> Finding:
    """The newest statement holds; undated ones stand beside it; what they leave possible is the range."""
    if not entries:
        return closed.absent(code)
    dated = [entry.at for entry in entries if entry.at]
    newest = max(dated, default=None)
    telling = [entry for entry in entries if entry.at is None or entry.at == newest]
    ranges = {
        "active": (_ACTIVE, _ACTIVE),
        "in_remission": (_REMISSION, _REMISSION),
        "ruled_out": (_ABSENT, _ABSENT),
        "suspected": (_ABSENT, _ACTIVE),
    }
    low = min(ranges[entry.status][0] for entry in telling)
    high = max(ranges[entry.status][1] for entry in telling)
    if all(entry.status != "ruled_out" for entry in telling) and any(entry.status == "active" for entry in telling):
        low = high = _ACTIVE  # a second, milder statement does not take back a diagnosis that nobody ruled out
    why: Absence | None = None if low == high else "suspected" if any(entry.status == "suspected" for entry in telling) else "conflicting"
    return Finding(code, low, high, why, newest, "conditions")


def _severity(code: str, status: Finding, entries: list[ListedCondition]) -> Finding:
    if status.exact and status.high != _ACTIVE:
        return Finding(code, 0, 0, None, status.at, status.source)
    if not status.exact:
        return Finding(code, None, None, status.absent, status.at, status.source)
    graded = [SEVERITY.index(entry.severity) for entry in entries if entry.status == "active" and entry.severity]
    if not graded:
        return Finding(code, 1, len(SEVERITY) - 1, "never_asked", status.at, status.source)
    return Finding(code, max(graded), max(graded), None, status.at, status.source)


def of_medications(base: KnowledgeBase, record: Record, as_of: datetime) -> Part:
    """`medication.*` for every class and ingredient that the knowledge reads."""
    ignored: list[Ignored] = []
    by_class: dict[str, list[ListedMedication]] = {}
    understood = True
    for where, entry in _current(record.medications, "medications", as_of, ignored):
        classes = _classes(base.dictionary, entry.ingredient, entry.codes)
        if not classes:
            understood = False
            ignored.append(Ignored(where, "not_understood"))
        for name in classes:
            by_class.setdefault(name, []).append(entry)
    closed = _closed(base, record, "medications", as_of, understood)
    found: dict[str, Finding] = {}
    for name, not_proposed in base.read_medications.items():
        code = f"medication.{name}"
        if name in by_class:
            found |= _medication(code, by_class[name], closed, as_of)
        else:
            found[code] = closed.absent(code)
            found[not_proposed.code] = not_proposed
    return found, ignored


def _medication(code: str, entries: list[ListedMedication], closed: _Closed, as_of: datetime) -> dict[str, Finding]:
    proposed = any(entry.status == "proposed" for entry in entries)
    held = [entry for entry in entries if entry.status != "proposed"]
    at = max((entry.at for entry in held if entry.at), default=None)
    best = max((MEDICATION_STATUS.index(entry.status) for entry in held), default=0)
    settled = best == _TAKES or (held and not closed.why)  # an open list may hide another, active entry of the class
    status = Finding(code, best, best, None, at, "medications") if settled else closed.absent(code)
    found = {code: status, f"{code}.proposed": Finding(f"{code}.proposed", int(proposed), int(proposed))}
    last = max((entry.last_taken for entry in held if entry.last_taken and entry.last_taken <= as_of), default=None)
    if best == _TAKES:
        found[f"{code}.days_since_last"] = Finding(f"{code}.days_since_last", 0, 0, None, at, "medications")
    elif last is not None and not closed.why:
        days = (as_of - last).days
        found[f"{code}.days_since_last"] = Finding(f"{code}.days_since_last", days, days, None, last, "medications")
    return found


def of_allergies(base: KnowledgeBase, record: Record, as_of: datetime) -> Part:
    """`allergy.*` for every class and ingredient that the knowledge reads."""
    ignored: list[Ignored] = []
    truths: dict[str, tuple[int, datetime | None]] = {}
    understood = True
    for where, entry in _current(record.allergies, "allergies", as_of, ignored):
        classes = _classes(base.dictionary, entry.substance, entry.codes)
        if not classes:
            understood = False
            ignored.append(Ignored(where, "not_understood"))
        for name in classes:
            number = max(int(entry.status == "active"), truths.get(name, (0, None))[0])
            truths[name] = (number, entry.at)
    closed = _closed(base, record, "allergies", as_of, understood)
    found: dict[str, Finding] = {}
    for name in base.read_allergies:
        code = f"allergy.{name}"
        number, at = truths.get(name, (0, None))
        found[code] = Finding(code, number, number, None, at, "allergies") if name in truths else closed.absent(code)
    return found, ignored


def of_events(base: KnowledgeBase, record: Record, as_of: datetime) -> Part:
    """`event.*.days_since` the latest event of each kind. No event feed is not "no events"."""
    ignored: list[Ignored] = []
    latest: dict[str, datetime] = {}
    for index, event in enumerate(record.events):
        if event.at > as_of:
            ignored.append(Ignored(f"/events/{index}", "after_as_of"))
        else:
            latest[event.kind] = max(event.at, latest.get(event.kind, event.at))
    closed = _closed(base, record, "events", as_of, whole=True)
    found: dict[str, Finding] = {}
    for kind in EVENT_KINDS:
        code = f"event.{kind}.days_since"
        if kind in latest:
            days = (as_of - latest[kind]).days
            found[code] = Finding(code, days, days, None, latest[kind], "events")
        else:
            longest = int(base.dictionary.entries[code].bounds[1])
            found[code] = closed.absent(code, longest)  # never, so longer ago than any window
    return found, ignored


def _current(entries: Iterable[_Listed], name: str, as_of: datetime, ignored: list[Ignored]) -> Iterator[tuple[str, _Listed]]:
    for index, entry in enumerate(entries):
        where = f"/{name}/{index}"
        if entry.status == "entered_in_error":
            ignored.append(Ignored(where, "entered_in_error"))
        elif entry.at is not None and entry.at > as_of:
            ignored.append(Ignored(where, "after_as_of"))
        else:
            yield where, entry


def _classes(dictionary: Dictionary, name: str | None, codes: tuple[Coding, ...]) -> frozenset[str]:
    """The classes of an ingredient, itself among them; a bare class name stands for itself; empty when not understood."""
    ingredients: Mapping[str, object] = dictionary.ingredients
    names: set[str] = (
        {name}
        if name in ingredients and name
        else {item.id for code in codes if code.system == "rxnorm" and (item := dictionary.by_rxnorm.get(code.code))}
    )
    if not names and name in dictionary.classes:
        return frozenset({name})
    return frozenset(names | {group for item in names for group in dictionary.ingredients[item].classes})
