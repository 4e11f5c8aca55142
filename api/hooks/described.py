"""What OpenAPI says of the endpoints of CDS Hooks."""

from __future__ import annotations

from typing import Any

from api.problems import TITLES
from api.security.replies import BODY, told

_TEXT = {"type": "string"}
_BODY_REFUSED = tuple(status for status in BODY if status != 422)


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _body(schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}}


_CONTEXT = {"type": "object", "description": "What the hook tells: patientId, and what CDS Hooks says of this hook."}
CALL = _body(
    _object(
        ("hook", "hookInstance", "context"),
        hook=_TEXT,
        hookInstance=_TEXT,
        context=_CONTEXT,
        prefetch={"type": "object", "description": "Prefetch key to resource, Bundle, null or OperationOutcome."},
        fhirServer=_TEXT,
        fhirAuthorization={"type": "object"},
    ),
    {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/1", "patientId": "1"},
        "prefetch": {"patient": {"resourceType": "Patient", "id": "1", "birthDate": "1986-04-02"}},
    },
)
DISCOVERY = told("The services")
ANSWER = told("Cards, or none where there is nothing to say", 404, *_BODY_REFUSED)
ANSWER["responses"][412] = ANSWER["responses"][400] | {"description": TITLES["data-needed"]}
FEEDBACK = _body(
    _object(("feedback",), feedback={"type": "array", "items": _object(("card", "outcome", "outcomeTimestamp"))}),
    {
        "feedback": [
            {
                "card": "9f2f0b0e-5a34-5d06-9a43-7d7e0f3c0a01",
                "outcome": "overridden",
                "overrideReason": {"reason": {"code": "patient-refuses"}},
                "outcomeTimestamp": "2026-11-23T16:00:00Z",
            }
        ]
    },
)
TAKEN = told("Received", 404, *_BODY_REFUSED)
RULES = told("Every version of a rule that cards showed")
DECISION = told("The decision as it was made", 404, 409)
for form in ("text/html", "text/plain", "image/svg+xml"):
    DECISION["responses"][200]["content"][form] = {"schema": _TEXT}
DECISION["responses"][406] = DECISION["responses"][400] | {"description": TITLES["not-acceptable"]}
