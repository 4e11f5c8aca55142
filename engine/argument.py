"""The argument of a decision as documents: the trace, and the named parameters that its rules were judged with."""

from __future__ import annotations

from engine.base import KnowledgeBase
from engine.grounds import TRUTHS, Document
from engine.trace import Trace


def parameters(base: KnowledgeBase, argument: Trace) -> list[Document]:
    """The named parameters of the rules in the argument, and any other that the site changed."""
    argued = {node.ref for node in argument.nodes if node.kind == "rule"} & base.parameters_of.keys()
    users: dict[str, list[str]] = {name: [] for name in sorted(base.parameters)}
    for rule in sorted(argued):
        for name in base.parameters_of[rule]:
            users[name].append(rule)
    return [_parameter(base, name, rules) for name, rules in users.items() if rules or name in base.defaults]


def _parameter(base: KnowledgeBase, name: str, rules: list[str]) -> Document:
    item, changed = base.parameters[name], name in base.defaults
    default = base.defaults.get(name, item.value)
    return {"name": name, "value": item.value, "default": default, "changed": changed, "owner": item.owner, "rules": rules}


def trace_document(graph: Trace) -> Document:
    """Its nodes and edges."""
    return {
        "nodes": [{"id": node.id, "kind": node.kind, "ref": node.ref, "truth": TRUTHS[node.truth]} for node in graph.nodes],
        "edges": [{"source": edge.source, "target": edge.target, "link": edge.link} for edge in graph.edges],
    }
