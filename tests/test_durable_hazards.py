"""What durable-rules 2.0.28 does that a clinical engine must not: each one is a reason for a part of `adapters.durable`.

When one of these fails, durable-rules has changed, and the part that guards against it may go.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from itertools import count
from typing import Any

import pytest

from adapters.durable import available

pytestmark = pytest.mark.skipif(not available(), reason=available().reason or "")
_names = count()


def fired(rules: dict[str, Any], *facts: str) -> list[str]:
    """The rules that fire as facts are asserted one after another, and what was refused."""
    engine = pytest.importorskip("durable_rules_engine")
    handle, said = engine.create_ruleset(f"hazard-{next(_names)}", json.dumps(rules)), []
    for fact in facts:
        try:
            code, session = engine.assert_fact(handle, fact)
        except engine.error as error:
            said.append(str(error).rsplit(": ", 1)[1])
            continue
        action = engine.start_action_for_state(handle, session) if code == 0 else None
        said += [f"refused {code}"] if code else []
        message = action and action[1]
        while message:
            said.append(next(iter(json.loads(message))))
            message = engine.complete_and_start_action(handle, session)
    return said


def when(*patterns: dict[str, Any]) -> dict[str, Any]:
    return {"fires": {"all": list(patterns)}}


def run(source: str, seconds: float) -> subprocess.CompletedProcess[str]:
    setup = "import json, durable_rules_engine as engine\n"
    return subprocess.run([sys.executable, "-c", setup + source], capture_output=True, text=True, timeout=seconds, check=False)


# Typed gate: numbers only, and none with an exponent


@pytest.mark.parametrize("value", ['"abc"', '"5"'])
def test_text_is_compared_with_numbers(value: str) -> None:
    assert fired(when({"m": {"$gte": {"x": 15}}}), f'{{"x":{value}}}') == ["fires"]


def test_true_is_one() -> None:
    assert fired(when({"m": {"x": 1}}), '{"x":true}') == ["fires"]


@pytest.mark.parametrize("value", ["1e-05", "1e16"])
def test_a_number_with_an_exponent_is_no_number(value: str) -> None:
    assert fired(when({"m": {"$gte": {"x": 0}}}), f'{{"x":{value}}}') == ["204"]


# Names


def test_two_names_with_one_hash_are_one_property() -> None:
    assert fired(when({"m": {"costarring": 1}}), '{"liquid":1}') == ["fires"]


# Flat positive clauses over one fact


def test_an_alternative_fires_once_for_each_side_that_holds() -> None:
    assert fired(when({"m": {"$or": [{"$gte": {"x": 1}}, {"$gte": {"y": 1}}]}}), '{"x":1,"y":1}') == ["fires", "fires"]


def test_a_negated_fact_that_comes_later_takes_nothing_back() -> None:
    engine = pytest.importorskip("durable_rules_engine")
    handle = engine.create_ruleset("negation", json.dumps(when({"m": {"x": 1}}, {"n$not": {"y": 1}})))
    _, session = engine.assert_fact(handle, '{"x":1}')
    engine.assert_fact(handle, '{"y":1}')
    assert engine.start_action_for_state(handle, session) is not None


def test_dividing_by_zero_ends_the_process() -> None:
    pattern = {"$gt": {"x": {"$div": {"$l": {"$m": "y"}, "$r": {"$m": "z"}}}}}
    rules = json.dumps(when({"m": pattern}))
    ran = run(f'engine.assert_fact(engine.create_ruleset(\'r\', {rules!r}), \'{{"x":1,"y":1,"z":0}}\')', 10)
    assert ran.returncode == -signal.SIGFPE


# Small networks


def test_more_than_64_matches_that_wait_are_an_error() -> None:
    rules = {f"r{index}": {"all": [{"m": {"$gte": {"x": -index}}}]} for index in range(65)}
    assert fired(rules, '{"x":1}') == ["303"]
    rules.popitem()
    assert len(fired(rules, '{"x":1}')) == 64


def test_the_513th_first_comparison_loops_for_ever() -> None:
    source = "engine.create_ruleset('r', json.dumps({str(i): {'all': [{'m': {'$gte': {'x': i}}}]} for i in range(%d)}))"
    assert run(source % 512, 10).returncode == 0
    with pytest.raises(subprocess.TimeoutExpired):
        run(source % 513, 1)


def test_a_fact_of_more_than_254_properties_is_an_error() -> None:
    assert fired(when({"m": {"$gte": {"x1": 0}}}), json.dumps({f"x{index}": 1 for index in range(255)})) == ["302"]


# What the one kept session rests on


def test_a_fact_that_was_not_retracted_is_refused_by_its_identity() -> None:
    assert fired(when({"m": {"$gte": {"x": 0}}}), '{"id":"a","x":1}', '{"id":"a","x":2}') == ["fires", "refused 2"]
