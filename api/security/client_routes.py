"""Systems: registering, changing and closing them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from adapters.store.identity import Found, Taken
from api.problems import Rejected
from api.security.agreements import agreement_of
from api.security.bodies import read_as, schema_of, unfit
from api.security.clock import moment_of
from api.security.registering import Change, NewClient, NewSecret, NoSuchSystem, Registry, Signs
from api.security.replies import BODY, asking, missing, reply, taken, told
from api.security.security import Security
from engine.errors import Problem
from engine.timing import instant

Named = Annotated[str, Path(max_length=80)]


@contextmanager
def _refusing() -> Iterator[None]:
    """What cannot be done, as HTTP says it."""
    try:
        yield
    except NoSuchSystem:
        raise missing("There is no such system.") from None
    except Taken:
        raise taken() from None
    except Signs:
        wrong = Problem("path name", "signs", "It signs with its keys, and has no secret.", "Change its keys: PATCH /clients/{name}.")
        raise Rejected(409, "conflict", [wrong]) from None
    except ValidationError as error:
        raise unfit(error, frozenset(Change.model_fields)) from None


def add_clients(routes: APIRouter, security: Security) -> None:
    """Every endpoint about systems."""

    def registry(request: Request) -> Registry:
        who = asking(request).principal
        return Registry(security.systems, security.identity, security.service.journal, who.tenant, who.id)

    @routes.get("/clients", summary="Systems of the own tenant", **told("Systems"))
    def clients(request: Request) -> Response:
        rows = security.identity.clients(asking(request).principal.tenant)
        return reply({"clients": [_client(row) for row in rows]})

    @routes.post("/clients", summary="Register a system", openapi_extra=schema_of(NewClient), **told("Registered", 409, *BODY, status=201))
    async def add(request: Request) -> Response:
        """Without keys, the answer holds its secret, once."""
        given = await read_as(request, NewClient)
        with _refusing():
            secret = await run_in_threadpool(registry(request).register, given)
        return reply({"client_id": given.name, "client_secret": secret}, 201)

    @routes.patch("/clients/{name}", summary="Change a system", openapi_extra=schema_of(Change), **told("Changed", 404, 409, *BODY))
    async def change(request: Request, name: Named) -> Response:
        """It stays who it is; its tokens end. The answer holds a secret where it had none and has no keys any more."""
        given = await read_as(request, Change)
        with _refusing():
            secret = await run_in_threadpool(registry(request).change, name, given)
        return reply({"client_id": name, "client_secret": secret})

    renewed = told("Told once", 404, 409, *BODY, status=201)

    @routes.post("/clients/{name}/secret", summary="A new secret", openapi_extra=schema_of(NewSecret), **renewed)
    async def renew(request: Request, name: Named) -> Response:
        """The one before stays good beside it for as long as is said."""
        given = await read_as(request, NewSecret)
        with _refusing():
            secret = await run_in_threadpool(registry(request).renew, name, given.overlap_hours)
        return reply({"client_id": name, "client_secret": secret}, 201)

    @routes.post("/clients/{name}/closing", summary="Close a system", **told("Closed", 404, status=204))
    def close(request: Request, name: Named) -> Response:
        """It is given no more tokens, and those that it has end at once."""
        with _refusing():
            registry(request).close(name)
        return Response(status_code=204)


def _client(row: Found) -> dict[str, Any]:
    agreed, until = agreement_of(row), row.before_until
    found = {"client_id": row.id, "roles": row.roles.split(), "organisation": row.organisation, "active": bool(row.active)}
    found |= {"by": "keys" if row.keys else "jku" if agreed.jku else "secret", "issuer": row.issuer, "scopes": row.scopes}
    found |= {"programmes": json.loads(row.programmes), "secret_before_until": None if until is None else instant(moment_of(until))}
    return found | agreed.model_dump(mode="json")
