"""Instruments: the items of a questionnaire or scale, and the scores that may be read from them. `scoring` reads them."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from engine.artifacts import RequirementId, Version
from engine.dictionary import Band, Code, Duration, Model, Sensitivity, Text, Verification, Worse


class Days(Model):
    """Raw days that stand behind a category: the category is how many of the cuts the days have reached."""

    item: Code
    cuts: tuple[int, ...] = Field(min_length=1)


class Item(Model):
    """One question of an instrument.

    values or range: the scores it accepts; without either it is answered yes or no. reverse: the lowest answer scores most.
    scored: part of the total. worse: where it differs from the instrument. days: the item that holds the raw days.
    """

    id: Code
    label: Text
    values: tuple[int, ...] | None = None
    range: tuple[int, int] | None = None
    reverse: bool = False
    scored: bool = True
    worse: Worse | None = None
    days: Days | None = None
    loinc: str | None = None

    @cached_property
    def scores(self) -> tuple[int, ...]:
        """Every answer that it accepts."""
        if self.range is not None:
            return tuple(range(self.range[0], self.range[1] + 1))
        return self.values or (0, 1)

    def points(self, answer: int) -> int:
        """What an answer adds to a score."""
        return max(self.scores) - answer if self.reverse else answer


class Skip(Model):
    """What other items count as, once an item has been answered so.

    gate: while that item itself is open, an answer of this kind to the others does not count as given.
    """

    item: Code
    is_: int = Field(alias="is")
    items: tuple[Code, ...]
    count_as: int
    gate: bool = False


class Scale(Model):
    """A score over some of the items: their sum, or how many of them are at or above `at_least`."""

    id: Code
    label: Text
    items: tuple[Code, ...] = Field(min_length=1)
    at_least: int | None = None
    worse: Worse | None = None
    bands: tuple[Band, ...] = ()


class Need(Model):
    """An item or scale that must have reached a score."""

    of: Code
    at_least: int


class Pattern(Model):
    """Yes or no: every need is met. For what is a conjunction and never a sum."""

    id: Code
    label: Text
    needs: tuple[Need, ...] = Field(min_length=1)


class Instrument(Model):
    """A questionnaire or scale. Findings: `<id>.<item>`, `<id>.<scale>`, `<id>.<pattern>`, and `<id>.total` where it is a sum.

    score: sum, or items, where no total is meaningful. totals: lowest and highest total, where only the total is taken.
    critical: items that must be seen whatever the total. ages: for whom it was made.
    acute_state: a result taken in withdrawal, intoxication or crisis is marked (`<id>.acute_state`) and is no point of a trend.
    item_text: what the licence lets us ship.
    """

    id: Code
    version: Version
    title: Text
    items: tuple[Item, ...] = ()
    score: Literal["sum", "items"]
    totals: tuple[int, int] | None = None
    bands: tuple[Band, ...] = ()
    scales: tuple[Scale, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    critical: tuple[Code, ...] = ()
    skips: tuple[Skip, ...] = ()
    ages: tuple[int, int] | None = None
    acute_state: bool = False
    valid_for: Duration
    worse: Worse = "higher"
    sensitivity: tuple[Sensitivity, ...] = ()
    loinc: dict[Literal["panel", "total"], str | None] = Field(default_factory=dict)
    licence: str
    item_text: Literal["none", "embedded"]
    ask: Text
    verification: Verification
    sources: tuple[str, ...] = Field(min_length=1)
    serves: tuple[RequirementId, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _scorable(self) -> Instrument:
        if bool(self.items) == (self.totals is not None):
            raise ValueError("an instrument has items, or takes only a total with its range")
        if self.totals is not None and self.score != "sum":
            raise ValueError("an instrument without items has a total")
        named = {name for scale in self.scales for name in scale.items} | {item.days.item for item in self.items if item.days}
        named |= {need.of for pattern in self.patterns for need in pattern.needs} - self.by_scale.keys()
        if unknown := sorted(named - self.by_item.keys()):
            raise ValueError(f"scores over items that it does not have: {', '.join(unknown)}")
        return self

    @cached_property
    def by_item(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def by_scale(self) -> dict[str, Scale]:
        return {scale.id: scale for scale in self.scales}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Everything that can be read from it: items, scales, patterns, total."""
        parts = [item.id for item in self.items] + [scale.id for scale in self.scales] + [pattern.id for pattern in self.patterns]
        return (*parts, "total") if self.score == "sum" else tuple(parts)

    @cached_property
    def scored(self) -> tuple[str, ...]:
        """The items that the total adds up."""
        return tuple(item.id for item in self.items if item.scored)

    @cached_property
    def total_range(self) -> tuple[int, int]:
        """The lowest and highest total."""
        return self.totals or self.span(self.scored)

    def span(self, items: tuple[str, ...], at_least: int | None = None) -> tuple[int, int]:
        """The lowest and highest score over some items."""
        if at_least is not None:
            return 0, len(items)
        scores = [[self.by_item[name].points(value) for value in self.by_item[name].scores] for name in items]
        return sum(map(min, scores)), sum(map(max, scores))

    def worse_of(self, part: Item | Scale) -> Worse:
        """The direction of more risk of an item or scale."""
        if part.worse is not None:
            return part.worse
        return opposite(self.worse) if isinstance(part, Item) and part.reverse else self.worse


def opposite(worse: Worse) -> Worse:
    return "lower" if worse == "higher" else "higher"
