"""Calls an ASGI application in this process, as a client would over the wire, one request at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from api.app import create_app
from api.settings import Settings
from api.wiring import Service


class Client:
    """Keeps one event loop, as a server does. raise_app_exceptions is off: what a client sees is what is tested."""

    def __init__(self, app: Any) -> None:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://tandem.test")

    def request(self, method: str, path: str, **named: Any) -> httpx.Response:
        return self._runner.run(self._client.request(method, path, **named))

    def get(self, path: str, **named: Any) -> httpx.Response:
        return self.request("GET", path, **named)

    def post(self, path: str, content: bytes, **named: Any) -> httpx.Response:
        headers = {"content-type": "application/json", **named.pop("headers", {})}
        return self.request("POST", path, content=content, headers=headers, **named)

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()


@contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[tuple[Client, Service]]:
    """A service with its own journal, ready, and a client of it. With one engine, unless told otherwise."""
    clock = {"now": settings.pop("now")} if "now" in settings else {}
    with Service(Settings(data=folder, **{"durable": False, **settings}), **clock) as service:
        service.warm()
        with closing(Client(create_app(service))) as client:
            yield client, service
