"""Which resources may be named in an answer: those of which its reader sees everything that we read in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from adapters.fhir import reading
from engine.base import KnowledgeBase
from engine.errors import Refused
from engine.record import Record
from engine.sharing import Shared

Document = dict[str, Any]
_PERSON = ("patient", "reviewed", "origin", "setting", "consents")  # said of the person, and not by one resource


def disclosed(base: KnowledgeBase, resources: Iterable[Document], patient: str, root: str, shared: Shared) -> frozenset[str] | None:
    """Type/id of each resource that may be named; None where nothing was withheld, so that all may.

    INVARIANT: what is withheld is not even named: that there is such a resource would tell of it.
    """
    if not shared.withheld:
        return None
    kept = set(_parts(shared.record))
    found: set[str] = set()
    for resource in _each(resources):
        try:
            parts = set(_parts(reading.read(base, [resource], patient, root=root).record))
        except Refused:
            continue
        if parts and parts <= kept:
            found.add(f"{resource.get('resourceType')}/{resource.get('id')}")
    return frozenset(found)


def _parts(record: Record) -> Iterator[tuple[str, str]]:
    """Every part of a record, without where it comes from."""
    for name in Record.model_fields:
        value = getattr(record, name)
        if name not in _PERSON and isinstance(value, tuple):
            yield from ((name, item.model_dump_json(exclude={"origin"})) for item in value)


def _each(resources: Iterable[Document]) -> Iterator[Document]:
    for resource in resources:
        if resource.get("resourceType") == "Bundle":
            entries = resource.get("entry", [])
            yield from _each(
                [entry["resource"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("resource"), dict)]
            )
        else:
            yield resource
