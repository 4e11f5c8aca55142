"""`make campaign SIZE=n`: on n random records, do all readings of every rule agree, unknown included?"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from random import Random

from adapters.durable import Lockstep, available
from adapters.units import convert
from bench.workload import AS_OF
from engine.compiled import Compiled
from engine.judgements import infer
from engine.monitoring import monitor
from engine.observe import observe
from knowledge.load import load
from tests.random_records import record


def compare(seed: int, count: int) -> tuple[int, int, int, int]:
    """Records, verdicts, disagreements of the compiled reading, and disagreements or omissions of durable-rules."""
    base = load()
    compiled = Compiled(base.ruleset)
    rng = Random(seed)
    wrong = unlike = verdicts = 0
    with Lockstep(base.ruleset, infer, timeout=30, report=lambda _: None) as lockstep:
        for _ in range(count):
            item = record(rng, base, AS_OF)
            findings = monitor(base.dictionary, base.instruments, item, observe(base, item, AS_OF, convert).findings, AS_OF)
            judged = lockstep(base.ruleset, findings)
            verdicts += len(judged.truths)
            wrong += compiled(base.ruleset, findings).truths != judged.truths
            unlike += bool(available()) and judged.agreement != "agreed"
    return count, verdicts, wrong, unlike


def main() -> int:
    """0 when every reading agreed on every verdict."""
    size = int(sys.argv[1])
    workers = os.cpu_count() or 1
    shares = [size // workers + (index < size % workers) for index in range(workers)]
    with ProcessPoolExecutor(workers) as pool:
        totals = [sum(column) for column in zip(*pool.map(compare, range(workers), shares), strict=True)]
    count, verdicts, wrong, unlike = totals
    second = "durable-rules" if available() else f"durable-rules (not available: {available().reason})"
    print(f"{count} random records, {verdicts} verdicts: compiled differs on {wrong}, {second} on {unlike}")
    return 1 if wrong or unlike else 0


if __name__ == "__main__":
    sys.exit(main())
