"""A decision is written in the journal before it is answered; an answer that could not be is marked, and leaves all the same."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from adapters.journal import Draft, Journal, JournalFault, Request, RequestDiffers, Stored, SubjectGone
from adapters.journal.entries import digest
from adapters.journal.reading import keep_release, private
from api.timing import timed
from api.view import Recorded
from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Language
from engine.document import Detail
from engine.record import Record
from engine.timing import instant
from knowledge.bundle import bundle

MAIN = "main"  # the tenant of an installation that has only one
_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked besides the record. component: the one to be explained. subject: a stored patient. live: of now, as known now.

    detail: how much of a decision its document holds.
    """

    as_of: datetime
    language: Language
    component: str | None = None
    subject: str | None = None
    live: bool = False
    request: Request | None = None
    tenant: str = MAIN
    detail: Detail = "short"


def person_of(tenant: str, identifier: str) -> str:
    """What names a person in the journal: the same identifier of two tenants is two people."""
    return identifier if tenant == MAIN else f"{tenant}\n{identifier}"  # no identifier holds a line break


@dataclass(frozen=True, slots=True)
class Kept:
    """Whether an answer is written down, and where. again: this request had come before, and the entry is the one of then."""

    state: Recorded
    entry: str | None = None
    again: bool = False


class Recorder:
    """Writes decisions under one release."""

    def __init__(self, journal: Journal, base: KnowledgeBase, folder: Path, overlay: Path | None = None) -> None:
        self.journal, self.base, self.folder, self.overlay = journal, base, folder, overlay
        self._release_kept = False

    @timed("journal")
    def decision(self, asked: Asked, record: Record, decision: Decision, answer: str, *, held_back: bool = False) -> Kept:
        """Write a decision down. answer: the JSON document that it is told in. Raises RequestDiffers, SubjectGone.

        record: as its reader could see it. held_back: whether safety rests on what they could not (see `engine.sharing`).
        """
        try:
            self.keep_release()
        except JournalFault as fault:
            self.journal.missed(fault)
            return Kept("unrecorded")
        try:
            receipt = self.journal.append(self._draft(asked, record, decision, answer, held_back=held_back))
        except (RequestDiffers, SubjectGone):
            raise
        except JournalFault:
            return Kept("unrecorded")
        return Kept("recorded", receipt.id, receipt.again)

    def begin(self) -> None:
        """Open the journal, so that the first decision need not; one that fails now is tried again then."""
        with suppress(JournalFault):
            self.keep_release()

    def disagreement(self, findings: Mapping[str, Any], truths: Mapping[str, Any]) -> None:
        """Write down what two engines read differently: which rules, and the ranges that they were judged on."""
        release = self.base.release
        facts = {"release": release.id, "digest": release.digest, "rules": ",".join(sorted(truths))}
        held = json.dumps({"findings": dict(findings), "truths": dict(truths)}, sort_keys=True).encode()
        with suppress(JournalFault):  # the journal counts and reports what it could not write
            self.journal.append(Draft("disagreement", facts, held))

    def keep_release(self) -> None:
        """The release is kept before anything is decided by it. Raises JournalFault."""
        if not self._release_kept:
            release = self.base.release
            keep_release(self.journal, release.digest, release.id, bundle(self.folder, self.overlay))
            self._release_kept = True

    def earlier(self, request: Request) -> Stored | None:
        """The entry that answers this request, if it has come before. Raises RequestDiffers; a journal that is down knows of none."""
        try:
            return self.journal.answered(request)
        except RequestDiffers:
            raise
        except JournalFault:
            return None

    def _draft(self, asked: Asked, record: Record, decision: Decision, answer: str, *, held_back: bool) -> Draft:
        release, judgements = self.base.release, decision.judgements
        facts = {"release": release.id, "digest": release.digest, "code": code_digest(), "engines": judgements.agreement}
        held: dict[str, Any] = {
            "record": record.model_dump(mode="json", exclude_defaults=True),
            "as_of": asked.as_of.isoformat(),
            "language": asked.language,
            "component": asked.component,
            "detail": asked.detail,
            "live": asked.live,
            "held_back": held_back,
            "decision": decision.id,
            "outcome": decision.outcome,
            "disputed": judgements.disputed,
            "emergent": judgements.emergent,
            "positions": [*_positions(decision)],
            "answer": digest(answer.encode()),
        }
        packed = zlib.compress(orjson.dumps(held), 1)
        person = None if asked.subject or not record.patient.id else person_of(asked.tenant, record.patient.id)
        return Draft("decision", facts, packed, person, asked.subject, asked.request)


def opened_decision(journal: Journal, stored: Stored) -> dict[str, Any] | None:
    """What was sealed of a decision; None once its person has been forgotten."""
    packed = private(journal.opened(), stored)
    found: dict[str, Any] | None = None if packed is None else json.loads(zlib.decompress(packed))
    return found


@cache
def code_digest() -> str:
    """Names the code that decides: a decision replays to the byte under the same release and the same code."""
    paths = sorted(path for name in ("engine", "knowledge") for path in (_ROOT / name).glob("*.py"))
    whole = hashlib.sha256()
    for path in (*paths, _ROOT / "adapters" / "units.py"):
        whole.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]


def _positions(decision: Decision) -> Iterator[dict[str, str]]:
    """Where this decision places the person, for the next one to start from."""
    for item in decision.positions:
        placed = {"pathway": item.pathway.id, "version": item.pathway.version}
        yield from (placed | {"stage": place.name, "since": instant(place.since or decision.as_of)} for place in item.places)
