"""Encounter and Appointment: what happened (admission, discharge, emergency visit, missed contact), and the setting of now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from adapters.fhir.reading.elements import code_of, inside, text
from adapters.fhir.reading.events import happened
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.times import OLDEST, moment

_SETTINGS = {
    "AMB": "outpatient",
    "VR": "telehealth",
    "EMER": "emergency",
    "IMP": "inpatient",
    "ACUTE": "inpatient",
    "NONAC": "inpatient",
}
_INPATIENT = frozenset({"IMP", "ACUTE", "NONAC"})
_STAYS = _INPATIENT | {"OBSENC", "SS"}
_GOING_ON = frozenset({"arrived", "triaged", "in-progress", "onleave"})
_NOT_YET = frozenset({"planned", "cancelled"})
_AGREED = frozenset({"proposed", "pending", "booked", "arrived", "checked-in", "fulfilled", "cancelled", "waitlist"})
Going = list[tuple[datetime, str, One]]


def read_encounter(one: One, into: Ledger, going: Going) -> None:
    resource = one.resource
    status, kind = text(resource.get("status")), code_of(resource.get("class"))
    if status == "entered-in-error":
        into.tell(one.reference, "entered-in-error", "It was entered in error, and not used.")
        return
    if status in _NOT_YET:
        return
    if status not in _GOING_ON and status != "finished":
        into.tell(one.reference, "status-unknown" if status else "status-missing", "Its status is not known here, and it was not used.")
        return
    if kind not in _SETTINGS and kind not in _STAYS:
        into.tell(one.reference, "code-unknown", "Its class says nothing that is known here.")
        return
    period = inside(resource.get("period"))
    start, end = moment(period.get("start")), moment(period.get("end"))
    if status in _GOING_ON and end is None and kind in _SETTINGS:
        going.append((start.at if start else OLDEST, _SETTINGS[kind], one))
    if kind == "EMER":
        happened("emergency_visit", start, one, into)
    if kind in _INPATIENT:
        happened("admission", start, one, into)
    if status == "finished" and (kind in _INPATIENT or (kind in _STAYS and _disposition(resource))):
        if _disposition(resource) in ("exp", "20"):
            into.tell(one.reference, "deceased", "The person is said to have died.")
        else:
            happened("discharge", end, one, into)


def read_appointment(one: One, into: Ledger) -> None:
    """One that was not kept. One that was kept is no contact with those who treat these disorders: it may have been with anybody."""
    status = text(one.resource.get("status"))
    if status == "entered-in-error":
        into.tell(one.reference, "entered-in-error", "It was entered in error, and not used.")
    elif status == "noshow":
        happened("missed_contact", moment(one.resource.get("start")) or moment(one.resource.get("end")), one, into)
    elif status not in _AGREED:
        into.tell(one.reference, "status-unknown" if status else "status-missing", "Its status is not known here, and it was not used.")


def _disposition(resource: dict[str, Any]) -> str:
    return code_of(inside(resource.get("hospitalization")).get("dischargeDisposition"))


def settle(going: Going, into: Ledger) -> None:
    """The encounter in which it is asked, if that was said; else the one that began last."""
    named = [item for item in going if into.encounter and item[2].reference == f"Encounter/{into.encounter}"]
    latest = max((at for at, _, _ in going), default=None)
    chosen = named or [item for item in going if item[0] == latest]
    for _, _, one in chosen:
        if one.origin is not None:
            into.tell(one.reference, "label-not-kept", "Its label cannot be kept where the setting stands, which was not used.")
    chosen = [item for item in chosen if item[2].origin is None]
    if len({setting for _, setting, _ in chosen}) > 1:
        into.tell("Encounter", "setting-contradictory", "Several encounters are going on, in different settings.")
    elif chosen:
        into.single["setting"] = chosen[0][1]
        for at, _, one in chosen:
            into.cite(("care.setting",), at, one.reference)
