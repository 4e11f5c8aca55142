"""The endpoints. Bodies are read here and not by the framework, so that every problem is ours to say."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.answers import answer
from api.limits import Gate, read_body
from api.negotiation import chosen
from api.openapi import EXPLAIN, RECOMMEND, SCHEMA, SUMMARY
from api.operating import knowledge_document
from api.parameters import AsOf, Detailed, Key, Lang, asked_for, known_parameters, repeatable, tenant
from api.pathway_routes import pathway_routes
from api.problems import Rejected
from api.record_schema import record_schema
from api.recording import Asked
from api.rendering import Form, to_json
from api.schemas import decision_schema
from api.security.security import Security
from api.shared import Viewing, reader_of
from api.vocabulary import suggestion
from api.wiring import Service
from engine.errors import Problem

Component = Annotated[str, Path(max_length=80, description="A component of the catalogue.")]


def router(service: Service, security: Security, gate: Gate) -> APIRouter:
    """The endpoints that need no stored patient, around one service."""
    routes = APIRouter(dependencies=[Depends(known_parameters)], default_response_class=Response)
    schemas = {"record": record_schema(service.vocabulary), "decision": decision_schema()}

    async def body(request: Request) -> bytes:
        return await read_body(request, service.settings.max_body)

    @routes.post("/recommend", tags=["decide"], summary="Recommend", **RECOMMEND)
    async def recommend(
        request: Request,
        as_of: AsOf = None,
        lang: Lang = "en",
        format: Form | None = None,
        detail: Detailed = "short",
        idempotency_key: Key = None,
    ) -> Response:
        """The decision for a record: what to do now, the plan, follow-up, what is still to find out, and why."""
        at, form = asked_for(as_of, service.now), format or chosen(request.headers.get("accept"))
        view = Viewing(security, reader_of(request), "recommend")
        data = await body(request)
        known = repeatable(request, idempotency_key, data)
        asked = Asked(at, lang, live=as_of is None, request=known, tenant=tenant(request), detail=detail)
        return await gate.run(answer, view, data, asked, form)

    @routes.post("/explain/{component}", tags=["decide"], summary="Explain one component", **EXPLAIN)
    async def explain(
        request: Request,
        component: Component,
        as_of: AsOf = None,
        lang: Lang = "en",
        format: Form | None = None,
        idempotency_key: Key = None,
    ) -> Response:
        """Why, why not, what was checked, what is missing, and the smallest change of findings that would turn it round."""
        at, form = asked_for(as_of, service.now), format or chosen(request.headers.get("accept"))
        if component not in service.base.components:
            do = suggestion(component, sorted(service.base.components)) or "GET /knowledge lists them."
            raise Rejected(404, "component-unknown", [Problem("path component", "component-unknown", "It is not in the catalogue.", do)])
        view = Viewing(security, reader_of(request), "explain")
        data = await body(request)
        asked = Asked(at, lang, component, live=as_of is None, request=repeatable(request, idempotency_key, data), tenant=tenant(request))
        return await gate.run(answer, view, data, asked, form)

    pathway_routes(routes, service, security, gate)

    @routes.get("/schemas/record", tags=["describe"], summary="JSON Schema of a record, with the names of this release", **SCHEMA)
    async def schema_of_record() -> Response:
        return Response(to_json(schemas["record"]), media_type="application/schema+json")

    @routes.get("/schemas/decision", tags=["describe"], summary="JSON Schema of a decision", **SCHEMA)
    async def schema_of_decision() -> Response:
        return Response(to_json(schemas["decision"]), media_type="application/schema+json")

    @routes.get("/knowledge", tags=["describe"], summary="The release in force", **SUMMARY)
    async def knowledge() -> Response:
        return Response(to_json(knowledge_document(service)), media_type="application/json")

    return routes
