"""The endpoints of stored patients."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api import patients
from api.limits import Gate, read_body
from api.negotiation import chosen
from api.openapi import CORRECT, CREATE, RETRACT, STORED_RECOMMEND, TELL, TIMELINE
from api.parameters import AsOf, Detailed, Key, Lang, asked_for, repeatable
from api.record_schema import PATTERNS
from api.recording import Asked
from api.rendering import Form
from api.security.replies import asking
from api.security.security import Security
from api.shared import Viewing, reader_of

_KNOWN_AT = "As known at this moment: what was told, corrected or retracted later does not count. Now, when it is left out."
KnownAt = Annotated[str | None, Query(pattern=PATTERNS["date-time"], description=_KNOWN_AT)]
Patient = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$", description="The id that POST /patients gave.")]
Item = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}\.[0-9]{1,5}$", description="The id of an item of the timeline.")]


def add_patients(routes: APIRouter, security: Security, gate: Gate) -> None:
    """Add them to the others."""
    service = security.service

    async def body(request: Request) -> bytes:
        return await read_body(request, service.settings.max_body)

    def known(text: str | None) -> datetime | None:
        return None if text is None else asked_for(text, service.now, "known_at")

    @routes.post("/patients", tags=["patients"], summary="Make a patient", **CREATE)
    async def create(request: Request, idempotency_key: Key = None) -> Response:
        """A patient under an identifier of yours, or under none. The same identifier is the same patient."""
        data = await body(request)
        asked = repeatable(request, idempotency_key, data)
        return await gate.run(patients.create, service, data, asked, asking(request).principal.tenant, _welcome(security, request))

    @routes.post("/patients/{patient}/entries", tags=["patients"], summary="Tell something about a patient", **TELL)
    async def tell(request: Request, patient: Patient, idempotency_key: Key = None) -> Response:
        """Send any part of a record, early, late or again: each says when it was true, and the journal when it was told."""
        data = await body(request)
        return await gate.run(patients.tell, service, patient, data, repeatable(request, idempotency_key, data))

    @routes.post("/patients/{patient}/items/{item}/correct", tags=["patients"], summary="Correct one item", **CORRECT)
    async def correct(request: Request, patient: Patient, item: Item, idempotency_key: Key = None) -> Response:
        """Send a record with the one item as it should have been. The history keeps what it was."""
        data = await body(request)
        return await gate.run(patients.correct, service, patient, item, data, repeatable(request, idempotency_key, data))

    @routes.post("/patients/{patient}/items/{item}/retract", tags=["patients"], summary="Take one item back", **RETRACT)
    async def retract(request: Request, patient: Patient, item: Item, idempotency_key: Key = None) -> Response:
        """It was never so. The history keeps that it was told."""
        return await gate.run(patients.retract, service, patient, item, repeatable(request, idempotency_key, b""))

    @routes.get("/patients/{patient}/timeline", tags=["patients"], summary="Read the timeline", **TIMELINE)
    async def timeline(request: Request, patient: Patient, known_at: KnownAt = None) -> Response:
        """Everything told and decided, as known at a moment, with its history."""
        view = Viewing(security, reader_of(request), "timeline")
        return await gate.run(patients.timeline, view, patient, known(known_at))

    @routes.post("/patients/{patient}/recommend", tags=["patients"], summary="Recommend for a stored patient", **STORED_RECOMMEND)
    async def recommend(
        request: Request,
        patient: Patient,
        as_of: AsOf = None,
        known_at: KnownAt = None,
        lang: Lang = "en",
        format: Form | None = None,
        detail: Detailed = "short",
        idempotency_key: Key = None,
    ) -> Response:
        """The decision of any moment, from what was known at any moment."""
        at, then, form = asked_for(as_of, service.now), known(known_at), format or chosen(request.headers.get("accept"))
        live = as_of is None and known_at is None
        view = Viewing(security, reader_of(request), "recommend")
        asked = Asked(at, lang, subject=patient, live=live, request=repeatable(request, idempotency_key, b""), detail=detail)
        return await gate.run(patients.recommend, view, patient, asked, then, form)


def _welcome(security: Security, request: Request) -> patients.Welcome:
    """Who makes a patient is on their care team; a system is, too, whenever it says whom it speaks of."""
    who = asking(request).principal

    def welcome(patient: str, new: bool) -> None:
        if new or who.kind == "system":
            security.identity.join_team(who.tenant, security.seal.person(who.tenant, patient), who.id, None)

    return welcome
