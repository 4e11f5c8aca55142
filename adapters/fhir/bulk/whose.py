"""Which patient a resource is about, by its references; the same for every resource, so that what belongs together comes together."""

from __future__ import annotations

from typing import Any

_POINTING = ("subject", "patient", "beneficiary", "for", "individual")


def patients_of(resource: dict[str, Any]) -> frozenset[str]:
    """The ids of the patients whom a resource names as the one it is about: none, one, or, wrongly, several."""
    if resource["resourceType"] == "Patient":
        own = resource.get("id")
        return frozenset({own} if isinstance(own, str) and own else ())
    pointed = (resource.get(name) for name in _POINTING)
    found = {_id(item.get("reference")) for item in pointed if isinstance(item, dict)}
    return frozenset(found - {""})


def _id(reference: object) -> str:
    """`x` for Patient/x, for its absolute address, for one of its versions, and for urn:uuid:x."""
    if not isinstance(reference, str):
        return ""
    if reference.startswith(("urn:uuid:", "urn:oid:")):
        return reference.rpartition(":")[2].strip()
    path = reference.split("/_history", 1)[0].strip().split("/")
    return path[-1] if len(path) > 1 and path[-2] == "Patient" and "?" not in path[-1] else ""
