"""The parameters that endpoints share, and the refusal of those that they do not have."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Header, Query, Request

from adapters.journal import Request as AskedBefore
from api.problems import Rejected
from api.record_schema import PATTERNS, moment
from api.vocabulary import suggestion
from engine.dictionary import Language
from engine.document import Detail
from engine.errors import Problem

_AS_OF = "The moment the decision is for: RFC 3339 with its zone. Now, when it is left out. What the record dates later is not used."
AsOf = Annotated[str | None, Query(pattern=PATTERNS["date-time"], description=_AS_OF, examples=["2026-11-23T16:00:00Z"])]
Lang = Annotated[Language, Query(description="The language of everything in words.")]
_DETAIL = "How much the JSON document holds: `full` adds what every rule says, the named parameters and the trace."
Detailed = Annotated[Detail, Query(description=_DETAIL)]
_KEY = "Names this request: sent again with the same key, it is the same decision, and no second one."
Key = Annotated[str | None, Header(pattern=r"^[!-~]{1,200}$", description=_KEY)]


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


def asked_for(text: str | None, now: Callable[[], datetime], name: str = "as_of") -> datetime:
    """The moment in a parameter, or now. Raises Rejected."""
    found = now() if text is None else moment(text)
    if found is None:
        do = "Write it as 2026-11-23T16:00:00Z; in a URL, + is written %2B."
        raise Rejected(400, "request-refused", [Problem(f"query {name}", "wrong-time", "This is not a time between 1900 and 2199.", do)])
    return found


def tenant(request: Request) -> str:
    """Of whoever asks."""
    found: str = request.state.asking.principal.tenant
    return found


def repeatable(request: Request, key: str | None, data: bytes) -> AskedBefore | None:
    """The digests by which a request is known again, when it carries a key. The form of the answer is no part of it.

    A key is its asker's own: what another has asked under the same key is another request.
    """
    if key is None:
        return None
    who = request.state.asking.principal
    named = sorted((name, value) for name, value in request.query_params.multi_items() if name != "format")
    whole = json.dumps([request.method, request.url.path, named], ensure_ascii=False).encode() + b"\0" + data
    own = json.dumps([who.tenant, who.id, key]).encode()
    return AskedBefore(hashlib.sha256(b"key\0" + own).digest(), hashlib.sha256(whole).digest())
