"""Cards that were shown, kept so that feedback on them finds the rules and the decision they rest on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.crypto import KeyFault
from adapters.journal import JournalFault
from adapters.store import StoreFault
from adapters.store.feedback import FeedbackStore
from api.hooks.card import Card
from api.hooks.matter import Matter
from api.logs import tell
from api.security.clock import micros, moment_of
from api.security.keeping import Keeping
from api.security.principal import Principal
from api.security.seal import Unreadable

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """A card that was shown. entry: of the journal. suggestions: the ids of what it offered.

    place: where the page behind it tells of the same. states: prefetch key -> how it came. unread: why something was not
    understood -> how often. Nothing of the data itself, and no reference to it, is kept.
    """

    id: str
    service: str
    client: str
    entry: str
    suggestions: frozenset[str]
    hook: str
    indicator: str
    at: datetime
    place: str
    states: Mapping[str, str]
    unread: Mapping[str, int]


@contextmanager
def reaching() -> Iterator[None]:
    """A journal or a key that cannot be reached is said as a store that cannot be: the request may come again. Raises StoreFault."""
    try:
        yield
    except (JournalFault, KeyFault) as fault:
        raise StoreFault(str(fault)) from None


class Cards:
    """What is kept of cards, for one installation."""

    def __init__(self, keeping: Keeping) -> None:
        self.store, self._seal, self._moment = FeedbackStore(keeping.store), keeping.seal, keeping.moment

    def keep(self, matter: Matter, who: Principal, cards: Sequence[Card], documents: Sequence[Document]) -> None:
        """Before they leave. A store that fails costs the feedback and never the card."""
        entry = matter.answer.kept.entry
        if entry is None:
            return
        rows = [self._row(matter, who, entry, card, document) for card, document in zip(cards, documents, strict=True)]
        rules = [{"card": row["id"], "rule": rule} for row, card in zip(rows, cards, strict=True) for rule in card.rules]
        try:
            self.store.add_cards(rows, rules)
        except StoreFault:
            tell("cards-not-kept", "error", actor=who.id, tenant=who.tenant)

    def found(self, tenant: str, ids: Sequence[str]) -> dict[str, Shown]:
        """The cards of these ids that there are. Raises StoreFault."""
        found = {id: self._shown(row) for id, row in self.store.cards(tenant, ids).items()}
        return {id: card for id, card in found.items() if card is not None}

    def asked_by(self, tenant: str, entry: str) -> frozenset[str]:
        """Who was shown cards that rest on a decision. Raises StoreFault."""
        return frozenset(row.client for row in self.store.of_decision(tenant, self._digest(tenant, entry)))

    def of_decision(self, tenant: str, entry: str) -> tuple[Shown, ...]:
        """The cards that rest on a decision, in the order of their ids. Raises StoreFault."""
        rows = sorted(self.store.of_decision(tenant, self._digest(tenant, entry)), key=lambda row: str(row.id))
        return tuple(card for card in map(self._shown, rows) if card is not None)

    def _row(self, matter: Matter, who: Principal, entry: str, card: Card, document: Document) -> Document:
        id: str = document["uuid"]
        held = {
            "entry": entry,
            "suggestions": [item["uuid"] for item in document.get("suggestions", ())],
            "place": card.place,
            "states": dict(matter.gathered.states),
            "unread": dict(Counter(item.reason for item in matter.unread)),
        }
        return {
            "id": id,
            "tenant": who.tenant,
            "client": who.id,
            "service": matter.service.id,
            "hook": matter.call.hook,
            "indicator": document["indicator"],
            "at": micros(self._moment()),
            "decision": self._digest(who.tenant, entry),
            "sealed": self._seal.close(json.dumps(held).encode(), f"card:{id}"),
        }

    def _digest(self, tenant: str, entry: str) -> bytes:
        return self._seal.person(tenant, f"decision:{entry}")

    def _shown(self, row: Any) -> Shown | None:
        try:
            held = json.loads(self._seal.open(bytes(row.sealed), f"card:{row.id}"))
        except Unreadable:
            return None  # it was sealed under a key that is gone
        return Shown(
            id=row.id,
            service=row.service,
            client=row.client,
            entry=held["entry"],
            suggestions=frozenset(held["suggestions"]),
            hook=row.hook,
            indicator=row.indicator,
            at=moment_of(row.at),
            place=held.get("place", ""),
            states=held.get("states", {}),  # what was kept before these were
            unread=held.get("unread", {}),
        )
