"""A decision for whoever will read it: consent is applied before anything is judged, and to everything that leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from starlette.requests import Request

from adapters.units import convert
from api.problems import Rejected
from api.security.door import Asking
from api.security.notices import NOTICES, PART2
from api.security.replies import asking
from api.security.security import Security
from api.wiring import Service
from engine.consent import Kind, Purpose, Viewer
from engine.decision import Decision
from engine.dictionary import Language
from engine.errors import Problem
from engine.recommend import recommend
from engine.record import Record
from engine.sharing import Shared, differs, held, share, warned

_LONGEST = 200
_DEMONSTRATION = {
    "en": "This is a demonstration. It asks nobody who they are: enter no real person.",
    "es": "Esto es una demostración. No pregunta a nadie quién es: no introduzca a ninguna persona real.",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who will read an answer. recipient, kind: as a system states them. alone: whether the asker itself is the reader."""

    asking: Asking
    recipient: str | None
    kind: Kind
    alone: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A decision as its reader may see it. demonstration: whether it was asked of one."""

    decision: Decision
    shared: Shared
    purpose: Purpose
    recipient: str | None
    demonstration: bool

    def document(self, language: Language) -> dict[str, Any]:
        """What goes with every answer. It speaks of what is in the answer, never of what was left out."""
        labels = sorted(self.shared.labels)
        notice = PART2 if self.shared.notice else None
        return {
            "purpose": self.purpose,
            "recipient": self.recipient,
            "labels": labels,
            "confidentiality": "R" if labels else "N",
            "consents": sorted({consent for _, _, consent in self.shared.disclosed if consent}),
            "notice": notice,
            "notice_text": NOTICES[notice][language] if notice else None,
        }

    def headers(self) -> dict[str, str]:
        """The same for forms that are not read by programs."""
        found = {"tandem-labels": " ".join(sorted(self.shared.labels))} if self.shared.labels else {}
        return found | ({"tandem-notice": PART2} if self.shared.notice else {})

    def alarm(self, language: Language) -> str | None:
        return _DEMONSTRATION[language] if self.demonstration else None

    def remarks(self, language: Language) -> tuple[str, ...]:
        return (NOTICES[PART2][language],) if self.shared.notice else ()


Deciding = Callable[[Record, datetime], Told]


def reader_of(request: Request) -> Reader:
    """Who will read the answer, by the headers of a request. Raises Rejected."""
    who = asking(request)
    named, kind = request.headers.get("tandem-recipient"), request.headers.get("tandem-recipient-kind")
    if named is not None and not 0 < len(named.strip()) <= _LONGEST:
        raise _wrong("Tandem-Recipient", "Name one person or organisation, in at most 200 characters.")
    if kind is not None and kind not in get_args(Kind):
        raise _wrong("Tandem-Recipient-Kind", f"Use one of {', '.join(get_args(Kind))}.")
    if who.principal.kind == "person":  # people read for themselves, and are what their account says
        return Reader(who, who.principal.organisation, who.principal.seen_as, alone=False)
    stated: Kind = next((item for item in get_args(Kind) if item == kind), "professional")
    return Reader(who, named or who.principal.organisation, stated, alone=named is None and kind is None)


def _wrong(where: str, do: str) -> Rejected:
    return Rejected(400, "request-refused", [Problem(where, "parameter-wrong", "The value cannot be used.", do)])


def deciding(security: Security, reader: Reader, operation: str) -> Deciding:
    """How a record is decided for this reader."""

    def decide(record: Record, as_of: datetime) -> Told:
        viewer = viewer_of(security, reader, record)
        principal, now = reader.asking.principal, security.moment()
        grants = security.consents.grants(principal.tenant, record.patient.id) if record.patient.id else ()
        found = share(security.service.base, record, viewer, grants, now)
        decision = _decided(security.service, record, found, as_of, whole_too=not reader.alone)
        told = Told(decision, found, viewer.purpose, viewer.recipient, security.settings.demo)
        restricted = tuple(item for item in found.disclosed if item[1] in ("consent", "emergency"))
        if restricted:  # written down before it is answered
            security.consents.disclosed(
                principal.tenant,
                record.patient.id or "",
                actor=principal.id,
                recipient=viewer.recipient,
                purpose=viewer.purpose,
                operation=operation,
                grounds=restricted,
            )
        return told

    return decide


def viewer_of(security: Security, reader: Reader, record: Record) -> Viewer:
    """What consent asks of a reader. A programme's own people are outside it once they say that somebody else will read."""
    principal, purpose = reader.asking.principal, reader.asking.purpose
    inside = reader.recipient == principal.organisation
    return Viewer(
        purpose=purpose,
        recipient=reader.recipient,
        kind=reader.kind,
        programmes=principal.programmes if inside else frozenset(),
        emergency=purpose == "emergency" and security.in_emergency(principal, record.patient.id),
    )


def _decided(service: Service, record: Record, found: Shared, as_of: datetime, *, whole_too: bool) -> Decision:
    """whole_too: judge the whole record even where nothing is withheld, so that the time taken does not tell."""
    shown = service.decide(found.record, as_of)
    if not (found.withheld or whole_too):
        return shown
    whole = recommend(service.base, record, as_of, service.witness, convert)
    if not found.withheld or not differs(service.base, whole, shown):
        return shown
    return held(service.base, service.decide(warned(found.record, as_of), as_of))
