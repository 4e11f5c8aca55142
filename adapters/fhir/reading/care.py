"""Goal: what the person and the team are after. Which components serve it stands in plans alone."""

from __future__ import annotations

from adapters.fhir.reading.elements import text, words_of
from adapters.fhir.reading.ledger import Ledger, One
from engine.record import Goal

_PURSUED = frozenset({"proposed", "planned", "accepted", "active", "on-hold"})
_OVER = frozenset({"completed", "cancelled", "rejected"})


def read_goal(one: One, into: Ledger) -> None:
    status = text(one.resource.get("lifecycleStatus"))
    if status == "entered-in-error":
        into.tell(one.reference, "entered-in-error", "It was entered in error, and not used.")
        return
    if status in _OVER:
        return
    called = words_of(one.resource.get("description"))
    if status not in _PURSUED or called is None:
        reason = "text-missing" if status in _PURSUED else "status-unknown"
        into.tell(one.reference, reason, "A goal without words, or of a status that is not known here; it was not used.")
        return
    into.goals.append((one.reference, Goal(text=called, origin=one.origin)))
