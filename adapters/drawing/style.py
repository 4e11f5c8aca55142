"""Colours and the style sheet of every picture: light, dark, forced colours and print.

The sheet is the same for every picture, so that a page can allow it by one hash, and it touches nothing outside `.tandem-picture`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.drawing.picture import Tone
from adapters.drawing.setting import BOLD, SIZES


@dataclass(frozen=True, slots=True)
class Theme:
    """paper, ink (titles, marks), soft (notes, kinds), line (arrows), focus; for each tone the fill and the edge of a box."""

    paper: str
    ink: str
    soft: str
    line: str
    focus: str
    fill: dict[Tone, str]
    edge: dict[Tone, str]


LIGHT = Theme(
    paper="#ffffff",
    ink="#171c26",
    soft="#465062",
    line="#5b6475",
    focus="#0b57d0",
    fill={"quiet": "#f5f6f8", "rule": "#ebf2fc", "good": "#e7f5ec", "caution": "#fff3dc", "stop": "#fdebe9", "open": "#f2effb"},
    edge={"quiet": "#677084", "rule": "#2b5ea7", "good": "#17744a", "caution": "#8f5b00", "stop": "#b3261e", "open": "#684bb0"},
)
DARK = Theme(
    paper="#10141b",
    ink="#eef1f6",
    soft="#bdc6d4",
    line="#9aa5b7",
    focus="#8ab4f8",
    fill={"quiet": "#1b212b", "rule": "#15243b", "good": "#12291e", "caution": "#2f2511", "stop": "#361a19", "open": "#241e39"},
    edge={"quiet": "#8f9aad", "rule": "#84b3f3", "good": "#5fc78f", "caution": "#e2b45a", "stop": "#f28b82", "open": "#b6a4f0"},
)
_FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif'


def _colours(theme: Theme) -> Iterator[str]:
    yield f".paper{{fill:{theme.paper}}}"
    yield f"text{{fill:{theme.ink}}}"
    yield f".kind,.note,.caption{{fill:{theme.soft}}}"
    yield f".way{{stroke:{theme.line}}}"
    yield f".head{{fill:{theme.line};stroke:{theme.line}}}"
    yield f".box:focus .frame{{stroke:{theme.focus}}}"
    for tone, fill in theme.fill.items():
        yield f".{tone} .frame{{fill:{fill};stroke:{theme.edge[tone]}}}"
    for tone, edge in theme.edge.items():
        if tone != "quiet":
            yield f".{tone} .way{{stroke:{edge}}}"
            yield f".{tone} .head{{fill:{edge};stroke:{edge}}}"
    yield f".badge circle{{fill:{theme.paper}}}"


def _shapes() -> Iterator[str]:
    yield f"text{{font-family:{_FONT}}}"
    for role, size in SIZES.items():
        yield f".{role}{{font-size:{size:g}px;font-weight:{600 if role in BOLD else 400}}}"
    yield ".caption{font-size:12px}"
    yield ".frame{stroke-width:1.4}"
    yield ".heavy .frame{stroke-width:2.8}"
    yield ".frame.inner{fill:none}"
    yield ".way{fill:none;stroke-width:1.5}"
    yield ".dashed .way,.dashed .frame{stroke-dasharray:7 4}"
    yield ".dotted .way,.dotted .frame{stroke-dasharray:1.5 4;stroke-linecap:round}"
    yield ".arrow .badge circle{stroke-width:1.4;stroke-dasharray:none}"
    yield ".badge text{text-anchor:middle;font-size:10px;font-weight:700}"
    yield ".middle{text-anchor:middle}"
    yield ".end{text-anchor:end}"
    yield ".box:focus{outline:none}"
    yield ".box:focus .frame{stroke-width:4;stroke-dasharray:none}"


_FORCED = (
    ".paper,.frame,.badge circle{fill:Canvas}",
    ".frame,.way,.head,.badge circle{stroke:CanvasText}",
    "text,.head{fill:CanvasText}",
    ".box:focus .frame{stroke:Highlight}",
)


def _within(rules: Iterator[str] | tuple[str, ...]) -> str:
    """Every selector confined to the picture."""
    confined = []
    for rule in rules:
        selectors, body = rule.split("{", 1)
        confined.append(",".join(f".tandem-picture {selector}" for selector in selectors.split(",")) + "{" + body)
    return "".join(confined)


STYLE = (
    _within(_shapes())
    + _within(_colours(LIGHT))
    + f"@media screen and (prefers-color-scheme:dark){{{_within(_colours(DARK))}}}"
    + f"@media (forced-colors:active){{{_within(_FORCED)}}}"
    + "@media print{.tandem-picture{min-width:0!important;max-height:100vh;print-color-adjust:exact;-webkit-print-color-adjust:exact}}"
)
