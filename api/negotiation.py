"""Which form a client likes best, by its Accept header (RFC 9110)."""

from __future__ import annotations

from collections.abc import Iterator

from api.problems import Rejected
from api.rendering import FORMS, MEDIA_TYPES, Form
from engine.errors import Problem

_LONGEST = 1000


def chosen(accept: str | None) -> Form:
    """The form liked best; of those liked equally, the first of ours. Raises Rejected when none is to be had."""
    if not (accept or "").strip():
        return FORMS[0]
    wishes = list(_wishes(accept or ""))
    liked = {form: _quality(MEDIA_TYPES[form].partition(";")[0], wishes) for form in FORMS}
    best = max(liked.values())
    if best <= 0:
        do = f"Accept one of {', '.join(MEDIA_TYPES[form].partition(';')[0] for form in FORMS)}."
        raise Rejected(406, "not-acceptable", [Problem("Accept", "not-acceptable", "None of the accepted types is to be had.", do)])
    return next(form for form in FORMS if liked[form] == best)


def _wishes(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept[:_LONGEST].split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        sound = weight.isascii() and weight.replace(".", "", 1).isdigit()
        yield name, min(float(weight), 1.0) if sound else 0.0


def _quality(media_type: str, wishes: list[tuple[str, float]]) -> float:
    """By the most specific wish that the type falls under."""
    for pattern in (media_type, media_type.partition("/")[0] + "/*", "*/*"):
        for name, quality in wishes:
            if name == pattern:
                return quality
    return 0.0
