"""What the OpenAPI document says of the FHIR endpoints."""

from __future__ import annotations

from typing import Any

from adapters.fhir.writing.capability import PARAMETERS, TOLD
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
    _parameter("Prefer", "handling=strict refuses what is not understood.", "header"),
]
METADATA: dict[str, Any] = {"responses": _answers("CapabilityStatement", 400, 406), "openapi_extra": {"parameters": [_FORMAT]}}
SEARCH: dict[str, Any] = {"responses": _answers("Bundle", 400, 406, 503), "openapi_extra": {"parameters": _SEARCHED}}
_FORM = {"type": "object", "properties": {item["name"]: item["schema"] for item in _SEARCHED if item["in"] == "query"}}
SEARCH_FORM: dict[str, Any] = {
    "responses": _answers("Bundle", 400, 406, 408, 413, 415, 503),
    "openapi_extra": {
        "parameters": _SEARCHED,
        "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": _FORM}}},
    },
}
_HAD = _parameter("If-None-Match", "The ETag of what the asker has.", "header")
READ: dict[str, Any] = {
    "responses": _answers("The resource", 400, 404, 406, 503) | {304: {"description": "The asker has it"}},
    "openapi_extra": {"parameters": [_FORMAT, _HAD]},
}


def _body(*kinds: str, **properties: Any) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["resourceType", *properties],
        "properties": {"resourceType": {"enum": list(kinds)}, **properties},
    }
    return {"required": True, "content": {MEDIA_TYPE: {"schema": schema}, "application/json": {"schema": schema}}}


def _taking(good: str, status: int, body: dict[str, Any], *statuses: int) -> dict[str, Any]:
    refused = _answers(good, 400, 404, 406, 408, *statuses, 413, 415, 422, 503, status=status)
    return {"responses": refused, "openapi_extra": {"requestBody": body, "parameters": [_FORMAT]}}


_AGAIN = {200: {"description": "It had come before, or a later version is known", "content": _OUTCOME}}
_RESOURCE = _body(*TOLD, subject={"type": "object"})
APPLY = _taking("CarePlan", 200, _body("Parameters", parameter={"type": "array", "items": {"type": "object"}}))
APPLY_R5 = _taking("Bundle", 200, _body("Parameters", parameter={"type": "array", "items": {"type": "object"}}))
EVALUATE = _taking("MeasureReport, or GuidanceResponse", 200, _body("Parameters", parameter={"type": "array", "items": {"type": "object"}}))
TELL = _taking("Written down", 201, _RESOURCE, 409)
TELL["responses"] |= _AGAIN
NOTIFY = _taking("What came of each resource", 200, _body("Bundle", entry={"type": "array", "items": {"type": "object"}}))
