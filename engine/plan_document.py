"""The care plan as plain JSON types, with what changed since an earlier decision."""

from __future__ import annotations

from collections.abc import Iterable

from engine.artifacts import Component
from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Language
from engine.difference import Difference
from engine.grounds import Document
from engine.plan import CarePlan, Choice, Duty, Entry, Step
from engine.positions import Place, Position
from engine.timing import duration, instant


def plan_document(
    base: KnowledgeBase, plan: CarePlan, earlier: Decision | None, changed: Iterable[Difference] | None, language: Language
) -> Document:
    """The plan; `changes` is null where there is nothing to compare it with."""
    decision = plan.decision
    writer = _Writer(language)
    return {
        "decision": decision.id,
        "as_of": instant(decision.as_of),
        "release": {"id": base.release.id, "digest": base.release.digest},
        "language": language,
        "review": instant(plan.review) if plan.review else None,
        "goals": [{"text": goal.text, "steps": [writer.step(step) for step in goal.steps]} for goal in plan.goals],
        "wishes": [{"wish": item.wish, "to": item.to, "changed": item.changed, "instead_of": item.instead_of} for item in plan.effects],
        "choices": [writer.choice(item) for item in plan.choices],
        "team": [writer.duty(item) for item in plan.team],
        "calendar": [writer.entry(item) for item in plan.calendar],
        "phases": [{"phase": phase, "stages": [writer.place(*pair) for pair in pairs]} for phase, pairs in plan.phases],
        "since": instant(earlier.as_of) if earlier else None,
        "changes": None if changed is None else [writer.change(item) for item in changed],
    }


class _Writer:
    def __init__(self, language: Language) -> None:
        self.language = language

    def component(self, item: Component) -> Document:
        return {"component": item.id, "title": item.title[self.language]}

    def step(self, item: Step) -> Document:
        return {**self.component(item.component), "standing": item.standing, "stages": [self.place(*pair) for pair in item.stages]}

    def place(self, position: Position, place: Place) -> Document:
        return {"pathway": position.pathway.reference, "stage": place.name, "title": place.stage.title[self.language]}

    def choice(self, item: Choice) -> list[Document]:
        return [
            {
                **self.step(option),
                "summary": option.component.summary[self.language],
                "deliver": list(option.component.deliver),
                "modalities": list(option.component.modalities),
            }
            for option in item.options
        ]

    def duty(self, item: Duty) -> Document:
        return {
            "role": item.role,
            "delivers": [self.component(component) for component in item.delivers],
            "stages": [self.place(*pair) for pair in item.stages],
        }

    def entry(self, item: Entry) -> Document:
        return {
            "at": instant(item.at),
            "kind": item.kind,
            "who": item.who,
            "title": item.title[self.language],
            "by": item.by,
            "every": duration(item.every) if item.every else None,
            "modality": item.modality,
            "overdue": item.overdue,
        }

    def change(self, item: Difference) -> Document:
        return {
            "kind": item.kind,
            "way": item.way,
            "ref": item.ref,
            "title": item.title,
            "before": item.before,
            "after": item.after,
            "why": list(item.why),
            "rules": list(item.rules),
        }
