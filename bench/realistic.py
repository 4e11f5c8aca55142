"""`make realistic SIZE=n`: how much is said to people as clinics see them, and how often the alarm rings for want of an answer."""

from __future__ import annotations

import statistics
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from random import Random

from adapters.units import convert
from bench.people import person
from engine.compiled import Compiled
from engine.decision import Decision
from engine.recommend import recommend
from knowledge.load import load

AS_OF = datetime(2026, 11, 23, 16, tzinfo=UTC)


def decisions(count: int, seed: int = 0) -> list[Decision]:
    """One decision for each of so many people."""
    base = load()
    compiled, rng = Compiled(base.ruleset), Random(seed)
    return [recommend(base, person(rng, base, AS_OF), AS_OF, compiled, convert) for _ in range(count)]


def precaution_only(decision: Decision, levels: Iterable[str]) -> bool:
    """Whether steps of these levels are called for, and every one of them only because something is not known."""
    steps = [item for item in decision.escalations if item.level in levels]
    return bool(steps) and all(reason.precaution for item in steps for reason in item.reasons)


def spread(values: list[int]) -> str:
    """Median, the value that one in twenty exceeds, and the highest."""
    return f"median {statistics.median(values):g}, p95 {sorted(values)[int(len(values) * 0.95)]}, highest {max(values)}"


def report(found: list[Decision]) -> Iterable[str]:
    """Every figure, a line each."""
    yield f"recommendations: {spread([len([one for one in item.recommendations if one.within is None]) for item in found])}"
    within = sum(3 <= len([one for one in item.recommendations if one.within is None]) <= 12 for item in found)
    yield f"  between 3 and 12: {within / len(found):.1%}"
    yield f"data requests: {spread([len(item.requests) for item in found])}"
    yield f"withheld and cautions: {spread([len(item.withheld) + len(item.cautions) for item in found])}"
    for level in ("E4", "E5", "E6"):
        reached = sum(any(step.level >= level for step in item.escalations) for item in found)
        yield f"{level} or higher: {reached / len(found):.1%}"
    for name, levels in (("E5 or E6", ("E5", "E6")), ("E4 or higher", ("E4", "E5", "E6"))):
        yield f"{name} for want of an answer only: {sum(precaution_only(item, levels) for item in found) / len(found):.1%}"
    said = Counter(item.component.id for decision in found for item in decision.recommendations if item.within is None)
    yield "most often recommended: " + ", ".join(f"{name} {count / len(found):.0%}" for name, count in said.most_common(12))
    alarms = Counter(
        reason.by.id
        for decision in found
        for item in decision.escalations
        if item.level >= "E5"
        for reason in item.reasons
        if reason.precaution
    )
    yield "E5 and E6 as a precaution, by rule: " + ", ".join(f"{name} {count / len(found):.1%}" for name, count in alarms.most_common(8))
    asked = Counter(item.subject for decision in found for item in decision.requests)
    yield "most often asked: " + ", ".join(f"{name} {count / len(found):.0%}" for name, count in asked.most_common(10))


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"{size} people, half at intake and half at a follow-up")
    for line in report(decisions(max(size, 20))):
        print(line)
