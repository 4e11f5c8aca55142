"""Signing in by the word of an identity provider: OpenID Connect, authorization code with PKCE. Needs the extra `oidc`."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query, Request, Response
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.concurrency import run_in_threadpool

from api.logs import tell
from api.parameters import known_parameters
from api.problems import Rejected
from api.security.clock import MINUTE, SECOND
from api.security.door import session_cookie, unknown
from api.security.leading import HOME, Next, own_path
from api.security.replies import told
from api.security.seal import Unreadable, fingerprint, random_text
from api.security.security import Security
from engine.errors import Problem

ALGORITHMS = ["RS256", "ES256", "ES384", "RS384"]
_COOKIE, _PLACE, _LASTS, _SKEW = "tandem-oidc", "oidc state", 10 * MINUTE, 60
Code = Annotated[str, Query(max_length=4096)]
State = Annotated[str, Query(max_length=200)]
_LOCAL = ("127.0.0.1", "::1", "localhost")


class ProviderFault(Exception):
    """The provider did not answer as OpenID Connect has it; `code` says at which step."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Provider:
    """The one that is set. It is asked at its own address and nowhere else, and never follows where it is sent."""

    def __init__(self, security: Security) -> None:
        settings = security.settings
        assert settings.oidc_issuer is not None
        self.issuer, self.client = settings.oidc_issuer.rstrip("/"), settings.oidc_client or ""
        self.secret = settings.oidc_secret.get_secret_value() if settings.oidc_secret else None
        self.back = f"{settings.public_url}/login/provider/callback"

    def session(self) -> Any:
        from authlib.integrations.httpx_client import AsyncOAuth2Client  # noqa: PLC0415 - an extra

        how = "client_secret_basic" if self.secret else "none"
        return AsyncOAuth2Client(
            self.client,
            self.secret,
            scope="openid",
            redirect_uri=self.back,
            code_challenge_method="S256",
            token_endpoint_auth_method=how,
            timeout=5,
            follow_redirects=False,
        )

    async def described(self, session: Any) -> dict[str, Any]:
        """Its own description. Raises ProviderFault where it sends us elsewhere."""
        found = await self._get(session, f"{self.issuer}/.well-known/openid-configuration")
        if found.get("issuer", "").rstrip("/") != self.issuer:
            raise ProviderFault("issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            self._own(found.get(name))
        return found

    async def keys(self, session: Any, address: str) -> KeySet:
        return KeySet.import_key_set(await self._get(session, address))  # type: ignore[arg-type]

    async def _get(self, session: Any, address: str) -> dict[str, Any]:
        answer = await session.request("GET", address, withhold_token=True)
        if answer.status_code != 200 or len(answer.content) > 256 * 1024:
            raise ProviderFault("unreachable")
        found: dict[str, Any] = answer.json()
        return found

    def _own(self, address: object) -> None:
        place, home = urlsplit(address if isinstance(address, str) else ""), urlsplit(self.issuer)
        if (place.scheme, place.netloc) != (home.scheme, home.netloc) or (place.scheme != "https" and place.hostname not in _LOCAL):
            raise ProviderFault("elsewhere")


def oidc_router(security: Security) -> APIRouter:
    """The two endpoints of signing in by a provider; they say so when there is none."""
    routes = APIRouter(dependencies=[Depends(known_parameters)], default_response_class=Response, tags=["identity"])
    provider = Provider(security) if security.settings.oidc_issuer else None

    @routes.get("/login/provider", summary="Sign in by the identity provider", **told("Go there", 404, status=303))
    async def begin(next: Next = HOME) -> Response:
        """`next` is kept, sealed, in the browser that begins, and is where it is led in the end."""
        if provider is None:
            raise _none()
        state, nonce, verifier = random_text(), random_text(), secrets.token_urlsafe(64)
        async with provider.session() as session:
            try:
                described = await provider.described(session)
            except Exception as error:  # noqa: BLE001 - whatever a network can do
                raise _down(error) from None
            address, _ = session.create_authorization_url(
                described["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        held = {"state": state, "nonce": nonce, "verifier": verifier, "until": security.now() + _LASTS, "next": own_path(next)}
        cookie = urlsafe_b64encode(security.seal.close(json.dumps(held).encode(), _PLACE)).decode()
        secure = "; Secure" if security.settings.tls else ""
        kept = f"{_COOKIE}={cookie}; Path=/login/provider; HttpOnly; SameSite=Lax; Max-Age=600{secure}"
        return Response(status_code=303, headers={"location": address, "set-cookie": kept})

    @routes.get("/login/provider/callback", summary="Back from the identity provider", **told("Signed in", 401, 404, status=303))
    async def back(request: Request, code: Code, state: State) -> Response:
        if provider is None:
            raise _none()
        held = _held(security, request.cookies.get(_COOKIE, ""), state)
        if not await run_in_threadpool(security.identity.use_once, fingerprint(f"oidc {state}"), held["until"], security.now()):
            raise unknown("This sign-in was finished before.", "Sign in again.")
        subject = await _subject(security, provider, code, held)
        account = await run_in_threadpool(security.identity.account_of, provider.issuer, subject)
        if account is None or not account.active:
            raise unknown("The provider knows you, and nobody has let you in here.", "Ask an administrator for an account.")
        begun = await run_in_threadpool(security.people.begin, account)
        cookie = session_cookie(begun.cookie or "", tls=security.settings.tls)
        return Response(status_code=303, headers={"location": held["next"], "set-cookie": cookie})

    return routes


async def _subject(security: Security, provider: Provider, code: str, held: dict[str, Any]) -> str:
    """Who has signed in there, once everything that they say about it holds. Raises Rejected."""
    async with provider.session() as session:
        try:
            described = await provider.described(session)
            token = await session.fetch_token(described["token_endpoint"], code=code, code_verifier=held["verifier"])
            keys = await provider.keys(session, described["jwks_uri"])
            claims = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS).claims
        except JoseError:
            raise unknown("What the provider said does not hold.", "Sign in again.") from None
        except Exception as error:  # noqa: BLE001 - whatever a network can do
            raise _down(error) from None
    now, audience = security.now() // SECOND, claims.get("aud")
    audience = [audience] if isinstance(audience, str) else audience
    times = [claims.get("exp"), claims.get("iat")]
    sound = (
        str(claims.get("iss", "")).rstrip("/") == provider.issuer
        and audience == [provider.client]
        and secrets.compare_digest(str(claims.get("nonce", "")), held["nonce"])
        and all(isinstance(at, int) for at in times)
        and now - _SKEW < claims["exp"]
        and claims["iat"] < now + _SKEW
        and isinstance(claims.get("sub"), str)
    )
    if not sound:
        raise unknown("What the provider said does not hold.", "Sign in again.")
    return str(claims["sub"])


def _held(security: Security, cookie: str, state: str) -> dict[str, Any]:
    """What was kept in the browser that began. Raises Rejected where it is another one, or too late."""
    try:
        held: dict[str, Any] = json.loads(security.seal.open(urlsafe_b64decode(cookie[:2000]), _PLACE))
    except (Unreadable, ValueError, Error):
        raise unknown("This browser did not begin to sign in.", "Sign in again.") from None
    if held["until"] < security.now() or not secrets.compare_digest(held["state"].encode(), state.encode()):
        raise unknown("This browser did not begin to sign in, or long ago.", "Sign in again.")
    return held


def _none() -> Rejected:
    do = "Sign in with POST /login, or set TANDEM_OIDC_ISSUER."
    return Rejected(404, "not-found", [Problem("path", "not-found", "No identity provider is set.", do)])


def _down(error: Exception) -> Rejected:
    tell("provider-failing", "warning", kind=type(error).__name__, reason=getattr(error, "code", "none"))
    again = Problem("", "provider-failing", "The identity provider does not answer as it should.", "Try again in a while.")
    return Rejected(503, "provider-failing", [again], {"retry-after": "5"})
