"""A clock for tests that stands until it is moved."""

from __future__ import annotations

from datetime import datetime


class Clock:
    """at: the moment that it tells."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at
