"""What the OpenAPI document says of population runs."""

from __future__ import annotations

from typing import Any

from api.problems import MEDIA_TYPE, TITLES

_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_WHY = {
    400: TITLES["request-refused"],
    404: TITLES["not-found"],
    409: "The export, or the run, cannot be used as it is.",
    416: "The file has no such range.",
    429: TITLES["too-many"],
}


def _answers(found: dict[int | str, dict[str, Any]], *statuses: int) -> dict[str, Any]:
    return {"responses": found | {status: {"description": _WHY[status], **_PROBLEM} for status in statuses}}


def _header(said: str) -> dict[str, Any]:
    return {"description": said, "schema": {"type": "string"}}


_LOCATION = {"Content-Location": _header("Where to look how far it is.")}
_PROGRESS = {"X-Progress": _header("How far it is."), "Retry-After": _header("Seconds after which to look again.")}
_MANIFEST = {"application/json": {"schema": {"type": "object", "required": ["transactionTime", "requiresAccessToken", "output", "error"]}}}
_LINES = {"application/fhir+ndjson": {"schema": {"type": "string"}}}
_PREFER = {"name": "Prefer", "in": "header", "required": True, "schema": {"type": "string", "enum": ["respond-async"]}}
KICK_OFF: dict[str, Any] = {
    "status_code": 202,
    "openapi_extra": {"parameters": [_PREFER | {"description": "There is no other way."}]},
    **_answers({202: {"description": "Begun", "headers": _LOCATION}}, 400, 404, 409, 429),
}
STATUS = _answers(
    {200: {"description": "The manifest", "content": _MANIFEST}, 202: {"description": "Still running", "headers": _PROGRESS}}, 400, 404, 409
)
CANCEL: dict[str, Any] = {"status_code": 202, **_answers({202: {"description": "Cancelled"}}, 400, 404)}
_PART: dict[int | str, dict[str, Any]] = {206: {"description": "A part of the file", "content": _LINES}, 416: {"description": _WHY[416]}}
FILE = _answers({200: {"description": "The file", "content": _LINES}, **_PART}, 400, 404)
