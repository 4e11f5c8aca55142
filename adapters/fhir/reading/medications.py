"""Medicines: ordered, proposed, taken, given. An order that has ended says nothing of another that is still in force."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal, NamedTuple

from adapters.fhir.reading.doses import dose_of
from adapters.fhir.reading.elements import Coded, code_of, codings, inside, items, published, text, words_of
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.times import Moment, moment
from engine.given import Coding
from engine.record import ListedMedication

_Status = Literal["active", "proposed", "stopped", "not_taken"]
_SUGGESTED = frozenset({"proposal", "plan", "option"})
_ORDERED: dict[str, _Status] = {"active": "active", "on-hold": "not_taken", "completed": "stopped", "stopped": "stopped"}
_TAKEN: dict[str, _Status] = {
    "active": "active",
    "intended": "proposed",
    "on-hold": "not_taken",
    "not-taken": "not_taken",
    "completed": "stopped",
    "stopped": "stopped",
}
_NAMELESS = "medicine"
_NAMED = ("medicationCodeableConcept", "medicationReference", "medication")


class Medicine(NamedTuple):
    """names: the ingredients and classes that it is of, as far as its codes are understood. ingredient: where that was said itself."""

    codes: tuple[Coding, ...]
    text: str | None
    names: frozenset[str]
    ingredient: str | None = None


def read_request(one: One, into: Ledger) -> None:
    """An order. A plan that the person reports to follow already is how US Core lists what they take on their own."""
    resource, status = one.resource, text(one.resource.get("status"))
    if _void(one, into, status) or resource.get("doNotPerform") is True:
        if resource.get("doNotPerform") is True:
            into.tell(one.reference, "do-not-perform", "It asks not to give a medicine, and was not used.")
        return
    reported = resource.get("reportedBoolean") is True or resource.get("reportedReference") is not None
    suggested = text(resource.get("intent")) in _SUGGESTED and not reported
    if one.draft or status == "draft" or (suggested and status in ("active", "on-hold")):
        _write(one, into, "proposed", dose=resource.get("dosageInstruction"))
    elif status == "cancelled" or suggested:
        return  # withdrawn before anything was given, or a suggestion that has ended: nobody takes it on that ground
    elif status in _ORDERED:
        authored = moment(resource.get("authoredOn"))
        _write(one, into, _ORDERED[status], stated=authored, dose=resource.get("dosageInstruction"), halted=status == "on-hold")
    else:
        _possible(one, into, "status-unknown" if status else "status-missing")


def read_statement(one: One, into: Ledger) -> None:
    """What somebody says the person takes, took, or does not take."""
    resource, status = one.resource, text(one.resource.get("status"))
    if _void(one, into, status):
        return
    if status not in _TAKEN:
        _possible(one, into, "status-unknown" if status else "status-missing")
        return
    period = inside(resource.get("effectivePeriod"))
    start, end = moment(period.get("start")), moment(period.get("end"))
    once = moment(resource.get("effectiveDateTime"))
    asserted = moment(resource.get("dateAsserted"))
    stated = (end or once or asserted) if _TAKEN[status] == "not_taken" else (asserted or once)
    last = end or once if _TAKEN[status] == "stopped" else None
    halted = status == "on-hold"
    _write(one, into, _TAKEN[status], stated=stated, started=start, last=last, dose=resource.get("dosage"), halted=halted)


def read_administration(one: One, into: Ledger) -> None:
    """A dose that was given: it tells when it was last taken, and not whether there will be another."""
    resource, status = one.resource, text(one.resource.get("status"))
    if _void(one, into, status) or status == "not-done":
        return
    given = moment(resource.get("effectiveDateTime")) or moment(inside(resource.get("effectivePeriod")).get("end"))
    if status == "in-progress":
        _write(one, into, "active", stated=given or moment(inside(resource.get("effectivePeriod")).get("start")))
    elif status in ("completed", "stopped"):
        _write(one, into, "stopped", last=given)
    else:
        _possible(one, into, "status-unknown" if status else "status-missing")


def read_dispense(one: One, into: Ledger) -> None:
    """Handed over is not taken: where its order did not come along, the medicine counts as one that may be taken."""
    status = text(one.resource.get("status"))
    if _void(one, into, status) or status in ("cancelled", "declined", "preparation", "in-progress", "stopped"):
        return
    orders = items(one.resource.get("authorizingPrescription"))
    if not any(into.pointed(one, order) for order in orders):
        _possible(one, into, "dispensed-only")


def read_unclear(one: One, into: Ledger) -> None:
    """Something unknown changes what it says of a medicine."""
    if not _void(one, into, text(one.resource.get("status"))):
        _possible(one, into, "modifier-unknown")


def given(name: str, start: Moment | None, end: Moment | None, covers: timedelta | None, one: One, into: Ledger, *, running: bool) -> None:
    """A procedure by which the person got an ingredient. What lasts is taken until it ends, and that day may be yet to come."""
    ingredient = into.lookup.base.dictionary.ingredients[name]
    medicine = Medicine((), None, frozenset({name, *ingredient.classes}), name)
    if running:
        _write(one, into, "active", stated=start, started=start, medicine=medicine)
        return
    lasting = Moment(start.at + covers, start.last + covers, start.known) if start is not None and covers is not None else start
    ends = [item for item in (end, lasting) if item is not None]
    _write(one, into, "stopped", started=start, last=max(ends, key=lambda item: item.last, default=None), medicine=medicine)


def possible(name: str, one: One, into: Ledger) -> None:
    """An ingredient that the person may have got."""
    label = into.lookup.base.dictionary.ingredients[name].label["en"]
    into.medications.append(ListedMedication(text=label, status="active", origin=one.origin))


def _void(one: One, into: Ledger, status: str) -> bool:
    if status == "entered-in-error":
        into.tell(one.reference, "entered-in-error", "It was entered in error, and not used.")
    return status == "entered-in-error"


def _write(
    one: One,
    into: Ledger,
    status: _Status,
    stated: Moment | None = None,
    started: Moment | None = None,
    last: Moment | None = None,
    dose: object = None,
    *,
    halted: bool = False,
    medicine: Medicine | None = None,
) -> None:
    """What has ended, or is halted for a time, stands undated, so that it never outdoes an order that is still in force."""
    medicine = medicine or named(one, into)
    if any(said is not None and not said.precise for said in (stated, started, last)):
        into.tell(one.reference, "date-imprecise", "A date is a year or a month, and was left out.")
    dated = stated is not None and stated.precise and status in ("active", "not_taken") and not halted
    at = stated.at if stated is not None and dated else None
    taken = last.last if last is not None and last.precise else None
    entry = ListedMedication(
        ingredient=medicine.ingredient,
        codes=medicine.codes,
        text=medicine.text,
        status=status,
        dose=dose_of(dose) if dose is not None and status in ("active", "proposed") else None,
        started=started.at if started is not None and started.precise else None,
        last_taken=taken,
        at=at,
        origin=one.origin,
    )
    into.medications.append(entry)
    _cite(into, medicine.names, status, at or taken, one.reference)


def _cite(into: Ledger, names: frozenset[str], status: _Status, at: Any, reference: str) -> None:
    for name in names:
        if status == "proposed":
            into.cite((f"medication.{name}.proposed", f"{name}.daily_dose"), at, reference)
        else:
            into.cite((f"medication.{name}", f"medication.{name}.days_since_last"), at, reference)
            if status == "active":
                into.cite((f"{name}.daily_dose",), at, reference)


def _possible(one: One, into: Ledger, reason: str) -> None:
    """A medicine of which nobody can tell whether it is taken: named in words alone it keeps the list open, and rules nothing out."""
    medicine = named(one, into)
    into.tell(one.reference, reason, "Nobody can tell whether it is taken; it was read as a medicine that is not understood.")
    status: _Status = "proposed" if one.draft else "active"
    into.medications.append(ListedMedication(text=medicine.text or _NAMELESS, status=status, origin=one.origin))


def named(one: One, into: Ledger) -> Medicine:
    """Codes, words and what it is of. One without any name keeps the list open, as one that nobody understands."""
    found, called = _concepts(one, into)
    codes = published(found)
    if not codes and called is None:
        into.tell(one.reference, "code-missing", "A medicine without a code and without words: it may be any.")
        return Medicine((), _NAMELESS, frozenset())
    names = into.lookup.medicine(codes)
    if not codes:
        into.tell(one.reference, "text-only", "A medicine in words alone, which nobody here reads.")
    elif names is None:
        into.tell(one.reference, "code-unknown", "No code of this medicine is known here.")
    return Medicine(codes, called, names or frozenset())


def _concepts(one: One, into: Ledger) -> tuple[list[Coded], str | None]:
    """Of a medicine that stands elsewhere its code; of a preparation without one the codes of what is in it."""
    found: list[Coded] = []
    called: str | None = None
    for name in _NAMED:
        said = one.resource.get(name)
        concept, pointer = (inside(said).get("concept"), inside(said).get("reference")) if name == "medication" else (said, said)
        if name != "medicationReference" and concept is not None:
            found, called = [*found, *codings(concept)], called or words_of(concept)
        if name != "medicationCodeableConcept" and isinstance(pointer, dict):
            codes, words = _elsewhere(one, into, pointer)
            found, called = [*found, *codes], called or words
    return found, called


def _elsewhere(one: One, into: Ledger, pointer: dict[str, Any]) -> tuple[list[Coded], str | None]:
    medication = into.pointed(one, pointer)
    if medication is None:
        if text(pointer.get("reference")):
            into.tell(one.reference, "reference-not-sent", "The medicine that it names was not sent along.")
        return [], words_of(pointer.get("display"))
    parts = [medication.get("code")] if medication.get("code") is not None else []
    parts = parts or [item.get("itemCodeableConcept") for item in items(medication.get("ingredient"))]
    called = next(filter(None, map(words_of, parts)), None) or words_of(pointer.get("display"))
    if code_of(medication.get("status")) == "entered-in-error":
        into.tell(one.reference, "entered-in-error", "The medicine that it names was entered in error; its order still stands.")
    return [item for part in parts for item in codings(part)], called


def newest_given(medications: list[ListedMedication]) -> list[ListedMedication]:
    """Of many doses given of one medicine the last one, which says all that the others do."""
    last: dict[object, ListedMedication] = {}
    kept: list[ListedMedication] = []
    for item in medications:
        plain = item.status == "stopped" and item.last_taken is not None and item.started is None and (item.codes or item.ingredient)
        if not plain:
            kept.append(item)
            continue
        key = (item.ingredient, item.codes, item.text, item.origin)
        other = last.get(key)
        if other is None or other.last_taken is None or (item.last_taken is not None and item.last_taken > other.last_taken):
            last[key] = item
    return [*kept, *last.values()]
