"""Codes of published systems in our own terms: findings, instruments, condition groups, medicines. The only place that looks up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.base import KnowledgeBase
from engine.dictionary import Entry
from engine.given import Coding
from engine.instruments import Item
from engine.terminology import Meaning
from engine.vocabulary import computed_from

Question = tuple[str, Item]  # the instrument, and its item

_MOST_KEPT = 8192  # codes that were looked up before
# A short form asks questions of its long form, under the same codes: LOINC code -> item of the other form.
_ALSO: Mapping[str, Mapping[str, str]] = {
    "phq2": {"44250-9": "q1", "44255-8": "q2"},
    "audit": {"68518-0": "q1", "68519-8": "q2", "68520-6": "q3"},
}


class Means(NamedTuple):
    """questions: items of instruments that it answers. total, panel: the instrument whose total, or whose whole form, it is.

    entry: the finding that it measures. forms: instruments that it names itself, where its questions are also those of others.
    """

    questions: tuple[Question, ...]
    total: str | None
    panel: str | None
    entry: Entry | None
    forms: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        return bool(self.questions or self.total or self.panel or self.entry)

    @property
    def names(self) -> frozenset[str]:
        """Our own codes for it. A value of a whole form is its total."""
        found = {f"{instrument}.{item.id}" for instrument, item in self.questions}
        found |= {f"{self.total}.total"} if self.total else set()
        found |= {self.panel, f"{self.panel}.total"} if self.panel else set()
        return frozenset(found | ({self.entry.code} if self.entry else set()))


@dataclass(frozen=True, slots=True)
class Lookup:
    """questions: LOINC code -> every item that it asks. totals, panels: LOINC code -> the instrument. series: findings of trends."""

    base: KnowledgeBase
    questions: Mapping[str, tuple[Question, ...]]
    totals: Mapping[str, str]
    panels: Mapping[str, str]
    series: frozenset[str] = frozenset()
    kept: dict[str, Means] = field(default_factory=dict)

    def measured(self, loinc: str) -> Means:
        """What a result under this code is of."""
        found = self.kept.get(loinc)
        if found is None:
            if len(self.kept) >= _MOST_KEPT:
                self.kept.clear()
            found = self.kept[loinc] = self._look_up(loinc)
        return found

    def named(self, code: str) -> Means | None:
        """What one of our own codes is of: a finding that is stated, or a whole instrument. None where nobody may state it."""
        if code in self.base.instruments:
            return Means((), None, code, None)
        entry = self.base.dictionary.entries.get(code)
        if entry is None or computed_from(entry) is not None:
            return None
        name, _, part = code.partition(".")
        instrument = self.base.instruments.get(name)
        if instrument is None:
            return Means((), None, None, entry)
        if part == "total":
            return Means((), name, None, None)
        item = instrument.by_item.get(part)
        return Means(((name, item),), None, None, None) if item else Means((), None, None, entry)

    def _look_up(self, loinc: str) -> Means:
        """Items and totals of instruments by their own codes, or by those that the value sets give them."""
        entry = self.base.terminology.finding("loinc", loinc)
        name, _, part = entry.code.partition(".") if entry is not None else ("", "", "")
        questions, total, panel = self.questions.get(loinc, ()), self.totals.get(loinc), self.panels.get(loinc)
        instrument = self.base.instruments.get(name)
        if instrument is None:
            return Means(questions, total, panel, entry)
        if part == "total":
            total = total or name
        elif not questions and part in instrument.by_item:
            questions = ((name, instrument.by_item[part]),)
        return Means(questions, total, panel, None)

    def condition(self, codes: Iterable[Coding]) -> frozenset[str] | None:
        """The finding codes that a diagnosis speaks of; empty where it is known to be of none of them; None: not understood."""
        terms = self.base.terminology
        meanings = [found for code in codes if (found := terms.conditions(code.system, code.code)) is not None]
        return frozenset(name for found in meanings for one in found for name in _said(one)) if meanings else None

    def medicine(self, codes: Iterable[Coding]) -> frozenset[str] | None:
        """The ingredients and classes that a medicine, or a substance, is of; empty where it is none of ours; None: not understood."""
        terms, ingredients = self.base.terminology, self.base.dictionary.ingredients
        said = [found for code in codes if (found := terms.ingredients(code.system, code.code)) is not None]
        names = {name for found in said for name in found}
        classes = {name for item in names if item in ingredients for name in ingredients[item].classes}
        return frozenset(names | classes) if said else None


def _said(meaning: Meaning) -> Iterator[str]:
    if meaning.condition:
        yield f"condition.{meaning.condition}"
    if meaning.finding:
        yield meaning.finding
    if meaning.event:
        yield f"event.{meaning.event}.days_since"


_KEPT: list[Lookup] = []  # of the few releases that one process serves


def lookup_of(base: KnowledgeBase) -> Lookup:
    """The lookup of a knowledge base, made once."""
    for kept in _KEPT:
        if kept.base is base:
            return kept
    made = _make(base)
    _KEPT[:] = [made, *_KEPT[:3]]
    return made


def _make(base: KnowledgeBase) -> Lookup:
    questions: dict[str, list[Question]] = {}
    for instrument in base.instruments.values():
        own = {item.loinc: item for item in instrument.items if item.loinc}
        also = _ALSO.get(instrument.id, {})
        for loinc, item in {**own, **{code: instrument.by_item[name] for code, name in also.items() if name in instrument.by_item}}.items():
            questions.setdefault(loinc, []).append((instrument.id, item))
    totals = {code: one.id for one in base.instruments.values() if (code := one.loinc.get("total"))}
    panels = {code: one.id for one in base.instruments.values() if (code := one.loinc.get("panel"))}
    series = frozenset(rule.of for entry in base.dictionary.derived if (rule := entry.derive) is not None and rule.kind == "series")
    return Lookup(base, {code: tuple(found) for code, found in questions.items()}, totals, panels, series)
