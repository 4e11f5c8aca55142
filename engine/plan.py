"""The care plan: a decision as one plan for one person, with their goals, their wishes, who does what, and one calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from engine.artifacts import Component, Modality, Role, Rule
from engine.base import KnowledgeBase
from engine.decision import Decision, Recommendation
from engine.dictionary import Text
from engine.pathway import PHASES, Phase
from engine.positions import Place, Position
from engine.record import Preferences, Record
from engine.timing import duration

Standing = Literal["recommended", "declined", "withheld", "not_recommended"]
Wish = Literal["modality", "interval", "language", "clinician_gender", "substance_goal", "declined"]


@dataclass(frozen=True, slots=True)
class Step:
    """A component that serves a goal, how it stands in this plan, and the stages of pathways that ask for it."""

    component: Component
    standing: Standing
    stages: tuple[tuple[Position, Place], ...]


@dataclass(frozen=True, slots=True)
class Aim:
    """A goal in the person's own words, and what in the plan works towards it."""

    text: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Components that can stand in for one another, for a shared decision. Contraindicated ones are not among them."""

    options: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """A wish and whether it changed something in this plan. to: what it says. instead_of: what the plan would say without it."""

    wish: Wish
    to: str
    changed: bool
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """One member of the team: what they deliver, and the stages of pathways where it is their turn."""

    role: Role
    delivers: tuple[Component, ...]
    stages: tuple[tuple[Position, Place], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the calendar. kind: an answer to an escalation, the deadline of a stage, or the next contact."""

    at: datetime
    kind: Literal["escalation", "deadline", "contact"]
    who: Role
    title: Text
    by: str
    every: timedelta | None = None
    modality: Modality | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class CarePlan:
    """One plan. phases: where the person stands in each phase of care, over all pathways. review: when it is looked at again."""

    decision: Decision
    goals: tuple[Aim, ...]
    effects: tuple[Effect, ...]
    choices: tuple[Choice, ...]
    team: tuple[Duty, ...]
    calendar: tuple[Entry, ...]
    phases: tuple[tuple[Phase, tuple[tuple[Position, Place], ...]], ...]

    @property
    def review(self) -> datetime | None:
        return self.calendar[0].at if self.calendar else None


def care_plan(base: KnowledgeBase, record: Record, decision: Decision) -> CarePlan:
    """The plan that follows from a decision. It adds no advice of its own."""
    return _Planning(base, record, decision).plan()


class _Planning:
    def __init__(self, base: KnowledgeBase, record: Record, decision: Decision) -> None:
        self.base, self.record, self.decision = base, record, decision
        self.recommended = {item.component.id: item for item in decision.recommendations}
        self.withheld = {item.component.id for item in decision.withheld}
        self.places = tuple((position, place) for position in decision.positions for place in position.places)

    def plan(self) -> CarePlan:
        phases = ((phase, tuple(pair for pair in self.places if pair[1].stage.phase == phase)) for phase in PHASES)
        return CarePlan(
            self.decision,
            tuple(Aim(goal.text, tuple(map(self.step, goal.components))) for goal in self.record.goals),
            tuple(self.effects(self.record.preferences)),
            tuple(self.choices()),
            tuple(self.team()),
            tuple(sorted(self.calendar(), key=lambda item: (item.at, item.kind, item.by))),
            tuple((phase, pairs) for phase, pairs in phases if pairs),
        )

    def step(self, name: str) -> Step:
        stages = tuple(pair for pair in self.places if name in pair[1].stage.recommend)
        return Step(self.base.components[name], self.standing(name), stages)

    def standing(self, name: str) -> Standing:
        item = self.recommended.get(name)
        if item is not None:
            return "declined" if item.declined else "recommended"
        return "withheld" if name in self.withheld else "not_recommended"

    def choices(self) -> Iterator[Choice]:
        """Each group of alternatives once, as long as there is more than one way."""
        seen: set[frozenset[str]] = set()
        for item in self.decision.recommendations:
            names = (item.component.id, *item.alternatives)
            if len(names) > 1 and frozenset(names) not in seen:
                seen.add(frozenset(names))
                ranked = sorted(names, key=lambda name: (name not in self.recommended, names.index(name)))
                yield Choice(tuple(map(self.step, ranked)))

    def team(self) -> Iterator[Duty]:
        """Everybody who has something to do, the care manager first: they hold the plan together."""
        roles = dict.fromkeys(
            ("care_manager", *(item.component.deliver[0] for item in self.wanted()), *(place.stage.who for _, place in self.places))
        )
        for role in roles:
            delivers = tuple(item.component for item in self.wanted() if item.component.deliver[0] == role)
            stages = tuple(pair for pair in self.places if pair[1].stage.who == role)
            if delivers or stages or role == "care_manager":
                yield Duty(role, delivers, stages)

    def wanted(self) -> tuple[Recommendation, ...]:
        return tuple(item for item in self.decision.recommendations if not item.declined)

    def calendar(self) -> Iterator[Entry]:
        """What is due when. Of contacts with the same member of the team, the closest holds and stands for the others."""
        now = self.decision.as_of
        for item in self.decision.escalations:
            if item.within is not None:
                yield Entry(now + item.within, "escalation", item.to, item.do, item.reasons[0].reference)
        for position, place in self.places:
            if place.due is not None:
                by = f"{position.pathway.reference}#{place.name}"
                yield Entry(place.due, "deadline", place.stage.who, place.stage.title, by, overdue=place.overdue(now))
        plan = self.decision.follow_up
        seen: set[Role] = set()
        for demand in plan.demands if plan else ():
            if plan is not None and demand.with_ not in seen:
                first = not seen
                seen.add(demand.with_)
                every, modality = (plan.every, plan.modality) if first else (demand.every, demand.modality)
                yield Entry(now + every, "contact", demand.with_, demand.reason.by.title, demand.reason.reference, every, modality)

    def effects(self, wishes: Preferences) -> Iterator[Effect]:
        """Every wish, and what it changed. What no rule reads is passed on to the team and says so."""
        plan = self.decision.follow_up
        first = plan.demands[0] if plan else None
        if wishes.modality is not None:
            changed = plan is not None and first is not None and plan.modality == wishes.modality != first.modality
            yield Effect("modality", wishes.modality, changed, first.modality if changed and first else None)
        if wishes.interval is not None:
            changed = plan is not None and first is not None and plan.every < first.every
            yield Effect("interval", duration(wishes.interval), changed, duration(first.every) if changed and first else None)
        for name in wishes.declined:
            yield Effect("declined", name, name in self.recommended)
        for wish, value in self.read(wishes):
            yield Effect(wish, value, self.used(wish))

    def used(self, wish: Wish) -> bool:
        """Whether a rule that speaks for something in this plan reads the wish."""
        reasons = (reason for item in self.decision.recommendations for reason in item.reasons)
        return any(isinstance(reason.by, Rule) and f"preference.{wish}" in reason.by.reads for reason in reasons)

    def read(self, wishes: Preferences) -> Iterator[tuple[Wish, str]]:
        if wishes.language is not None:
            yield "language", wishes.language
        if wishes.clinician_gender is not None:
            yield "clinician_gender", wishes.clinician_gender
        if wishes.substance_goal is not None:
            yield "substance_goal", wishes.substance_goal
