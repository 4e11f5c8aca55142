"""The reference reading: three-valued judgement with the leaves that decide it. Right by definition."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from typing import Literal

from engine.artifacts import Rule
from engine.conditions import Any, Compare, Condition, Not
from engine.dictionary import Dictionary, Number
from engine.errors import Problem, Refused
from engine.findings import Finding, Findings, never_asked

Truth = bool | None
Agreement = Literal["agreed", "unchecked", "disagreed"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A condition, its truth (None: unknown), and the leaves that decide it.

    leaves: with these as they are, all others could be anything; for an unknown truth, those that could still settle it.
    """

    condition: Condition
    truth: Truth
    leaves: tuple[Compare, ...]

    def missing(self) -> tuple[str, ...]:
        """Findings that, once known, could still settle this."""
        return tuple(dict.fromkeys(leaf.finding for leaf in self.leaves)) if self.truth is None else ()


def judge(condition: Condition, findings: Findings) -> Judgement:
    """Judge a condition in Kleene's three values, over what is known of each finding."""
    truth, leaves = _judge(condition, findings)
    return Judgement(condition, truth, leaves)


def _judge(condition: Condition, findings: Findings) -> tuple[Truth, tuple[Compare, ...]]:
    if isinstance(condition, Compare):
        finding = findings.get(condition.finding)
        return None if finding is None else compare(condition, finding), condition.alone
    if isinstance(condition, Not):
        truth, leaves = _judge(condition.not_, findings)
        return None if truth is None else not truth, leaves
    settling = isinstance(condition, Any)  # True settles `any`, False settles `all`: one such part is enough
    enough: tuple[Compare, ...] | None = None
    unknown: list[tuple[Compare, ...]] = []
    rest: list[tuple[Compare, ...]] = []
    for child in condition.children:
        truth, leaves = _judge(child, findings)
        if truth is None:
            unknown.append(leaves)
        elif truth is not settling:
            rest.append(leaves)
        elif enough is None or len(leaves) < len(enough):
            enough = leaves
    if enough is not None:
        return settling, enough
    deciding = unknown or rest
    return None if unknown else not settling, deciding[0] if len(deciding) == 1 else tuple(dict.fromkeys(chain(*deciding)))


def compare(leaf: Compare, finding: Finding) -> Truth:
    """True when the whole range that is known satisfies the leaf, false when none of it does, unknown otherwise."""
    low, high = finding.low, finding.high
    if low is None or high is None:
        return None
    ordered = _ORDERED.get(leaf.operator)
    if ordered is not None:  # half a line: what holds at both ends holds between them
        at_low = ordered(low, leaf.bounds[0])
        return at_low if low == high or ordered(high, leaf.bounds[0]) is at_low else None
    inside = low in leaf.bounds if low == high else _within(leaf, low, high)
    return inside if leaf.operator != "!=" else None if inside is None else not inside


_ORDERED: Mapping[str, Callable[[Number, Number], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _within(leaf: Compare, low: Number, high: Number) -> Truth:
    """Whether a proper range lies wholly among the values of a leaf, or wholly outside."""
    reached = {bound for bound in leaf.bounds if low <= bound <= high}
    if not reached:
        return False
    return True if leaf.discrete and len(reached) == int(high) - int(low) + 1 else None


@dataclass(frozen=True, slots=True)
class Judgements:
    """The truth of every rule, the findings they were judged on (conclusions included), and whether engines agree.

    disputed: rules on which the second engine read otherwise; emergent: rules that the second engine alone holds true.
    """

    truths: Mapping[str, Truth]
    findings: Findings
    agreement: Agreement = "unchecked"
    disputed: tuple[str, ...] = ()
    emergent: tuple[str, ...] = ()
    _judged: dict[str, Judgement] = field(default_factory=dict, compare=False, repr=False)

    def of(self, rule: Rule) -> Judgement:
        """The judgement of one rule with the leaves that decide it; made when first asked for."""
        known = self._judged.get(rule.id)
        if known is None:
            known = self._judged[rule.id] = judge(rule.when, self.findings)
        return known


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Active rules in layers: a rule comes after every rule that concludes what it reads."""

    layers: tuple[tuple[Rule, ...], ...]
    conclusions: Mapping[str, tuple[tuple[Rule, Number], ...]]  # finding -> who concludes which encoded value
    settled: tuple[tuple[str, ...], ...]  # per layer, the conclusions that are known once it has been judged
    basis: Mapping[str, tuple[str, ...]]  # finding -> what the rules that conclude it read

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(rule for layer in self.layers for rule in layer)


Infer = Callable[[RuleSet, Findings], Judgements]


def arrange(rules: tuple[Rule, ...], dictionary: Dictionary) -> RuleSet:
    """Put rules in layers; refuses conclusions that depend on themselves."""
    conclusions: dict[str, list[tuple[Rule, Number]]] = {}
    for rule in rules:
        for code, value in rule.concludes:
            entry = dictionary.entries.get(code)
            number = entry.encode(value) if entry else None
            if number is None:
                raise Refused([Problem(rule.id, "conclusion-value", f"{code} cannot be concluded as written.", "Use one of its values.")])
            conclusions.setdefault(code, []).append((rule, number))
    by_id = {rule.id: rule for rule in rules}
    sorter = TopologicalSorter(
        {rule.id: {maker.id for code in sorted(rule.reads & conclusions.keys()) for maker, _ in conclusions[code]} for rule in rules}
    )
    try:
        sorter.prepare()
    except CycleError as cycle:
        raise Refused(
            [Problem(" -> ".join(cycle.args[1]), "rules-in-a-circle", "Rules depend on their own conclusion.", "Break the circle.")]
        ) from cycle
    layers: list[tuple[Rule, ...]] = []
    settled: list[tuple[str, ...]] = []
    done: set[str] = set()
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        sorter.done(*ready)
        done.update(ready)
        layers.append(tuple(by_id[name] for name in ready))
        known = {code for layer in settled for code in layer}
        settled.append(
            tuple(sorted(code for code, makers in conclusions.items() if code not in known and all(m.id in done for m, _ in makers)))
        )
    basis = {code: tuple(sorted({finding for rule, _ in makers for finding in rule.reads})) for code, makers in conclusions.items()}
    return RuleSet(tuple(layers), {code: tuple(makers) for code, makers in sorted(conclusions.items())}, tuple(settled), basis)


def conclude(ruleset: RuleSet, code: str, truths: Mapping[str, Truth]) -> Finding:
    """A conclusion is as known as its rules: from the highest value proved to the highest still possible."""
    proved: Number = 0
    possible: Number = 0
    for rule, number in ruleset.conclusions[code]:
        truth = truths[rule.id]
        if truth is True and number > proved:
            proved = number
        if truth is not False and number > possible:
            possible = number
    return Finding(code, proved, possible, None if possible == proved else "undetermined", None, "rules", ruleset.basis[code])


def infer(ruleset: RuleSet, findings: Findings) -> Judgements:
    """Judge every rule, layer by layer, by the reference reading."""
    known = dict(findings)
    truths: dict[str, Truth] = {}
    for layer, settled in zip(ruleset.layers, ruleset.settled, strict=True):
        for rule in layer:
            truths[rule.id] = judge(rule.when, known).truth
        for code in settled:
            known[code] = conclude(ruleset, code, truths)
    return Judgements(truths, known)


def of(findings: Findings, code: str) -> Finding:
    """The finding, or what stands for one that was never asked."""
    return findings.get(code) or never_asked(code)
