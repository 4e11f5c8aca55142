"""Care pathways as they are written: stages, guarded transitions, branches that run side by side, and clocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from engine.artifacts import Contact, Escalate, Evidence, RequirementId, Role, Urgency, Version
from engine.conditions import Condition, leaves
from engine.dictionary import Duration, Id, Model, Text

Phase = Literal["assessment", "preferences", "shared_plan", "active_treatment", "aftercare"]
StageKind = Literal["task", "decision", "wait", "call", "emergency", "end"]
PHASES: tuple[Phase, ...] = ("assessment", "preferences", "shared_plan", "active_treatment", "aftercare")
DAYS = "stage.days"
DONE = "stage.done"
HERE = (DAYS, DONE)  # findings that a guard reads of the stage it leaves
ANY = "any"
STATES = ("not_on", "on", "ended")


def _several(raw: object) -> object:
    return (raw,) if isinstance(raw, str) else raw


Ids = Annotated[tuple[Id, ...], BeforeValidator(_several), Field(min_length=1)]


class Stage(Model):
    """A place on a pathway: who acts within what time, what it asks for, and what happens when time runs out.

    kind: a task is done by somebody; a decision chooses between exclusive ways; a wait ends by its clock; a call waits
        for other pathways; an emergency is help now; an end closes the episode and always names what care goes on.
    within: the deadline, counted from entry. late: the step of the ladder that a missed deadline raises.
    unknown: what to do while a decision cannot be taken for want of an answer.
    calls: pathways that the person is on from here, whatever their own entry says; from an end stage, they take over.
    """

    title: Text
    kind: StageKind
    phase: Phase
    who: Role
    brief: str | None = None
    within: Duration | None = Field(default=None, gt=timedelta(0))
    late: Escalate | None = None
    unknown: Text | None = None
    follow_up: Contact | None = None
    recommend: tuple[Id, ...] = ()
    calls: tuple[Id, ...] = ()

    @property
    def ends(self) -> bool:
        return self.kind == "end"

    @property
    def soonest(self) -> timedelta | None:
        """Within what time somebody sees or answers the person here."""
        times = [time for time in (self.within, self.follow_up.every if self.follow_up else None) if time is not None]
        return min(times, default=None)


class Transition(Model):
    """A guarded step. An unknown guard holds the person where they are.

    from: one stage or any of several; `any` leaves wherever the person stands. join: it waits for all of them, and
    leaves them together. to: one stage, or several branches that run side by side. urgency: emergent marks a safety exit.
    eases: the step leads to less care, so that one decision takes at most one of them.
    """

    from_: Ids = Field(alias="from")
    join: bool = False
    to: Ids
    title: Text
    when: Condition
    urgency: Urgency = "routine"
    eases: bool = False

    @property
    def anywhere(self) -> bool:
        return self.from_ == (ANY,)

    def leaves(self, stage: str) -> bool:
        return stage not in self.to and (stage in self.from_ or self.anywhere)

    @cached_property
    def reads_here(self) -> bool:
        """Whether the guard reads the clock or the completion of the stage it leaves."""
        return any(leaf.finding in HERE for leaf in leaves(self.when))

    @cached_property
    def timed(self) -> bool:
        """Whether the guard waits for the clock of the stage."""
        return any(leaf.finding == DAYS for leaf in leaves(self.when))


class Pathway(Model):
    """Stages and guarded transitions, read top to bottom, safety exits first.

    enter: when the person is on it although no other pathway called it. over: pathways that it lies over; both run, and
    the closer follow-up wins.
    """

    id: Id
    version: Version
    title: Text
    status: Literal["draft", "in_review", "active", "retired"]
    owner: Id
    review_by: date
    serves: tuple[RequirementId, ...] = Field(min_length=1)
    brief: tuple[str, ...] = ()
    evidence: Evidence
    over: tuple[Id, ...] = ()
    enter: Condition
    start: Id
    stages: dict[Id, Stage]
    transitions: tuple[Transition, ...]

    @property
    def reference(self) -> str:
        return f"{self.id}@{self.version}"

    @cached_property
    def code(self) -> str:
        """The finding that tells other pathways whether the person is on this one: not_on, on, ended."""
        return state_code(self.id)

    @cached_property
    def calls(self) -> frozenset[str]:
        return frozenset(name for stage in self.stages.values() for name in stage.calls)

    @cached_property
    def awaited(self) -> frozenset[str]:
        """Findings of other pathways that its guards read."""
        guards = (self.enter, *(step.when for step in self.transitions))
        return frozenset(leaf.finding for guard in guards for leaf in leaves(guard) if leaf.finding.startswith("pathway."))

    @cached_property
    def exits(self) -> Mapping[str, tuple[Transition, ...]]:
        """For each stage, the transitions that leave it, as written."""
        return {name: tuple(step for step in self.transitions if step.leaves(name)) for name in self.stages}

    @cached_property
    def together(self) -> frozenset[frozenset[str]]:
        """Pairs of stages that the person can be in at once, because branches run side by side."""
        return frozenset(frozenset((one, other)) for marking in self.markings for one in marking for other in marking if one != other)

    @cached_property
    def markings(self) -> frozenset[frozenset[str]]:
        """Every set of stages that the person can be in at once, guards aside."""
        start = frozenset((self.start,))
        seen, waiting = {start}, [start]
        while waiting:
            marking = waiting.pop()
            for step in self.transitions:
                following = self.step(marking, step)
                if following is not None and following not in seen:
                    if len(seen) > MAX_MARKINGS:
                        raise ValueError("branches that run side by side can be combined in too many ways")
                    seen.add(following)
                    waiting.append(following)
        return frozenset(seen)

    def step(self, marking: frozenset[str], step: Transition) -> frozenset[str] | None:
        """Where a transition leads from a set of stages, or None when it does not leave it."""
        leaving = {name for name in marking if step.leaves(name)}
        if not leaving or (step.join and leaving != set(step.from_)):
            return None
        return frozenset((marking - leaving) | set(step.to))

    @model_validator(mode="after")
    def _stages_exist(self) -> Pathway:
        named = {self.start} | {name for step in self.transitions for name in (*step.to, *step.from_)} - {ANY}
        if unknown := named - set(self.stages):
            raise ValueError(f"stages that do not exist: {sorted(unknown)}")
        if ANY in self.stages or any(ANY in step.to or (ANY in step.from_ and not step.anywhere) for step in self.transitions):
            raise ValueError("`any` stands alone in `from`; no stage is called so")
        return self

    @model_validator(mode="after")
    def _clocks_read_where_they_run(self) -> Pathway:
        for step in self.transitions:
            read = {leaf.finding for leaf in leaves(step.when)}
            if step.anywhere and read.intersection(HERE):
                raise ValueError(f"a step from any stage cannot read {DAYS} or {DONE}")
            if DONE in read and any(self.stages[name].kind != "task" for name in step.from_):
                raise ValueError(f"{DONE} is reported of tasks only")
        return self


MAX_MARKINGS = 5_000


def state_code(pathway: str) -> str:
    return f"pathway.{pathway.replace('-', '_')}"


def task_code(pathway: str, stage: str) -> str:
    """The finding by which somebody reports that a task of a pathway is done."""
    return f"task.{pathway.replace('-', '_')}.{stage.replace('-', '_')}"
