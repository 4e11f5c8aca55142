"""What conditions have in common: parts that cannot hold together, rules that say the same, bands with gaps between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise

from engine.artifacts import Action, Avoid, Conclude, Escalate, FollowUp, Recommend, Request, Rule
from engine.base import KnowledgeBase
from engine.conditions import All, Any, Compare, Condition, Not
from engine.dictionary import Dictionary, Entry, Number
from engine.errors import Problem
from engine.findings import exactly
from engine.judgements import compare

_Part = tuple[Compare, bool]  # a leaf, and whether it stands negated


def possible(rule: Rule, dictionary: Dictionary) -> Iterator[Problem]:
    """Parts of `all` that no value of one finding satisfies together, and parts of `any` that every value satisfies."""
    for node in _nodes(rule.when):
        if isinstance(node, All | Any):
            for code, parts in _by_finding(node).items():
                shown = ", ".join(f"{'not ' if negated else ''}`{leaf}`" for leaf, negated in parts)
                truths = [[_holds(part, point) for part in parts] for point in _points(dictionary.entries[code], parts)]
                if isinstance(node, All) and not any(map(all, truths)):
                    yield Problem(rule.id, "condition-impossible", f"{shown} never hold together.", "Mend the thresholds.")
                if isinstance(node, Any) and all(map(any, truths)):
                    yield Problem(rule.id, "condition-empty-of-sense", f"One of {shown} always holds.", "Mend the thresholds.")


def alike(base: KnowledgeBase) -> Iterator[Problem]:
    """Pairs of rules of which one says nothing that the other does not say."""
    acting: dict[str, list[Rule]] = defaultdict(list)
    for rule in base.active:
        for action in rule.then:
            acting[_target(action)].append(rule)
    pairs = {pair for rules in acting.values() for pair in combinations(dict.fromkeys(rule.id for rule in rules), 2)}
    for first, second in sorted(pairs):
        one, other = base.rules[first], base.rules[second]
        if _canonical(one.when) == _canonical(other.when):
            yield Problem(first, "rule-twice", f"{second} has the same condition and acts on the same thing.", "Make one rule of them.")
            continue
        for narrow, wide in ((one, other), (other, one)):
            if _acts(narrow) <= _acts(wide) and narrow.stratum >= wide.stratum and implies(narrow.when, wide.when, base.dictionary):
                what = f"Whenever it holds, {wide.id} holds too and does the same."
                yield Problem(narrow.id, "rule-implied", what, "Retire it, or say what it adds.")


def implies(one: Condition, other: Condition, dictionary: Dictionary) -> bool:
    """Whether one condition can be seen to imply another from their shape; False where that cannot be seen."""
    if _canonical(one) == _canonical(other):
        return True
    if isinstance(one, Compare) and isinstance(other, Compare):
        parts: list[_Part] = [(one, False), (other, False)]
        points = _points(dictionary.entries[one.finding], parts)
        return one.finding == other.finding and all(_holds(parts[1], point) for point in points if _holds(parts[0], point))
    if isinstance(other, All):
        return all(implies(one, child, dictionary) for child in other.children)
    if isinstance(one, Any):
        return all(implies(child, other, dictionary) for child in one.children)
    return (isinstance(one, All) and any(implies(child, other, dictionary) for child in one.children)) or (
        isinstance(other, Any) and any(implies(one, child, dictionary) for child in other.children)
    )


@dataclass(frozen=True, slots=True)
class Band:
    """A run of values of one finding, and the rules of a topic that hold it to account there."""

    topic: str
    finding: str
    values: str
    rules: tuple[str, ...]
    gap: bool


def bands(base: KnowledgeBase, topics: Mapping[str, str]) -> Iterator[Band]:
    """Numbers that several rules of a topic divide between them. gap: a run without a rule between two that have one."""
    read: dict[tuple[str, str], dict[str, list[_Part]]] = defaultdict(dict)
    for rule in base.active:
        for code, parts in _by_finding(rule.when if isinstance(rule.when, All) else All(all=(rule.when,))).items():
            entry = base.dictionary.entries[code]
            if entry.type in ("integer", "decimal"):
                read[topics[rule.id], code][rule.id] = parts
    for (topic, code), rules in sorted(read.items()):
        if len(rules) > 1:
            entry = base.dictionary.entries[code]
            points = _points(entry, [part for parts in rules.values() for part in parts])
            yield from _runs(topic, entry, points, rules)


def _runs(topic: str, entry: Entry, points: list[Number], rules: Mapping[str, list[_Part]]) -> Iterator[Band]:
    """Points that the same rules hold, taken together; a point between two thresholds stands for all between them."""
    held = [tuple(sorted(name for name, parts in rules.items() if all(_holds(part, point) for part in parts))) for point in points]
    starts = [place for place in range(len(points)) if place == 0 or held[place] != held[place - 1]]
    for start, after in zip(starts, [*starts[1:], len(points)], strict=True):
        open_low, open_high = (not entry.discrete and place % 2 == 1 for place in (start, after - 1))  # threshold, between, threshold, ...
        low, high = points[start - open_low], points[after - 1 + open_high]
        inner = start > 0 and after < len(points)
        yield Band(
            topic,
            entry.code,
            f"{'above ' if open_low else ''}{low:g} to {'below ' if open_high else ''}{high:g}",
            held[start],
            inner and not held[start],
        )


def _nodes(tree: Condition) -> Iterator[Condition]:
    yield tree
    for child in tree.children:
        yield from _nodes(child)


def _by_finding(node: All | Any) -> Mapping[str, list[_Part]]:
    """The leaves of a node by finding; those of nested nodes of the same kind count as its own."""
    found: dict[str, list[_Part]] = defaultdict(list)
    for child in node.children:
        if isinstance(child, Compare):
            found[child.finding].append((child, False))
        elif isinstance(child, Not) and isinstance(child.not_, Compare):
            found[child.not_.finding].append((child.not_, True))
        elif isinstance(child, All | Any) and isinstance(child, type(node)):
            for code, parts in _by_finding(child).items():
                found[code] += parts
    return found


def _holds(part: _Part, point: Number) -> bool:
    leaf, negated = part
    return (compare(leaf, exactly(leaf.finding, point)) is True) is not negated


def _points(entry: Entry, parts: Iterable[_Part]) -> list[Number]:
    """Values that stand for every value: the ends, each threshold, and one beside and between them."""
    low, high = entry.bounds
    cuts = sorted({low, high, *(bound for leaf, _ in parts for bound in leaf.bounds)})
    if entry.discrete:
        return sorted({point for cut in cuts for point in (cut - 1, cut, cut + 1) if low <= point <= high})
    return sorted({*cuts, *((one + other) / 2 for one, other in pairwise(cuts))})


def _canonical(tree: Condition) -> str:
    if isinstance(tree, Compare):
        return tree.text
    return f"{type(tree).__name__}({'; '.join(sorted(map(_canonical, tree.children)))})"


def _acts(rule: Rule) -> frozenset[str]:
    return frozenset(action.model_dump_json() for action in rule.then)


def _target(action: Action) -> str:
    """What an action acts on, whatever it says of it."""
    match action:
        case Recommend(recommend=name):
            return f"recommend {name}"
        case Avoid(avoid=name):
            return f"avoid {name}"
        case FollowUp() | Escalate():  # two steps of the ladder may well be called for by one state of things
            return action.model_dump_json()
        case Request(request=codes):
            return f"request {sorted(codes)}"
        case Conclude(conclude=values):
            return f"conclude {values}"
