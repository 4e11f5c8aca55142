"""Why, why not, what is missing, what was checked, and what would change it: from the decision and its release alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from typing import Literal

from engine.arbitration import set_aside
from engine.artifacts import Avoid, Component, Recommend, Rule
from engine.base import KnowledgeBase
from engine.conditions import leaves
from engine.decision import Decision, Reason
from engine.dictionary import Number
from engine.findings import Finding, Findings, exactly
from engine.judgements import Infer, Judgements, RuleSet, Truth, arrange, compare, of
from engine.positions import Position, locate
from engine.record import Record

Standing = Literal["recommended", "withheld", "not_recommended", "could_not_evaluate", "no_rule_speaks_for_it"]
MAX_CHANGES = 3
MAX_PLACED = 50  # the same, for placing the person anew on every pathway
MAX_TRIALS = 10_000  # a bound on the search; beyond it the answer is "not found", never a guess


@dataclass(frozen=True, slots=True)
class Check:
    """One contraindication that was looked at: clear, present, or unknown."""

    reason: Reason
    strictness: Literal["absolute", "relative"]
    result: Literal["clear", "present", "unknown"]


@dataclass(frozen=True, slots=True)
class Change:
    """A finding as it is known, and the encoded value it would have to take."""

    code: str
    before: Finding
    after: Number


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything a component has to say for itself.

    spoken_for: what every rule that could recommend it says, with its decisive leaves. missing: findings that would
    settle it. changes: the smallest sets of changes that would turn the recommendation round; empty if none was found.
    """

    component: Component
    standing: Standing
    spoken_for: tuple[Reason, ...]
    checks: tuple[Check, ...]
    missing: tuple[str, ...]
    changes: tuple[tuple[Change, ...], ...]


def explain(base: KnowledgeBase, decision: Decision, name: str, infer: Infer | None = None) -> Explanation:
    """Explain one component of the catalogue. With `infer`, also search for what would change it."""
    component = base.components[name]
    spoken = [_reason(decision.judgements, rule) for rule in base.recommending.get(name, ())]
    staged = [reason for item in decision.recommendations if item.component.id == name for reason in item.reasons if reason.stage]
    standing = standings(base, decision, [name])[name]
    checks = tuple(_checks(base, decision.judgements, name))
    absent = [leaf.finding for reason in spoken if reason.truth is None for leaf in reason.grounds]
    absent += [leaf.finding for check in checks if check.result == "unknown" for leaf in check.reason.grounds]
    changes = smallest_changes(base, decision, name, infer) if infer and name not in decision.held else ()
    return Explanation(component, standing, tuple(spoken + staged), checks, tuple(dict.fromkeys(absent)), changes)


def why_not(base: KnowledgeBase, decision: Decision) -> dict[str, Explanation]:
    """For every component of the catalogue that is not recommended: what each rule that could speak for it says.

    What was checked and what is missing is left to `explain`.
    """
    found: dict[str, Explanation] = {}
    for name, standing in standings(base, decision, sorted(base.components)).items():
        if standing != "recommended":
            spoken = tuple(_reason(decision.judgements, rule) for rule in base.recommending.get(name, ()))
            found[name] = Explanation(base.components[name], standing, spoken, (), (), ())
    return found


def standings(base: KnowledgeBase, decision: Decision, names: Iterable[str]) -> dict[str, Standing]:
    """Where components of the catalogue stand in a decision, in the order in which they are named."""
    recommended = {item.component.id for item in decision.recommendations}
    withheld = {item.component.id for item in decision.withheld}
    truths = decision.judgements.truths

    def standing(name: str) -> Standing:
        if name in recommended:
            return "recommended"
        if name in withheld:
            return "withheld"
        if name in decision.held:
            return "could_not_evaluate"
        speaking = base.speaking.get(name, ())
        if not speaking:
            return "no_rule_speaks_for_it"
        return "could_not_evaluate" if any(truths[rule] is None for rule in speaking) else "not_recommended"

    return {name: standing(name) for name in names}


def _reason(judgements: Judgements, rule: Rule) -> Reason:
    return Reason(rule, judgements.truths[rule.id], judgements.of(rule).leaves)


def _checks(base: KnowledgeBase, judgements: Judgements, name: str) -> Iterator[Check]:
    results: dict[Truth, Literal["clear", "present", "unknown"]] = {True: "present", False: "clear", None: "unknown"}
    for rule in base.avoiding.get(name, ()):
        for action in rule.then:
            if isinstance(action, Avoid) and action.avoid == name:
                yield Check(_reason(judgements, rule), action.strictness, results[judgements.truths[rule.id]])


def smallest_changes(base: KnowledgeBase, decision: Decision, name: str, infer: Infer) -> tuple[tuple[Change, ...], ...]:
    """Every smallest set of findings whose change would turn the recommendation of a component round.

    Searched over the premises of the rules that speak for or against it, or set such a rule aside, conclusions traced
    back to what they rest on. Where the rules alone do not settle it and the change may move the person along a pathway that
    offers the component, the person is placed anew.
    """
    findings = decision.judgements.findings
    observed = {code: finding for code, finding in findings.items() if code not in base.ruleset.conclusions}
    rules = _concerned(base, name)
    staged = _offered(decision.positions, name)
    wanted, barred = _said(base, decision.judgements.truths, rules, name)
    now = (wanted or staged) and not barred
    premises = _premises(base, {code for rule in rules for code in rule.reads})
    guarding = _premises(base, _guarding(base, name))
    arena = _arena(base, rules)
    candidates = {code: tuple(_other_values(base, arena.rules, code, of(findings, code))) for code in premises}
    trials = placed = 0
    for size in range(1, MAX_CHANGES + 1):
        found: list[tuple[Change, ...]] = []
        for codes in combinations(sorted(candidates), size):
            for values in product(*(candidates[code] for code in codes)):
                trials += 1
                if trials > MAX_TRIALS:
                    return tuple(_nearest(found))
                changed = observed | {code: exactly(code, value) for code, value in zip(codes, values, strict=True)}
                wanted, barred = _said(base, infer(arena, changed).truths, rules, name)
                offered = staged
                if not wanted and not barred and (now or staged) and not guarding.isdisjoint(codes):
                    placed += 1
                    if placed > MAX_PLACED:
                        return tuple(_nearest(found))
                    offered = _offered(_placed(base, decision, infer(base.ruleset, changed).findings), name)
                if ((wanted or offered) and not barred) is not now:
                    found.append(tuple(Change(code, of(findings, code), value) for code, value in zip(codes, values, strict=True)))
        if found:
            return tuple(_nearest(found))
    return ()


def _nearest(found: list[tuple[Change, ...]]) -> list[tuple[Change, ...]]:
    """For each set of findings, the values closest to what is known."""

    def distance(changes: tuple[Change, ...]) -> float:
        return sum(abs(change.after - (change.before.low if change.before.low is not None else change.after)) for change in changes)

    nearest: dict[tuple[str, ...], tuple[Change, ...]] = {}
    for changes in sorted(found, key=lambda item: (distance(item), [change.after for change in item])):
        nearest.setdefault(tuple(change.code for change in changes), changes)
    return sorted(nearest.values(), key=lambda item: (distance(item), [change.code for change in item]))


def _offered(positions: Iterable[Position], name: str) -> bool:
    """Whether a stage where the person stands offers the component."""
    return any(name in place.stage.recommend for position in positions for place in position.places)


def _placed(base: KnowledgeBase, decision: Decision, findings: Findings) -> tuple[Position, ...]:
    """Where the person would stand, had these findings been known when they were placed."""
    before = Record(positions=tuple(standing for position in decision.positions for standing in position.before))
    return locate(base.pathways, before, findings, decision.as_of)


def _guarding(base: KnowledgeBase, name: str) -> set[str]:
    """What the guards of the pathways that offer a component read."""
    offering = [item for item in base.pathways.values() if any(name in stage.recommend for stage in item.stages.values())]
    guards = [guard for item in offering for guard in (item.enter, *(step.when for step in item.transitions))]
    return {leaf.finding for guard in guards for leaf in leaves(guard)}


def _concerned(base: KnowledgeBase, name: str) -> tuple[Rule, ...]:
    """The rules that speak for or against a component, and those that set one of them aside."""
    about = {rule.id for rule in (*base.recommending.get(name, ()), *base.avoiding.get(name, ()))}
    return tuple(rule for rule in base.active if rule.id in about or not about.isdisjoint(rule.overrides))


def _arena(base: KnowledgeBase, rules: tuple[Rule, ...]) -> RuleSet:
    """These rules and every rule that concludes what they read: all that a change of findings has to pass through."""
    needed: dict[str, Rule] = {}
    pending = list(rules)
    while pending:
        rule = pending.pop()
        if rule.id not in needed:
            needed[rule.id] = rule
            pending += [maker for code in rule.reads for maker, _ in base.ruleset.conclusions.get(code, ())]
    return arrange(tuple(needed[name] for name in sorted(needed)), base.dictionary)


def _said(base: KnowledgeBase, truths: Mapping[str, Truth], rules: tuple[Rule, ...], name: str) -> tuple[bool, bool]:
    """Whether the rules recommend the component under these truths, and whether they forbid it, as arbitration has it."""
    overridden = set_aside(base, truths)

    def acts(rule: Rule) -> bool:
        return rule.id not in overridden and (truths[rule.id] is True or (truths[rule.id] is None and rule.on_unknown == "escalate"))

    acting = [action for rule in rules if acts(rule) for action in rule.then]
    wanted = any(isinstance(action, Recommend) and action.recommend == name for action in acting)
    return wanted, any(isinstance(a, Avoid) and a.avoid == name and a.strictness == "absolute" for a in acting)


def _premises(base: KnowledgeBase, codes: Iterable[str]) -> frozenset[str]:
    """What these findings rest on, conclusions traced back to what was observed."""
    found: set[str] = set()
    pending = list(codes)
    while pending:
        code = pending.pop()
        if code not in found:
            found.add(code)
            pending += base.ruleset.basis.get(code, ())
    return frozenset(found - set(base.ruleset.conclusions))


def _other_values(base: KnowledgeBase, rules: tuple[Rule, ...], code: str, known: Finding) -> Iterator[Number]:
    """One value from each region between the thresholds that any rule draws, other than the region it lies in now."""
    entry = base.dictionary.entries[code]
    low, high = entry.bounds
    drawn = [leaf for rule in rules if code in rule.reads for leaf in leaves(rule.when) if leaf.finding == code]
    step = 1 if entry.discrete else 0.1
    cuts = sorted({bound for leaf in drawn for bound in leaf.bounds})
    between = [] if entry.discrete else [(one + other) / 2 for one, other in pairwise(cuts)]
    beside = [value for cut in cuts for value in (round(cut - step, 9), cut, round(cut + step, 9)) if low <= value <= high]
    values = {low, high, *beside, *between}
    regions: dict[tuple[Truth, ...], Number] = {}
    here = tuple(compare(leaf, known) for leaf in drawn)
    nearest = known.low if known.low is not None else low
    for value in sorted(values, key=lambda value: (abs(value - nearest), value)):
        regions.setdefault(tuple(compare(leaf, exactly(code, value)) for leaf in drawn), value)
    yield from sorted(value for region, value in regions.items() if region != here)
