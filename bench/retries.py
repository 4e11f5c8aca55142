"""`python -m bench.retries N`: N requests, each sent four times at once through two processes. Each must be one decision.

Then the same while one of the two is stopped for longer than the other waits for it, as by a machine that pauses: answers may leave
unrecorded, and must say so; no key may be two decisions.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext

from adapters.store.connect import PATIENCE
from bench.serving import Answer, Place, Service, places

TIMES = 4
STOPPED = 1.5 * PATIENCE  # seconds
BETWEEN = 0.5  # seconds
IN_STALLS = 4  # one key of so many is asked for again while a process is stopped now and then


def campaign(place: Place, keys: range, *, stalls: bool = False) -> tuple[int, int]:
    """Keys that are not one decision, and answers that left unrecorded."""
    services = [place.service() for _ in range(2)]
    answers: dict[int, list[Answer]] = defaultdict(list)
    lock = threading.Lock()

    def ask(number: int) -> None:
        key = keys[number // TIMES]
        answer = services[number % 2].decide(**{"idempotency-key": f"key-{key}"})
        with lock:
            answers[key].append(answer)

    with ThreadPoolExecutor(2 * TIMES) as pool, _stopped_at_times(services[0]) if stalls else nullcontext():
        list(pool.map(ask, range(len(keys) * TIMES)))
    for service in services:
        service.end()
    unrecorded = sum(answer.journal == "unrecorded" for key in keys for answer in answers[key])
    return sum(not _one_decision(answers[key]) for key in keys), unrecorded


def _one_decision(answers: list[Answer]) -> bool:
    """Every answer came, each says whether it is recorded, and those that are recorded are one and the same."""
    recorded = {(answer.entry, answer.body) for answer in answers if answer.journal == "recorded"}
    told = all(answer.status == 200 and (answer.entry is not None) == (answer.journal == "recorded") for answer in answers)
    return told and len(answers) == TIMES and len(recorded) <= 1


@contextmanager
def _stopped_at_times(service: Service) -> Iterator[None]:
    assert service.process is not None
    process, over = service.process, threading.Event()

    def stop() -> None:
        while not over.wait(BETWEEN):
            process.send_signal(signal.SIGSTOP)
            over.wait(STOPPED)
            process.send_signal(signal.SIGCONT)

    thread = threading.Thread(target=stop)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def main() -> int:
    """0 when each request is one decision."""
    count, failures = int(sys.argv[1]), 0
    with places("sqlite", "postgresql") as found:
        for place in found:
            calm = range(count)
            wrong, unrecorded = campaign(place, calm)
            more = sum(kind == "decision" for kind in place.entries().values()) - count
            print(f"{place.kind}: {count * TIMES} requests under {count} keys, two processes:", end=" ")
            print(f"{wrong} keys wrong, {unrecorded} answers unrecorded, {more} decisions too many")
            failures += wrong + unrecorded + abs(more)

            stalled = range(count, count + max(1, count // IN_STALLS))
            wrong, unrecorded = campaign(place, stalled, stalls=True)
            more = max(0, sum(kind == "decision" for kind in place.entries().values()) - stalled.stop)
            problems = len(place.verified().problems)
            print(f"{place.kind}: {len(stalled) * TIMES} requests under {len(stalled)} keys, one process stopped now and then:", end=" ")
            print(f"{wrong} keys wrong, {unrecorded} answers unrecorded and said so, {more} decisions too many,", end=" ")
            print(f"{problems} faults in the journal")
            failures += wrong + more + problems
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
