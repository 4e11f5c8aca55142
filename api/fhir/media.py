"""JSON of FHIR over HTTP: what may be sent, what may be asked for, and how answers leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Request, Response

from api.limits import read_bytes
from api.problems import Rejected
from api.rendering import to_json
from api.strict_json import decode_large
from engine.errors import Problem, Refused

MEDIA_TYPE = "application/fhir+json"
_SENT = (MEDIA_TYPE, "application/json")
_JSON = ("json", MEDIA_TYPE, "application/json", "text/json", "*/*", "application/*")
_LONGEST = 1000
Document = dict[str, Any]


def written(resource: Document, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A resource as it leaves."""
    return Response(to_json(resource).encode(), status, headers=headers, media_type=f"{MEDIA_TYPE}; charset=utf-8")


def unchanged(request: Request, tag: str) -> bool:
    """Whether the asker says that they have this already. tag: a weak one."""
    named = (part.strip() for part in request.headers.get("if-none-match", "")[:_LONGEST].split(","))
    return any(part in ("*", tag, tag.removeprefix("W/")) for part in named)


def only_json(request: Request, more: Iterable[str] = ()) -> None:
    """Raises Rejected where another form than JSON is asked for. more: what a body says as `_format`."""
    named = [value.replace(" ", "+") for value in (*request.query_params.getlist("_format"), *more)]
    for accepted in named or [request.headers.get("accept", "")[:_LONGEST] or "*/*"]:
        wanted = {part.partition(";")[0].strip().lower() for part in accepted.split(",")}
        if wanted.isdisjoint(_JSON):
            do = f"Ask for {MEDIA_TYPE}."
            raise Rejected(406, "not-acceptable", [Problem("Accept", "not-acceptable", "It cannot be had in this form.", do)])


async def sent(request: Request, most: int) -> bytes:
    """The bytes of a body that is declared as JSON. Raises Rejected."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = next((part.partition("=")[2] for part in parameters.lower().split(";") if part.strip().startswith("charset=")), "")
    if kind.strip().lower() not in _SENT or charset.strip().strip('"') not in ("", "utf-8"):
        wrong = Problem("Content-Type", "media-type", "The body is not declared as FHIR JSON.", f"Send Content-Type: {MEDIA_TYPE}.")
        raise Rejected(415, "media-type", [wrong], {"accept": MEDIA_TYPE})
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        wrong = Problem("Content-Encoding", "media-type", "Compressed bodies are not read.", "Send the body as it is.")
        raise Rejected(415, "media-type", [wrong], {"accept-encoding": "identity"})
    return await read_bytes(request, most)


def resource_in(data: bytes, *kinds: str) -> Document:
    """The resource in a body. Raises Refused."""
    found = decode_large(data, ("resourceType", "parameter", "entry"))
    if not isinstance(found, dict) or found.get("resourceType") not in kinds:
        raise Refused(
            [Problem("/resourceType", "resource-unexpected", "This is not the resource that is read here.", f"Send {' or '.join(kinds)}.")]
        )
    return found
