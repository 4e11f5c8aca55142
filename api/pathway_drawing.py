"""A care pathway in each of the forms in which it leaves. HTTP and the command line share this."""

from __future__ import annotations

from typing import Literal

from api.view import clean
from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Language
from engine.directions import Directions
from engine.pathway import Pathway

Drawing = Literal["svg", "text", "mermaid", "graphml"]
Picture = Literal["svg", "text"]


def render_pathway(base: KnowledgeBase, pathway: Pathway, decision: Decision | None, language: Language, form: Drawing) -> str:
    """The pathway in one form; Mermaid and GraphML hold the pathway alone, and nothing of a person."""
    from adapters.drawing import draw_pathway, graphml, mermaid  # noqa: PLC0415 - takes a graph library, which a decision does without

    match form:
        case "svg":
            return str(clean(draw_pathway(base, pathway, language, decision)))
        case "text":
            directions = Directions(base, pathway, language, decision)
            return "\n".join([f"{pathway.title[language]} ({pathway.reference})", "", *directions.position(), *directions.written()]) + "\n"
        case "mermaid":
            return mermaid(pathway, language)
        case "graphml":
            return graphml(base, pathway, language)
