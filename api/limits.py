"""What keeps one request from harming the others, and every answer from harming its reader."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import tell
from api.metrics import Metrics
from api.problems import Rejected, problem
from engine.errors import Problem

_P = ParamSpec("_P")
_R = TypeVar("_R")
BODY_WITHIN = 30.0  # seconds in which a body must have arrived
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Guard:
    """Outermost: security headers, a log line and a count for every answer; and an answer to whatever nobody foresaw."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, tls: bool) -> None:
        self.app, self.metrics = app, metrics
        self.headers = HEADERS | ({"strict-transport-security": "max-age=31536000; includeSubDomains"} if tls else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status, begun = False, 500, monotonic()

        async def guarded(message: Message) -> None:
            nonlocal started, status
            if message["type"] == "http.response.start":
                started, status = True, message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, guarded)
        except Exception as error:  # noqa: BLE001 - the last line: the message may hold a value, so only kind and place are logged
            self.metrics.faults.inc()
            tell("internal", "error", kind=type(error).__name__, place=_place(error))
            if not started:
                await problem(500, "internal")(scope, receive, guarded)
        finally:
            self._note(scope, status, monotonic() - begun)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        """operation: as the door named it; what was not there at all is one operation of its own."""
        state = scope.get("state", {})
        operation, asking = state.get("operation", "nothing here"), state.get("asking")
        self.metrics.requests.labels(operation, str(status)).inc()
        self.metrics.seconds.labels(operation).observe(seconds)
        who = {"actor": asking.principal.id, "tenant": asking.principal.tenant} if asking else {}
        tell("answered", "info" if status < 500 else "warning", operation=operation, status=status, ms=seconds * 1000, **who)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "an unknown place"


class Gate:
    """So many pieces of work at once, off the event loop; the next is turned away at once rather than made to wait."""

    def __init__(self, most: int) -> None:
        self._free = most

    async def run(self, work: Callable[_P, _R], *arguments: _P.args, **named: _P.kwargs) -> _R:
        if self._free == 0:
            again = Problem("", "busy", "All places are taken.", "Send it again after a second.")
            raise Rejected(503, "busy", [again], {"retry-after": "1"})
        self._free -= 1  # the event loop is one thread: nothing comes between looking and taking
        try:
            return await run_in_threadpool(work, *arguments, **named)
        finally:
            self._free += 1


async def read_body(request: Request, most: int) -> bytes:
    """The body of a JSON request. Raises Rejected."""
    _check_type(request)
    return await read_bytes(request, most)


async def read_bytes(request: Request, most: int) -> bytes:
    """The body of a request. However its length is declared, no more than `most` bytes are kept. Raises Rejected."""
    too_large = Rejected(413, "too-large", [Problem("", "too-large", f"More than {most} bytes.", "Send one record, for one person.")])
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and (len(declared) > len(str(most)) + 20 or int(declared) > most):
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise too_large
    except TimeoutError:
        raise Rejected(408, "timeout", headers={"connection": "close"}) from None
    return bytes(body)


def _check_type(request: Request) -> None:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != "application/json" or charset not in ("", "utf-8"):
        wrong = Problem("Content-Type", "media-type", "The body is not declared as JSON.", "Send Content-Type: application/json.")
        raise Rejected(415, "media-type", [wrong], {"accept": "application/json"})
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        wrong = Problem("Content-Encoding", "media-type", "Compressed bodies are not read.", "Send the body as it is.")
        raise Rejected(415, "media-type", [wrong], {"accept-encoding": "identity"})
