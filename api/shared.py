"""A decision for whoever will read it: consent is applied before anything is judged, and to everything that leaves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from starlette.requests import Request

from adapters.journal import Request as AskedBefore
from adapters.store import StoreFault
from adapters.units import convert
from api.logs import tell
from api.problems import Rejected
from api.recording import Asked
from api.rendering import Beside
from api.security.door import Asking
from api.security.notices import NOTICES, PART2
from api.security.replies import asking
from api.security.security import Security
from api.timing import timed
from engine.consent import Grant, Kind, Viewer
from engine.decision import Decision
from engine.dictionary import Language, Text
from engine.errors import Problem
from engine.grounds import Document
from engine.recommend import recommend
from engine.record import Record
from engine.sharing import Shared, differs, held, share, warned

_LONGEST = 200
_DEMONSTRATION: Text = {
    "en": "This is a demonstration. It asks nobody who they are: enter no real person.",
    "es": "Esto es una demostración. No pregunta a nadie quién es: no introduzca a ninguna persona real.",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who will read an answer. recipient, kind: as a system states them. alone: whether the asker, who has it all, reads."""

    asking: Asking
    recipient: str | None
    kind: Kind
    alone: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as its reader may see it. whole: as it was sent. demonstration: whether nobody was asked who they are."""

    whole: Record
    shared: Shared
    viewer: Viewer
    asked: Asked
    demonstration: bool

    def beside(self, language: Language) -> Beside:
        """What goes with every answer. It speaks of what is in the answer, never of what was left out."""
        labels, notice = sorted(self.shared.labels), PART2 if self.shared.notice else None
        text = NOTICES[PART2][language] if notice else None
        sharing: Document = {
            "purpose": self.viewer.purpose,
            "recipient": self.viewer.recipient,
            "labels": labels,
            "confidentiality": "R" if labels else "N",
            "consents": sorted({consent for _, _, consent in self.shared.disclosed if consent}),
            "notice": notice,
            "notice_text": text,
        }
        return Beside(_DEMONSTRATION[language] if self.demonstration else None, (text,) if text else (), sharing)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, and the record that it follows from. held_back: whether safety rests on what is not in it."""

    decision: Decision
    record: Record
    held_back: bool


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


class Viewing:
    """What one reader may see, for one operation."""

    def __init__(self, security: Security, reader: Reader, operation: str) -> None:
        self._security, self._reader, self._operation = security, reader, operation
        self.service = security.service

    def see(self, record: Record, asked: Asked) -> Seen:
        """The record without what its reader may not learn. A request that comes again is the same only while that is the same."""
        person = asked.subject or record.patient.id
        viewer, grants = self._viewer(person), self._grants(person)
        found = share(self.service.base, record, viewer, grants, self._security.moment())
        if found.withheld:  # what was judged without all that is known moves nobody on a pathway
            asked = replace(asked, live=False)
        if asked.request is not None:
            asked = replace(asked, request=AskedBefore(asked.request.key, _digest(asked.request.asked, found, viewer)))
        return Seen(record, found, viewer, asked, self._security.settings.demo)

    @timed("decide")
    def decide(self, seen: Seen) -> Decided:
        """Where the reader is not the asker, the whole record is judged even if all of it is seen: the time taken tells nothing."""
        service, record, as_of = self.service, seen.shared.record, seen.asked.as_of
        shown = service.decide(record, as_of)
        if seen.viewer.kind == "proxy":  # to a relative even a warning would tell; so nothing that could be unsafe is ever proposed to one
            return Decided(held(service.base, shown), record, held_back=True)
        if not seen.shared.withheld and self._reader.alone:
            return Decided(shown, record, held_back=False)
        whole = recommend(service.base, seen.whole, as_of, service.witness, convert)
        if not seen.shared.withheld or not differs(service.base, whole, shown):
            return Decided(shown, record, held_back=False)
        record = warned(record, as_of)
        return Decided(held(service.base, service.decide(record, as_of)), record, held_back=True)

    def account(self, seen: Seen) -> None:
        """Write down what is disclosed by consent or in an emergency, before it is. Raises StoreFault, but for an emergency."""
        restricted = tuple(item for item in seen.shared.disclosed if item[1] in ("consent", "emergency"))
        if not restricted:
            return
        principal = self._reader.asking.principal
        try:
            self._security.consents.disclosed(
                principal.tenant,
                seen.asked.subject or seen.whole.patient.id or "",
                actor=principal.id,
                recipient=seen.viewer.recipient,
                purpose=seen.viewer.purpose,
                operation=self._operation,
                grounds=restricted,
            )
        except StoreFault:
            if not seen.viewer.emergency:
                raise
            tell("disclosure-not-written-down", "error", actor=principal.id, tenant=principal.tenant)

    def _viewer(self, person: str | None) -> Viewer:
        """A programme's own people are outside it once they say that somebody else will read."""
        principal, purpose = self._reader.asking.principal, self._reader.asking.purpose
        inside = self._reader.recipient == principal.organisation
        return Viewer(
            purpose=purpose,
            recipient=self._reader.recipient,
            kind=self._reader.kind,
            programmes=principal.programmes if inside else frozenset(),
            emergency=purpose == "emergency" and self._security.in_emergency(principal, person),
        )

    def _grants(self, person: str | None) -> tuple[Grant, ...]:
        """What the person has said and is stored. Raises StoreFault; a demonstration, which has no real person, goes on without."""
        try:
            return self._security.consents.grants(self._reader.asking.principal.tenant, person) if person else ()
        except StoreFault:
            if not self._security.settings.demo:
                raise
            return ()


def _digest(asked: bytes, found: Shared, viewer: Viewer) -> bytes:
    """What a repeated request must have in common besides its bytes: what its reader may see."""
    opened = sorted(str(item) for item in found.disclosed if item[1] in ("consent", "emergency"))
    view = [viewer.purpose, viewer.recipient, viewer.kind, sorted(viewer.programmes), opened]
    return hashlib.sha256(asked + json.dumps(view).encode()).digest()


def may_see(view: Viewing, patient: str, at: datetime) -> Callable[[Record], bool]:
    """Whether a reader may see all of a record, or of a part of one, of a stored patient."""
    asked = Asked(at, "en", subject=patient)
    return lambda record: not view.see(record, asked).shared.withheld
