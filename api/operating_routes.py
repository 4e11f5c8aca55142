"""Whether it lives, whether it may be relied on, and its figures."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response
from starlette.concurrency import run_in_threadpool

from api.metrics import MEDIA_TYPE, Metrics
from api.openapi import FIGURES, LIVE, READY
from api.operating import health_document
from api.parameters import known_parameters
from api.rendering import to_json
from api.security.security import Security


def operating_router(security: Security, metrics: Metrics) -> APIRouter:
    """The endpoints that operators and their machines ask."""
    routes = APIRouter(dependencies=[Depends(known_parameters)], default_response_class=Response, tags=["operate"])
    service = security.service

    @routes.get("/health/live", summary="Is the process alive", **LIVE)
    async def live() -> Response:
        return Response(b'{"status":"live"}', media_type="application/json")

    @routes.get("/health/ready", summary="May its answers be relied on", **READY)
    async def ready() -> Response:
        """503 once the engines have disagreed, a disagreement was not written down, the database fails, or the end is near."""
        document = await run_in_threadpool(health_document, service, security)
        return Response(to_json(document), 200 if document["status"] == "ready" else 503, media_type="application/json")

    @routes.get("/metrics", summary="Figures for Prometheus", **FIGURES)
    def figures() -> Response:
        health = service.engines
        for state in ("checked", "unchecked", "disagreements"):
            metrics.engines.labels(state).set(getattr(health, state))
        metrics.ready.set(health_document(service, security)["status"] == "ready")
        return Response(metrics.text(), media_type=MEDIA_TYPE)

    return routes
