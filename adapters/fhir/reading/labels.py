"""Security labels: what arrives labelled as of a Part 2 programme keeps that, as the origin of each entry made of it."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from adapters.fhir.reading.elements import inside, items, text
from engine.given import Origin

NOT_STATED = "not-stated"  # no viewer is ever of this programme, so only a consent or an emergency opens it
_PART2 = frozenset({"42CFRPart2", "42CFRPart2CD", "NORDSCLCD"})
_SUBSTANCES = frozenset({"ETH", "SUD", "ETHUD", "OPIOIDUD"})
_RESTRICTED = frozenset({"R", "V"})
_NOTES = frozenset({"PSYTHPN"})
_ORDINARY = frozenset({"", "N", "L", "M", "U"})
_PROGRAMME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class Labels(NamedTuple):
    """origin: where a label says Part 2. notes: psychotherapy notes. lost: there is a label that a record of ours has no place for."""

    origin: Origin | None
    notes: bool
    lost: bool


NONE = Labels(None, False, False)


def labels_of(resource: dict[str, Any], inherited: Origin | None = None) -> Labels:
    """A label about substance use that is also restricted is read as Part 2: of what is not said, the stricter holds."""
    meta = inside(resource.get("meta"))
    codes = {text(item.get("code")) for item in items(meta.get("security"))} if meta.get("security") else set()
    if not codes:
        return NONE if inherited is None else Labels(inherited, False, False)
    part2 = bool(codes & _PART2) or (bool(codes & _SUBSTANCES) and bool(codes & _RESTRICTED))
    origin = Origin(programme=_programme(meta.get("source")), part2=True) if part2 else inherited
    return Labels(origin, bool(codes & _NOTES), origin is None and bool(codes - _ORDINARY))


def _programme(source: object) -> str:
    """The name of the programme, where the source of the resource is one and no address."""
    return source if isinstance(source, str) and _PROGRAMME.fullmatch(source) else NOT_STATED
