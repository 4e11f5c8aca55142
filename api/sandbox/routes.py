"""The sandbox over HTTP. It is there in a demonstration, and where TANDEM_SANDBOX is on."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from api.hooks.language import language_of
from api.parameters import known_parameters
from api.problems import Rejected
from api.sandbox.page import sandbox_page, scripts
from api.security.replies import told
from api.wiring import Service
from engine.dictionary import Language
from engine.errors import Problem

_TEXT = {"schema": {"type": "string"}}
_PAGE = told("The page", 404)
_PAGE["responses"][200]["content"] = {"text/html": _TEXT}
_SCRIPT = told("A module of the page", 404)
_SCRIPT["responses"][200]["content"] = {"text/javascript": _TEXT}
_NAMES: dict[str, Any] = {"enum": list(scripts())}


def sandbox_router(service: Service) -> APIRouter:
    """The page, and the modules that it loads. They tell of nobody; what it sends goes through the door like everything else."""
    settings = service.settings
    routes = APIRouter(dependencies=[Depends(known_parameters)], default_response_class=Response, tags=["describe"])

    @routes.get("/sandbox", summary="Try requests out", **_PAGE)
    def page(
        lang: Annotated[Language | None, Query()] = None,
        languages: Annotated[str | None, Header(alias="Accept-Language", description="English or Spanish.")] = None,
    ) -> Response:
        """A page for people. 404 unless this is a demonstration, or the sandbox was switched on."""
        _there(settings.tried_out)
        html, policy = sandbox_page(lang or language_of(languages), service.now().date(), demo=settings.demo)
        return Response(html, headers={"content-security-policy": policy, "vary": "accept-language"}, media_type="text/html")

    @routes.get("/sandbox/{module}", summary="A part of the sandbox", **_SCRIPT)
    def script(module: Annotated[str, Path(max_length=40, json_schema_extra=_NAMES)]) -> Response:
        """What the page loads."""
        _there(settings.tried_out and module in scripts())
        return Response(scripts()[module], media_type="text/javascript")

    return routes


def _there(found: bool) -> None:
    if not found:
        do = "Serve with --demo, or set TANDEM_SANDBOX=on where there are no real people."
        raise Rejected(404, "not-found", [Problem("path", "sandbox-off", "There is no sandbox here, or no such part of it.", do)])
