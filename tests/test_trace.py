"""The trace as a graph: acyclic, from what is known to what came of it, with nothing left hanging."""

from __future__ import annotations

from typing import Any

import networkx
import pytest
import small
from small import answers, escalate, follow_up, known, only, rule

from engine.base import KnowledgeBase
from engine.judgements import infer
from engine.recommend import decide
from engine.record import ListedCondition, ListedMedication, Record
from engine.trace import Edge, Trace, trace

KNOWN, OUTCOMES = {"finding"}, {"recommendation", "withheld", "escalation", "follow_up"}


def drawn(base: KnowledgeBase, component: str | None = None, **values: Any) -> Trace:
    decision = decide(base, Record(), small.NOW, infer(base.ruleset, known(**values)), (), ())
    return trace(base, decision, component)


def lines(graph: Trace) -> set[str]:
    return {f"{edge.source} {edge.link} {edge.target}" for edge in graph.edges}


CHAIN = (
    rule("maker", "mood.total >= 5", {"conclude": {"dual.severity": "mild"}}),
    rule("bigger", "craving.daily >= 7", {"conclude": {"dual.severity": "severe"}}),
    rule("wants", "dual.severity >= mild", {"recommend": "cbt"}, escalate("E3"), follow_up("P7D")),
)


def test_the_argument_runs_from_finding_to_outcome_over_rules_and_conclusions() -> None:
    graph = drawn(only(*CHAIN), mood__total=6, craving__daily=1)
    assert lines(graph) == {
        "finding:mood.total observed premise:mood.total >= 5",
        "premise:mood.total >= 5 holds rule:maker",
        "rule:maker concludes conclusion:dual.severity",
        "conclusion:dual.severity observed premise:dual.severity >= mild",
        "premise:dual.severity >= mild holds rule:wants",
        "rule:wants supports recommendation:cbt",
        "rule:wants raises escalation:E3 clinician",
        "rule:wants sets follow_up:P7D",
    }


def test_a_rule_that_rests_on_what_was_not_concluded_shows_the_rules_that_were_false() -> None:
    base = only(*CHAIN[:2], rule("wants", "dual.severity == none"))
    graph = drawn(base, mood__total=1, craving__daily=1)
    assert {
        "premise:mood.total >= 5 fails rule:maker",
        "rule:maker concludes conclusion:dual.severity",
        "rule:bigger concludes conclusion:dual.severity",
    } < lines(graph)
    assert {node.id: node.truth for node in graph.nodes}["rule:maker"] is False


def test_a_precaution_rests_on_premises_that_are_unknown() -> None:
    base = only(*CHAIN[:2], rule("wants", "dual.severity >= severe", on_unknown="escalate"))
    graph = drawn(base, mood__total=6)
    assert "premise:dual.severity >= severe is_unknown rule:wants" in lines(graph)
    assert "rule:bigger concludes conclusion:dual.severity" in lines(graph)
    assert "premise:craving.daily >= 7 is_unknown rule:bigger" in lines(graph)


def test_contraindications_are_drawn_as_such() -> None:
    avoid = [{"avoid": "cbt", "strictness": strictness} for strictness in ("relative", "absolute")]
    relative = only(*CHAIN, rule("against", "housing == none", avoid[0]))
    assert "rule:against forbids recommendation:cbt" in lines(drawn(relative, mood__total=6, housing="none"))
    absolute = lines(drawn(only(*CHAIN, rule("against", "housing == none", avoid[1])), mood__total=6, housing="none"))
    assert {"rule:against forbids withheld:cbt", "rule:wants supports withheld:cbt"} < absolute


def test_one_component_alone_leaves_out_what_does_not_concern_it() -> None:
    base = only(*CHAIN, rule("other", "housing == none", {"recommend": "case-management"}))
    graph = drawn(base, "case-management", mood__total=6, housing="none")
    assert lines(graph) == {
        "finding:housing observed premise:housing == none",
        "premise:housing == none holds rule:other",
        "rule:other supports recommendation:case-management",
    }
    assert drawn(base, "aromatherapy", mood__total=6) == Trace((), ())


PEOPLE = {
    "nobody knows": Record(),
    "much is known": Record(
        instruments=(
            answers("mood", items={"interest": 3, "low_mood": 3, "self_harm": 2}),
            answers("taper", items={"tremor": 5, "seizures": 1}),
        ),
        conditions=(ListedCondition(term="alcohol_use_disorder", status="active", severity="severe"),),
        medications=(ListedMedication(ingredient="methadone", status="active"),),
        events=(small.event("discharge", 3),),
        reviewed=small.REVIEWED,
    ),
}


@pytest.mark.parametrize("person", PEOPLE)
def test_the_graph_is_acyclic_and_every_outcome_is_reached_from_what_is_known(person: str) -> None:
    graph = trace(small.base(), small.decide(PEOPLE[person]))
    drawing = networkx.DiGraph([(edge.source, edge.target) for edge in graph.edges])
    kinds = {node.id: node.kind for node in graph.nodes}
    assert set(drawing.nodes) == set(kinds)
    assert networkx.is_directed_acyclic_graph(drawing)
    assert {kinds[name] for name in drawing.nodes if drawing.in_degree(name) == 0} == KNOWN
    assert {kinds[name] for name in drawing.nodes if drawing.out_degree(name) == 0} <= OUTCOMES


@pytest.mark.parametrize("person", PEOPLE)
def test_everything_recommended_withheld_or_escalated_is_drawn_once(person: str) -> None:
    decision = small.decide(PEOPLE[person])
    graph = trace(small.base(), decision)
    refs = {kind: {node.ref for node in graph.nodes if node.kind == kind} for kind in OUTCOMES}
    assert refs["recommendation"] == {item.component.id for item in decision.recommendations}
    assert refs["withheld"] == {item.component.id for item in decision.withheld}
    assert refs["escalation"] == {f"{item.level} {item.to}" for item in decision.escalations}
    assert len(graph.nodes) == len({node.id for node in graph.nodes})
    assert len(graph.edges) == len(set(graph.edges))


def test_a_stage_stands_for_the_pathway_in_the_graph() -> None:
    graph = trace(small.base(), small.decide(PEOPLE["much is known"]))
    assert Edge("pathway:aftercare#stabilising", "recommendation:aftercare-plan", "supports") in graph.edges
