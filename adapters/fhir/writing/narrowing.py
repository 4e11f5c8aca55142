"""A decision as one artifact alone speaks in it. Nothing is judged anew: what is withheld from the whole stays withheld."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from engine.artifacts import Rule
from engine.decision import Decision, FollowUpPlan, Outcome, Reason
from engine.pathway import Pathway

_Item = TypeVar("_Item")


def narrowed(decision: Decision, artifact: Rule | Pathway) -> Decision:
    """What one rule or pathway speaks for, or against."""

    def speaks(reason: Reason) -> bool:
        return type(reason.by) is type(artifact) and reason.by.id == artifact.id

    def spoken(items: tuple[_Item, ...], reasons: Callable[[_Item], tuple[Reason, ...]]) -> tuple[_Item, ...]:
        return tuple(item for item in items if any(map(speaks, reasons(item))))

    escalations = tuple(
        replace(item, reasons=tuple(filter(speaks, item.reasons))) for item in spoken(decision.escalations, lambda item: item.reasons)
    )
    recommendations = tuple(
        replace(item, reasons=tuple(filter(speaks, item.reasons))) for item in spoken(decision.recommendations, lambda item: item.reasons)
    )
    withheld = spoken(decision.withheld, lambda item: (*item.wanted, *(blocked.reason for blocked in item.blocked)))
    cautions = spoken(decision.cautions, lambda item: (*item.wanted, *(blocked.reason for blocked in item.blocked)))
    requests = tuple(item for item in decision.requests if any(one.id == artifact.id for one in item.settles))
    said = bool(escalations or recommendations or withheld)
    return replace(
        decision,
        outcome=_outcome(decision, artifact, said=said),
        escalations=escalations,
        recommendations=recommendations,
        withheld=withheld,
        cautions=cautions,
        follow_up=_follow_up(decision.follow_up, speaks),
        requests=requests,
    )


def _outcome(decision: Decision, artifact: Rule | Pathway, *, said: bool) -> Outcome:
    if said:
        return "recommendations"
    if isinstance(artifact, Rule):
        unknown = decision.judgements.truths.get(artifact.id) is None
    else:
        unknown = any(item.pathway.id == artifact.id and not item.places for item in decision.positions)
    return "could_not_evaluate" if unknown else "nothing_recommended"


def _follow_up(plan: FollowUpPlan | None, speaks: Callable[[Reason], bool]) -> FollowUpPlan | None:
    """The demands of the artifact; never at a longer interval than what it asks for."""
    demands = tuple(demand for demand in plan.demands if speaks(demand.reason)) if plan else ()
    if plan is None or not demands:
        return None
    first = demands[0]
    return FollowUpPlan(min(first.every, plan.every), first.with_, first.modality, demands, plan.preference_used)
