"""Bodies of a form: small, with few fields."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

from api.limits import read_bytes
from api.problems import Rejected
from engine.errors import Problem

MOST = 16 * 1024


async def read_pairs(request: Request) -> list[tuple[str, str]] | None:
    """Every field; None where they cannot be read. Raises Rejected."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        wrong = Problem("Content-Type", "media-type", "The body is not declared as a form.", "Send application/x-www-form-urlencoded.")
        raise Rejected(415, "media-type", [wrong])
    text = (await read_bytes(request, MOST)).decode("ascii", errors="replace")
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return None


async def read_form(request: Request, names: frozenset[str]) -> dict[str, str] | None:
    """The fields that are known here; None where one stands twice or they cannot be read. Raises Rejected."""
    if (given := await read_pairs(request)) is None:
        return None
    pairs = [pair for pair in given if pair[0] in names]
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else None
