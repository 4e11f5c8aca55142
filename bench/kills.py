"""`python -m bench.kills N`: kill -9 the service under load, N times on each database. Nothing acknowledged may be lost."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from random import Random

from bench.serving import Place, Service, places

CLIENTS = 4
TOLD = json.dumps({"findings": [{"code": "phq9.q9", "value": 2, "at": "2026-11-20T09:00:00Z"}]}).encode()


def campaign(place: Place, kills: int) -> tuple[int, int, int]:
    """Entries acknowledged, of decisions and of what was told of stored patients; those that are lost; and problems of the chain."""
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
    patient: str | None = None
    while not over.is_set():
        try:
            decided = service.decide()
            told = service.ask("POST", f"/patients/{patient}/entries" if patient else "/patients", TOLD if patient else b"{}")
        except OSError:
            continue
        if decided.status == 200 and decided.journal == "recorded" and decided.entry:
            acknowledged.append(decided.entry)
        if told.status == 201 and told.entry:
            patient = patient or json.loads(told.body)["patient"]
            acknowledged.append(told.entry)


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
