"""What could not be judged, and why: said as plainly as what could."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from api.hooks.card import Card
from api.hooks.detail import section
from api.hooks.markdown import text
from api.hooks.matter import Matter
from api.hooks.phrases import say
from engine.artifacts import Component, Rule
from engine.decision import DataRequest, Reason
from engine.wording import question

_MOST_QUESTIONS = 5
_MOST_ORDERS = 3
_FIRST = ("S0", "S1", "S2")


def unknown_card(matter: Matter, *, ordering: bool) -> Iterator[Card]:
    """At most one card about the data, and one for each ordered medicine with contraindications that nobody could rule out."""
    if ordering:
        yield from list(_unchecked(matter))[:_MOST_ORDERS]
    gaps = tuple(_gaps(matter))
    asked = () if ordering else _questions(matter)
    if not gaps and not asked:
        return
    language = matter.language
    precautions = [] if ordering else [item for item in matter.decision.escalations if all(one.truth is None for one in item.reasons)]
    lead = (
        [section(matter, "do", [f"{text(item.title[language])}: {text(item.do[language])}" for item in precautions])] if precautions else []
    )
    if asked:
        lead.append(section(matter, "ask_first", [text(question(matter.base, item.subject, item.kind, language)) for item in asked]))
    yield Card(
        topic="not-judged",
        indicator="info",
        summary=_summary(matter, gaps, asked),
        reasons=_reasons(matter, asked),
        lead=tuple(lead),
        unknown=gaps,
    )


def _summary(matter: Matter, gaps: Sequence[str], asked: Sequence[DataRequest]) -> str:
    language = matter.language
    if gaps:
        lacking = matter.gathered.lacking(tuple(matter.gathered.states))
        return say("not_judged", language, what=", ".join(lacking) or gaps[0])
    names = [question(matter.base, item.subject, item.kind, language) for item in asked]
    return say("find_out", language, what=" ".join(names))


def _gaps(matter: Matter) -> Iterator[str]:
    """Data that was not sent, or not whole, or not understood."""
    language = matter.language
    for key, state in matter.gathered.states.items():
        if state not in ("given", "empty"):
            yield text(say(state, language, key=key))
    for name in matter.gathered.lost:
        yield text(say("lost", language, what=name))
    for reference, what in matter.unread:
        yield text(say("unread", language, reference=reference, what=what))


def _questions(matter: Matter) -> tuple[DataRequest, ...]:
    """What to find out first: what a rule asks for, and the questionnaires and lists that safety waits for."""
    found = [item for item in matter.decision.requests if item.required or (item.stratum in _FIRST and item.kind != "finding")]
    return tuple(found[:_MOST_QUESTIONS])


def _reasons(matter: Matter, asked: Sequence[DataRequest]) -> tuple[Reason, ...]:
    """The rules that wait: the first of each question."""
    judgements = matter.decision.judgements
    waiting = {item.settles[0].id: item.settles[0] for item in asked if item.settles and isinstance(item.settles[0], Rule)}
    return tuple(
        Reason(rule, judgements.truths[rule.id], judgements.of(rule).leaves) for rule in waiting.values() if isinstance(rule, Rule)
    )


def _unchecked(matter: Matter) -> Iterator[Card]:
    """Ordered medicines about which nothing is known to speak against, but could."""
    judgements, language = matter.decision.judgements, matter.language
    spoken = {item.component.id for item in (*matter.decision.withheld, *matter.decision.cautions) if "proposed" in item.sought}
    for component in _proposed(matter):
        rules = [
            rule
            for rule in matter.base.avoiding.get(component.id, ())
            if rule.forbids(component.id) and judgements.truths[rule.id] is None and rule.on_unknown != "silent"
        ]
        if component.id in spoken or not rules:
            continue
        yield Card(
            topic=f"unchecked:{component.id}",
            indicator="info",
            summary=say("ordered_unknown", language, what=component.title[language], count=len(rules)),
            reasons=tuple(Reason(rule, None, judgements.of(rule).leaves) for rule in rules),
        )


def _proposed(matter: Matter) -> Iterator[Component]:
    for component in matter.base.components.values():
        if component.medication and matter.finding(f"medication.{component.medication}.proposed").low == 1:
            yield component
