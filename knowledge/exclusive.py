"""Whether exactly one of several guards holds, whatever the person's findings are: solved exactly, with a counterexample.

Between two neighbouring thresholds every value of a finding gives every leaf the same truth, so one value of each such
cell stands for all of them. Cells are tried one finding at a time, and only while some guard still hangs on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from engine.conditions import Condition, leaves
from engine.dictionary import Dictionary, Entry, Number
from engine.findings import Finding, exactly
from engine.judgements import judge


class Counterexample(NamedTuple):
    """Findings for which none of the guards holds, or for which several do. holding: which."""

    findings: tuple[Finding, ...]
    holding: tuple[int, ...]


def counterexample(guards: Sequence[Condition], dictionary: Dictionary) -> Counterexample | None:
    """Findings for which not exactly one guard holds, or None where there are none."""
    found = _search(guards, _cells(guards, dictionary), {})
    if found is None:
        return None
    known, holding = found
    return Counterexample(tuple(finding for _, finding in sorted(known.items())), holding)


def _search(
    guards: Sequence[Condition], cells: dict[str, tuple[Number, ...]], known: dict[str, Finding]
) -> tuple[dict[str, Finding], tuple[int, ...]] | None:
    judged = [judge(guard, known) for guard in guards]
    holding = tuple(number for number, judgement in enumerate(judged) if judgement.truth is True)
    if len(holding) > 1:
        return known, holding
    waiting = [judgement for judgement in judged if judgement.truth is None]
    if not waiting:
        return None if holding else (known, ())
    code = waiting[0].leaves[0].finding
    for value in cells[code]:
        found = _search(guards, cells, known | {code: exactly(code, value)})
        if found is not None:
            return found
    return None


def _cells(guards: Iterable[Condition], dictionary: Dictionary) -> dict[str, tuple[Number, ...]]:
    """For each finding, one value of every range between neighbouring thresholds, and the thresholds themselves."""
    bounds: dict[str, set[Number]] = {}
    for guard in guards:
        for leaf in leaves(guard):
            bounds.setdefault(leaf.finding, set()).update(leaf.bounds)
    return {code: tuple(_representatives(dictionary.entries[code], found)) for code, found in bounds.items()}


def _representatives(entry: Entry, thresholds: set[Number]) -> list[Number]:
    low, high = entry.bounds
    if entry.type in ("boolean", "code", "ordered"):
        return list(range(int(low), int(high) + 1))
    edges = sorted({low, high, *thresholds})
    if entry.discrete:
        between = {value for edge in edges for value in (edge - 1, edge, edge + 1)}
    else:
        between = {*edges, *((one + other) / 2 for one, other in pairwise(edges))}
    return sorted(value for value in between if low <= value <= high)
