"""What the OpenAPI document says of the FHIR endpoints."""

from __future__ import annotations

from typing import Any

from adapters.fhir.writing.capability import PARAMETERS
from api.fhir.media import MEDIA_TYPE
from api.openapi import PROBLEM_CONTENT, WHY

_OUTCOME = {MEDIA_TYPE: {"schema": {"type": "object", "required": ["resourceType"]}}}


def _answers(good: str, *statuses: int, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Errors are told as a problem, or as an OperationOutcome."""
    found: dict[int | str, dict[str, Any]] = {status: {"description": good, "content": _OUTCOME}}
    return found | {code: {"description": WHY[code][1], "content": PROBLEM_CONTENT["content"] | _OUTCOME} for code in statuses}


def _parameter(name: str, said: str, where: str = "query", **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "required": False, "description": said, "schema": {"type": "string", **schema}}


_FORMAT = _parameter("_format", "The form of the answer; JSON is what there is.", enum=["json", MEDIA_TYPE])
_SEARCHED = [
    *(_parameter(name, said) for name, (_, said) in PARAMETERS.items()),
    _parameter("_count", "How many on a page: 20 when left out, 200 at most.", pattern="^[0-9]{1,9}$"),
    _parameter("_summary", "A part of each resource, or only how many there are.", enum=["true", "text", "data", "count", "false"]),
    _parameter("_elements", "The elements that are wanted, with commas between them."),
    _FORMAT,
    _parameter("Prefer", "handling=strict refuses what is not understood.", "header", enum=["handling=strict", "handling=lenient"]),
]
METADATA: dict[str, Any] = {"responses": _answers("CapabilityStatement", 400, 406), "openapi_extra": {"parameters": [_FORMAT]}}
SEARCH: dict[str, Any] = {"responses": _answers("Bundle", 400, 406, 503), "openapi_extra": {"parameters": _SEARCHED}}
READ: dict[str, Any] = {"responses": _answers("The resource", 400, 404, 406, 503), "openapi_extra": {"parameters": [_FORMAT]}}
_PARAMETERS = {
    "type": "object",
    "required": ["resourceType", "parameter"],
    "properties": {"resourceType": {"const": "Parameters"}, "parameter": {"type": "array", "items": {"type": "object"}}},
}
_BODY = {"required": True, "content": {MEDIA_TYPE: {"schema": _PARAMETERS}, "application/json": {"schema": _PARAMETERS}}}
APPLY: dict[str, Any] = {
    "responses": _answers("CarePlan", 400, 404, 406, 408, 413, 415, 422, 503),
    "openapi_extra": {"requestBody": _BODY, "parameters": [_FORMAT]},
}
