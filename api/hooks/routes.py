"""The endpoints of CDS Hooks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from api.hooks.answering import Hooks, offered
from api.hooks.call import read_call
from api.hooks.card import pruned
from api.hooks.described import ANSWER, CALL, DISCOVERY
from api.hooks.gather import gather
from api.hooks.language import language_of
from api.hooks.services import discovery
from api.hooks.services import services as offered_services
from api.limits import Gate, read_body
from api.parameters import known_parameters
from api.security.replies import reply
from api.shared import Viewing, reader_of
from api.timing import begin, timed

_IDS: dict[str, Any] = {"enum": [item.id for item in offered_services().services]}
Id = Annotated[str, Path(max_length=80, description="The id of a service, as discovery gives it.", json_schema_extra=_IDS)]
Languages = Annotated[str | None, Header(alias="Accept-Language", description="English or Spanish.")]


def hooks_router(hooks: Hooks, gate: Gate) -> APIRouter:
    """Every endpoint below /cds-services."""
    routes = APIRouter(dependencies=[Depends(known_parameters)], default_response_class=Response, tags=["hooks"])
    most = hooks.service.settings.max_body

    @routes.get("/cds-services", summary="The services", **DISCOVERY)
    def services(languages: Languages = None) -> Response:
        """What is offered, at which hooks, and which data each asks to be sent along."""
        language = language_of(languages)
        return reply(pruned(discovery(language)), content_language=language, vary="accept-language")

    @routes.post("/cds-services/{id}", summary="Ask a service", openapi_extra=CALL, **ANSWER)
    async def call(request: Request, id: Id, languages: Languages = None) -> Response:
        """Cards for what is being done now. Unknown fields are let be; what is missing is said, and never guessed."""
        if hooks.service.settings.tried_out:
            begin()
        service, reader = offered(id), reader_of(request)
        view = Viewing(hooks.security, reader, "cds-hooks")
        data = await read_body(request, most)
        with timed("gather"):
            call = await gate.run(read_call, service, data)
            client, base, now = reader.asking.principal.id, hooks.service.base, hooks.service.now()
            gathered = await gather(call, service, client, hooks.fetch, base, now)
        return await gate.run(hooks.answer, view, reader, service, call, gathered, data, language_of(languages))

    return routes
