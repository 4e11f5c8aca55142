"""Whose a resource is. One about somebody else is refused; one of which nobody can tell whose it is, is not used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from adapters.fhir.reading.elements import inside, items, text

Whose = Literal["theirs", "other", "missing", "unclear", "no_patient"]
_WORST: tuple[Whose, ...] = ("other", "unclear", "no_patient", "theirs")
_POINTING = frozenset({"subject", "patient", "beneficiary", "for", "individual"})


@dataclass(slots=True)
class Person:
    """The patient in question. known: fullUrl -> the resource. bases: the servers that were named with the patient's id."""

    id: str
    known: Mapping[str, dict[str, Any]]
    identifiers: frozenset[tuple[str, str]]
    bases: set[str] = field(default_factory=set)
    seen: dict[str, Whose] = field(default_factory=dict)

    def whose(self, resource: dict[str, Any]) -> Whose:
        """Of several statements about whom it is about, the worst holds."""
        said = [self._pointed(resource[name]) for name in _POINTING & resource.keys() if resource[name] is not None]
        if len(said) == 1:
            return said[0]
        if not said and resource.get("resourceType") == "Appointment":
            return self._among(resource)
        return next((one for one in _WORST if one in said), "missing")

    def _among(self, appointment: dict[str, Any]) -> Whose:
        """An appointment names the patient among those who take part."""
        said = {self._pointed(item.get("actor")) for item in items(appointment.get("participant"))}
        return "theirs" if "theirs" in said else "other" if "other" in said else "missing"

    def _pointed(self, subject: object) -> Whose:
        reference = subject.get("reference") if isinstance(subject, dict) else subject
        if isinstance(reference, str) and (known := self.seen.get(reference)) is not None:
            return known  # of one chart nearly all say the same
        target = text(reference)
        if target:
            if target not in self.seen:
                self.seen[target] = self._named(target)
            return self.seen[target]
        found = {identifier for identifier in identifiers_of(inside(subject)) if identifier in self.identifiers}
        return "theirs" if found else "unclear"

    def _named(self, target: str) -> Whose:
        if target.startswith(("urn:", "#")):
            return self._local(target)
        base, kind, name = parted(target)
        if not kind:
            return "theirs" if name == self.id else "unclear"
        if kind != "Patient":
            return "no_patient"
        if name != self.id:
            return "other"
        if base:
            self.bases.add(base)
        return "theirs"

    def _local(self, target: str) -> Whose:
        resource = self.known.get(target)
        if resource is None:
            return "theirs" if self.id in (target, target.rpartition(":")[2]) else "unclear"
        if resource.get("resourceType") != "Patient":
            return "no_patient"
        said = text(resource.get("id"))
        return "theirs" if said == self.id else "other" if said else "unclear"


def identifiers_of(element: dict[str, Any]) -> set[tuple[str, str]]:
    """System and value of each identifier that has both."""
    found = {(text(item.get("system")), text(item.get("value"))) for item in items(element.get("identifier"))}
    return {item for item in found if all(item)}


@lru_cache(maxsize=256)
def server(address: str) -> str:
    """The server of a resource whose full address is this one with `/Type/id` after it."""
    return parted(f"{address}/Resource/id")[0]


def parted(reference: str) -> tuple[str, str, str]:
    """Server, type and id of a reference: ("", "Patient", "1") for `Patient/1`, ("", "", "1") for `1`."""
    path = reference.partition("?")[0].split("/_history")[0].rstrip("/").split("/")
    if "?" in reference:
        return "", "", ""
    if len(path) == 1:
        return "", "", path[0]
    base = "/".join(path[:-2])
    return base.partition("://")[2].lower() if "://" in base else "", path[-2], path[-1]
