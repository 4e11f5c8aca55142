"""From a rule set to the program of a worker: rounds of small networks over one wide fact, and what a match means.

The worker knows nothing of conditions. It matches the fact of a round in each network; every clause that holds decides
its slots (the truth of a rule, or a part that later rounds read); then it settles the conclusions that are complete
and goes on to the next round.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from adapters.durable.clauses import Clause, Clauses, Comparison, Property, clauses, parts_of
from adapters.durable.worker import RESERVED, SENTINEL, literal
from engine.artifacts import Rule
from engine.errors import Problem, Refused
from engine.judgements import RuleSet

# Of one network. Matches that wait each stand for another clause, so that 40 clauses and the sentinel cannot fill the 64
# places there are, nor the table of 512 first comparisons, whose overflow makes durable-rules loop for ever.
CLAUSES = 40
PROPERTIES = 240  # of one fact; durable-rules holds 254

Effects = dict[Clause, list[tuple[int, bool]]]  # clause -> the slots it decides, and how
Path = tuple[str, list[Comparison]]  # a clause by its name, its comparisons in the order in which they are tried


@dataclass(frozen=True, slots=True)
class Program:
    """What a worker runs. inputs: the findings it reads; rules: those whose truth it answers, in this order."""

    rules: tuple[str, ...]
    inputs: tuple[str, ...]
    body: Mapping[str, object]


def encode(ruleset: RuleSet) -> Program:
    """The program of a rule set; raises Refused or Untyped when durable-rules could not hold it faithfully."""
    slots = {rule.id: slot for slot, rule in enumerate(ruleset.rules)}
    inputs = sorted({code for rule in ruleset.rules for code in rule.reads} - ruleset.conclusions.keys())
    names = _names([*inputs, *ruleset.conclusions])
    rounds: list[object] = []
    for layer, settled in zip(ruleset.layers, ruleset.settled, strict=True):
        turns = _turns(layer, slots, names)
        makers = [(code, [(slots[rule.id], number) for rule, number in ruleset.conclusions[code]]) for code in settled]
        rounds += [(*_round(effects, names), makers if turn == len(turns) - 1 else []) for turn, effects in enumerate(turns)]
    tell_apart([*RESERVED, *names.values()])
    findings = {code: (names[Property("low", code)], names[Property("high", code)]) for code in [*inputs, *ruleset.conclusions]}
    parts = [name for prop, name in names.items() if prop.kind == "part"]
    body = {"rules": len(slots), "findings": findings, "parts": parts, "rounds": rounds}
    return Program(tuple(slots), tuple(inputs), body)


def _names(codes: list[str]) -> dict[Property, str]:
    """Short names of properties: durable-rules copies the whole fact for every clause that holds."""
    ends: list[tuple[Property, str]] = []
    for index, code in enumerate(codes):
        ends += [(Property("low", code), f"l{index}"), (Property("high", code), f"h{index}")]
    return dict(ends)


def tell_apart(names: Iterable[str]) -> None:
    """Raises Refused when two names have the same 32 bits, by which alone durable-rules knows them."""
    seen: dict[int, str] = {}
    for name in names:
        if (other := seen.setdefault(fnv(name), name)) != name:
            raise Refused([Problem(name, "durable-name-collision", f"durable-rules takes it for {other}.", "Rename one of them.")])


def fnv(name: str) -> int:
    """FNV-1a, 32 bits."""
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def _turns(rules: tuple[Rule, ...], slots: Mapping[str, int], names: dict[Property, str]) -> list[Effects]:
    """What the clauses of one layer decide, turn by turn: a clause comes after the parts that it reads."""
    parts: dict[Clauses, Property] = {}

    def part(of: Clauses) -> Property:
        if of not in parts:
            slot = len(slots) + sum(prop.kind == "part" for prop in names)
            parts[of] = Property("part", str(slot))
            names[parts[of]] = f"p{slot}"
        return parts[of]

    wanted = [(clauses(rule.when, truth, part), slots[rule.id], truth) for rule in rules for truth in (True, False)]
    wanted = [(of, int(prop.name), True) for of, prop in parts.items()] + wanted  # a part reads only parts made before it
    ready: dict[str, int] = {}  # part -> the first turn that may read it
    turns: dict[int, Effects] = defaultdict(lambda: defaultdict(list))
    for alternatives, slot, truth in wanted:
        for clause in alternatives:
            turn = max((ready[prop] for prop in parts_of(clause)), default=0)
            turns[turn][clause].append((slot, truth))
            ready[str(slot)] = max(ready.get(str(slot), 0), turn + 1)
    return [turns[turn] for turn in sorted(turns)]


def _round(effects: Effects, names: Mapping[Property, str]) -> tuple[list[object], dict[str, list[tuple[int, bool]]]]:
    """The networks of a round, and the slots that each of its clauses decides."""
    uses = Counter(test for clause in effects for test in clause)
    # the comparisons that most clauses share come first, so that neighbours share their first nodes
    ordered = sorted((sorted(clause, key=lambda test: (-uses[test], test)), decided) for clause, decided in effects.items())
    paths = [(str(index), path) for index, (path, _) in enumerate(ordered)]
    networks: list[object] = [_network(group, names) for group in _groups(paths)]
    return networks, {str(index): decided for index, (_, decided) in enumerate(ordered)}


def _groups(paths: list[Path]) -> Iterator[list[Path]]:
    """The paths, cut into networks within the bounds."""
    group: list[Path] = []
    width: set[Property] = set()
    for name, path in paths:
        own = {test.property for test in path}
        if len(own) > PROPERTIES:
            raise Refused([Problem("rules", "durable-fact-too-wide", "A condition reads too many findings.", "Conclude part of it first.")])
        if group and (len(group) == CLAUSES or len(width | own) > PROPERTIES):
            yield group
            group, width = [], set()
        group.append((name, path))
        width |= own
    if group:
        yield group


def _network(group: list[Path], names: Mapping[Property, str]) -> tuple[str, list[str]]:
    """The definition as durable-rules reads it, and the properties of its fact. Every match ends with the sentinel."""
    rules = [f'"{name}":{{"all":[{{"m":{_pattern(path, names)}}}]}}' for name, path in group]
    sentinel = f'"{SENTINEL}":{{"all":[{{"m":{{"{SENTINEL}":1}}}}],"pri":99}}'
    reads = dict.fromkeys(names[test.property] for _, path in group for test in path)
    return "{" + ",".join([*rules, sentinel]) + "}", list(reads)


def _pattern(path: list[Comparison], names: Mapping[Property, str]) -> str:
    tests = [f'{{"{test.operator}":{{"{names[test.property]}":{literal(test.number)}}}}}' for test in path]
    return tests[0] if len(tests) == 1 else '{"$and":[' + ",".join(tests) + "]}"
