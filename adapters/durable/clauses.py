"""The durable reading of one condition: the clauses that make it definitely true, and those that make it definitely false.

A finding is known to lie in a range, so it enters the network as two properties, its low and its high end. A clause is
a set of comparisons with constants that must all hold; a condition has a truth when any of its clauses for that truth
holds, and is unknown when none does. Nothing is negated and nothing is absent, so matching only ever adds: that is the
part of durable-rules that is sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from itertools import pairwise
from typing import Literal, NamedTuple

from engine.conditions import All, Any, Compare, Condition, Not
from engine.dictionary import Number

Operator = Literal["$gte", "$gt", "$lte", "$lt"]
MOST = 24  # clauses of one conjunction; beyond it a part is derived first, and the whole reads that part


class Property(NamedTuple):
    """One end of what is known of a finding, or a part that an earlier round has derived (then 1, or not there)."""

    kind: Literal["low", "high", "part"]
    name: str


class Comparison(NamedTuple):
    """A property against a constant."""

    property: Property
    operator: Operator
    number: Number


Clause = frozenset[Comparison]
Clauses = frozenset[Clause]


def clauses(condition: Condition, wanted: bool, part: Callable[[Clauses], Property]) -> Clauses:
    """The clauses of which any makes a condition definitely `wanted`.

    part: names a property that an earlier round derives from clauses, for a conjunction that would grow too large.
    """
    match condition:
        case Compare():
            return _leaf(condition, wanted)
        case Not():
            return clauses(condition.not_, not wanted, part)
        case All() | Any():
            parts = [clauses(child, wanted, part) for child in condition.children]
            return _all(parts, part) if isinstance(condition, All) == wanted else _any(parts)


def parts_of(clause: Clause) -> Iterable[str]:
    """The parts that a clause reads."""
    return (test.property.name for test in clause if test.property.kind == "part")


def _any(parts: Iterable[Clauses]) -> Clauses:
    """Any of these; a clause that asks more than another adds nothing."""
    union = frozenset(clause for part in parts for clause in part)
    return frozenset(clause for clause in union if not any(other < clause for other in union))


def _all(parts: list[Clauses], part: Callable[[Clauses], Property]) -> Clauses:
    """All of these at once, multiplied out while that stays small."""
    parts = sorted(parts, key=len)
    while reduce(lambda size, clauses: size * len(clauses), parts, 1) > MOST:
        parts = sorted([frozenset({frozenset({Comparison(part(parts[-1]), "$gte", 1)})}), *parts[:-1]], key=len)
    return _any([reduce(lambda made, more: frozenset(one | other for one in made for other in more), parts)])


def _leaf(leaf: Compare, wanted: bool) -> Clauses:
    """Of an ordered leaf, the end that must satisfy it; of membership, the runs of values to lie in, or the gaps."""
    low, high, bound = Property("low", leaf.finding), Property("high", leaf.finding), leaf.bounds[0]
    match leaf.operator:
        case ">=":
            test = Comparison(low, "$gte", bound) if wanted else Comparison(high, "$lt", bound)
        case ">":
            test = Comparison(low, "$gt", bound) if wanted else Comparison(high, "$lte", bound)
        case "<=":
            test = Comparison(high, "$lte", bound) if wanted else Comparison(low, "$gt", bound)
        case "<":
            test = Comparison(high, "$lt", bound) if wanted else Comparison(low, "$gte", bound)
        case "==" | "in" | "!=":
            return _within(leaf) if (leaf.operator != "!=") == wanted else _beside(leaf)
    return frozenset({frozenset({test})})


def _runs(leaf: Compare) -> list[tuple[Number, Number]]:
    """The values of a membership leaf as ranges without gaps: what is known must lie within one of them."""
    runs: list[tuple[Number, Number]] = []
    for bound in sorted(set(leaf.bounds)):
        if runs and leaf.discrete and bound == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], bound)
        else:
            runs.append((bound, bound))
    return runs


def _edges(leaf: Compare) -> tuple[Number | None, Number | None]:
    """The lowest and highest number there is, as far as the values written tell: codes count from 0, booleans end at 1."""
    coded, boolean = isinstance(leaf.values[0], bool | str), isinstance(leaf.values[0], bool)
    return 0 if coded else None, 1 if boolean else None


def _within(leaf: Compare) -> Clauses:
    low, high = Property("low", leaf.finding), Property("high", leaf.finding)
    lowest, highest = _edges(leaf)
    made: set[Clause] = set()
    for first, last in _runs(leaf):
        above, below = Comparison(low, "$gte", first), Comparison(high, "$lte", last)
        made.add(frozenset({above} if last == highest else {below} if first == lowest else {above, below}))
    return frozenset(made)


def _beside(leaf: Compare) -> Clauses:
    low, high = Property("low", leaf.finding), Property("high", leaf.finding)
    lowest, highest = _edges(leaf)
    runs = _runs(leaf)
    made: set[Clause] = {frozenset({Comparison(low, "$gt", left[1]), Comparison(high, "$lt", right[0])}) for left, right in pairwise(runs)}
    if runs[0][0] != lowest:
        made.add(frozenset({Comparison(high, "$lt", runs[0][0])}))
    if runs[-1][1] != highest:
        made.add(frozenset({Comparison(low, "$gt", runs[-1][1])}))
    return frozenset(made)
