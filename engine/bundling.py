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
    holders: dict[str, str] = {}
    for item in reversed(given):  # the last first, so that of two that include one another the earlier one holds
        name = item.component.id
        for other in given:
            if _holds(other, item, given) and name != _top(other.component.id, holders):
                holders[name] = other.component.id
                break
    return tuple(replace(item, within=_top(name, holders) if (name := item.component.id) in holders else None) for item in given)


def _holds(other: Recommendation, item: Recommendation, given: tuple[Recommendation, ...]) -> bool:
    if other is item or other.declined or item.declined or other.heading != item.heading:
        return False
    if URGENCIES.index(other.urgency) < URGENCIES.index(item.urgency):
        return False
    if item.component.id in other.component.includes:
        return True
    options = item.component.group is not None and item.component.group == other.component.group
    return options and other.component.id not in item.component.includes and given.index(other) < given.index(item)


def _top(name: str, holders: dict[str, str]) -> str:
    """The outermost item that one belongs to, or itself."""
    while name in holders:
        name = holders[name]
    return name
