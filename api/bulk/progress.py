"""How far a run has come: a bar on a terminal, a line now and then elsewhere. Numbers only, and never of whom."""

from __future__ import annotations

import sys
from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

_EVERY = 10.0  # seconds between two lines


class Bar:
    """On a terminal. A context manager."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, transient=True)
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._progress.stop()

    def reading(self, bytes_of: int) -> None:
        self._task = self._progress.add_task("read (kB)", total=bytes_of // 1024 or None)

    def read(self, more: int) -> None:
        self._advance(more / 1024)

    def deciding(self, patients: int, done: int) -> None:
        self._task = self._progress.add_task("patients", total=patients, completed=done)

    def decided(self, more: int) -> None:
        self._advance(more)

    def _advance(self, more: float) -> None:
        if self._task is not None:
            self._progress.advance(self._task, more)


class Lines:
    """Elsewhere, on standard error. A context manager."""

    def __init__(self) -> None:
        self._patients = self._done = 0
        self._said = monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def reading(self, bytes_of: int) -> None:
        self._say(f"reading {bytes_of} bytes")

    def read(self, more: int) -> None:
        pass

    def deciding(self, patients: int, done: int) -> None:
        self._patients, self._done = patients, done
        self._say(f"{done} of {patients} patients")

    def decided(self, more: int) -> None:
        self._done += more
        if monotonic() - self._said >= _EVERY:
            self._say(f"{self._done} of {self._patients} patients")

    def _say(self, text: str) -> None:
        self._said = monotonic()
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def shown() -> Bar | Lines:
    """As standard error can show it."""
    console = Console(stderr=True)
    return Bar(console) if console.is_terminal else Lines()
