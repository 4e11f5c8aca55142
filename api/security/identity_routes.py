"""Signing in and out, accounts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pyotp
from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field, StringConstraints, model_validator
from starlette.concurrency import run_in_threadpool

from adapters.store.identity import Found, Taken
from api.parameters import known_parameters
from api.recording import MAIN
from api.security.agreements import Label
from api.security.bodies import read_as, schema_of
from api.security.client_routes import add_clients
from api.security.door import cookie_name, session_cookie, unknown
from api.security.passwords import LONGEST, SHORTEST
from api.security.people import Begun
from api.security.principal import Role
from api.security.registering import Words
from api.security.replies import BODY, asking, missing, reply, taken, told
from api.security.security import Security
from api.security.smart_routes import add_smart
from engine.given import Input

Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST)]
Named = Annotated[str, Path(max_length=80)]
_STAFF = Literal["intake", "care_manager", "prescriber", "clinical_lead", "safety_officer", "auditor", "administrator"]


class SignIn(Input):
    """Name, password and the code of the second factor."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
    code: Annotated[str, StringConstraints(min_length=6, max_length=8)]
    tenant: Label = MAIN


class NewPassword(Input):
    """The one that holds, and the one that is to hold."""

    old: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
    new: Password


class NewAccount(Input):
    """A person who may sign in: with a password, or by the word of the identity provider (issuer and subject).

    patient: for the roles patient and family, whose record it is about. programmes: Part 2 programmes that they work in.
    """

    name: Label
    roles: tuple[_STAFF | Literal["patient", "family"], ...] = Field(min_length=1, max_length=5, strict=False)
    password: Password | None = None
    issuer: Words | None = None
    subject: Words | None = None
    organisation: Words | None = None
    programmes: tuple[Label, ...] = Field(default=(), max_length=20, strict=False)
    patient: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None

    @model_validator(mode="after")
    def _sound(self) -> NewAccount:
        if (self.password is None) == (self.issuer is None) or (self.issuer is None) != (self.subject is None):
            raise ValueError("give a password, or issuer and subject, and not both")
        private = {"patient", "family"} & set(self.roles)
        if bool(private) != (self.patient is not None) or (private and len(self.roles) > 1):
            raise ValueError("patient and family are the only role of their account, and it names a patient")
        return self


def identity_router(security: Security) -> APIRouter:
    """Every endpoint about who may ask."""
    routes = APIRouter(dependencies=[Depends(known_parameters)], default_response_class=Response, tags=["identity"])
    _signing(routes, security)
    add_smart(routes, security)
    _accounts(routes, security)
    add_clients(routes, security)
    return routes


def _signing(routes: APIRouter, security: Security) -> None:
    tls = security.settings.tls

    @routes.post("/login", summary="Sign in", openapi_extra=schema_of(SignIn), **told("Signed in", 401, *BODY))
    async def login(request: Request) -> Response:
        """The answer's cookie is the session; `csrf` must come back as Tandem-CSRF with everything that changes something."""
        given = await read_as(request, SignIn)
        begun = await security.people.sign_in(given.tenant, given.name, given.password, given.code)
        if begun is None:
            raise unknown("Name, password and code do not fit together, or too many tries have failed.", "Try again in a while.")
        return signed_in(begun, tls=tls)

    @routes.post("/logout", summary="Sign out", **told("Signed out", status=204))
    async def logout(request: Request) -> Response:
        cookie = request.cookies.get(cookie_name(tls=tls))
        if cookie:
            await run_in_threadpool(security.people.end, cookie)
        return Response(status_code=204, headers={"set-cookie": session_cookie("", tls=tls)})

    @routes.get("/session", summary="Who am I", **told("Who is signed in"))
    async def session(request: Request) -> Response:
        who = asking(request).principal
        document = {"id": who.id, "tenant": who.tenant, "roles": sorted(who.roles), "organisation": who.organisation, "csrf": who.csrf}
        return reply(document)

    @routes.post("/password", summary="Change the own password", openapi_extra=schema_of(NewPassword), **told("Changed", 401, *BODY))
    async def password(request: Request) -> Response:
        """Every other session of the account ends."""
        given, who = await read_as(request, NewPassword), asking(request).principal
        rows = await run_in_threadpool(security.identity.accounts, who.tenant)
        own = next((row for row in rows if row.id == who.id), None)
        async with security.people.passwords.turn():
            right = own is not None and await security.people.passwords.check(own.password, given.old)
        if own is None or not right:
            raise unknown("That is not the password.", "Sign in again.")
        kept = await security.people.passwords.hash(given.new)
        await run_in_threadpool(security.identity.change_account, who.id, password=kept)
        await run_in_threadpool(security.identity.end, account=who.id)
        return signed_in(await run_in_threadpool(security.people.begin, own), tls=tls)


def signed_in(begun: Begun, *, tls: bool) -> Response:
    document = {"csrf": begun.csrf, "roles": sorted(begun.principal.roles), "tenant": begun.principal.tenant}
    return reply(document, set_cookie=session_cookie(begun.cookie or "", tls=tls))


def _accounts(routes: APIRouter, security: Security) -> None:
    @routes.get("/accounts", summary="Accounts of the own tenant", **told("Accounts"))
    def accounts(request: Request) -> Response:
        return reply({"accounts": [_account(row) for row in security.identity.accounts(asking(request).principal.tenant)]})

    @routes.post("/accounts", summary="Add an account", openapi_extra=schema_of(NewAccount), **told("Added", 409, *BODY, status=201))
    async def add(request: Request) -> Response:
        """With a password, the answer holds the secret of the second factor, once."""
        given, tenant = await read_as(request, NewAccount), asking(request).principal.tenant
        kept = await security.people.passwords.hash(given.password) if given.password else None
        more = given.model_dump(exclude={"name", "roles", "password"})
        try:
            id, second = await run_in_threadpool(security.people.add, tenant, given.name, given.roles, password=kept, **more)
        except Taken:
            raise taken() from None
        uri = pyotp.TOTP(second, name=given.name, issuer="Tandem").provisioning_uri() if second else None
        return reply({"id": id, "second_factor": uri}, 201)

    @routes.post("/accounts/{name}/closing", summary="Close an account", **told("Closed", 404, status=204))
    def close(request: Request, name: Named) -> Response:
        """It signs in no longer, and its sessions end at once."""
        found = security.identity.account(asking(request).principal.tenant, name)
        if found is None:
            raise missing("There is no such account.")
        security.identity.change_account(found.id, active=False)
        security.identity.end(account=found.id)
        return Response(status_code=204)


def _account(row: Found) -> dict[str, Any]:
    roles: list[Role] = row.roles.split()
    return {"id": row.id, "name": row.name, "roles": roles, "organisation": row.organisation, "active": bool(row.active)}
