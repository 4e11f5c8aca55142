"""The server, and how it ends: what is being worked on is answered, what is new is told to go elsewhere."""

from __future__ import annotations

import asyncio
import os
import threading
from socket import socket
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI

from api.logs import tell

ANSWERS_WITHIN = 60  # seconds in which a process must answer its parent: on a busy machine, starting alone can take more than the usual 5


class Server(uvicorn.Server):
    """Told to end, it goes on listening for a while and refuses with 503, so that no connection is simply cut."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, drain: float) -> None:
        super().__init__(config)
        self._application, self._drain = app, drain

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Told a second time, it ends at once."""
        security = self._application.state.security
        if security.draining:
            super().handle_exit(sig, frame)
            return
        security.draining = True
        tell("draining", seconds=self._drain)
        end = threading.Timer(self._drain, super().handle_exit, (sig, frame))
        end.daemon = True
        end.start()


class FairLoop(asyncio.SelectorEventLoop):
    """For processes that share one socket: each takes one connection at a time, so that the idle ones come to take theirs.

    asyncio takes as many at once as the queue holds; the first process to wake would have all that a client opens together, for
    as long as they last, and the others would have nothing to do.
    """

    async def create_server(self, *arguments: Any, sock: socket, backlog: int, **named: Any) -> asyncio.Server:  # type: ignore[override]
        server = await super().create_server(*arguments, sock=sock, backlog=1, **named)
        sock.listen(backlog)  # the queue itself stays as long as it was wanted
        return server


def run(app: FastAPI, host: str, port: int, drain: float) -> None:
    """Serve until told to end. No access log: an address can hold what a caller should not have put there."""
    config = uvicorn.Config(app, host=host, port=port, access_log=False, server_header=False, log_config=None, timeout_graceful_shutdown=10)
    Server(config, app, drain).run()


def run_many(workers: int, host: str, port: int, *, demo: bool, public_url: str) -> None:
    """Serve from several processes. Each sets itself up from the environment, so what the command line said goes there too."""
    if demo:
        os.environ |= {"TANDEM_DEMO": "true", "TANDEM_PUBLIC_URL": public_url}
    uvicorn.run(
        "api.app:from_environment",
        factory=True,
        workers=workers,
        host=host,
        port=port,
        loop="api.serving:FairLoop",
        timeout_worker_healthcheck=ANSWERS_WITHIN,
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=10,
    )
