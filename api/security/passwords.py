"""Passwords: slow to check on purpose, so only few are checked at once and the rest of the service does not feel it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from api.problems import Rejected
from engine.errors import Problem

_P = ParamSpec("_P")
_R = TypeVar("_R")
SLOTS = 1  # of two processors one stays free for care
WAITING = 32
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
    """Checks in turn; who comes when too many wait is told to come back."""

    def __init__(self, waiting: int = WAITING) -> None:
        self._most, self._now, self._lock = waiting, 0, threading.Lock()
        self._limiter: CapacityLimiter | None = None

    async def check(self, kept: str | None, password: str) -> bool:
        """Whether it is the password. Raises Rejected when too many wait."""
        return await self._run(matches, kept, password)

    async def hash(self, password: str) -> str:
        """What is kept of a password. Raises Rejected when too many wait."""
        return await self._run(hashed, password)

    async def _run(self, work: Callable[_P, _R], *arguments: _P.args, **_: _P.kwargs) -> _R:
        with self._lock:
            if self._now >= self._most:
                again = Problem("", "busy", "Too many are signing in.", "Try again after a few seconds.")
                raise Rejected(503, "busy", [again], {"retry-after": "3"})
            self._now += 1
        self._limiter = self._limiter or CapacityLimiter(SLOTS)
        try:
            return await to_thread.run_sync(work, *arguments, limiter=self._limiter)
        finally:
            with self._lock:
                self._now -= 1
