"""The process that works on one job: behind everything else that the machine does, and no longer than whoever started it."""

from __future__ import annotations

import json
import os
import signal
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic

from adapters.fhir.bulk.files import put
from api.bulk.deciding import Stopped
from api.bulk.run import Place
from api.bulk.running import go_on
from api.bulk.seams import Seams
from api.settings import Settings
from engine.errors import Refused

PROGRESS, STOPPED, ENDED = "progress.json", "stopped.json", "ended.json"
_EVERY = 1.0  # seconds between two notes of how far it is
_NICE = 10


class Notes:
    """Writes down how far a run has come, where the service finds it."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._patients, self._done, self._noted = folder, 0, 0, 0.0

    def reading(self, bytes_of: int) -> None:
        pass

    def read(self, more: int) -> None:
        pass

    def deciding(self, patients: int, done: int) -> None:
        self._patients, self._done = patients, done
        self._note()

    def decided(self, more: int) -> None:
        self._done += more
        if monotonic() - self._noted >= _EVERY:
            self._note()

    def _note(self) -> None:
        self._noted = monotonic()
        put(self._folder / PROGRESS, json.dumps({"patients": self._patients, "done": self._done}).encode())


def serve(pipe: Connection, folder: Path, source: Path | None, settings: Settings, release: str, seams: Seams) -> None:
    """Work on the job until it has ended, or cannot go on. source: the folder of an export; None for stored patients."""
    os.nice(_NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(pipe,), daemon=True).start()
    (folder / STOPPED).unlink(missing_ok=True)
    try:
        go_on(source, Place(folder / "out"), settings, release, Notes(folder), 1, seams)
    except Refused as refused:
        code = refused.problems[0].code
        if code != "run-busy":  # another process of the service is faster
            with suppress(OSError):  # the job was cancelled, and its folder is gone
                put(folder / (STOPPED if isinstance(refused, Stopped) else ENDED), json.dumps({"code": code}).encode())


def _end_with(pipe: Connection) -> None:
    with suppress(EOFError, OSError):
        pipe.recv()
    os._exit(1)
