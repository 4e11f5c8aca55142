"""What is known, in words: of a finding its value, source, date and age; of a conclusion also what it rests on."""

from __future__ import annotations

from collections.abc import Iterable

from api.view import clean
from api.words import say
from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Language
from engine.judgements import of
from engine.narrative import makers
from engine.terms import word
from engine.wording import age_words, date_words, known_words

SHOWN = 4


class Facts:
    """Tells the facts of one decision in one language."""

    def __init__(self, base: KnowledgeBase, decision: Decision, language: Language) -> None:
        self.base, self.decision, self.language = base, decision, language

    def ground(self, code: str) -> str:
        """What is known of a finding; of a conclusion, also the observations it rests on."""
        if code not in self.base.ruleset.conclusions:
            return self.fact(code)
        entry, finding = self.base.dictionary.entries[code], of(self.decision.judgements.findings, code)
        rests = list(dict.fromkeys(self.rests_on(code, set())))
        facts = [self.fact(one) for one in rests[:SHOWN]]
        facts += [say("settles_more", self.language, count=len(rests) - SHOWN)] if rests[SHOWN:] else []
        if facts and finding.low == entry.bounds[0] != finding.high:  # nothing is known of it yet but what is missing
            return f"{entry.label[self.language]} ({say('for_lack_of', self.language)} {'; '.join(facts)})"
        known = f"{entry.label[self.language]}: {known_words(finding, entry, self.language)}"
        return f"{known} [{say('from', self.language)} {'; '.join(facts)}]" if facts else known

    def rests_on(self, code: str, seen: set[str]) -> Iterable[str]:
        """The observations that the rules behind a conclusion turn on; while none of them holds, those they wait for."""
        seen.add(code)
        judgements = self.decision.judgements
        behind = makers(self.base, self.decision, code)
        for rule in [rule for rule in behind if judgements.truths[rule.id]] or behind:
            for leaf in judgements.of(rule).leaves:
                if leaf.finding not in self.base.ruleset.conclusions:
                    yield leaf.finding
                elif leaf.finding not in seen:
                    yield from self.rests_on(leaf.finding, seen)

    def fact(self, code: str) -> str:
        entry, finding = self.base.dictionary.entries[code], of(self.decision.judgements.findings, code)
        notes = [word(finding.source, self.language)] if finding.source else []
        if finding.at is not None:
            notes += [date_words(finding.at, self.language), age_words(self.decision.as_of - finding.at, self.language)]
        known = f"{entry.label[self.language]}: {known_words(finding, entry, self.language)}"
        return str(clean(f"{known} ({', '.join(notes)})" if notes else known))
