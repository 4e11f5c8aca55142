"""List: that a clinician has confirmed that a list is complete. It counts only where everything on it was sent, and understood."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from adapters.fhir.ours import FINDINGS, REVIEWS
from adapters.fhir.reading.elements import code_of, codings, inside, items, text
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.result import Unread
from adapters.fhir.reading.times import moment
from engine.record import Reviewed

_HOLDS = {
    "conditions": frozenset({"Condition", "FamilyMemberHistory"}),
    "medications": frozenset({"MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense"}),
    "allergies": frozenset({"AllergyIntolerance"}),
    "events": frozenset({"Encounter", "Condition", "Appointment"}),
}
_WHOLE = frozenset({"Bundle", "Resource", "OperationOutcome"})  # what is said of these may be of any list


class Review(NamedTuple):
    """A review of one list at a time, and the List that tells it."""

    one: One
    name: str
    at: datetime


def read_list(one: One, into: Ledger, reviews: list[Review]) -> None:
    resource = one.resource
    ours = {item.code for item in codings(resource.get("code")) if into.root and item.system == f"{into.root}/{FINDINGS}"}
    names = {REVIEWS[code] for code in ours if code in REVIEWS}
    if len(names) != 1:
        into.tell(one.reference, "not-used", "A list that is no review of one.")
        return
    found = moment(resource.get("date"))
    if text(resource.get("status")) != "current" or text(resource.get("mode")) not in ("snapshot", "working"):
        into.tell(one.reference, "status-not-final", "It is not a list as it stands, and was not used.")
    elif found is None or not found.precise:
        into.tell(one.reference, "date-missing", "It does not say on which day the list was reviewed.")
    elif one.origin is not None:
        into.tell(one.reference, "label-not-kept", "Its label cannot be kept where a review stands, and it was not used.")
    else:
        reviews.append(Review(one, names.pop(), found.at))


def settle(reviews: Iterable[Review], into: Ledger, unread: Iterable[Unread]) -> None:
    """The newest review of each list. INVARIANT: a list of which anything was lost on the way here is not complete."""
    told, held, lost = list(unread), dict[str, datetime](), set[str]()
    for review in reviews:
        if _complete(review, into, told):
            held[review.name] = max(review.at, held.get(review.name, review.at))
        else:
            into.tell(review.one.reference, "list-not-whole", "Not all that is on the list was sent and understood; the list stays open.")
            lost.add(review.name)
    if closed := {name: at for name, at in held.items() if name not in lost}:
        into.single["reviewed"] = Reviewed(**closed)


def _here(review: Review, item: dict[str, Any], into: Ledger) -> str:
    """The type of what is on the list, where it was sent along, or had been told before; empty where it is not here."""
    sent = into.pointed(review.one, item)
    if sent is not None:
        return text(sent.get("resourceType"))
    kind, _, name = "/".join(text(item.get("reference")).split("/_history")[0].split("/")[-2:]).partition("/")
    return kind if f"{kind}/{name}" in into.before else ""


def _complete(review: Review, into: Ledger, told: list[Unread]) -> bool:
    entries, kinds = items(review.one.resource.get("entry")), _HOLDS[review.name]
    if not entries and code_of(review.one.resource.get("emptyReason")) != "nilknown":
        return False
    listed = [inside(entry.get("item")) for entry in entries if entry.get("deleted") is not True]
    if not all(_here(review, item, into) in kinds for item in listed):
        return False
    return not any(item.reference.partition("/")[0] in kinds | _WHOLE and not item.harmless for item in told)
