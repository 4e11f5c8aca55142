"""The endpoints. Bodies are read here and not by the framework, so that every problem is ours to say."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from adapters.journal import Request as AskedBefore
from api.answers import answer
from api.limits import Gate, read_body
from api.negotiation import chosen
from api.openapi import EXPLAIN, RECOMMEND, SCHEMA, SUMMARY
from api.operating import knowledge_document
from api.problems import Rejected
from api.record_schema import PATTERNS, moment, record_schema
from api.recording import Asked
from api.rendering import Form, to_json
from api.schemas import decision_schema
from api.security.security import Security
from api.shared import Viewing, reader_of
from api.vocabulary import suggestion
from api.wiring import Service
from engine.dictionary import Language
from engine.errors import Problem

_AS_OF = "The moment the decision is for: RFC 3339 with its zone. Now, when it is left out. What the record dates later is not used."
AsOf = Annotated[str | None, Query(pattern=PATTERNS["date-time"], description=_AS_OF, examples=["2026-11-23T16:00:00Z"])]
Lang = Annotated[Language, Query(description="The language of everything in words.")]
_KEY = "Names this request: sent again with the same key, it is the same decision, and no second one."
Key = Annotated[str | None, Header(pattern=r"^[!-~]{1,200}$", description=_KEY)]
Component = Annotated[str, Path(max_length=80, description="A component of the catalogue.")]


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


def router(service: Service, security: Security, gate: Gate) -> APIRouter:
    """The endpoints that need no stored patient, around one service."""
    routes = APIRouter(dependencies=[Depends(known_parameters)], default_response_class=Response)
    schemas = {"record": record_schema(service.vocabulary), "decision": decision_schema()}

    async def body(request: Request) -> bytes:
        return await read_body(request, service.settings.max_body)

    @routes.post("/recommend", tags=["decide"], summary="Recommend", **RECOMMEND)
    async def recommend(
        request: Request, as_of: AsOf = None, lang: Lang = "en", format: Form | None = None, idempotency_key: Key = None
    ) -> Response:
        """The decision for a record: what to do now, the plan, follow-up, what is still to find out, and why."""
        at, form = asked_for(as_of, service.now), format or chosen(request.headers.get("accept"))
        view = Viewing(security, reader_of(request), "recommend")
        data = await body(request)
        asked = Asked(at, lang, live=as_of is None, request=repeatable(request, idempotency_key, data), tenant=tenant(request))
        return await gate.run(answer, view, data, asked, form)

    @routes.post("/explain/{component}", tags=["decide"], summary="Explain one component", **EXPLAIN)
    async def explain(
        request: Request,
        component: Component,
        as_of: AsOf = None,
        lang: Lang = "en",
        format: Form | None = None,
        idempotency_key: Key = None,
    ) -> Response:
        """Why, why not, what was checked, what is missing, and the smallest change of findings that would turn it round."""
        at, form = asked_for(as_of, service.now), format or chosen(request.headers.get("accept"))
        if component not in service.base.components:
            do = suggestion(component, sorted(service.base.components)) or "GET /knowledge lists them."
            raise Rejected(404, "component-unknown", [Problem("path component", "component-unknown", "It is not in the catalogue.", do)])
        view = Viewing(security, reader_of(request), "explain")
        data = await body(request)
        asked = Asked(at, lang, component, live=as_of is None, request=repeatable(request, idempotency_key, data), tenant=tenant(request))
        return await gate.run(answer, view, data, asked, form)

    @routes.get("/schemas/record", tags=["describe"], summary="JSON Schema of a record, with the names of this release", **SCHEMA)
    async def schema_of_record() -> Response:
        return Response(to_json(schemas["record"]), media_type="application/schema+json")

    @routes.get("/schemas/decision", tags=["describe"], summary="JSON Schema of a decision", **SCHEMA)
    async def schema_of_decision() -> Response:
        return Response(to_json(schemas["decision"]), media_type="application/schema+json")

    @routes.get("/knowledge", tags=["describe"], summary="The release in force", **SUMMARY)
    async def knowledge() -> Response:
        return Response(to_json(knowledge_document(service)), media_type="application/json")

    return routes
