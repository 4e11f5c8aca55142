"""A finding: what is known of one thing about one person at one moment, or why it is not known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from engine.dictionary import Number

# Why a finding is not known exactly. INVARIANT: none of these is ever read as "no".
Absence = Literal[
    "never_asked",
    "declined",
    "unable_to_assess",
    "not_reviewed",
    "not_understood",
    "suspected",
    "stale",
    "conflicting",
    "partial",
    "proxy",
    "other_age",
    "undetermined",
    "unit_missing",
    "unit_impossible",
    "out_of_range",
    "wrong_type",
]


class Finding(NamedTuple):
    """The encoded range in which a value is known to lie (see `dictionary`), both ends inclusive.

    Known exactly: low == high and no absence. Partly known: low < high and the reason why. Not known: both None.
    basis: codes of the findings this one was computed from. at: when it was true of the person.
    """

    code: str
    low: Number | None = None
    high: Number | None = None
    absent: Absence | None = None
    at: datetime | None = None
    source: str | None = None
    basis: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        return self.low is not None and self.low == self.high


Findings = Mapping[str, Finding]


def exactly(code: str, value: Number, at: datetime | None = None, source: str | None = None, basis: tuple[str, ...] = ()) -> Finding:
    """A finding whose encoded value is known."""
    return Finding(code, value, value, None, at, source, basis)


def never_asked(code: str) -> Finding:
    """What stands for a finding that the record does not mention."""
    return Finding(code, absent="never_asked")
