"""Keeps one worker running: starts it, notices its end, reaps it and starts another.

A worker that crashed, hung or went wrong is never asked again. The first replacement comes at once; while they do not
last, each further one comes after twice the rest.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

from adapters.durable.encode import Program
from adapters.durable.process import Unchecked, ValueRefused, Worker

LASTING = 30.0  # seconds after which a worker counts as sound
FIRST_REST, LONGEST_REST = 0.5, 60.0
STARTING = "durable-starting: the worker is not ready yet"
CLOSED = "durable-closed: the second engine was shut down"
_log = logging.getLogger(__name__)


class Supervisor:
    """One worker at a time for one program. fault: goes into the first worker only; a restart is seen to heal it."""

    def __init__(self, program: Program, fault: Mapping[str, object] | None = None) -> None:
        self.program = program
        self.starts = 0
        self.reason: str | None = STARTING
        self._fault = fault
        self._changed = threading.Condition()
        self._latest: Worker | None = None  # may still be loading
        self._ready: Worker | None = None
        self._starting, self._closed = True, False
        self._thread = threading.Thread(target=self._keep, name="durable-supervisor", daemon=True)
        self._thread.start()

    def await_start(self, deadline: float) -> None:
        """Wait until a worker is ready or could not be had."""
        with self._changed:
            self._changed.wait_for(lambda: not self._starting, max(0.0, deadline - monotonic()))

    @contextmanager
    def turn(self, deadline: float) -> Iterator[Worker]:
        """The worker, to put one question to; raises Unchecked. Whatever interrupts a turn costs the worker.

        Its answer would otherwise be read by whoever comes next.
        """
        worker = self._take(deadline)
        try:
            yield worker
        except ValueRefused:
            raise
        except BaseException:
            self._lose(worker)
            raise
        finally:
            worker.turn.release()

    def close(self) -> None:
        """End the worker, for good."""
        with self._changed:
            self._closed, self._starting, self._ready = True, False, None
            self.reason = CLOSED
            if self._latest is not None:
                self._latest.kill()
            self._changed.notify_all()
        self._thread.join()

    def _take(self, deadline: float) -> Worker:
        while True:
            self.await_start(deadline)
            worker = self._ready
            if worker is None:
                raise Unchecked(self.reason or STARTING)
            if not worker.turn.acquire(timeout=max(0.0, deadline - monotonic())):
                raise Unchecked("durable-busy: other requests hold the worker")
            if worker is self._ready:
                return worker
            worker.turn.release()

    def _lose(self, worker: Worker) -> None:
        with self._changed:
            if self._ready is worker:
                self._ready, self._starting = None, True
            worker.kill()

    def _keep(self) -> None:
        brief = 0  # workers in a row that did not last
        while self._begin():
            began = monotonic()
            ended = self._live()
            brief = 1 if monotonic() - began > LASTING else brief + 1
            self._rest(ended, 0.0 if brief == 1 else min(FIRST_REST * 2.0 ** (brief - 2), LONGEST_REST))

    def _begin(self) -> bool:
        with self._changed:
            if self._closed:
                return False
            self._starting = True
            self.starts += 1
            return True

    def _live(self) -> str:
        """One worker from its start to its end; how it ended."""
        fault, self._fault = self._fault, None
        try:
            worker = Worker({**self.program.body, "fault": fault})
        except OSError as error:
            return f"durable-not-started: {error.strerror}"
        try:
            self._adopt(worker)
            worker.load()
            self._present(worker)
        except Unchecked as reason:
            worker.kill()
            worker.wait()
            ended = str(reason)
        else:
            ended = worker.wait()
        self._lose(worker)
        worker.close()
        return ended

    def _adopt(self, worker: Worker) -> None:
        with self._changed:
            self._latest = worker
            if self._closed:
                raise Unchecked(CLOSED)

    def _present(self, worker: Worker) -> None:
        with self._changed:
            if self._closed:
                raise Unchecked(CLOSED)
            self._ready, self._starting, self.reason = worker, False, None
            self._changed.notify_all()

    def _rest(self, ended: str, rest: float) -> None:
        with self._changed:
            if self._closed:
                return
            _log.warning("%s; another in %s s", ended, rest)
            self._ready, self._starting, self.reason = None, rest == 0, ended
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._closed, rest)
