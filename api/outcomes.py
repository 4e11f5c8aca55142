"""Under /fhir and /cds-services whatever goes wrong is told as a FHIR OperationOutcome (R4), not as problem+json."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import MEDIA_TYPE as PROBLEM

MEDIA_TYPE = "application/fhir+json"
SYSTEM = "urn:tandem:problem"
PLACES = ("/fhir/", "/cds-services/")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# Our codes in the words of R4's issue-type. A code that is not here is told by its status.
_TYPES = {
    "json-refused": "structure",
    "request-refused": "invalid",
    "patient-unknown": "not-found",
    "key-reused": "conflict",
    "item-retracted": "deleted",
    "not-acceptable": "not-supported",
    "media-type": "not-supported",
    "purpose-refused": "forbidden",
    "csrf": "security",
    "store-unavailable": "no-store",
}
_STATUS = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    408: "timeout",
    409: "conflict",
    412: "required",
    413: "too-long",
    422: "invalid",
    429: "throttled",
    500: "exception",
    503: "transient",
}
OUTCOME_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["resourceType", "issue"],
    "additionalProperties": False,
    "properties": {
        "resourceType": {"const": "OperationOutcome"},
        "issue": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["severity", "code", "details"],
                "additionalProperties": False,
                "properties": {
                    "severity": {"enum": ["fatal", "error"]},
                    "code": {"enum": sorted({*_TYPES.values(), *_STATUS.values(), "processing"})},
                    "details": {"type": "object", "description": "coding.code never changes, and is safe to match on"},
                    "diagnostics": {"type": "string", "description": "what is wrong, and what to do"},
                    "location": {"type": "array", "items": {"type": "string"}, "description": "http.<parameter or header>"},
                    "expression": {"type": "array", "items": {"type": "string"}, "description": "FHIRPath into the body"},
                },
            },
        },
    },
}


def is_fhir(path: str) -> bool:
    """Whether those who ask there speak FHIR."""
    return f"{path}/".startswith(PLACES)


def outcome(problem: dict[str, Any]) -> dict[str, Any]:
    """A problem as an OperationOutcome: an issue for each of its errors, or one for itself."""
    status, code = problem["status"], problem["type"].rpartition(":")[2]
    usual = {
        "severity": "fatal" if status == 500 else "error",
        "code": _TYPES.get(code) or _STATUS.get(status, "processing"),
        "details": {"coding": [{"system": SYSTEM, "code": code}], "text": problem["title"]},
    }
    issues = [usual | _issue(item, problem["title"]) for item in problem["errors"]]
    return {"resourceType": "OperationOutcome", "issue": issues or [usual]}


def _issue(item: dict[str, str], title: str) -> dict[str, Any]:
    found: dict[str, Any] = {"details": {"coding": [{"system": SYSTEM, "code": item["code"]}], "text": title}}
    found["diagnostics"] = f"{item['what']} {item['do']}".strip() or title
    where = item["where"].strip()
    if where.startswith("/"):
        expression = _expression(where)
        return found | ({"expression": [expression]} if expression else {})
    return found | ({"location": [f"http.{where.split()[-1]}"]} if where else {})


def _expression(pointer: str) -> str:
    """A JSON pointer as FHIRPath, as far as both can say it."""
    found = ""
    for token in pointer.split("/")[1:]:
        if token.isascii() and token.isdigit() and found:
            found += f"[{token}]"
        elif _NAME.match(token):
            found += f".{token}" if found else token
        else:
            break
    return found


class Outcomes:
    """ASGI, outermost: so that it also turns what the door, the limits and the last line of defence have answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_fhir(scope["path"]):
            await self.app(scope, receive, send)
            return
        held: Message | None = None
        body = bytearray()

        async def turning(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and Headers(scope=message).get("content-type", "").startswith(PROBLEM):
                held = message
                return
            if held is None:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                content = json.dumps(outcome(json.loads(body)), ensure_ascii=False).encode()
                headers = MutableHeaders(scope=held)
                headers["content-type"], headers["content-length"] = MEDIA_TYPE, str(len(content))
                await send(held)
                await send({"type": "http.response.body", "body": content})

        await self.app(scope, receive, turning)
