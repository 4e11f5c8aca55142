"""`make durable`: what it costs to write a decision down before it is answered, on both databases, and over HTTP."""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from adapters.journal import Journal, rows
from adapters.journal.export import stored
from adapters.journal.reading import entries
from adapters.journal.verify import verify
from api.recording import Asked, Recorder
from api.rendering import answer_json
from api.replaying import Replayer
from api.settings import Settings
from api.wiring import Service
from bench.serving import Place, places
from bench.workload import AS_OF, EXAMPLES

RATE = 200
SECONDS = 5


def said(name: str, taken: list[float], elapsed: float) -> None:
    """Print rate, median and p99 of some pieces of work."""
    taken = sorted(taken)
    middle, high = taken[len(taken) // 2] * 1e3, taken[int(len(taken) * 0.99)] * 1e3
    print(f"  {name:46}{len(taken) / elapsed:8.0f}/s   p50 {middle:7.2f} ms   p99 {high:7.2f} ms")


def timed(work: Callable[[int], object], count: int, threads: int) -> tuple[list[float], float]:
    """Seconds of each piece of work, and of all."""

    def one(index: int) -> float:
        begin = time.perf_counter()
        work(index)
        return time.perf_counter() - begin

    begin = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(count))), time.perf_counter() - begin


def journal(place: Place, count: int) -> None:
    """Commits, verification, replay and size, without HTTP."""
    with Service(Settings(data=place.data, durable=False)) as service:
        record = service.read(EXAMPLES[0].read_bytes())
        decision = service.decide(record, AS_OF)
        kept = Journal(place.url, place.data / "keys.json")
        recorder, text = Recorder(kept, service.base, service.settings.knowledge), answer_json(service.base, decision, "en", None)
        asked = Asked(AS_OF, "en")
        recorder.decision(asked, record, decision, text)
        for threads in (1, 16):
            taken, elapsed = timed(lambda _: recorder.decision(asked, record, decision, text), count, threads)
            said(f"{place.kind}: commit of a decision, {threads} at once", taken, elapsed)
        opened = kept.opened()
        begin = time.perf_counter()
        with stored(opened.store) as whole:
            found = verify(whole, opened.keyring.publics)
            assert not found.problems
        print(f"  {place.kind + ': verify':46}{found.entries / (time.perf_counter() - begin):8.0f}/s")
        replayer, begin, made = Replayer(kept, service.base, service.witness), time.perf_counter(), 0
        for entry in entries(opened, "decision"):
            assert replayer.replay(entry).verdict == "same"
            made += 1
            if made == min(count, 100):
                break
        print(f"  {place.kind + ': replay':46}{made / (time.perf_counter() - begin):8.0f}/s")
        with opened.store.reading() as connection:
            sizes = [len(item.body) + len(item.sealed or b"") + 32 for item in rows.of_kind(connection, "decision")]
        print(f"  {place.kind + ': bytes of a decision':46}{sum(sizes) / len(sizes):8.0f}")
        kept.close()


def load(place: Place, workers: int) -> None:
    """POST /recommend, each written down first: at a steady rate, and as fast as it goes."""
    service = place.service(workers)
    body = EXAMPLES[0].read_bytes()
    path = f"/recommend?as_of={AS_OF.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}"
    local = threading.local()

    def ask(_: int = 0) -> None:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
        local.connection.request("POST", path, body, {"content-type": "application/json"})
        answer = local.connection.getresponse()
        answer.read()
        assert answer.status in (200, 503)
        assert answer.status == 503 or answer.headers["tandem-journal"] == "recorded"

    for _ in range(20):
        ask()
    taken, elapsed = timed(ask, 300, 8)
    said(f"{place.kind}: HTTP, {workers} processes, as fast as it goes", taken, elapsed)
    due, lock, late = iter(range(RATE * SECONDS)), threading.Lock(), list[float]()
    start = time.perf_counter() + 0.1

    def steady() -> None:
        while True:
            with lock:
                number = next(due, None)
            if number is None:
                return
            at = start + number / RATE
            time.sleep(max(0.0, at - time.perf_counter()))
            ask()
            late.append(time.perf_counter() - at)  # from when it was due: waiting for a place counts

    clients = [threading.Thread(target=steady) for _ in range(16)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    said(f"{place.kind}: HTTP, {workers} processes, {RATE}/s wanted", late, time.perf_counter() - start)
    service.end()


def main() -> None:
    """Print every figure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    print(f"{datetime.now(UTC):%Y-%m-%d}: a record of {len(EXAMPLES[0].read_bytes())} bytes; {json.dumps(EXAMPLES[0].name)}")
    with places("sqlite", "postgresql") as found:
        for place in found:
            journal(place, count)
        for place in found:
            for workers in (1, 2):
                load(place, workers)


if __name__ == "__main__":
    main()
