"""Systems that ask: registered with public keys or a secret, let in for minutes at a time by a token."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterable
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from adapters.store.identity import Found, IdentityStore
from api.security.assertions import TYPES, Forged, claimed_issuer, verify
from api.security.clock import MINUTE, SECOND
from api.security.principal import Principal, Role
from api.security.seal import fingerprint, random_text

LIFE = 5 * MINUTE
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class Systems:
    """audience: the addresses under which an assertion may have been meant for us. now: microseconds since 1970."""

    def __init__(self, store: IdentityStore, audience: frozenset[str], now: Callable[[], int]) -> None:
        self._store, self._audience, self._now = store, audience, now

    def add(
        self,
        tenant: str,
        name: str,
        roles: Iterable[Role],
        *,
        keys: dict[str, Any] | None = None,
        organisation: str | None = None,
        programmes: Iterable[str] = (),
    ) -> str | None:
        """Registers a system by its public keys; without keys it is given a secret, told here and never again. Raises Taken."""
        secret = None if keys else random_text()
        self._store.add_client(
            id=name,
            tenant=tenant,
            roles=" ".join(sorted(roles)),
            organisation=organisation,
            programmes=json.dumps(sorted(programmes)),
            keys=json.dumps(keys) if keys else None,
            secret=fingerprint(secret) if secret else None,
        )
        return secret

    def token_for_assertion(self, assertion: str) -> str:
        """A token for a signed statement that was never used before. Raises Forged."""
        name = claimed_issuer(assertion)
        client = self._client(name)
        if client is None or client.keys is None:
            raise Forged("issuer")
        found = verify(assertion, json.loads(client.keys), name, self._audience, self._now() // SECOND)
        if not self._store.use_once(fingerprint(f"jti {found.issuer} {found.jti}"), found.until * SECOND, self._now()):
            raise Forged("replayed")
        return self._token(client)

    def token_for_secret(self, name: str, secret: str) -> str:
        """Raises Forged."""
        client = self._client(name)
        kept = client.secret if client is not None and client.secret else bytes(32)
        if not hmac.compare_digest(kept, fingerprint(secret)) or client is None:
            raise Forged("secret")
        return self._token(client)

    def principal(self, token: str) -> Principal | None:
        """Whose token it is, while it is good."""
        client = self._store.token(fingerprint(token), self._now())
        if client is None:
            return None
        programmes = frozenset(json.loads(client.programmes))
        return Principal(client.id, "system", client.tenant, frozenset(client.roles.split()), client.organisation, programmes)

    def _client(self, name: str) -> Found | None:
        found = self._store.client(name)
        return found if found is not None and found.active else None

    def _token(self, client: Found) -> str:
        token, now = random_text(), self._now()
        self._store.add_token(fingerprint(token), client.id, now + LIFE, now)
        return token


def usable(keys: Any) -> bool:
    """Whether it is a set of public keys, each named, of the kinds that are taken."""
    if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list) or not 0 < len(keys["keys"]) <= 10:
        return False
    rows = keys["keys"]
    sound = all(isinstance(row, dict) and isinstance(row.get("kid"), str) and row.get("kty") in TYPES.values() for row in rows)
    if not sound or any(row.keys() & _PRIVATE for row in rows) or len({row["kid"] for row in rows}) < len(rows):
        return False
    try:
        return bool(KeySet.import_key_set({"keys": rows}).keys)
    except (JoseError, ValueError, TypeError, KeyError):
        return False
