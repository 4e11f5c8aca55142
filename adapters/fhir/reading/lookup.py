"""Codes of published systems in our own terms: findings, instruments, condition groups, medicines. The only place that looks up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.base import KnowledgeBase
from engine.dictionary import Entry
from engine.given import Coding
from engine.instruments import Item

Question = tuple[str, Item]  # the instrument, and its item

# A short form asks questions of its long form, under the same codes: LOINC code -> item of the other form.
_ALSO: Mapping[str, Mapping[str, str]] = {
    "phq2": {"44250-9": "q1", "44255-8": "q2"},
    "audit": {"68518-0": "q1", "68519-8": "q2", "68520-6": "q3"},
}


@dataclass(frozen=True, slots=True)
class Lookup:
    """questions: LOINC code -> every item that it asks. totals, panels: LOINC code -> the instrument.

    terms: the value sets of the knowledge, where it has them; else only the codes that the dictionary itself carries count.
    """

    base: KnowledgeBase
    questions: Mapping[str, tuple[Question, ...]]
    totals: Mapping[str, str]
    panels: Mapping[str, str]
    entries: Mapping[str, Entry]
    terms: Any

    def asked(self, loinc: str) -> tuple[Question, ...]:
        """The items of instruments that this code asks."""
        found = self.questions.get(loinc)
        if found is not None:
            return found
        instrument, _, name = self._instrument(loinc)
        item = self.base.instruments[instrument].by_item.get(name) if instrument else None
        return ((instrument, item),) if item is not None else ()

    def total(self, loinc: str) -> str | None:
        """The instrument whose total this code is."""
        found = self.totals.get(loinc)
        instrument, _, name = ("", "", "") if found else self._instrument(loinc)
        return found or (instrument if name == "total" else None)

    def _instrument(self, loinc: str) -> tuple[str, str, str]:
        """The instrument and the part of it that the value sets say a code is of."""
        entry = self._entry(loinc)
        parts = entry.code.partition(".") if entry is not None else ("", "", "")
        return parts if parts[0] in self.base.instruments else ("", "", "")

    def _entry(self, loinc: str) -> Entry | None:
        found: Entry | None = self.entries.get(loinc) if self.terms is None else self.terms.finding("loinc", loinc)
        return found

    def finding(self, loinc: str) -> Entry | None:
        """The finding that a measurement under this code is of. Items and totals of instruments are looked up apart."""
        found = self._entry(loinc)
        return found if found is not None and found.code.split(".")[0] not in self.base.instruments else None

    def known(self, loinc: str) -> bool:
        return loinc in self.panels or self._entry(loinc) is not None or bool(self.asked(loinc)) or self.total(loinc) is not None

    def condition(self, codes: Iterable[Coding]) -> frozenset[str] | None:
        """The finding codes that a diagnosis speaks of; empty where it is known to be of none of them; None: not understood."""
        terms = self.terms
        if terms is None:
            return None
        meanings = [found for code in codes if (found := terms.conditions(code.system, code.code)) is not None]
        return frozenset(name for found in meanings for one in found for name in _said(one)) if meanings else None

    def medicine(self, codes: Iterable[Coding]) -> frozenset[str]:
        """The ingredients and classes that a medicine, or a substance, is of; empty: not understood."""
        dictionary, terms = self.base.dictionary, self.terms
        if terms is None:
            names = {item.id for code in codes if code.system == "rxnorm" and (item := dictionary.by_rxnorm.get(code.code))}
        else:
            names = {name for code in codes for name in terms.ingredients(code.system, code.code) or ()}
        classes = {name for item in names if item in dictionary.ingredients for name in dictionary.ingredients[item].classes}
        return frozenset(names | classes)


def _said(meaning: Any) -> Iterator[str]:
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
    entries = {code: entry for entry in base.dictionary.entries.values() if (code := entry.codes.get("loinc"))}
    terms = getattr(base, "terminology", None)
    return Lookup(base, {code: tuple(found) for code, found in questions.items()}, totals, panels, entries, terms)
