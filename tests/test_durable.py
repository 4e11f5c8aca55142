"""durable-rules agrees with the reference on every rule; what it must not see never reaches it, what it must not do is a fault."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import combinations_with_replacement
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
import random_knowledge
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.durable import Fault, Lockstep, available
from adapters.durable.encode import CLAUSES, encode, tell_apart
from adapters.durable.worker import TRUTHS, EngineFault, Machine, Untyped, literal
from engine.dictionary import Dictionary
from engine.errors import Refused
from engine.findings import Finding, Findings, exactly
from engine.judgements import RuleSet, arrange, infer

needs_durable = pytest.mark.skipif(not available(), reason=available().reason or "")


def compiled(rules: RuleSet) -> Callable[[Findings], str]:
    """The durable reading in this process: findings -> one character per rule."""
    engine = pytest.importorskip("durable_rules_engine")
    program = encode(rules)
    machine = Machine(engine, json.loads(json.dumps(program.body)))

    def judge(findings: Findings) -> str:
        known = [(code, findings[code]) for code in program.inputs if code in findings]
        return machine.judge({code: [found.low, found.high] for code, found in known if found.low is not None})

    return judge


def reference(rules: RuleSet, findings: Findings) -> str:
    truths = infer(rules, findings).truths
    return "".join(TRUTHS[truths[rule.id]] for rule in rules.rules)


# What it means


@needs_durable
@settings(max_examples=24)
@given(seed=st.integers(0, 2**32))
def test_it_agrees_with_the_reference_on_every_rule(seed: int) -> None:
    rng = Random(seed)
    dictionary = random_knowledge.dictionary(rng, size=rng.choice((4, 12, 24)))
    rules = arrange(random_knowledge.rules(rng, dictionary, rng.choice((4, 12, 40))), dictionary)
    judge = compiled(rules)
    for _ in range(120):
        findings = random_knowledge.findings(rng, dictionary, known=rng.choice((0.2, 0.7, 1.0)))
        assert judge(findings) == reference(rules, findings), findings


@needs_durable
@pytest.mark.parametrize("kind", ["integer", "decimal", "ordered", "code", "boolean"])
def test_every_operator_agrees_on_every_range_about_every_bound(kind: str) -> None:
    values = [f"v{index}" for index in range(4)] if kind in ("ordered", "code") else []
    entry = {
        "code": "f",
        "type": kind,
        "label": {"en": "f", "es": "f"},
        "values": values,
        "range": (0, 3) if kind in ("integer", "decimal") else None,
    }
    dictionary = Dictionary.model_validate({"entries": {"f": entry}, "conditions": {}, "ingredients": {}, "classes": {}, "lists": {}})
    written = values or (["false", "true"] if kind == "boolean" else [str(number) for number in range(4)])
    operators = ["==", "!="] + (["<", "<=", ">", ">="] if kind in ("integer", "decimal", "ordered") else [])
    leaves = [f"f {operator} {value}" for operator in operators for value in written]
    leaves += [f"f in [{', '.join(value for bit, value in enumerate(written) if mask >> bit & 1)}]" for mask in range(1, 2 ** len(written))]
    rules = arrange(tuple(random_knowledge.rule(dictionary, f"r{index}", leaf) for index, leaf in enumerate(leaves)), dictionary)
    judge = compiled(rules)
    steps = (0, 1e-9, -1e-9, 0.5) if kind == "decimal" else (0,)
    ends = sorted({bound + step for bound in range(len(written)) for step in steps})
    for low, high in combinations_with_replacement(ends, 2):
        assert judge({"f": Finding("f", low, high)}) == reference(rules, {"f": Finding("f", low, high)}), (low, high)
    assert judge({}) == "-" * len(leaves)


@needs_durable
def test_a_condition_that_would_multiply_out_is_derived_in_parts() -> None:
    rng = Random(3)
    dictionary = random_knowledge.dictionary(rng, size=20, conclusions=0)
    entries = list(dictionary.entries.values())
    wide = {"all": [{"any": [random_knowledge.leaf(rng, rng.choice(entries)) for _ in range(4)]} for _ in range(7)]}  # 4 ** 7 clauses
    rules = arrange(
        (
            random_knowledge.rule(dictionary, "wide", wide),
            random_knowledge.rule(dictionary, "not-wide", {"not": {"all": [wide, {"any": [wide, wide]}]}}),
        ),
        dictionary,
    )
    assert len(json.dumps(encode(rules).body)) < 40_000
    judge = compiled(rules)
    for _ in range(300):
        findings = random_knowledge.findings(rng, dictionary, known=0.9)
        assert judge(findings) == reference(rules, findings)


@needs_durable
def test_a_long_condition_is_held_whole() -> None:
    rng = Random(4)
    dictionary = random_knowledge.dictionary(rng, size=110, conclusions=0)
    when = {"all": [f"{entry.code} != {random_knowledge.written(entry, entry.bounds[0])}" for entry in dictionary.entries.values()]}
    rules = arrange((random_knowledge.rule(dictionary, "long", when),), dictionary)
    judge = compiled(rules)
    known = {code: exactly(code, entry.bounds[1]) for code, entry in dictionary.entries.items()}
    first = next(iter(known))
    assert judge(known) == "1"
    assert judge({**known, first: exactly(first, dictionary.entries[first].bounds[0])}) == "0"
    assert judge({code: found for code, found in known.items() if code != first}) == "-"


def test_networks_stay_within_the_bounds_of_durable_rules() -> None:
    body = json.loads(json.dumps(encode(random_knowledge.people(7, n=120)[0]).body))
    networks = [json.loads(definition) for networks, _, _ in body["rounds"] for definition, _ in networks]
    assert max(map(len, networks)) == CLAUSES + 1  # and the sentinel
    text = json.dumps(networks)
    assert not any(word in text for word in ("$not", "$nex", "$ex", "$or", "$neq", "$add", "null", "true", "e-0"))


def test_names_that_durable_rules_cannot_tell_apart_are_refused() -> None:
    tell_apart(["low", "high", "low"])
    with pytest.raises(Refused, match="durable-name-collision"):
        tell_apart(["costarring", "liquid"])


# The typed gate


@given(st.floats(-(2**53) + 1, 2**53 - 1).filter(lambda number: number == 0 or abs(number) > 1e-15) | st.integers(-(2**53) + 1, 2**53 - 1))
def test_numbers_reach_durable_rules_exactly_and_without_an_exponent(number: float) -> None:
    text = literal(number)
    assert "e" not in text
    assert type(number)(text) == number


@pytest.mark.parametrize("value", [True, None, "5", math.nan, math.inf, -math.inf, 2**53, -(2**53), 1e16, 1e-300, [1]])
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(Untyped):
        literal(value)


def test_a_range_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(Untyped, match="wrong way round"):
        Machine(stub(["go"]), PROGRAM).judge({"f": [2, 1]})


# What may never happen


def stub(fired: list[str], assert_code: int = 0, retract_code: int = 0) -> SimpleNamespace:
    """An engine that says this, whatever it is asked."""
    said = iter([*(f'{{"{name}":{{}}}}' for name in fired), None])
    return SimpleNamespace(
        error=OSError,
        create_ruleset=lambda _name, _definition: 1,
        assert_fact=lambda _handle, _fact: (assert_code, 1),
        start_action_for_state=lambda _handle, _session: ("", next(said)),
        complete_and_start_action=lambda _handle, _session: next(said),
        retract_fact=lambda _handle, _fact: (retract_code, 1),
    )


PROGRAM = {
    "rules": 1,
    "findings": {"f": ["l0", "h0"]},
    "parts": [],
    "rounds": [[[["{}", ["l0"]]], {"0": [[0, True]], "1": [[0, False]]}, []]],
}


def test_a_match_is_read() -> None:
    assert Machine(stub(["0", "go"]), PROGRAM).judge({"f": [1, 1]}) == "1"
    assert Machine(stub(["1", "go"]), PROGRAM).judge({"f": [1, 1]}) == "0"
    assert Machine(stub(["go"]), PROGRAM).judge({"f": [1, 1]}) == "-"


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        (stub(["0"]), "sentinel"),
        (stub([]), "sentinel"),
        (stub(["go", "0"]), "sentinel"),
        (stub(["0", "0", "go"]), "twice"),
        (stub(["9", "go"]), "does not exist"),
        (stub(["0", "1", "go"]), "both true and false"),
        (stub(["0", "go"], assert_code=2), "assert code 2"),
        (stub(["0", "go"], retract_code=1), "retract code 1"),
    ],
)
def test_an_engine_that_goes_wrong_is_a_fault(engine: Any, words: str) -> None:
    with pytest.raises(EngineFault, match=words):
        Machine(engine, PROGRAM).judge({"f": [1, 1]})


def test_an_error_of_the_engine_is_a_fault() -> None:
    def fail(_handle: int, _fact: str) -> None:
        raise OSError("error code: 303")

    engine = stub(["go"])
    engine.assert_fact = fail
    with pytest.raises(EngineFault, match="303"):
        Machine(engine, PROGRAM).judge({"f": [1, 1]})


@needs_durable
def test_nothing_of_one_person_is_left_for_the_next() -> None:
    engine = pytest.importorskip("durable_rules_engine")
    rules, people = random_knowledge.people(7)
    machine = Machine(engine, json.loads(json.dumps(encode(rules).body)))
    for findings in people:
        machine.judge(
            {code: [found.low, found.high] for code, found in findings.items() if found.low is not None and code in machine.findings}
        )
        for networks, _, _ in machine.rounds:
            for network in networks:
                left = engine.get_facts(network.handle, "0")
                assert '"go"' not in left, left


@pytest.mark.parametrize("text", ["", "flip", "flip:", "flip:a:b", "burn", "crash:now"])
def test_a_fault_that_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="durable-fault-unknown"):
        Fault.parse(text)


@needs_durable
def test_a_fault_in_a_rule_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="durable-fault-unknown"):
        Lockstep(random_knowledge.people(7)[0], infer, fault=Fault("flip", "nobody"))
