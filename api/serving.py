"""The server, and how it ends: what is being worked on is answered, what is new is told to go elsewhere."""

from __future__ import annotations

import os
import threading
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.logs import tell


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
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=10,
    )
