"""The care plan as it leaves, described exactly."""

from __future__ import annotations

from typing import Literal

from api.schema_parts import Duration, Instant, Reference, ReleaseName, Written
from api.schemas import Sharing
from api.view import Recorded
from engine.artifacts import Modality, Role
from engine.dictionary import Language
from engine.difference import Kind, Way
from engine.pathway import Phase
from engine.plan import Standing, Wish


class PlanStage(Written):
    """A stage of a pathway where the person stands."""

    pathway: Reference
    stage: str
    title: str


class PlanStep(Written):
    """A component, how it stands in this plan, and the stages that ask for it."""

    component: str
    title: str
    standing: Standing
    stages: list[PlanStage]


class PlanOption(PlanStep):
    """One way among several: what it is, who gives it and how."""

    summary: str
    deliver: list[Role]
    modalities: list[Modality]


class PlanGoal(Written):
    """A goal in the person's own words."""

    text: str
    steps: list[PlanStep]


class PlanWish(Written):
    """A wish. changed: whether this plan is otherwise because of it; instead_of: what it would say without it."""

    wish: Wish
    to: str
    changed: bool
    instead_of: str | None


class PlanComponent(Written):
    component: str
    title: str


class PlanDuty(Written):
    """What one member of the team does."""

    role: Role
    delivers: list[PlanComponent]
    stages: list[PlanStage]


class PlanEntry(Written):
    """An entry of the one calendar. by: the rule, or the stage of a pathway, that asks for it."""

    at: Instant
    kind: Literal["escalation", "deadline", "contact"]
    who: Role
    title: str
    by: Reference
    every: Duration | None
    modality: Modality | None
    overdue: bool


class PlanPhase(Written):
    phase: Phase
    stages: list[PlanStage]


class PlanChange(Written):
    """Something that is not as it was. why: the findings behind it that are known otherwise now, in words."""

    kind: Kind
    way: Way
    ref: str
    title: str
    before: str
    after: str
    why: list[str]
    rules: list[Reference]


class PlanDocument(Written):
    """One plan for one person. changes is null where no earlier moment was asked for."""

    decision: str
    as_of: Instant
    release: ReleaseName
    language: Language
    review: Instant | None
    goals: list[PlanGoal]
    wishes: list[PlanWish]
    choices: list[list[PlanOption]]
    team: list[PlanDuty]
    calendar: list[PlanEntry]
    phases: list[PlanPhase]
    since: Instant | None
    changes: list[PlanChange] | None
    journal: Recorded
    sharing: Sharing | None = None
