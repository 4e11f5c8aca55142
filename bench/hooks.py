"""`make hooks`: how long a CDS Hooks call and an $apply take, over HTTP, beside what it takes to parse their bodies at all."""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from statistics import median
from typing import Any

import orjson

from bench.charts import Resource, chart, prefetched
from bench.serving import Service, places
from engine.base import KnowledgeBase
from knowledge.load import load

SIZES = (200, 3000)
LARGE = 6_000_000  # bytes
CLIENTS = (1, 4)
_INSTANCE = "00000000-0000-4000-8000-{:012d}"
_ORDER = {
    "resourceType": "MedicationRequest", "id": "order-1", "status": "draft", "intent": "order",
    "medicationCodeableConcept": {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "596"}]},
}  # fmt: skip
_NUMBERS = count()


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of request. bodies: of several people; `{instance}` in each is filled in anew for each request."""

    name: str
    path: str
    bodies: tuple[bytes, ...]


def view(resources: list[Resource]) -> Resource:
    """The chart is opened."""
    return _call("patient-view", resources)


def sign(resources: list[Resource]) -> Resource:
    """A benzodiazepine is about to be ordered."""
    return _call("order-sign", resources, draftOrders=ordered(resources))


def ordered(resources: list[Resource]) -> Resource:
    """The draft of an order of a benzodiazepine for whoever a chart is about."""
    order = _ORDER | {"subject": {"reference": f"Patient/{resources[0]['id']}"}}
    return {"resourceType": "Bundle", "entry": [{"resource": order}]}


def proposed(cards: list[Resource]) -> list[Resource]:
    """Every resource that some cards offer to make."""
    actions = (action for card in cards for offer in card.get("suggestions", ()) for action in offer["actions"])
    return [action["resource"] for action in actions if "resource" in action]


def _call(hook: str, resources: list[Resource], **context: Any) -> Resource:
    found = prefetched(resources)
    told = {"userId": "Practitioner/1", "patientId": resources[0]["id"], **context}
    return {"hook": hook, "hookInstance": "{instance}", "context": told, "prefetch": found}


def apply(resources: list[Resource]) -> Resource:
    """All of it is judged, and told as a CarePlan."""
    data = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": item} for item in resources]}
    subject = {"name": "subject", "valueString": f"Patient/{resources[0]['id']}"}
    return {"resourceType": "Parameters", "parameter": [subject, {"name": "data", "resource": data}]}


KINDS: tuple[tuple[str, str, Callable[[list[Resource]], Resource]], ...] = (
    ("patient-view", "/cds-services/integrated-review", view),
    ("order-sign", "/cds-services/order-safety", sign),
    ("$apply", "/fhir/PlanDefinition/$apply", apply),
)


def requests(base: KnowledgeBase) -> Iterator[Asked]:
    """What is asked: each kind at each size, and once with a body as large as the largest charts are."""
    for size in SIZES:
        for name, path, made in KINDS:
            bodies = (json.dumps(made(chart(number, base, size))).encode() for number in range(5 if size > 1000 else 20))
            yield Asked(f"{name}, {size} resources", path, tuple(bodies))
    each = len(json.dumps(view(chart(0, base, 1000)))) / 1000
    yield Asked("patient-view, 6 MB", KINDS[0][1], (json.dumps(view(chart(0, base, int(LARGE / each)))).encode(),))


def parsing(asked: Asked) -> dict[str, float]:
    """Milliseconds that named parsers need for a body, and do nothing more: the floor."""
    found = {}
    for name, parse in (("json", json.loads), ("orjson", orjson.loads)):
        taken = []
        for body in asked.bodies * 3:
            begin = time.perf_counter()
            parse(body)
            taken.append((time.perf_counter() - begin) * 1e3)
        found[name] = median(taken)
    return found


def measured(service: Service, asked: Asked, clients: int, repeat: int) -> None:
    """Print p50 and p95, processor time of the server for each request, and how much that is of parsing alone."""
    local = threading.local()

    def ask(number: int) -> float:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
        instance = _INSTANCE.format(next(_NUMBERS)).encode()
        body = asked.bodies[number % len(asked.bodies)].replace(b"{instance}", instance)
        begin = time.perf_counter()
        local.connection.request("POST", asked.path, body, {"content-type": "application/json"})
        answer = local.connection.getresponse()
        told = answer.read()
        taken = time.perf_counter() - begin
        assert answer.status == 200, told[:2000]
        assert answer.headers["tandem-journal"] == "recorded"
        return taken * 1e3

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(ask, range(3)))
        used = processor(service)
        taken = sorted(pool.map(ask, range(repeat)))
        used = (processor(service) - used) / repeat
    floor = parsing(asked)
    beside = "   ".join(f"{name} alone {value:6.1f} ms = 1/{median(taken) / value:.0f}" for name, value in floor.items())
    high = taken[int(len(taken) * 0.95)]
    size = len(asked.bodies[0]) / 1e6
    print(
        f"  {asked.name:30}{size:5.1f} MB  {clients} at once  p50{median(taken):8.1f} ms  p95{high:8.1f} ms  cpu{used:8.1f} ms   {beside}",
        flush=True,
    )


def processor(service: Service) -> float:
    """Milliseconds of processor time that the service has used, with the second engine beside it."""
    assert service.process is not None
    with open(f"/proc/{service.process.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1e3 / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print every figure. Argument: how many requests of each kind."""
    repeat = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    base = load()
    with places("sqlite") as (place,):
        service = place.service(TANDEM_DURABLE="auto", TANDEM_MAX_BODY=str(4 * LARGE))
        try:
            for asked in requests(base):
                for clients in CLIENTS if "6 MB" not in asked.name else (1,):
                    measured(service, asked, clients, repeat if "200" in asked.name else max(5, repeat // 4))
        finally:
            service.end()


if __name__ == "__main__":
    main()
