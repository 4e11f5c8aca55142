"""The parameters that endpoints share, and the refusal of those that they do not have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Query, Request

from api.problems import Rejected
from api.record_schema import PATTERNS, moment
from api.vocabulary import suggestion
from engine.dictionary import Language
from engine.errors import Problem

_AS_OF = "The moment the decision is for: RFC 3339 with its zone. Now, when it is left out. What the record dates later is not used."
AsOf = Annotated[str | None, Query(pattern=PATTERNS["date-time"], description=_AS_OF, examples=["2026-11-23T16:00:00Z"])]
Lang = Annotated[Language, Query(description="The language of everything in words.")]


def known_parameters(request: Request) -> None:
    """Refuses a parameter that this endpoint does not have: a misspelt `as_of` would silently mean now."""
    known = {parameter.name for parameter in request.scope["route"].dependant.query_params}
    given = Counter(name for name, _ in request.query_params.multi_items())
    wrong = [
        Problem("query", "parameter-unknown", "There is no such parameter.", _named(name, known)) for name in given if name not in known
    ]
    twice = [
        Problem(f"query {name}", "parameter-twice", "It stands twice.", "Send it once.")
        for name in given
        if given[name] > 1 and name in known
    ]
    if wrong or twice:
        raise Rejected(400, "request-refused", (*wrong, *twice)[:10])


def _named(name: str, known: set[str]) -> str:
    return suggestion(name, sorted(known)) or (f"The parameters are {', '.join(sorted(known))}." if known else "Leave it out.")


def asked_for(text: str | None, now: Callable[[], datetime]) -> datetime:
    """The moment in a parameter, or now. Raises Rejected."""
    found = now() if text is None else moment(text)
    if found is None:
        do = "Write it as 2026-11-23T16:00:00Z; in a URL, + is written %2B."
        raise Rejected(400, "request-refused", [Problem("query as_of", "wrong-time", "This is not a time between 1900 and 2199.", do)])
    return found
