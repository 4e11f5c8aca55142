"""From boxes and arrows to layers: which column everything stands in, and in which order from top to bottom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fast_sugiyama import from_edges

Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Chain:
    """One arrow on its way through the columns, from left to right: its two boxes, and a lane in every column between.

    turned: the arrow itself runs from right to left, because it closes a circle. label: the lane that carries its label.
    """

    stops: tuple[int, ...]
    turned: bool = False
    label: int | None = None


@dataclass(frozen=True, slots=True)
class Layers:
    """columns: leftmost first, each from top to bottom. Numbers below the count of boxes are boxes, the rest are lanes.

    parts: what hangs together, by number, in the order of its first box.
    """

    columns: tuple[tuple[int, ...], ...]
    chains: tuple[Chain, ...]
    parts: tuple[frozenset[int], ...]


def layered(count: int, edges: Sequence[Edge], labelled: Sequence[bool]) -> Layers:
    """Lay out `count` boxes joined by edges; a labelled edge gets a lane of its own for the label."""
    back = _closing(count, edges)
    forward = [(target, source) if turned else (source, target) for (source, target), turned in zip(edges, back, strict=True)]
    rank = _ranks(count, forward, [1 + label for label in labelled])
    chains, ranks = [], dict(enumerate(rank))
    for (source, target), turned, label in zip(forward, back, labelled, strict=True):
        lanes = list(range(len(ranks), len(ranks) + rank[target] - rank[source] - 1))
        ranks |= {lane: rank[source] + step for step, lane in enumerate(lanes, 1)}
        chains.append(Chain((source, *lanes, target), turned, lanes[len(lanes) // 2] if label else None))
    steps = [step for chain in chains for step in pairwise(chain.stops)]
    parts = _parts(len(ranks), steps)
    columns: list[list[int]] = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    for part in parts:
        for column, members in _ordered(part, steps, ranks, count).items():
            columns[column] += members
    return Layers(tuple(map(tuple, columns)), tuple(chains), parts)


def _closing(count: int, edges: Sequence[Edge]) -> list[bool]:
    """Which edges close a circle, when boxes are visited in the order they were given."""
    onward: dict[int, list[int]] = defaultdict(list)
    for number, (source, _) in enumerate(edges):
        onward[source].append(number)
    closing = [False] * len(edges)
    state = [0] * count  # 0: not seen; 1: on the way; 2: done
    for start in range(count):
        way = [(start, iter(onward[start]))] if not state[start] else []
        state[start] = state[start] or 1
        while way:
            box, rest = way[-1]
            edge = next(rest, None)
            if edge is None:
                state[box] = 2
                way.pop()
            elif state[target := edges[edge][1]] == 1:
                closing[edge] = True
            elif state[target] == 0:
                state[target] = 1
                way.append((target, iter(onward[target])))
    return closing


def _ranks(count: int, edges: Sequence[Edge], lengths: Sequence[int]) -> list[int]:
    """The column of every box: as far to the right as its longest way to an end allows, so that reasons stand near."""
    onward: dict[int, list[tuple[int, int]]] = defaultdict(list)
    waiting = [0] * count
    for (source, target), length in zip(edges, lengths, strict=True):
        onward[target].append((source, length))
        waiting[source] += 1
    distance = [0] * count
    ready = [box for box in range(count) if not waiting[box]]
    for box in ready:  # grows while it is read
        for source, length in onward[box]:
            distance[source] = max(distance[source], distance[box] + length)
            waiting[source] -= 1
            if not waiting[source]:
                ready.append(source)
    farthest = max(distance, default=0)
    return [farthest - steps for steps in distance]


def _parts(count: int, steps: Iterable[Edge]) -> tuple[frozenset[int], ...]:
    """What hangs together, in the order of the lowest number."""
    group = list(range(count))

    def root(item: int) -> int:
        while group[item] != item:
            group[item] = group[group[item]]
            item = group[item]
        return item

    for one, other in steps:
        low, high = sorted((root(one), root(other)))
        group[high] = low
    found: dict[int, set[int]] = defaultdict(set)
    for item in range(count):
        found[root(item)].add(item)
    return tuple(frozenset(found[item]) for item in sorted(found))


def _ordered(part: frozenset[int], steps: Sequence[Edge], ranks: Mapping[int, int], count: int) -> dict[int, list[int]]:
    """Each column of one part from top to bottom with few crossings; of an order and its mirror image, the one as given."""
    inside = sorted(part)
    number = {item: index for index, item in enumerate(inside)}
    edges = sorted({(number[source], number[target]) for source, target in steps if source in part})
    if not edges:
        return {ranks[item]: [item] for item in inside}
    # Every edge now spans one column, so the library has no column left to choose: it only puts them in order.
    layout = from_edges(
        edges, vertex_spacing=1, dummy_vertices=False, ranking_type="minimize", crossing_minimization="barycenter", transpose=True
    )
    place = {inside[int(item)]: across for positions, *_ in layout for item, (across, _) in positions}
    columns: dict[int, list[int]] = defaultdict(list)
    for item in inside:
        columns[ranks[item]].append(item)
    for members in columns.values():
        members.sort(key=lambda item: (place[item], item))
    boxes = [[item for item in columns[column] if item < count] for column in sorted(columns, reverse=True)]
    upside_down = list(map(_disorder, boxes)) > [_disorder(members[::-1]) for members in boxes]  # the last column decides first
    return {column: members[::-1] if upside_down else members for column, members in columns.items()}


def _disorder(members: Sequence[int]) -> int:
    return sum(above > below for index, above in enumerate(members) for below in members[index + 1 :])
