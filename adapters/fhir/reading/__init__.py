"""What comes in as FHIR R4: lenient in form, and never a guess. What was not understood is listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.base import KnowledgeBase
from engine.record import Record

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unread:
    """A resource, or a part of one, that was not understood. reference: Type/id. reason: a stable code. what: in words, without the value."""

    reference: str
    reason: str
    what: str


@dataclass(frozen=True, slots=True)
class Reading:
    """references: finding code -> the resources that say something about it, newest first, as Type/id."""

    record: Record
    references: Mapping[str, tuple[str, ...]]
    unread: tuple[Unread, ...]


def read(base: KnowledgeBase, resources: Iterable[Resource], patient: str, drafts: Iterable[Resource] = ()) -> Reading:
    """The record of one patient, from resources in any order; Bundles among them are opened.

    patient: the id, without `Patient/`. drafts: orders that are about to be made: their medicines are read as proposed,
    whatever their status says. Raises Refused (`patient-mismatch`) where a resource is about somebody else.
    """
    raise NotImplementedError
