"""The FHIR endpoints around one service."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.fhir.apply_routes import apply_routes
from api.fhir.incoming_routes import incoming_routes
from api.fhir.knowledge_routes import Published, knowledge_routes
from api.limits import Gate
from api.security.security import Security


def fhir_router(security: Security, gate: Gate) -> APIRouter:
    """What is published, what is decided on request, and what health records tell us."""
    routes = APIRouter(default_response_class=Response)
    published = Published(security.service)
    knowledge_routes(routes, published, gate)
    apply_routes(routes, published, security, gate)
    incoming_routes(routes, published, security, gate)
    return routes
