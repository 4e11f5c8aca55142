"""How much may come: so many requests a second from each client, so many at once, none any more while the service ends."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.problems import Rejected
from engine.errors import Problem

_CLIENTS = 10_000  # buckets that are kept; the one unused for longest makes room
_ALWAYS = frozenset({"/health/live", "/health/ready"})
_COSTLY = 10  # what an answer of 401 costs, in requests: guessing is slow


class Traffic:
    """ASGI. A token bucket a client: by its credential, or by its address where it has none or signs a new one for each call.

    draining: whether the end is near.
    """

    def __init__(
        self, app: ASGIApp, rate: int, most: int, metrics: Metrics, draining: Callable[[], bool], clock: Callable[[], float] = monotonic
    ) -> None:
        self.app, self.rate, self.burst, self.most, self.clock = app, rate, 2.0 * rate, most, clock
        self.metrics, self.draining = metrics, draining
        self.working = 0
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _ALWAYS:
            await self.app(scope, receive, send)
            return
        client, address = _client(scope), _address(scope)
        refusal = self._refusal(client, address)
        if refusal is not None:
            self.metrics.refused.labels(refusal.code).inc()
            await refusal.response(scope, receive, send)
            return
        self.working += 1
        self.metrics.working.set(self.working)

        async def watching(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 401:
                self._take(address, _COSTLY)
            await send(message)

        try:
            await self.app(scope, receive, watching)
        finally:
            self.working -= 1
            self.metrics.working.set(self.working)

    def _refusal(self, client: str, address: str) -> Rejected | None:
        if self.draining():
            end = Problem("", "draining", "The service is about to end.", "Send it to another instance, or again in a while.")
            return Rejected(503, "draining", [end], {"retry-after": "5", "connection": "close"})
        if self.working >= self.most:
            again = Problem("", "busy", "All places are taken.", "Send it again after a second.")
            return Rejected(503, "busy", [again], {"retry-after": "1"})
        wait = max(self._take(client, 1), self._owed(address))
        if wait <= 0:
            return None
        slower = Problem("", "too-many", f"More than {self.rate} requests a second.", "Wait as long as Retry-After says.")
        return Rejected(429, "too-many", [slower], {"retry-after": str(max(1, round(wait)))})

    def _take(self, who: str, cost: int) -> float:
        """Take from a bucket; how many seconds too early that was."""
        left, since = self._buckets.pop(who, (self.burst, self.clock()))
        now = self.clock()
        left = min(self.burst, left + (now - since) * self.rate)
        early = 0.0 if left >= cost else (cost - left) / self.rate
        kept = left - cost if not early or cost > 1 else left  # who is turned away pays nothing; who guessed wrong always pays
        self._buckets[who] = (max(kept, -self.burst), now)
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        return early

    def _owed(self, who: str) -> float:
        """How many seconds until a bucket is no longer in debt."""
        left, since = self._buckets.get(who, (self.burst, self.clock()))
        return max(0.0, -(left + (self.clock() - since) * self.rate) / self.rate)

    async def idle(self, seconds: float) -> None:
        """Wait until nothing is being worked on, and no longer than this."""
        until = self.clock() + seconds
        while self.working and self.clock() < until:
            await asyncio.sleep(0.02)


def _client(scope: Scope) -> str:
    headers = Request(scope).headers
    credential = headers.get("authorization") or headers.get("cookie")
    if credential and credential.count(".") == 2 and " " in credential:  # a signed token, which comes once
        return _address(scope)
    return hashlib.sha256(credential.encode()).hexdigest()[:32] if credential else _address(scope)


def _address(scope: Scope) -> str:
    return f"from {scope['client'][0]}" if scope.get("client") else "from nowhere"
