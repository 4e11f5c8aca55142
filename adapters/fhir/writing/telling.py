"""What every resource about one decision needs to know: whom it is about, what it rests on, and how it may be shared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.fhir.writing.canonical import Publishing, Resource
from adapters.fhir.writing.pathways import pathway_name
from adapters.fhir.writing.rules import rule_name
from engine.artifacts import Rule
from engine.decision import Decision, Reason
from engine.dictionary import Language, Text
from engine.narrative import makers

_CODES = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_LABELS = {
    "part2": (("SUD", "substance use disorder information sensitivity"),),
    "mental_health": (("MH", "mental health information sensitivity"),),
    "sexual_reproductive": (("SEX", "sexuality and reproductive health information sensitivity"),),
    "minor": (("ADOL", "adolescent information sensitivity"),),
}
_OF_A_PROGRAMME = ("42CFRPart2", "42 CFR Part2")
_NO_REDISCLOSURE = ("NORDSCLCD", "no redisclosure without consent directive")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked, as they named themselves: references, which go back as they came."""

    encounter: str | None = None
    practitioner: str | None = None
    organization: str | None = None


@dataclass(frozen=True, slots=True)
class Sharing:
    """How sensitive what it rests on is.

    part2: whether some of it comes from a programme that 42 CFR Part 2 binds. notice: in words, where it goes with the answer.
    """

    labels: tuple[str, ...] = ()
    part2: bool = False
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """One decision to be told. subject: Patient/id. references: finding code -> resources behind it, as Type/id, newest first.

    entry: where the journal has it. module: the canonical of what was applied. remarks: issues of what was not understood.
    alarm: what people must read first.
    """

    site: Publishing
    decision: Decision
    subject: str
    language: Language
    module: str
    request: str
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asker: Asker = Asker()
    sharing: Sharing = Sharing()
    entry: str | None = None
    remarks: tuple[Resource, ...] = ()
    alarm: str | None = None

    def say(self, text: Text) -> str:
        return text[self.language]

    def whom(self) -> dict[str, str]:
        return {"reference": self.subject}

    def canonical(self, reason: Reason) -> str:
        """The artifact that a reason rests on."""
        if isinstance(reason.by, Rule):
            return self.site.canonical("PlanDefinition", rule_name(reason.by), reason.by.version)
        return self.site.canonical("PlanDefinition", pathway_name(reason.by.id), reason.by.version)

    def behind(self, reasons: Iterable[Reason]) -> list[Resource]:
        """The resources that decided: of every finding that a reason turns on, conclusions traced to what was observed."""
        codes = dict.fromkeys(code for reason in reasons for code in self._turns_on(reason))
        return references(self, codes)

    def codes(self, reasons: Iterable[Reason]) -> tuple[str, ...]:
        """The findings that reasons turn on."""
        return tuple(dict.fromkeys(code for reason in reasons for code in self._turns_on(reason)))

    def _turns_on(self, reason: Reason) -> Iterator[str]:
        if isinstance(reason.by, Rule):
            yield from self._observed(reason.by, set())
            return
        for position in self.decision.positions:
            if position.pathway.id == reason.by.id:
                judged = (position.entry, *(step.judgement for step in position.taken))
                yield from (leaf.finding for judgement in judged for leaf in judgement.leaves)

    def _observed(self, rule: Rule, seen: set[str]) -> Iterator[str]:
        seen.add(rule.id)
        base = self.site.base
        for leaf in self.decision.judgements.of(rule).leaves:
            if leaf.finding not in base.ruleset.conclusions:
                yield leaf.finding
            for maker in makers(base, self.decision, leaf.finding):
                if maker.id not in seen:
                    yield from self._observed(maker, seen)


def references(telling: Telling, codes: Iterable[str]) -> list[Resource]:
    """The newest resource behind each finding, once each."""
    named = dict.fromkeys(newest for code in codes for newest in _newest(telling, code))
    return [{"reference": name} for name in named]


def _newest(telling: Telling, code: str) -> Iterator[str]:
    """A class of medicines is known from its members, a score from its form, and what is derived from what it was derived of."""
    base, known = telling.site.base, telling.references
    if code in known:
        yield known[code][0]
        return
    head, _, rest = code.partition(".")
    name = rest.partition(".")[0]
    if head in base.instruments:
        yield from (names[0] for other, names in known.items() if other.startswith(f"{head}."))
    elif head in ("medication", "allergy", "condition"):
        alike = (name, *sorted(base.dictionary.kin.get(name, ()))) if head != "condition" else (name,)
        yield from (known[other][0] for one in alike if (other := f"{head}.{one}") in known)
    elif finding := telling.decision.judgements.findings.get(code):
        yield from (known[other][0] for other in finding.basis if other in known)


def security(sharing: Sharing) -> dict[str, Any]:
    """The labels of a resource. They stand on the whole; what it contains carries none of its own."""
    level = ("R", "restricted") if sharing.labels else ("N", "normal")
    codes = [code for label in sharing.labels for code in _LABELS[label]]
    codes += [_OF_A_PROGRAMME] if sharing.part2 else []
    codes += [_NO_REDISCLOSURE] if sharing.notice else []
    tagged = [(_CONFIDENTIALITY, *level), *((_CODES, *code) for code in codes)]
    return {"security": [{"system": system, "code": code, "display": display} for system, code, display in tagged]}
