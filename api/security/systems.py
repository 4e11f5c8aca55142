"""Systems that ask: registered with public keys or a secret, let in for minutes at a time by a token."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from adapters.store.identity import Found, IdentityStore
from api.security.agreements import NONE, Agreement, agreement_of
from api.security.assertions import Forged, claimed, verify
from api.security.clock import MINUTE, SECOND
from api.security.keysets import JwkSet
from api.security.principal import Principal, Role
from api.security.scopes import USUAL, granted
from api.security.seal import fingerprint, random_text
from api.security.spending import spend

LIFE = 5 * MINUTE
_BEFORE = ("secret_before", "before_until")


class Registration(TypedDict, total=False):
    """What is registered of a system beside its name and roles. keys: its public keys, a JWK set.

    issuer: as it calls itself in what it signs for CDS Hooks. scopes: what its tokens may be good for.
    """

    keys: dict[str, Any] | None
    organisation: str | None
    programmes: Iterable[str]
    issuer: str | None
    scopes: str
    agreement: Agreement


class NoScope(Exception):
    """Nothing of what was asked for is registered."""


@dataclass(frozen=True, slots=True)
class Token:
    """text: what is sent along. scopes: what it is good for."""

    text: str
    scopes: str


class Systems:
    """audience: the addresses under which an assertion may have been meant for us. now: microseconds since 1970."""

    def __init__(self, store: IdentityStore, audience: frozenset[str], now: Callable[[], int]) -> None:
        self._store, self._audience, self._now = store, audience, now

    def add(self, tenant: str, name: str, roles: Iterable[Role], **given: Unpack[Registration]) -> str | None:
        """Registers a system by its public keys, or by where they lie; else it is given a secret, told here and never again.

        Raises Taken.
        """
        secret = None if _signs(given) else random_text()
        values = _columns(roles, given)
        self._store.add_client(id=name, tenant=tenant, secret=fingerprint(secret) if secret else None, **values)
        return secret

    def change(self, client: Found, roles: Iterable[Role], **given: Unpack[Registration]) -> str | None:
        """All that is registered of a system, anew; its tokens end. It keeps its secret while it has no keys. Raises Taken."""
        values, signs = _columns(roles, given), _signs(given)
        secret = random_text() if not signs and client.secret is None else None
        if signs:
            values |= {"secret": None, "secret_before": None, "before_until": None}
        elif secret:
            values |= {"secret": fingerprint(secret)}
        self._store.change_client(client.id, **values)
        return secret

    def renew(self, client: Found, overlap: int) -> str:
        """A new secret, told here and never again. overlap: microseconds for which the one before is good, too."""
        secret = random_text()
        kept = {"secret_before": client.secret, "before_until": self._now() + overlap} if overlap else dict.fromkeys(_BEFORE)
        self._store.change_client(client.id, end_tokens=not overlap, secret=fingerprint(secret), **kept)
        return secret

    def token_for_assertion(self, assertion: str, scope: str | None = None, keys: JwkSet | None = None) -> Token:
        """A token for a signed statement that was never used before. keys: left out, those registered. Raises Forged, NoScope."""
        client = self.claiming(assertion)
        keys = keys or (json.loads(client.keys) if client.keys else {"keys": []})
        audience = self._audience | set(agreement_of(client).audiences)
        found = verify(assertion, keys, client.id, audience, self._now() // SECOND)
        spend(self._store, found, self._now())
        return self._token(client, scope)

    def claiming(self, assertion: str) -> Found:
        """The system that a signed statement says it is from, unchecked. Raises Forged."""
        client = self._client(claimed(assertion).issuer)
        if client is None:
            raise Forged("issuer")
        return client

    def token_for_secret(self, name: str, secret: str, scope: str | None = None) -> Token:
        """Raises Forged, NoScope."""
        client = self._client(name)
        kept = client.secret if client is not None and client.secret else bytes(32)
        overlaps = client is not None and client.secret_before is not None and self._now() < client.before_until
        before = client.secret_before if client is not None and overlaps else bytes(32)
        said = fingerprint(secret)
        if not hmac.compare_digest(kept, said) | hmac.compare_digest(before, said) or client is None:
            raise Forged("secret")
        return self._token(client, scope)

    def principal(self, token: str) -> Principal | None:
        """Whose token it is, while it is good."""
        client = self._store.token(fingerprint(token), self._now())
        return None if client is None else principal_of(client, client.tenant, client.given)

    def _client(self, name: str) -> Found | None:
        found = self._store.client(name)
        return found if found is not None and found.active else None

    def _token(self, client: Found, scope: str | None) -> Token:
        given = client.scopes if scope is None else granted(scope, client.scopes)
        if scope is not None and not given:
            raise NoScope
        token, now = random_text(), self._now()
        self._store.add_token(fingerprint(token), client.id, given, now + LIFE, now)
        return Token(token, given)


def _signs(given: Registration) -> bool:
    """Whether it has keys, and so no secret."""
    return bool(given.get("keys") or given.get("agreement", NONE).jku)


def _columns(roles: Iterable[Role], given: Registration) -> dict[str, Any]:
    """What is registered, as it lies in the table."""
    keys = given.get("keys")
    return {
        "roles": " ".join(sorted(roles)),
        "organisation": given.get("organisation"),
        "programmes": json.dumps(sorted(given.get("programmes", ()))),
        "keys": json.dumps(keys) if keys else None,
        "issuer": given.get("issuer"),
        "scopes": given.get("scopes", USUAL),
        "agreement": given.get("agreement", NONE).model_dump_json(exclude_defaults=True),
    }


def principal_of(client: Found, tenant: str, scopes: str | None) -> Principal:
    programmes = frozenset(json.loads(client.programmes))
    return Principal(client.id, "system", tenant, frozenset(client.roles.split()), client.organisation, programmes, scopes=scopes)
