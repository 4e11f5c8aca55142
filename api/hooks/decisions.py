"""The page behind a card: the decision that the journal holds, for whoever may see it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from adapters.journal import Stored
from api.answers import Answer, respond
from api.hooks.answering import Hooks
from api.hooks.described import DECISION
from api.hooks.past import past_document, past_lines
from api.hooks.shown import reaching
from api.limits import Gate
from api.negotiation import chosen
from api.parameters import known_parameters
from api.problems import Rejected
from api.recording import Kept, opened_decision
from api.rendering import Form
from api.replaying import verified
from api.security.principal import Principal
from api.shared import Viewing, reader_of
from engine.errors import Problem, Refused
from engine.record import Record

Entry = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$", description="The entry of the journal, as Tandem-Entry and cards tell it.")]
CardId = Annotated[str, Query(pattern=r"^[0-9a-f-]{36}$", description="The card that led here, as links of cards name it.")]


def decisions_router(hooks: Hooks, gate: Gate) -> APIRouter:
    """The page behind a card."""
    routes = APIRouter(dependencies=[Depends(known_parameters)], default_response_class=Response, tags=["hooks"])

    @routes.get("/decisions/{entry}", summary="A decision of the past", **DECISION)
    async def decision(request: Request, entry: Entry, format: Form | None = None, card: CardId | None = None) -> Response:
        """As it was made, from what was known then: for the client that was answered with it, and for the care team."""
        reader = reader_of(request)
        view = Viewing(hooks.security, reader, "decision")
        form = format or chosen(request.headers.get("accept"))

        def work() -> Response:
            with reaching():
                return respond(_shown(hooks, view, reader.asking.principal, entry, card), form)

        return await gate.run(work)

    return routes


def _shown(hooks: Hooks, view: Viewing, who: Principal, entry: str, card: str | None) -> Answer:
    """The decision, made again and held to what left. Raises Rejected; 404 for all that may not be seen, so that it tells nothing."""
    stored = hooks.service.journal.entry(entry)
    held = opened_decision(hooks.service.journal, stored) if stored is not None and stored.kind == "decision" else None
    if stored is None or held is None:
        raise _unknown()
    record = Record.model_validate_json(json.dumps(held["record"]))
    person = record.patient.id or stored.subject
    if not _may(hooks, who, stored, person):
        raise _unknown()
    try:
        found = verified(hooks.service.replayer.replay(stored))
    except Refused as refused:
        raise Rejected(409, "conflict", refused.problems) from None
    assert found.base is not None
    assert found.decision is not None
    assert found.asked is not None
    assert found.answer is not None
    asked = replace(found.asked, subject=person, tenant=who.tenant)
    seen = view.see(record, asked)
    if seen.shared.withheld:  # what they may not see all of is not shown in part: it would no longer be this decision
        raise _unknown()
    view.account(seen)
    behind = (found.base, found.decision, hooks.cards.of_decision(who.tenant, entry), card, asked.language)
    return Answer(
        base=found.base,
        decision=found.decision,
        about=found.about,
        asked=asked,
        json=found.answer,
        kept=Kept("recorded", entry),
        beside=replace(seen.beside(asked.language), past=tuple(past_lines(*behind)), made_for=past_document(*behind)),
        seen=seen,
    )


def _may(hooks: Hooks, who: Principal, stored: Stored, person: str | None) -> bool:
    """The client that was answered; or the care team. A person is named by their tenant alone where the tenant's own client asked."""
    asked_by = hooks.cards.asked_by(who.tenant, stored.id)
    if who.id in asked_by:
        return True
    named = {stored.subject} | ({person} if asked_by else set())
    return any(hooks.security.on_team(who, name) for name in named if name)


def _unknown() -> Rejected:
    do = "Ask to be put on the care team, or ask again for a decision."
    return Rejected(404, "not-found", [Problem("path entry", "decision-unknown", "There is no such decision, or you may not see it.", do)])
