"""What is still to find out: the findings that would settle something, most useful first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from engine.artifacts import Rule, Stratum
from engine.base import KnowledgeBase
from engine.decision import DataRequest
from engine.findings import Findings
from engine.judgements import Judgements, of
from engine.pathway import HERE, Pathway
from engine.positions import Position

# What is known of these is in doubt: it is asked again even where no rule waits for it.
DOUBTFUL = frozenset({"conflicting", "unit_missing", "unit_impossible", "out_of_range", "wrong_type"})
_OPEN_LIST = frozenset({"not_reviewed", "not_understood", "stale"})
_LISTS = {"condition": "conditions", "medication": "medications", "allergy": "allergies", "event": "events"}
Requested = tuple[str, Rule, bool]  # the finding, the rule that asks, and whether it asks again for what is known
_Kind = Literal["instrument", "list", "finding"]


@dataclass(slots=True)
class _Asked:
    """What one request gathers: findings, and the rules and pathways that wait for them."""

    codes: set[str] = field(default_factory=set)
    waiting: dict[str, Rule | Pathway] = field(default_factory=dict)
    required: bool = False


class _Gathering:
    """Gathers findings to ask for, by what one asks for to learn them."""

    def __init__(self, base: KnowledgeBase, judgements: Judgements) -> None:
        self._base, self._judgements = base, judgements
        self._by_code: dict[str, _Asked] = {}
        self._fitting: dict[str, bool] = {}
        self.asked: dict[tuple[_Kind, str], _Asked] = {}

    def ask(self, code: str) -> _Asked:
        if code not in self._by_code:
            entry = self.asked.setdefault(_subject(self._base, code, self._judgements.findings), _Asked())
            entry.codes.add(code)
            self._by_code[code] = entry
        return self._by_code[code]

    def _fits(self, code: str) -> bool:
        """Whether asking can help: a form made for another age would clear nothing."""
        known = self._fitting.get(code)
        if known is None:
            known = self._fitting[code] = self._for_age(code)
        return known

    def _for_age(self, code: str) -> bool:
        instrument, age = self._base.instruments.get(code.partition(".")[0]), of(self._judgements.findings, "patient.age")
        if instrument is None or instrument.ages is None or age.low is None or age.high is None:
            return True
        return age.high >= instrument.ages[0] and age.low <= instrument.ages[1]

    def waited_for(self) -> None:
        """What the rules wait for that can be neither shown nor ruled out."""
        seen: dict[str, tuple[str, ...]] = {}
        for name, truth in self._judgements.truths.items():
            if truth is None and name in self._base.asking:
                rule = self._base.rules[name]
                for code in filter(self._fits, missing(self._base, self._judgements, rule, seen)):
                    self.ask(code).waiting[rule.id] = rule

    def held(self, positions: Iterable[Position]) -> None:
        """What holds the person on a pathway: the guards of the stages where they stand that could still open.

        The clock of a stage, and whether its task is done, are asked of the staff by the pathway itself.
        """
        for position in positions:
            for step in (step for place in position.places for step in place.onward if not step.transition.eases):
                for code in step.judgement.missing():
                    if code not in HERE and not code.startswith("pathway."):
                        self._settling(code, position.pathway)

    def _settling(self, code: str, waiting: Rule | Pathway) -> None:
        sources = (code,) if code not in self._base.ruleset.conclusions else traced(self._base, self._judgements, code, {})
        for source in filter(self._fits, sources):
            self.ask(source).waiting[waiting.id] = waiting

    def required(self, requested: Iterable[Requested]) -> None:
        """What rules that hold ask for, unless somebody has found it out and it is in date; asked again where the rule says so."""
        for code, rule, again in requested:
            finding = of(self._judgements.findings, code)
            if self._fits(code) and (again or not finding.exact or finding.at is None):
                entry = self.ask(code)
                entry.waiting[rule.id], entry.required = rule, True

    def doubtful(self) -> None:
        for code, finding in self._judgements.findings.items():
            if finding.absent in DOUBTFUL and code not in self._base.ruleset.conclusions:
                self.ask(code)


def requests(
    base: KnowledgeBase, judgements: Judgements, requested: Iterable[Requested], positions: Iterable[Position]
) -> tuple[DataRequest, ...]:
    """Data requests: by what a rule of the most urgent stratum waits for, then by how many rules and pathways wait."""
    gathering = _Gathering(base, judgements)
    gathering.waited_for()
    gathering.held(positions)
    gathering.required(requested)
    gathering.doubtful()
    found = [_request(kind, subject, entry, judgements.findings) for (kind, subject), entry in gathering.asked.items()]
    return tuple(sorted(found, key=lambda item: (item.stratum, not item.required, -len(item.settles), item.subject)))


def missing(base: KnowledgeBase, judgements: Judgements, rule: Rule, seen: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """The findings that could settle a rule; a conclusion is traced back to what its own rules miss."""
    for code in judgements.of(rule).missing():
        if code not in base.ruleset.conclusions:
            yield code
            continue
        yield from traced(base, judgements, code, seen)


def traced(base: KnowledgeBase, judgements: Judgements, code: str, seen: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The findings that could settle a conclusion."""
    if code not in seen:
        seen[code] = ()
        open_makers = [maker for maker, _ in base.ruleset.conclusions[code] if judgements.truths[maker.id] is None]
        seen[code] = tuple(dict.fromkeys(item for maker in open_makers for item in missing(base, judgements, maker, seen)))
    return seen[code]


def _subject(base: KnowledgeBase, code: str, findings: Findings) -> tuple[_Kind, str]:
    """What one asks for to learn this: a whole instrument, the review of a list, or the finding itself."""
    first, _, rest = code.partition(".")
    if first in base.instruments and rest:
        return "instrument", first
    if first in _LISTS and of(findings, code).absent in _OPEN_LIST:
        return "list", _LISTS[first]
    return "finding", code


def _request(kind: _Kind, subject: str, asked: _Asked, findings: Findings) -> DataRequest:
    codes = tuple(sorted(asked.codes))
    open_ones = [found for code in codes if (found := of(findings, code)).absent or not found.exact or found.at is None]
    absent = {found.absent or "never_asked" for found in open_ones}  # nothing, where all is known and only asked again
    waiting = tuple(sorted(asked.waiting.values(), key=lambda item: (_stratum(item), item.id)))
    return DataRequest(subject, kind, codes, tuple(sorted(absent)), waiting, _stratum(waiting[0]) if waiting else "S6", asked.required)


def _stratum(waiting: Rule | Pathway) -> Stratum:
    return waiting.stratum if isinstance(waiting, Rule) else "S6"
