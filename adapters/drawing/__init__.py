"""Pictures as accessible SVG: the trace of a decision, a care pathway, and any other boxes and arrows; pathways for other tools."""

from adapters.drawing.export import graphml, mermaid
from adapters.drawing.pathway import draw_pathway
from adapters.drawing.picture import Arrow, Box, Picture
from adapters.drawing.style import STYLE
from adapters.drawing.svg import draw
from adapters.drawing.trace import draw_trace

__all__ = ["STYLE", "Arrow", "Box", "Picture", "draw", "draw_pathway", "draw_trace", "graphml", "mermaid"]
