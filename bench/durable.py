"""`make durable`: what it costs to write a decision down before it is answered, on both databases, and over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
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

RATE, CLIENTS, SECONDS, START = 200, 16, 5, 3
PATH = f"/recommend?as_of={AS_OF.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def said(name: str, taken: list[float], elapsed: float) -> None:
    """Print rate, median and p99 of some pieces of work."""
    taken = sorted(taken)
    middle, high = taken[len(taken) // 2] * 1e3, taken[int(len(taken) * 0.99)] * 1e3
    print(f"  {name:54}{len(taken) / elapsed:8.0f}/s   p50 {middle:7.2f} ms   p99 {high:7.2f} ms")


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
        recorder, text = Recorder(kept, service.base, service.settings.knowledge), answer_json(service.base, decision, "en", None, "short")
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
        print(f"  {place.kind + ': verify':54}{found.entries / (time.perf_counter() - begin):8.0f}/s")
        replayer, begin, made = Replayer(kept, service.base, service.witness), time.perf_counter(), 0
        for entry in entries(opened, "decision"):
            assert replayer.replay(entry).verdict == "same"
            made += 1
            if made == min(count, 100):
                break
        print(f"  {place.kind + ': replay':54}{made / (time.perf_counter() - begin):8.0f}/s")
        with opened.store.reading() as connection:
            sizes = [len(item.body) + len(item.sealed or b"") + 32 for item in rows.of_kind(connection, "decision")]
        print(f"  {place.kind + ': bytes of a decision':54}{sum(sizes) / len(sizes):8.0f}")
        kept.close()


def load(place: Place, workers: int) -> None:
    """POST /recommend over HTTP, each written down first: as fast as it goes, and at steady rates."""
    service = place.service(workers)
    try:
        time.sleep(START * workers)  # the first process answers already; the others are on their way
        timed(asking(service.port), 40, CLIENTS // 2)  # warm
        name = f"{place.kind}: HTTP, {workers} process{'es' if workers > 1 else ''}"
        most = saturated(name, service.port)
        for rate in (RATE, int(most / 2)):
            said(f"{name}, {rate}/s wanted", *steady(service.port, rate))
    finally:
        service.end()


def saturated(name: str, port: int) -> float:
    """Requests a second with sixteen clients that never wait, by wrk where it is there: it takes least from what is measured."""
    wrk = shutil.which("wrk")
    if wrk is None:
        taken, elapsed = timed(asking(port), 500, CLIENTS)
        said(f"{name}, as fast as it goes", taken, elapsed)
        return len(taken) / elapsed
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write('wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n')
        script.write(f"wrk.body = [==[{EXAMPLES[0].read_text()}]==]\n")
        script.flush()
        where = f"http://127.0.0.1:{port}{PATH}"
        command = [wrk, "-t1", f"-c{CLIENTS}", f"-d{SECONDS}s", "--latency", "-s", script.name, where]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    time.sleep(2)  # it goes without waiting for the last answers; their places must be free again
    assert "Non-2xx" not in out, out
    assert "Socket errors" not in out, out
    rate, *slow = (re.search(pattern, out) for pattern in (r"Requests/sec:\s+(\S+)", r"50%\s+(\S+)", r"99%\s+(\S+)"))
    assert rate is not None
    middle, high = (found[1] if found else "?" for found in slow)
    print(f"  {name + ', as fast as it goes (wrk)':54}{float(rate[1]):8.0f}/s   p50 {middle:>10}   p99 {high:>10}", flush=True)
    return float(rate[1])


def asking(port: int) -> Callable[[int], None]:
    """Asks once, on a connection of the thread's own."""
    local, body = threading.local(), EXAMPLES[0].read_bytes()

    def ask(_: int) -> None:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        local.connection.request("POST", PATH, body, {"content-type": "application/json"})
        answer = local.connection.getresponse()
        answer.read()
        assert answer.status in (200, 503)
        assert answer.status == 503 or answer.headers["tandem-journal"] == "recorded"

    return ask


def steady(port: int, rate: int) -> tuple[list[float], float]:
    """Seconds from when each request was due, so that waiting for a place counts; and of all. Beyond saturation they grow and grow."""
    due, lock, late, ask = iter(range(rate * SECONDS)), threading.Lock(), list[float](), asking(port)
    start = time.perf_counter() + 0.1

    def client() -> None:
        while True:
            with lock:
                number = next(due, None)
            if number is None:
                return
            at = start + number / rate
            time.sleep(max(0.0, at - time.perf_counter()))
            ask(number)
            late.append(time.perf_counter() - at)

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    return late, time.perf_counter() - start


def main() -> None:
    """Print every figure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    print(f"{datetime.now(UTC):%Y-%m-%d}: a record of {len(EXAMPLES[0].read_bytes())} bytes; {json.dumps(EXAMPLES[0].name)}")
    print(
        f"{os.cpu_count()} processors, {os.getloadavg()[0]:.1f} at work already; clients run beside the service",
        flush=True,
    )
    with places("sqlite", "postgresql") as found:
        for place in found:
            journal(place, count)
        for place in found:
            for workers in (1, 2):
                load(place, workers)


if __name__ == "__main__":
    main()
