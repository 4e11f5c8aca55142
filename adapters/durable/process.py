"""The parent's end of a worker: one child process and the two pipes to it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import IO, cast

from adapters.durable.worker import VALUE_REFUSED

WORKER = Path(__file__).with_name("worker.py")
START_WITHIN = 10.0  # seconds to compile the rules; there are rule sets on which durable-rules loops for ever
ANSWER_WITHIN = 10.0  # seconds; then the worker ends itself, should nobody be left to end it


class Unchecked(RuntimeError):
    """Why there is no verdict of durable-rules. The message starts with a stable code."""


class ValueRefused(Unchecked):
    """The worker is sound, but would not let durable-rules see a value."""


class Worker:
    """A child process that judges; whoever asks holds its turn until the answer is read."""

    def __init__(self, program: Mapping[str, object]) -> None:
        self.turn = threading.Lock()
        self._number = 0
        self._program = json.dumps({**program, "parent": os.getpid(), "start_within": START_WITHIN, "answer_within": ANSWER_WITHIN})
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and our own file)
            [sys.executable, "-P", str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,  # a Ctrl-C in the terminal is for the service, which then ends its worker itself
        )
        self._to, self._from = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        os.set_blocking(self._to.fileno(), False)
        self._room, self._news = select.poll(), select.poll()
        self._room.register(self._to.fileno(), select.POLLOUT)
        self._news.register(self._from.fileno(), select.POLLIN)

    @property
    def pid(self) -> int:
        return self._process.pid

    def load(self) -> None:
        """Hand over the program and wait until its rules are compiled; raises Unchecked."""
        deadline = monotonic() + START_WITHIN
        self._write(self._program, deadline)
        self._read(0, deadline)

    def ask(self, findings: str, deadline: float) -> int:
        """Put a question, findings as JSON; its number goes with the answer."""
        self._number += 1
        self._write(f"[{self._number},{findings}]", deadline)
        return self._number

    def answer(self, number: int, deadline: float) -> str:
        """The truths that answer a question; raises Unchecked."""
        truths, fault = self._read(number, deadline)
        if truths is None:
            raise ValueRefused(fault) if fault.startswith(VALUE_REFUSED) else Unchecked(fault)
        return truths

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> str:
        """Wait until the process has ended and is reaped, and say how it ended."""
        code = self._process.wait()
        return f"durable-worker-ended: {'signal' if code < 0 else 'code'} {abs(code)}"

    def close(self) -> None:
        """Close the pipes, once nobody can take a turn any more; whoever still has one is reading that the worker ended."""
        with self.turn:
            self._to.close()
            self._from.close()

    def _write(self, message: str, deadline: float) -> None:
        left = memoryview(message.encode() + b"\n")
        while left:
            _await(self._room, deadline)
            try:
                left = left[os.write(self._to.fileno(), left) :]
            except BrokenPipeError:
                raise Unchecked("durable-worker-ended: before it was asked") from None

    def _read(self, number: int, deadline: float) -> tuple[str | None, str]:
        line = b""
        while not line.endswith(b"\n"):
            _await(self._news, deadline)
            more = os.read(self._from.fileno(), 65536)
            if not more:
                raise Unchecked("durable-worker-ended: before it answered")
            line += more
        try:
            said, truths, fault = json.loads(line)
        except (TypeError, ValueError):
            said = None
        if said != number:
            raise Unchecked("durable-mixed-up: what it said does not answer the question")
        return truths, fault


def _await(poll: select.poll, deadline: float) -> None:
    if not poll.poll(max(0.0, deadline - monotonic()) * 1000):
        raise Unchecked("durable-timeout: no answer in time")
