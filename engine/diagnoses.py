"""What an entry of a problem list says of our groups: by our own term, by its codes, or by both.

Codes of one entry are several names of one thing, so all of them count. Where two contradict each other the reading that
asks for more care holds, and the other is told (`contradicted`), never silently dropped. Where a code says remission and the
entry says active, the code holds: records keep `in remission` as an active entry, because it is still on the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.base import KnowledgeBase
from engine.record import ListedCondition
from engine.terminology import Meaning
from engine.vocabulary import CONDITION_STATUS, SEVERITY

ABSENT, REMISSION, ACTIVE = range(len(CONDITION_STATUS))
_RANGES = {"active": (ACTIVE, ACTIVE), "in_remission": (REMISSION, REMISSION), "ruled_out": (ABSENT, ABSENT), "suspected": (ABSENT, ACTIVE)}


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of one group. low, high: where its status lies (see `vocabulary.CONDITION_STATUS`).

    severity: lowest and highest grade said. perhaps: what was said leaves open whether the group is meant at all, so that it adds
    doubt and takes back nothing. form: one form of the disorder was ruled out, which does not rule out the others.
    """

    group: str
    low: int
    high: int
    severity: tuple[int, int] | None
    at: datetime | None
    perhaps: bool = False
    form: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What one entry says of our groups. contradicted: what of it was not used, as pointers into the entry."""

    understood: bool
    statements: tuple[Statement, ...]
    contradicted: tuple[str, ...]


def said(base: KnowledgeBase, entry: ListedCondition) -> Said:
    """An entry is understood by its term, or by any code that says something, or where every code is known to say nothing of ours."""
    coded = [base.terminology.conditions(code.system, code.code) for code in entry.codes]
    understood = any(coded) or (bool(coded) and None not in coded)
    told = [(f"/codes/{index}", one) for index, says in enumerate(coded) for one in _statements(entry, says or ())]
    if (group := base.dictionary.conditions.get(entry.term or "")) is not None:
        understood = True
        if all(one.perhaps or one.group != group.id for _, one in told):
            told.append(("/term", _statement(entry, Meaning(condition=group.id), 1)))
    told = [(where, one) for where, one in told if not (one.perhaps and entry.status == "ruled_out")]
    firm = {one.group for _, one in told if not one.perhaps}
    kept = tuple(dict.fromkeys(one for _, one in told if not one.perhaps or one.group not in firm))
    return Said(understood, kept, tuple(sorted({*_contradicted(told), *_grades(entry, coded)})))


def _statements(entry: ListedCondition, says: tuple[Meaning, ...]) -> Iterator[Statement]:
    yield from (_statement(entry, one, len(says)) for one in says if one.condition)


def _statement(entry: ListedCondition, meaning: Meaning, said_with_it: int) -> Statement:
    low, high = _RANGES.get(entry.status, (ABSENT, ABSENT))
    form = entry.status == "ruled_out" and bool(meaning.severity or meaning.status or said_with_it > 1)
    if form:
        low, high = ABSENT, ACTIVE
    elif meaning.status == "in_remission" and entry.status != "ruled_out":
        low, high = min(low, REMISSION), REMISSION
    if meaning.perhaps:
        low = ABSENT
    return Statement(meaning.condition or "", low, high, _severity(entry, meaning), entry.at, meaning.perhaps, form)


def _severity(entry: ListedCondition, meaning: Meaning) -> tuple[int, int] | None:
    """The grade of the entry where the code allows it; where they contradict each other, the worse."""
    coded = [SEVERITY.index(grade) for grade in meaning.severity]
    stated = [SEVERITY.index(entry.severity)] if entry.severity else []
    if not (coded and stated):
        return (min(coded + stated), max(coded + stated)) if coded or stated else None
    return (stated[0], stated[0]) if stated[0] >= min(coded) else (min(coded), max(coded))


def _contradicted(told: list[tuple[str, Statement]]) -> Iterator[str]:
    """Of statements about one group: a milder status than another code's, or a lower grade that cannot be the other's."""
    firm = [(where, one) for where, one in told if not one.perhaps]
    for where, one in firm:
        for _, other in firm:
            milder = one.high < other.low
            lower = one.severity and other.severity and one.severity[1] < other.severity[0]
            if one.group == other.group and (milder or lower):
                yield where


def _grades(entry: ListedCondition, coded: list[tuple[Meaning, ...] | None]) -> Iterator[str]:
    """Where the entry's own grade and that of a code exclude each other: the lower of the two."""
    if entry.severity is None:
        return
    stated = SEVERITY.index(entry.severity)
    for index, says in enumerate(coded):
        for one in says or ():
            grades = [SEVERITY.index(grade) for grade in one.severity]
            if grades and stated > max(grades):
                yield f"/codes/{index}"
            elif grades and stated < min(grades):
                yield "/severity"
