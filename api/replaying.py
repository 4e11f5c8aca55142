"""A past decision made again, from what the journal holds: under the release it was made with, to the byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from adapters.journal import Journal, Stored
from adapters.journal.entries import digest
from adapters.journal.reading import release_files
from adapters.units import convert
from api.recording import Asked, code_digest, opened_decision
from api.rendering import answer_json, explained
from engine.base import KnowledgeBase
from engine.compiled import Compiled
from engine.decision import Decision
from engine.errors import Problem, Refused
from engine.explain import Explanation
from engine.findings import Findings
from engine.judgements import Infer, Judgements, RuleSet
from engine.recommend import recommend
from engine.record import Record
from engine.sharing import held as hold_back
from knowledge.bundle import unbundle

Verdict = Literal["same", "differs", "differs_by_code", "forgotten", "release_missing"]
_RELEASES = 4


@dataclass(frozen=True, slots=True)
class Replayed:
    """A decision as it was made, and whether its answer has the bytes that it had."""

    verdict: Verdict
    base: KnowledgeBase | None = None
    asked: Asked | None = None
    decision: Decision | None = None
    about: Explanation | None = None
    answer: str | None = None


class Replayer:
    """Makes past decisions again. live: the release in force, which need not be loaded anew."""

    def __init__(self, journal: Journal, live: KnowledgeBase, witness: Infer) -> None:
        self._journal, self._live, self._witness = journal, live, witness
        self._past = lru_cache(_RELEASES)(self._load)

    def replay(self, stored: Stored) -> Replayed:
        """One decision. Raises StoreFault, KeyFault, JournalFault; Refused where a kept release was changed."""
        facts, held = stored.document["facts"], opened_decision(self._journal, stored)
        if held is None:
            return Replayed("forgotten")
        found = self._release(facts["digest"])
        if found is None:
            return Replayed("release_missing")
        base, witness = found
        detail = held.get("detail", "full")  # entries of before there was a choice hold everything
        at = datetime.fromisoformat(held["as_of"])
        asked = Asked(at, held["language"], held["component"], stored.subject, held["live"], detail=detail)
        record = Record.model_validate_json(json.dumps(held["record"]))
        decision = recommend(base, record, asked.as_of, _as_then(witness, facts["engines"], held), convert)
        decision = hold_back(base, decision) if held.get("held_back") else decision
        about = explained(base, decision, asked.component)
        answer = answer_json(base, decision, asked.language, about, asked.detail)
        same = digest(answer.encode()) == held["answer"] and decision.id == held["decision"]
        verdict: Verdict = "same" if same else "differs" if facts["code"] == code_digest() else "differs_by_code"
        return Replayed(verdict, base, asked, decision, about, answer)

    def _release(self, wanted: str) -> tuple[KnowledgeBase, Infer] | None:
        return (self._live, self._witness) if wanted == self._live.release.digest else self._past(wanted)

    def _load(self, wanted: str) -> tuple[KnowledgeBase, Infer] | None:
        files = release_files(self._journal.opened(), wanted)
        if files is None:
            return None
        base = unbundle(files, wanted)
        return base, Compiled(base.ruleset)


def _as_then(witness: Infer, agreement: Any, held: dict[str, Any]) -> Callable[[RuleSet, Findings], Judgements]:
    """What the second engine said is not asked again: it is part of what was written down."""

    def infer(ruleset: RuleSet, findings: Findings) -> Judgements:
        judged = witness(ruleset, findings)
        return replace(judged, agreement=agreement, disputed=tuple(held["disputed"]), emergent=tuple(held["emergent"]))

    return infer


def verified(replayed: Replayed) -> Replayed:
    """Raises Refused when the decision cannot be had again as it was."""
    if replayed.verdict == "same":
        return replayed
    what = {
        "forgotten": "The person was forgotten, and with them what was decided.",
        "release_missing": "The release it was made with is not kept here.",
        "differs": "It does not come out as it was.",
        "differs_by_code": "It was made by another version, and does not come out as it was.",
    }[replayed.verdict]
    raise Refused([Problem("entry", f"replay-{replayed.verdict.replace('_', '-')}", what, "Verify the journal.")])
