"""Procedure: what was done tells that something holds, that something happened, or that a medicine was given. It never tells "no".

Only codes that a value set knows are read (knowledge/terminology/procedures). What was not done says nothing: it may have been done
elsewhere, or another day.
"""

from __future__ import annotations

from adapters.fhir.reading.elements import codings, inside, text
from adapters.fhir.reading.events import happened
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.medications import given, possible
from adapters.fhir.reading.services import distinct, doubt, hold, services
from adapters.fhir.reading.times import Moment, moment
from engine.terminology import ProcedureSet


def read_procedure(one: One, into: Ledger) -> None:
    status, sets = text(one.resource.get("status")), _known(one, into)
    if status == "entered-in-error":
        into.tell(one.reference, "entered-in-error", "It was entered in error, and not used.")
    elif not sets:
        return
    elif status == "not-done":
        into.tell(one.reference, "not-done", "It was not done, from which nothing follows.")
    elif status == "preparation" and not one.unclear:
        told = moment(inside(one.resource.get("meta")).get("lastUpdated"))
        hold([meaning for item in sets for meaning in item.planned], (told,), one, into)
    elif one.unclear or status not in ("completed", "stopped", "in-progress"):
        _doubted(sets, status, one, into)
    else:
        _done(sets, status, one, into)


def _known(one: One, into: Ledger) -> list[ProcedureSet]:
    """What its codes tell, and its category."""
    terms = into.lookup.base.terminology
    category = [terms.procedure(item.system, item.code) for item in codings(one.resource.get("category"))]
    return distinct([*services(codings(one.resource.get("code")), one, into), *category])


def _done(sets: list[ProcedureSet], status: str, one: One, into: Ledger) -> None:
    """What was broken off was begun: a medicine may have been given by then, and of the rest nobody can tell."""
    start, end = _performed(one)
    says = [meaning for item in sets for meaning in item.says]
    if status == "stopped":
        into.tell(one.reference, "status-not-final", "It was broken off; only that a medicine was given is read of it.")
        doubt(says, one, into)
    else:
        hold([meaning for meaning in says if meaning.finding], (start, end), one, into)
    for meaning in says if status == "completed" else ():
        if meaning.event:
            happened(meaning.event, end or start, one, into)
    for item in sets:
        for name in item.gives:
            given(name, start, end, item.covers, one, into, running=status == "in-progress")


def _doubted(sets: list[ProcedureSet], status: str, one: One, into: Ledger) -> None:
    """Nobody can tell whether it was done. What it would have told may be so, and an older "no" no longer stands alone."""
    if not one.unclear:
        into.tell(one.reference, "status-unknown" if status else "status-missing", "Nobody can tell whether it was done; it was not used.")
    doubt((meaning for item in sets for meaning in item.says), one, into)
    for item in sets:
        for name in item.gives:
            possible(name, one, into)


def _performed(one: One) -> tuple[Moment | None, Moment | None]:
    """From when and until when. `performed` is `occurrence` in R5."""
    resource = one.resource
    once = moment(resource.get("performedDateTime")) or moment(resource.get("occurrenceDateTime"))
    if once is not None:
        return once, None
    period = inside(resource.get("performedPeriod") or resource.get("occurrencePeriod"))
    return moment(period.get("start")), moment(period.get("end"))
