"""AllergyIntolerance. "No known allergies" says what somebody knew, and not that there are none."""

from __future__ import annotations

from adapters.fhir.reading.elements import code_of, codings, published, text, words_of
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.times import moment
from engine.record import ListedAllergy

_NONE_KNOWN = frozenset({"716186003", "409137002", "428607008", "429625007"})
_NOT_MEDICINES = frozenset({"food", "environment"})


def read_allergy(one: One, into: Ledger) -> None:
    resource = one.resource
    verification, clinical = code_of(resource.get("verificationStatus")), code_of(resource.get("clinicalStatus"))
    if verification == "entered-in-error":
        into.tell(one.reference, "entered-in-error", "It was entered in error, and not used.")
        return
    found = codings(resource.get("code"))
    if any(item.code in _NONE_KNOWN for item in found):
        into.tell(one.reference, "none-known", "That no allergy was known does not close the list of allergies.")
        return
    codes, called = published(found), words_of(resource.get("code"))
    nameless = not codes and called is None
    if nameless:
        into.tell(one.reference, "code-missing", "An allergy without a code and without words: it may be to anything.")
    names = into.lookup.medicine(codes)
    category = (
        {text(item) for item in resource["category"]} if isinstance(resource.get("category"), list) else {text(resource.get("category"))}
    )
    if names is None and category and category <= _NOT_MEDICINES:
        into.tell(one.reference, "not-a-medicine", "An allergy to something that is no medicine, and was not used.")
        return
    if names is None and not nameless:
        reason = "code-unknown" if codes else "text-only"
        into.tell(one.reference, reason, "Nobody here knows what the allergy is to.")
    status = _status(one, into, verification, clinical)
    recorded = moment(resource.get("recordedDate"))
    at = recorded.at if recorded is not None and recorded.precise else None
    kind = "intolerance" if text(resource.get("type")) == "intolerance" else "allergy"
    entry = {
        "codes": codes,
        "text": "allergy" if nameless else called,
        "kind": kind,
        "status": status or "active",
        "at": at,
        "origin": one.origin,
    }
    if status is None:  # it may still hold: named in words alone it keeps the list open, and neither shows nor clears it
        entry |= {"codes": (), "text": called or "allergy"}
    else:
        substances = names or frozenset()
        into.cite((f"allergy.{name}" for name in substances | _kin(into, substances)), at, one.reference)
    into.allergies.append(ListedAllergy.model_validate(entry))


def read_unclear_allergy(one: One, into: Ledger) -> None:
    """Something unknown changes what it says: that there is no such allergy no longer stands alone."""
    if code_of(one.resource.get("verificationStatus")) != "entered-in-error":
        into.doubted |= {f"allergy.{name}" for name in into.lookup.medicine(published(codings(one.resource.get("code")))) or ()}


def where_unsure(allergies: list[ListedAllergy], into: Ledger) -> list[ListedAllergy]:
    """One that was ruled out, while there is another to the same that nobody can read, stands in words alone, and clears nothing."""

    def doubted(entry: ListedAllergy) -> bool:
        names = into.lookup.medicine(entry.codes) or frozenset()
        return entry.status == "ruled_out" and any(f"allergy.{name}" in into.doubted for name in names)

    open_one = {"codes": (), "status": "active"}
    return [
        entry.model_copy(update=open_one | {"text": entry.text or "allergy"}) if into.doubted and doubted(entry) else entry
        for entry in allergies
    ]


def _kin(into: Ledger, names: frozenset[str]) -> frozenset[str]:
    """An allergy to a class alone is one to each of its members."""
    dictionary = into.lookup.base.dictionary
    return frozenset(member for name in names if len(names) == 1 for member in dictionary.kin.get(name, ()))


def _status(one: One, into: Ledger, verification: str, clinical: str) -> str | None:
    """One that is doubted counts; one that is called inactive, without having been refuted or resolved, may still hold."""
    if verification == "refuted" or clinical == "resolved":
        return "ruled_out"
    if clinical == "inactive":
        into.tell(one.reference, "status-inactive", "It is called inactive, yet neither refuted nor resolved, and may still hold.")
        return None
    if clinical not in ("active", ""):
        into.tell(one.reference, "status-unknown", "Its status is not known here; it was read as active.")
    return "active"
