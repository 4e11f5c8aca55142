"""What happened to the person, on a day that somebody said."""

from __future__ import annotations

from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.times import Moment
from engine.record import Event


def happened(kind: str, when: Moment | None, one: One, into: Ledger) -> None:
    """An event of this kind; without its day nobody can tell how long ago it was, and it is not used."""
    if when is None:
        into.tell(one.reference, "date-missing", "It does not say when it happened.")
    elif not when.precise:
        into.tell(one.reference, "date-imprecise", "It happened in some year or month: how long ago, nobody can tell.")
    else:
        into.events.append(Event.model_validate({"kind": kind, "at": when.at, "origin": one.origin}))
        into.cite((f"event.{kind}.days_since",), when.at, one.reference)
