"""What changed between two decisions about one person, and why: for the next visit, in the order of what matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from engine.base import KnowledgeBase
from engine.decision import Decision, Reason
from engine.dictionary import Language
from engine.findings import Finding
from engine.judgements import of
from engine.positions import Position
from engine.terms import word
from engine.wording import duration_words, known_words

Kind = Literal["escalation", "withheld", "recommendation", "urgency", "follow_up", "stage"]
Way = Literal["new", "gone", "changed"]
_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "none": "none",
        "nowhere": "not on it",
        "and": "and",
        "every": "every {time}, {who}",
        "because": "{label}: {before} before, {after} now",
        "rule": "{title}",
        "release": "The rules themselves changed: release {before} before, {after} now.",
    },
    "es": {
        "none": "ninguno",
        "nowhere": "fuera de ella",
        "and": "y",
        "every": "cada {time}, {who}",
        "because": "{label}: antes {before}, ahora {after}",
        "rule": "{title}",
        "release": "Las propias reglas cambiaron: antes la publicación {before}, ahora {after}.",
    },
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was. why: the findings behind it that changed, in words; rules: who says so."""

    kind: Kind
    way: Way
    ref: str
    title: str
    before: str
    after: str
    why: tuple[str, ...]
    rules: tuple[str, ...]


def differences(base: KnowledgeBase, before: Decision, after: Decision, language: Language) -> tuple[Difference, ...]:
    """What changed from one decision to a later one, most urgent kind first. Both may be of different releases."""
    return tuple(_Comparing(base, before, after, language).all())


class _Comparing:
    def __init__(self, base: KnowledgeBase, before: Decision, after: Decision, language: Language) -> None:
        self.base, self.before, self.after, self.language = base, before, after, language

    def all(self) -> Iterator[Difference]:
        yield from self.escalations()
        yield from self.components("withheld", *({item.component.id: item for item in one.withheld} for one in self.both))
        yield from self.components("recommendation", *({item.component.id: item for item in one.recommendations} for one in self.both))
        yield from self.urgencies()
        yield from self.follow_up()
        yield from self.stages()

    @property
    def both(self) -> tuple[Decision, Decision]:
        return self.before, self.after

    def say(self, key: str, **slots: str) -> str:
        return _WORDS[self.language][key].format(**slots)

    def difference(self, kind: Kind, ref: str, title: str, before: str, after: str, reasons: Iterable[Reason], way: Way) -> Difference:
        held = list(reasons)
        rules = tuple(dict.fromkeys(reason.reference for reason in held))
        return Difference(kind, way, ref, title, before, after, tuple(self.why(held)), rules)

    def why(self, reasons: Iterable[Reason]) -> Iterator[str]:
        """The findings that the reasons rest on and that are known otherwise now; conclusions traced back to what they rest on."""
        if self.before.release.digest != self.after.release.digest:
            yield self.say("release", before=self.before.release.id, after=self.after.release.id)
        for code in dict.fromkeys(code for reason in reasons for leaf in reason.grounds for code in self.sources(leaf.finding)):
            findings = [of(one.judgements.findings, code) for one in self.both]
            known = [self.known(finding) for finding in findings]
            if known[0] != known[1] and any(finding.low is not None for finding in findings):  # from one ignorance to another is no news
                label = self.base.dictionary.entries[code].label[self.language]
                yield self.say("because", label=label, before=known[0], after=known[1])

    def sources(self, code: str) -> Iterator[str]:
        basis = self.base.ruleset.basis.get(code)
        if basis is None:
            yield code
        else:
            for source in basis:
                yield from self.sources(source)

    def known(self, finding: Finding) -> str:
        return known_words(finding, self.base.dictionary.entries[finding.code], self.language)

    def escalations(self) -> Iterator[Difference]:
        first, second = ({(item.level, item.to, item.do["en"]): item for item in one.escalations} for one in self.both)
        for key, item in second.items():
            if key not in first:
                title = f"{item.level}: {item.do[self.language]}"
                yield self.difference("escalation", item.level, title, self.say("none"), item.level, item.reasons, "new")
        for key, item in first.items():
            if key not in second:
                title = f"{item.level}: {item.do[self.language]}"
                yield self.difference("escalation", item.level, title, item.level, self.say("none"), item.reasons, "gone")

    def components(self, kind: Kind, first: Mapping[str, object], second: Mapping[str, object]) -> Iterator[Difference]:
        for name in (*(name for name in second if name not in first), *(name for name in first if name not in second)):
            way: Way = "new" if name in second else "gone"
            item = second.get(name) or first[name]
            title = self.base.components[name].title[self.language] if name in self.base.components else name
            there, absent = title, self.say("none")
            before, after = (absent, there) if way == "new" else (there, absent)
            yield self.difference(kind, name, title, before, after, _reasons(item), way)

    def urgencies(self) -> Iterator[Difference]:
        first = {item.component.id: item for item in self.before.recommendations}
        for item in self.after.recommendations:
            earlier = first.get(item.component.id)
            if earlier is not None and earlier.urgency != item.urgency:
                words = word(earlier.urgency, self.language), word(item.urgency, self.language)
                reasons = (*item.reasons, *earlier.reasons)
                yield self.difference("urgency", item.component.id, item.component.title[self.language], *words, reasons, "changed")

    def follow_up(self) -> Iterator[Difference]:
        plans = [one.follow_up for one in self.both]
        words = [
            self.say("every", time=duration_words(plan.every, self.language), who=word(plan.with_, self.language))
            if plan
            else self.say("none")
            for plan in plans
        ]
        if words[0] != words[1]:
            reasons = [demand.reason for plan in plans if plan for demand in plan.demands[:1]]
            way: Way = "new" if plans[0] is None else "gone" if plans[1] is None else "changed"
            yield self.difference("follow_up", "follow_up", "", words[0], words[1], reasons, way)

    def stages(self) -> Iterator[Difference]:
        first, second = ({item.pathway.id: item for item in one.positions if item.places} for one in self.both)
        for name in dict.fromkeys((*second, *first)):
            words = [self.at(found.get(name)) for found in (first, second)]
            if words[0] != words[1]:
                position = second.get(name) or first[name]
                way: Way = "new" if name not in first else "gone" if name not in second else "changed"
                grounds = tuple(
                    leaf for step in position.taken for leaf in step.judgement.leaves if leaf.finding in self.base.dictionary.entries
                )
                reasons = [Reason(position.pathway, True, grounds or position.entry.leaves)]
                yield self.difference("stage", name, position.pathway.title[self.language], words[0], words[1], reasons, way)

    def at(self, position: Position | None) -> str:
        titles = [place.stage.title[self.language] for place in position.places] if position else []
        return f" {self.say('and')} ".join(titles) or self.say("nowhere")


def _reasons(item: object) -> tuple[Reason, ...]:
    """What speaks for a recommendation, or against what is withheld."""
    blocked = getattr(item, "blocked", None)
    return tuple(one.reason for one in blocked) if blocked is not None else item.reasons  # type: ignore[attr-defined]
