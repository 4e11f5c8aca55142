"""What the deciding endpoints answer with: read, decide, write down, render; run off the event loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.responses import Response

from adapters.journal import RequestDiffers, Stored
from api.page import policy
from api.pathway_drawing import Drawing, render_pathway
from api.problems import Rejected
from api.recording import Asked, Kept
from api.rendering import MEDIA_TYPES, Beside, Form, PlanForm, answer_json, beneath, explained, marked, render, render_plan
from api.replaying import verified
from api.shared import Seen, Viewing
from api.wiring import Service
from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Language
from engine.errors import Problem
from engine.explain import Explanation
from engine.pathway import Pathway
from engine.record import Record

_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision that is written down, or could not be.

    about: the one component asked about. seen: the record of now, as its reader may see it.
    """

    base: KnowledgeBase
    decision: Decision
    about: Explanation | None
    asked: Asked
    json: str
    kept: Kept
    beside: Beside
    seen: Seen


def answer(view: Viewing, data: bytes, asked: Asked, form: Form) -> Response:
    """The decision for the record in a body, as its reader may see it; raises Refused, Rejected."""
    return respond(decided(view, lambda: view.service.read(data), asked), form)


def decided(view: Viewing, read: Callable[[], Record], asked: Asked) -> Answer:
    """The decision for a record as its reader may see it, written down before anybody does.

    One that was asked for before is answered as it was then, unless what its reader may see has changed since.
    """
    service, seen = view.service, view.see(read(), asked)
    asked = seen.asked
    try:
        stored = service.recorder.earlier(asked.request) if asked.request else None
        if stored is None:
            decided = view.decide(seen)
            about = explained(service.base, decided.decision, asked.component)
            text = answer_json(service.base, decided.decision, asked.language, about, asked.detail)
            view.account(seen)
            kept = service.recorder.decision(asked, decided.record, decided.decision, text, held_back=decided.held_back)
            if not kept.again or not kept.entry or (stored := service.journal.entry(kept.entry)) is None:
                return Answer(service.base, decided.decision, about, asked, text, kept, seen.beside(asked.language), seen)
        else:
            view.account(seen)
    except RequestDiffers:
        raise reused() from None
    return _as_then(service, stored, seen)


def reused() -> Rejected:
    """The key of a request came before, with another one."""
    do = "Send another Idempotency-Key with another request."
    return Rejected(422, "key-reused", [Problem("Idempotency-Key", "key-reused", "It came before, with another request.", do)])


def _as_then(service: Service, stored: Stored, seen: Seen) -> Answer:
    """The answer to a request that comes again: that of the first time, under the release of the first time."""
    replayed = verified(service.replayer.replay(stored))
    assert replayed.base is not None
    assert replayed.decision is not None
    assert replayed.asked is not None
    assert replayed.answer is not None
    kept, beside = Kept("recorded", stored.id, again=True), seen.beside(seen.asked.language)
    return Answer(replayed.base, replayed.decision, replayed.about, replayed.asked, replayed.answer, kept, beside, seen)


def plan_answer(view: Viewing, data: bytes, asked: Asked, since: datetime | None, form: PlanForm) -> Response:
    """The care plan for the record in a body, as its reader may see it, with what changed since an earlier moment."""
    found = decided(view, lambda: view.service.read(data), asked)
    seen, before = found.seen, replace(asked, as_of=since, live=False, request=None) if since else None
    earlier = view.decide(replace(seen, asked=before)).decision if before else None
    told = render_plan(found.base, seen.shared.record, found.decision, earlier, asked.language, form, found.kept.state, found.beside)
    return _sent(found, told, form)


def position_answer(view: Viewing, data: bytes, asked: Asked, pathway: Pathway, form: Drawing) -> Response:
    """A pathway with the person of the record in a body on it, as the reader may see them."""
    found = decided(view, lambda: view.service.read(data), asked)
    drawn = render_pathway(found.base, found.base.pathways.get(pathway.id, pathway), found.decision, asked.language, form)
    said = (drawn, *found.beside.remarks, *([found.beside.alarm] if found.beside.alarm else []))
    return _sent(found, beneath(drawn, found.beside) if form == "svg" else "\n".join(said), form)


def pathway_answer(service: Service, pathway: Pathway, language: Language, form: Drawing) -> Response:
    """A pathway as it is written; it tells of nobody."""
    return _made(render_pathway(service.base, pathway, None, language, form), {"content-language": language}, form)


def respond(found: Answer, form: Form) -> Response:
    """An answer in one form; every form says so when it is not written down."""
    asked, kept = found.asked, found.kept
    if form == "json":
        text = marked(found.json, kept.state, found.beside)
    else:
        text = render(found.base, found.decision, asked.language, form, found.about, kept.state, found.beside)
    return _sent(found, text, form)


def _sent(found: Answer, text: str, form: str) -> Response:
    """An answer with where it is written down, and how it may be shared."""
    asked, kept = found.asked, found.kept
    headers = {"content-language": asked.language, "vary": "accept", "tandem-journal": kept.state}
    headers |= _sharing(found.beside)
    if kept.entry is not None:
        headers["tandem-entry"] = kept.entry
    if kept.again:
        headers["idempotent-replayed"] = "true"
    return _made(text, headers, form)


def _made(text: str, headers: dict[str, str], form: str) -> Response:
    if form in ("html", "svg"):
        headers["content-security-policy"] = policy() if form == "html" else _PICTURE_POLICY
    return Response(text.encode(), headers=headers, media_type=MEDIA_TYPES[form])


def _sharing(beside: Beside) -> dict[str, str]:
    """For forms that no program reads: how sensitive what the answer rests on is, and the notice that goes with it."""
    found = beside.sharing or {}
    labels = {"tandem-labels": " ".join(found["labels"])} if found.get("labels") else {}
    return labels | ({"tandem-notice": found["notice"]} if found.get("notice") else {})
