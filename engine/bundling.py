"""One item for what belongs together: a component within one that includes it, and options of one group behind the first.

Nothing is left out: every recommendation keeps its own reasons and cautions, and says within which it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.artifacts import URGENCIES
from engine.decision import Recommendation


def bundled(recommendations: Iterable[Recommendation]) -> tuple[Recommendation, ...]:
    """The same recommendations in the same order; those shown within another name it.

    INVARIANT: what is more urgent than the item it belongs to, and what the person does not want, stands on its own.
    """
    given = tuple(recommendations)
    places = {item.component.id: place for place, item in enumerate(given)}
    holding = _holding(given)
    holders: dict[str, str] = {}
    for place in reversed(range(len(given))):  # the last first, so that of two that include one another the earlier one holds
        name = given[place].component.id
        for other in sorted(places[candidate] for candidate in holding.get(name, ())):
            if other != place and _holds(given, other, place) and name != _top(given[other].component.id, holders):
                holders[name] = given[other].component.id
                break
    return tuple(replace(item, within=_top(name, holders)) if (name := item.component.id) in holders else item for item in given)


def _holding(given: tuple[Recommendation, ...]) -> dict[str, set[str]]:
    """For each component, those that include it or are of its group."""
    found: dict[str, set[str]] = {}
    groups: dict[str, set[str]] = {}
    for item in given:
        for name in item.component.includes:
            found.setdefault(name, set()).add(item.component.id)
        if item.component.group is not None:
            groups.setdefault(item.component.group, set()).add(item.component.id)
    for members in groups.values():
        for name in members:
            found.setdefault(name, set()).update(members)
    return found


def _holds(given: tuple[Recommendation, ...], place: int, held: int) -> bool:
    other, item = given[place], given[held]
    if other.declined or item.declined or other.heading != item.heading:
        return False
    if URGENCIES.index(other.urgency) < URGENCIES.index(item.urgency):
        return False
    included = item.component.id in other.component.includes
    return included or (place < held and other.component.id not in item.component.includes)


def _top(name: str, holders: dict[str, str]) -> str:
    """The outermost item that one belongs to, or itself."""
    while name in holders:
        name = holders[name]
    return name
