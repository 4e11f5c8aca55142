"""Which web pages of other origins may ask: those that a system has registered or the operator has named. Nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.store import StoreFault
from api.outcomes import is_fhir

_LOOK_AGAIN = 10.0  # seconds
_WELL_KNOWN = "/.well-known/smart-configuration"
_ASKED = ("authorization", "content-type", "idempotency-key", "tandem-purpose", "tandem-recipient", "tandem-recipient-kind")
_TOLD = ("Content-Language", "ETag", "Location", "Retry-After", "Tandem-Entry", "Tandem-Journal", "Tandem-Labels", "Tandem-Notice")


class Origins(CORSMiddleware):
    """Starlette's own, with a list that can change, and without an answer of its own to those who are not on it.

    No cookie goes along: who asks from elsewhere shows a token. listed: every origin, looked up again after a while.
    """

    def __init__(self, app: ASGIApp, listed: Callable[[], frozenset[str]], clock: Callable[[], float] = monotonic) -> None:
        super().__init__(app, allow_methods=("GET", "POST"), allow_headers=_ASKED, expose_headers=(*_TOLD, "WWW-Authenticate"))
        self._listed, self._clock, self._looked = listed, clock, -_LOOK_AGAIN

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not (is_fhir(scope["path"]) or scope["path"] == _WELL_KNOWN):
            await self.app(scope, receive, send)
            return
        origin = Headers(scope=scope).get("origin")
        if origin is not None:
            await self._look()
        if origin in self.allow_origins:
            await super().__call__(scope, receive, send)
            return

        async def varying(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).add_vary_header("Origin")
            await send(message)

        await self.app(scope, receive, varying)

    async def _look(self) -> None:
        if self._clock() - self._looked < _LOOK_AGAIN:
            return
        self._looked = self._clock()  # first, so that those who come meanwhile do not look, too
        try:
            self.allow_origins = await run_in_threadpool(self._listed)
        except StoreFault:
            return  # those of before
