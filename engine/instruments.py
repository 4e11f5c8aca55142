"""Scoring: answers item by item, a reported total, or both, become readings; what is open stays open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.artifacts import Band, Instrument
from engine.dictionary import Number
from engine.findings import Absence, Finding
from engine.record import Answers
from engine.vocabulary import total_range


@dataclass(frozen=True, slots=True)
class Reading:
    """One source's statement of one finding at one time: the encoded range it lies in, or the reason for none."""

    code: str
    low: Number | None
    high: Number | None
    absent: Absence | None
    at: datetime
    source: str | None


def readings_of(instrument: Instrument, answers: Answers) -> Iterator[Reading]:
    """The items and the total of one administration. Items of different administrations are never added up."""

    def reading(name: str, low: int | None, high: int | None, why: Absence | None) -> Reading:
        return Reading(f"{instrument.id}.{name}", low, high, why, answers.at, answers.source)

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
    lowest, highest = total_range(instrument)
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
