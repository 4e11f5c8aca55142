"""Instruments and their scoring: answers, a reported total, or both, become readings; what is open stays open."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from pydantic import Field

from engine.artifacts import RequirementId, Version
from engine.dictionary import Code, Duration, Model, Text, Verification
from engine.findings import Absence, Finding
from engine.record import Answers


class Item(Model):
    """One question of an instrument. values: the scores it accepts; reverse: answered yes/no, where no scores."""

    id: Code
    label: Text
    values: tuple[int, ...] | None = None
    reverse: bool = False
    loinc: str | None = None


class Band(Model):
    """A named range of the total, from this score upwards."""

    name: Code
    from_: int = Field(alias="from")
    label: Text


class Skip(Model):
    """Items that are not asked, and what that means, once another item has been answered so."""

    item: Code
    is_: int = Field(alias="is")
    items: tuple[Code, ...]
    count_as: int


class Instrument(Model):
    """A questionnaire or scale. Findings: `<id>.<item>` for each item, `<id>.total` and `<id>.band` where it is a sum.

    score: sum, or items, where no total is meaningful. critical: item -> finding raised at that score or above.
    item_text: what the licence lets us ship.
    """

    id: Code
    version: Version
    title: Text
    items: tuple[Item, ...] = Field(min_length=1)
    score: Literal["sum", "items"]
    bands: tuple[Band, ...] = ()
    critical: tuple[Code, ...] = ()
    skips: tuple[Skip, ...] = ()
    valid_for: Duration
    worse: Literal["higher", "lower"] = "higher"
    sensitivity: tuple[Literal["part2", "mental_health"], ...] = ()
    loinc: dict[Literal["panel", "total"], str | None] = Field(default_factory=dict)
    licence: str
    item_text: Literal["none", "embedded"]
    ask: Text
    verification: Verification
    sources: tuple[str, ...] = Field(min_length=1)
    serves: tuple[RequirementId, ...] = Field(min_length=1)

    @cached_property
    def by_item(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def total_range(self) -> tuple[int, int]:
        """The lowest and highest total."""
        values = [item.values or (0, 1) for item in self.items]
        return sum(map(min, values)), sum(map(max, values))


def readings_of(instrument: Instrument, answers: Answers) -> Iterator[Finding]:
    """The items and the total of one administration. Items of different administrations are never added up."""

    def reading(name: str, low: int | None, high: int | None, why: Absence | None) -> Finding:
        return Finding(f"{instrument.id}.{name}", low, high, why, answers.at, answers.source)

    if answers.absent is not None:
        for item in instrument.items:
            yield reading(item.id, None, None, answers.absent)
        if instrument.score == "sum":
            yield reading("total", None, None, answers.absent)
        return
    items = _answered(instrument, answers)
    for item in instrument.items:
        if item.id in items:
            value = items[item.id]
            why: Absence | None = None if value is not None else _open(answers, item.id)
            yield reading(item.id, value, value, why)
    if instrument.score == "sum":
        yield reading("total", *_total(instrument, items, answers.total))


def band(instrument: Instrument, total: Finding) -> tuple[Band, ...]:
    """The bands in which a total may lie: one when the total is known well enough, several otherwise, none if unknown."""
    if total.low is None or total.high is None:
        return ()
    edges = [*(item.from_ for item in instrument.bands[1:]), None]
    pairs = zip(instrument.bands, edges, strict=True) if instrument.bands else ()
    return tuple(item for item, upper in pairs if item.from_ <= total.high and (upper is None or total.low < upper))


def _open(answers: Answers, item: str) -> Absence:
    return "never_asked" if answers.items.get(item) is None else "out_of_range"


def _answered(instrument: Instrument, answers: Answers) -> dict[str, int | None]:
    """Scores as answered; None for what is open or not a score of the item; skipped items count as their skip says."""
    if not answers.items:
        return {}
    items: dict[str, int | None] = {}
    for item in instrument.items:
        value = answers.items.get(item.id)
        items[item.id] = value if value in (item.values or (0, 1)) else None
    for skip in instrument.skips:
        if items[skip.item] == skip.is_:
            items |= {name: skip.count_as for name in skip.items if answers.items.get(name) is None}
    return items


def _total(instrument: Instrument, items: dict[str, int | None], reported: int | None) -> tuple[int | None, int | None, Absence | None]:
    lowest, highest = instrument.total_range
    if reported is not None and not lowest <= reported <= highest:
        return (None, None, "out_of_range") if not items else _hull(*_summed(instrument, items), "conflicting")
    if not items:
        return reported, reported, None if reported is not None else "never_asked"
    low, high = _summed(instrument, items)
    if reported is None:
        return _hull(low, high, "partial")
    if low <= reported <= high:
        return reported, reported, None
    return _hull(min(low, reported), max(high, reported), "conflicting")


def _hull(low: int, high: int, why: Absence) -> tuple[int, int, Absence | None]:
    return low, high, None if low == high and why == "partial" else why


def _summed(instrument: Instrument, items: dict[str, int | None]) -> tuple[int, int]:
    """The lowest and highest total that the answers leave possible."""
    low = high = 0
    for item in instrument.items:
        values = item.values or (0, 1)
        answer = items.get(item.id)
        possible = values if answer is None else (answer,)
        scores = [max(values) - value for value in possible] if item.reverse else possible
        low, high = low + min(scores), high + max(scores)
    return low, high
