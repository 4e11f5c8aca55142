"""Reasons and findings as documents: who says so, what decides it, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.artifacts import Rule
from engine.base import KnowledgeBase
from engine.conditions import Compare
from engine.decision import Decision, Reason
from engine.dictionary import Language, Number, Value
from engine.findings import Finding
from engine.judgements import Truth, compare, of
from engine.phrases import phrases
from engine.timing import instant
from engine.wording import finding_words

Document = dict[str, Any]
TRUTHS = {True: "true", False: "false", None: "unknown"}


class Grounds:
    """Writes the reasons of one decision in one language. shown: every finding that was mentioned."""

    def __init__(self, base: KnowledgeBase, decision: Decision, language: Language) -> None:
        self.base, self.decision, self.language = base, decision, language
        self.phrases = phrases(base, language)
        self.shown: set[str] = set()
        self._reasons: dict[tuple[str, Truth], Document] = {}
        self._grounds: dict[str, Document] = {}
        self._known: dict[str, str] = {}

    def reason(self, reason: Reason) -> Document:
        """Who says so, how strongly, and why. The same reason is written once, however often it is given."""
        known = self._reasons.get((reason.reference, reason.truth))
        if known is None:
            known = self._reasons[reason.reference, reason.truth] = self._write(reason)
        return known

    def _write(self, reason: Reason) -> Document:
        by = reason.by
        document: Document = {
            "by": reason.reference,
            "title": by.title[self.language],
            "stratum": reason.stratum,
            "truth": TRUTHS[reason.truth],
            "precaution": reason.precaution,
            "strength": by.evidence.strength,
            "verification": by.evidence.verification,
            "sources": list(by.evidence.sources),
            "grounds": [self.ground(leaf) for leaf in reason.grounds],
        }
        if isinstance(by, Rule):
            document |= {"because": by.because[self.language], "sentence": self.phrases.sentence(by.when)}
        return document

    def ground(self, leaf: Compare, here: Finding | None = None) -> Document:
        """A decisive leaf, what it says in words, and what is known of its finding. Many rules share a leaf: it is written once.

        here: where the finding is known of one stage of a pathway only.
        """
        if here is not None:
            return self._ground(leaf, here, self._words(here))
        known = self._grounds.get(leaf.text)
        if known is None:
            self.shown.add(leaf.finding)
            finding = of(self.decision.judgements.findings, leaf.finding)
            known = self._grounds[leaf.text] = self._ground(leaf, finding, self.known(finding))
        return known

    def _ground(self, leaf: Compare, finding: Finding, known: str) -> Document:
        return {
            "condition": leaf.text,
            "words": self.phrases.premise(leaf),
            "truth": TRUTHS[compare(leaf, finding)],
            "finding": leaf.finding,
            "known": known,
        }

    def known(self, finding: Finding) -> str:
        """What this decision knows of a finding, in words."""
        if finding.code not in self.decision.judgements.findings:
            return self.phrases.unknown(finding.code)
        known = self._known.get(finding.code)
        if known is None:
            known = self._known[finding.code] = self._words(finding)
        return known

    def _words(self, finding: Finding) -> str:
        return finding_words(finding, self.base.dictionary, self.language, self.decision.as_of)

    def reasons(self, reasons: Iterable[Reason]) -> list[Document]:
        return [self.reason(reason) for reason in reasons]

    def finding(self, finding: Finding) -> Document:
        entry = self.base.dictionary.entries[finding.code]
        return {
            "code": finding.code,
            "label": entry.label[self.language],
            "value": self.value(finding.code, finding.low) if finding.exact else None,
            "low": self.value(finding.code, finding.low),
            "high": self.value(finding.code, finding.high),
            "unit": entry.unit,
            "absent": finding.absent,
            "at": instant(finding.at) if finding.at else None,
            "age_days": (self.decision.as_of - finding.at).days if finding.at else None,
            "source": finding.source,
            "words": self.known(finding),
            "basis": list(finding.basis),
        }

    def value(self, code: str, number: Number | None) -> Value | None:
        return None if number is None else self.base.dictionary.entries[code].decode(number)
