"""The checks a knowledge base must pass before anyone may rely on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import networkx as nx

from engine.artifacts import Avoid, Component, Conclude, Evidence, Level, Pathway, Recommend, Request, Rule
from engine.base import KnowledgeBase
from engine.conditions import Condition, leaves
from engine.errors import Problem
from engine.graph import graph
from engine.instruments import Instrument
from knowledge.cases import check_cases
from knowledge.soundness import consistent, sound

WARN_BEFORE = timedelta(days=60)


def check(base: KnowledgeBase, folder: Path, today: date) -> tuple[Problem, ...]:
    """Every problem of a knowledge base that loads. Empty when it may be relied on."""
    return tuple(sorted(_problems(base, folder, today)))


def due(base: KnowledgeBase, today: date) -> tuple[str, ...]:
    """Artifacts whose review comes due soon: a warning, not yet a failure."""
    dated: list[Rule | Pathway] = [*base.rules.values(), *base.pathways.values()]
    return tuple(sorted(item.id for item in dated if today <= item.review_by < today + WARN_BEFORE))


def _problems(base: KnowledgeBase, folder: Path, today: date) -> Iterator[Problem]:
    for rule in base.rules.values():
        yield from _references(rule, base)
        yield from sound(rule, base)
    holders: list[Rule | Component | Pathway] = [*base.rules.values(), *base.components.values(), *base.pathways.values()]
    for holder in holders:
        yield from _evidence(holder.id, holder.evidence, base)
    dated: list[Rule | Pathway] = [*base.rules.values(), *base.pathways.values()]
    for item in dated:
        if item.review_by < today:
            yield Problem(item.id, "review-overdue", f"Review was due on {item.review_by}.", "Review it and set a new date.")
    for instrument in base.instruments.values():
        yield from _instrument(instrument, base)
    yield from _loinc(base)
    yield from _dictionary(base)
    yield from _ladder(base)
    for pathway in base.pathways.values():
        yield from _pathway(pathway, base)
    for component in base.components.values():
        yield from _component(component, base)
    yield from consistent(base)
    yield from check_cases(base, folder)


def _references(rule: Rule, base: KnowledgeBase) -> Iterator[Problem]:
    for action in rule.then:
        match action:
            case Recommend(recommend=name) | Avoid(avoid=name):
                yield from _known("component", (name,), base.components, rule.id)
                if isinstance(action, Avoid):
                    yield from _known("component", action.instead, base.components, rule.id)
            case Request(request=codes):
                yield from _known("finding", codes, base.dictionary.entries, rule.id)
            case Conclude(conclude=values):
                for code, value in values.items():
                    entry = base.dictionary.entries.get(code)
                    if entry is None or not entry.concluded or entry.encode(value) is None:
                        yield Problem(
                            rule.id,
                            "conclusion-undeclared",
                            f"{code} is not declared as a conclusion with this value.",
                            "Declare it with `concluded: true`.",
                        )
    yield from _known("rule", rule.overrides, base.rules, rule.id)
    yield from _made(rule.when, rule.id, base)


def _made(condition: Condition, where: str, base: KnowledgeBase) -> Iterator[Problem]:
    for leaf in leaves(condition):
        entry = base.dictionary.entries[leaf.finding]
        if entry.concluded and not any(code == leaf.finding for other in base.active for code, _ in other.concludes):
            yield Problem(where, "conclusion-unmade", f"No rule concludes {leaf.finding}.", "Write the rule that concludes it.")


def _known(kind: str, names: tuple[str, ...], known: object, where: str) -> Iterator[Problem]:
    for name in names:
        if name not in known:  # type: ignore[operator]
            yield Problem(where, f"{kind}-unknown", f"There is no {kind} {name}.", "Correct the name, or add it.")


def _evidence(where: str, evidence: Evidence, base: KnowledgeBase) -> Iterator[Problem]:
    yield from _known("strength", (evidence.strength,), base.strengths, where)
    yield from _known("source", tuple(source.split("#")[0] for source in evidence.sources), base.sources, where)


def _dictionary(base: KnowledgeBase) -> Iterator[Problem]:
    for entry in base.dictionary.entries.values():
        yield from _known("source", tuple(source.split("#")[0] for source in entry.sources), base.sources, entry.code)
    names = [*base.instruments, *base.dictionary.conditions, *base.dictionary.classes, *base.dictionary.ingredients]
    for name in sorted(set(names)):
        if names.count(name) > 1 or "." in name:
            yield Problem(name, "name-ambiguous", "Findings are generated from this name.", "Use a name without dots, and only once.")
    for ingredient in base.dictionary.ingredients.values():
        yield from _known("class", ingredient.classes, {**base.dictionary.classes, **base.dictionary.ingredients}, ingredient.id)


def _instrument(instrument: Instrument, base: KnowledgeBase) -> Iterator[Problem]:
    named = {*instrument.critical, *(name for skip in instrument.skips for name in (skip.item, *skip.items))}
    yield from _known("item", tuple(sorted(named)), instrument.by_item, instrument.id)
    yield from _known("source", instrument.sources, base.sources, instrument.id)
    for name in sorted(set(instrument.names)):
        if instrument.names.count(name) > 1:
            yield Problem(instrument.id, "name-ambiguous", f"{name} stands for two things.", "Rename one.")
    for bands in (instrument.bands, *(scale.bands for scale in instrument.scales)):
        edges = [band.from_ for band in bands]
        if edges != sorted(set(edges)):
            yield Problem(instrument.id, "bands-order", "Bands do not rise.", "Order them by their lowest score.")


def _loinc(base: KnowledgeBase) -> Iterator[Problem]:
    """One LOINC code stands for one thing: a panel is never a total, and no two instruments share a code (brief T34)."""
    used: dict[str, str] = {}
    for instrument in base.instruments.values():
        codes = [(code, f"{instrument.id} {kind}") for kind, code in instrument.loinc.items()]
        codes += [(item.loinc, f"{instrument.id}.{item.id}") for item in instrument.items]
        for code, name in codes:
            if code and used.setdefault(code, name) != name:
                yield Problem(name, "loinc-twice", f"{code} stands for {used[code]} already.", "Look the code up, and correct one.")


def _pathway(pathway: Pathway, base: KnowledgeBase) -> Iterator[Problem]:
    for guard in (pathway.enter, *(step.when for step in pathway.transitions)):
        yield from _made(guard, pathway.id, base)
    for name, stage in pathway.stages.items():
        yield from _known("component", stage.recommend, base.components, f"{pathway.id}.{name}")
    drawn = graph(pathway)
    reached = {pathway.start, *nx.descendants(drawn, pathway.start)}
    for name, stage in pathway.stages.items():
        if not stage.terminal and not drawn.out_degree(name):
            yield Problem(f"{pathway.id}.{name}", "stage-without-exit", "No transition leaves this stage.", "Add one, or make it terminal.")
        if name not in reached:
            yield Problem(
                f"{pathway.id}.{name}", "stage-unreachable", "No road from the start leads here.", "Add a transition, or remove the stage."
            )


def _ladder(base: KnowledgeBase) -> Iterator[Problem]:
    """Every step of the ladder is there and no other, and there is help for wherever the person is."""
    for level in sorted({*base.ladder} ^ {*get_args(Level)}):
        yield Problem(str(level), "ladder-steps", "The ladder has the steps E0 to E6.", "Add or remove the step.")
    if "any" not in base.help:
        yield Problem("any", "help-missing", "There is no help for an unknown country.", "Add help lines under `any`.")


def _component(component: Component, base: KnowledgeBase) -> Iterator[Problem]:
    if component.medication and f"medication.{component.medication}" not in base.dictionary.entries:
        yield Problem(
            component.id, "medication-unknown", f"There is no medication class {component.medication}.", "Correct the name, or add it."
        )
