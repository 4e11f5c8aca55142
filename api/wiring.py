"""Everything is put together here and nowhere else: the knowledge, its readings, the journal and the clock."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, Self

from adapters.durable import Disagreement, Fault, Health, Lockstep
from adapters.units import convert
from api.intake import read_record
from api.settings import Settings
from api.vocabulary import Vocabulary
from engine.compiled import Compiled
from engine.decision import Decision
from engine.errors import Problem, Refused
from engine.explain import Explanation, explain
from engine.judgements import Infer, infer
from engine.recommend import recommend
from engine.record import Record
from knowledge.load import load

_log = logging.getLogger("tandem")
_OFF = Health("unchecked", 0, 0, 0, 0, "durable-off: switched off by TANDEM_DURABLE")


@dataclass(frozen=True, slots=True)
class JournalHealth:
    """reason: why an entry was lost, or could not be written now."""

    state: Literal["writable", "failing"]
    reason: str | None = None


class Service:
    """One release, ready to decide; from many threads. A context manager: it ends the second engine's process.

    patience: seconds a request may wait for the second engine. now: the clock.
    """

    def __init__(self, settings: Settings, patience: float = 0.25, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.settings, self.now = settings, now
        self.base = load(settings.knowledge, settings.overlay)
        self.vocabulary = Vocabulary(self.base)
        self.witness = Compiled(self.base.ruleset)
        self._lost: str | None = None
        self._lockstep = self._second(patience) if settings.durable else None
        self.infer: Infer = self._lockstep or self.witness

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._lockstep is not None:
            self._lockstep.close()

    def warm(self) -> None:
        """Wait until the second engine is ready, or known not to be, and load the units; without it the first requests do."""
        convert(1.0, "mg", "g")
        if self._lockstep is not None:
            self._lockstep.__enter__()

    def read(self, data: bytes) -> Record:
        """A record from bytes; raises Refused with every problem."""
        return read_record(data, self.vocabulary)

    def decide(self, record: Record, as_of: datetime) -> Decision:
        """The decision, judged by both engines where there are two."""
        return recommend(self.base, record, as_of, self.infer, convert)

    def explain(self, decision: Decision, component: str) -> Explanation:
        """Why, why not, and what would change it. The search asks thousands of times, so one engine answers it."""
        return explain(self.base, decision, component, infer)

    @property
    def engines(self) -> Health:
        """Whether the two engines agree, or why there is only one."""
        return self._lockstep.health if self._lockstep else _OFF

    @property
    def journal(self) -> JournalHealth:
        """Whether a disagreement could be written down now, and whether every one so far was."""
        from adapters.journal import JournalFault, check  # noqa: PLC0415 - takes a third of a second, and the CLI seldom needs it

        try:
            check(self.settings.data)
        except JournalFault as fault:
            return JournalHealth("failing", str(fault))
        return JournalHealth("failing", self._lost) if self._lost else JournalHealth("writable")

    def _second(self, patience: float) -> Lockstep:
        try:
            fault = Fault.parse(self.settings.fault) if self.settings.fault else None
            return Lockstep(self.base.ruleset, self.witness, patience, self._report, fault)
        except ValueError:
            do = "Use flip:<rule-id>, crash, hang or slow, or leave it out."
            raise Refused([Problem("TANDEM_DURABLE_FAULT", "setting-wrong", "There is no such fault or rule.", do)]) from None

    def _report(self, disagreement: Disagreement) -> None:
        """Write a disagreement down. A journal that fails turns health red and never costs the person the decision."""
        from adapters.journal import Entry, JournalFault, append  # noqa: PLC0415

        _log.error("engines-disagree: %s", ", ".join(disagreement.truths))
        release = self.base.release
        entry = Entry(self.now().isoformat(), release.id, release.digest, disagreement.findings, disagreement.truths)
        try:
            append(self.settings.data, entry)
        except JournalFault as fault:
            self._lost = f"{fault} (a disagreement was not written down)"
            _log.error("journal-failed: %s", fault)
