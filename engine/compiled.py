"""The compiled reading: the fast path of every request. Each premise is looked up once; rules are bits in masks.

A condition becomes clauses that must all hold, each an alternative of leaves. Kleene's three values obey the
distributive laws, so this keeps every verdict, unknown included. Where the opposite of the condition has fewer clauses,
that is compiled and its verdict turned round; where both have too many, the reference judges the rule. Each leaf of
each clause of each rule owns one bit, and a value of a finding selects, by bisection between the thresholds, the bits
it makes true and the bits it makes false.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
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
class _Block:
    """The bits of rules of one shape: leaf k of clause j of rule r is bit `offset + (k * depth + j) * len(rules) + r`.

    depth: clauses of each rule; width: leaves of each clause. Both are powers of two, so that halves can be laid over one
    another until one clause, and then one leaf, is left.
    """

    rules: tuple[str, ...]
    offset: int
    depth: int
    width: int
    turned: int  # rules whose opposite was compiled

    def judge(self, true: int, false: int) -> Iterator[tuple[str, Truth]]:
        count, turned = len(self.rules), self.turned
        some, none = true >> self.offset, false >> self.offset
        size = self.width * self.depth * count
        while size > self.depth * count:  # of the leaves of a clause, one that is true is enough
            size >>= 1
            some |= some >> size
            none &= none >> size
        while size > count:  # of the clauses of a rule, one that is false is enough
            size >>= 1
            some &= some >> size
            none |= none >> size
        holds, fails = (some & ~turned) | (none & turned), (none & ~turned) | (some & turned)
        return zip(self.rules, map(_TRUTHS.__getitem__, zip(_digits(holds, count), _digits(fails, count), strict=True)), strict=True)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer. offset: where its bits begin. size: how many it has."""

    blocks: tuple[_Block, ...]
    offset: int
    size: int
    wide: tuple[Rule, ...]  # rules that the reference judges
    settled: tuple[str, ...]

    def judge(self, true: int, false: int, known: Findings) -> Iterator[tuple[str, Truth]]:
        own = (1 << self.size) - 1
        true, false = true >> self.offset & own, false >> self.offset & own
        for block in self.blocks:
            yield from block.judge(true, false)
        for rule in self.wide:
            yield rule.id, judge(rule.when, known).truth


_TRUTHS: Mapping[tuple[str, str], Truth] = {("1", "0"): True, ("0", "1"): False, ("0", "0"): None}


def _digits(mask: int, count: int) -> str:
    """The lowest bits of a mask as 0 and 1, the lowest first."""
    return f"{mask & (1 << count) - 1:0{count}b}"[::-1]


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
        self._observed = {code: found for code, found in self._premises.items() if code not in ruleset.conclusions}

    def _lay(self, rules: tuple[Rule, ...], settled: tuple[str, ...], offset: int, masks: dict[str, dict[Literal, int]]) -> int:
        """Give every leaf of a layer its bit; rules of one shape lie side by side. Returns where the next layer begins."""
        shapes: dict[tuple[int, int], list[tuple[str, list[Clause], bool]]] = {}
        wide: list[Rule] = []
        for rule in rules:
            table, opposite = _shortest(rule)
            if table is None:
                wide.append(rule)
            else:
                shape = _power(len(table)), _power(max(map(len, table)))
                shapes.setdefault(shape, []).append((rule.id, table, opposite))
        blocks: list[_Block] = []
        size = 0
        for (depth, width), group in sorted(shapes.items()):
            turned = sum(1 << index for index, (_, _, opposite) in enumerate(group) if opposite)
            block = _Block(tuple(id for id, _, _ in group), size, depth, width, turned)
            for index, (_, table, _) in enumerate(group):
                self._place(table, block, offset + size + index, masks)
            blocks.append(block)
            size += depth * width * len(group)
        self._layers.append(_Layer(tuple(blocks), offset, size, tuple(wide), settled))
        return offset + size

    def _place(self, table: list[Clause], block: _Block, first: int, masks: dict[str, dict[Literal, int]]) -> None:
        """The bits of one rule, the first of them given; places that no leaf takes are set so that they decide nothing."""
        for row in range(block.depth):
            literals = sorted(table[row], key=str) if row < len(table) else []
            for column in range(block.width):
                bit = 1 << first + (column * block.depth + row) * len(block.rules)
                if column < len(literals):
                    own = masks.setdefault(literals[column][0].finding, {})
                    own[literals[column]] = own.get(literals[column], 0) | bit
                elif literals:
                    self._false |= bit
                else:
                    self._true |= bit

    def __call__(self, ruleset: RuleSet, findings: Findings) -> Judgements:
        """Judge every rule; the same truths as the reference reading, by law."""
        known = dict(findings)
        true, false = self._true, self._false
        for code, finding in findings.items():
            premises = self._observed.get(code)
            if premises is not None:
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


def _power(number: int) -> int:
    """The lowest power of two that is no less."""
    return 1 << (number - 1).bit_length()


def _premises(code: str, masks: dict[Literal, int]) -> _Premises:
    literals = tuple((leaf, negated, mask) for (leaf, negated), mask in masks.items())
    cuts = sorted({bound for leaf, _, _ in literals for bound in leaf.bounds})
    gaps = [cuts[0] - 1, *((one + other) / 2 for one, other in pairwise(cuts)), cuts[-1] + 1]
    samples = [sample for gap, cut in zip(gaps, [*cuts, None], strict=True) for sample in (gap, cut)][:-1]
    zones = tuple(_bits(literals, exactly(code, sample)) for sample in samples if sample is not None)
    return _Premises(tuple(cuts), zones, literals)
