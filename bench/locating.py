"""How long it takes to place a person on all pathways: `python -m bench.locating 200`."""

from __future__ import annotations

import statistics
import sys
import time
from datetime import timedelta
from random import Random

from adapters.units import convert
from bench.people import person
from bench.realistic import AS_OF
from engine.base import KnowledgeBase
from engine.compiled import Compiled
from engine.judgements import Infer
from engine.monitoring import monitor
from engine.observe import observe
from engine.positions import locate
from engine.record import Record, Standing
from knowledge.load import load

_REPEATS = 5


def milliseconds(base: KnowledgeBase, infer: Infer, record: Record) -> float:
    """The shortest of a few times, so that other work on the machine counts little."""
    findings = monitor(base.dictionary, base.instruments, record, observe(base, record, AS_OF, convert).findings, AS_OF)
    known = infer(base.ruleset, findings).findings
    times = []
    for _ in range(_REPEATS):
        began = time.perf_counter()
        locate(base.pathways, record, known, AS_OF)
        times.append(time.perf_counter() - began)
    return min(times) * 1000


def main(count: int) -> None:
    base = load()
    infer, rng = Compiled(base.ruleset), Random(0)
    people = [person(rng, base, AS_OF) for _ in range(count)]
    everywhere = tuple(Standing(pathway=item.id, stage=item.start, since=AS_OF - timedelta(days=40)) for item in base.pathways.values())
    for title, records in (
        ("as clinics see them", people),
        ("on every pathway at once", [item.model_copy(update={"positions": everywhere}) for item in people]),
    ):
        times = [milliseconds(base, infer, record) for record in records]
        told = f"median {statistics.median(times):.2f} ms, highest {max(times):.2f} ms"
        print(f"{title}: {told} ({count} people, {len(base.pathways)} pathways)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
