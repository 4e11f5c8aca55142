"""The care plan laid out for reading: what changed first, then goals, wishes, choices, who does what, and one calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from api.arranging import arrange
from api.view import Recorded, Sheet, clean
from api.words import say
from engine.artifacts import Component
from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Language
from engine.difference import Difference
from engine.plan import CarePlan, Choice, Duty, Effect, Entry, Step
from engine.terms import word
from engine.wording import date_words, duration_words


def arrange_plan(
    base: KnowledgeBase,
    plan: CarePlan,
    earlier: Decision | None,
    changed: tuple[Difference, ...] | None,
    language: Language,
    journal: Recorded = "not_kept",
) -> Sheet:
    """Lay out a care plan; times are told in the zone of its as_of."""
    whole, lines = arrange(base, plan.decision, language, journal), _Lines(base, language)
    since = date_words(earlier.as_of, language) if earlier else ""
    groups = (
        (say("plan_changes", language, date=since), lines.changes(changed)),
        (say("plan_calendar", language), map(lines.entry, plan.calendar)),
        (say("plan_goals", language), (line for goal in plan.goals for line in lines.goal(goal.text, goal.steps))),
        (say("plan_wishes", language), map(lines.effect, plan.effects)),
        (say("plan_choices", language), (line for choice in plan.choices for line in lines.choice(choice))),
        (say("plan_team", language), map(lines.duty, plan.team)),
        (say("plan_stages", language), lines.phases(plan)),
    )
    told = tuple((title, tuple(clean(line) for line in found)) for title, found in groups)
    return Sheet(
        language=language,
        title=say("plan_title", language),
        as_of=whole.as_of,
        help=whole.help,
        alarm=whole.alarm,
        standing=say("plan_review", language, date=date_words(plan.review, language)) if plan.review else say("plan_empty", language),
        groups=tuple((title, found) for title, found in told if found),
        footer=whole.footer,
    )


class _Lines:
    def __init__(self, base: KnowledgeBase, language: Language) -> None:
        self.base, self.language = base, language

    def say(self, key: str, **slots: str | int) -> str:
        return say(key, self.language, **slots)

    def title(self, component: Component) -> str:
        return component.title[self.language]

    def changes(self, changed: Iterable[Difference] | None) -> Iterator[str]:
        if changed is None:
            return
        told = [self.change(item) for item in changed]
        yield from told or [self.say("plan_same")]

    def change(self, item: Difference) -> str:
        said = self.say(f"change_{item.kind}_{item.way}" if item.way != "changed" else f"change_{item.kind}", title=item.title)
        moved = self.say("change_from_to", before=item.before, after=item.after) if item.kind in ("follow_up", "stage", "urgency") else ""
        why = self.say("change_why", why="; ".join(item.why)) if item.why else ""
        return " ".join(part for part in (said, moved, why) if part)

    def entry(self, item: Entry) -> str:
        title = item.title[self.language]
        every = self.say("plan_every", time=duration_words(item.every, self.language)) if item.every else ""
        how = word(item.modality, self.language) if item.modality else ""
        late = self.say("plan_overdue") if item.overdue else ""
        details = ", ".join(part for part in (word(item.who, self.language), every, how, late) if part)
        return f"{date_words(item.at, self.language)}: {title} ({details})"

    def goal(self, text: str, steps: Iterable[Step]) -> Iterator[str]:
        held = ", ".join(f"{self.title(step.component)} ({self.say('plan_' + step.standing)})" for step in steps)
        yield self.say("plan_goal", text=text, steps=held) if held else self.say("plan_goal_alone", text=text)

    def effect(self, item: Effect) -> str:
        to = self.base.components[item.to].title[self.language] if item.wish == "declined" else word(item.to, self.language)
        if item.wish == "declined":
            return self.say("wish_declined" if item.changed else "wish_declined_idle", what=to)
        if item.changed and item.instead_of:
            return self.say("wish_changed", wish=self.say(f"wish_{item.wish}"), to=to, instead_of=word(item.instead_of, self.language))
        key = "wish_used" if item.changed else "wish_noted"
        return self.say(key, wish=self.say(f"wish_{item.wish}"), to=to)

    def choice(self, item: Choice) -> Iterator[str]:
        for option in item.options:
            component = option.component
            how = ", ".join(word(name, self.language) for name in component.modalities)
            who = ", ".join(word(name, self.language) for name in component.deliver)
            standing = self.say("plan_" + option.standing)
            yield f"{self.title(component)} ({standing}): {component.summary[self.language]} {self.say('plan_given', who=who, how=how)}"

    def duty(self, item: Duty) -> str:
        parts = [self.title(component) for component in item.delivers]
        parts += [place.stage.title[self.language] for _, place in item.stages]
        role = word(item.role, self.language)
        lead = self.say("plan_liaison", role=role) if item.role == "care_manager" else role
        return f"{lead}: {'; '.join(parts)}" if parts else lead

    def phases(self, plan: CarePlan) -> Iterator[str]:
        for phase, pairs in plan.phases:
            titles = "; ".join(f"{position.pathway.title[self.language]}: {place.stage.title[self.language]}" for position, place in pairs)
            yield f"{self.say('phase_' + phase)}: {titles}"
