"""The checks a knowledge base must pass before anyone may rely on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

from engine.artifacts import Avoid, Component, Conclude, Evidence, Level, Recommend, Request, Rule
from engine.base import KnowledgeBase
from engine.conditions import Condition, leaves
from engine.dictionary import LANGUAGES
from engine.errors import Problem
from engine.instruments import Instrument
from engine.pathway import Pathway
from knowledge.cases import check_cases
from knowledge.codes import check_codes
from knowledge.coverage import check_coverage
from knowledge.language import check_language
from knowledge.overlap import alike, possible
from knowledge.pathway_check import check_pathways
from knowledge.reading import MAX_GRADE, MIN_EASE, measure, plain
from knowledge.soundness import consistent, sound

WARN_BEFORE = timedelta(days=60)
REVIEW_WITHIN = timedelta(days=366)  # brief, section 10: at the latest after twelve months
LAW_WITHIN = timedelta(days=184)  # and law after six


def check(base: KnowledgeBase, folder: Path, today: date) -> tuple[Problem, ...]:
    """Every problem of a knowledge base that loads. Empty when it may be relied on."""
    return tuple(sorted(_problems(base, folder, today)))


def due(base: KnowledgeBase, today: date) -> tuple[str, ...]:
    """Artifacts whose review comes due soon: a warning, not yet a failure."""
    return tuple(sorted(name for name, review_by, _ in _dated(base) if today <= review_by < today + WARN_BEFORE))


def _problems(base: KnowledgeBase, folder: Path, today: date) -> Iterator[Problem]:
    for rule in base.rules.values():
        yield from _references(rule, base)
        yield from sound(rule, base)
        yield from possible(rule, base.dictionary)
    holders: list[Rule | Component | Pathway] = [*base.rules.values(), *base.components.values(), *base.pathways.values()]
    for holder in holders:
        yield from _evidence(holder.id, holder.evidence, base)
    yield from _reviewed(base, today)
    for instrument in base.instruments.values():
        yield from _instrument(instrument, base)
    yield from _loinc(base)
    yield from check_codes(base, folder)
    yield from _dictionary(base)
    yield from _ladder(base)
    for pathway in base.pathways.values():
        yield from _guards(pathway, base)
    yield from check_pathways(base, folder)
    for component in base.components.values():
        yield from _component(component, base)
    yield from _delivery(base)
    yield from _minors(base)
    yield from consistent(base)
    yield from alike(base)
    yield from check_coverage(base, folder)
    yield from check_language(base, folder)
    if not base.defaults:  # cases are written for the values of the release
        yield from check_cases(base, folder)


def _dated(base: KnowledgeBase) -> Iterator[tuple[str, date, timedelta]]:
    """What is to be reviewed, by when, and how far ahead that may be set."""
    dated: list[Rule | Pathway] = [*base.rules.values(), *base.pathways.values()]
    yield from ((item.id, item.review_by, REVIEW_WITHIN) for item in dated)
    yield from ((f"minors {name}", law.review_by, LAW_WITHIN) for name, law in base.minors.items())


def _reviewed(base: KnowledgeBase, today: date) -> Iterator[Problem]:
    """Everything has been reviewed, and will be again within a year; law within half of one."""
    for name, review_by, within in _dated(base):
        if review_by < today:
            yield Problem(name, "review-overdue", f"Review was due on {review_by}.", "Review it and set a new date.")
        elif review_by > today + within:
            do = f"Set a date within {'twelve' if within is REVIEW_WITHIN else 'six'} months."
            yield Problem(name, "review-too-late", f"Review is set for {review_by}.", do)


def _minors(base: KnowledgeBase) -> Iterator[Problem]:
    """Each law of minors says where it is from, and each state has one."""
    named = [*(name for name in base.minors if name.startswith("US-")), *(state for law in base.minors.values() for state in law.states)]
    for name, law in base.minors.items():
        yield from _known("source", law.sources, base.sources, f"minors {name}")
    for state in sorted(set(named)):
        if named.count(state) > 1:
            yield Problem(f"minors {state}", "state-twice", "Two rows are for this state.", "Leave it in one.")


def _guards(pathway: Pathway, base: KnowledgeBase) -> Iterator[Problem]:
    for guard in (pathway.enter, *(step.when for step in pathway.transitions)):
        yield from _made(guard, pathway.id, base)


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


def _ladder(base: KnowledgeBase) -> Iterator[Problem]:
    """Every step of the ladder is there and no other, and there is help for wherever the person is."""
    for level in sorted({*base.ladder} ^ {*get_args(Level)}):
        yield Problem(str(level), "ladder-steps", "The ladder has the steps E0 to E6.", "Add or remove the step.")
    if "any" not in base.help:
        yield Problem("any", "help-missing", "There is no help for an unknown country.", "Add help lines under `any`.")


def _component(component: Component, base: KnowledgeBase) -> Iterator[Problem]:
    yield from _known("component", component.includes, base.components, component.id)
    for name in component.includes:
        if name in base.components and component.id in base.components[name].includes:
            yield Problem(component.id, "includes-circle", f"It and {name} include one another.", "Decide which is part of which.")
    if component.medication and f"medication.{component.medication}" not in base.dictionary.entries:
        yield Problem(
            component.id, "medication-unknown", f"There is no medication class {component.medication}.", "Correct the name, or add it."
        )
    delivery, needs, reach = base.delivery, component.needs, component.reach
    named = {
        "competency": (needs.competencies, delivery.competencies),
        "supervision": ((needs.supervision,), delivery.supervision),
        "cost": ((reach.cost,), delivery.cost),
        "languages": ((reach.languages,), delivery.languages),
        "low_bandwidth": ((reach.low_bandwidth,), delivery.low_bandwidth),
        "resource": (reach.resources, delivery.resources),
    }
    for kind, (names, known) in named.items():
        yield from _known(kind, tuple(name for name in names if name), known, component.id)
    for language in LANGUAGES:
        told = " ".join(text[language] for text in (component.asks, component.expect) if text)
        if told and not plain(told, language):
            measured = f"{measure(told, language):.1f}; the limits are {MAX_GRADE:g} (en, at most) and {MIN_EASE:g} (es, at least)"
            what = f"What the person reads ({language}) measures {measured}."
            yield Problem(component.id, "reading-hard", what, "Use shorter words and sentences.")
    if component.dose:
        yield from _known("source", tuple(source.split("#")[0] for source in component.dose.sources), base.sources, component.id)


def _delivery(base: KnowledgeBase) -> Iterator[Problem]:
    yield from _known("source", base.delivery.sources, base.sources, "delivery")
    for name, resource in base.delivery.resources.items():
        yield from _known("source", resource.sources, base.sources, name)
