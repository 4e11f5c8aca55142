"""The checks a knowledge base must pass before anyone may rely on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from engine.artifacts import Avoid, Component, Conclude, Escalate, Evidence, FollowUp, Instrument, Pathway, Recommend, Request, Rule
from engine.base import KnowledgeBase
from engine.conditions import OPPOSITE, Compare, Condition, Not, leaves
from engine.dictionary import Entry
from engine.errors import Problem, Refused
from engine.judgements import arrange
from knowledge.cases import check_cases

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
        yield from _alive(rule, base)
        yield from _monotone(rule, base)
        yield from _strata(rule, base)
    holders: list[Rule | Component | Pathway] = [*base.rules.values(), *base.components.values(), *base.pathways.values()]
    for holder in holders:
        yield from _evidence(holder.id, holder.evidence, base)
    dated: list[Rule | Pathway] = [*base.rules.values(), *base.pathways.values()]
    for item in dated:
        if item.review_by < today:
            yield Problem(item.id, "review-overdue", f"Review was due on {item.review_by}.", "Review it and set a new date.")
    for instrument in base.instruments.values():
        yield from _instrument(instrument, base)
    for pathway in base.pathways.values():
        yield from _pathway(pathway, base)
    for component in base.components.values():
        yield from _component(component, base)
    yield from _contradictions(base)
    yield from check_cases(base, folder)
    try:
        arrange(base.active, base.dictionary)
    except Refused as refused:
        yield from refused.problems


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
    for leaf in leaves(rule.when):
        entry = base.dictionary.entries[leaf.finding]
        if entry.concluded and not any(code == leaf.finding for other in base.active for code, _ in other.concludes):
            yield Problem(rule.id, "conclusion-unmade", f"No rule concludes {leaf.finding}.", "Write the rule that concludes it.")


def _known(kind: str, names: tuple[str, ...], known: object, where: str) -> Iterator[Problem]:
    for name in names:
        if name not in known:  # type: ignore[operator]
            yield Problem(where, f"{kind}-unknown", f"There is no {kind} {name}.", "Correct the name, or add it.")


def _alive(rule: Rule, base: KnowledgeBase) -> Iterator[Problem]:
    """No leaf that every possible value, or none, satisfies."""
    for leaf in leaves(rule.when):
        low, high = base.dictionary.entries[leaf.finding].bounds
        bound = leaf.bounds[0]
        always = {">=": bound <= low, "<=": bound >= high, ">": bound < low, "<": bound > high}.get(leaf.operator, False)
        never = {">": bound >= high, "<": bound <= low}.get(leaf.operator, False)
        if always or never:
            yield Problem(
                rule.id, "condition-dead", f"`{leaf}` is {'always' if always else 'never'} true.", "Use a threshold inside the range."
            )


def _monotone(rule: Rule, base: KnowledgeBase) -> Iterator[Problem]:
    """INVARIANT 7 by construction: what escalates, follows up or raises a conclusion grows with every risk it reads."""
    protective = [action for action in rule.then if isinstance(action, Escalate | FollowUp)]
    raises = [code for code, _ in rule.concludes if base.dictionary.entries[code].worse == "higher"]
    if not protective and not raises:
        return
    for leaf, negated in _polarity(rule.when):
        entry = base.dictionary.entries[leaf.finding]
        if entry.worse and not _towards_risk(leaf, negated, entry):
            yield Problem(
                rule.id,
                "safety-not-monotone",
                f"`{leaf}` lets a worse {leaf.finding} lower the response.",
                "Use a one-sided threshold towards risk.",
            )


def _polarity(tree: Condition, negated: bool = False) -> Iterator[tuple[Compare, bool]]:
    if isinstance(tree, Compare):
        yield tree, negated
    for child in tree.children:
        yield from _polarity(child, negated != isinstance(tree, Not))


def _towards_risk(leaf: Compare, negated: bool, entry: Entry) -> bool:
    operator = leaf.operator
    low, high = entry.bounds
    worst = high if entry.worse == "higher" else low
    if operator in ("==", "!=", "in"):
        # Equality is one-sided only when it takes in everything from its mildest value to the worst.
        members = set(leaf.bounds)
        run = range(int(min(members)), int(worst) + 1) if entry.worse == "higher" else range(int(worst), int(max(members)) + 1)
        if operator == "!=":
            mildest = low if entry.worse == "higher" else high
            return not negated and members == {mildest}
        return not negated and entry.discrete and members == set(run)
    if negated:
        operator = OPPOSITE[operator]  # type: ignore[assignment]
    return operator in ((">", ">=") if entry.worse == "higher" else ("<", "<="))


def _strata(rule: Rule, base: KnowledgeBase) -> Iterator[Problem]:
    """A more urgent stratum never rests on the conclusion of a less urgent one."""
    for code in rule.reads:
        for maker in base.active:
            if maker.stratum > rule.stratum and any(code == made for made, _ in maker.concludes):
                yield Problem(
                    rule.id,
                    "stratum-order",
                    f"It reads {code}, which {maker.id} concludes in {maker.stratum}.",
                    "Conclude it in the same or a more urgent stratum.",
                )


def _evidence(where: str, evidence: Evidence, base: KnowledgeBase) -> Iterator[Problem]:
    yield from _known("strength", (evidence.strength,), base.strengths, where)
    yield from _known("source", tuple(source.split("#")[0] for source in evidence.sources), base.sources, where)


def _instrument(instrument: Instrument, base: KnowledgeBase) -> Iterator[Problem]:
    named = {*instrument.critical, *(name for skip in instrument.skips for name in (skip.item, *skip.items))}
    yield from _known("item", tuple(sorted(named)), instrument.by_item, instrument.id)
    yield from _known("source", instrument.sources, base.sources, instrument.id)
    edges = [band.from_ for band in instrument.bands]
    if edges != sorted(set(edges)):
        yield Problem(instrument.id, "bands-order", "Bands do not rise.", "Order them by their lowest score.")


def _pathway(pathway: Pathway, base: KnowledgeBase) -> Iterator[Problem]:
    for name, stage in pathway.stages.items():
        yield from _known("component", stage.recommend, base.components, f"{pathway.id}.{name}")
        if not stage.terminal and not any(step.from_ in (name, "any") for step in pathway.transitions):
            yield Problem(f"{pathway.id}.{name}", "stage-without-exit", "No transition leaves this stage.", "Add one, or make it terminal.")


def _component(component: Component, base: KnowledgeBase) -> Iterator[Problem]:
    if component.medication and f"medication.{component.medication}" not in base.dictionary.entries:
        yield Problem(
            component.id, "medication-unknown", f"There is no medication class {component.medication}.", "Correct the name, or add it."
        )


def _contradictions(base: KnowledgeBase) -> Iterator[Problem]:
    """A rule that recommends what a rule of the same stratum forbids must name which of them yields.

    Across strata the order of strata settles it (contraindication beats indication).
    """
    for one in base.active:
        for other in base.active:
            same = one.stratum == other.stratum and one.id not in other.overrides and other.id not in one.overrides
            if same and _recommended(one) & _forbidden(other):
                yield Problem(
                    one.id,
                    "contradiction",
                    f"It recommends what {other.id} of the same stratum forbids.",
                    "Name one in the other's `overrides`.",
                )


def _recommended(rule: Rule) -> set[str]:
    return {action.recommend for action in rule.then if isinstance(action, Recommend)}


def _forbidden(rule: Rule) -> set[str]:
    return {action.avoid for action in rule.then if isinstance(action, Avoid) and action.strictness == "absolute"}
