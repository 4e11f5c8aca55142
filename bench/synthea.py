"""`make synthea SIZE=20`: synthetic patients with whole lives of records, sent as an EHR would send them; everything said is checked.

Each chart is opened (patient-view), a benzodiazepine is ordered in it (order-sign), and the whole of it is judged ($apply).
Two checkers of FHIR R4 look at every resource that comes back. The patients are the same for the same seed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from adapters.fhir import reading
from api.hooks.services import service_of, services
from api.logs import configure
from bench.answering import prefetched
from bench.charts import Resource
from bench.hooks import LARGE, apply, ordered, proposed
from bench.workload import AS_OF
from engine.base import KnowledgeBase

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # the checkers, and the service in this process, are those of the tests
from asgi import Client, serving  # noqa: E402
from conforming import answer_faults  # noqa: E402
from fhir_checks import wrong  # noqa: E402

GENERATOR = ROOT / ".venv" / "synthea" / "bin" / "synthea"
SEED = "20261123"


@dataclass(slots=True)
class Seen:
    """What came of all of them. taken: kind of call -> milliseconds. cards: kind of call -> how many each time."""

    resources: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    remarked: set[tuple[str, str]] = field(default_factory=set)
    summaries: Counter[str] = field(default_factory=Counter)
    cards: dict[str, list[int]] = field(default_factory=dict)
    taken: dict[str, list[float]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    emitted: list[Resource] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def charts(size: int, generator: Path = GENERATOR) -> Iterator[list[Resource]]:
    """The resources of so many patients, each with the Patient first, as a server holds them: with references to its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(generator), "generate", "-p", str(size), "-s", SEED, "-r", f"{AS_OF:%Y%m%d}", "-o", folder, "--log-level", "error"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for path in sorted(Path(folder, "fhir").glob("*.json")):
            if (found := kept(json.loads(path.read_bytes()))) is not None:
                yield found


def kept(transaction: Resource) -> list[Resource] | None:
    """What a server holds once it has taken a transaction in; None where that is about no patient."""
    entries = transaction["entry"]
    names = {entry["fullUrl"]: f"{entry['resource']['resourceType']}/{entry['resource']['id']}" for entry in entries}

    def named(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: names.get(item, item) if key == "reference" else named(item) for key, item in value.items()}
        return [named(item) for item in value] if isinstance(value, list) else value

    found: list[Resource] = [named(entry["resource"]) for entry in entries]
    found.sort(key=lambda item: item["resourceType"] != "Patient")
    return found if found and found[0]["resourceType"] == "Patient" else None


def bodies(chart: list[Resource]) -> Iterator[tuple[str, str, Resource]]:
    """Each call that is made with a chart: what kind, where to, and its body."""
    for hook, id, context in (("patient-view", "integrated-review", {}), ("order-sign", "order-safety", {"draftOrders": ordered(chart)})):
        service, known = service_of(id), services().keys
        assert service is not None
        told = {"userId": "Practitioner/1", "patientId": chart[0]["id"], **context}
        sent = prefetched({key: known[key] for key in service.needs}, chart)
        yield hook, f"/cds-services/{id}", {"hook": hook, "hookInstance": "synthea", "context": told, "prefetch": sent}
    yield "$apply", "/fhir/PlanDefinition/$apply", apply(chart)


def read(base: KnowledgeBase, chart: list[Resource], seen: Seen) -> None:
    """Count what is not understood of a chart."""
    for item in reading.read(base, chart, chart[0]["id"]).unread:
        kind = item.reference.partition("/")[0]
        seen.reasons[kind, item.reason] += 1
        seen.remarked.add((kind, item.reference))


def send(client: Client, chart: list[Resource], seen: Seen) -> None:
    """One chart through every call."""
    seen.resources.update(item["resourceType"] for item in chart)
    for kind, path, body in bodies(chart):
        data = json.dumps(body).encode()
        begin = time.perf_counter()
        answer = client.post(path, data)
        seen.taken.setdefault(kind, []).append((time.perf_counter() - begin) * 1e3)
        if answer.status_code >= 500:
            seen.faults.append(f"{kind} {chart[0]['id']}: {answer.status_code}")
        elif answer.status_code != 200:
            seen.refused.append(f"{kind} {chart[0]['id']}: {answer.status_code} {answer.text[:300]}")
        else:
            look(kind, answer.json(), f"Patient/{chart[0]['id']}", seen)


def look(kind: str, answer: Resource, subject: str, seen: Seen) -> None:
    """Hold one answer to the specifications, and count what it says."""
    if kind == "$apply":
        seen.emitted.append(answer)
        return
    cards = answer["cards"]
    seen.faults += answer_faults(answer, subject)
    seen.emitted += proposed(cards)
    seen.cards.setdefault(kind, []).append(len(cards))
    seen.summaries.update(f"{kind}: {card['indicator']}: {card['summary']}" for card in cards)


def report(seen: Seen) -> None:
    """Print every figure."""
    patients = seen.resources["Patient"]
    print(f"{patients} patients, {seen.resources.total()} resources; seed {SEED}, as of {AS_OF:%Y-%m-%d}\n")
    print("resources that were read without a remark, by type; `-` where the type is not used at all")
    remarked = Counter(kind for kind, _ in seen.remarked)
    for kind, count in seen.resources.most_common():
        unused = (kind, "not-used") in seen.reasons
        print(f"  {kind:28}{count:8}{'-' if unused else f'{1 - remarked[kind] / count:.0%}':>8}")
    print("\nwhat was not understood, or with a reservation: the 20 most frequent")
    for (kind, reason), count in seen.reasons.most_common(20):
        print(f"  {count:8}  {kind}: {reason}")
    for kind, numbers in seen.cards.items():
        ordered_ = sorted(numbers)
        print(f"\ncards of {kind}: median {median(numbers):.0f}, p95 {ordered_[int(len(ordered_) * 0.95)]}, most {ordered_[-1]}; of which")
        for said, count in seen.summaries.most_common():
            if said.startswith(kind):
                print(f"  {count:8}  {said.partition(': ')[2]}")
    print()
    for kind, taken in seen.taken.items():
        print(f"{kind:14} p50 {median(taken):7.1f} ms   p95 {sorted(taken)[int(len(taken) * 0.95)]:7.1f} ms")
    for refused in seen.refused:
        print(f"refused: {refused}")
    for fault in seen.faults[:20]:
        print(f"fault: {fault}")
    print(f"{len(seen.emitted)} resources that came back were checked; refused {len(seen.refused)}, faults {len(seen.faults)}")


def main() -> None:
    """Argument: how many patients. Ends with 1 where anything is wrong with an answer."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seen = Seen()
    configure("error")
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), now=lambda: AS_OF, max_body=8 * LARGE, durable=True) as (client, service),
    ):
        for chart in charts(size):
            read(service.base, chart, seen)
            send(client, chart, seen)
    seen.faults += wrong(seen.emitted)
    report(seen)
    sys.exit(bool(seen.faults))


if __name__ == "__main__":
    main()
