"""Times of FHIR as moments. A date alone is placed at the earliest moment at which it was that date anywhere on earth.

So nothing counts as newer, or as longer in force, than was said; and what is dated today is never taken for the future.
Where older is the riskier side (when a medicine was last taken), `last` is used: the latest moment of that date.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal, NamedTuple

EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
_YEARS = range(1900, 2201)
_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Moment(NamedTuple):
    """at, last: the earliest and the latest moment it may have been. known: how exactly it was said."""

    at: datetime
    last: datetime
    known: Literal["instant", "day", "month", "year"]

    @property
    def precise(self) -> bool:
        """To the day at least."""
        return self.known in ("instant", "day")


def moment(value: object) -> Moment | None:
    """A date, dateTime or instant; None for everything else."""
    return _moment(value) if isinstance(value, str) and 4 <= len(value) <= 40 else None


@lru_cache(maxsize=8192)
def _moment(said: str) -> Moment | None:
    plain = said.strip()
    try:
        if partial := _PARTIAL.fullmatch(plain):
            year, month = int(partial[1]), int(partial[2]) if partial[2] else None
            begin, end = (1, 12) if month is None else (month, month)
            first, last = datetime(year, begin, 1), datetime(year, end, monthrange(year, end)[1])  # noqa: DTZ001 - placed below
            return _between(first, last, "year" if month is None else "month")
        if not _DATE.match(plain):
            return None
        found = datetime.fromisoformat(plain)
    except ValueError:
        return None
    if found.tzinfo is None or len(plain) == 10:  # a time without a zone says no more than its day
        return _between(found, found, "day")
    return Moment(found, found, "instant") if found.year in _YEARS else None


def _between(first: datetime, last: datetime, known: Literal["day", "month", "year"]) -> Moment | None:
    if first.year not in _YEARS:
        return None
    begin = first.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=EAST)
    return Moment(begin, last.replace(hour=23, minute=59, second=59, microsecond=0, tzinfo=WEST), known)


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two moments, as far as they are known."""
    known = [item for item in (one, other) if item is not None]
    return max(known, key=lambda item: (item, item.isoformat()), default=None)


A_DAY = timedelta(hours=50)  # as long as it is the same date somewhere on earth
OLDEST = datetime(1900, 1, 1, tzinfo=UTC)  # of a statement that says no date, where one is needed for it to stand at all
