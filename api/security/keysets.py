"""Public keys of systems: which are good for anything, and those that lie at an address, fetched seldom and kept for a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey, import_key

from api.logs import tell
from api.security.assertions import KINDS
from api.security.outbound import Unavailable

FRESH = 300.0  # seconds for which a set is taken as it was fetched
AGAIN = 10.0  # seconds until it is asked for again, for a key that is not in it or after it could not be had
LAST_GOOD = 3600.0  # seconds for which a set serves while its host is down
MOST = 50  # keys of a set
_SETS = 1000
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_RSA_BITS, _EXPONENT = range(2048, 8193), 2**32
JwkSet = dict[str, Any]


class KeysMissing(Exception):
    """The keys cannot be had now; `reason` is a stable code."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def usable(keys: Any) -> bool:
    """Whether it is a set of public keys, each named, of the kinds that are taken."""
    if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list) or not 0 < len(keys["keys"]) <= 10:
        return False
    rows = keys["keys"]
    return all(_good(row) for row in rows) and len({row["kid"] for row in rows}) == len(rows)


def _good(row: Any) -> bool:
    if not isinstance(row, dict) or not isinstance(row.get("kid"), str) or row.keys() & _PRIVATE:
        return False
    if not any(row.get("kty") == kind and row.get("crv") == curve for kind, curve in KINDS.values()):
        return False
    try:
        key = import_key(row)
        if not isinstance(key, RSAKey):
            return True
        numbers = key.public_key.public_numbers()
        return numbers.n.bit_length() in _RSA_BITS and numbers.e < _EXPONENT
    except (JoseError, ValueError, TypeError, KeyError):
        return False


@dataclass(slots=True)
class _Held:
    keys: JwkSet | None = None
    at: float = 0.0
    tried: float | None = None
    reason: str = "unreachable"
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class KeySets:
    """fetch: gets a document from an address that is registered. Belongs to one event loop. clock: seconds."""

    def __init__(self, fetch: Callable[[str], Awaitable[JwkSet | Unavailable]], clock: Callable[[], float] = monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._held: OrderedDict[str, _Held] = OrderedDict()

    async def get(self, address: str, kid: str) -> JwkSet:
        """The set of an address, asked for again when it is old or has no such key. Raises KeysMissing."""
        held = self._held.setdefault(address, _Held())
        self._held.move_to_end(address)
        if len(self._held) > _SETS:
            self._held.popitem(last=False)
        now = self._clock()
        fresh = held.keys is not None and now - held.at < FRESH and any(key["kid"] == kid for key in held.keys["keys"])
        if not fresh and (held.task is not None or held.tried is None or now - held.tried >= AGAIN):
            held.task = held.task or asyncio.create_task(self._again(address, held))
            await asyncio.shield(held.task)  # who gives up waiting does not end it for the others
        if held.keys is None or self._clock() - held.at >= LAST_GOOD:
            raise KeysMissing(held.reason)
        return held.keys

    async def _again(self, address: str, held: _Held) -> None:
        try:
            found = await self._fetch(address)
            rows = found.get("keys") if isinstance(found, dict) else None
            if isinstance(rows, list) and len(rows) <= MOST:
                held.keys, held.at = {"keys": [row for row in rows if _good(row)]}, self._clock()
                return
            held.reason = found.reason if isinstance(found, Unavailable) else "not-keys"
            tell("keys-unavailable", "warning", reason=held.reason)
        finally:
            held.tried, held.task = self._clock(), None
