"""The endpoints of care plans and care pathways."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api.answers import pathway_answer, plan_answer, position_answer
from api.limits import Gate, read_body
from api.openapi import PATHWAY, PLAN, POSITION, SUMMARY
from api.operating import pathways_document
from api.parameters import AsOf, Key, Lang, asked_for, repeatable, tenant
from api.pathway_drawing import Drawing, Picture
from api.problems import Rejected
from api.record_schema import PATTERNS
from api.recording import Asked
from api.rendering import PlanForm, to_json
from api.security.security import Security
from api.shared import Viewing, reader_of
from api.vocabulary import suggestion
from api.wiring import Service
from engine.errors import Problem
from engine.pathway import Pathway

_SINCE = "An earlier moment: the plan then says what changed from it to as_of, and why."
Since = Annotated[str | None, Query(pattern=PATTERNS["date-time"], description=_SINCE, examples=["2026-11-01T16:00:00Z"])]
PathwayId = Annotated[str, Path(max_length=80, description="A care pathway.")]


def pathway_routes(routes: APIRouter, service: Service, security: Security, gate: Gate) -> None:
    """Add them to the others, around the same service and behind the same gate."""

    @routes.post("/plan", tags=["decide"], summary="Care plan", **PLAN)
    async def plan(
        request: Request,
        as_of: AsOf = None,
        since: Since = None,
        lang: Lang = "en",
        format: PlanForm = "json",
        idempotency_key: Key = None,
    ) -> Response:
        """One plan: goals, wishes and what they changed, choices, who does what, one calendar; and what changed since a moment."""
        at, before = asked_for(as_of, service.now), asked_for(since, service.now, "since") if since else None
        view = Viewing(security, reader_of(request), "plan")
        data = await read_body(request, service.settings.max_body)
        asked = Asked(at, lang, live=as_of is None, request=repeatable(request, idempotency_key, data), tenant=tenant(request))
        return await gate.run(plan_answer, view, data, asked, before, format)

    @routes.get("/pathways", tags=["describe"], summary="The care pathways", **SUMMARY)
    async def pathways() -> Response:
        return Response(to_json(pathways_document(service)), media_type="application/json")

    @routes.get("/pathways/{pathway}", tags=["describe"], summary="One care pathway, drawn", **PATHWAY)
    async def pathway(pathway: PathwayId, lang: Lang = "en", format: Drawing = "svg") -> Response:
        """The pathway as a picture, as text, for Mermaid, or as GraphML."""
        return await gate.run(pathway_answer, service, found(pathway), lang, format)

    @routes.post("/pathways/{pathway}", tags=["decide"], summary="A person on one care pathway, drawn", **POSITION)
    async def position(
        request: Request, pathway: PathwayId, as_of: AsOf = None, lang: Lang = "en", format: Picture = "svg", idempotency_key: Key = None
    ) -> Response:
        """Where the person of the record stands, the road taken, what is open and what holds it."""
        at, item = asked_for(as_of, service.now), found(pathway)
        view = Viewing(security, reader_of(request), "position")
        data = await read_body(request, service.settings.max_body)
        asked = Asked(at, lang, live=as_of is None, request=repeatable(request, idempotency_key, data), tenant=tenant(request))
        return await gate.run(position_answer, view, data, asked, item, format)

    def found(name: str) -> Pathway:
        if name not in service.base.pathways:
            do = suggestion(name, sorted(service.base.pathways)) or "GET /pathways lists them."
            raise Rejected(404, "pathway-unknown", [Problem("path pathway", "pathway-unknown", "There is no such pathway.", do)])
        return service.base.pathways[name]
