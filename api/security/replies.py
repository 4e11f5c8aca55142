"""How the endpoints about identity and consent answer, and what OpenAPI says of their answers."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.problems import MEDIA_TYPE, TITLES, Rejected
from api.rendering import to_json
from api.security.door import Asking
from engine.errors import Problem

_WHY = {
    400: ("json-refused", "request-refused"),
    401: ("not-known",),
    404: ("not-found",),
    408: ("timeout",),
    409: ("conflict",),
    413: ("too-large",),
    415: ("media-type",),
    422: ("body-refused",),
}
BODY = (408, 413, 415, 422)


def asking(request: Request) -> Asking:
    """Who asks; the door has let them in."""
    found: Asking = request.state.asking
    return found


def reply(document: Any, status: int = 200, /, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(to_json(document), status, headers=named, media_type="application/json")


def missing(what: str) -> Rejected:
    return Rejected(404, "not-found", [Problem("path", "not-found", what, "Look it up in the list.")])


def taken() -> Rejected:
    return Rejected(409, "conflict", [Problem("/name", "taken", "There is one of this name already.", "Choose another name.")])


def told(description: str, *statuses: int, status: int = 200) -> dict[str, Any]:
    """What OpenAPI says: the answer, and each way in which it may be refused."""
    problem = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    good: dict[str, Any] = {"description": description}
    if status not in (204, 303):
        good["content"] = {"application/json": {"schema": {"type": "object"}}}
    refused = {code: {"description": " ".join(TITLES[name] for name in _WHY[code]), **problem} for code in (400, *statuses)}
    return {"status_code": status, "responses": {status: good, **refused}}
