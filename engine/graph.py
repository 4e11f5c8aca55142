"""A pathway as a graph. Apart from `pathways`, so that a decision need not load the graph library."""

from __future__ import annotations

import networkx as nx

from engine.artifacts import Pathway
from engine.pathways import leaving_from


def graph(pathway: Pathway) -> nx.MultiDiGraph:
    """The pathway as a graph: stages are nodes, transitions edges, `any` written out for every stage it leaves."""
    drawn = nx.MultiDiGraph()
    drawn.add_nodes_from(pathway.stages)
    for stage in pathway.stages:
        drawn.add_edges_from((stage, step.to, {"transition": step}) for step in leaving_from(pathway, stage))
    return drawn
