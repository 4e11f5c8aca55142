"""What the deciding endpoints answer with: read, decide, render; run off the event loop."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from api.page import policy
from api.rendering import Form, render_decision, render_explanation, to_json
from api.shared import Deciding, Told
from api.wiring import Service
from engine.dictionary import Language

MEDIA_TYPES: dict[Form, str] = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "text": "text/plain; charset=utf-8",
    "svg": "image/svg+xml",
}
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


def decision_answer(service: Service, decide: Deciding, data: bytes, as_of: datetime, language: Language, form: Form) -> Response:
    """The decision for the record in a body, as its reader may see it; raises Refused."""
    told = decide(service.read(data), as_of)
    text = render_decision(service, told.decision, language, form, told.alarm(language), told.remarks(language))
    return _answer(text, told, language, form)


def explanation_answer(
    service: Service, decide: Deciding, data: bytes, component: str, as_of: datetime, language: Language, form: Form
) -> Response:
    """The explanation of one component for the record in a body, as its reader may see it; raises Refused."""
    told = decide(service.read(data), as_of)
    text = render_explanation(service, told.decision, component, language, form, told.alarm(language), told.remarks(language))
    return _answer(text, told, language, form)


def _answer(text: str, told: Told, language: Language, form: Form) -> Response:
    headers = {"content-language": language, "vary": "accept"} | told.headers()
    if form == "json":  # the document of the decision, and beside it what goes with every disclosure
        text = f'{text[:-1]},"sharing":{to_json(told.document(language))}}}'
    if form in ("html", "svg"):
        headers["content-security-policy"] = policy() if form == "html" else _PICTURE_POLICY
    return Response(text.encode(), headers=headers, media_type=MEDIA_TYPES[form])
