"""Whether the person is pregnant. Of a statement that nobody can read, or place, none older stands alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from adapters.fhir.reading.elements import codings, value_of
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.unplaced import PREGNANT, leave_open
from engine.record import Pregnancy

_PREGNANT = {"77386006": "pregnant", "LA15173-0": "pregnant", "60001007": "not_pregnant", "LA26683-5": "not_pregnant"}


def read_pregnancy(part: dict[str, Any], one: One, at: datetime, into: Ledger) -> None:
    """The newest statement holds; of two at one moment the one that asks for more care."""
    _, value = value_of(part)
    said = {_PREGNANT[item.code] for item in codings(value) if item.code in _PREGNANT}
    if len(said) != 1:
        into.tell(one.reference, "value-unknown", "It does not say whether the person is pregnant.")
        leave_open({PREGNANT}, one, into)
        return
    if one.origin is not None:
        into.tell(one.reference, "label-not-kept", "Its label cannot be kept where pregnancy stands, and it was not used.")
        leave_open({PREGNANT}, one, into)
        return
    found = Pregnancy.model_validate({"status": said.pop(), "at": at})
    if found.at in into.spans and found.status == "pregnant":  # of some time in a day, a month or a year: it may be newer than a "no"
        leave_open({PREGNANT}, one, into)
    held = into.person.get("pregnancy")
    if held is None or (found.at, found.status == "pregnant") > (held.at, held.status == "pregnant"):
        into.person["pregnancy"] = found
    into.cite(("patient.pregnancy",), at, one.reference)
