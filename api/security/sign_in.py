"""The page on which people sign in. It works without script, in both languages, and leads back to the page that was asked for."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.page import policy, sign_in_page
from api.parameters import Lang, known_parameters
from api.problems import Rejected
from api.recording import MAIN
from api.security.door import session_cookie
from api.security.forms import read_form
from api.security.leading import HOME, Next, by_way_of, own_path
from api.security.replies import told
from api.security.seal import Unreadable, random_text
from api.security.security import Security
from api.view import SignIn
from api.words import say
from engine.dictionary import Language

_FIELDS = frozenset({"name", "password", "code", "tenant", "next", "token", "lang"})
_LASTS = 600 * 1_000_000
_PLACE = "sign-in form"
_LONGEST = 500
_HTML: dict[str, Any] = {"text/html": {"schema": {"type": "string"}}}
Tenant = Annotated[str, Query(max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]*$", description="Whose account it is.")]


@dataclass(frozen=True, slots=True)
class _Form:
    """What a page is made for."""

    language: Language
    next: str
    tenant: str


def sign_in_router(security: Security) -> APIRouter:
    """The page, and where its form goes."""
    routes = APIRouter(dependencies=[Depends(known_parameters)], default_response_class=Response, tags=["identity"])

    @routes.get("/sign-in", summary="The page to sign in", **_described(told("The page"), 200))
    async def page(request: Request, next: Next = HOME, lang: Lang = "en", tenant: Tenant = MAIN) -> Response:
        """Name, password and code; then on to the page that was asked for."""
        return _page(security, request, _Form(lang, own_path(next), tenant))

    @routes.post("/sign-in", summary="Sign in from the page", openapi_extra=_BODY, **_described(_SENT, 401, 403, 503))
    async def send(request: Request) -> Response:
        """303 to where the page leads; or the page again, which says what to do."""
        given = await read_form(request, _FIELDS) or {}
        fields = {name: text for name, text in given.items() if text.isprintable() and len(text) <= _LONGEST}
        language: Language = "es" if fields.get("lang") == "es" else "en"
        form = _Form(language, own_path(fields.get("next", HOME)), fields.get("tenant", MAIN))
        if not _from_our_page(security, request, fields.get("token", "")):
            return _page(security, request, form, "sign_in_stale", 403)
        try:
            begun = await security.people.sign_in(form.tenant, *(fields.get(name, "") for name in ("name", "password", "code")))
        except Rejected as busy:
            if busy.status != 503:
                raise
            return _page(security, request, form, "sign_in_busy", 503, {"retry-after": "3"})
        if begun is None:
            return _page(security, request, form, "sign_in_wrong", 401, {"www-authenticate": 'Bearer realm="tandem"'})
        cookie = session_cookie(begun.cookie or "", tls=security.settings.tls)
        return Response(status_code=303, headers={"location": form.next, "set-cookie": cookie})

    return routes


def _page(
    security: Security, request: Request, form: _Form, wrong: str | None = None, status: int = 200, more: dict[str, str] | None = None
) -> Response:
    """With a token that stands in the form and in a cookie: only our own page can send both."""
    tls, kept = security.settings.tls, request.cookies.get(_cookie(tls=security.settings.tls), "")
    token = kept if _good(security, kept) else _token(security)
    lines = security.service.base.help_for(None).root
    view = SignIn(
        language=form.language,
        title=say("sign_in_title", form.language),
        as_of=say("sign_in_lead", form.language),
        help=tuple(f"{line.name[form.language]}: {line.contact[form.language]} ({line.available[form.language]})" for line in lines),
        alarm=say(wrong, form.language) if wrong else None,
        next=form.next,
        tenant=form.tenant,
        token=token,
        provider=by_way_of("/login/provider", form.next) if security.settings.oidc_issuer else None,
    )
    cookie = f"{_cookie(tls=tls)}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=600{'; Secure' if tls else ''}"
    headers = {"set-cookie": cookie, "content-language": form.language, "content-security-policy": policy(forms=True), **(more or {})}
    return Response(sign_in_page(view).encode(), status, headers=headers, media_type="text/html; charset=utf-8")


def _cookie(*, tls: bool) -> str:
    return "__Host-tandem-form" if tls else "tandem-form"


def _token(security: Security) -> str:
    return urlsafe_b64encode(security.seal.close(f"{security.now() + _LASTS} {random_text()}".encode(), _PLACE)).decode()


def _good(security: Security, token: str) -> bool:
    """Whether we made it, not long ago."""
    try:
        until, _, _ = security.seal.open(urlsafe_b64decode(token[:_LONGEST].encode()), _PLACE).decode().partition(" ")
    except (Unreadable, Error, ValueError):
        return False
    return int(until) >= security.now()


def _from_our_page(security: Security, request: Request, token: str) -> bool:
    kept = request.cookies.get(_cookie(tls=security.settings.tls), "")
    return hmac.compare_digest(kept.encode(), token.encode()) and _good(security, token)


def _described(description: dict[str, Any], *pages: int) -> dict[str, Any]:
    """These answers are pages."""
    for status in pages:
        found = description["responses"].setdefault(status, {"description": "The page again; it says what to do"})
        found["content"] = found.get("content", {}) | _HTML if status != 200 else _HTML
    return description


_SENT = told("On to the page that was asked for", 408, 413, 415, status=303)
_FORM = {"type": "object", "properties": {name: {"type": "string"} for name in sorted(_FIELDS)}}
_BODY = {"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": _FORM}}}}
