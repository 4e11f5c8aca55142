"""What was answered at one time becomes the answers of one or more instruments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.levels import contradicts
from adapters.fhir.reading.lookup import Question
from engine.given import Origin, ReasonAbsent
from engine.record import Answers, Fact


@dataclass(slots=True)
class Sheet:
    """One administration. scores: LOINC code -> what was answered, None where it has no score. named: instruments that it speaks of.

    level: of suicide risk, that a form gives beside its answers.
    lost, lost_totals: what was answered, but cannot be read: LOINC code, or instrument -> why.
    """

    at: datetime
    origin: Origin | None
    references: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    more: dict[str, Any] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    scores: dict[str, set[int | None]] = field(default_factory=dict)
    questions: dict[str, tuple[Question, ...]] = field(default_factory=dict)
    totals: dict[str, set[int]] = field(default_factory=dict)
    lost: dict[str, ReasonAbsent] = field(default_factory=dict)
    lost_totals: dict[str, ReasonAbsent] = field(default_factory=dict)
    level: str | None = None

    def answer(self, code: str, questions: tuple[Question, ...], score: int | None) -> None:
        self.questions[code] = questions
        self.scores.setdefault(code, set()).add(score)

    def lose(self, code: str, questions: tuple[Question, ...], why: ReasonAbsent) -> None:
        self.answer(code, questions, None)
        self.lost[code] = why

    def total(self, instrument: str, score: int) -> None:
        self.named.add(instrument)
        self.totals.setdefault(instrument, set()).add(score)


def close(sheet: Sheet, into: Ledger) -> None:
    """Answers for every instrument on the sheet. What contradicts itself is handed on as each of the things it says."""
    if not sheet.references:
        return
    reference = min(sheet.references)
    named = sheet.named | {found[0][0] for found in sheet.questions.values() if len(found) == 1}
    named -= _misread(sheet, reference, into)
    items: dict[str, dict[str, int | None]] = {}
    rivals: list[tuple[str, str, int]] = []
    for code, questions in sorted(sheet.questions.items()):
        scores = sheet.scores[code]
        score = next(iter(scores)) if len(scores) == 1 else None
        if len(scores) > 1:
            into.tell(reference, "answer-contradictory", "One question has two answers, and stays open between them.")
        for instrument, item in _asked_by(questions, named):
            items.setdefault(instrument, {})[item] = score
            rivals += [(instrument, item, rival) for rival in sorted(said for said in scores if said is not None) if len(scores) > 1]
            if any(said not in into.lookup.base.instruments[instrument].by_item[item].scores for said in scores if said is not None):
                into.tell(reference, "out-of-range", "A score that this question does not have.")
    for instrument in sorted(items.keys() | sheet.totals.keys()):
        _close_one(sheet, instrument, items.get(instrument, {}), into, reference)
    _tell_lost(sheet, named, into)
    for instrument, item, rival in rivals:
        _write(sheet, instrument, {item: rival}, None, into, reference)


def _close_one(sheet: Sheet, instrument: str, items: dict[str, int | None], into: Ledger, reference: str) -> None:
    if sheet.level and contradicts(sheet.level, instrument, items):
        into.tell(reference, "level-contradictory", "Its answers ask for another level of risk than it gives; the worse counts.")
    totals = sorted(sheet.totals.get(instrument, set()))
    if len(totals) > 1:
        into.tell(reference, "total-contradictory", "There are two totals of one time; it lies between them.")
    _write(sheet, instrument, items, totals[0] if len(totals) == 1 else None, into, reference)
    for total in totals if len(totals) > 1 else ():
        _write(sheet, instrument, {}, total, into, reference)


def _tell_lost(sheet: Sheet, named: set[str], into: Ledger) -> None:
    """An answer that cannot be read is newer than the one before, which then no longer stands alone."""
    found = [(f"{name}.{item}", why) for code, why in sorted(sheet.lost.items()) for name, item in _asked_by(sheet.questions[code], named)]
    answered = {name for questions in sheet.questions.values() for name, _ in _asked_by(questions, named)} | sheet.totals.keys()
    for instrument, why in sorted(sheet.lost_totals.items()):
        if instrument in answered:
            found.append((f"{instrument}.total", why))
        else:  # nothing of the form came: its older answers, item by item, no longer stand alone either
            _write_absent(sheet, instrument, why, into)
    for code, why in found:
        if into.knows(code):
            into.findings.append(Fact(code=code, absent=why, at=sheet.at, source=_source(sheet), origin=sheet.origin))
            for behind in sheet.references:
                into.cite((code,), sheet.at, behind)


def _write_absent(sheet: Sheet, instrument: str, why: ReasonAbsent, into: Ledger) -> None:
    into.instruments.append(
        Answers(instrument=instrument, at=sheet.at, source=_source(sheet), absent=why, origin=sheet.origin, **sheet.more)
    )
    one = into.lookup.base.instruments[instrument]
    parts = ["total", *one.by_item, *(scale.id for scale in one.scales)]
    for behind in sheet.references:
        into.cite((f"{instrument}.{part}" for part in parts), sheet.at, behind)


def _source(sheet: Sheet) -> str | None:
    return next(iter(sheet.sources)) if len(sheet.sources) == 1 else None


def _asked_by(questions: tuple[Question, ...], named: set[str]) -> Iterable[tuple[str, str]]:
    """A question of two forms belongs to those that the sheet names; where it names none of them, to the shorter."""
    chosen = [(instrument, item.id) for instrument, item in questions if instrument in named]
    return chosen or [(instrument, item.id) for instrument, item in questions if instrument in _SHORT or len(questions) == 1]


_SHORT = frozenset({"phq2", "auditc"})
_LONG = ("phq9", "audit")
_LARGEST_AUDIT_C = 12


def _misread(sheet: Sheet, reference: str, into: Ledger) -> set[str]:
    """Long forms whose total is what the questions of the short form add up to, while nothing else was asked: it is that one's."""
    found: set[str] = set()
    for instrument in _LONG:
        asked = {code for code, questions in sheet.questions.items() if instrument in [name for name, _ in questions]}
        known = [next(iter(sheet.scores[code])) for code in asked if len(sheet.scores[code]) == 1]
        shared = all(len(sheet.questions[code]) > 1 for code in asked)
        if asked and shared and sheet.totals.get(instrument) == {sum(score for score in known if score is not None)}:
            into.tell(
                reference, "total-of-the-short-form", "A total of the long form that only the short form adds up to; it was not used."
            )
            del sheet.totals[instrument]
            found.add(instrument)
    return found


def doubted(instrument: str, words: str, total: int, one: One, into: Ledger) -> int:
    """The total, told where it bears the code of the AUDIT without its name and could be one of the AUDIT-C."""
    if instrument == "audit" and total <= _LARGEST_AUDIT_C and "audit" not in words.lower():
        into.tell(one.reference, "audit-or-audit-c", "Senders confuse the codes of the AUDIT and the AUDIT-C; it was read as the AUDIT.")
    return total


def _write(sheet: Sheet, instrument: str, items: dict[str, int | None], total: int | None, into: Ledger, reference: str) -> None:
    one = into.lookup.base.instruments[instrument]
    if total is not None and not one.total_range[0] <= total <= one.total_range[1]:
        into.tell(reference, "out-of-range", "A total that this instrument does not have.")
    if not items and total is None:
        return
    into.instruments.append(
        Answers(
            instrument=instrument,
            at=sheet.at,
            source=_source(sheet),
            items=items,
            total=total,
            origin=sheet.origin,
            **sheet.more,
        )
    )
    said = [name for name, score in items.items() if score is not None]
    codes = {f"{instrument}.{name}" for name in said}
    codes |= {f"{instrument}.{scale.id}" for scale in one.scales if set(scale.items) & set(said)}
    codes |= {f"{instrument}.{pattern.id}" for pattern in one.patterns if said}
    if total is not None or set(one.scored) & set(said):
        codes.add(f"{instrument}.total")
    for behind in sheet.references:
        into.cite(codes, sheet.at, behind)
