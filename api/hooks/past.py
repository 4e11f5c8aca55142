"""What is said first behind a card: that it is a decision of the past, what it was made for, and what was sent for it.

What stood on the card and is kept nowhere, the references to resources, is said to be there and not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from api.hooks.phrases import say
from api.hooks.services import service_of
from api.hooks.shown import Shown
from api.words import say as page_words
from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Language
from engine.named import title_of
from engine.timing import instant
from engine.wording import date_words

STATES = ("given", "recent", "empty", "missing", "failed", "incomplete")


def past_lines(base: KnowledgeBase, decision: Decision, cards: Sequence[Shown], card: str | None, language: Language) -> Iterator[str]:
    """card: the one that led here; others stand for the decision alone."""
    release = f"{decision.release.id} ({decision.release.digest})"
    yield say("past_made", language, time=_time(decision.as_of, language), release=release)
    for item in cards[:1]:
        service = service_of(item.service)
        title = service.title[language] if service else item.service
        yield say("past_for", language, title=title, hook=item.hook, service=item.service, time=_time(item.at, language), count=len(cards))
    for item in cards:
        if item.id == card and (about := _about(base, decision, item.place, language)):
            yield say("past_card", language, about=about, indicator=say(item.indicator, language))
    yield from _sent(cards[0], language) if cards else ()


def past_document(base: KnowledgeBase, decision: Decision, cards: Sequence[Shown], card: str | None, language: Language) -> dict[str, Any]:
    """The same for programs, as `Past` of the schema has it."""
    led = next((item for item in cards if item.id == card), None)
    about = _about(base, decision, led.place, language) if led else None
    found: dict[str, Any] = {"cards": len(cards), "card": {"id": led.id, "indicator": led.indicator, "about": about} if led else None}
    if not cards:
        return found
    first = cards[0]
    answered = {"service": first.service, "hook": first.hook, "answered_at": instant(first.at)}
    return found | answered | {"prefetch": dict(first.states), "unread": dict(first.unread)}


def _sent(card: Shown, language: Language) -> Iterator[str]:
    """How the data came: kept for each decision without a word of what it was."""
    for state in STATES:
        if keys := [key for key, came in card.states.items() if came == state]:
            yield f"{say(f'past_{state}', language)}: {', '.join(keys)}"
    if card.unread:
        yield f"{say('past_unread', language)}: {', '.join(f'{reason} ({count})' for reason, count in card.unread.items())}"
    yield say("past_references", language)


def _about(base: KnowledgeBase, decision: Decision, place: str, language: Language) -> str | None:
    kind, _, ref = place.partition("-")
    if kind == "escalation" and ref in base.ladder:
        return base.ladder[ref].title[language]
    for item in (*decision.withheld, *decision.cautions):
        if kind in ("withheld", "caution") and item.component.id == ref:
            return title_of(base, decision, item.component, "proposed" if "proposed" in item.sought else "active", language)
    return page_words(kind, language) if kind in ("plan", "follow_up", "find_out") else None


def _time(moment: datetime, language: Language) -> str:
    return f"{date_words(moment, language)}, {moment:%H:%M} {moment.tzname() or ''}".strip()
