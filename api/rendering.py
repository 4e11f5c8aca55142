"""A decision, or the explanation of one component, in each of the forms in which it leaves. HTTP and the CLI share this."""

from __future__ import annotations

import json
from dataclasses import replace
from html import escape
from typing import Literal, TypeVar

from api.arranging import arrange
from api.explained import Explained
from api.view import View, clean
from api.wiring import Service
from engine.decision import Decision
from engine.dictionary import Language
from engine.document import document, explanation_document
from engine.explain import Explanation
from engine.grounds import Document
from engine.timing import instant

_V = TypeVar("_V", View, Explained)
Form = Literal["json", "html", "text", "svg"]
FORMS: tuple[Form, ...] = ("json", "html", "text", "svg")


def to_json(value: Document) -> str:
    """A document as JSON: the same document, the same bytes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def render_decision(
    service: Service, decision: Decision, language: Language, form: Form, alarm: str | None = None, remarks: tuple[str, ...] = ()
) -> str:
    """A decision in one form. alarm: said first on what people read. remarks: said last."""
    base = service.base
    match form:
        case "json":
            return to_json(document(base, decision, language))
        case "html":
            from api.page import decision_page  # noqa: PLC0415 - each form loads its own library, and only when asked for

            return decision_page(_said(arrange(base, decision, language), alarm, remarks))
        case "text":
            from api.terminal import as_text  # noqa: PLC0415

            return as_text(_said(arrange(base, decision, language), alarm, remarks))
        case "svg":
            return _picture(service, decision, language, None, (*remarks, *([alarm] if alarm else [])))


def render_explanation(
    service: Service,
    decision: Decision,
    component: str,
    language: Language,
    form: Form,
    alarm: str | None = None,
    remarks: tuple[str, ...] = (),
) -> str:
    """The explanation of one component in one form. alarm, remarks: as of a decision."""
    from api.explained import arrange_explanation  # noqa: PLC0415

    base = service.base
    if form == "svg":
        return _picture(service, decision, language, component, (*remarks, *([alarm] if alarm else [])))
    explanation = service.explain(decision, component)
    if form == "json":
        return to_json(explained(service, decision, explanation, language))
    view = _said(arrange_explanation(base, decision, explanation, language), alarm, remarks)
    if form == "html":
        from api.page import explanation_page  # noqa: PLC0415

        return explanation_page(view)
    from api.terminal import explanation_text  # noqa: PLC0415

    return explanation_text(view)


def explained(service: Service, decision: Decision, explanation: Explanation, language: Language) -> Document:
    """The explanation with the names of the decision that it belongs to."""
    return explanation_document(service.base, decision, explanation, language) | {
        "decision": decision.id,
        "as_of": instant(decision.as_of),
        "release": {"id": decision.release.id, "digest": decision.release.digest},
        "engines": decision.judgements.agreement,
        "language": language,
    }


def _said(view: _V, alarm: str | None, remarks: tuple[str, ...]) -> _V:
    """A layout with more to say at its head and at its foot."""
    alarms = [text for text in (view.alarm, alarm) if text]
    return replace(view, alarm=" ".join(alarms) or None, footer=(*view.footer, *remarks))


def _picture(service: Service, decision: Decision, language: Language, component: str | None, remarks: tuple[str, ...]) -> str:
    from adapters.drawing import draw_trace  # noqa: PLC0415

    drawn = str(clean(draw_trace(service.base, decision, language, component)))
    said = "".join(f"<desc>{escape(remark)}</desc>" for remark in remarks)
    return drawn.replace("</svg>", f"{said}</svg>") if said else drawn
