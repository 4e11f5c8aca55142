"""Where the person stands on each pathway: computed from the record, never stored as truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.findings import Finding, Findings, exactly
from engine.judgements import Judgement, judge
from engine.pathway import DAYS, DONE, STATES, Pathway, Stage, Transition, task_code
from engine.record import Record, Standing

_DAY = timedelta(days=1)
_LONGEST = 36_500
NOT_ON, ON, ENDED = (STATES.index(state) for state in STATES)


@dataclass(frozen=True, slots=True)
class Step:
    """A transition seen from where the person stands: taken, open (not true yet) or held by an unknown guard.

    here: the clock and the completion of the stage it leaves, where its guard reads them.
    left: the stages it left, where it was taken.
    late: taken on facts that were already true when the person was last placed, and that became known since.
    """

    transition: Transition
    judgement: Judgement
    here: tuple[Finding, ...] = ()
    left: tuple[str, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A stage where the person stands, since when, until when it should be left, and the transitions that leave it.

    since is None when it is not known; the clock of the stage is then unknown too, and never counts as new.
    """

    name: str
    stage: Stage
    since: datetime | None
    onward: tuple[Step, ...] = ()

    @property
    def due(self) -> datetime | None:
        return self.since + self.stage.within if self.since is not None and self.stage.within is not None else None

    def overdue(self, as_of: datetime) -> bool:
        return self.due is not None and self.due < as_of

    @property
    def undecided(self) -> bool:
        """Whether a decision waits for an answer."""
        return self.stage.kind == "decision" and any(step.judgement.truth is None for step in self.onward)


@dataclass(frozen=True, slots=True)
class Position:
    """Where the person stands on one pathway, and the road taken to it now.

    places is empty while it is unknown whether the person is on the pathway at all (`entry` says what is missing).
    before: where the person stood when it began. called: another pathway leads here.
    """

    pathway: Pathway
    entry: Judgement
    places: tuple[Place, ...] = ()
    taken: tuple[Step, ...] = ()
    before: tuple[Standing, ...] = ()
    called: bool = False

    @property
    def replaced(self) -> str | None:
        """The version of the pathway that placed the person last, where it is another."""
        return next((item.version for item in self.before if item.version not in (None, self.pathway.version)), None)

    @property
    def state(self) -> Finding:
        """Whether the person is on it, as other pathways read it."""
        if not self.places:
            return Finding(self.pathway.code, NOT_ON, ON, "undetermined")
        return exactly(self.pathway.code, ENDED if all(place.stage.ends for place in self.places) else ON)


def locate(pathways: Mapping[str, Pathway], record: Record, findings: Findings, as_of: datetime) -> tuple[Position, ...]:
    """The position on every active pathway that the person is, or may be, on. Order and duplicates of the record do not matter."""
    active = {name: pathway for name, pathway in pathways.items() if pathway.status == "active"}
    return _Locating(active, record.positions, findings, as_of).all()


def states(pathways: Mapping[str, Pathway], positions: Iterable[Position]) -> dict[str, Finding]:
    """For every active pathway, the finding that tells whether the person is on it."""
    found = {pathway.code: exactly(pathway.code, NOT_ON) for pathway in pathways.values() if pathway.status == "active"}
    return found | {position.state.code: position.state for position in positions}


@dataclass(slots=True)
class _Walk:
    """One walk along a pathway, from where the person stood to where they stand now."""

    pathway: Pathway
    at: dict[str, datetime | None]
    taken: list[Step] = field(default_factory=list)
    visited: set[str] = field(init=False)
    before: datetime | None = field(init=False)

    def __post_init__(self) -> None:
        self.visited = set(self.at)
        self.before = max((since for since in self.at.values() if since is not None), default=None)

    def follows(self, step: Transition) -> bool:
        """Towards help as far as the road goes; towards less of it one step a decision, so that no stage is passed over."""
        eased = step.eases and any(earlier.transition.eases for earlier in self.taken)
        return not eased and self.visited.isdisjoint(step.to) and self.pathway.step(frozenset(self.at), step) is not None

    def take(self, step: Step, now: datetime) -> None:
        for name in step.left:
            del self.at[name]
        self.at |= dict.fromkeys(step.transition.to, now)
        self.visited.update(step.transition.to)
        self.taken.append(step)


class _Locating:
    """Places the person on one pathway after another; what one reads of another is placed first."""

    def __init__(self, pathways: Mapping[str, Pathway], standings: Iterable[Standing], findings: Findings, as_of: datetime) -> None:
        self.pathways, self.as_of = pathways, as_of
        self.findings = dict(findings)  # our own: it takes up the states of pathways, and the clock of the stage in question
        self.by_code = {pathway.code: pathway.id for pathway in pathways.values()}
        self.callers = {name: [item.id for item in pathways.values() if name in item.calls] for name in pathways}
        self.standings: dict[str, list[Standing]] = {}
        for standing in standings:
            if standing.since <= as_of and standing.pathway in pathways:
                self.standings.setdefault(standing.pathway, []).append(standing)
        self.asked: set[str] = set()
        self.begun: set[str] = set()
        self.found: dict[str, Position] = {}

    def all(self) -> tuple[Position, ...]:
        for name in self.pathways:
            self.place(name)
        return tuple(self.found[name] for name in self.pathways if name in self.found)

    def place(self, name: str) -> None:
        """Place the person on one pathway, after those that may call it."""
        if name in self.asked:
            return  # placed, or waiting for what it asked for: a circle, which the check refuses
        self.asked.add(name)
        for caller in self.callers[name]:
            self.place(caller)
        if name not in self.begun:
            self._place(self.pathways[name], called=False, since=None)

    def _place(self, pathway: Pathway, called: bool, since: datetime | None) -> None:
        self.begun.add(pathway.id)
        for code in sorted(pathway.awaited):
            if code in self.by_code and self.by_code[code] not in pathway.calls:
                self.place(self.by_code[code])
        entry = judge(pathway.enter, self.findings)
        standing = self._standing(pathway)
        if since is not None and standing and all(pathway.stages[item.stage].ends and item.since < since for item in standing):
            standing = []  # called anew after an earlier episode had ended
        if not standing and entry.truth is not True and not called:
            self._settle(pathway, None if entry.truth is False else Position(pathway, entry))
            return
        walk = _Walk(pathway, {item.stage: item.since for item in standing} or {pathway.start: self.as_of if called else None})
        while (step := self._next(walk)) is not None:
            walk.take(step, self.as_of)
        places = tuple(self._stand(walk, name) for name in pathway.stages if name in walk.at)
        self._settle(pathway, Position(pathway, entry, places, tuple(walk.taken), tuple(standing), called))

    def _standing(self, pathway: Pathway) -> list[Standing]:
        """The stages where the person was last placed: the newest, and those beside it that a branch allows."""
        chosen: list[Standing] = []
        for item in sorted(self.standings.get(pathway.id, ()), key=lambda item: (item.since, item.stage), reverse=True):
            held = item.stage in pathway.stages and (item.until is None or item.until > self.as_of)
            if held and all(frozenset((item.stage, other.stage)) in pathway.together for other in chosen):
                chosen.append(item)
        return chosen

    def _next(self, walk: _Walk) -> Step | None:
        """The first transition, safety exits first, that holds and leads on."""
        for name, since in walk.at.items():
            for callee in walk.pathway.stages[name].calls:
                if callee in self.pathways and callee not in self.begun:
                    self._place(self.pathways[callee], called=True, since=since)
        for step in walk.pathway.transitions:
            if walk.follows(step):
                taken = self._step(walk, step)
                if taken.judgement.truth is True:
                    return taken
        return None

    def _step(self, walk: _Walk, step: Transition) -> Step:
        here = self._here(walk, step) if step.reads_here else ()
        self.findings.update((finding.code, finding) for finding in here)
        judgement = judge(step.when, self.findings)
        dates = [finding.at for leaf in judgement.leaves if (finding := self.findings.get(leaf.finding)) is not None]
        late = bool(dates) and walk.before is not None and all(at is not None and at < walk.before for at in dates)
        return Step(step, judgement, here, tuple(name for name in walk.at if step.leaves(name)), late)

    def _here(self, walk: _Walk, step: Transition) -> tuple[Finding, Finding]:
        """The clock of the stages a transition leaves, by the one entered last, and whether every one of their tasks is done."""
        leaving = [name for name in walk.at if step.leaves(name)]
        since = [walk.at[name] for name in leaving]
        known = [moment for moment in since if moment is not None]
        clock = exactly(DAYS, (self.as_of - max(known)) / _DAY) if len(known) == len(since) else Finding(DAYS, 0, _LONGEST, "undetermined")
        done = [self._done(walk.pathway.id, name, walk.at[name]) for name in leaving]
        return clock, next((item for item in done if item.low != 1), done[0])

    def _done(self, pathway: str, stage: str, since: datetime | None) -> Finding:
        """Whether a task was reported done since the person came to the stage; an older report speaks of an earlier round."""
        finding = self.findings.get(task_code(pathway, stage))
        if finding is None or finding.low is None or (since is not None and finding.at is not None and finding.at < since):
            return Finding(DONE, 0, 1, "never_asked")
        return finding._replace(code=DONE)

    def _stand(self, walk: _Walk, name: str) -> Place:
        marking = frozenset(walk.at)
        leaving = (step for step in walk.pathway.exits[name] if walk.pathway.step(marking, step) is not None)
        return Place(name, walk.pathway.stages[name], walk.at[name], tuple(self._step(walk, step) for step in leaving))

    def _settle(self, pathway: Pathway, position: Position | None) -> None:
        if position is not None:
            self.found[pathway.id] = position
        self.findings[pathway.code] = position.state if position is not None else exactly(pathway.code, NOT_ON)
