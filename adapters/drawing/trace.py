"""The trace of a decision as a picture: what is known, on the left, to what came of it, on the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from adapters.drawing.picture import Arrow, Box, Line, Picture, Shape, Tone
from adapters.drawing.svg import draw
from engine.base import KnowledgeBase
from engine.conditions import Compare, condition
from engine.decision import Decision, FollowUpPlan
from engine.dictionary import Language
from engine.judgements import Truth, of
from engine.narrative import deadline_words, fact_words, makers, narrate
from engine.terms import word
from engine.trace import Edge, Node, NodeKind, Trace, trace
from engine.wording import age_words, date_words, duration_words, known_words

_OUTCOMES = ("recommendation", "withheld", "escalation", "follow_up")
_NARROW, _WIDE = 176, 208
_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "How this decision came about",
        "title_of": "Why: {title}",
        "caption": "As of {date}, {time}. Release {release}.",
        "left_out": "Drawn: what is to be done now and what is withheld. Not drawn: {count} further outcomes.",
        "finding": "Finding",
        "premise": "Premise",
        "rule": "Rule",
        "conclusion": "Conclusion",
        "pathway": "Pathway",
        "recommendation": "Recommended",
        "withheld": "Withheld",
        "escalation": "Escalation",
        "follow_up": "Follow-up",
        "component": "Component",
        "unknown": "? not known",
        "partly": "? not settled",
        "true": "✓ true",
        "holds": "✓ holds",
        "precaution": "? precaution",
        "open": "? not settled",
        "here": "✓ is here",
        "yes": "✓ {urgency}",
        "no": "✗ contraindicated",
        "declined": "The person does not want it at present.",
        "unconfirmed": "Only the second engine holds this.",
        "every": "Every {time}: {to}",
        "ruled_out": "None of its rules holds.",
        "supports": "leads to",
        "while_unknown": "while not known",
        "caution": "asks for caution",
        "forbids": "forbids",
    },
    "es": {
        "title": "Cómo se llegó a esta decisión",
        "title_of": "Por qué: {title}",
        "caption": "A fecha de {date}, {time}. Versión {release}.",
        "left_out": "Se dibuja lo que hay que hacer ahora y lo que se retiene. Sin dibujar: {count} resultados más.",
        "finding": "Hallazgo",
        "premise": "Premisa",
        "rule": "Regla",
        "conclusion": "Conclusión",
        "pathway": "Vía clínica",
        "recommendation": "Se recomienda",
        "withheld": "Se retiene",
        "escalation": "Escalada",
        "follow_up": "Seguimiento",
        "component": "Componente",
        "unknown": "? no se sabe",
        "partly": "? sin decidir",
        "true": "✓ cierto",
        "holds": "✓ se cumple",
        "precaution": "? precaución",
        "open": "? sin decidir",
        "here": "✓ está aquí",
        "yes": "✓ {urgency}",
        "no": "✗ contraindicado",
        "declined": "La persona no lo desea por ahora.",
        "unconfirmed": "Solo lo sostiene el segundo motor.",
        "every": "Cada {time}: {to}",
        "ruled_out": "No se cumple ninguna de sus reglas.",
        "supports": "lleva a",
        "while_unknown": "mientras no se sepa",
        "caution": "pide precaución",
        "forbids": "lo impide",
    },
}


def draw_trace(
    base: KnowledgeBase, decision: Decision, language: Language, component: str | None = None, *, everything: bool = False
) -> str:
    """The argument for a decision, or for one component of it, as SVG.

    Of a whole decision it draws what is to be done now and what is withheld; everything: the plan and the follow-up too.
    """
    return draw(trace_picture(base, decision, language, component, everything=everything))


def trace_picture(
    base: KnowledgeBase, decision: Decision, language: Language, component: str | None = None, *, everything: bool = False
) -> Picture:
    """The boxes and arrows of the argument, and the same argument in sentences."""
    words = _WORDS[language]
    whole = trace(base, decision, component)
    chosen = whole if everything or component else _now(whole, decision)
    twin = narrate(base, decision, language, component, everything=everything)
    boxes, left_out = _Boxes(base, decision, language), _count(whole) - _count(chosen)
    as_of = decision.as_of
    caption = [words["caption"].format(date=date_words(as_of, language), time=f"{as_of:%H:%M %Z}", release=decision.release.id)]
    caption += [words["left_out"].format(count=left_out)] if left_out else []
    nodes, edges = _relevant(base, decision, chosen)
    shown = tuple(boxes.box(node) for node in nodes)
    if component is None:
        title = words["title"]
    else:
        title = words["title_of"].format(title=base.components[component].title[language])
        shown = shown or (boxes.alone(component, twin[0]),)
    truths = {node.id: node.truth for node in nodes}
    return Picture(language, title, tuple(caption), twin, shown, tuple(_arrow(edge, truths, words) for edge in edges))


def _now(whole: Trace, decision: Decision) -> Trace:
    """The trace without what can wait."""
    waiting = {f"recommendation:{item.component.id}" for item in decision.recommendations if item.heading != "now"}
    kept = tuple(node for node in whole.nodes if node.kind != "follow_up" and node.id not in waiting)
    names = {node.id for node in kept}
    return Trace(kept, tuple(edge for edge in whole.edges if edge.target in names))


def _count(graph: Trace) -> int:
    return sum(node.kind in _OUTCOMES for node in graph.nodes)


def _relevant(base: KnowledgeBase, decision: Decision, graph: Trace) -> tuple[list[Node], list[Edge]]:
    """What leads to an outcome, outcomes first in the order of the decision; not open rules that could change nothing."""
    telling = {
        node.ref: {f"rule:{rule.id}" for rule in makers(base, decision, node.ref)} for node in graph.nodes if node.kind == "conclusion"
    }
    edges = [edge for edge in graph.edges if edge.link != "concludes" or edge.source in telling[edge.target.partition(":")[2]]]
    order = [f"escalation:{step.level} {step.to}" for step in decision.escalations]
    order += [f"recommendation:{item.component.id}" for item in decision.recommendations]
    order += [f"withheld:{item.component.id}" for item in decision.withheld]
    outcomes = [node for node in graph.nodes if node.kind in _OUTCOMES]
    outcomes.sort(key=lambda node: order.index(node.id) if node.id in order else len(order))
    found = dict.fromkeys(node.id for node in outcomes)
    pending = list(found)
    for target in pending:  # grows while it is read
        for edge in edges:
            if edge.target == target and edge.source not in found:
                found[edge.source] = None
                pending.append(edge.source)
    by_id = {node.id: node for node in graph.nodes}
    return [by_id[name] for name in found], [edge for edge in edges if edge.target in found]


def _arrow(edge: Edge, truths: dict[str, Truth], words: dict[str, str]) -> Arrow:
    if edge.link == "forbids" and edge.target.startswith("recommendation:"):  # it stands, with this beside it
        return Arrow(edge.source, edge.target, line="dashed", tone="caution", badge="!", means=words["caution"])
    if edge.link == "forbids":
        return Arrow(edge.source, edge.target, line="dashed", tone="stop", badge="✗", means=words["forbids"])
    rests_on_unknown = edge.link == "is_unknown" or truths[edge.target if edge.link == "observed" else edge.source] is None
    if rests_on_unknown:
        return Arrow(edge.source, edge.target, line="dotted", tone="open", means=words["while_unknown"])
    return Arrow(edge.source, edge.target, means=words["supports"])


class _Boxes:
    """Boxes for the nodes of one decision, in one language."""

    def __init__(self, base: KnowledgeBase, decision: Decision, language: Language) -> None:
        self.base, self.decision, self.language = base, decision, language
        self.words = _WORDS[language]

    def box(self, node: Node) -> Box:
        kinds: dict[NodeKind, Callable[[Node], Box]] = {
            "finding": self.finding,
            "conclusion": self.finding,
            "premise": self.premise,
            "rule": self.rule,
            "pathway": self.pathway,
            "recommendation": self.recommendation,
            "withheld": self.withheld,
            "escalation": self.escalation,
            "follow_up": self.follow_up,
        }
        return kinds[node.kind](node)

    def finding(self, node: Node) -> Box:
        finding = of(self.decision.judgements.findings, node.ref)
        entry = self.base.dictionary.entries[node.ref]
        concluded = node.kind == "conclusion"
        notes = [known_words(finding, entry, self.language)]
        if concluded and not makers(self.base, self.decision, node.ref):
            notes.append(self.words["ruled_out"])
        if finding.at is not None:
            notes.append(f"{date_words(finding.at, self.language)}, {age_words(self.decision.as_of - finding.at, self.language)}")
        if finding.source and not concluded:
            notes.append(word(finding.source, self.language))
        mark = "" if finding.exact else self.words["unknown" if finding.low is None else "partly"]
        tone, line = _look(finding.exact)
        shape: Shape = "cut" if concluded else "folded"
        return Box(node.id, self.words[node.kind], entry.label[self.language], tuple(notes), mark, shape, tone, line, width=_NARROW)

    def premise(self, node: Node) -> Box:
        leaf = cast(Compare, condition(node.ref, self.base.dictionary))  # the node names its premise as it is written in a rule
        said = fact_words(leaf, of(self.decision.judgements.findings, leaf.finding), self.base, self.language)
        tone, line = _look(node.truth is not None)
        mark = self.words["unknown" if node.truth is None else "true"]
        return Box(node.id, self.words["premise"], said, (), mark, "round", tone, line, width=_NARROW)

    def rule(self, node: Node) -> Box:
        rule = self.base.rules[node.ref]
        mark = self.words["holds" if node.truth else "precaution" if rule.on_unknown == "escalate" else "open"]
        tone: Tone = "rule" if node.truth else "open"
        return Box(node.id, self.words["rule"], rule.title[self.language], (rule.reference,), mark, "barred", tone, width=_WIDE)

    def pathway(self, node: Node) -> Box:
        name, _, stage = node.ref.partition("#")
        item = self.base.pathways[name]
        notes = (item.stages[stage].title[self.language], f"{item.id}@{item.version}")
        return Box(node.id, self.words["pathway"], item.title[self.language], notes, self.words["here"], "barred", "rule", width=_WIDE)

    def recommendation(self, node: Node) -> Box:
        item = next(item for item in self.decision.recommendations if item.component.id == node.ref)
        notes = (self.words["declined"],) if item.declined else ()
        mark = self.words["yes"].format(urgency=word(item.urgency, self.language))
        return self.outcome(node, item.component.title[self.language], notes, mark, "good")

    def withheld(self, node: Node) -> Box:
        return self.outcome(node, self.base.components[node.ref].title[self.language], (), self.words["no"], "stop", line="dashed")

    def escalation(self, node: Node) -> Box:
        steps = [step for step in self.decision.escalations if f"{step.level} {step.to}" == node.ref]
        first = steps[0]
        title = f"{first.level} {deadline_words(first.within, self.language)}: {word(first.to, self.language)}"
        notes = [("• " if len(steps) > 1 else "") + step.do[self.language] for step in steps]
        notes += [self.words["unconfirmed"]] if all(step.unconfirmed for step in steps) else []
        return self.outcome(node, title, tuple(notes), "", "caution", shape="plain")

    def follow_up(self, node: Node) -> Box:
        plan = cast(FollowUpPlan, self.decision.follow_up)
        title = self.words["every"].format(time=duration_words(plan.every, self.language), to=word(plan.with_, self.language))
        notes = (word(plan.modality, self.language),) if plan.modality else ()
        return self.outcome(node, title, notes, "", "rule")

    def outcome(
        self, node: Node, title: str, notes: tuple[str, ...], mark: str, tone: Tone, line: Line = "solid", shape: Shape = "pill"
    ) -> Box:
        return Box(node.id, self.words[node.kind], title, notes, mark, shape, tone, line, heavy=True, width=_WIDE)

    def alone(self, component: str, words: str) -> Box:
        """A component to which no argument leads: what there is to say of it."""
        return Box(component, self.words["component"], self.base.components[component].title[self.language], (words,), width=_WIDE)


def _look(known: bool) -> tuple[Tone, Line]:
    return ("quiet", "solid") if known else ("open", "dotted")
