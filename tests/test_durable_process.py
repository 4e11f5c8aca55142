"""A worker ends with its parent, answers only what it was asked, and is never shared by two askers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import random_knowledge

from adapters.durable import available, process
from adapters.durable.encode import encode
from adapters.durable.process import Unchecked
from adapters.durable.supervisor import Supervisor

pytestmark = pytest.mark.skipif(not available(), reason=available().reason or "")
PATIENCE = 10.0


@contextmanager
def supervisor(fault: dict[str, object] | None = None) -> Iterator[Supervisor]:
    made = Supervisor(encode(random_knowledge.people(7)[0]), fault)
    try:
        yield made
    finally:
        made.close()


def soon() -> float:
    return time.monotonic() + PATIENCE


def test_an_answer_to_another_question_is_not_taken() -> None:
    with supervisor() as made, pytest.raises(Unchecked, match="durable-mixed-up"), made.turn(soon()) as worker:
        worker.answer(worker.ask("{}", soon()) + 1, soon())


def test_a_worker_ends_itself_in_a_question_that_takes_too_long_and_not_between_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "ANSWER_WITHIN", 0.2)
    with (
        supervisor({"kind": "hang", "slot": None}) as made,
        pytest.raises(Unchecked, match="durable-worker-ended"),
        made.turn(soon()) as worker,
    ):
        worker.answer(worker.ask("{}", soon()), soon())
    with supervisor() as made:
        for _ in range(2):
            with made.turn(soon()) as worker:
                assert worker.answer(worker.ask("{}", soon()), soon())
            time.sleep(0.3)
        assert made.starts == 1


def test_whoever_waited_for_a_worker_that_was_lost_gets_the_next_one() -> None:
    got: list[int] = []

    def ask() -> None:
        with made.turn(soon()) as worker:
            worker.answer(worker.ask("{}", soon()), soon())
            got.append(worker.pid)

    with supervisor() as made:
        waiting = threading.Thread(target=ask)
        with suppress(KeyboardInterrupt), made.turn(soon()) as first:
            waiting.start()
            time.sleep(0.05)
            raise KeyboardInterrupt
        waiting.join(PATIENCE)
        assert len(got) == 1
        assert got != [first.pid]


def test_the_worker_ends_with_its_parent() -> None:
    source = """if True:
        import os, random_knowledge
        from adapters.durable import Lockstep
        from engine.judgements import infer
        rules, _ = random_knowledge.people(1, n=5)
        made = Lockstep(rules, infer).__enter__()
        print(made._second._ready.pid, made(rules, {}).agreement, flush=True)
        os.kill(os.getpid(), 9)
    """
    paths = os.pathsep.join([os.path.dirname(__file__), os.getcwd()])
    ran = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": paths}, check=False
    )
    worker, agreement = ran.stdout.split()
    assert (agreement, ran.returncode) == ("agreed", -signal.SIGKILL), ran.stderr
    end = soon()
    while not _ended(Path("/proc", worker, "stat")):
        assert time.monotonic() < end
        time.sleep(0.005)


def _ended(stat: Path) -> bool:
    """Whether a process is gone, or only waits to be reaped by whoever inherited it."""
    return not stat.exists() or stat.read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] == "Z"
