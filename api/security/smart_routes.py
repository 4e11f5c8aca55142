"""SMART Backend Services: tokens for systems (RFC 6749, RFC 7523), and where SMART says how to ask for one."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Any
from urllib.parse import unquote_plus

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from api.logs import tell
from api.security.assertions import Forged, claimed
from api.security.forms import read_form
from api.security.keysets import KeysMissing
from api.security.profiles import BACKEND
from api.security.replies import reply, told
from api.security.scopes import LONGEST
from api.security.security import Security
from api.security.systems import LIFE, NoScope, Token

_NAMES = ("client_id", "client_secret", "client_assertion", "client_assertion_type", "scope")
_FIELDS = frozenset({"grant_type", *_NAMES})
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_WELL_KNOWN = "/.well-known/smart-configuration"
_NOT_KEPT: dict[str, str] = {"cache_control": "no-store", "pragma": "no-cache"}
_ERROR = {
    "type": "object",
    "required": ["error", "error_description"],
    "properties": {
        "error": {"enum": ["invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type", "temporarily_unavailable"]},
        "error_description": {"type": "string"},
    },
}


class _Refused(Exception):
    """An error as OAuth has them (RFC 6749, 5.2)."""

    def __init__(self, status: int, error: str, description: str) -> None:
        self.status, self.error, self.description = status, error, description
        super().__init__(error)

    @property
    def response(self) -> Response:
        headers = {401: {"www_authenticate": 'Basic realm="tandem"'}, 503: {"retry_after": "5"}}.get(self.status, {})
        return reply({"error": self.error, "error_description": self.description}, self.status, **(_NOT_KEPT | headers))


def add_smart(routes: APIRouter, security: Security) -> None:
    """The token endpoint and the two places where SMART looks for its description."""
    _tokens(routes, security)

    @routes.get(_WELL_KNOWN, summary="How systems take a token (SMART)", **told("The description"))
    @routes.get(f"/fhir{_WELL_KNOWN}", summary="How systems take a token (SMART), below the FHIR base", **told("The description"))
    def configuration() -> Response:
        return reply(_configuration(security.settings.bases[0]))


def _configuration(base: str) -> dict[str, Any]:
    return {
        "token_endpoint": f"{base}/token",
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic", "client_secret_post"],
        "token_endpoint_auth_signing_alg_values_supported": list(BACKEND.algorithms),
        "grant_types_supported": ["client_credentials"],
        "scopes_supported": ["system/*.rs", "system/PlanDefinition.rs", "system/Observation.c"],
        "code_challenge_methods_supported": ["S256"],
        "capabilities": ["client-confidential-asymmetric", "client-confidential-symmetric", "permission-v1", "permission-v2"],
    }


def _tokens(routes: APIRouter, security: Security) -> None:
    fields: dict[str, Any] = {name: {"type": "string"} for name in _NAMES} | {"grant_type": {"const": "client_credentials"}}
    form = {"type": "object", "required": ["grant_type"], "properties": fields}
    body = {"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}}}
    said = told("A bearer token", 408, 413, 415)
    errors = {400: "It is not asked for as it should be.", 401: "The client did not show who it is.", 503: "It cannot be told now."}
    said["responses"] |= {
        status: {"description": text, "content": {"application/json": {"schema": _ERROR}}} for status, text in errors.items()
    }

    @routes.post("/token", summary="A token for a system", openapi_extra=body, **said)
    async def token(request: Request) -> Response:
        """Client credentials (RFC 6749) by private_key_jwt (RFC 7523) or a client secret. The token is good for minutes."""
        try:
            given = await _given(security, await _form(request), request.headers.get("authorization", ""))
        except _Refused as refused:
            return refused.response
        document = {"access_token": given.text, "token_type": "bearer", "expires_in": LIFE // 1_000_000, "scope": given.scopes}
        return reply(document, **_NOT_KEPT)


async def _given(security: Security, fields: dict[str, str], authorization: str) -> Token:
    """Raises _Refused."""
    scope = fields.get("scope")
    try:
        if fields.get("client_assertion_type") == _ASSERTION:
            return await _for_assertion(security, fields.get("client_assertion", ""), scope)
        return await run_in_threadpool(security.systems.token_for_secret, *_secret(fields, authorization), scope)
    except Forged as forged:
        tell("token-refused", "warning", reason=forged.code)
        raise _Refused(401, "invalid_client", "The client did not show who it is.") from None
    except KeysMissing as missing:
        tell("token-refused", "warning", reason=missing.reason)
        raise _Refused(503, "temporarily_unavailable", "The key set of the client cannot be read now.") from None
    except NoScope:
        raise _Refused(400, "invalid_scope", "Nothing of what was asked for is registered for this client.") from None


async def _for_assertion(security: Security, assertion: str, scope: str | None) -> Token:
    client = await run_in_threadpool(security.systems.claiming, assertion)
    keys = await security.ehrs.keys(client, claimed(assertion))
    return await run_in_threadpool(security.systems.token_for_assertion, assertion, scope, keys)


def _secret(fields: dict[str, str], authorization: str) -> tuple[str, str]:
    scheme, _, basic = authorization.partition(" ")
    if scheme.lower() != "basic":
        return fields.get("client_id", ""), fields.get("client_secret", "")
    try:
        name, _, secret = (unquote_plus(part) for part in b64decode(basic, validate=True).decode("ascii").partition(":"))
    except (binascii.Error, ValueError):
        raise Forged("secret") from None
    return name, secret


async def _form(request: Request) -> dict[str, str]:
    fields = await read_form(request, _FIELDS)
    if fields is None or "grant_type" not in fields:
        raise _Refused(400, "invalid_request", "Send grant_type, and each field once.")
    if fields["grant_type"] != "client_credentials":
        raise _Refused(400, "unsupported_grant_type", "Only client_credentials is granted.")
    if len(fields.get("scope", "")) > LONGEST:
        raise _Refused(400, "invalid_scope", "Ask for fewer scopes at once.")
    return fields
