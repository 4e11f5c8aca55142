"""What a medicine that is ordered or taken is called, and what could stand in for it, where nobody has said what it is for."""

from __future__ import annotations

from typing import Literal

from engine.arbitration import TAKES
from engine.artifacts import Component
from engine.base import KnowledgeBase
from engine.decision import Decision, Withheld
from engine.dictionary import Language
from engine.judgements import of

How = Literal["proposed", "active"]


def title_of(base: KnowledgeBase, decision: Decision, component: Component, how: How, language: Language) -> str:
    """The ingredients that are proposed, or taken; with the component where that is a class of them.

    A component may be named for one use, and an order may be for another: only where a rule recommends it is the use known.
    """
    title, medication = component.title[language], component.medication
    exact = medication in base.dictionary.ingredients
    if medication is None or (exact and _use_known(decision, component)):
        return title
    members = [one for one in base.dictionary.ingredients.values() if medication in (one.id, *one.classes)]
    names = ", ".join(one.label[language] for one in members if _holds(decision, one.id, how))
    if not names:
        return title
    begun = names[:1].upper() + names[1:]
    return begun if exact else f"{begun} ({title[:1].lower() + title[1:] if title[1:2].islower() else title})"


def fitting(base: KnowledgeBase, decision: Decision, item: Withheld) -> tuple[str, ...]:
    """The alternatives that fit: of a component that is named for one use, which nobody may have meant, only what is recommended, and
    what is no medicine."""
    if not _for_one_use(base, item.component) or _use_known(decision, item.component):
        return item.alternatives
    recommended = {one.component.id for one in decision.recommendations}
    return tuple(name for name in item.alternatives if name in recommended or base.components[name].kind != "medication")


def _for_one_use(base: KnowledgeBase, component: Component) -> bool:
    """Its title says more than the name of the medicine."""
    ingredient = base.dictionary.ingredients.get(component.medication or "")
    return ingredient is not None and ingredient.label["en"].casefold() != component.title["en"].casefold()


def _use_known(decision: Decision, component: Component) -> bool:
    if any(item.component.id == component.id for item in decision.recommendations):
        return True
    return any(item.component.id == component.id and "recommended" in item.sought for item in decision.withheld)


def _holds(decision: Decision, ingredient: str, how: How) -> bool:
    findings = decision.judgements.findings
    if how == "proposed":
        return of(findings, f"medication.{ingredient}.proposed").low == 1
    taken = of(findings, f"medication.{ingredient}")
    return taken.exact and taken.low == TAKES
