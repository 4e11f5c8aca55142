"""What the deciding endpoints answer with: read, decide, render; run off the event loop."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from api.page import policy
from api.rendering import Form, render_decision, render_explanation
from api.wiring import Service
from engine.dictionary import Language

MEDIA_TYPES: dict[Form, str] = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "text": "text/plain; charset=utf-8",
    "svg": "image/svg+xml",
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


def _answer(text: str, language: Language, form: Form) -> Response:
    headers = {"content-language": language, "vary": "accept"}
    if form in ("html", "svg"):
        headers["content-security-policy"] = policy() if form == "html" else _PICTURE_POLICY
    return Response(text.encode(), headers=headers, media_type=MEDIA_TYPES[form])
