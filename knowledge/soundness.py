"""Whether rules make sense: no dead condition, no risk that lowers a response, no contradiction, no circle."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from engine.artifacts import Avoid, Escalate, FollowUp, Recommend, Rule
from engine.base import KnowledgeBase
from engine.conditions import OPPOSITE, Compare, Condition, Not, leaves
from engine.dictionary import Entry
from engine.errors import Problem, Refused
from engine.judgements import arrange
from engine.vocabulary import WISHES


def sound(rule: Rule, base: KnowledgeBase) -> Iterator[Problem]:
    """What is wrong with the logic of one rule."""
    yield from _alive(rule, base)
    yield from _monotone(rule, base)
    yield from _strata(rule, base)
    yield from _wishes(rule)
    yield from _overrides(rule, base)


def consistent(base: KnowledgeBase) -> Iterator[Problem]:
    """What is wrong between rules."""
    yield from _contradictions(base)
    yield from _aside(base)
    try:
        arrange(base.active, base.dictionary)
    except Refused as refused:
        yield from refused.problems


def _overrides(rule: Rule, base: KnowledgeBase) -> Iterator[Problem]:
    """A rule never sets aside one of a more urgent stratum, nor any that escalates."""
    for name in rule.overrides:
        other = base.rules.get(name)
        if other is not None and (other.stratum < rule.stratum or any(isinstance(action, Escalate | FollowUp) for action in other.then)):
            yield Problem(
                rule.id, "override-of-safety", f"It sets aside {name}, which is more urgent, escalates or sets follow-up.", "Remove it."
            )


def _aside(base: KnowledgeBase) -> Iterator[Problem]:
    """Rules that set one another aside in a circle would all fall silent."""
    try:
        TopologicalSorter({rule.id: rule.overrides for rule in base.rules.values()}).prepare()
    except CycleError as cycle:
        yield Problem(" -> ".join(cycle.args[1]), "overrides-in-a-circle", "Rules set one another aside.", "Break the circle.")


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
    entries = base.dictionary.entries
    raises = [code for code, _ in rule.concludes if code in entries and entries[code].worse == "higher"]
    if not protective and not raises:
        return
    for leaf, negated in _polarity(rule.when):
        entry = entries[leaf.finding]
        if entry.concluded and entry.worse is None:
            yield Problem(
                rule.id, "conclusion-without-direction", f"It rests on {entry.code}, which may fall with more risk.", "Declare `worse`."
            )
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


def _wishes(rule: Rule) -> Iterator[Problem]:
    """INVARIANT 7: what somebody wants never decides over danger, suicide or withdrawal, so these rules do not read it."""
    for wish in WISHES if rule.stratum <= "S2" else ():
        if f"preference.{wish}" in rule.reads:
            yield Problem(rule.id, "wish-in-safety", f"A rule of {rule.stratum} rests on a wish of the person.", "Leave the wish out.")


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
