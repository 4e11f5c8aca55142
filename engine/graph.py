"""A pathway as a graph. Apart from `pathway`, so that a decision need not load the graph library."""

from __future__ import annotations

import networkx as nx

from engine.pathway import Pathway


def graph(pathway: Pathway) -> nx.MultiDiGraph:
    """The pathway as a graph: stages are nodes, transitions edges, `any` written out for every stage it leaves."""
    drawn = nx.MultiDiGraph()
    drawn.add_nodes_from(pathway.stages)
    for stage, steps in pathway.exits.items():
        drawn.add_edges_from((stage, target, {"transition": step}) for step in steps for target in step.to)
    return drawn
