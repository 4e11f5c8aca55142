"""A real browser for tests: the Chromium of tests/node, headless, which asks nothing of the machine that it runs on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import nodejs
from playwright.sync_api import Browser, sync_playwright

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


@cache
def axe() -> str:
    """The checker of accessibility, as a script."""
    return (_PACKAGES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
