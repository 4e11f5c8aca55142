"""Diagnoses that charts repeat at every visit: of what says the same in a row, the first and the last say all of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from engine.record import ListedCondition

Listed = tuple[ListedCondition, frozenset[str]]  # with the groups of disorders that its codes speak of


def thinned(conditions: list[Listed]) -> list[Listed]:
    """Fewer statements from which the same follows, at whatever moment it is asked.

    Of one disorder the newest statement so far holds. Of several in a row that say the same, with nothing of that disorder
    in between, the first stands for all until the next different one, and the last says how recently it was said.
    """
    kept = {item for sequence in _sequences(conditions) for item in _ends(sequence)}
    return [item for item in dict.fromkeys(conditions) if item in kept]


def _sequences(conditions: list[Listed]) -> Iterator[list[Listed]]:
    """What may outdo one another: the statements of each group, and those of each code that is of none."""
    by_topic: dict[object, list[Listed]] = {}
    for item in dict.fromkeys(conditions):
        entry, groups = item
        for topic in groups or {(entry.codes, entry.text, entry.status == "family_history")}:
            by_topic.setdefault(topic, []).append(item)
    yield from by_topic.values()


def _ends(sequence: list[Listed]) -> Iterator[Listed]:
    """What has no date is no part of a row, and stays."""
    yield from (item for item in sequence if item[0].at is None)
    dated = [(item[0].at, repr(_saying(item)), item) for item in sequence if item[0].at is not None]
    for _, run in groupby(sorted(dated, key=lambda found: found[:2]), key=lambda found: found[1]):
        first, *rest = run
        yield first[2]
        if rest:
            yield rest[-1][2]


def _saying(item: Listed) -> ListedCondition:
    return item[0].model_copy(update={"at": None})
