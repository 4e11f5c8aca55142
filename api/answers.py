"""What the deciding endpoints answer with: read, decide, render; run off the event loop."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from api.page import policy
from api.pathway_drawing import Drawing, render_pathway
from api.rendering import Form, PlanForm, render_decision, render_explanation, render_plan
from api.wiring import Service
from engine.dictionary import Language
from engine.pathway import Pathway

MEDIA_TYPES: dict[str, str] = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "text": "text/plain; charset=utf-8",
    "svg": "image/svg+xml",
    "mermaid": "text/vnd.mermaid; charset=utf-8",
    "graphml": "application/graphml+xml",
}
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


def decision_answer(service: Service, data: bytes, as_of: datetime, language: Language, form: Form) -> Response:
    """The decision for the record in a body; raises Refused."""
    decision = service.decide(service.read(data), as_of)
    return _answer(render_decision(service, decision, language, form), language, form)


def explanation_answer(service: Service, data: bytes, component: str, as_of: datetime, language: Language, form: Form) -> Response:
    """The explanation of one component for the record in a body; raises Refused."""
    decision = service.decide(service.read(data), as_of)
    return _answer(render_explanation(service, decision, component, language, form), language, form)


def plan_answer(service: Service, data: bytes, as_of: datetime, since: datetime | None, language: Language, form: PlanForm) -> Response:
    """The care plan for the record in a body, with what changed since an earlier moment; raises Refused."""
    record = service.read(data)
    decision = service.decide(record, as_of)
    earlier = service.decide(record, since) if since else None
    return _answer(render_plan(service, record, decision, earlier, language, form), language, form)


def pathway_answer(service: Service, pathway: Pathway, data: bytes | None, as_of: datetime, language: Language, form: Drawing) -> Response:
    """A pathway, with the person of the record in a body on it where there is one; raises Refused."""
    decision = service.decide(service.read(data), as_of) if data is not None else None
    return _answer(render_pathway(service.base, pathway, decision, language, form), language, form)


def _answer(text: str, language: Language, form: str) -> Response:
    headers = {"content-language": language, "vary": "accept"}
    if form in ("html", "svg"):
        headers["content-security-policy"] = policy() if form == "html" else _PICTURE_POLICY
    return Response(text.encode(), headers=headers, media_type=MEDIA_TYPES[form])
