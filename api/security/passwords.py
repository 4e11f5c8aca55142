"""Passwords: slow to check on purpose, so only few are checked at once and the rest of the service does not feel it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import CapacityLimiter
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from starlette.concurrency import run_in_threadpool

from api.problems import Rejected
from engine.errors import Problem

SLOTS = 1  # of two processors one stays free for care
WAITING = 16
SHORTEST, LONGEST = 12, 256
# OWASP's second choice: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password; takes as long when there is none."""
    try:
        return _HASHER.verify(kept or _NOBODY, password) and kept is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


class Passwords:
    """Whoever signs in takes a turn, from looking up who they are to the end; who comes when too many wait is told to come back."""

    def __init__(self, waiting: int = WAITING) -> None:
        self._most, self._now = waiting, 0
        self._slots: CapacityLimiter | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Raises Rejected when too many wait: before anything was done for them."""
        if self._now >= self._most:
            again = Problem("", "busy", "Too many are signing in.", "Try again after a few seconds.")
            raise Rejected(503, "busy", [again], {"retry-after": "3"})
        self._slots = self._slots or CapacityLimiter(SLOTS)
        self._now += 1  # the event loop is one thread: nothing comes between looking and taking
        try:
            async with self._slots:
                yield
        finally:
            self._now -= 1

    async def check(self, kept: str | None, password: str) -> bool:
        """Whether it is the password. Only within a turn."""
        return await run_in_threadpool(matches, kept, password)

    async def hash(self, password: str) -> str:
        """What is kept of a password. Raises Rejected when too many wait."""
        async with self.turn():
            return await run_in_threadpool(hashed, password)
