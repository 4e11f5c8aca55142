"""A picture as one SVG that stands alone: no script, nothing fetched, everything escaped, readable without being seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from html import escape

from adapters.drawing import setting
from adapters.drawing.layout import MARGIN, Layout, Placed, Route, arrange
from adapters.drawing.picture import Arrow, Box, Picture, Shape
from adapters.drawing.setting import LEADING, Text
from adapters.drawing.style import STYLE
from adapters.drawing.text import clean, width

_NARROWEST = 460.0
_READABLE = 0.8  # on a narrow screen a picture scrolls rather than shrink below this
_SAMPLE, _LEGEND_ROW = 46, 24
_WORDS = {
    "en": {"from": "From", "to": "Leads to", "legend": "Arrows"},
    "es": {"from": "Viene de", "to": "Lleva a", "legend": "Flechas"},
}


def draw(picture: Picture) -> str:
    """The picture as SVG text; the same picture always gives the same bytes."""
    return _Page(picture, arrange(picture.boxes, picture.arrows)).svg()


@dataclass(frozen=True, slots=True)
class _Page:
    picture: Picture
    layout: Layout

    @property
    def width(self) -> float:
        return max(self.layout.width, _NARROWEST)

    def svg(self) -> str:
        top = list(self.heading())
        offset = sum(LEADING["heading"] if "heading" in line else LEADING["title"] for line in top) + MARGIN - 4
        legend, legend_height = self.legend(offset + self.layout.height)
        size = (self.width, offset + self.layout.height + legend_height)
        name = "p" + sha256(repr(self.picture).encode()).hexdigest()[:10]
        return "\n".join(
            [
                self.opening(name, size),
                f'<title id="{name}-t">{_safe(self.picture.title)}</title>',
                f'<desc id="{name}-d">{_lines(self.picture.twin)}</desc>',
                f"<style>{STYLE}</style>",
                f'<rect class="paper" width="{_n(size[0])}" height="{_n(size[1])}"/>',
                *top,
                f'<g transform="translate(0 {_n(offset)})">',
                *(_arrow(route) for route in self.layout.routes),
                *self.boxes(),
                "</g>",
                *legend,
                "</svg>\n",
            ]
        )

    def opening(self, name: str, size: tuple[float, float]) -> str:
        box = f"0 0 {_n(size[0])} {_n(size[1])}"
        limits = f"max-width:{_n(size[0])}px;min-width:{_n(size[0] * _READABLE)}px;height:auto"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="tandem-picture" viewBox="{box}" width="100%" style="{limits}"'
            f' lang="{_safe(self.picture.language)}" role="graphics-document document"'
            f' aria-labelledby="{name}-t" aria-describedby="{name}-d">'
        )

    def heading(self) -> Iterator[str]:
        """The title and what stands below it, in lines as wide as the picture."""
        room, y = self.width - 2 * MARGIN, MARGIN - 6
        for line in setting.lines(self.picture.title, "heading", room):
            y += LEADING["heading"]
            yield _text(line, MARGIN, y, "heading")
        for words in self.picture.caption:
            for line in setting.lines(words, "note", room):
                y += LEADING["title"]
                yield _text(line, MARGIN, y, "caption")

    def boxes(self) -> Iterator[str]:
        """Boxes from left to right, each with what leads to it and what it leads to, as the Tab key meets them."""
        words = _WORDS.get(self.picture.language, _WORDS["en"])
        titles = {box.id: box.title for box in self.picture.boxes}
        arriving: dict[str, list[str]] = defaultdict(list)
        leaving: dict[str, list[str]] = defaultdict(list)
        for arrow in self.picture.arrows:
            how = ": ".join(part for part in (arrow.means, arrow.label, arrow.said) if part)
            arriving[arrow.target].append(titles[arrow.source] + (f" ({how})" if how else ""))
            leaving[arrow.source].append(titles[arrow.target] + (f" ({how})" if how else ""))
        for placed in self.layout.boxes:
            if placed.box is not None:
                joined = [(words["from"], arriving[placed.box.id]), (words["to"], leaving[placed.box.id])]
                yield _box(placed, placed.box, [f"{word}: {'; '.join(found)}." for word, found in joined if found])

    def legend(self, top: float) -> tuple[list[str], float]:
        """A sample of every kind of arrow that has a meaning, with its word, then the key; and the height they take."""
        signed = (replace(arrow, badge="" if arrow.badge.isdigit() else arrow.badge) for arrow in self.picture.arrows if arrow.means)
        kinds = {(arrow.line, arrow.tone, arrow.badge): arrow for arrow in signed}
        y, drawn = top + 8, []
        samples = [(kinds[kind], clean(kinds[kind].means), _SAMPLE + 8) for kind in sorted(kinds)]
        for entries in (samples, [(None, clean(words), 0) for words in self.picture.key]):
            x = MARGIN
            for arrow, words, sample in entries:
                room = sample + width(words, setting.SIZES["note"]) + 18
                if x > MARGIN and x + room > self.width:
                    x, y = MARGIN, y + _LEGEND_ROW
                if arrow is not None:
                    drawn.append(_arrow(Route(arrow, ((x, y), (x, y), (x + _SAMPLE, y), (x + _SAMPLE, y)), True)))
                drawn.append(_text(words, x + sample, y + 4, "note"))
                x += room
            y += _LEGEND_ROW if entries else 0
        return drawn, y - top if drawn else 0.0


def _box(placed: Placed, box: Box, joined: list[str]) -> str:
    said = box.said or ". ".join(part for part in (f"{box.kind}: {box.title}", *box.notes, box.mark) if part) + "."
    x, y, wide, high = placed.x, placed.y, placed.block.width, placed.block.height
    inner = "".join(f'<path class="frame inner" d="{path}"/>' for path in _inner(box.shape, x, y, wide, high))
    texts = "".join(_set(line, x, y) for line in placed.block.texts)
    classes = " ".join(["box", box.tone, box.line, *(["heavy"] if box.heavy else [])])
    return (
        f'<g class="{classes}" role="graphics-symbol img" tabindex="0"><title>{_lines((said, *joined))}</title>'
        f'<path class="frame" d="{_outline(box.shape, x, y, wide, high)}"/>{inner}{texts}</g>'
    )


def _outline(shape: Shape, x: float, y: float, wide: float, high: float) -> str:
    """The edge of a box, clockwise; its corners round, cut or square."""
    cut = {"round": 12.0, "pill": 22.0, "cut": 11.0, "folded": 0.0, "plain": 2.0, "barred": 2.0}[shape]
    right, bottom, low = x + wide, y + high, y + high - cut
    if shape == "folded":
        return f"M{_n(x)} {_n(y)}H{_n(right - 12)}L{_n(right)} {_n(y + 12)}V{_n(bottom)}H{_n(x)}Z"
    corner = "L" if shape == "cut" else f"A{_n(cut)} {_n(cut)} 0 0 1 "
    return (
        f"M{_n(x + cut)} {_n(y)}H{_n(right - cut)}{corner}{_n(right)} {_n(y + cut)}V{_n(low)}{corner}{_n(right - cut)} {_n(bottom)}"
        f"H{_n(x + cut)}{corner}{_n(x)} {_n(low)}V{_n(y + cut)}{corner}{_n(x + cut)} {_n(y)}Z"
    )


def _inner(shape: Shape, x: float, y: float, wide: float, high: float) -> Iterator[str]:
    """Lines inside the edge: the fold of a sheet, the bars of a rule."""
    if shape == "folded":
        yield f"M{_n(x + wide - 12)} {_n(y)}V{_n(y + 12)}H{_n(x + wide)}"
    if shape == "barred":
        yield f"M{_n(x + 6)} {_n(y)}V{_n(y + high)}"
        yield f"M{_n(x + wide - 6)} {_n(y)}V{_n(y + high)}"


def _arrow(route: Route) -> str:
    arrow = route.arrow
    label = ""
    if route.label is not None:
        at = route.label
        room = f'width="{_n(at.block.width)}" height="{_n(at.block.height)}"'
        label = f'<rect class="paper" x="{_n(at.x)}" y="{_n(at.y)}" {room}/>' + "".join(_set(line, at.x, at.y) for line in at.block.texts)
    shown = _way(route) + _head(route) + label + (_badge(arrow, route) if arrow.badge else "")
    return f'<g class="arrow {arrow.line} {arrow.tone}" aria-hidden="true">{shown}</g>'


def _way(route: Route) -> str:
    (x, y), *rest = route.points
    path = f"M{_n(x)} {_n(y)}"
    for number, (x, y) in enumerate(rest):
        before = route.points[number]
        middle = _n((before[0] + x) / 2)
        path += f"C{middle} {_n(before[1])} {middle} {_n(y)} {_n(x)} {_n(y)}" if number % 2 else f"H{_n(x)}"
    return f'<path class="way" d="{path}"/>'


def _head(route: Route) -> str:
    x, y = route.points[-1] if route.rightward else route.points[0]
    back = _n(x - 9 if route.rightward else x + 9)
    return f'<path class="head" d="M{_n(x)} {_n(y)}L{back} {_n(y - 4)}V{_n(y + 4)}Z"/>'


def _badge(arrow: Arrow, route: Route) -> str:
    x, y = route.points[-1] if route.rightward else route.points[0]
    x += -17 if route.rightward else 17
    sign = f'<text x="{_n(x)}" y="{_n(y + 3.6)}">{_safe(arrow.badge)}</text>'
    return f'<g class="badge"><circle class="way" cx="{_n(x)}" cy="{_n(y)}" r="{6 if len(arrow.badge) == 1 else 8}"/>{sign}</g>'


def _set(line: Text, x: float, y: float) -> str:
    return _text(line.words, x + line.x, y + line.y, line.role if line.anchor == "start" else f"{line.role} {line.anchor}")


def _text(words: str, x: float, y: float, style: str) -> str:
    return f'<text class="{style}" x="{_n(x)}" y="{_n(y)}">{_safe(words)}</text>'


def _lines(sentences: tuple[str, ...]) -> str:
    return "\n".join(map(_safe, sentences))


def _safe(words: str) -> str:
    return escape(clean(words))


def _n(number: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{round(number, 1):g}" if abs(number) < 1e5 else f"{number:.1f}"
