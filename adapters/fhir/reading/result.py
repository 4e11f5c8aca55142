"""What comes of reading: a record, the resources behind each of its findings, and what was not understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.record import Record

Resource = dict[str, Any]
_HARMLESS = frozenset({"entered-in-error", "none-known", "not-a-medicine", "text-only", "code-unknown"})


@dataclass(frozen=True, slots=True)
class Unread:
    """A resource, or a part of one, that was not understood, or was read with a reservation.

    reference: Type/id, or the type alone where there is no id, or where a whole type is meant.
    reason: a stable code (docs/fhir-reading.md). what: in words, without the value.
    """

    reference: str
    reason: str
    what: str

    @property
    def harmless(self) -> bool:
        """Whether what it is about is left out rightly, or stands in the record and keeps its list open there."""
        return self.reason in _HARMLESS


@dataclass(frozen=True, slots=True)
class Reading:
    """references: finding code -> the resources that say something about it, newest first, as Type/id."""

    record: Record
    references: Mapping[str, tuple[str, ...]]
    unread: tuple[Unread, ...]
