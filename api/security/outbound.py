"""Calls that we make ourselves: to the FHIR servers and key sets that somebody has registered, and nowhere else.

What cannot be had is told as `Unavailable`, never as an empty answer: unknown is not "no".
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import quote

from httpcore2 import AsyncConnectionPool, NetworkError, ProtocolError, Response, TimeoutException
from starlette.concurrency import run_in_threadpool

from adapters.store import StoreFault
from api.logs import tell
from api.security.addresses import Checked, Elsewhere, Network
from api.security.bases import SEGMENT, Base, base_of
from api.strict_json import decode
from engine.errors import Refused

_PATH = re.compile(rf"{SEGMENT}(?:/{SEGMENT})*\Z")
_QUERY = re.compile(r"[!$-;=?-Z_a-z|~]*\Z")  # printable ASCII but quotes, brackets, #, < > ^ and the backslash
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*\Z")
_JSON = ("application/fhir+json", "application/json", "application/jwk-set+json", "application/json+fhir")
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Unavailable:
    """It could not be had. reason: a stable code; status: what the other side answered, where it did."""

    reason: str
    status: int | None = None


@dataclass(slots=True)
class Budget:
    """What all calls for one request may take together: seconds from now on, bytes, requests."""

    seconds: float = 0.3
    bytes: int = 4 * 1024 * 1024
    requests: int = 8
    clock: Callable[[], float] = monotonic
    until: float = field(init=False)

    def __post_init__(self) -> None:
        self.until = self.clock() + self.seconds

    @property
    def left(self) -> float:
        return self.until - self.clock()


class Outbound:
    """servers: the FHIR servers of a client. allowed: networks beside the open internet. trusted: who may sign certificates.

    No redirect is followed, no proxy of the environment is used, no cookie is kept. Belongs to one event loop.
    """

    def __init__(
        self, servers: Callable[[str], Collection[str]], allowed: Iterable[Network] = (), trusted: ssl.SSLContext | None = None
    ) -> None:
        self._servers, self._backend, self._trusted = servers, Checked(allowed), trusted
        self._plain = any(network.is_loopback for network in allowed)
        self._pool: AsyncConnectionPool | None = None

    async def fetch(self, client: str, base: str, path: str, token: str | None, budget: Budget | float) -> dict[str, Any] | Unavailable:
        """GET `base`/`path` for a client that has registered this base; path: `Patient/1`, `Observation?patient=1`.

        budget: shared by several calls, or seconds for this one alone. The pages of a search are put together; a page that
        cannot be had leaves its `next` link in the Bundle.
        """
        budget = budget if isinstance(budget, Budget) else Budget(budget)
        try:
            async with asyncio.timeout(max(budget.left, 0)):
                home = await self._home(client, base)
                found = home if isinstance(home, Unavailable) else await self._get(home, path, token, budget)
        except TimeoutError:
            found = Unavailable("timeout")
        if isinstance(found, Unavailable):
            tell("call-failed", "warning", actor=client, reason=found.reason, status=found.status)
            return found
        assert isinstance(home, Base)
        return await self._rest(client, home, found, token, budget) if found.get("resourceType") == "Bundle" else found

    async def document(self, address: str, budget: Budget) -> dict[str, Any] | Unavailable:
        """GET one address that is registered as it stands: a set of keys."""
        try:
            home = base_of(address)
            async with asyncio.timeout(max(budget.left, 0)):
                return await self._get(home, "", None, budget)
        except ValueError:
            return Unavailable("address-wrong")
        except TimeoutError:
            return Unavailable("timeout")

    def warm(self) -> None:
        """What the first call would else wait for: the certificates that are trusted."""
        self._trusted = self._trusted or ssl.create_default_context()

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.aclose()
            self._pool = None

    async def _home(self, client: str, base: str) -> Base | Unavailable:
        try:
            home = base_of(base)
        except ValueError:
            return Unavailable("address-wrong")
        try:
            servers = await run_in_threadpool(self._servers, client)
        except StoreFault:
            return Unavailable("store-unavailable")
        return home if home.text in {base_of(server).text for server in servers} else Unavailable("not-registered")

    async def _rest(self, client: str, home: Base, first: dict[str, Any], token: str | None, budget: Budget) -> dict[str, Any]:
        """The first page with what the further ones hold."""
        bundle = first | {"entry": list(_listed(first, "entry"))}
        while (following := _next(bundle)) is not None:
            path = _within(home, following)
            page: dict[str, Any] | Unavailable = Unavailable("elsewhere")
            try:
                async with asyncio.timeout(max(budget.left, 0)):
                    page = await self._get(home, path, token, budget) if path is not None else page
            except TimeoutError:
                page = Unavailable("timeout")
            if isinstance(page, dict) and page.get("resourceType") != "Bundle":
                page = Unavailable("not-a-page")
            if isinstance(page, Unavailable):
                tell("call-failed", "warning", actor=client, reason=page.reason, status=page.status)
                break
            bundle["entry"] += _listed(page, "entry")
            bundle["link"] = [link for link in _listed(bundle, "link") if not _is_next(link)] + list(
                filter(_is_next, _listed(page, "link"))
            )
        return bundle if bundle["entry"] else {name: value for name, value in bundle.items() if name != "entry"}

    async def _get(self, home: Base, path: str, token: str | None, budget: Budget) -> dict[str, Any] | Unavailable:
        address = _address(home, path)
        if address is None or (token is not None and not (_TOKEN.match(token) and len(token) <= 2 * _LONGEST)):
            return Unavailable("path-wrong" if address is None else "token-wrong")
        if home.scheme != "https" and not self._plain:
            return Unavailable("not-https")
        if budget.requests <= 0:
            return Unavailable("too-many")
        budget.requests -= 1
        headers = [("accept", "application/fhir+json, application/json"), ("accept-encoding", "identity"), ("user-agent", "tandem")]
        headers += [("authorization", f"Bearer {token}")] if token is not None else []
        try:
            async with self._connections().stream("GET", address, headers=headers) as response:
                found = await _body(response, budget)
            return await run_in_threadpool(_read, found) if isinstance(found, bytes) else found
        except Elsewhere:
            return Unavailable("network-refused")
        except (NetworkError, ProtocolError, TimeoutException, OSError, ssl.SSLError):
            return Unavailable("unreachable")

    def _connections(self) -> AsyncConnectionPool:
        if self._pool is None:
            self.warm()
            self._pool = AsyncConnectionPool(
                ssl_context=self._trusted,
                max_connections=64,
                max_keepalive_connections=16,
                keepalive_expiry=15,
                network_backend=self._backend,
            )
        return self._pool


async def _body(response: Response, budget: Budget) -> bytes | Unavailable:
    """The body of an answer that is what we asked for."""
    headers = {name.lower(): value.decode("latin-1").lower() for name, value in response.headers}
    if response.status != 200:
        return Unavailable("redirected" if 300 <= response.status < 400 else "refused", response.status)
    if (
        headers.get(b"content-type", "").partition(";")[0].strip() not in _JSON
        or headers.get(b"content-encoding", "identity") != "identity"
    ):
        return Unavailable("not-json", response.status)
    body = bytearray()
    async for chunk in response.aiter_stream():
        budget.bytes -= len(chunk)
        if budget.bytes < 0:
            return Unavailable("too-large", response.status)
        body += chunk
    return bytes(body)


def _read(body: bytes) -> dict[str, Any] | Unavailable:
    try:
        found = decode(body)
    except Refused:
        return Unavailable("not-json", 200)
    return found if isinstance(found, dict) else Unavailable("not-json", 200)


def _address(home: Base, path: str) -> str | None:
    """The whole address; None for a path that could lead out of the base."""
    place, mark, query = path.partition("?")
    if len(path) > _LONGEST or not _QUERY.match(query) or not (_PATH.match(place) or not place):
        return None
    return home.text + (f"/{place}" if place else "") + mark + quote(query, safe="!$%&'()*+,-./:;=?@_~")


def _within(home: Base, address: str) -> str | None:
    """The path of a next link below a base, however the other side writes the base; None for any other place."""
    place, mark, query = address.partition("?")
    try:
        found = base_of(place)
    except ValueError:
        return None
    same = (found.scheme, found.host, found.port) == (home.scheme, home.host, home.port)
    if not same or not (found.path == home.path or found.path.startswith(home.path + "/")):
        return None
    return found.path.removeprefix(home.path).lstrip("/") + mark + query


def _next(bundle: dict[str, Any]) -> str | None:
    return next((link["url"] for link in _listed(bundle, "link") if _is_next(link)), None)


def _is_next(link: Any) -> bool:
    return isinstance(link, dict) and link.get("relation") == "next" and isinstance(link.get("url"), str)


def _listed(document: dict[str, Any], name: str) -> list[Any]:
    found = document.get(name)
    return found if isinstance(found, list) else []
