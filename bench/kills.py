"""`python -m bench.kills N`: kill -9 the service under load, N times on each database. Nothing acknowledged may be lost."""

from __future__ import annotations

import signal
import sys
import threading
import time
from random import Random

from bench.serving import Place, Service, places

CLIENTS = 4


def campaign(place: Place, kills: int) -> tuple[int, int, int]:
    """Decisions acknowledged, those of them that are lost, and problems of the chain."""
    rng, acknowledged = Random(kills), list[str]()
    for _ in range(kills):
        service = place.service()
        over = threading.Event()
        clients = [threading.Thread(target=_ask, args=(service, over, acknowledged)) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(rng.uniform(0.3, 1.5))
        service.end(signal.SIGKILL)
        over.set()
        for client in clients:
            client.join()
    kept = place.entries()
    return len(acknowledged), sum(entry not in kept for entry in acknowledged), len(place.verified().problems)


def _ask(service: Service, over: threading.Event, acknowledged: list[str]) -> None:
    while not over.is_set():
        try:
            answer = service.decide()
        except OSError:
            continue
        if answer.status == 200 and answer.journal == "recorded" and answer.entry:
            acknowledged.append(answer.entry)


def main() -> int:
    """0 when nothing was lost."""
    kills, wrong = int(sys.argv[1]), 0
    with places("sqlite", "postgresql") as found:
        for place in found:
            acknowledged, lost, problems = campaign(place, kills)
            print(f"{place.kind}: {kills} kills under load, {acknowledged} acknowledged, {lost} lost, {problems} breaks in the chain")
            wrong += lost + problems + (acknowledged == 0)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
