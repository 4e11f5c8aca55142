"""Which cards an answer has: few. Critical for imminent risk, warnings for what is contraindicated, information for the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from api.deceased import DECEASED, SAID
from api.hooks import actions
from api.hooks.against import not_ruled_out
from api.hooks.card import Card, distinct
from api.hooks.demanded import PROPOSED, demanded
from api.hooks.detail import section
from api.hooks.markdown import text
from api.hooks.matter import Matter, in_scope, leaves_of
from api.hooks.phrases import say
from api.hooks.unknown import unknown_card
from api.record_schema import moment
from engine.artifacts import Component
from engine.decision import Blocked, Escalation, Reason, Recommendation, Withheld
from engine.named import fitting, title_of
from engine.terms import word
from engine.vocabulary import WITHHELD
from engine.wording import date_words, duration_words

_IMMINENT = ("E6", "E5")
_WARNING = ("E4", "E3")
_MOST_BLOCKED = 3
_MOST_PLANNED = 5


def cards_of(matter: Matter) -> Iterator[Card]:
    """The cards of one answer, most urgent first."""
    if matter.service.shows == "orders":
        spoken = [*_escalations(matter, [item for item in matter.decision.escalations if _of_order(item)]), *_orders(matter)]
        yield from spoken
        yield from demanded(matter, {rule for card in spoken for rule in card.rules})
        yield from unknown_card(matter, ordering=True)
        return
    if matter.died:
        yield Card(topic=DECEASED, indicator="info", summary=SAID[matter.language], reasons=())
        return
    yield from _escalations(matter, matter.decision.escalations)
    if matter.service.shows == "follow_up":
        yield from _appointment(matter)
        return
    yield from _taken(matter)
    yield from _plan(matter)
    yield from unknown_card(matter, ordering=False)


def _of_order(item: Escalation) -> bool:
    """Whether it is imminent, about a medicine that is about to be ordered, or says that safety rests on what is not shown.

    That an order is not understood is said as such, and raises no alarm about each medicine that it could be.
    """
    known = leaves_of([reason for reason in item.reasons if reason.truth is True])
    withheld = any(leaf.finding == WITHHELD for leaf in leaves_of(item.reasons))
    return item.level in _IMMINENT or withheld or any(leaf.finding.endswith(PROPOSED) for leaf in known)


def _escalations(matter: Matter, found: Sequence[Escalation]) -> Iterator[Card]:
    """One card for what is imminent and one for what cannot wait long; the gentler steps are part of the plan."""
    for topic, levels in (("imminent", _IMMINENT), ("urgent", _WARNING)):
        steps = [item for item in found if item.level in levels and not _unfounded(matter, item)]
        if steps:
            yield _escalation(matter, topic, steps)


def _unfounded(matter: Matter, item: Escalation) -> bool:
    """A precaution while nothing at all speaks for a risk: it is said among what is not known, and alarms nobody."""
    return all(reason.truth is None for reason in item.reasons) and not in_scope(matter.decision)


def _escalation(matter: Matter, topic: str, steps: Sequence[Escalation]) -> Card:
    language = matter.language
    known = any(reason.truth is True for item in steps for reason in item.reasons) or any(item.unconfirmed for item in steps)
    lead = []
    for item in steps:
        note = f" {text(say('unconfirmed', language))}" if item.unconfirmed else ""
        lead.append(f"{text(item.title[language])}. {text(item.do[language])}{note}")
    helps = [
        f"{text(item.name[language])}: {text(item.contact[language])} ({text(item.available[language])})" for item in matter.decision.help
    ]
    return Card(
        topic=topic,
        indicator="critical" if topic == "imminent" and known else "warning",
        summary=steps[0].title[language],
        reasons=distinct([reason for item in steps for reason in item.reasons]),
        lead=(section(matter, "do", lead), *((section(matter, "help", helps),) if helps and topic == "imminent" else ())),
        suggestions=tuple(actions.tell(matter, item) for item in steps[:1]),
        place=f"escalation-{steps[0].level}",
    )


def _orders(matter: Matter) -> Iterator[Card]:
    """One card for each ordered medicine that something speaks against."""
    for item in (*matter.decision.withheld, *matter.decision.cautions):
        if "proposed" in item.sought:
            yield _ordered(matter, item)


def _ordered(matter: Matter, item: Withheld) -> Card:
    language, component = matter.language, item.component
    barred = any(one.action.strictness == "absolute" for one in item.blocked)
    named = title_of(matter.base, matter.decision, component, "proposed", language)
    title = say("ordered_withheld" if barred else "ordered_caution", language, what=named)
    orders = matter.orders(component.medication) if component.medication else ()
    offers = [actions.remove(matter, order, named, recommended=barred and number == 0) for number, order in enumerate(orders) if order.kept]
    others = [matter.base.components[name] for name in fitting(matter.base, matter.decision, item)]
    offers += [actions.ask_prescriber(matter, other, "consider") for other in others[:2] if other.kind == "medication"]
    return Card(
        topic=f"order:{component.id}",
        indicator="warning",
        summary=_with_reason(title, item.blocked, matter),
        reasons=distinct([one.reason for one in item.blocked]),
        lead=tuple(_instructions(matter, item.blocked)),
        counter=distinct(item.wanted),
        alternatives=_alternatives(matter, others, item),
        unknown=tuple(not_ruled_out(matter, component)),
        suggestions=tuple(offers),
        behaviour="at-most-one",
        place=f"{'withheld' if item in matter.decision.withheld else 'caution'}-{component.id}",
    )


def _taken(matter: Matter) -> Iterator[Card]:
    """What the person takes, or somebody proposes, although it is absolutely contraindicated."""
    language = matter.language
    found = [item for item in matter.decision.withheld if {"proposed", "active"} & set(item.sought)]
    for item in found[:_MOST_BLOCKED]:
        others = [matter.base.components[name] for name in fitting(matter.base, matter.decision, item)]
        taken = "active" in item.sought
        named = title_of(matter.base, matter.decision, item.component, "active" if taken else "proposed", language)
        key = "taken_withheld" if taken else "ordered_withheld"
        yield Card(
            topic=f"taken:{item.component.id}",
            indicator="warning",
            summary=_with_reason(say(key, language, what=named), item.blocked, matter),
            reasons=distinct([one.reason for one in item.blocked]),
            lead=tuple(_instructions(matter, item.blocked)),
            counter=distinct(item.wanted),
            alternatives=_alternatives(matter, others, item),
            suggestions=tuple(actions.ask_prescriber(matter, other, "consider") for other in others[:2] if other.kind == "medication"),
            behaviour="at-most-one",
            place=f"withheld-{item.component.id}",
        )


def _with_reason(title: str, blocked: Sequence[Blocked], matter: Matter) -> str:
    """The gravest reason beside the title: absolute before relative, known before what is only not ruled out, which is said so."""
    first = min(blocked, key=lambda one: (one.action.strictness != "absolute", one.reason.truth is None))
    phrase = "because_of" if first.reason.truth is True else "because_unknown"
    return say(phrase, matter.language, what=title, why=first.reason.by.title[matter.language])


def _instructions(matter: Matter, blocked: Sequence[Blocked]) -> Iterator[str]:
    lines = [text(one.action.do[matter.language]) for one in blocked if one.action.do]
    if lines:
        yield section(matter, "do", dict.fromkeys(lines))


def _alternatives(matter: Matter, others: Sequence[Component], item: Withheld) -> tuple[str, ...]:
    named = dict.fromkeys(text(other.title[matter.language]) for other in others)
    return tuple(named) or (text(say("use_unknown" if item.alternatives else "no_alternative", matter.language)),)


def _plan(matter: Matter) -> Iterator[Card]:
    """The plan as one card: the first things that something known speaks for, and the next contact."""
    language, decision = matter.language, matter.decision
    if not in_scope(matter.decision):
        return
    wanted = [item for item in decision.recommendations if item.within is None and not item.declined]
    planned, rest = wanted[:_MOST_PLANNED], wanted[_MOST_PLANNED:]
    if not planned and decision.follow_up is None:
        return
    offers = [actions.propose(matter, item) for item in planned]
    offers += [actions.follow_up(matter, decision.follow_up)] if decision.follow_up else []
    reasons = [reason for item in planned for reason in item.reasons[:2]]
    if not reasons and decision.follow_up:
        reasons = [demand.reason for demand in decision.follow_up.demands[:1]]
    gentler = [item for item in decision.escalations if item.level not in (*_IMMINENT, *_WARNING)]
    lead = [_planned(matter, item) for item in planned]
    lead += [f"{text(item.title[language])}: {text(item.do[language])}" for item in gentler]
    if rest:  # nothing that is recommended goes unsaid
        lead.append(text(say("also", language, what=", ".join(item.component.title[language] for item in rest))))
    named = ", ".join(item.component.title[language] for item in planned) or _contact(matter)
    yield Card(
        topic="plan",
        indicator="info",
        summary=say("plan", language, what=named),
        reasons=distinct(reasons),
        lead=(section(matter, "do", lead),) if lead else (),
        counter=distinct([one.reason for item in planned for one in item.cautions]),
        alternatives=_stand_ins(matter, planned),
        suggestions=tuple(offers),
        place="plan",
    )


def _contact(matter: Matter) -> str:
    plan, language = matter.decision.follow_up, matter.language
    if plan is None:
        return ""
    return say("contact_every", language, time=duration_words(plan.every, language), who=word(plan.with_, language))


def _planned(matter: Matter, item: Recommendation) -> str:
    language = matter.language
    cautions = "; ".join(text(one.reason.by.title[language]) for one in item.cautions[:2])
    beside = f" ({cautions})" if cautions else ""
    return f"{text(item.component.title[language])}, {text(word(item.urgency, language))}: {text(item.component.summary[language])}{beside}"


def _stand_ins(matter: Matter, planned: Sequence[Recommendation]) -> tuple[str, ...]:
    names = dict.fromkeys(name for item in planned for name in item.alternatives)
    return tuple(text(matter.base.components[name].title[matter.language]) for name in names)


def _appointment(matter: Matter) -> Iterator[Card]:
    """A card only where the first of the appointments is later than the next contact should be."""
    plan, language = matter.decision.follow_up, matter.language
    first = min(_starts(matter), default=None)
    if plan is None or first is None or first <= matter.as_of + plan.every:
        return
    demands: tuple[Reason, ...] = tuple(demand.reason for demand in plan.demands if demand.every == plan.every)
    yield Card(
        topic="follow-up",
        indicator="warning",
        summary=say("too_late", language),
        reasons=distinct(demands),
        lead=(text(say("booked", language, date=date_words(first, language))),),
        suggestions=(actions.follow_up(matter, plan),),
        place="follow_up",
    )


def _starts(matter: Matter) -> Iterator[datetime]:
    for item in matter.call.context.booked:
        found = moment(item["start"]) if isinstance(item.get("start"), str) else None
        if found is not None:
            yield found
