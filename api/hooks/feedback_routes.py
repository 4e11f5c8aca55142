"""The endpoints of feedback, and what came of each rule."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from api.hooks.answering import Hooks, offered
from api.hooks.described import FEEDBACK, RULES, TAKEN
from api.hooks.feedback import Feedback, by_rule, documents
from api.hooks.routes import Id
from api.limits import Gate, read_body
from api.parameters import known_parameters
from api.security.replies import asking, reply


def feedback_router(hooks: Hooks, gate: Gate) -> APIRouter:
    """Feedback in, and what came of each rule out."""
    routes = APIRouter(dependencies=[Depends(known_parameters)], default_response_class=Response, tags=["hooks"])
    service = hooks.service

    @routes.post("/cds-services/{id}/feedback", summary="Say what came of cards", openapi_extra=FEEDBACK, **TAKEN)
    async def take(request: Request, id: Id) -> Response:
        """Several cards at once; all of it is kept, or nothing. Sent again, it adds nothing."""
        offered(id)
        who = asking(request).principal
        data = await read_body(request, service.settings.max_body)
        await gate.run(lambda: Feedback(hooks.cards, service.journal).take(who, id, data, service.now()))
        return reply({"status": "received"})

    @routes.get("/feedback/rules", summary="What came of each rule", **RULES)
    async def rules(request: Request) -> Response:
        """For each version of a rule: on how many cards it was shown, and how often it was followed or overridden, and why."""
        tenant = asking(request).principal.tenant
        return reply({"rules": documents(await gate.run(by_rule, hooks.cards.store, tenant))})

    return routes
