"""Consent about privacy. A permission must fit exactly; a refusal is read at least as wide as it was meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from adapters.fhir.reading.elements import code_of, codings, inside, items, short, text
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.times import OLDEST, moment
from engine.consent import CLASSES
from engine.record import Consent

_CATEGORIES = {
    **dict.fromkeys(("42CFRPart2", "ETH", "SUD", "ETHUD", "OPIOIDUD"), "part2"),
    **dict.fromkeys(("MH", "PSY", "BH"), "mental_health"),
    **dict.fromkeys(("SEX", "HIV", "STD"), "sexual_reproductive"),
}
_PURPOSES = {
    **dict.fromkeys(("TREAT", "CAREMGT"), "treatment"),
    **dict.fromkeys(("HPAYMT",), "payment"),
    **dict.fromkeys(("HOPERAT",), "operations"),
    **dict.fromkeys(("ETREAT", "BTG"), "emergency"),
}
_IN_CARE = ("operations", "payment", "treatment")
_PRIVACY = frozenset({"patient-privacy", "59284-0", "IDSCL"})  # of the scope, or where none is stated of the category
_NARROWED = ("data", "class", "code", "dataPeriod", "provision", "modifierExtension")
_RECIPIENTS = frozenset({"IRCP", "PRCP", "recipient"})
_ACTIONS = frozenset({"access", "disclose", "use", "collect"})


def read_consent(one: One, into: Ledger) -> None:
    resource, status = one.resource, text(one.resource.get("status"))
    if status == "entered-in-error":
        into.tell(one.reference, "entered-in-error", "It was entered in error, and not used.")
        return
    about = {item.code for item in codings(resource.get("scope"))} or {item.code for item in codings(resource.get("category"))}
    if not about & _PRIVACY:
        into.tell(one.reference, "consent-unread", "It is not about privacy, or does not say so.")
        return
    if status != "active":
        into.tell(one.reference, "consent-unread", "It is not in force.")
        return
    root = inside(resource.get("provision"))
    said = list(_provisions(root)) if root else []
    if not said:
        into.tell(one.reference, "consent-unread", "It does not say what it permits or refuses.")
    for index, provision in enumerate(said):
        kind = text(provision.get("type"))
        if kind == "deny":
            into.consents += _refusals(provision, one, into)
        elif kind == "permit" and index == 0:
            into.consents += _permissions(provision, one, into)
        else:
            into.tell(one.reference, "consent-unread", "A part of it neither permits nor refuses, or is an exception, and opens nothing.")


def _provisions(root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    waiting = [root]
    while waiting:
        provision = waiting.pop()
        yield provision
        waiting += items(provision.get("provision"))


def _permissions(provision: dict[str, Any], one: One, into: Ledger) -> list[Consent]:
    """Nothing is opened that was not named: whom, what for, which label, since when."""
    at = moment(one.resource.get("dateTime"))
    period = inside(provision.get("period"))
    start, end = moment(period.get("start")), moment(period.get("end"))
    actors = items(provision.get("actor"))
    recipients = [found for actor in actors if (found := _recipient(actor, one, into))]
    purposes, categories = _all(provision.get("purpose"), _PURPOSES), _all(provision.get("securityLabel"), _CATEGORIES)
    narrowed = any(provision.get(name) for name in _NARROWED) or not {item.code for item in codings(provision.get("action"))} <= _ACTIONS
    dated = at is not None and all(found is not None for found, said in ((start, period.get("start")), (end, period.get("end"))) if said)
    if narrowed or not dated or not actors or len(recipients) != len(actors) or not purposes or not categories:
        into.tell(one.reference, "consent-unread", "A permission that does not fit exactly; it opens nothing.")
        return []
    since = max(found.last for found in (at, start) if found is not None)
    until = end.at if end is not None else None
    return _write(one, "given", recipients, purposes, categories, since, until)


def _refusals(provision: dict[str, Any], one: One, into: Ledger) -> list[Consent]:
    """Whom, what for and which label it leaves out, it refuses to all; what would narrow it is not held against it."""
    at = moment(one.resource.get("dateTime"))
    actors = items(provision.get("actor"))
    recipients = [found for actor in actors if (found := _recipient(actor, one, into))]
    recipients = recipients if actors and len(recipients) == len(actors) else sorted(CLASSES)
    purposes = _all(provision.get("purpose"), _PURPOSES) or list(_IN_CARE)
    categories = _all(provision.get("securityLabel"), _CATEGORIES) or ["all"]
    if any(provision.get(name) for name in (*_NARROWED, "period")) or not actors:
        into.tell(one.reference, "consent-widened", "A refusal that is narrower than could be read; it was read as wider.")
    return _write(one, "declined", recipients, purposes, categories, at.at if at else OLDEST, None)


def _write(
    one: One,
    status: Literal["given", "declined"],
    recipients: list[str],
    purposes: list[str],
    categories: list[str],
    at: datetime,
    until: datetime | None,
) -> list[Consent]:
    signed = _signed(one.resource)
    fixed = {"status": status, "at": at, "until": until, "signed_by": signed}
    return [
        Consent.model_validate({"recipient": recipient, "purpose": purpose, "category": category, **fixed})
        for recipient in recipients
        for purpose in purposes
        for category in categories
    ]


def _all(concepts: object, known: dict[str, str]) -> list[str]:
    """What they all say; nothing where one of them is not known."""
    codes = [item.code for item in codings(concepts)]
    return sorted({known[code] for code in codes}) if codes and all(code in known for code in codes) else []


def _recipient(actor: dict[str, Any], one: One, into: Ledger) -> str | None:
    """The name of the one that would receive it."""
    role = code_of(actor.get("role"))
    if role and role not in _RECIPIENTS:
        return None
    pointer = inside(actor.get("reference"))
    found = into.pointed(one, pointer)
    return (short(found.get("name")) if found is not None else None) or short(pointer.get("display"))


def _signed(resource: dict[str, Any]) -> str | None:
    kinds = {text(item.get("reference")).split("/")[0] for item in items(resource.get("performer"))}
    signed = {{"Patient": "patient", "RelatedPerson": "guardian"}.get(kind) for kind in kinds}
    if signed == {"patient", "guardian"}:
        return "both"
    return signed.pop() if len(signed) == 1 else None
