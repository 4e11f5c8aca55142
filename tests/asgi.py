"""Calls an ASGI application in this process, as a client would over the wire, one request at a time."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx

from api.app import create_app
from api.recording import MAIN
from api.security.principal import Role
from api.security.security import Security
from api.settings import Settings
from api.wiring import Service

KEY = b64encode(bytes(range(32))).decode()


def settings_for(folder: Path, **changed: Any) -> Settings:
    """The settings of a service that tests ask: its own folder, one engine, a key, no limit on the rate."""
    return Settings(**{"data": folder, "durable": False, "secret_key": KEY, "rate": 1_000_000, **changed})


class Client:
    """Keeps one event loop, as a server does. raise_app_exceptions is off: what a client sees is what is tested.

    roles: of the system that it is; none, for a client that nobody knows.
    """

    def __init__(self, app: Any, roles: tuple[Role, ...] = ("ehr_client",), **registered: Any) -> None:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://tandem.test")
        self.app, self.security = app, cast("Security", app.state.security)
        self.id = f"test-{uuid4()}" if roles else ""
        if roles:
            named = {"tenant": MAIN, "scopes": "system/*.cruds"} | registered
            self._secret = self.security.systems.add(named.pop("tenant"), self.id, roles, **named)
            self._sign_in()

    def forget(self) -> None:
        """Be nobody that is known, and keep no cookie."""
        self.id = ""
        self._client.headers.pop("authorization", None)
        self._client.cookies.clear()

    def become(self, other: Client) -> None:
        """Be the system that another client was, which is still registered."""
        self.id, self._secret = other.id, other._secret
        self._sign_in()

    def _sign_in(self) -> None:
        """As any system does: a secret for a token, over HTTP."""
        given = {"grant_type": "client_credentials", "client_id": self.id, "client_secret": self._secret}
        answer = self._runner.run(self._client.post("/token", data=given))
        self._client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"

    def request(self, method: str, path: str, **named: Any) -> httpx.Response:
        answer = self._runner.run(self._client.request(method, path, **named))
        own = {name.lower() for name in named.get("headers") or {}}
        if answer.status_code == 401 and self.id and not own & {"authorization", "cookie"}:
            self._sign_in()  # a long test outlives its token
            answer = self._runner.run(self._client.request(method, path, **named))
        return answer

    def get(self, path: str, **named: Any) -> httpx.Response:
        return self.request("GET", path, **named)

    def post(self, path: str, content: bytes, **named: Any) -> httpx.Response:
        headers = {"content-type": "application/json", **named.pop("headers", {})}
        return self.request("POST", path, content=content, headers=headers, **named)

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.run(self.security.outbound.close())
        self.security.close()  # nobody runs the application's own end here
        self._runner.close()


@contextmanager
def serving(folder: Path, patience: float = 10.0, **settings: Any) -> Iterator[tuple[Client, Service]]:
    """A service with its own journal, ready, and a client of it. With one engine, unless told otherwise.

    patience: seconds that the second engine may take, however busy the machine is.
    """
    clock = {"now": settings.pop("now")} if "now" in settings else {}
    with Service(settings_for(folder, **settings), patience, **clock) as service:
        service.warm()
        with closing(Client(create_app(service), () if settings.get("demo") else ("ehr_client",))) as client:
            yield client, service
