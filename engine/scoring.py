"""Scoring: answers, a reported total, or both, become readings; what is open stays open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.dictionary import Worse
from engine.findings import Absence, Finding
from engine.instruments import Instrument, Need, Skip
from engine.record import Answers

_Range = tuple[int, int]


def readings_of(instrument: Instrument, answers: Answers, age: int | None = None) -> Iterator[Finding]:
    """Items, scales, patterns and total of one administration. Items of different administrations are never added up.

    age: of the person on that day, where it is known.
    """
    if answers.absent is not None:
        for name in instrument.names:
            yield Finding(f"{instrument.id}.{name}", None, None, answers.absent, answers.at, answers.source)
    else:
        yield from _Sheet(instrument, answers, age).readings()


def left_open(instrument: Instrument, answers: Answers) -> Iterator[str]:
    """Critical items that stayed open although the form was given: its total was told, or everything else that it adds up (brief T02)."""
    answered = {name for name, score in answers.items.items() if score is not None}
    lowest = answers.total == instrument.total_range[0]
    for name in instrument.critical if answers.absent is None else ():
        item = instrument.by_item.get(name)
        given = answers.total is not None or set(instrument.scored) - {name} <= answered
        if item is not None and name not in answered and given and not (lowest and item.scored):
            yield f"{instrument.id}.{name}"


def alike(one: Answers, other: Answers) -> bool:
    """Whether two administrations may be compared: the same form, language and way of asking, as far as is said (brief T10)."""
    pairs = ((one.form, other.form), (one.language, other.language), (one.mode, other.mode))
    return all(first is None or second is None or first == second for first, second in pairs)


class _Sheet:
    """One filled-in sheet."""

    def __init__(self, instrument: Instrument, answers: Answers, age: int | None) -> None:
        self.instrument, self.answers = instrument, answers
        self.other_age = age is not None and instrument.ages is not None and not instrument.ages[0] <= age <= instrument.ages[1]
        self.skipped: dict[str, str] = {}
        self.why: dict[str, Absence] = {}
        self.scores = self._scores() if answers.items else {}

    def readings(self) -> Iterator[Finding]:
        one = self.instrument
        for item in one.items if self.scores else ():
            value = self.scores[item.id]
            span = (min(item.scores), max(item.scores))
            reading = self._reading(item.id, (value, value), span, one.worse_of(item), self.why.get(item.id))
            yield reading._replace(basis=(f"{one.id}.{self.skipped[item.id]}",)) if item.id in self.skipped else reading
        for scale in one.scales if self.scores else ():
            span = one.span(scale.items, scale.at_least)
            yield self._reading(scale.id, self._sum(scale.items, scale.at_least), span, one.worse_of(scale), derived=True)
        for pattern in one.patterns if self.scores else ():
            yield self._reading(pattern.id, self._all(pattern.needs), (0, 1), "higher", derived=True)
        if one.score == "sum":
            known, why = self._total()
            yield self._reading("total", known, one.total_range, one.worse, why, derived=True)
        if one.acute_state and self.answers.context is not None:
            acute = int(self.answers.context != "settled")
            yield Finding(f"{one.id}.acute_state", acute, acute, None, self.answers.at, self.answers.source)

    def _reading(
        self,
        name: str,
        known: tuple[int | None, int | None],
        span: _Range,
        worse: Worse,
        why: Absence | None = None,
        *,
        derived: bool = False,
    ) -> Finding:
        """INVARIANT: told by somebody else, or scored for another age, it counts as far as it shows risk and clears nothing."""
        low, high = known
        if low is not None and high is not None:
            limited: Absence | None = "proxy" if self.answers.mode == "proxy" else "other_age" if derived and self.other_age else None
            if limited:
                low, high = (low, span[1]) if worse == "higher" else (span[0], high)
            why = None if low == high and why != "conflicting" else limited or why or "partial"
        return Finding(f"{self.instrument.id}.{name}", low, high, why, self.answers.at, self.answers.source)

    def _scores(self) -> dict[str, int | None]:
        """Scores as answered; None for what is open or not a score of the item; skipped items count as their skip says."""
        said = self.answers.items
        scores: dict[str, int | None] = {}
        for item in self.instrument.items:
            value = said.get(item.id)
            scores[item.id] = value if value in item.scores else None
            if scores[item.id] is None:
                self.why[item.id] = "never_asked" if value is None else "out_of_range"
        self._count_days(scores)
        for skip in self.instrument.skips:
            if scores[skip.item] == skip.is_:
                self._follow(scores, skip)
            elif skip.gate and scores[skip.item] is None:
                self._hold(scores, skip)
        return scores

    def _count_days(self, scores: dict[str, int | None]) -> None:
        """A category follows from its raw days; where the two disagree, neither holds."""
        for item in self.instrument.items:
            days = scores[item.days.item] if item.days else None
            if item.days is None or days is None:
                continue
            category = sum(days >= cut for cut in item.days.cuts)
            if self.answers.items.get(item.id) is None:
                scores[item.id], self.skipped[item.id] = category, item.days.item
            elif scores[item.id] != category:
                scores[item.id], self.why[item.id] = None, "conflicting"

    def _follow(self, scores: dict[str, int | None], skip: Skip) -> None:
        """What was said stands, even where it should not have been asked, unless something worse follows from the other answer."""
        for name in skip.items:
            given = scores[name]
            if self.answers.items.get(name) is None or (given is not None and skip.count_as > given):
                scores[name], self.skipped[name] = skip.count_as, skip.item

    def _hold(self, scores: dict[str, int | None], skip: Skip) -> None:
        """INVARIANT: a gate that nobody asked is not a gate answered no."""
        for name in skip.items:
            if scores[name] == skip.count_as:
                scores[name], self.why[name] = None, "partial"

    def _sum(self, items: Iterable[str], at_least: int | None = None) -> _Range:
        """The lowest and highest score that the answers leave possible."""
        low = high = 0
        for name in items:
            item, answer = self.instrument.by_item[name], self.scores.get(name)
            points = [item.points(value) for value in (item.scores if answer is None else (answer,))]
            if at_least is not None:
                points = [int(value >= at_least) for value in points]
            low, high = low + min(points), high + max(points)
        return low, high

    def _all(self, needs: Iterable[Need]) -> _Range:
        """Whether every need is met: surely (1, 1), surely not (0, 0), or possibly."""
        ends = [(need, self._known(need.of)) for need in needs]
        return int(all(low >= need.at_least for need, (low, _) in ends)), int(all(high >= need.at_least for need, (_, high) in ends))

    def _known(self, name: str) -> _Range:
        scale = self.instrument.by_scale.get(name)
        return self._sum(scale.items, scale.at_least) if scale else self._sum((name,))

    def _total(self) -> tuple[tuple[int | None, int | None], Absence | None]:
        """The items added up, held against the total that was reported."""
        lowest, highest = self.instrument.total_range
        reported = self.answers.total
        if reported is not None and not lowest <= reported <= highest:
            return (self._sum(self.instrument.scored), "conflicting") if self.scores else ((None, None), "out_of_range")
        if not self.scores:
            return (reported, reported), None if reported is not None else "never_asked"
        low, high = self._sum(self.instrument.scored)
        if reported is None:
            return (low, high), None
        if low <= reported <= high:
            return (reported, reported), None
        return (min(low, reported), max(high, reported)), "conflicting"
