"""A decision, or the explanation of one component, in each of the forms in which it leaves. HTTP and the CLI share this."""

from __future__ import annotations

import json
from typing import Literal

from api.arranging import arrange
from api.view import Sheet, clean
from api.wiring import Service
from engine.decision import Decision
from engine.dictionary import Language
from engine.difference import differences
from engine.document import document, explanation_document
from engine.explain import Explanation
from engine.grounds import Document
from engine.plan import care_plan
from engine.plan_document import plan_document
from engine.record import Record
from engine.timing import instant

Form = Literal["json", "html", "text", "svg"]
PlanForm = Literal["json", "html", "text"]
FORMS: tuple[Form, ...] = ("json", "html", "text", "svg")


def to_json(value: Document) -> str:
    """A document as JSON: the same document, the same bytes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def render_decision(service: Service, decision: Decision, language: Language, form: Form) -> str:
    """A decision in one form."""
    base = service.base
    match form:
        case "json":
            return to_json(document(base, decision, language))
        case "html":
            from api.page import decision_page  # noqa: PLC0415 - each form loads its own library, and only when asked for

            return decision_page(arrange(base, decision, language))
        case "text":
            from api.terminal import as_text  # noqa: PLC0415

            return as_text(arrange(base, decision, language))
        case "svg":
            return _picture(service, decision, language, None)


def render_explanation(service: Service, decision: Decision, component: str, language: Language, form: Form) -> str:
    """The explanation of one component in one form."""
    from api.explained import arrange_explanation  # noqa: PLC0415

    base = service.base
    if form == "svg":
        return _picture(service, decision, language, component)
    explanation = service.explain(decision, component)
    if form == "json":
        return to_json(explained(service, decision, explanation, language))
    return _sheet(arrange_explanation(base, decision, explanation, language), form)


def render_plan(service: Service, record: Record, decision: Decision, earlier: Decision | None, language: Language, form: PlanForm) -> str:
    """The care plan that follows from a decision; with an earlier decision, what changed since then."""
    plan = care_plan(service.base, record, decision)
    changed = differences(service.base, earlier, decision, language) if earlier else None
    if form == "json":
        return to_json(plan_document(service.base, plan, earlier, changed, language))
    from api.plan_sheet import arrange_plan  # noqa: PLC0415

    return _sheet(arrange_plan(service.base, plan, earlier, changed, language), form)


def _sheet(sheet: Sheet, form: str) -> str:
    if form == "html":
        from api.page import sheet_page  # noqa: PLC0415

        return sheet_page(sheet)
    from api.terminal import sheet_text  # noqa: PLC0415

    return sheet_text(sheet)


def explained(service: Service, decision: Decision, explanation: Explanation, language: Language) -> Document:
    """The explanation with the names of the decision that it belongs to."""
    return explanation_document(service.base, decision, explanation, language) | {
        "decision": decision.id,
        "as_of": instant(decision.as_of),
        "release": {"id": decision.release.id, "digest": decision.release.digest},
        "engines": decision.judgements.agreement,
        "language": language,
    }


def _picture(service: Service, decision: Decision, language: Language, component: str | None) -> str:
    from adapters.drawing import draw_trace  # noqa: PLC0415

    return str(clean(draw_trace(service.base, decision, language, component)))
