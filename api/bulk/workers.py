"""Processes that work on the portions of a run, and end with the one that started them, however that ends."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from errno import EDQUOT, ENOSPC
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from api.bulk.deciding import Deciding, Stopped, stopped
from api.bulk.portions import Report, work
from api.bulk.run import Place, Run, Spreading
from api.bulk.seams import Seams
from api.security.security import Security
from api.settings import Settings
from api.wiring import Service
from engine.errors import Problem, Refused

PATIENCE = 5.0  # seconds that a decision may wait for the second engine: nobody waits for it
_EVERY = 20  # patients between two reports


@contextmanager
def deciding(settings: Settings, run: Run, seams: Seams) -> Iterator[Deciding]:
    """All that it takes to decide, ready."""
    with Service(settings, PATIENCE) as service, closing(Security(service)) as security:
        service.warm()
        yield Deciding(security, run, seams)


@contextmanager
def told() -> Iterator[None]:
    """What a disk or the files on it do wrong stops a run, and says so. Of what nobody foresaw it says the kind alone."""
    try:
        yield
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT):
            raise stopped("disk-full", "The disk is full.", "Make room.") from None
        raise stopped("file-failing", "A file of the run cannot be read or written.", "Look at disk and permissions.") from None
    except sqlite3.Error as error:
        full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        code, what = ("disk-full", "The disk is full.") if full else ("file-failing", "A file of the run cannot be read or written.")
        raise stopped(code, what, "Look at the disk.") from None
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001
        raise stopped("internal", f"Something went wrong here: {type(error).__name__}.", "Tell whoever maintains this.") from None


def here(portions: list[int], place: Place, spreading: Spreading, found: Deciding, report: Report) -> None:
    """Work on them in this process. Raises Stopped."""
    with told():
        for portion in portions:
            work(portion, place, spreading, found, report)


def elsewhere(
    count: int, portions: list[int], place: Place, spreading: Spreading, run: Run, settings: Settings, seams: Seams, report: Report
) -> None:
    """Work on them in so many processes. Raises Stopped: with the first that cannot go on, all end."""
    context, waiting = get_context("spawn"), list(reversed(portions))
    pipes: dict[Connection, Any] = {}
    try:
        for _ in range(min(count, len(portions))):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, place.out, spreading, run, settings, seams), daemon=True)
            process.start()
            theirs.close()
            pipes[ours] = process
        busy = set(pipes)
        while busy:
            for pipe in wait(list(busy)):
                _heard(pipe, waiting, report, busy.discard)  # type: ignore[arg-type]
    finally:
        for pipe, process in pipes.items():
            pipe.close()
            process.join(10)
            process.kill()


def _heard(pipe: Connection, waiting: list[int], report: Report, leave: Callable[[Connection], None]) -> None:
    """What one of them says: that it wants a portion, what it has done, or why it cannot go on."""
    try:
        said = pipe.recv()
    except (EOFError, OSError):
        raise stopped("worker-ended", "A process of the run ended before it was done.", "See whether memory is enough.") from None
    if isinstance(said, int):
        report(said)
    elif said is not None:
        raise Stopped(Problem(*item) for item in said)
    elif waiting:
        pipe.send(waiting.pop())
    else:
        leave(pipe)
        with suppress(OSError):
            pipe.send(None)


def _serve(pipe: Connection, out: Path, spreading: Spreading, run: Run, settings: Settings, seams: Seams) -> None:
    """In the other process: portions until there are none, or until nobody is there to ask for them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it was interrupted, too, and ends it
    given: SimpleQueue[int | None] = SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, given), daemon=True).start()
    count = 0

    def report(done: int) -> None:
        nonlocal count
        count += done
        if count >= _EVERY:
            pipe.send(count)
            count = 0

    try:
        with told(), deciding(settings, run, seams) as found:
            pipe.send(None)
            while (portion := given.get()) is not None:
                work(portion, Place(out), spreading, found, report)
                pipe.send(count)
                count = 0
                pipe.send(None)
    except Stopped as reason:
        pipe.send([(item.where, item.code, item.what, item.do) for item in reason.problems])


def _listen(pipe: Connection, given: SimpleQueue[int | None]) -> None:
    """Nobody may go on without the one that started it: what took its place would do the same work."""
    try:
        while (said := pipe.recv()) is not None:
            given.put(said)
        given.put(None)
    except (EOFError, OSError):
        os._exit(1)
