"""What a medicine that is ordered or taken is called, and what could stand in for it, where nobody has said what it is for."""

from __future__ import annotations

from typing import Literal

from engine.arbitration import TAKES
from engine.base import KnowledgeBase
from engine.decision import Decision, Withheld
from engine.dictionary import Language
from engine.judgements import of

How = Literal["proposed", "active"]


def title_of(base: KnowledgeBase, decision: Decision, item: Withheld, how: How, language: Language) -> str:
    """The ingredients that are proposed, or taken; with the component where that is a class of them.

    A component may be named for one use, and an order may be for another: only where a rule recommends it is the use known.
    """
    title, medication = item.component.title[language], item.component.medication
    exact = medication in base.dictionary.ingredients
    if medication is None or (exact and "recommended" in item.sought):
        return title
    members = [one for one in base.dictionary.ingredients.values() if medication in (one.id, *one.classes)]
    names = ", ".join(one.label[language] for one in members if _holds(decision, one.id, how))
    if not names:
        return title
    return _begun(names) if exact else f"{_begun(names)} ({title})"


def fitting(decision: Decision, item: Withheld) -> tuple[str, ...]:
    """The alternatives that fit: of a component that stands for one use, and that no rule recommends, only what is recommended."""
    if "recommended" in item.sought or item.component.group is None:
        return item.alternatives
    recommended = {one.component.id for one in decision.recommendations}
    return tuple(name for name in item.alternatives if name in recommended)


def _holds(decision: Decision, ingredient: str, how: How) -> bool:
    findings = decision.judgements.findings
    if how == "proposed":
        return of(findings, f"medication.{ingredient}.proposed").low == 1
    taken = of(findings, f"medication.{ingredient}")
    return taken.exact and taken.low == TAKES


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]
