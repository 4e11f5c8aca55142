"""The same rules in engines that others made. They know true and false only, and get conclusions handed to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.base import KnowledgeBase
from engine.conditions import All, Any, Compare, Condition
from engine.findings import Findings

Peer = Callable[[Mapping[str, float]], set[str]]


def exact(base: KnowledgeBase, findings: Findings) -> dict[str, float]:
    """What peers can be told: the encoded values that are known exactly, by names they can read."""
    return {_name(code): finding.low for code, finding in findings.items() if finding.low is not None and finding.low == finding.high}


def _name(code: str) -> str:
    return code.replace(".", "_")


def _say(tree: Condition, words: Mapping[str, str]) -> str:
    if isinstance(tree, Compare):
        name = _name(tree.finding)
        if tree.operator == "in":
            test = f" {words['or']} ".join(f"{name} == {bound}" for bound in tree.bounds)
            return f"({name} != null {words['and']} ({test}))"
        return f"({name} != null {words['and']} {name} {tree.operator} {tree.bounds[0]})"
    if isinstance(tree, All | Any):
        joint = words["and"] if isinstance(tree, All) else words["or"]
        return "(" + f" {joint} ".join(_say(child, words) for child in tree.children) + ")"
    return f"{words['not']}({_say(tree.children[0], words)})"


def zen_engine(base: KnowledgeBase) -> Peer:
    """gorules/zen, a rules engine in Rust: one compiled expression a rule."""
    import zen  # noqa: PLC0415

    names = sorted({_name(code) for code in base.read})
    words = {"and": "and", "or": "or", "not": "not"}
    compiled = [(rule.id, zen.compile_expression(_say(rule.when, words))) for rule in base.active]
    empty = dict.fromkeys(names)

    def run(values: Mapping[str, float]) -> set[str]:
        given = empty | dict(values)
        return {name for name, expression in compiled if expression.evaluate(given)}

    return run


def rule_engine(base: KnowledgeBase) -> Peer:
    """rule-engine, the best known of the Python libraries: one rule object a rule."""
    import rule_engine as library  # noqa: PLC0415

    context = library.Context(default_value=None)
    words = {"and": "and", "or": "or", "not": "not "}
    compiled = [(rule.id, library.Rule(_say(rule.when, words), context=context)) for rule in base.active]

    def run(values: Mapping[str, float]) -> set[str]:
        return {name for name, rule in compiled if rule.matches(values)}

    return run
