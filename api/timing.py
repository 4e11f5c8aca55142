"""Where the time of one request went, told to those who try the service out (Server-Timing)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter

_parts: ContextVar[dict[str, float] | None] = ContextVar("parts", default=None)


def begin() -> None:
    """From here on, what is timed in this request is kept."""
    _parts.set({})


@contextmanager
def timed(part: str) -> Iterator[None]:
    """Adds the time that is spent inside to a part of the request; nothing where nobody asked for it."""
    parts, begun = _parts.get(), perf_counter()
    try:
        yield
    finally:
        if parts is not None:
            parts[part] = parts.get(part, 0.0) + perf_counter() - begun


def server_timing() -> dict[str, str]:
    """The header, in milliseconds; none where nothing was timed."""
    parts = _parts.get()
    return {"server-timing": ", ".join(f"{part};dur={seconds * 1000:.1f}" for part, seconds in parts.items())} if parts else {}
