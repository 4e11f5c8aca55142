"""What a release says in one language, whoever is asked about: put into words once, and read by every decision."""

from __future__ import annotations

from engine.base import KnowledgeBase
from engine.conditions import Compare, Condition
from engine.dictionary import Language
from engine.findings import never_asked
from engine.wording import finding_words, premise, question, sentence


class Phrases:
    """Of one release and language. From many threads: two that come at once put the same words into the same place."""

    def __init__(self, base: KnowledgeBase, language: Language) -> None:
        self.base, self.language = base, language
        self._sentences: dict[int, tuple[Condition, str]] = {}
        self._premises: dict[str, str] = {}
        self._questions: dict[tuple[str, str], str] = {}
        self._unknown: dict[str, str] = {}

    def sentence(self, condition: Condition) -> str:
        """A condition as one sentence."""
        known = self._sentences.get(id(condition))
        if known is None:  # it is kept beside its words, so that no other can come by its id
            known = self._sentences[id(condition)] = (condition, sentence(condition, self.base.dictionary, self.language))
        return known[1]

    def premise(self, leaf: Compare) -> str:
        """A leaf in words."""
        known = self._premises.get(leaf.text)
        if known is None:
            known = self._premises[leaf.text] = premise(leaf, self.base.dictionary, self.language)
        return known

    def question(self, subject: str, kind: str) -> str:
        """How to ask for what is missing."""
        known = self._questions.get((subject, kind))
        if known is None:
            known = self._questions[subject, kind] = question(self.base, subject, kind, self.language)
        return known

    def unknown(self, code: str) -> str:
        """What is known of a finding that was never asked."""
        known = self._unknown.get(code)
        if known is None:
            known = self._unknown[code] = finding_words(never_asked(code), self.base.dictionary, self.language)
        return known


def phrases(base: KnowledgeBase, language: Language) -> Phrases:
    """Those of a release; made when they are first asked for."""
    known = base.phrases.get(language)
    if not isinstance(known, Phrases) or known.base is not base:  # a base that was copied with a change has words of its own
        known = base.phrases[language] = Phrases(base, language)
    return known
