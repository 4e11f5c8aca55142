"""The compiled reading: the fast path of every request. Each premise is looked up once; rules are bits in masks.

A condition becomes clauses that must all hold, each an alternative of leaves. Kleene's three values obey the
distributive laws, so this keeps every verdict, unknown included. Where the opposite of the condition has fewer clauses,
that is compiled and its verdict turned round; where both have too many, the reference judges the rule. Each leaf of
each clause of each rule owns one bit, and a value of a finding selects, by bisection between the thresholds, the bits
it makes true and the bits it makes false.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from engine.artifacts import Rule
from engine.conditions import All, Compare, Condition, Not
from engine.dictionary import Number
from engine.findings import Finding, Findings, exactly
from engine.judgements import Judgements, RuleSet, Truth, compare, conclude, judge

Literal = tuple[Compare, bool]  # a leaf, and whether it is negated
Clause = frozenset[Literal]
MAX_CLAUSES, MAX_WIDTH = 24, 12


def clauses(tree: Condition, negated: bool = False) -> list[Clause] | None:
    """The condition as clauses that must all hold, none of which contains another; None when there are too many."""
    if isinstance(tree, Compare):
        return [frozenset({(tree, negated)})]
    if isinstance(tree, Not):
        return clauses(tree.not_, not negated)
    parts = [clauses(child, negated) for child in tree.children]
    found: list[Clause] = [] if isinstance(tree, All) != negated else [frozenset()]
    for part in parts:
        if part is None:
            return None
        found = _minimal([*found, *part] if isinstance(tree, All) != negated else [one | other for one, other in product(found, part)])
        if len(found) > MAX_CLAUSES or any(len(clause) > MAX_WIDTH for clause in found):
            return None
    return found


def _shortest(rule: Rule) -> tuple[list[Clause] | None, bool]:
    """The clauses of a condition, or of its opposite (then True) where those are fewer."""
    straight, opposite = clauses(rule.when), clauses(rule.when, negated=True)
    if straight is not None and (opposite is None or len(straight) <= len(opposite)):
        return straight, False
    return opposite, True


def _minimal(found: Sequence[Clause]) -> list[Clause]:
    distinct = list(dict.fromkeys(found))
    return [clause for clause in distinct if not any(other < clause for other in distinct)]


@dataclass(frozen=True, slots=True)
class _Layer:
    """The bits of one layer: leaf k of clause j of rule r is bit `offset + (j * width + k) * len(rules) + r`."""

    rules: tuple[Rule, ...]
    offset: int
    depth: int  # clauses of the deepest rule
    width: int  # leaves of the widest clause
    turned: int  # rules whose opposite was compiled
    wide: tuple[Rule, ...]  # rules that the reference judges
    settled: tuple[str, ...]

    def judge(self, true: int, false: int, known: Findings) -> Iterator[tuple[str, Truth]]:
        count = len(self.rules)
        ones = (1 << count) - 1
        true, false = true >> self.offset, false >> self.offset
        holds, fails = ones, 0
        for _ in range(self.depth):
            some, none = 0, ones
            for _ in range(self.width):
                some |= true
                none &= false
                true >>= count
                false >>= count
            holds &= some
            fails |= none
        holds, fails = holds & ~self.turned | fails & self.turned, fails & ~self.turned | holds & self.turned
        for index, rule in enumerate(self.rules):
            yield rule.id, True if holds >> index & 1 else False if fails >> index & 1 else None
        for rule in self.wide:
            yield rule.id, judge(rule.when, known).truth


@dataclass(frozen=True, slots=True)
class _Premises:
    """What one finding decides. zones: for each threshold and each gap between two, the bits made true and false."""

    cuts: tuple[Number, ...]
    zones: tuple[tuple[int, int], ...]
    literals: tuple[tuple[Compare, bool, int], ...]

    def bits(self, finding: Finding) -> tuple[int, int]:
        low = finding.low
        if low is None or low != finding.high:
            return (0, 0) if low is None else _bits(self.literals, finding)
        place = bisect_left(self.cuts, low)
        return self.zones[2 * place + (place < len(self.cuts) and self.cuts[place] == low)]


def _bits(literals: Sequence[tuple[Compare, bool, int]], finding: Finding) -> tuple[int, int]:
    true = false = 0
    for leaf, negated, mask in literals:
        truth = compare(leaf, finding)
        if truth is not None:
            true, false = (true | mask, false) if truth is not negated else (true, false | mask)
    return true, false


class Compiled:
    """A rule set compiled once, then judged many times; an `Infer` that ignores the rule set it is handed."""

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset
        self._true = self._false = 0
        self._layers: list[_Layer] = []
        masks: dict[str, dict[Literal, int]] = {}
        offset = 0
        for rules, settled in zip(ruleset.layers, ruleset.settled, strict=True):
            offset = self._lay(rules, settled, offset, masks)
        self._premises = {code: _premises(code, literals) for code, literals in masks.items()}
        self._observed = tuple((code, found) for code, found in self._premises.items() if code not in ruleset.conclusions)

    def _lay(self, rules: tuple[Rule, ...], settled: tuple[str, ...], offset: int, masks: dict[str, dict[Literal, int]]) -> int:
        """Give every leaf of a layer its bit; places that no leaf takes are set so that they decide nothing."""
        shortest = {rule.id: _shortest(rule) for rule in rules}
        wide = tuple(rule for rule in rules if shortest[rule.id][0] is None)
        rules = tuple(rule for rule in rules if shortest[rule.id][0] is not None)
        tables = [table for table, _ in shortest.values() if table is not None]
        turned = sum(1 << index for index, rule in enumerate(rules) if shortest[rule.id][1])
        depth = max((len(table) for table in tables), default=0)
        width = max((len(clause) for table in tables for clause in table), default=0)
        for index, table in enumerate(tables):
            for row in range(depth):
                clause = sorted(table[row], key=str) if row < len(table) else []
                for column in range(width):
                    bit = 1 << offset + (row * width + column) * len(rules) + index
                    if column < len(clause):
                        literal = clause[column]
                        own = masks.setdefault(literal[0].finding, {})
                        own[literal] = own.get(literal, 0) | bit
                    elif clause or column:
                        self._false |= bit
                    else:
                        self._true |= bit
        self._layers.append(_Layer(rules, offset, depth, width, turned, wide, settled))
        return offset + depth * width * len(rules)

    def __call__(self, ruleset: RuleSet, findings: Findings) -> Judgements:
        """Judge every rule; the same truths as the reference reading, by law."""
        known = dict(findings)
        true, false = self._true, self._false
        for code, premises in self._observed:
            finding = known.get(code)
            if finding is not None:
                made_true, made_false = premises.bits(finding)
                true |= made_true
                false |= made_false
        truths: dict[str, Truth] = {}
        for layer in self._layers:
            truths.update(layer.judge(true, false, known))
            for code in layer.settled:
                conclusion = conclude(self._ruleset, code, truths)
                known[code] = conclusion
                if code in self._premises:
                    made_true, made_false = self._premises[code].bits(conclusion)
                    true |= made_true
                    false |= made_false
        return Judgements(truths, known)


def _premises(code: str, masks: dict[Literal, int]) -> _Premises:
    literals = tuple((leaf, negated, mask) for (leaf, negated), mask in masks.items())
    cuts = sorted({bound for leaf, _, _ in literals for bound in leaf.bounds})
    gaps = [cuts[0] - 1, *((one + other) / 2 for one, other in pairwise(cuts)), cuts[-1] + 1]
    samples = [sample for gap, cut in zip(gaps, [*cuts, None], strict=True) for sample in (gap, cut)][:-1]
    zones = tuple(_bits(literals, exactly(code, sample)) for sample in samples if sample is not None)
    return _Premises(tuple(cuts), zones, literals)
