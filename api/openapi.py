"""What the OpenAPI document says of each endpoint, with examples that run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.outcomes import MEDIA_TYPE as FHIR
from api.outcomes import OUTCOME_SCHEMA, is_fhir
from api.plan_schema import PlanDocument
from api.problems import MEDIA_TYPE, PROBLEM_SCHEMA, TITLES
from api.record_schema import PATTERNS, record_schema
from api.rendering import MEDIA_TYPES
from api.schema_parts import Written
from api.schemas import DecisionDocument, ExplanationDocument
from api.security.policy import policy
from api.wiring import Service

EXAMPLES = Path(__file__).parent.parent / "examples"
_JSON = "application/json"
PROBLEM_CONTENT = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_TAGS = [
    {"name": "decide", "description": "A record goes in, an explained decision comes out, and is written in the journal first."},
    {"name": "hooks", "description": "CDS Hooks 2.0: an electronic health record asks in its workflow, and is answered with cards."},
    {"name": "patients", "description": "What is told about a patient over time, and decided for them as of any moment."},
    {"name": "fhir", "description": "FHIR R4: the knowledge as definitions, decisions as proposals, and what health records tell us."},
    {"name": "population", "description": "Decisions for everybody in a bulk export, in a while."},
    {"name": "identity", "description": "Who may ask: signing in, tokens for systems, accounts."},
    {"name": "sharing", "description": "Consents, who can see what, disclosures, care teams, emergency access."},
    {"name": "operate", "description": "Whether the answers may be relied on."},
    {"name": "describe", "description": "What goes in, what comes out, and the knowledge it rests on."},
]
WHY = {
    400: ("json-refused", "Not JSON that every reader reads the same, or a parameter that cannot be used."),
    404: ("component-unknown", "There is no such component, patient or item."),
    409: ("item-retracted", TITLES["item-retracted"]),
    406: ("not-acceptable", TITLES["not-acceptable"]),
    408: ("timeout", TITLES["timeout"]),
    413: ("too-large", TITLES["too-large"]),
    415: ("media-type", TITLES["media-type"]),
    422: ("record-refused", "Every problem found, each with a JSON pointer, a stable code and what to do."),
    503: ("busy", TITLES["busy"]),
}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"description": WHY[status][1], **PROBLEM_CONTENT} for status in statuses}


def _contents(*forms: str) -> dict[str, Any]:
    return {MEDIA_TYPES[form].partition(";")[0]: {"schema": {"type": "string"}} for form in forms}


def _deciding(model: type[Written] | None, *statuses: int, forms: tuple[str, ...] = ("html", "text", "svg")) -> dict[str, Any]:
    body = {"required": True, "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Record"}, "examples": _examples()}}}
    return {
        "responses": {
            200: {"description": "The answer", "content": _contents(*forms), **({"model": model} if model else {})},
            **_problems(400, *statuses, *([406] if "svg" in forms and model else []), 408, 413, 415, 422, 503),
        },
        "openapi_extra": {"requestBody": body},
    }


def _examples() -> dict[str, Any]:
    files = sorted(EXAMPLES.glob("*.json")) if EXAMPLES.is_dir() else []
    return {path.stem: {"summary": path.stem.replace("-", " "), "value": json.loads(path.read_text(encoding="utf-8"))} for path in files}


def _storing(description: str, body: str | None, *statuses: int) -> dict[str, Any]:
    found = {"description": description, "content": {_JSON: {"schema": {"type": "object"}}}}
    extra = {"requestBody": {"required": True, "content": {_JSON: {"schema": {"$ref": body}}}}} if body else {}
    reading = (408, 413, 415) if body else ()
    return {"responses": {201: found, **_problems(400, *statuses, *reading, 422, 503)}, "openapi_extra": extra}


def _document(description: str, *statuses: int, media_type: str = _JSON) -> dict[str, Any]:
    found = {"description": description, "content": {media_type: {"schema": {"type": "object"}}}}
    more = (
        {503: {"description": "Not to be relied on, and why", "content": {_JSON: {"schema": {"type": "object"}}}}}
        if 503 in statuses
        else {}
    )
    return {"responses": {200: found, **more, **_problems(400)}}


RECOMMEND = _deciding(DecisionDocument)
EXPLAIN = _deciding(ExplanationDocument, 404)
PLAN = _deciding(PlanDocument, forms=("html", "text"))
POSITION = _deciding(None, 404, forms=("svg", "text"))
PATHWAY: dict[str, Any] = {
    "responses": {
        200: {"description": "The pathway", "content": _contents("svg", "text", "mermaid", "graphml")},
        **_problems(400, 404, 503),
    }
}
_RECORD = "#/components/schemas/Record"
CREATE = _storing("The patient", "#/components/schemas/NewPatient")
CREATE["responses"][200] = {"description": "The patient of this identifier", "content": {_JSON: {"schema": {"type": "object"}}}}
TELL = _storing("Written down", _RECORD, 404)
CORRECT = _storing("Written down", _RECORD, 404, 409)
RETRACT = _storing("Written down", None, 404, 409)
TIMELINE: dict[str, Any] = {
    "responses": {200: {"description": "The timeline", "content": {_JSON: {"schema": {"type": "object"}}}}, **_problems(400, 404, 503)}
}
STORED_RECOMMEND: dict[str, Any] = {"responses": {**RECOMMEND["responses"], **_problems(404)}}
LIVE = _document("The process is alive")
READY = _document("Its answers may be relied on", 503)
SCHEMA = _document("JSON Schema 2020-12", media_type="application/schema+json")
FIGURES = _document("The text format of Prometheus", media_type="text/plain")
SUMMARY = _document("The release in force")


def _secured(document: dict[str, Any]) -> None:
    """What the door and the traffic may answer instead, and how one shows who one is."""
    document["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            row = policy().get(f"{method.upper()} {path}")
            known = row is not None and row.open
            for status in (429, 503) if known else (401, 403, *([404] if "{patient}" in path else []), 429, 503):
                operation["responses"].setdefault(str(status), {"description": _REFUSED[status], **PROBLEM_CONTENT})
            if known:
                continue
            operation["security"] = [{"bearer": []}]
            purpose = {"name": "Tandem-Purpose", "in": "header", "schema": {"enum": list(row.purposes) if row else []}}
            operation.setdefault("parameters", []).append(purpose | {"description": "What for; the first when left out."})


def _outcomes(document: dict[str, Any]) -> None:
    """Where FHIR is spoken, problems are told in it."""
    document["components"]["schemas"]["OperationOutcome"] = OUTCOME_SCHEMA
    told = {"schema": {"$ref": "#/components/schemas/OperationOutcome"}}
    for path, operations in document["paths"].items():
        for answer in (answer for operation in operations.values() for answer in operation["responses"].values()):
            if is_fhir(path) and MEDIA_TYPE in answer.get("content", {}):
                answer["content"] = {FHIR: told}


_REFUSED = {
    401: TITLES["not-known"],
    403: TITLES["not-permitted"],
    404: TITLES["patient-unknown"],
    429: TITLES["too-many"],
    503: f"{TITLES['busy']} {TITLES['draining']} {TITLES['store-unavailable']}",
}


def describe(app: FastAPI, service: Service) -> dict[str, Any]:
    """The OpenAPI document, with the record's own schema and the names of the release in force."""
    found = get_openapi(
        title="Tandem",
        version=service.base.release.id,
        summary="Explained clinical decision support for people with a mental disorder and a substance use disorder at once",
        description="Supports a licensed clinician; decides nothing by itself. Errors are problem+json and repeat no value.",
        routes=app.routes,
        tags=_TAGS,
    )
    record: dict[str, Any] = json.loads(json.dumps(record_schema(service.vocabulary)).replace("#/$defs/", "#/components/schemas/"))
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    schemas |= record.pop("$defs")
    schemas["Record"] = {key: value for key, value in record.items() if key not in ("$schema", "$id")}
    schemas["NewPatient"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"identifier": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": r"^[^\s]+$"}},
    }
    schemas["Problem"] = PROBLEM_SCHEMA
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    when = {"type": "string", "format": "date-time", "pattern": PATTERNS["date-time"]}
    stricter = {
        "component": {"type": "string", "enum": sorted(service.base.components)},
        "pathway": {"type": "string", "enum": sorted(service.base.pathways)},
        **dict.fromkeys(("as_of", "known_at", "since"), when),
    }
    _secured(found)
    _outcomes(found)
    for operations in found["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = stricter.get(parameter["name"], parameter["schema"])
    return found
