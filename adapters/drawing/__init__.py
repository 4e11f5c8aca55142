"""Pictures as accessible SVG: the trace of a decision, and any other boxes and arrows."""

from adapters.drawing.picture import Arrow, Box, Picture
from adapters.drawing.style import STYLE
from adapters.drawing.svg import draw
from adapters.drawing.trace import draw_trace

__all__ = ["STYLE", "Arrow", "Box", "Picture", "draw", "draw_trace"]
