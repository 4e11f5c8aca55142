"""The one place where a request is let in or refused: who asks, for what, and whether the table of policy allows it."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import get_args

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.store import StoreFault
from api.logs import tell
from api.negotiation import chosen
from api.problems import Rejected
from api.recording import MAIN
from api.security.assertions import Forged
from api.security.keysets import KeysMissing
from api.security.leading import by_way_of
from api.security.people import Begun
from api.security.policy import Row, policy, relations
from api.security.principal import Principal, Role
from api.security.scopes import covers
from api.security.security import Security
from engine.consent import Purpose
from engine.errors import Problem

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
HOOKS = "/cds-services/"
# What may be said of a token that does not hold. What lies behind a signature is told only to whoever has made it.
FORGED = {
    "header": "Sign as your profile has it, with kid and without jwk, x5u or crit.",
    "issuer": "Register its iss: tandem accounts client NAME --issuer.",
    "jku": "Register the address of its key set: --jku.",
    "key": "Sign with a key of your registered key set, each kid standing there once.",
    "audience": "Put the address that is called in aud, or register how else it is called: --audience.",
    "time": "Make a new one for each call, good for as long as your profile has it, and look at your clock.",
    "jti": "Give each token a jti of its own, of at most 200 characters.",
    "tenant": "Register what it says as tenant: --tenant-claim.",
    "replayed": "Make a new one for each call.",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_STAFF: frozenset[Role] = frozenset({"intake", "care_manager", "prescriber", "clinical_lead", "safety_officer", "ehr_client"})
VISITOR = Principal("demonstration", "demonstration", MAIN, _STAFF)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and what for: what every operation may rely on once it has been let in."""

    principal: Principal
    purpose: Purpose


def cookie_name(*, tls: bool) -> str:
    return "__Host-tandem" if tls else "tandem"


def session_cookie(value: str, *, tls: bool) -> str:
    """A cookie that no script reads and no other site sends along."""
    life = "" if value else "; Max-Age=0"
    return f"{cookie_name(tls=tls)}={value}; Path=/; HttpOnly; SameSite=Lax{life}{'; Secure' if tls else ''}"


class Door:
    """ASGI: stands before every route of the application."""

    def __init__(self, app: ASGIApp, security: Security, routes: Sequence[BaseRoute]) -> None:
        self.app, self.security, self.routes = app, security, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._operation(scope) if scope["type"] == "http" else None
        if found is None:  # what is not there at all is answered as such, and tells nothing
            await self.app(scope, receive, send)
            return
        operation, patient = found
        scope.setdefault("state", {})["operation"] = operation
        request = Request(scope)
        try:
            begun = await self._admit(request, operation, patient)
        except Rejected as rejected:
            answer = _sign_in_first(request, operation) if rejected.status == 401 else None
            await (answer or rejected.response)(scope, receive, send)
            return
        except StoreFault:
            again = Problem("", "store-unavailable", "It cannot be read or written now.", "Send it again after a few seconds.")
            await Rejected(503, "store-unavailable", [again], {"retry-after": "5"}).response(scope, receive, send)
            return
        await self.app(scope, receive, self._with_cookie(send, begun.cookie) if begun and begun.cookie else send)

    def _operation(self, scope: Scope) -> tuple[str, str | None] | None:
        found = _found(self.routes, scope)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        return (f"{method} {found[0]}", found[1]) if found else None

    async def _admit(self, request: Request, operation: str, patient: str | None) -> Begun | None:
        row = policy().get(operation)
        if row is None:
            raise _not_permitted("Nobody has said who may do this.", "Ask an administrator.")
        if row.open:
            return None
        principal, begun = await self._who(request)
        _same_site(request, principal)
        purpose = stated_purpose(request, row)
        if not relations(row, principal):
            raise _not_permitted("Your role does not allow this.", "Ask an administrator.")
        _check_scope(row, principal)
        if not await run_in_threadpool(self._related, row, principal, patient, purpose):
            do = "Ask to be put on the care team; in an emergency, POST /emergency-access."
            wrong = Problem("path patient", "patient-unknown", "There is no such patient, or you are not on their team.", do)
            raise Rejected(404, "patient-unknown", [wrong])
        request.state.asking = Asking(principal, purpose)
        return begun

    async def _who(self, request: Request) -> tuple[Principal, Begun | None]:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme:
            return await self._system(scheme, token, request.scope["path"]), None
        if cookie := _cookie(request, tls=self.security.settings.tls):
            begun = await run_in_threadpool(self.security.people.session, cookie)
            if begun is not None:
                return begun.principal, begun
            if not self.security.settings.demo:
                raise unknown("The session has ended.", "Sign in again.")
        if self.security.settings.demo:
            return VISITOR, None
        raise unknown("Nobody has said who asks.", "Send a bearer token, or sign in.")

    async def _system(self, scheme: str, token: str, path: str) -> Principal:
        """Whose token it is: one of our own, or at CDS Hooks one that an EHR has signed for this call."""
        if scheme.lower() == "bearer" and token.count(".") == 2 and f"{path}/".startswith(HOOKS):
            if self.security.settings.demo and not await self.security.ehrs.known(token):
                return VISITOR
            return await self._ehr(token, path)
        found = await run_in_threadpool(self.security.systems.principal, token) if scheme.lower() == "bearer" else None
        if found is None:
            raise unknown("The token is not good, or no longer.", "Take a new one at /token.")
        return found

    async def _ehr(self, token: str, path: str) -> Principal:
        try:
            return await self.security.ehrs.principal(token, path)
        except Forged as forged:
            tell("token-refused", "warning", reason=forged.code)
            raise unknown("The signed token does not hold.", FORGED.get(forged.code, "See docs/security.md.")) from None
        except KeysMissing as missing:
            again = Problem("Authorization", "keys-unavailable", "Your key set cannot be read now.", "Send it again after a few seconds.")
            tell("token-refused", "warning", reason=missing.reason)
            raise Rejected(503, "keys-unavailable", [again], {"retry-after": "5"}) from None

    def _related(self, row: Row, principal: Principal, patient: str | None, purpose: Purpose) -> bool:
        how = relations(row, principal)
        if "any" in how or patient is None:
            return bool(how)
        if "self" in how and principal.patient == patient:
            return True
        if "team" not in how:
            return False
        urgent = purpose == "emergency" and self.security.in_emergency(principal, patient)
        return urgent or self.security.on_team(principal, patient)

    def _with_cookie(self, send: Send, value: str) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "set-cookie" not in headers:
                    headers.append("set-cookie", session_cookie(value, tls=self.security.settings.tls))
            await send(message)

        return sending


def _found(routes: Sequence[BaseRoute], scope: Scope) -> tuple[str, str | None] | None:
    """The path of the route that will answer, and the patient in it. What cannot be named has no row, and is refused."""
    for route in routes:
        match, child = route.matches(scope)
        if match is Match.FULL:
            if isinstance(route, Route):
                return route.path, child.get("path_params", {}).get("patient")
            inside = getattr(route, "original_router", None)  # routers that are included stay whole
            return (_found(inside.routes, scope) if inside is not None else None) or ("without a name", None)
    return None


def operations(routes: Sequence[BaseRoute]) -> frozenset[str]:
    """Every operation that an application has."""
    found: set[str] = set()
    for route in routes:
        if isinstance(route, Route):
            found |= {f"{method} {route.path}" for method in route.methods or () if method != "HEAD"}
        else:
            found |= operations(route.original_router.routes) if hasattr(route, "original_router") else {"without a name"}
    return frozenset(found)


def stated_purpose(request: Request, row: Row) -> Purpose:
    """What the request says it is for, or what its operation is for. Raises Rejected."""
    text = request.headers.get("tandem-purpose")
    if text is None:
        return row.purposes[0]
    purpose = next((item for item in PURPOSES if item == text), None)
    if purpose is None:
        do = f"Use one of {', '.join(row.purposes)}."
        raise Rejected(400, "request-refused", [Problem("Tandem-Purpose", "purpose-unknown", "There is no such purpose.", do)])
    if purpose in ("legal", "criminal_justice"):
        do = "Ask the privacy officer: it takes a court order with a subpoena, or a consent made for it."
        raise Rejected(403, "purpose-refused", [Problem("Tandem-Purpose", "purpose-refused", "Nothing leaves for proceedings.", do)])
    if purpose not in row.purposes:
        do = f"Use one of {', '.join(row.purposes)}."
        raise Rejected(403, "purpose-refused", [Problem("Tandem-Purpose", "purpose-refused", "Not for this purpose.", do)])
    return purpose


def _sign_in_first(request: Request, operation: str) -> Response | None:
    """A browser that asks for a page is led to where somebody can sign in, and back; whoever sends a token is told that it is not good."""
    row, scope = policy().get(operation), request.scope
    if row is None or not row.page or request.method != "GET" or "authorization" in request.headers or not _is_browser(request):
        return None
    query = scope["query_string"].decode("latin-1")
    place = by_way_of("/sign-in", request.url.path + (f"?{query}" if query else ""))
    return Response(status_code=303, headers={"location": place, "cache-control": "no-store", "vary": "accept, cookie"})


def _is_browser(request: Request) -> bool:
    try:
        return chosen(request.headers.get("accept")) == "html"
    except Rejected:
        return False


def unknown(what: str, do: str) -> Rejected:
    return Rejected(401, "not-known", [Problem("Authorization", "not-known", what, do)], {"www-authenticate": 'Bearer realm="tandem"'})


def _not_permitted(what: str, do: str) -> Rejected:
    return Rejected(403, "not-permitted", [Problem("", "not-permitted", what, do)])


def _check_scope(row: Row, principal: Principal) -> None:
    if row.scope is None or principal.scopes is None or covers(principal.scopes, row.scope):
        return
    wrong = Problem("Authorization", "scope-missing", "The token is not good for this.", f"Ask for {row.scope} at /token.")
    shown = f'Bearer realm="tandem", error="insufficient_scope", scope="{row.scope}"'
    raise Rejected(403, "not-permitted", [wrong], {"www-authenticate": shown})


def _same_site(request: Request, principal: Principal) -> None:
    """A browser sends the cookie by itself; what changes something must also know what only our own page was told."""
    if principal.csrf is None or request.method in _SAFE:
        return
    if not hmac.compare_digest(request.headers.get("tandem-csrf", "").encode(), principal.csrf.encode()):
        do = "Send what signing in, or GET /session, gave as csrf."
        raise Rejected(403, "csrf", [Problem("Tandem-CSRF", "csrf", "It does not come from our own page.", do)])


def _cookie(request: Request, *, tls: bool) -> str | None:
    try:
        found = SimpleCookie(request.headers.get("cookie", "")[:4096]).get(cookie_name(tls=tls))
    except CookieError:
        return None
    return found.value[:100] if found and found.value else None
