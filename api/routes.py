"""The endpoints. Bodies are read here and not by the framework, so that every problem is ours to say."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from api.answers import decision_answer, explanation_answer
from api.limits import Gate, read_body
from api.negotiation import chosen
from api.openapi import EXPLAIN, LIVE, READY, RECOMMEND, SCHEMA, SUMMARY
from api.operating import health_document, knowledge_document
from api.parameters import AsOf, Lang, asked_for, known_parameters
from api.pathway_routes import pathway_routes
from api.problems import Rejected
from api.record_schema import record_schema
from api.rendering import Form, to_json
from api.schemas import decision_schema
from api.vocabulary import suggestion
from api.wiring import Service
from engine.errors import Problem

Component = Annotated[str, Path(max_length=80, description="A component of the catalogue.")]


def router(service: Service) -> APIRouter:
    """Every endpoint, around one service."""
    routes = APIRouter(dependencies=[Depends(known_parameters)], default_response_class=Response)
    gate = Gate(service.settings.max_concurrent)
    schemas = {"record": record_schema(service.vocabulary), "decision": decision_schema()}

    async def body(request: Request) -> bytes:
        return await read_body(request, service.settings.max_body)

    @routes.post("/recommend", tags=["decide"], summary="Recommend", **RECOMMEND)
    async def recommend(request: Request, as_of: AsOf = None, lang: Lang = "en", format: Form | None = None) -> Response:
        """The decision for a record: what to do now, the plan, follow-up, what is still to find out, and why."""
        at, form = asked_for(as_of, service.now), format or chosen(request.headers.get("accept"))
        data = await body(request)
        return await gate.run(decision_answer, service, data, at, lang, form)

    @routes.post("/explain/{component}", tags=["decide"], summary="Explain one component", **EXPLAIN)
    async def explain(
        request: Request, component: Component, as_of: AsOf = None, lang: Lang = "en", format: Form | None = None
    ) -> Response:
        """Why, why not, what was checked, what is missing, and the smallest change of findings that would turn it round."""
        at, form = asked_for(as_of, service.now), format or chosen(request.headers.get("accept"))
        if component not in service.base.components:
            do = suggestion(component, sorted(service.base.components)) or "GET /knowledge lists them."
            raise Rejected(404, "component-unknown", [Problem("path component", "component-unknown", "It is not in the catalogue.", do)])
        data = await body(request)
        return await gate.run(explanation_answer, service, data, component, at, lang, form)

    pathway_routes(routes, service, gate)

    @routes.get("/health/live", tags=["operate"], summary="Is the process alive", **LIVE)
    async def live() -> Response:
        return Response(b'{"status":"live"}', media_type="application/json")

    @routes.get("/health/ready", tags=["operate"], summary="May its answers be relied on", **READY)
    async def ready() -> Response:
        """503 once the two engines have disagreed, or a disagreement could not be written down. One engine alone is no fault."""
        document = await run_in_threadpool(health_document, service)
        return Response(to_json(document), 200 if document["status"] == "ready" else 503, media_type="application/json")

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
