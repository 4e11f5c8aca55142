"""Conditions as Clinical Quality Language. Unknown stays unknown: it is CQL's null, and `and`, `or`, `not` are Kleene's there too.

A finding is a parameter that is null until somebody sets it; that it is null is written out, because a widespread executor
takes a parameter without a default for a value, and would say no. What is known of it as a range only is null, too: a verdict
can then be weaker than the engine's, and never another one. An ordered code is compared by the alternatives that lie on
one side, joined by `or`, because CQL's `in` would say no of a null. A conclusion is the `or` of the rules that make it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import assert_never

from engine.base import KnowledgeBase
from engine.conditions import All, Any, Compare, Condition, Not
from engine.dictionary import Entry, Number, Value
from engine.pathway import Pathway

LIBRARY = "Tandem"
_TYPES = {"boolean": "Boolean", "integer": "Integer", "decimal": "Decimal", "code": "String", "ordered": "String"}


class Writer:
    """Writes the conditions of one release. qualifier: what stands before every name, where it is said outside of the library."""

    def __init__(self, base: KnowledgeBase, qualifier: str = "") -> None:
        self.base, self.qualifier = base, qualifier

    def expression(self, tree: Condition) -> str:
        """A condition as one expression."""
        match tree:
            case Compare():
                return self._leaf(tree)
            case Not():
                return f"not ({self.expression(tree.not_)})"
            case All() | Any():
                word = " and " if isinstance(tree, All) else " or "
                parts = [self.expression(child) for child in tree.children]
                return parts[0] if len(parts) == 1 else word.join(f"({part})" for part in parts)
        assert_never(tree)

    def name(self, code: str) -> str:
        return self.qualifier + quoted(code)

    def _leaf(self, leaf: Compare) -> str:
        if leaf.finding in self.base.ruleset.conclusions:
            return self._concluded(leaf)
        entry = self.base.dictionary.entries[leaf.finding]
        name = self.name(leaf.finding)
        if entry.type == "ordered" and leaf.operator in _SIDES:
            return _one_of(name, entry, _side(entry, leaf.operator, leaf.bounds[0]))
        if leaf.operator == "in":
            return _one_of(name, entry, leaf.values)
        sign = "=" if leaf.operator == "==" else leaf.operator
        return f"{name} {sign} {literal(entry, leaf.values[0])}"

    def _concluded(self, leaf: Compare) -> str:
        """A conclusion is known from the highest value proved to the highest still possible, which its thresholds say exactly."""
        low, high = self.base.dictionary.entries[leaf.finding].bounds
        bound = int(leaf.bounds[0])
        match leaf.operator:
            case ">=":
                return self._at_least(leaf.finding, bound)
            case ">":
                return self._at_least(leaf.finding, bound + 1)
            case "<":
                return f"not ({self._at_least(leaf.finding, bound)})"
            case "<=":
                return f"not ({self._at_least(leaf.finding, bound + 1)})"
        runs = _runs(sorted({int(item) for item in leaf.bounds}))
        parts = [self._between(leaf.finding, first, last, int(low), int(high)) for first, last in runs]
        text = parts[0] if len(parts) == 1 else " or ".join(f"({part})" for part in parts)
        return f"not ({text})" if leaf.operator == "!=" else text

    def _between(self, code: str, first: int, last: int, low: int, high: int) -> str:
        ends = [self._at_least(code, first)] if first > low else []
        ends += [f"not ({self._at_least(code, last + 1)})"] if last < high else []
        return ends[0] if len(ends) == 1 else " and ".join(f"({end})" for end in ends) or "true"

    def _at_least(self, code: str, bound: int) -> str:
        low, high = self.base.dictionary.entries[code].bounds
        if bound <= low:
            return "true"
        return "false" if bound > high else self.name(threshold(code, bound))


_SIDES: Mapping[str, Callable[[Number, Number], bool]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def quoted(name: str) -> str:
    """A name that CQL takes as it stands."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literal(entry: Entry, value: Value) -> str:
    """A value as CQL writes it, in the type of its finding."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return str(float(value)) if entry.type == "decimal" else str(int(value))


def threshold(code: str, bound: int) -> str:
    """The name of `the conclusion has reached this value`, by its place in the order of values."""
    return f"{code} at least {bound}"


def _one_of(name: str, entry: Entry, values: Iterable[Value]) -> str:
    parts = [f"{name} = {literal(entry, value)}" for value in values]
    return " or ".join(parts) if parts else "false"


def _side(entry: Entry, sign: str, bound: Number) -> list[Value]:
    """The values of an ordered finding on one side of a bound."""
    return [value for place, value in enumerate(entry.values) if _SIDES[sign](place, bound)]


def _runs(bounds: list[int]) -> list[tuple[int, int]]:
    """Neighbouring values taken together: which of them it is can be unknown while it is known to be one of them."""
    runs: list[tuple[int, int]] = []
    for bound in bounds:
        if runs and runs[-1][1] == bound - 1:
            runs[-1] = (runs[-1][0], bound)
        else:
            runs.append((bound, bound))
    return runs


def library_text(base: KnowledgeBase, version: str) -> str:
    """The library: a parameter for each finding that is read, each conclusion, each rule, each way into and along a pathway."""
    return "\n".join(
        [f"library {LIBRARY} version {_text(version)}", "", *_parameters(base), "", "context Unfiltered", "", *_defines(base), ""]
    )


def _text(value: str) -> str:
    return f"'{value}'"


def _parameters(base: KnowledgeBase) -> Iterator[str]:
    for code in sorted(base.read - base.ruleset.conclusions.keys()):
        entry = base.dictionary.entries[code]
        yield f"// {entry.label['en']}{f', in {entry.unit}' if entry.unit else ''}"
        kind = _TYPES[entry.type]
        yield f"parameter {quoted(code)} {kind} default null as {kind}"


def _defines(base: KnowledgeBase) -> Iterator[str]:
    writer = Writer(base)
    for rule in base.ruleset.rules:
        yield from _define(rule.reference, writer.expression(rule.when), rule.title["en"])
    for code, makers in base.ruleset.conclusions.items():
        for bound in sorted({int(number) for _, number in makers if number > 0} | _asked(base, code)):
            names = [quoted(rule.reference) for rule, number in makers if number >= bound]
            yield from _define(threshold(code, bound), " or ".join(names) or "false", base.dictionary.entries[code].label["en"])
    for pathway in base.pathways.values():
        for name, guard in guards(pathway):
            yield from _define(name, writer.expression(guard), pathway.title["en"])


def _asked(base: KnowledgeBase, code: str) -> set[int]:
    """Every step of a conclusion that a leaf can ask about."""
    return set(range(1, int(base.dictionary.entries[code].bounds[1]) + 1))


def guards(pathway: Pathway) -> Iterator[tuple[str, Condition]]:
    """The conditions of a pathway with their names: its entry, then its steps in order."""
    yield f"{pathway.reference} entry", pathway.enter
    for number, step in enumerate(pathway.transitions, start=1):
        yield f"{pathway.reference} step {number}", step.when


def _define(name: str, text: str, comment: str) -> Iterator[str]:
    yield f"// {comment}"
    yield f"define {quoted(name)}:"
    yield f"  {text}"
