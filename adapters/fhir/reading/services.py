"""What value sets say of services: treatments, procedures, and our own components. Shared by what was done and what is planned."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.fhir.reading.elements import Coded
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.times import Moment
from adapters.fhir.reading.unplaced import leave_open
from engine.record import Fact
from engine.terminology import Meaning, ProcedureSet

_NAMES = {
    "snomed": "SNOMED CT",
    "hcpcs": "HCPCS",
    "icd10pcs": "ICD-10-PCS",
    "http://www.ama-assn.org/go/cpt": "CPT",
    "http://www.ada.org/cdt": "CDT",
}


def services(named: list[Coded], one: One, into: Ledger) -> list[ProcedureSet]:
    """What these codes tell. Where none is known it is told once a type and system: of most services nothing follows here."""
    terms = into.lookup.base.terminology
    found = [terms.procedure(item.system, item.code) for item in named]
    if not any(found) and not any(item.system == "component" for item in named):
        for what in {_NAMES.get(item.system, "another system") for item in named}:
            into.tell(one.kind, "code-unknown", f"Codes of {what} that are not known here.")
        if not named:
            into.tell(one.kind, "not-used", "What is said in words alone is not read.")
    return distinct(found)


def distinct(found: Iterable[ProcedureSet | None]) -> list[ProcedureSet]:
    """Each set once, in the order of the codes."""
    kept: list[ProcedureSet] = []
    for item in found:
        if item is not None and item not in kept:
            kept.append(item)
    return kept


def hold(meanings: list[Meaning], when: Iterable[Moment | None], one: One, into: Ledger) -> None:
    """The findings that hold at these times; where nobody says a time, they may be newer than others."""
    stated = [(meaning.finding, meaning.value) for meaning in meanings if meaning.finding and meaning.value is not None]
    dates = [date for date in dict.fromkeys(when) if date is not None]
    if stated and not dates:
        into.tell(one.reference, "date-missing", "It does not say when it was so.")
        doubt(meanings, one, into)
    for date in dates if stated else ():
        into.place(date, one.reference)
        for code, value in stated:
            into.findings.append(Fact(code=code, value=value, at=date.at, origin=one.origin))
            into.cite((code,), date.at, one.reference)


def doubt(meanings: Iterable[Meaning], one: One, into: Ledger) -> None:
    """Nobody can tell whether these findings hold: an older value no longer stands alone."""
    leave_open({meaning.finding for meaning in meanings if meaning.finding}, one, into)
