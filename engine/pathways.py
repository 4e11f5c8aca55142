"""Where the person stands on each pathway: computed from the record, never stored as truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.artifacts import Pathway, Stage, Transition
from engine.findings import Findings
from engine.judgements import Judgement, judge
from engine.record import Record


@dataclass(frozen=True, slots=True)
class Step:
    """A transition seen from where the person stands: taken, open (not true yet) or held by an unknown guard."""

    transition: Transition
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Position:
    """The stage on one pathway, the road taken to it now, and the transitions that leave it.

    stage is None while it is unknown whether the person is on the pathway at all (`entry` says what is missing).
    """

    pathway: Pathway
    stage: str | None
    since: datetime | None
    entry: Judgement
    taken: tuple[Step, ...] = ()
    onward: tuple[Step, ...] = ()

    @property
    def current(self) -> Stage | None:
        return self.pathway.stages[self.stage] if self.stage else None


def locate(pathways: Mapping[str, Pathway], record: Record, findings: Findings, as_of: datetime) -> tuple[Position, ...]:
    """The position on every active pathway that the person is, or may be, on."""
    found = []
    for pathway in pathways.values():
        if pathway.status == "active":
            position = _locate(pathway, record, findings, as_of)
            if position is not None:
                found.append(position)
    return tuple(found)


def _locate(pathway: Pathway, record: Record, findings: Findings, as_of: datetime) -> Position | None:
    standing = max(
        (item for item in record.positions if item.pathway == pathway.id and item.stage in pathway.stages and item.since <= as_of),
        key=lambda item: (item.since, item.stage),
        default=None,
    )
    entry = judge(pathway.enter, findings)
    if standing is None and entry.truth is not True:
        return None if entry.truth is False else Position(pathway, None, None, entry)
    stage = standing.stage if standing else pathway.start
    since = standing.since if standing else None
    taken: list[Step] = []
    visited = {stage}
    while True:
        leaving = [Step(step, judge(step.when, findings)) for step in leaving_from(pathway, stage)]
        eased = any(step.transition.urgency == "routine" for step in taken)
        following = next((step for step in leaving if _follows(step, visited, eased)), None)
        if following is None:
            return Position(pathway, stage, since, entry, tuple(taken), tuple(leaving))
        taken.append(following)
        stage, since = following.transition.to, as_of
        visited.add(stage)


def _follows(step: Step, visited: set[str], eased: bool) -> bool:
    """Towards help as far as the road goes; towards less of it one step a decision, so that no stage is passed over."""
    return step.judgement.truth is True and step.transition.to not in visited and not (eased and step.transition.urgency == "routine")


def leaving_from(pathway: Pathway, stage: str) -> Iterable[Transition]:
    """The transitions that leave a stage, safety exits first, as written."""
    if pathway.stages[stage].terminal:
        return ()
    return (step for step in pathway.transitions if step.from_ in (stage, "any") and step.to != stage)
