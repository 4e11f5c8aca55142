"""Everything is put together here and nowhere else: the knowledge, its readings, the journal and the clock."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from adapters.durable import Disagreement, Fault, Health, Lockstep
from adapters.units import convert
from api.intake import read_record
from api.settings import Settings
from api.vocabulary import Vocabulary
from engine.compiled import Compiled
from engine.decision import Decision
from engine.errors import Problem, Refused
from engine.judgements import Infer
from engine.recommend import recommend
from engine.record import Record
from knowledge.load import load

if TYPE_CHECKING:
    from adapters.journal import Journal
    from api.recording import Recorder
    from api.replaying import Replayer

_log = logging.getLogger("tandem")
_OFF = Health("unchecked", 0, 0, 0, 0, "durable-off: switched off by TANDEM_DURABLE")


class Service:
    """One release, ready to decide; from many threads. A context manager: it ends the second engine's process.

    patience: seconds a request may wait for the second engine. now: the clock.
    """

    def __init__(self, settings: Settings, patience: float = 0.25, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.settings, self.now = settings, now
        self.base = load(settings.knowledge, settings.overlay)
        self.vocabulary = Vocabulary(self.base)
        self.witness = Compiled(self.base.ruleset)
        self._lockstep = self._second(patience) if settings.durable else None
        self.infer: Infer = self._lockstep or self.witness

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._lockstep is not None:
            self._lockstep.close()
        if "journal" in self.__dict__:
            self.journal.close()

    def warm(self) -> None:
        """What the first requests would else wait for: the second engine, the units, the journal with this release in it."""
        convert(1.0, "mg", "g")
        self.recorder.begin()
        if self._lockstep is not None:
            self._lockstep.__enter__()

    def read(self, data: bytes) -> Record:
        """A record from bytes; raises Refused with every problem."""
        return read_record(data, self.vocabulary)

    def decide(self, record: Record, as_of: datetime) -> Decision:
        """The decision, judged by both engines where there are two."""
        return recommend(self.base, record, as_of, self.infer, convert)

    @property
    def engines(self) -> Health:
        """Whether the two engines agree, or why there is only one."""
        return self._lockstep.health if self._lockstep else _OFF

    @cached_property
    def journal(self) -> Journal:
        """Where every answered decision is written down first."""
        from adapters.journal import Journal  # noqa: PLC0415 - takes a third of a second, and the CLI seldom needs it

        return Journal(self.settings.database_url, self.settings.keys, self.now)

    @cached_property
    def recorder(self) -> Recorder:
        """Writes decisions down."""
        from api.recording import Recorder  # noqa: PLC0415

        return Recorder(self.journal, self.base, self.settings.knowledge, self.settings.overlay)

    @cached_property
    def replayer(self) -> Replayer:
        """Makes past decisions again."""
        from api.replaying import Replayer  # noqa: PLC0415

        return Replayer(self.journal, self.base, self.witness)

    def _second(self, patience: float) -> Lockstep:
        try:
            fault = Fault.parse(self.settings.fault) if self.settings.fault else None
            return Lockstep(self.base.ruleset, self.witness, patience, self._report, fault)
        except ValueError:
            do = "Use flip:<rule-id>, crash, hang or slow, or leave it out."
            raise Refused([Problem("TANDEM_DURABLE_FAULT", "setting-wrong", "There is no such fault or rule.", do)]) from None

    def _report(self, disagreement: Disagreement) -> None:
        """Write a disagreement down. A journal that fails turns health red and never costs the person the decision."""
        _log.error("engines-disagree: %s", ", ".join(disagreement.truths))
        self.recorder.disagreement(disagreement.findings, disagreement.truths)
