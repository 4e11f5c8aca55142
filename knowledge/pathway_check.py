"""What must be true of every care pathway: roads in and out, help from everywhere, clocks, and decisions that decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from graphlib import CycleError, TopologicalSorter
from itertools import combinations
from pathlib import Path

import networkx as nx

from engine.base import KnowledgeBase
from engine.errors import Problem
from engine.graph import graph
from engine.pathway import Pathway, Stage, Transition
from engine.wording import finding_words
from knowledge.exclusive import counterexample
from knowledge.read import line_of

URGENT = ("urgent", "emergent")


def check_pathways(base: KnowledgeBase, folder: Path) -> Iterator[Problem]:
    """Every problem of every pathway, with file and line, and of pathways that wait for one another."""
    for pathway in base.pathways.values():
        yield from _Check(base, pathway, folder / "pathways" / f"{pathway.id}.yaml").problems()
    yield from _circles(base)


def _circles(base: KnowledgeBase) -> Iterator[Problem]:
    """A pathway that waits for itself would place nobody."""
    known = base.pathways
    by_code = {pathway.code: name for name, pathway in known.items()}
    calling = {name: set(pathway.calls) & set(known) for name, pathway in known.items()}
    reading = {name: {by_code[code] for code in pathway.awaited if code in by_code} - calling[name] for name, pathway in known.items()}
    for kind, edges in (("calls", calling), ("reads", {name: reading[name] | _called_by(calling, name) for name in known})):
        try:
            TopologicalSorter(edges).prepare()
        except CycleError as cycle:
            yield Problem(" -> ".join(cycle.args[1]), f"pathway-{kind}-circle", "Pathways wait for one another.", "Break the circle.")


def _called_by(calling: dict[str, set[str]], name: str) -> set[str]:
    return {caller for caller, called in calling.items() if name in called}


class _Check:
    def __init__(self, base: KnowledgeBase, pathway: Pathway, path: Path) -> None:
        self.base, self.pathway, self.path = base, pathway, path
        self.graph = graph(pathway)

    def problem(self, place: tuple[str | int, ...], code: str, what: str, do: str) -> Problem:
        name = ".".join(map(str, (self.pathway.id, *place)))
        return Problem(f"{self.path}:{line_of(self.path, place)}", code, f"{name}: {what}", do)

    def problems(self) -> Iterator[Problem]:
        yield from self.roads()
        for name, stage in self.pathway.stages.items():
            yield from self.stage(name, stage)
            yield from self.clock(name, stage)
            yield from self.kind(name, stage)
        for number, step in enumerate(self.pathway.transitions):
            yield from self.transition(number, step)
        yield from self.circles()
        yield from self.branches()
        for name in self.pathway.over:
            if name not in self.base.pathways:
                yield self.problem(("over",), "pathway-unknown", f"There is no pathway {name}.", "Correct the name, or add it.")

    def roads(self) -> Iterator[Problem]:
        """Every stage can be reached, and an end can be reached from it."""
        start = self.pathway.start
        reached = {start, *nx.descendants(self.graph, start)}
        ends = {name for name, stage in self.pathway.stages.items() if stage.ends}
        calm = nx.MultiDiGraph(self.graph)  # an emergency is no way to finish
        calm.remove_edges_from([edge for edge in self.graph.edges if self.graph.edges[edge]["transition"].urgency == "emergent"])
        leading = ends.union(*(nx.ancestors(calm, name) for name in ends))
        for name, stage in self.pathway.stages.items():
            if name not in reached:
                yield self.problem(
                    ("stages", name), "stage-unreachable", "No road from the start leads here.", "Add a transition, or remove the stage."
                )
            if not stage.ends and not self.graph.out_degree(name):
                yield self.problem(
                    ("stages", name), "stage-without-exit", "No transition leaves this stage.", "Add one, or make it an end."
                )
            elif name not in leading:
                yield self.problem(("stages", name), "stage-without-end", "No road from here leads to an end.", "Add one.")
        if not ends:
            yield self.problem(("stages",), "pathway-without-end", "It has no end.", "Add the stage in which care goes on after it.")

    def stage(self, name: str, stage: Stage) -> Iterator[Problem]:
        """What a stage names exists, and whoever stands there can leave for help."""
        place = ("stages", name)
        for component in stage.recommend:
            if component not in self.base.components:
                yield self.problem(place, "component-unknown", f"There is no component {component}.", "Correct the name, or add it.")
        for called in stage.calls:
            if called not in self.base.pathways:
                yield self.problem(place, "pathway-unknown", f"There is no pathway {called}.", "Correct the name, or add it.")
        steps = self.pathway.exits[name]
        emergent = [step for step in steps if step.urgency == "emergent"]
        reached_by_exit = any(name in step.to and step.urgency == "emergent" for step in self.pathway.transitions)
        if not emergent and not reached_by_exit:
            yield self.problem(place, "stage-without-safety-exit", "Nothing leads from here to help now.", "Add an emergent transition.")
        if emergent and steps.index(emergent[-1]) != len(emergent) - 1:
            yield self.problem(place, "safety-exit-not-first", "A safety exit stands below another transition.", "Write it first.")

    def clock(self, name: str, stage: Stage) -> Iterator[Problem]:
        """Whoever is urgent has a deadline, and somebody who answers when it is missed."""
        place = ("stages", name)
        urgent = stage.kind == "emergency" or any(name in step.to and step.urgency in URGENT for step in self.pathway.transitions)
        if urgent and stage.within is None and stage.follow_up is None:
            yield self.problem(place, "urgent-without-deadline", "An urgent step has no deadline.", "Add `within` or `follow_up`.")
        if stage.kind == "emergency" and stage.within is None:
            yield self.problem(place, "emergency-without-deadline", "Help now has no deadline.", "Add `within`.")
        if (stage.within is None) != (stage.late is None):
            yield self.problem(place, "deadline-half", "A deadline needs both `within` and `late`.", "Add the other one.")
        if stage.late is not None and self.base.ladder[stage.late.escalate].within is None:
            yield self.problem(place, "late-without-answer", "That step of the ladder has no time limit.", "Use a higher step.")
        if stage.kind in ("wait", "end", "emergency") and stage.follow_up is None and not stage.calls:
            yield self.problem(place, "follow-up-missing", "Nobody sees the person here.", "Add `follow_up`, or call a pathway.")
        intervals = [other.follow_up.every for other in self.pathway.stages.values() if other.follow_up]
        if stage.kind == "emergency" and stage.follow_up and stage.follow_up.every > min(intervals):
            yield self.problem(
                place, "emergency-seen-less", "Another stage sees the person more often.", "Give help now the shortest interval."
            )

    def kind(self, name: str, stage: Stage) -> Iterator[Problem]:
        """Each kind of stage has what makes it that kind."""
        place = ("stages", name)
        if stage.kind == "call" and not stage.calls:
            yield self.problem(place, "call-without-pathway", "It calls no pathway.", "Add `calls`.")
        if stage.calls and stage.kind not in ("call", "end", "emergency"):
            yield self.problem(place, "call-from-elsewhere", f"A {stage.kind} calls a pathway.", "Use kind call, end or emergency.")
        if stage.ends and stage.phase != "aftercare" and not stage.calls:
            yield self.problem(
                place, "end-in-nothing", "It ends without aftercare.", "Give it phase aftercare, or call the pathway that takes over."
            )
        if stage.kind != "decision":
            if stage.unknown is not None:
                yield self.problem(place, "unknown-not-a-decision", "Only a decision waits for an answer.", "Remove `unknown`.")
            return
        if stage.unknown is None:
            yield self.problem(place, "decision-unknown-missing", "It does not say what to do while undecided.", "Add `unknown`.")
        yield from self.decides(name)

    def decides(self, name: str) -> Iterator[Problem]:
        """Exactly one way leads on from a decision, whatever the findings are."""
        steps = [step for step in self.pathway.exits[name] if not step.anywhere and step.urgency != "emergent"]
        if len(steps) < 2:
            yield self.problem(("stages", name), "decision-of-one", "A decision needs two ways at least.", "Add one, or make it a task.")
            return
        found = counterexample([step.when for step in steps], self.base.dictionary)
        if found is None:
            return
        said = [finding_words(finding, self.base.dictionary, "en") for finding in found.findings]
        holding = " and ".join(f"“{steps[number].title['en']}”" for number in found.holding) or "none of its ways"
        code = "decision-overlap" if found.holding else "decision-gap"
        yield self.problem(
            ("stages", name), code, f"With {'; '.join(said)}, {holding} holds.", "Make the guards exclusive, and cover every case."
        )

    def transition(self, number: int, step: Transition) -> Iterator[Problem]:
        place = ("transitions", number)
        if len(step.to) > 1 and step.urgency == "emergent":
            yield self.problem(place, "safety-exit-forks", "A safety exit leads to several stages.", "Lead it to one.")
        if step.join and len(step.from_) < 2:
            yield self.problem(place, "join-of-one", "A join needs two stages at least.", "Name them, or remove `join`.")
        if step.eases and step.urgency in URGENT:
            yield self.problem(place, "eases-urgently", "A step cannot be urgent and ease.", "Remove one of the two.")
        if any((other.from_, other.to, other.when) == (step.from_, step.to, step.when) for other in self.pathway.transitions[:number]):
            yield self.problem(place, "transition-twice", "The same transition stands above.", "Remove one.")
        after = min((time for name in step.to if (time := self.pathway.stages[name].soonest)), default=timedelta.max)
        for source, stage in self.pathway.stages.items():
            less = stage.follow_up is not None and stage.follow_up.every < after
            if less and not step.eases and step.leaves(source):
                yield self.problem(
                    place, "easing-undeclared", f"From {source} it leads to less contact.", "Say `eases: true`, or see the person as often."
                )

    def circles(self) -> Iterator[Problem]:
        """Whoever goes round comes past a clock, so that no two decisions send the person to and fro."""
        untimed = nx.MultiDiGraph()
        untimed.add_nodes_from(self.pathway.stages)
        for source, target, data in self.graph.edges(data=True):
            if not data["transition"].timed:
                untimed.add_edge(source, target, transition=data["transition"])
        group = {name: number for number, names in enumerate(nx.strongly_connected_components(untimed)) for name in names}
        for source, target, data in untimed.edges(data=True):
            step = data["transition"]
            if group[source] == group[target] and step.urgency not in URGENT:
                yield self.problem(
                    ("transitions", self.pathway.transitions.index(step)),
                    "circle-without-clock",
                    f"From {source} the person can come back without any time having passed.",
                    "Wait for `stage.days` on the way back.",
                )

    def branches(self) -> Iterator[Problem]:
        """Branches that run side by side come together again, or end side by side."""
        for number, step in enumerate(self.pathway.transitions):
            pairs = combinations(step.from_, 2)
            if step.join and any(frozenset(pair) not in self.pathway.together for pair in pairs):
                yield self.problem(
                    ("transitions", number), "join-never", "These stages are never held at once.", "Fork into them, or remove `join`."
                )
        roads = nx.DiGraph()
        for marking in self.pathway.markings:
            roads.add_node(marking)
            following = (self.pathway.step(marking, step) for step in self.pathway.transitions if step.urgency != "emergent")
            roads.add_edges_from((marking, after) for after in following if after is not None)
        ends = {marking for marking in roads if all(self.pathway.stages[name].ends for name in marking)}
        leading = ends.union(*(nx.ancestors(roads, marking) for marking in ends))
        for marking in sorted(roads.nodes - leading, key=sorted)[:1]:
            if len(marking) > 1:
                held = ", ".join(sorted(marking))
                yield self.problem(("transitions",), "branches-never-end", f"From {held} together no end is reached.", "Join the branches.")
