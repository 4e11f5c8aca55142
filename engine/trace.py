"""The trace as a graph: finding -> premise -> rule -> conclusion -> what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.artifacts import Rule
from engine.base import KnowledgeBase
from engine.conditions import Compare
from engine.decision import Decision, Reason
from engine.judgements import Truth, compare, of
from engine.timing import duration

NodeKind = Literal["finding", "premise", "rule", "conclusion", "pathway", "recommendation", "withheld", "escalation", "follow_up"]
Link = Literal["observed", "holds", "fails", "is_unknown", "concludes", "supports", "forbids", "raises", "sets"]


@dataclass(frozen=True, slots=True)
class Node:
    """One node. ref: the finding code, the condition, the rule or component id, the level."""

    id: str
    kind: NodeKind
    ref: str
    truth: Truth = None


@dataclass(frozen=True, slots=True)
class Edge:
    """One step of the argument, from `source` to `target`. A rule that is false `concludes` by not raising the conclusion."""

    source: str
    target: str
    link: Link


@dataclass(frozen=True, slots=True)
class Trace:
    """An acyclic graph whose edges run from what is known to what came of it."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


class _Drawing:
    """Collects nodes and edges once each."""

    def __init__(self, base: KnowledgeBase, decision: Decision) -> None:
        self.base, self.decision = base, decision
        self.nodes: dict[str, Node] = {}
        self.edges: dict[Edge, None] = {}

    def node(self, kind: NodeKind, ref: str, truth: Truth = None) -> str:
        name = f"{kind}:{ref}"
        self.nodes.setdefault(name, Node(name, kind, ref, truth))
        return name

    def edge(self, source: str, target: str, link: Link) -> None:
        self.edges[Edge(source, target, link)] = None

    def reason(self, reason: Reason, target: str, link: Link) -> None:
        by = reason.by
        source = self.node("rule", by.id, reason.truth) if isinstance(by, Rule) else self.node("pathway", f"{by.id}#{reason.stage}", True)
        self.edge(source, target, link)
        for leaf in reason.grounds:
            self._premise(leaf, source)

    def _premise(self, leaf: Compare, target: str) -> None:
        finding = of(self.decision.judgements.findings, leaf.finding)
        truth = compare(leaf, finding)
        premise = self.node("premise", str(leaf), truth)
        self.edge(premise, target, "is_unknown" if truth is None else "holds" if truth else "fails")
        makers = self.base.ruleset.conclusions.get(leaf.finding)
        source = self.node("conclusion" if makers else "finding", leaf.finding)
        if Edge(source, premise, "observed") in self.edges:
            return
        self.edge(source, premise, "observed")
        above = finding._replace(high=self.base.dictionary.entries[leaf.finding].bounds[1])
        capped = truth is not None and compare(leaf, above) is not truth  # it rests on what no rule concludes, too
        for rule, number in makers or ():
            held = self.decision.judgements.truths[rule.id]
            reached = finding.high is not None and number <= finding.high
            if (held is not False and reached) or (held is False and capped and not reached):
                self.reason(Reason(rule, held, self.decision.judgements.of(rule).leaves), source, "concludes")


def trace(base: KnowledgeBase, decision: Decision, component: str | None = None) -> Trace:
    """The argument for the whole decision, or for one component of it."""
    drawing = _Drawing(base, decision)
    for kind, ref, reasons in _outcomes(decision, component):
        target = drawing.node(kind, ref, True)
        for reason, link in reasons:
            drawing.reason(reason, target, link)
    nodes = tuple(sorted(drawing.nodes.values(), key=lambda node: node.id))
    return Trace(nodes, tuple(sorted(drawing.edges, key=lambda edge: (edge.source, edge.target, edge.link))))


def _outcomes(decision: Decision, component: str | None) -> Iterator[tuple[NodeKind, str, list[tuple[Reason, Link]]]]:
    for item in decision.recommendations:
        if component in (None, item.component.id):
            cautions: list[tuple[Reason, Link]] = [(blocked.reason, "forbids") for blocked in item.cautions]
            yield "recommendation", item.component.id, [(reason, "supports") for reason in item.reasons] + cautions
    for held in decision.withheld:
        if component in (None, held.component.id):
            blocked: list[tuple[Reason, Link]] = [(item.reason, "forbids") for item in held.blocked]
            yield "withheld", held.component.id, [(reason, "supports") for reason in held.wanted] + blocked
    if component is None:
        for step in decision.escalations:
            yield "escalation", f"{step.level} {step.to}", [(reason, "raises") for reason in step.reasons]
        if decision.follow_up:
            shortest = [item.reason for item in decision.follow_up.demands if item.every == decision.follow_up.demands[0].every]
            yield "follow_up", duration(decision.follow_up.every), [(reason, "sets") for reason in shortest]
