"""EHR systems that sign each of their calls (CDS Hooks): who it is, by keys that they registered or keep at a registered address."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from starlette.concurrency import run_in_threadpool

from adapters.store.identity import Found, IdentityStore
from api.security.agreements import Agreement, agreement_of
from api.security.assertions import Claimed, Forged, claimed, verify
from api.security.bases import base_of
from api.security.clock import SECOND
from api.security.keysets import JwkSet, KeySets
from api.security.principal import Principal
from api.security.profiles import PROFILES
from api.security.spending import Spending
from api.security.systems import principal_of

_FEEDBACK = "/feedback"


class Ehrs:
    """bases: the addresses under which we are reached. now: microseconds since 1970."""

    def __init__(self, store: IdentityStore, sets: KeySets, bases: Iterable[str], now: Callable[[], int]) -> None:
        self._store, self._sets, self._bases, self._now = store, sets, frozenset(bases), now
        self._spending = Spending(store, now)

    async def known(self, token: str) -> bool:
        """Whether it says that it is from somebody who is registered; unchecked."""
        try:
            issuer = claimed(token).issuer
        except Forged:
            return False
        return await run_in_threadpool(self._store.client_of, issuer) is not None

    async def principal(self, token: str, path: str) -> Principal:
        """Whose call it is. path: what was called. Raises Forged, KeysMissing."""
        said = claimed(token)
        client = await run_in_threadpool(self._store.client_of, said.issuer)
        if client is None:
            raise Forged("issuer")
        keys = await self.keys(client, said)
        return await run_in_threadpool(self._checked, token, client, keys, path)

    async def keys(self, client: Found, said: Claimed) -> JwkSet:
        """The keys that may have signed it: those registered, or those at a registered address. Raises Forged, KeysMissing."""
        places = agreement_of(client).jku
        if said.jku is not None:
            if _written(said.jku) not in places:
                raise Forged("jku")
            return await self._sets.get(_written(said.jku), said.kid)
        if client.keys is not None:
            return dict(json.loads(client.keys))
        if not places:
            raise Forged("key")
        return await self._sets.get(places[0], said.kid)

    def _checked(self, token: str, client: Found, keys: JwkSet, path: str) -> Principal:
        agreement = agreement_of(client)
        audience = self._audience(agreement, path)
        found = verify(token, keys, client.issuer, audience, self._now() // SECOND, PROFILES[agreement.profile])
        tenant = client.tenant
        if agreement.tenants:
            named = agreement.tenants.get(found.tenant) if isinstance(found.tenant, str) else None
            if named is None:
                raise Forged("tenant")
            tenant = named
        self._spending.spend(found)
        return principal_of(client, tenant, None)

    def _audience(self, agreement: Agreement, path: str) -> frozenset[str]:
        """Every name of what was called; feedback may be signed as for the service that it is about."""
        paths = {path, path.removesuffix(_FEEDBACK)}
        bases = self._bases | {alias.rstrip("/") for alias in agreement.audiences}
        return frozenset(agreement.audiences) | {base + place for base in bases for place in paths}


def _written(jku: str) -> str:
    """The address in the one way in which addresses are registered. Raises Forged."""
    try:
        return base_of(jku).text
    except ValueError:
        raise Forged("jku") from None
