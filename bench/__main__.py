"""`make bench`: how long a decision takes, and how the judging of all rules compares with peers in the same run."""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from adapters.durable import Lockstep, available
from adapters.units import convert
from bench import peers
from bench.workload import AS_OF, EXAMPLES, examples, facts, records
from engine.base import KnowledgeBase
from engine.compiled import Compiled
from engine.document import document
from engine.findings import Findings
from engine.judgements import Infer, Judgements, infer
from engine.monitoring import monitor
from engine.observe import observe
from engine.recommend import recommend
from engine.record import Record
from knowledge.load import load

ROUNDS = 7
SLOW = 10  # people, once each, for peers that take long


def times(work: Callable[[int], object], count: int, repeat: int = ROUNDS) -> list[float]:
    """Microseconds of each piece of work: for each, the median of interleaved rounds."""
    rounds: list[list[float]] = []
    for _ in range(repeat):
        taken = []
        for index in range(count):
            begin = time.perf_counter()
            work(index)
            taken.append((time.perf_counter() - begin) * 1e6)
        rounds.append(taken)
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def said(name: str, taken: Sequence[float], beside: float | None = None) -> float:
    """Print median and p99, and the ratio to another median."""
    middle = statistics.median(taken)
    ratio = f"{middle / beside:8.2f} x" if beside else " " * 10
    print(f"  {name:44}{middle:9.0f} us{sorted(taken)[int(len(taken) * 0.99)]:9.0f} us{ratio}")
    return middle


def whole(base: KnowledgeBase, people: list[Record], infers: dict[str, Infer]) -> None:
    """A decision from record to plan with its full trace."""
    beside = None
    for name, reading in infers.items():
        taken = times(lambda index, reading=reading: recommend(base, people[index], AS_OF, reading, convert), len(people))
        beside = said(name, taken, beside) if beside is None else (said(name, taken, beside), beside)[1]
    decisions = [recommend(base, item, AS_OF, infers["compiled reading"], convert) for item in people]
    said("the decision as JSON, trace and why-not", times(lambda index: json.dumps(document(base, decisions[index])), len(people)))


def judging(base: KnowledgeBase, people: list[Findings], infers: dict[str, Infer]) -> None:
    """The truth of every rule, three-valued; peers know two values and get the conclusions handed to them."""
    compiled = infers["compiled reading"]
    beside = said("compiled reading", times(lambda index: compiled(base.ruleset, people[index]), len(people)))
    for name, reading in infers.items():
        if reading is not compiled:
            said(name, times(lambda index, reading=reading: reading(base.ruleset, people[index]), len(people)), beside)
    judged: list[Judgements] = [compiled(base.ruleset, item) for item in people]
    told = [peers.exact(base, item.findings) for item in judged]
    for name, make in (("zen-engine, expressions", peers.zen_engine), ("rule-engine", peers.rule_engine)):
        peer = make(base)
        few = list(zip(told, judged, strict=True))[:SLOW]
        said(name, times(lambda index, peer=peer: peer(told[index]), SLOW, repeat=1), beside)
        alike = sum(peer(values) <= {rule for rule, truth in item.truths.items() if truth} for values, item in few)
        print(f"  {'':44}{alike} of {SLOW} people: holds nothing that we do not")


def start_up() -> None:
    """The command line from nothing to an answer."""
    command = [sys.executable, "-m", "api.command", "recommend", str(EXAMPLES[-1]), "--as-of", AS_OF.isoformat()]
    taken = []
    for _ in range(5):
        begin = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        taken.append(time.perf_counter() - begin)
    print(f"tandem recommend, from start to exit: median {statistics.median(taken):.2f} s, slowest of 5 {max(taken):.2f} s")


def main() -> None:
    """Print every figure."""
    base = load()
    people = records(base, 60) + examples()
    size = statistics.median(map(facts, people))
    print(f"{len(base.active)} rules, {len(people)} records with {size:.0f} facts (median); median, p99, ratio\n")
    found = [monitor(base.dictionary, base.instruments, item, observe(base, item, AS_OF, convert).findings, AS_OF) for item in people]
    infers: dict[str, Infer] = {"compiled reading": Compiled(base.ruleset), "reference reading": infer}
    gc.collect()
    gc.freeze()
    if not available():
        print(f"  durable-rules is not available here: {available().reason}\n")
    with Lockstep(base.ruleset, infers["compiled reading"], timeout=5) as lockstep:
        if available():
            infers["compiled, durable-rules in lockstep"] = lockstep
        print("One decision, from record to plan, with its reasons")
        whole(base, people, infers)
        print("\nThe truth of every rule")
        judging(base, found, infers)
        print(f"\nlockstep: {lockstep.health.checked} decisions checked, {lockstep.health.disagreements} disagreements")
    start_up()


if __name__ == "__main__":
    main()
