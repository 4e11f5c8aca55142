"""What could not be judged, and why: said as plainly as what could."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from adapters.fhir.reading import Unread
from adapters.fhir.reading.elements import codings
from api.hooks.against import ENTRIES, LISTED, against_uncarded, names, not_ruled_out, proposed, spoken_of, undecided
from api.hooks.call import opened
from api.hooks.card import Card
from api.hooks.detail import section
from api.hooks.gather import reference
from api.hooks.markdown import text
from api.hooks.matter import Matter, in_scope
from api.hooks.phrases import say
from api.hooks.reasons import why
from api.hooks.services import services
from engine.artifacts import Rule
from engine.decision import DataRequest, Reason
from engine.named import title_of
from engine.wording import question

_MOST_QUESTIONS = 5
_MOST_ORDERS = 3
_CODES = re.compile(r"\b\d{4,6}-\d\b")  # of LOINC, in a prefetch template
_FIRST = ("S0", "S1", "S2")
_VALUES = frozenset(
    {
        "value-missing", "value-unknown", "value-inexact", "value-not-whole", "out-of-range", "unit-missing", "unit-unknown",
        "answer-contradictory", "total-contradictory", "code-and-words-disagree", "versions-unclear", "subject-missing",
        "subject-unclear", "answer-unknown", "date-missing", "status-missing", "status-unknown", "modifier-unknown", "not-valid",
    }
)  # fmt: skip


def unknown_card(matter: Matter, *, ordering: bool) -> Iterator[Card]:
    """At most one card about the data, and one for each ordered medicine with contraindications that nobody could rule out."""
    if ordering:
        yield from list(_unchecked(matter))[:_MOST_ORDERS]
    gaps = (*_not_sent(matter), *_not_understood(matter, ordering=ordering))
    asked = () if ordering else _questions(matter)
    if not gaps and not asked:
        return
    language = matter.language
    quiet = not ordering and not in_scope(matter.decision)  # else they have a card of their own
    precautions = [item for item in matter.decision.escalations if quiet and all(one.truth is None for one in item.reasons)]
    lead = (
        [section(matter, "do", [f"{text(item.title[language])}: {text(item.do[language])}" for item in precautions])] if precautions else []
    )
    if asked:
        lead.append(section(matter, "ask_first", [text(question(matter.base, item.subject, item.kind, language)) for item in asked]))
    yield Card(
        topic="not-judged",
        place="find_out",
        indicator="info",
        summary=_summary(matter, asked, ordering=ordering),
        reasons=_reasons(matter, asked),
        lead=tuple(lead),
        unknown=gaps,
        asked=tuple(asked),
    )


def _summary(matter: Matter, asked: Sequence[DataRequest], *, ordering: bool) -> str:
    language = matter.language
    gaps = [*matter.gathered.gaps, *matter.gathered.lost]
    if unread := {item.reference for item in _telling(matter, ordering=ordering)}:
        gaps.append(say("not_understood", language, count=len(unread)))
    if gaps:
        return say("not_judged", language, what=", ".join(gaps))
    return say("find_out", language, what=" ".join(question(matter.base, item.subject, item.kind, language) for item in asked))


def _not_sent(matter: Matter) -> Iterator[str]:
    """Data that was not sent, or not whole: one line for each way in which it is not there."""
    language, gaps = matter.language, matter.gathered.gaps
    for state in dict.fromkeys(gaps.values()):
        yield text(say(state, language, key=", ".join(key for key, found in gaps.items() if found == state)))
    for name in matter.gathered.lost:
        yield text(say("lost", language, what=name))


def _not_understood(matter: Matter, *, ordering: bool) -> Iterator[str]:
    """What was sent and not understood, so far as it can matter here; one line for each way of not being understood."""
    found: dict[str, list[str]] = {}
    for item in _telling(matter, ordering=ordering):
        found.setdefault(why(item, matter.language), []).append(item.reference)
    for what, references in found.items():
        yield f"{text(what)} {names(matter, references)}".rstrip()


def _telling(matter: Matter, *, ordering: bool) -> Iterator[Unread]:
    """An entry of a list that nobody understands may be anything; a value that cannot be read may be any value.

    For an order the diagnoses are told that could speak against it; where it has a card of its own, they are told there.
    """
    asked, told = _asked_for(matter), against_uncarded(matter) if ordering else frozenset()
    for item in matter.unread:
        kind = item.reference.partition("/")[0]
        listed = item.reason in ENTRIES and (kind != "Condition" or not ordering or item in told) and kind.startswith(LISTED)
        unread = item.reason in _VALUES or (item.reason == "code-unknown" and item.reference in asked)
        if listed or (not ordering and unread):
            yield item


def _asked_for(matter: Matter) -> frozenset[str]:
    """The results that we asked for by their codes: one of these that is not understood is never one that does not matter."""
    wanted = {code for template in services().keys.values() for code in _CODES.findall(template)}
    named = (item for one in matter.gathered.resources for item in opened(one) if item.get("resourceType") == "Observation")
    return frozenset(name for item in named if wanted & {one.code for one in codings(item.get("code"))} and (name := reference(item)))


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
    for component in proposed(matter):
        rules = undecided(matter, component)
        if component.id in spoken_of(matter) or not rules:
            continue
        named = title_of(matter.base, matter.decision, component, "proposed", language)
        yield Card(
            topic=f"unchecked:{component.id}",
            place="find_out",
            indicator="info",
            summary=say("ordered_unknown", language, what=named, count=len(rules)),
            reasons=tuple(Reason(rule, None, judgements.of(rule).leaves) for rule in rules),
            unknown=tuple(not_ruled_out(matter, component)),
        )
