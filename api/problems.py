"""Everything that goes wrong over HTTP leaves as one kind of document: application/problem+json (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from engine.errors import Problem

MEDIA_TYPE = "application/problem+json"
TITLES = {
    "json-refused": "This is not JSON that every reader reads the same.",
    "record-refused": "The record cannot be used.",
    "request-refused": "The request cannot be used.",
    "component-unknown": "There is no such component in this release.",
    "pathway-unknown": "There is no such care pathway in this release.",
    "key-reused": "This idempotency key came with another request.",
    "patient-unknown": "There is no such patient.",
    "item-unknown": "There is no such item.",
    "item-retracted": "This item has been taken back.",
    "store-unavailable": "What is stored cannot be reached now.",
    "not-found": "There is nothing here.",
    "method-not-allowed": "This does not answer to this method.",
    "not-acceptable": "It cannot be had in this form.",
    "timeout": "The body did not arrive in time.",
    "too-large": "The body is too large.",
    "media-type": "The body is not of a type that is read here.",
    "busy": "More is being worked on than can be done well.",
    "not-known": "It is not known who asks.",
    "not-permitted": "This is not permitted.",
    "purpose-refused": "This is not done for that purpose.",
    "csrf": "It does not come from our own page.",
    "body-refused": "The body cannot be used.",
    "data-needed": "Data is needed that was not sent and could not be had.",
    "conflict": "It is there already.",
    "too-many": "Too many requests.",
    "draining": "The service is about to end.",
    "keys-unavailable": "The keys that would show who asks cannot be had now.",
    "provider-failing": "The identity provider does not answer.",
    "internal": "Something went wrong here.",
}


class Rejected(Exception):
    """A request that is answered with a problem instead."""

    def __init__(self, status: int, code: str, problems: Iterable[Problem] = (), headers: Mapping[str, str] | None = None) -> None:
        self.status, self.code, self.problems, self.headers = status, code, tuple(problems), headers
        super().__init__(code)

    @property
    def response(self) -> Response:
        return problem(self.status, self.code, self.problems, self.headers)


def problem(status: int, code: str, problems: Iterable[Problem] = (), headers: Mapping[str, str] | None = None) -> Response:
    """The response for a problem. Its `errors` say where, what and what to do, and never repeat a value."""
    body: dict[str, Any] = {
        "type": f"urn:tandem:problem:{code}",
        "title": TITLES.get(code) or HTTPStatus(status).phrase,
        "status": status,
        "errors": [{"where": item.where, "code": item.code, "what": item.what, "do": item.do} for item in problems],
    }
    return Response(json.dumps(body, ensure_ascii=False), status, headers=headers, media_type=MEDIA_TYPE)


def refused(problems: tuple[Problem, ...]) -> Rejected:
    """A record that was refused: 400 when it is not JSON as we read it, 422 when it is."""
    if all(item.code.startswith("json-") for item in problems):
        return Rejected(400, "json-refused", problems)
    return Rejected(422, "record-refused", problems)


PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "errors"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "code", "what", "do"],
                "additionalProperties": False,
                "properties": {
                    "where": {"type": "string", "description": "JSON pointer into the body, or the name of a parameter or header"},
                    "code": {"type": "string", "description": "never changes, and is safe to match on"},
                    "what": {"type": "string"},
                    "do": {"type": "string"},
                },
            },
        },
    },
}
