"""Consents, who can see what, disclosures, care teams and emergency access, patient by patient."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import StringConstraints
from starlette.concurrency import run_in_threadpool

from adapters.store.identity import Found
from api.parameters import Lang, known_parameters
from api.security.bodies import read_as, schema_of
from api.security.clock import HOUR, moment_of
from api.security.consents import NewConsent
from api.security.notices import NOTICES
from api.security.replies import BODY, asking, missing, reply, told
from api.security.security import Security
from api.security.who import who_can_see
from engine.given import Identifier, Input

Patient = Annotated[str, Path(max_length=128)]
Id = Annotated[str, Path(max_length=80)]
_LASTS = 4 * HOUR
Member = Annotated[str, Path(min_length=1, max_length=80)]


class NewEmergency(Input):
    """A medical emergency of one patient, as 42 CFR 2.51 has it written down: its nature, and why consent cannot be had."""

    patient: Identifier
    nature: Literal["overdose", "withdrawal", "suicide_risk", "violence", "medical", "psychiatric"]
    reason: Annotated[str, StringConstraints(min_length=10, max_length=500)]


class Review(Input):
    """What the review of an access came to."""

    finding: Literal["justified", "not_justified"]


def consent_router(security: Security) -> APIRouter:
    """Every endpoint about sharing."""
    routes = APIRouter(dependencies=[Depends(known_parameters)], default_response_class=Response, tags=["sharing"])
    _consents(routes, security)
    _reading(routes, security)
    _team(routes, security)
    _emergency(routes, security)
    return routes


def _consents(routes: APIRouter, security: Security) -> None:
    held = security.consents

    @routes.get("/patients/{patient}/consents", summary="Consents of a patient", **told("Every consent, oldest first"))
    def consents(request: Request, patient: Patient) -> Response:
        return reply({"consents": held.documents(asking(request).principal.tenant, patient)})

    @routes.post(
        "/patients/{patient}/consents",
        summary="Record a consent",
        openapi_extra=schema_of(NewConsent),
        **told("Recorded; it holds from now on", *BODY, status=201),
    )
    async def record(request: Request, patient: Patient) -> Response:
        """Refused unless it has every element that the law asks for. `given: false` records a refusal."""
        given, who = await read_as(request, NewConsent), asking(request).principal
        return reply({"id": await run_in_threadpool(held.record, who.tenant, patient, given, who.id)}, 201)

    @routes.post("/patients/{patient}/consents/{id}/revocation", summary="Revoke a consent", **told("Revoked", 404, status=204))
    def revoke(request: Request, patient: Patient, id: Id) -> Response:
        """At once: the next question is answered without it. What was disclosed before stays written down."""
        who = asking(request).principal
        if not held.revoke(who.tenant, patient, id, who.id):
            raise missing("There is no such consent, or it was revoked before.")
        return Response(status_code=204)


def _reading(routes: APIRouter, security: Security) -> None:
    held = security.consents

    @routes.get("/patients/{patient}/sharing", summary="Who can see what, and why", **told("In plain words"))
    def sharing(request: Request, patient: Patient, lang: Lang = "en") -> Response:
        lines = who_can_see(held.documents(asking(request).principal.tenant, patient), security.moment(), lang)
        return reply({"language": lang, "lines": lines})

    @routes.get("/patients/{patient}/disclosures", summary="What was disclosed to whom", **told("Every disclosure, oldest first"))
    def disclosures(request: Request, patient: Patient) -> Response:
        return reply({"disclosures": held.disclosures(asking(request).principal.tenant, patient)})

    @routes.get("/notices/{notice}", summary="A notice that goes with what is disclosed", **told("The notice", 404))
    def notice(notice: Id, lang: Lang = "en") -> Response:
        if notice not in NOTICES:
            raise missing("There is no such notice.")
        return reply({"notice": notice, "language": lang, "text": NOTICES[notice][lang]})


def _team(routes: APIRouter, security: Security) -> None:
    store = security.identity

    @routes.get("/patients/{patient}/team", summary="The care team of a patient", **told("Members"))
    def team(request: Request, patient: Patient) -> Response:
        tenant = asking(request).principal.tenant
        return reply({"members": store.team(tenant, security.seal.person(tenant, patient), security.now())})

    @routes.put("/patients/{patient}/team/{member}", summary="Put somebody on the care team", **told("A member", 404, status=204))
    def join(request: Request, patient: Patient, member: Member) -> Response:
        """member: the id of an account, or of a system, of the own tenant."""
        tenant = asking(request).principal.tenant
        if member not in {row.id for row in (*store.accounts(tenant), *store.clients(tenant)) if row.active}:
            raise missing("There is no such account or system.")
        store.join_team(tenant, security.seal.person(tenant, patient), member, None)
        return Response(status_code=204)

    @routes.delete("/patients/{patient}/team/{member}", summary="Take somebody off the care team", **told("No member", 404, status=204))
    def leave(request: Request, patient: Patient, member: Member) -> Response:
        tenant = asking(request).principal.tenant
        if not store.leave_team(tenant, security.seal.person(tenant, patient), member):
            raise missing("They are not on the team.")
        return Response(status_code=204)


def _emergency(routes: APIRouter, security: Security) -> None:
    store, seal = security.identity, security.seal

    @routes.post(
        "/emergency-access",
        summary="Open access in an emergency",
        openapi_extra=schema_of(NewEmergency),
        **told("Open until the moment given", *BODY, status=201),
    )
    async def open_access(request: Request) -> Response:
        """For hours, with a reason, and reviewed afterwards by somebody else. Needs Tandem-Purpose: emergency."""
        given, who = await read_as(request, NewEmergency), asking(request).principal
        id, now = str(uuid4()), security.now()
        row: dict[str, Any] = {"id": id, "tenant": who.tenant, "person": seal.person(who.tenant, given.patient), "actor": who.id}
        row |= {"at": now, "until": now + _LASTS, "sealed": seal.close(given.model_dump_json().encode(), f"emergency {id}")}
        await run_in_threadpool(lambda: store.open_emergency(**row))
        return reply({"id": id, "until": _iso(row["until"])}, 201)

    @routes.get("/emergency-access", summary="Emergency access to be reviewed", **told("Oldest first"))
    def waiting(request: Request, all: Annotated[bool, Query(description="Also what was reviewed.")] = False) -> Response:
        rows = store.emergencies(asking(request).principal.tenant, open_only=not all)
        return reply({"accesses": [_access(row, json.loads(seal.open(row.sealed, f"emergency {row.id}"))) for row in rows]})

    @routes.post(
        "/emergency-access/{id}/review",
        summary="Review an access",
        openapi_extra=schema_of(Review),
        **told("Reviewed", 404, *BODY, status=204),
    )
    async def review(request: Request, id: Id) -> Response:
        """By somebody else than who opened it."""
        given, who = await read_as(request, Review), asking(request).principal
        if not await run_in_threadpool(store.review, who.tenant, id, who.id, security.now(), given.finding):
            raise missing("There is none that waits for your review.")
        return Response(status_code=204)


def _access(row: Found, told_: dict[str, Any]) -> dict[str, Any]:
    reviewed = _iso(row.reviewed_at) if row.reviewed_at else None
    found = {"id": row.id, "actor": row.actor, "at": _iso(row.at), "until": _iso(row.until), **told_}
    return found | {"reviewed_at": reviewed, "reviewed_by": row.reviewed_by, "finding": row.finding}


def _iso(at: int) -> str:
    moment: datetime = moment_of(at)
    return moment.isoformat()
