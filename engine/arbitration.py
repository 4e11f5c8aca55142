"""From judgements to one plan: contraindication beats indication, the safest of each kind wins, nothing is lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from engine.artifacts import URGENCIES, Avoid, Component, Escalate, FollowUp, Level, Recommend, Request, Rule, Urgency
from engine.base import KnowledgeBase
from engine.bundling import bundled
from engine.decision import Blocked, Escalation, FollowUpPlan, Heading, Interval, Reason, Recommendation, Withheld
from engine.dictionary import LANGUAGES, Text
from engine.findings import Findings
from engine.judgements import Judgements, Truth
from engine.positions import Place, Position
from engine.record import Preferences
from engine.vocabulary import MEDICATION_STATUS

CONSULT: Level = "E2"  # every option blocked: a specialist within 7 days (clinical brief V46)
SAFETY = ("S0", "S1", "S2")
TAKES = MEDICATION_STATUS.index("active")


@dataclass(slots=True)
class Proposals:
    """What rules and stages propose, before they meet. Built by `propose`, read by the functions below."""

    wanted: dict[str, list[tuple[Reason, Urgency]]] = field(default_factory=lambda: defaultdict(list))
    avoided: dict[str, list[Blocked]] = field(default_factory=lambda: defaultdict(list))
    intervals: list[Interval] = field(default_factory=list)
    escalations: list[tuple[Escalate, Reason, bool]] = field(default_factory=list)
    requested: list[tuple[str, Rule, bool]] = field(default_factory=list)
    overridden: list[tuple[str, str]] = field(default_factory=list)


def propose(base: KnowledgeBase, judgements: Judgements, positions: tuple[Position, ...], as_of: datetime) -> Proposals:
    """What every rule that holds (or must be acted on as a precaution), and every stage, proposes."""
    found = Proposals()
    truths = judgements.truths
    found.overridden = sorted(set_aside(base, truths).items())
    overridden = dict(found.overridden)
    acting = {name for name, truth in truths.items() if truth is True or (truth is None and name in base.precautions)}
    for name in sorted((acting.union(judgements.emergent) & base.proposing) - overridden.keys(), key=base.rank.__getitem__):
        rule, acts = base.rules[name], name in acting
        reason = Reason(rule, True if truths[name] is True else None, judgements.of(rule).leaves)
        for action in rule.then:
            if acts or isinstance(action, Escalate):  # of what the second engine alone holds, only the escalation is kept
                _propose(found, action, reason, unconfirmed=not acts)
    for position in positions:
        for place in position.places:
            _from_stage(found, position, place, as_of)
    return found


def set_aside(base: KnowledgeBase, truths: Mapping[str, Truth]) -> dict[str, str]:
    """Rules that a rule which holds sets aside by name, and which rule that is."""
    return {name: rule for rule, others in base.overriding if truths.get(rule) is True for name in others if truths.get(name) is not False}


def _propose(found: Proposals, action: object, reason: Reason, *, unconfirmed: bool) -> None:
    match action:
        case Recommend():
            found.wanted[action.recommend].append((reason, action.urgency))
        case Avoid():
            found.avoided[action.avoid].append(Blocked(action, reason))
        case FollowUp(follow_up=contact):
            found.intervals.append(Interval(contact.every, contact.with_, contact.modality, reason))
        case Escalate():
            found.escalations.append((action, reason, unconfirmed))
        case Request() if isinstance(reason.by, Rule):
            found.requested += [(code, reason.by, action.again) for code in action.request]
        case _:
            pass  # a conclusion: the judging of later rules has used it


def _from_stage(found: Proposals, position: Position, place: Place, as_of: datetime) -> None:
    stage = place.stage
    reason = Reason(position.pathway, True, position.entry.leaves, place.name)
    if stage.late is not None and place.overdue(as_of):
        found.escalations.append((stage.late, reason, False))
    for name in stage.recommend:
        found.wanted[name].append((reason, "routine"))
    if stage.follow_up:
        found.intervals.append(Interval(stage.follow_up.every, stage.follow_up.with_, stage.follow_up.modality, reason))


def recommendations(base: KnowledgeBase, found: Proposals, preferences: Preferences) -> tuple[Recommendation, ...]:
    """Components that something speaks for and nothing forbids, most urgent first."""
    chosen = [
        _recommendation(base, found, base.components[name], reasons, preferences)
        for name, reasons in found.wanted.items()
        if not _forbidding(found, name)
    ]
    return bundled(sorted(chosen, key=lambda item: _order(base, item)))


def _order(base: KnowledgeBase, item: Recommendation) -> tuple[bool, int, str, int, str]:
    stratum = min(reason.stratum for reason in item.reasons)
    return (item.heading != "now", -URGENCIES.index(item.urgency), stratum, base.strengths[item.strength].rank, item.component.id)


def _recommendation(
    base: KnowledgeBase, found: Proposals, component: Component, reasons: list[tuple[Reason, Urgency]], preferences: Preferences
) -> Recommendation:
    urgency = max((urgency for _, urgency in reasons), key=URGENCIES.index)
    strengths = [reason.by.evidence.strength for reason, _ in reasons]
    heading: Heading = (
        "now" if URGENCIES.index(urgency) >= URGENCIES.index("urgent") or any(r.stratum in SAFETY for r, _ in reasons) else "plan"
    )
    return Recommendation(
        component=component,
        heading=heading,
        urgency=urgency,
        strength=min(strengths, key=lambda name: (base.strengths[name].rank, name)),
        reasons=_merged(reason for reason, _ in reasons),
        cautions=tuple(found.avoided.get(component.id, ())),
        alternatives=_alternatives(base, found, component, ()),
        declined=component.id in preferences.declined,
    )


def _merged(reasons: Iterator[Reason]) -> tuple[Reason, ...]:
    """Each rule once, most urgent stratum first."""
    return tuple(sorted({reason.reference: reason for reason in reasons}.values(), key=lambda reason: (reason.stratum, reason.reference)))


def _forbidding(found: Proposals, name: str) -> list[Blocked]:
    return [item for item in found.avoided.get(name, ()) if item.action.strictness == "absolute"]


def _alternatives(base: KnowledgeBase, found: Proposals, component: Component, instead: tuple[str, ...]) -> tuple[str, ...]:
    """What could stand in: what the contraindications name, then the rest of the group, less what is itself forbidden."""
    if component.group is None and not instead:
        return ()
    peers = [item.id for item in base.groups.get(component.group or "", ()) if item.id != component.id]
    ordered = [*instead, *(name for name in peers if name in found.wanted), *peers]
    return tuple(name for name in dict.fromkeys(ordered) if name != component.id and not _forbidding(found, name))


def withheld(base: KnowledgeBase, found: Proposals, findings: Findings) -> tuple[Withheld, ...]:
    """Components that are wanted, proposed or taken, and forbidden."""
    return tuple(
        _against(base, found, name, findings)
        for name in sorted(found.avoided)
        if _sought(base, found, name, findings) and _forbidding(found, name)
    )


def cautions(base: KnowledgeBase, found: Proposals, findings: Findings) -> tuple[Withheld, ...]:
    """Components that are proposed or taken, that nothing forbids or recommends, and that call for care."""
    names = [name for name in sorted(found.avoided) if name not in found.wanted and not _forbidding(found, name)]
    return tuple(_against(base, found, name, findings) for name in names if _taken(base.components[name], findings))


def _sought(base: KnowledgeBase, found: Proposals, name: str, findings: Findings) -> bool:
    return name in found.wanted or bool(_taken(base.components[name], findings))


def _against(base: KnowledgeBase, found: Proposals, name: str, findings: Findings) -> Withheld:
    component = base.components[name]
    taken = _taken(component, findings)
    blocked = tuple(
        sorted(_forbidding(found, name) or found.avoided[name], key=lambda item: item.reason.precaution)
    )  # what is sure comes first
    instead = tuple(other for item in blocked for other in item.action.instead)
    wanted = _merged(reason for reason, _ in found.wanted.get(name, ()))
    return Withheld(
        component, ("recommended", *taken) if wanted else taken, wanted, blocked, _alternatives(base, found, component, instead)
    )


def _taken(component: Component, findings: Findings) -> tuple[Literal["proposed", "active"], ...]:
    if component.medication is None:
        return ()
    proposed = findings.get(f"medication.{component.medication}.proposed")
    active = findings.get(f"medication.{component.medication}")
    taken: list[Literal["proposed", "active"]] = []
    if proposed is not None and proposed.low == 1:
        taken.append("proposed")
    if active is not None and active.exact and active.low == TAKES:
        taken.append("active")
    return tuple(taken)


def escalations(base: KnowledgeBase, found: Proposals, held: tuple[Withheld, ...]) -> tuple[Escalation, ...]:
    """Every step of the ladder that is called for, highest first; the same step for several reasons is one."""
    merged: dict[tuple[str, str, str], Escalation] = {}
    for action, reason, unconfirmed in found.escalations:
        step = base.ladder[action.escalate]
        to = action.to or step.to
        key = (action.escalate, to, action.do["en"])
        earlier = merged.get(key)
        reasons = _merged(iter((*(earlier.reasons if earlier else ()), reason)))
        alone = unconfirmed and (earlier is None or earlier.unconfirmed)
        merged[key] = Escalation(action.escalate, step.within, to, step.title, action.do, reasons, alone)
    if exhausted := [item for item in held if not item.alternatives]:
        step = base.ladder[CONSULT]
        reasons = _merged(blocked.reason for item in exhausted for blocked in item.blocked)
        merged[CONSULT, "prescriber", ""] = Escalation(CONSULT, step.within, "prescriber", step.title, _exhausted(exhausted), reasons)
    return tuple(sorted(merged.values(), key=lambda item: (-int(item.level[1]), item.reasons[0].stratum, item.to, item.do["en"])))


def _exhausted(held: list[Withheld]) -> Text:
    names = {language: ", ".join(item.component.title[language] for item in held) for language in LANGUAGES}
    return {
        "en": f"Every option is contraindicated ({names['en']}), and nothing is left to offer instead. Ask a prescriber.",
        "es": f"Todas las opciones están contraindicadas ({names['es']}) y no queda ninguna alternativa. Consulte a un prescriptor.",
    }


def follow_up(found: Proposals, preferences: Preferences) -> FollowUpPlan | None:
    """The shortest interval wins; the person's wishes may shorten it and choose how, never lengthen it."""
    if not found.intervals:
        return None
    demands = tuple(sorted(found.intervals, key=lambda item: (item.every, item.reason.stratum, item.reason.reference)))
    first = demands[0]
    every, used = first.every, False
    if preferences.interval is not None and timedelta(0) < preferences.interval < every:
        every, used = preferences.interval, True
    # INVARIANT 7: a message that nobody may read in time never carries a contact that safety asks for.
    urgent = any(
        reason.stratum in SAFETY for reason in (*(reason for _, reason, _ in found.escalations), *(item.reason for item in demands))
    )
    fitting = (item.modality for item in demands if item.modality and not (urgent and item.modality == "message"))
    modality, wish = next(fitting, None), preferences.modality
    if wish is not None and wish != modality and not (wish == "message" and urgent) and first.modality != "in_person":
        modality, used = wish, True
    return FollowUpPlan(every, first.with_, modality, demands, used)
