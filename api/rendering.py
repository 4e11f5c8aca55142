"""A decision, or the explanation of one component, in each of the forms in which it leaves. HTTP and the CLI share this."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import Literal, TypeVar

import orjson

from api.arranging import arrange
from api.view import Recorded, Sheet, View, clean
from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Language
from engine.difference import differences
from engine.document import Detail, document, explanation_document
from engine.explain import Explanation, explain
from engine.grounds import Document
from engine.judgements import infer
from engine.plan import care_plan
from engine.plan_document import plan_document
from engine.record import Record
from engine.timing import instant

_V = TypeVar("_V", View, Sheet)
Form = Literal["json", "html", "text", "svg"]
PlanForm = Literal["json", "html", "text"]
FORMS: tuple[Form, ...] = ("json", "html", "text", "svg")
MEDIA_TYPES: dict[str, str] = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "text": "text/plain; charset=utf-8",
    "svg": "image/svg+xml",
    "mermaid": "text/vnd.mermaid; charset=utf-8",
    "graphml": "application/graphml+xml",
}


def to_json(value: Document) -> str:
    """A document as JSON: the same document, the same bytes. No document holds NaN or Infinity: findings lie in the range of their code."""
    return orjson.dumps(value).decode()


def explained(base: KnowledgeBase, decision: Decision, component: str | None) -> Explanation | None:
    """The explanation of one component; none where the whole decision is asked for.

    The search for what would change it asks thousands of times, so one engine answers it.
    """
    return explain(base, decision, component, infer) if component is not None else None


def answer_json(base: KnowledgeBase, decision: Decision, language: Language, about: Explanation | None, detail: Detail) -> str:
    """The document that answers: the decision, or the explanation of one component of it. The journal holds its digest."""
    return to_json(document(base, decision, language, detail) if about is None else _explained(base, decision, about, language))


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside an answer: first, and last, to people; and to programs, about sharing it.

    past, made_for: of a decision of the past, to people and to programs.
    """

    alarm: str | None = None
    remarks: tuple[str, ...] = ()
    sharing: Document | None = None
    past: tuple[str, ...] = ()
    made_for: Document | None = None


ALONE = Beside()


def marked(answer: str, journal: Recorded, beside: Beside = ALONE) -> str:
    """The document as it leaves: it says whether the journal has it, and for whom it was made."""
    sharing = f',"sharing":{to_json(beside.sharing)}' if beside.sharing else ""
    past = f',"past":{to_json(beside.made_for)}' if beside.made_for else ""
    return f'{answer[:-1]},"journal":"{journal}"{sharing}{past}}}'


def render(
    base: KnowledgeBase,
    decision: Decision,
    language: Language,
    form: Form,
    about: Explanation | None = None,
    journal: Recorded = "not_kept",
    beside: Beside = ALONE,
    detail: Detail = "short",
) -> str:
    """A decision, or the explanation of one component of it, in one form. detail: how much of a decision its JSON holds."""
    if form == "json":
        return marked(answer_json(base, decision, language, about, detail), journal, beside)
    if form == "svg":
        return _picture(base, decision, language, about.component.id if about else None, beside)
    if about is None:
        return _laid_out(_with(arrange(base, decision, language, journal), beside), form)
    from api.explained import arrange_explanation  # noqa: PLC0415 - each form loads its own library, and only when asked for

    return _laid_out(_with(arrange_explanation(base, decision, about, language, journal), beside), form)


def _with(view: _V, beside: Beside) -> _V:
    """A layout with what is said beside it at its head and at its foot."""
    alarms = [text for text in (view.alarm, beside.alarm) if text]
    return replace(view, alarm=" ".join(alarms) or None, footer=(*view.footer, *beside.remarks), past=beside.past)


def _laid_out(view: View | Sheet, form: str) -> str:
    if form == "html":
        from api.page import decision_page, sheet_page  # noqa: PLC0415

        return decision_page(view) if isinstance(view, View) else sheet_page(view)
    from api.terminal import as_text, sheet_text  # noqa: PLC0415

    return as_text(view) if isinstance(view, View) else sheet_text(view)


def render_plan(
    base: KnowledgeBase,
    record: Record,
    decision: Decision,
    earlier: Decision | None,
    language: Language,
    form: PlanForm,
    journal: Recorded = "not_kept",
    beside: Beside = ALONE,
) -> str:
    """The care plan that follows from a decision; with an earlier decision, what changed since then."""
    plan = care_plan(base, record, decision)
    changed = differences(base, earlier, decision, language) if earlier else None
    if form == "json":
        return marked(to_json(plan_document(base, plan, earlier, changed, language)), journal, beside)
    from api.plan_sheet import arrange_plan  # noqa: PLC0415

    return _laid_out(_with(arrange_plan(base, plan, earlier, changed, language, journal), beside), form)


def _explained(base: KnowledgeBase, decision: Decision, explanation: Explanation, language: Language) -> Document:
    """The explanation with the names of the decision that it belongs to."""
    return explanation_document(base, decision, explanation, language) | {
        "decision": decision.id,
        "as_of": instant(decision.as_of),
        "release": {"id": decision.release.id, "digest": decision.release.digest},
        "engines": decision.judgements.agreement,
        "language": language,
    }


def _picture(base: KnowledgeBase, decision: Decision, language: Language, component: str | None, beside: Beside) -> str:
    from adapters.drawing import draw_trace  # noqa: PLC0415

    return beneath(str(clean(draw_trace(base, decision, language, component))), beside)


def beneath(drawn: str, beside: Beside) -> str:
    """A picture with what is said beside it, for whoever has it read aloud."""
    said = "".join(f"<desc>{escape(text)}</desc>" for text in (*beside.past, *beside.remarks, beside.alarm) if text)
    return drawn.replace("</svg>", f"{said}</svg>")
