"""A real browser for tests, and a service for it: the Chromium of tests/node, headless, which asks nothing of its machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nodejs
import uvicorn
from asgi import settings_for
from playwright.sync_api import Browser, sync_playwright

from api.app import create_app
from api.wiring import Service

FLAGS = (
    "--no-sandbox",  # CI may be root, for whom Chromium has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PACKAGES = nodejs.FOLDER / "node_modules"


@cache
def _unpacked() -> Path:
    """The folder of the browser, unpacked once for each installation. Several processes may want it at the same time."""
    folder = _PACKAGES / ".chromium"
    if not folder.is_dir():
        with TemporaryDirectory(dir=_PACKAGES) as new:
            nodejs.run("chromium.mjs", "", new)
            with suppress(OSError):  # somebody else was first
                Path(new).rename(folder)
            Path(new).mkdir(exist_ok=True)
    return folder


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, with an empty profile of its own."""
    folder = _unpacked()
    own = {"LD_LIBRARY_PATH": str(folder / "al2023" / "lib"), "HOME": str(folder)}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=folder / "chromium", args=list(FLAGS), env=own)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(folder: Path, **settings: Any) -> Iterator[tuple[str, Service]]:
    """A service on a free port."""
    service = Service(settings_for(folder, **settings))
    app = create_app(service)
    service.security = app.state.security  # type: ignore[attr-defined] - for those who need a token
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, server_header=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", service
    server.should_exit = True
    thread.join(10)


@cache
def axe() -> str:
    """The checker of accessibility, as a script."""
    return (_PACKAGES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
