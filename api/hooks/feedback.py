"""What clinicians did with cards: taken in once however often it is sent, and joined to the rules that were shown."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from adapters.journal import Draft, Journal, Request, SubjectGone
from adapters.store.feedback import FeedbackStore
from api.hooks.call import unusable
from api.hooks.card import OVERRIDES
from api.hooks.shown import Cards, Shown, reaching
from api.problems import Rejected
from api.record_schema import moment
from api.security.clock import micros
from api.security.principal import Principal
from api.strict_json import decode
from api.timeline import pack
from engine.errors import Problem

Document = dict[str, Any]
_NAMES = frozenset(
    {"feedback", "card", "outcome", "acceptedSuggestions", "id", "overrideReason", "reason", "code", "userComment", "outcomeTimestamp"}
)
_CODES = frozenset(item["code"] for item in OVERRIDES)
OTHER = "other"  # a reason that is not one of ours may say anything, also about a person
_MOST = 200
_MOST_PROBLEMS = 20
CardId = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def _when(value: object) -> object:
    found = moment(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("not a time")
    return found


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Accepted(_Sent):
    id: CardId


class Coded(_Sent):
    """Some clients leave out display and system."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Override(_Sent):
    reason: Coded | None = None
    userComment: Annotated[str, StringConstraints(max_length=5000)] | None = None  # noqa: N815


class Entry(_Sent):
    """What was done with one card."""

    card: CardId
    outcome: Literal["accepted", "overridden"]
    acceptedSuggestions: Annotated[tuple[Accepted, ...], Field(max_length=100)] = ()  # noqa: N815
    overrideReason: Override | None = None  # noqa: N815
    outcomeTimestamp: Annotated[datetime, BeforeValidator(_when)]  # noqa: N815


class _Body(_Sent):
    feedback: Annotated[tuple[Entry, ...], Field(min_length=1, max_length=_MOST)]


@dataclass(slots=True)
class Tally:
    """What came of one version of a rule. cards: on which it was shown. reasons: why it was overridden."""

    cards: int = 0
    accepted: int = 0
    overridden: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def answered(self) -> int:
        return self.accepted + self.overridden

    @property
    def acceptance(self) -> float | None:
        """Of the cards that were answered, how many were accepted; none when none was."""
        return round(self.accepted / self.answered, 3) if self.answered else None


class Feedback:
    """Takes feedback in."""

    def __init__(self, cards: Cards, journal: Journal) -> None:
        self.cards, self.journal = cards, journal

    def take(self, who: Principal, service: str, data: bytes, now: datetime) -> None:
        """All of it or nothing. Raises Refused, Rejected (400, 404), StoreFault."""
        entries = _read(data).feedback
        known = self.cards.found(who.tenant, [item.card for item in entries])
        for number, item in enumerate(entries):
            card = known.get(item.card)
            if card is None or (card.service, card.client) != (service, who.id):
                what = "No card of this service and this client has this id."
                raise Rejected(404, "not-found", [Problem(f"/feedback/{number}/card", "card-unknown", what, "Send the uuid of a card.")])
            _check(item, card, f"/feedback/{number}")
        self.cards.store.add_feedback([self._row(item, known[item.card], now) for item in entries])

    def _row(self, item: Entry, card: Shown, now: datetime) -> Document:
        said = item.model_dump_json().encode()
        key = hashlib.sha256(b"feedback\0" + said).digest()
        told = item.overrideReason
        code = told.reason.code if told and told.reason else None
        return {
            "key": key,
            "card": card.id,
            "outcome": item.outcome,
            "reason": code if code is None or code in _CODES else OTHER,
            "accepted": "\n".join(one.id for one in item.acceptedSuggestions if one.id in card.suggestions),
            "said_at": micros(item.outcomeTimestamp),
            "at": micros(now),
            "comment": self._comment(card, item, key),
        }

    def _comment(self, card: Shown, item: Entry, key: bytes) -> str | None:
        """What a clinician wrote, or a reason of their own, may be about the person: it is sealed with all else that is."""
        told = item.overrideReason
        own = told.reason.code if told and told.reason and told.reason.code not in _CODES else None
        if told is None or not (told.userComment or own):
            return None
        held = pack({"card": card.id, "comment": told.userComment, "reason": own})
        with reaching():
            entry = self.journal.entry(card.entry)
            if entry is None or entry.subject is None:
                return None
            try:
                return self.journal.append(Draft("feedback", {}, held, subject=entry.subject, request=Request(key, key))).id
            except SubjectGone:
                return None  # nothing more is kept of somebody who was forgotten


def by_rule(store: FeedbackStore, tenant: str) -> Mapping[str, Tally]:
    """What came of every rule that was shown, with its version. The last word on a card counts. Raises StoreFault."""
    found = {row.rule: Tally(row.cards) for row in store.shown(tenant)}
    last = {(row.rule, row.card): row for row in store.said(tenant)}
    for row in last.values():
        tally = found[row.rule]
        if row.outcome == "accepted":
            tally.accepted += 1
        else:
            tally.overridden += 1
            tally.reasons[row.reason or "none-given"] += 1
    return found


def documents(found: Mapping[str, Tally]) -> list[Document]:
    """The tallies as JSON: what is overridden most often first."""
    ordered = sorted(found.items(), key=lambda item: (-item[1].overridden, item[0]))
    return [
        {
            "rule": name.partition("@")[0],
            "version": name.partition("@")[2],
            "cards": tally.cards,
            "accepted": tally.accepted,
            "overridden": tally.overridden,
            "unanswered": tally.cards - tally.answered,
            "acceptance": tally.acceptance,
            "reasons": dict(sorted(tally.reasons.items())),
        }
        for name, tally in ordered
    ]


def _check(item: Entry, card: Shown, where: str) -> None:
    """cds-fb: what was accepted is named, and is something that the card offered."""
    if item.outcome != "accepted":
        return
    if not item.acceptedSuggestions:
        do = "Name the suggestions that were accepted."
        raise unusable(Problem(f"{where}/acceptedSuggestions", "field-missing", "It says accepted, and not what.", do))
    if not any(one.id in card.suggestions for one in item.acceptedSuggestions):
        do = "Send the uuid of a suggestion of this card."
        raise unusable(Problem(f"{where}/acceptedSuggestions", "suggestion-unknown", "The card offered none of these.", do))


def _read(data: bytes) -> _Body:
    value = decode(data, _NAMES)
    try:
        return _Body.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)[:_MOST_PROBLEMS]
        raise unusable(*(_problem(item["type"], item["loc"]) for item in details)) from None


def _problem(kind: str, location: Sequence[Any]) -> Problem:
    where = "".join(f"/{step}" for step in location if isinstance(step, int) or step in _NAMES)
    if kind == "missing":
        return Problem(where, "field-missing", "The field is missing.", "Add it.")
    return Problem(where, "wrong-value", "The value does not fit.", "See the CDS Hooks specification of feedback.")
