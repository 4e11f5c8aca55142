"""Stored patients: made, told about, corrected, and decided for. Nothing is acknowledged that is not written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from starlette.responses import Response

from adapters.crypto import KeyFault
from adapters.journal import Draft, JournalFault, Receipt, Request, RequestDiffers, SubjectGone
from adapters.journal.reading import about, subject_of
from adapters.store import StoreFault
from api.answers import decided, respond, reused
from api.problems import Rejected
from api.recording import Asked, person_of
from api.rendering import Form, to_json
from api.shared import Viewing, may_see
from api.strict_json import decode
from api.timeline import Timeline, document, fold, pack, parts, record_at, seen
from api.wiring import Service
from engine.errors import Problem, Refused

_LONGEST = 128
Welcome = Callable[[str, bool], None]  # a patient, and whether they are new
_AGAIN = {"retry-after": "1"}


def create(service: Service, data: bytes, request: Request | None, tenant: str, welcome: Welcome) -> Response:
    """A patient, under an identifier of the caller's or none; the same identifier is the same patient of one tenant."""
    identifier = _identifier(decode(data, ("identifier",)))
    identifier = person_of(tenant, identifier) if identifier else None
    with stored():
        known = subject_of(service.journal.ready(), identifier) if identifier else None
        if known is not None:
            welcome(known, False)
            return _json(200, {"patient": known})
        held = pack({"identifier": identifier, "tenant": tenant})
        receipt = service.journal.append(Draft("patient", {}, held, identifier, request=request))
        entry = service.journal.entry(receipt.id)
        if entry and entry.subject:
            welcome(entry.subject, True)
    return _json(201, {"patient": entry.subject if entry else None}, receipt)


def tell(service: Service, patient: str, data: bytes, request: Request | None) -> Response:
    """Add what a record holds to what is known; each part of it becomes an item that can be corrected by itself."""
    items = parts(service.read(data))
    with stored():
        receipt = _append(service, patient, {"act": "append", "items": items}, request)
    told = [{"id": f"{receipt.id}.{number}", "part": item["part"]} for number, item in enumerate(items)]
    return _json(201, {"entry": receipt.id, "items": told}, receipt)


def correct(service: Service, patient: str, item: str, data: bytes, request: Request | None) -> Response:
    """Put another value in the place of an item; what was told before stays in its history."""
    values = parts(service.read(data))
    with stored():
        part = _item(service, patient, item, request)
        if [value["part"] for value in values] != [part]:
            do = f"Send a record with one member in `{part}` and nothing else."
            raise Refused([Problem("", "item-differs", "This is not one item of the same part.", do)])
        receipt = _append(service, patient, {"act": "correct", "of": item, "value": values[0]["value"]}, request)
    return _json(201, {"entry": receipt.id, "item": item}, receipt)


def retract(service: Service, patient: str, item: str, request: Request | None) -> Response:
    """Take an item back, as never having been so; it stays in the history."""
    with stored():
        _item(service, patient, item, request)
        receipt = _append(service, patient, {"act": "retract", "of": item}, request)
    return _json(201, {"entry": receipt.id, "item": item}, receipt)


def timeline(view: Viewing, patient: str, known_at: datetime | None) -> Response:
    """All that was known at a moment and its reader may see, and the history that led to it."""
    with stored():
        found = folded(view.service, patient)
        return _json(200, document(patient, seen(found, may_see(view, patient, view.service.now())), known_at))


def recommend(view: Viewing, patient: str, asked: Asked, known_at: datetime | None, form: Form) -> Response:
    """The decision for a stored patient, of any moment, from what was known at any moment."""
    with stored():
        found = decided(view, lambda: record_at(folded(view.service, patient), asked.as_of, known_at, live=asked.live), asked)
    return respond(found, form)


def _append(service: Service, patient: str, held: dict[str, Any], request: Request | None) -> Receipt:
    return service.journal.append(Draft("told", {}, pack(held), subject=patient, request=request))


def _item(service: Service, patient: str, item: str, request: Request | None) -> str:
    """The part that an item belongs to. Raises Rejected when it is not there, or no longer."""
    found = folded(service, patient).items.get(item)
    if found is None:
        raise Rejected(
            404, "item-unknown", [Problem("path item", "item-unknown", "There is no such item.", "GET the timeline lists them.")]
        )
    if found.retracted and not (request and service.journal.answered(request)):
        do = "Send it anew, as something told now."
        raise Rejected(409, "item-retracted", [Problem("path item", "item-retracted", "It has been taken back.", do)])
    return found.part


def folded(service: Service, patient: str) -> Timeline:
    history = about(service.journal.ready(), patient)
    if history is None:
        raise SubjectGone
    return fold(history)


def _identifier(value: Any) -> str | None:
    sound = isinstance(value, dict) and value.keys() <= {"identifier"}
    found = value.get("identifier") if sound else None
    if not sound or not (found is None or (isinstance(found, str) and 0 < len(found) <= _LONGEST and not set(found) & set(" \t\r\n"))):
        do = f'Send {{"identifier": "..."}}, at most {_LONGEST} characters without spaces, or {{}}.'
        raise Refused([Problem("", "identifier-wrong", "This does not name a patient.", do)])
    return found


@contextmanager
def stored() -> Iterator[None]:
    """What cannot be read or written is never acknowledged."""
    try:
        yield
    except SubjectGone:
        do = "POST /patients makes one."
        raise Rejected(404, "patient-unknown", [Problem("path patient", "patient-unknown", "There is no such patient.", do)]) from None
    except RequestDiffers:
        raise reused() from None
    except (JournalFault, StoreFault, KeyFault):
        down = Problem("", "store-unavailable", "It cannot be read or written now.", "Send it again, with the same Idempotency-Key.")
        raise Rejected(503, "store-unavailable", [down], _AGAIN) from None


def _json(status: int, body: dict[str, Any], receipt: Receipt | None = None) -> Response:
    headers = {"tandem-entry": receipt.id} if receipt else {}
    if receipt and receipt.again:
        headers["idempotent-replayed"] = "true"
    return Response(to_json(body).encode(), status, headers=headers, media_type="application/json")
