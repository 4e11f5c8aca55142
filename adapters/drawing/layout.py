"""Where everything in a picture goes: columns from left to right, nothing overlapping, arrows routed around boxes.

Arrows bend only in the gaps between columns and pass through a column on a lane of their own, so that none can run
through a box. It knows boxes and arrows, not what they stand for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean

from adapters.drawing import setting
from adapters.drawing.layers import Chain, Layers, layered
from adapters.drawing.picture import Arrow, Box
from adapters.drawing.setting import Block

MARGIN = 16.0
_BETWEEN_BOXES, _BETWEEN_LANES, _BETWEEN_PARTS = 18.0, 8.0, 34.0
_LANE = Block(0, 10)
_GUTTER, _GUTTER_PER_ARROW, _GUTTER_MOST = 48.0, 1.5, 110.0
_STUB = 11.0  # arrows leave and reach a column straight, with room for the head
_PORT, _PORT_LEAST, _PORT_EDGE = 16.0, 13.0, 14.0
_SWEEPS, _LAST = 64, 48
_STIFF = 8.0  # how much more a lane resists bending than a box resists moving
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """A box, or the label of an arrow, and where it is: its upper left corner and the text inside."""

    x: float
    y: float
    block: Block
    box: Box | None = None

    @property
    def right(self) -> float:
        return self.x + self.block.width

    @property
    def bottom(self) -> float:
        return self.y + self.block.height


@dataclass(frozen=True, slots=True)
class Route:
    """The way of an arrow from left to right, by turns straight and curved. rightward: the head is at the right end."""

    arrow: Arrow
    points: tuple[Point, ...]
    rightward: bool
    label: Placed | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything in its place. Boxes run column by column from the left, each column from top to bottom."""

    width: float
    height: float
    boxes: tuple[Placed, ...]
    routes: tuple[Route, ...]


def arrange(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> Layout:
    """Put boxes and arrows in place, starting at the upper left margin."""
    index = {box.id: number for number, box in enumerate(boxes)}
    edges = [(index[arrow.source], index[arrow.target]) for arrow in arrows]
    layers = layered(len(boxes), edges, [bool(arrow.label) for arrow in arrows])
    blocks = _blocks(boxes, arrows, layers)
    middles = _middles(layers, blocks, len(boxes))
    spans = _spans(layers, blocks)
    placed = _placed(boxes, layers, blocks, middles, spans)
    routes = _routes(arrows, layers, middles, spans, placed)
    right = spans[-1][1] if spans else 0.0
    bottom = max((item.bottom for item in placed.values()), default=0.0)
    shown = tuple(placed[item] for column in layers.columns for item in column if item < len(boxes))
    return Layout(right + MARGIN, bottom + MARGIN, shown, routes)


def _blocks(boxes: Sequence[Box], arrows: Sequence[Arrow], layers: Layers) -> list[Block]:
    """How much room everything takes in its column."""
    lanes = sum(len(chain.stops) - 2 for chain in layers.chains)
    blocks = [setting.box(box) for box in boxes] + [_LANE] * lanes
    ends = [Counter(chain.stops[end] for chain in layers.chains) for end in (0, -1)]
    for number, block in enumerate(blocks[: len(boxes)]):
        room = 2 * _PORT_EDGE + _PORT_LEAST * (max(end[number] for end in ends) - 1)
        blocks[number] = replace(block, height=max(block.height, room))
    for arrow, chain in zip(arrows, layers.chains, strict=True):
        if chain.label is not None:
            blocks[chain.label] = setting.label(arrow.label)
    return blocks


def _middles(layers: Layers, blocks: Sequence[Block], boxes: int) -> dict[int, float]:
    """The height of everything: near what it is joined to, in order, and one part of the picture below another."""
    left: dict[int, list[int]] = defaultdict(list)
    right: dict[int, list[int]] = defaultdict(list)
    straight: dict[int, Sequence[int]] = {}
    for chain in layers.chains:
        straight |= dict.fromkeys(chain.stops[1:-1], chain.stops[1:-1])
        for one, other in pairwise(chain.stops):
            right[one].append(other)
            left[other].append(one)
    found: dict[int, float] = {}
    top = MARGIN
    for part in layers.parts:
        columns = [members for column in layers.columns if (members := [item for item in column if item in part])]
        middles: dict[int, float] = dict.fromkeys(part, 0.0)
        for sweep in range(_SWEEPS):
            rightward, last = sweep % 2 == 0, sweep >= _SWEEPS - _LAST
            for members in columns if rightward else columns[::-1]:
                near = [
                    (left if rightward else right)[item] if not last else straight.get(item, left[item] + right[item]) for item in members
                ]
                wished = [fmean(middles[other] for other in joined or [item]) for item, joined in zip(members, near, strict=True)]
                stiff = [1.0 if item < boxes else _STIFF for item in members]
                middles |= zip(members, _apart(wished, stiff, _distances(members, blocks, boxes)), strict=True)
        shift = top - min(middles[item] - blocks[item].height / 2 for item in part)
        found |= {item: round(middle + shift, 1) for item, middle in middles.items()}
        top = max(found[item] + blocks[item].height / 2 for item in part) + _BETWEEN_PARTS
    return found


def _distances(members: Sequence[int], blocks: Sequence[Block], boxes: int) -> list[float]:
    """How far the middle of each must stay below the middle of the one above."""

    def gap(item: int) -> float:
        return _BETWEEN_BOXES if item < boxes else _BETWEEN_LANES

    return [0.0, *((blocks[one].height + blocks[other].height) / 2 + min(gap(one), gap(other)) for one, other in pairwise(members))]


def _apart(wished: Sequence[float], stiff: Sequence[float], distances: Sequence[float]) -> list[float]:
    """The places closest to those wished for (least squares) that keep order and distances: neighbours pool until they do."""
    pools: list[tuple[float, float, int]] = []  # where the first would be, how stiff, how many
    offset, offsets = 0.0, []
    for wish, weight, distance in zip(wished, stiff, distances, strict=True):
        offset += distance
        offsets.append(offset)
        place, many = wish - offset, 1
        while pools and pools[-1][0] > place:
            above, heavier, more = pools.pop()
            place = (above * heavier + place * weight) / (heavier + weight)
            weight, many = heavier + weight, more + many  # noqa: PLW2901 - the pool takes the place of its last member
        pools.append((place, weight, many))
    firsts = [place for place, _, many in pools for _ in range(many)]
    return [first + offset for first, offset in zip(firsts, offsets, strict=True)]


def _spans(layers: Layers, blocks: Sequence[Block]) -> list[tuple[float, float]]:
    """From where to where each column reaches; the more arrows there are between two, the farther apart they stand."""
    crossing: dict[int, int] = defaultdict(int)
    column_of = {item: number for number, column in enumerate(layers.columns) for item in column}
    for chain in layers.chains:
        for stop in chain.stops[1:]:
            crossing[column_of[stop]] += 1
    spans: list[tuple[float, float]] = []
    x = MARGIN
    for number, column in enumerate(layers.columns):
        x += min(_GUTTER + _GUTTER_PER_ARROW * crossing[number], _GUTTER_MOST) if number else 0
        spans.append((round(x, 1), round(x + max(blocks[item].width for item in column), 1)))
        x = spans[-1][1]
    return spans


def _placed(
    boxes: Sequence[Box], layers: Layers, blocks: Sequence[Block], middles: Mapping[int, float], spans: Sequence[tuple[float, float]]
) -> dict[int, Placed]:
    """Boxes, labels and lanes, each in the middle of its column."""
    placed = {}
    for (start, end), column in zip(spans, layers.columns, strict=True):
        for item in column:
            block = blocks[item]
            x, y = (start + end - block.width) / 2, middles[item] - block.height / 2
            placed[item] = Placed(round(x, 1), round(y, 1), block, boxes[item] if item < len(boxes) else None)
    return placed


def _routes(
    arrows: Sequence[Arrow],
    layers: Layers,
    middles: Mapping[int, float],
    spans: Sequence[tuple[float, float]],
    placed: Mapping[int, Placed],
) -> tuple[Route, ...]:
    leaving, arriving = _ports(layers.chains, middles, placed)
    column_of = {item: number for number, column in enumerate(layers.columns) for item in column}
    routes = []
    for number, (arrow, chain) in enumerate(zip(arrows, layers.chains, strict=True)):
        heights = [leaving[number], *(middles[stop] for stop in chain.stops[1:-1]), arriving[number]]
        points: list[Point] = []
        for stop, height in zip(chain.stops, heights, strict=True):
            start, end = spans[column_of[stop]]
            points += [(start - _STUB, height), (end + _STUB, height)]
        points[0] = (placed[chain.stops[0]].right, heights[0])
        points[-1] = (placed[chain.stops[-1]].x, heights[-1])
        routes.append(Route(arrow, tuple(points), not chain.turned, placed[chain.label] if chain.label is not None else None))
    return tuple(routes)


def _ports(
    chains: Sequence[Chain], middles: Mapping[int, float], placed: Mapping[int, Placed]
) -> tuple[dict[int, float], dict[int, float]]:
    """At which height each chain leaves its first box and reaches its last: in the order of where they come from."""
    leaving: dict[int, list[tuple[float, int]]] = defaultdict(list)
    arriving: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for number, chain in enumerate(chains):
        leaving[chain.stops[0]].append((middles[chain.stops[1]], number))
        arriving[chain.stops[-1]].append((middles[chain.stops[-2]], number))
    return dict(_along(leaving, placed)), dict(_along(arriving, placed))


def _along(ends: Mapping[int, list[tuple[float, int]]], placed: Mapping[int, Placed]) -> Iterable[tuple[int, float]]:
    for item, found in ends.items():
        height = placed[item].block.height
        step = min(_PORT, (height - 2 * _PORT_EDGE) / max(len(found) - 1, 1))
        first = placed[item].y + height / 2 - step * (len(found) - 1) / 2
        for place, (_, number) in enumerate(sorted(found)):
            yield number, round(first + place * step, 1)
