"""The decision: what is recommended, withheld, asked and escalated, each with the reasons that suffice for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from engine.artifacts import Avoid, Component, HelpLine, Level, Modality, Release, Role, Rule, Stratum, Urgency
from engine.conditions import Compare
from engine.dictionary import Text
from engine.findings import Finding
from engine.judgements import Judgements, Truth
from engine.lists import Ignored
from engine.pathway import Pathway
from engine.positions import Position

Outcome = Literal["recommendations", "nothing_recommended", "could_not_evaluate"]
Heading = Literal["now", "plan"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is in the decision: a rule with the leaves that decide it, or the stage of a pathway.

    truth: True, or None for a precaution while it is unknown. grounds: for a precaution, what is missing.
    """

    by: Rule | Pathway
    truth: Truth
    grounds: tuple[Compare, ...] = ()
    stage: str | None = None

    @property
    def reference(self) -> str:
        return f"{self.by.reference}#{self.stage}" if self.stage else self.by.reference

    @property
    def stratum(self) -> Stratum:
        return self.by.stratum if isinstance(self.by, Rule) else "S6"

    @property
    def precaution(self) -> bool:
        """Whether it is acted on although it is unknown."""
        return self.truth is None and isinstance(self.by, Rule) and self.by.on_unknown == "escalate"


@dataclass(frozen=True, slots=True)
class Blocked:
    """One contraindication that speaks against a component."""

    action: Avoid
    reason: Reason


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A component of the catalogue, proposed for review.

    cautions: relative contraindications that stand beside it. alternatives: components that could stand in for it.
    declined: the person does not want it now, which changes the plan and not the risk.
    within: the component that it is part of, or an option beside, in this plan (see `bundling`).
    """

    component: Component
    heading: Heading
    urgency: Urgency
    strength: str
    reasons: tuple[Reason, ...]
    cautions: tuple[Blocked, ...]
    alternatives: tuple[str, ...]
    declined: bool
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Withheld:
    """A component that something speaks for and a contraindication speaks against: both reasons, and what else there is.

    sought: why it is on the table at all; a rule wants it, somebody proposes it, or the person already takes it.
    Among `withheld`, at least one contraindication is absolute; among `cautions`, all are relative.
    """

    component: Component
    sought: tuple[Literal["recommended", "proposed", "active"], ...]
    wanted: tuple[Reason, ...]
    blocked: tuple[Blocked, ...]
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """One interval that something demands."""

    every: timedelta
    with_: Role
    modality: Modality | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class FollowUpPlan:
    """The shortest interval of all that apply. demands: every one of them, shortest first."""

    every: timedelta
    with_: Role
    modality: Modality | None
    demands: tuple[Interval, ...]
    preference_used: bool


@dataclass(frozen=True, slots=True)
class Escalation:
    """A step of the ladder: whom to reach, within what time, and what to do.

    unconfirmed: only the second engine holds its rule true; it is kept, because that errs safe.
    """

    level: Level
    within: timedelta | None
    to: Role
    title: Text
    do: Text
    reasons: tuple[Reason, ...]
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class DataRequest:
    """Findings to obtain together: one instrument, one list to review, or one question.

    absent: why what is known of them does not do. settles: rules and pathways that wait for them, most urgent first.
    """

    subject: str
    kind: Literal["instrument", "list", "finding"]
    findings: tuple[str, ...]
    absent: tuple[str, ...]
    settles: tuple[Rule | Pathway, ...]
    stratum: Stratum
    required: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """A function of release, record and as_of, and nothing else.

    id: names those three. help: reachable at any hour, shown with every plan.
    judgements: the truth of every rule and every finding it was judged on.
    cautions: what is proposed or taken, though no rule recommends it, and calls for care.
    critical: items of instruments that must be seen whatever the total.
    overridden: rules that held and that a more specific rule, which named them, set aside.
    """

    id: str
    release: Release
    as_of: datetime
    outcome: Outcome
    escalations: tuple[Escalation, ...]
    recommendations: tuple[Recommendation, ...]
    withheld: tuple[Withheld, ...]
    cautions: tuple[Withheld, ...]
    follow_up: FollowUpPlan | None
    requests: tuple[DataRequest, ...]
    positions: tuple[Position, ...]
    help: tuple[HelpLine, ...]
    critical: tuple[Finding, ...]
    overridden: tuple[tuple[str, str], ...]
    ignored: tuple[Ignored, ...]
    judgements: Judgements
