"""Where a population run meets the reading and the writing of FHIR."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.fhir.reading import Reading
from adapters.fhir.reading import read as read_fhir
from api.answers import Answer
from engine.base import KnowledgeBase
from engine.sharing import Shared

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One decision to be written. id: of its GuidanceResponse. references: finding code -> resources behind it that the reader may see.

    incomplete: whether something about the patient could not be read. root: the address of our own FHIR endpoint.
    """

    root: str
    id: str
    patient: str
    answer: Answer
    references: Mapping[str, tuple[str, ...]]
    incomplete: bool


Read = Callable[[KnowledgeBase, Iterable[Resource], str], Reading]
Write = Callable[[Told], Iterable[Resource]]
Disclosed = Callable[[KnowledgeBase, Iterable[Resource], str, Shared], frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class Seams:
    """Functions of modules, so that other processes can be told of them.

    disclosed: which resources, as Type/id, may be named to a reader to whom something may be withheld; None for all.
    """

    read: Read
    write: Write
    disclosed: Disclosed


def _write(told: Told) -> Iterable[Resource]:
    raise NotImplementedError


def _disclosed(base: KnowledgeBase, resources: Iterable[Resource], patient: str, shared: Shared) -> frozenset[str] | None:
    raise NotImplementedError


USUAL = Seams(read_fhir, _write, _disclosed)
