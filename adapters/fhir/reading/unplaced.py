"""Results that are understood, but that cannot be held against the others: their time, their standing or their value is not known.

The newest value of the same finding may be older than such a result, and then no longer stands alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from adapters.fhir.ours import PREGNANCY
from adapters.fhir.reading.elements import inside
from adapters.fhir.reading.ledger import Ledger, One, Unplaced
from adapters.fhir.reading.lookup import Means
from adapters.fhir.reading.times import moment
from engine.record import Fact

PREGNANT = "patient.pregnancy"
_NEXT = timedelta(microseconds=1)


def codes_of(meanings: dict[str, Means]) -> set[str]:
    """The findings that a result is about; a value of a whole form is its total."""
    names = {name for found in meanings.values() for name in found.names}
    return names | ({PREGNANT} if PREGNANCY in meanings else set())


def leave_open(codes: Iterable[str], one: One, into: Ledger) -> None:
    """They were found at an unknown time, which is not after the result was told."""
    into.unplaced += [Unplaced(code, _told(one.resource), one) for code in sorted(codes) if into.knows(code)]


def _told(resource: dict[str, Any]) -> datetime | None:
    """The latest moment at which it can have been true."""
    said = (
        resource.get("effectiveDateTime"),
        resource.get("authored"),
        resource.get("issued"),
        inside(resource.get("meta")).get("lastUpdated"),
    )
    return next((found.last for one in said if (found := moment(one))), None)


def settle(into: Ledger) -> None:
    """Behind the newest value that may be older than it, each stands as a result without a value."""
    for item in into.unplaced:
        newest = _newest(item.code, into)
        if newest is None or (item.until is not None and item.until < newest):
            continue
        if item.code == PREGNANT:
            if into.person["pregnancy"].status != "pregnant":
                del into.person["pregnancy"]
        else:
            into.findings.append(Fact(code=item.code, absent="unable_to_assess", at=newest + _NEXT, origin=item.one.origin))
            into.cite((item.code,), newest, item.one.reference)


def _newest(code: str, into: Ledger) -> datetime | None:
    if code == PREGNANT:
        held = into.person.get("pregnancy")
        return held.at if held is not None else None
    instrument, _, part = code.partition(".")
    said = [fact.at for fact in into.findings if fact.code == code and fact.value is not None]
    for answers in into.instruments:
        if answers.instrument == instrument and answers.absent is None and (part == "total" or answers.items.get(part) is not None):
            said.append(answers.at)
    return max(said, default=None)
