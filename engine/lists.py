"""Findings from lists. A list says what is absent only when a clinician has closed it, and recently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from engine.base import KnowledgeBase
from engine.coded import past_events, undated
from engine.diagnoses import ABSENT, ACTIVE, Statement, said
from engine.findings import Absence, Finding
from engine.medicines import about, named_by
from engine.record import ListedAllergy, ListedCondition, ListedMedication, Record
from engine.vocabulary import EVENT_KINDS, MEDICATION_STATUS, SEVERITY


@dataclass(frozen=True, slots=True, order=True)
class Ignored:
    """A part of the record that was not used. where: JSON pointer."""

    where: str
    why: Literal["after_as_of", "not_understood", "entered_in_error", "contradicted", "undated"]


Part = tuple[dict[str, Finding], list[Ignored]]
_Listed = TypeVar("_Listed", ListedCondition, ListedMedication, ListedAllergy)
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
    by_group: dict[str, list[Statement]] = {}
    whole = True
    for where, entry in _current(record.conditions, "conditions", as_of, ignored):
        told = said(base, entry)
        ignored += [Ignored(where + part, "contradicted") for part in told.contradicted]
        if not told.understood:
            whole = whole and entry.status == "family_history"
            ignored.append(Ignored(where, "not_understood"))
        for one in told.statements:
            if entry.status != "family_history":
                by_group.setdefault(one.group, []).append(one)
            elif not one.perhaps:
                code = f"family_history.{one.group}"
                found[code] = Finding(code, 1, 1, None, _latest([entry.at, found[code].at if code in found else None]), "conditions")
    ignored += [Ignored(where, "undated") for where in dict.fromkeys(undated(base, record, as_of))]
    closed = _closed(base, record, "conditions", as_of, whole)
    for group in base.read_conditions:
        code, statements = f"condition.{group.id}", by_group.get(group.id, [])
        found[code] = _condition(code, statements, closed)
        if group.graded:
            found[f"{code}.severity"] = _severity(f"{code}.severity", found[code], statements)
    return found, ignored


def _condition(code: str, statements: list[Statement], closed: _Closed) -> Finding:
    """The newest statement holds; undated ones stand beside it; what they leave possible is the range."""
    firm = [one for one in statements if not one.perhaps]
    if all(one.form for one in firm):
        firm = []  # that one form of it was ruled out says no more than a list that does not name it
    newest = _latest(one.at for one in firm)
    telling = [one for one in firm if one.at is None or one.at == newest]
    doubts = [one for one in statements if one.perhaps and (one.at is None or newest is None or one.at >= newest)]
    if not telling and not doubts:
        return closed.absent(code)
    low = min((one.low for one in telling), default=ABSENT)
    high = max(one.high for one in (*telling, *doubts))
    if all(one.high != ABSENT for one in telling) and any(one.low == ACTIVE for one in telling):
        low = high = ACTIVE  # a second, milder statement does not take back a diagnosis that nobody ruled out
    why: Absence | None = None
    if low != high:
        why = "suspected" if doubts or any((one.low, one.high) == (ABSENT, ACTIVE) and not one.form for one in telling) else "conflicting"
    return Finding(code, low, high, why, _latest([newest, *(one.at for one in doubts)]), "conditions")


def _severity(code: str, status: Finding, statements: list[Statement]) -> Finding:
    if status.exact and status.high != ACTIVE:
        return Finding(code, 0, 0, None, status.at, status.source)
    if not status.exact:
        return Finding(code, None, None, status.absent, status.at, status.source)
    graded = [one.severity for one in statements if one.low == ACTIVE and one.severity]
    if not graded:
        return Finding(code, 1, len(SEVERITY) - 1, "never_asked", status.at, status.source)
    low, high = max(grades[0] for grades in graded), max(grades[1] for grades in graded)
    return Finding(code, low, high, None if low == high else "partial", status.at, status.source)


def of_medications(base: KnowledgeBase, record: Record, as_of: datetime) -> Part:
    """`medication.*` for every class and ingredient that the knowledge reads."""
    ignored: list[Ignored] = []
    by_class: dict[str, list[ListedMedication]] = {}
    vague: dict[str, list[ListedMedication]] = {}  # entries that may, or may not, be of a class or ingredient
    unnamed: list[ListedMedication] = []
    for where, entry in _in_force(base, list(_current(record.medications, "medications", as_of, ignored))):
        named = named_by(base, entry.ingredient, entry.codes)
        if not named.whole:
            unnamed.append(entry)
            ignored.append(Ignored(where, "not_understood"))
        if named.disputed:
            ignored.append(Ignored(where, "contradicted"))
        for name in named.classes:
            by_class.setdefault(name, []).append(entry)
        for name in named.kin:
            vague.setdefault(name, []).append(entry)
    closed = _closed(base, record, "medications", as_of, not unnamed)
    found: dict[str, Finding] = {}
    for name, not_proposed in base.read_medications.items():
        code = f"medication.{name}"
        own, maybe = by_class.get(name, []), vague[name] + unnamed if name in vague else unnamed
        if own or maybe:
            found |= _medication(code, own, maybe, closed, as_of)
        else:
            found[code] = closed.absent(code)
            found[not_proposed.code] = not_proposed
    return found, ignored


def ingredients_of(base: KnowledgeBase, record: Record, as_of: datetime) -> Iterator[tuple[str, ListedMedication]]:
    """The medicines in force, each under its ingredient."""
    for _, entry in _in_force(base, list(_current(record.medications, "medications", as_of, []))):
        for name in sorted(named_by(base, entry.ingredient, entry.codes).classes & base.dictionary.ingredients.keys()):
            yield name, entry


def _in_force(base: KnowledgeBase, entries: list[tuple[str, ListedMedication]]) -> Iterator[tuple[str, ListedMedication]]:
    """Of several dated statements about one medicine the newest hold; undated ones, and what is proposed, stand beside them."""
    newest: dict[object, datetime] = {}
    for _, entry in entries:
        if entry.at is not None and entry.status != "proposed":
            key = about(base, entry)
            newest[key] = max(entry.at, newest.get(key, entry.at))
    for where, entry in entries:
        superseded = entry.at is not None and entry.at < newest.get(about(base, entry), entry.at)
        if entry.status == "proposed" or not superseded:
            yield where, entry


def _medication(
    code: str, entries: list[ListedMedication], maybe: list[ListedMedication], closed: _Closed, as_of: datetime
) -> dict[str, Finding]:
    """maybe: entries that could be of this class or ingredient too, so that nothing is ruled out while they stand."""
    held = [entry for entry in entries if entry.status != "proposed"]
    if not closed.why and any(entry.status != "proposed" for entry in maybe):
        closed = _Closed(closed.at, "not_understood")
    at = _latest(entry.at for entry in held)
    best = max((_TAKES if _running(entry, as_of) else MEDICATION_STATUS.index(entry.status) for entry in held), default=0)
    goes_on = any(entry.last_taken is not None and entry.last_taken > as_of for entry in held)  # it ends later: it may be taken now
    settled = best == _TAKES or (held and not closed.why)  # an open list may hide another, active entry of the class
    found = {code: Finding(code, best, best, None, at, "medications") if settled else closed.absent(code)}
    if goes_on and settled and best != _TAKES:
        found[code] = Finding(code, absent="partial", at=at, source="medications")
    proposed, since = f"{code}.proposed", f"{code}.days_since_last"
    sought = any(entry.status == "proposed" for entry in entries)
    unclear = not sought and any(entry.status == "proposed" for entry in maybe)
    found[proposed] = Finding(proposed, absent="not_understood") if unclear else Finding(proposed, int(sought), int(sought))
    taken = [entry.last_taken if entry.last_taken and entry.last_taken <= as_of else None for entry in held]
    last = _latest(taken)
    if best == _TAKES:
        found[since] = Finding(since, 0, 0, None, at, "medications")
    elif last is not None:
        days = (as_of - last).days
        why = closed.why or ("partial" if None in taken else None)  # a dose without a date may have been a later one
        found[since] = Finding(since, 0 if why else days, days, why if days else None, last, "medications")
    return found


def _running(entry: ListedMedication, as_of: datetime) -> bool:
    """Whether what has an end by now had begun at that moment and not yet ended, as an injection that lasts for weeks."""
    begun, ends = entry.started, entry.last_taken
    return entry.status == "stopped" and begun is not None and ends is not None and begun <= as_of < ends


def of_allergies(base: KnowledgeBase, record: Record, as_of: datetime) -> Part:
    """`allergy.*` for every class and ingredient that the knowledge reads."""
    ignored: list[Ignored] = []
    present: dict[str, list[datetime | None]] = {}
    cleared: dict[str, list[datetime | None]] = {}
    understood = True
    for where, entry in _current(record.allergies, "allergies", as_of, ignored):
        named = named_by(base, entry.substance, entry.codes)
        classes, kin = named.classes, named.kin
        if not named.whole:
            understood = False
            ignored.append(Ignored(where, "not_understood"))
        if named.disputed:
            ignored.append(Ignored(where, "contradicted"))
        if entry.status == "active":
            for name in classes | kin:  # an allergy to a class is one to each of its members
                present.setdefault(name, []).append(entry.at)
        elif not named.disputed:
            members = base.dictionary.ingredients.keys()
            for name in (classes & members or classes) | (kin & members):  # one member cleared does not clear its class
                cleared.setdefault(name, []).append(entry.at)
    closed = _closed(base, record, "allergies", as_of, understood)
    found: dict[str, Finding] = {}
    for name in base.read_allergies:
        code, number = f"allergy.{name}", int(name in present)
        dates = present.get(name) or cleared.get(name)
        found[code] = Finding(code, number, number, None, _latest(dates), "allergies") if dates else closed.absent(code)
    return found, ignored


def of_events(base: KnowledgeBase, record: Record, as_of: datetime) -> Part:
    """`event.*.days_since` the latest event of each kind. No event feed is not "no events"."""
    ignored: list[Ignored] = []
    latest: dict[str, datetime] = {}
    for index, event in enumerate(record.events):
        if event.at > as_of:
            ignored.append(Ignored(f"/events/{index}", "after_as_of"))
        else:
            latest[event.kind] = _latest([event.at, latest.get(event.kind)]) or event.at
    closed = _closed(base, record, "events", as_of, whole=True)
    before = past_events(base, record, as_of)
    found: dict[str, Finding] = {}
    for kind in EVENT_KINDS:
        code = f"event.{kind}.days_since"
        longest = int(base.dictionary.entries[code].bounds[1])
        if kind in latest:
            days = min((as_of - latest[kind]).days, longest)
            lowest = 0 if closed.why else min(days, before.get(kind, days))  # an open list, or one known without its date, may be later
            why = closed.why or "partial"
            found[code] = Finding(code, lowest, days, why if lowest < days else None, latest[kind], "events")
        elif kind in before:
            found[code] = Finding(code, 0 if closed.why else before[kind], longest, closed.why or "partial", None, "conditions")
        else:
            found[code] = closed.absent(code, longest)  # never, so longer ago than any window
    return found, ignored


def _latest(dates: Iterable[datetime | None]) -> datetime | None:
    """The newest date; of one moment in two time zones always the same, so that the order of a list does not matter."""
    return max((date for date in dates if date is not None), key=lambda date: (date, date.isoformat()), default=None)


def _current(entries: Iterable[_Listed], name: str, as_of: datetime, ignored: list[Ignored]) -> Iterator[tuple[str, _Listed]]:
    for index, entry in enumerate(entries):
        where = f"/{name}/{index}"
        if entry.status == "entered_in_error":
            ignored.append(Ignored(where, "entered_in_error"))
        elif entry.at is not None and entry.at > as_of:
            ignored.append(Ignored(where, "after_as_of"))
        else:
            yield where, entry
