"""A care pathway for other tools: Mermaid for documents, GraphML for graph editors."""

from __future__ import annotations

import networkx as nx

from engine.base import KnowledgeBase
from engine.dictionary import Language
from engine.graph import graph
from engine.pathway import ANY, Pathway, StageKind
from engine.wording import sentence

_OPEN_CLOSE: dict[StageKind, tuple[str, str]] = {
    "task": ("[", "]"),
    "decision": ("{{", "}}"),
    "wait": ("(", ")"),
    "call": ("[[", "]]"),
    "emergency": (">", "]"),
    "end": ("([", "])"),
}


def mermaid(pathway: Pathway, language: Language) -> str:
    """The pathway as a Mermaid flowchart."""
    lines = ["flowchart LR"]
    for name, stage in pathway.stages.items():
        opening, closing = _OPEN_CLOSE[stage.kind]
        lines.append(f"  {name}{opening}{_quoted(stage.title[language])}{closing}")
    if any(step.anywhere for step in pathway.transitions):
        lines.append(f"  {ANY}(({_quoted('*')}))")
    for step in pathway.transitions:
        arrow = "-.->" if step.eases else "==>" if step.urgency == "emergent" else "-->"
        lines += [
            f"  {source} {arrow}|{_quoted(step.title[language])}| {target}"
            for source in step.from_
            for target in step.to
            if source != target
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("#", "#35;").replace('"', "#quot;") + '"'


def graphml(base: KnowledgeBase, pathway: Pathway, language: Language) -> str:
    """The pathway as GraphML: stages as nodes, transitions as edges with their guards in words."""
    drawn = nx.MultiDiGraph(id=pathway.reference, title=pathway.title[language])
    for name, stage in pathway.stages.items():
        drawn.add_node(name, title=stage.title[language], kind=stage.kind, phase=stage.phase, who=stage.who, start=name == pathway.start)
    for source, target, data in graph(pathway).edges(data=True):
        step = data["transition"]
        when = sentence(step.when, base.dictionary, language)
        drawn.add_edge(source, target, title=step.title[language], when=when, urgency=step.urgency, eases=step.eases)
    return "\n".join(nx.generate_graphml(drawn)) + "\n"
