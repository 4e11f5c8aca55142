"""`python -m bench.retries N`: N requests, each sent four times at once through two processes. Each must be one decision."""

from __future__ import annotations

import sys
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

from bench.serving import Place, places

TIMES = 4


def campaign(place: Place, count: int) -> tuple[int, int, int]:
    """Requests answered, keys that are more or less than one decision, and entries that nobody asked for."""
    services = [place.service() for _ in range(2)]
    entries: dict[int, set[str | None]] = defaultdict(set)
    bodies: dict[int, set[bytes]] = defaultdict(set)
    lock = threading.Lock()

    def ask(number: int) -> None:
        key = number // TIMES
        answer = services[number % 2].decide(**{"idempotency-key": f"key-{key}"})
        with lock:
            entries[key].add(answer.entry if answer.status == 200 else None)
            bodies[key].add(answer.body)

    with ThreadPoolExecutor(2 * TIMES) as pool:
        list(pool.map(ask, range(count * TIMES)))
    for service in services:
        service.end()
    wrong = sum(len(entries[key]) != 1 or None in entries[key] or len(bodies[key]) != 1 for key in range(count))
    decisions = sum(kind == "decision" for kind in place.entries().values())
    return count * TIMES, wrong, decisions - count + len(place.verified().problems)


def main() -> int:
    """0 when each request is one decision."""
    count, failures = int(sys.argv[1]), 0
    with places("sqlite", "postgresql") as found:
        for place in found:
            asked, wrong, more = campaign(place, count)
            print(f"{place.kind}: {asked} requests under {count} keys, two processes: {wrong} keys wrong, {more} decisions too many")
            failures += wrong + abs(more)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
