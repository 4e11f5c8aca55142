"""Every decision is checked by durable-rules in its own process, and nothing that happens to it can cost a decision."""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

import pytest
import random_knowledge

from adapters.durable import Disagreement, Fault, Health, Lockstep, available, process
from adapters.durable.encode import encode
from engine.dictionary import Dictionary
from engine.findings import Finding, Findings, exactly
from engine.judgements import Judgements, RuleSet, arrange, infer

needs_durable = pytest.mark.skipif(not available(), reason=available().reason or "")


@contextmanager
def lockstep(rules: RuleSet, **options: Any) -> Iterator[Lockstep]:
    with Lockstep(rules, options.pop("witness", infer), timeout=options.pop("timeout", 5.0), **options) as made:
        yield made


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.005)


def refusal(made: Lockstep, rules: RuleSet, findings: Findings) -> str:
    """The code of the reason why this decision is unchecked; the answer is the witness's all the same."""
    judged = made(rules, findings)
    assert (judged.agreement, judged.truths, judged.disputed) == ("unchecked", infer(rules, findings).truths, ())
    assert made.health.state == "unchecked"
    assert made.health.unchecked
    return (made.health.reason or "").split(":")[0]


def pid(made: Lockstep) -> int:
    assert made._second is not None
    assert made._second._ready is not None
    return made._second._ready.pid


@needs_durable
def test_every_decision_is_checked() -> None:
    rules, people = random_knowledge.people(7)
    with lockstep(rules) as made:
        for findings in people:
            judged = made(rules, findings)
            assert judged == Judgements(infer(rules, findings).truths, infer(rules, findings).findings, "agreed")
        assert made.health == Health("agreeing", len(people), 0, 0, 0, None)


@needs_durable
def test_threads_get_their_own_answers() -> None:
    rules, people = random_knowledge.people(7)
    wrong: list[Findings] = []

    def ask(findings: Findings) -> None:
        for _ in range(10):
            judged = made(rules, findings)
            if judged.agreement != "agreed" or judged.truths != infer(rules, findings).truths:
                wrong.append(findings)

    with lockstep(rules) as made:
        threads = [threading.Thread(target=ask, args=(findings,)) for findings in people[:6]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong


@needs_durable
def test_a_flipped_verdict_is_disagreed_reported_and_remembered() -> None:
    rules, people = random_knowledge.people(7)
    flipped = rules.rules[3].id
    told: list[Disagreement] = []
    with lockstep(rules, fault=Fault.parse(f"flip:{flipped}"), report=told.append) as made:
        judged = made(rules, people[0])
        held = infer(rules, people[0]).truths[flipped]
        assert (judged.agreement, judged.disputed, dict(judged.truths)) == ("disagreed", (flipped,), dict(infer(rules, people[0]).truths))
        assert [dict(one.truths) for one in told] == [{flipped: (held, held is not True)}]
        low_and_high = {code: (found.low, found.high) for code, found in people[0].items() if found.low is not None}
        assert told[0].findings.items() <= low_and_high.items()
        assert (made.health.state, made.health.checked, made.health.disagreements) == ("disagreeing", 1, 1)
        made._second.close()  # type: ignore[union-attr]
        assert made(rules, people[0]).agreement == "unchecked"
        assert made.health.state == "disagreeing"


@needs_durable
@pytest.mark.parametrize(("level", "held", "kept"), [("E4", 0, True), ("E6", 0, True), ("E3", 0, False), ("E5", 3, False)])
def test_an_urgent_escalation_that_durable_rules_alone_holds_is_named(level: str, held: int, kept: bool) -> None:
    dictionary = random_knowledge.dictionary(Random(5))
    code = next(entry.code for entry in dictionary.entries.values() if entry.type == "integer")
    escalate: dict[str, object] = {"escalate": level, "do": {"en": "act", "es": "act"}}
    rules = arrange((random_knowledge.rule(dictionary, "urgent", f"{code} >= 3", escalate),), dictionary)
    with lockstep(rules, fault=Fault("flip", "urgent"), report=lambda _: None) as made:
        assert made(rules, {code: exactly(code, held)}).emergent == (("urgent",) if kept else ())


@needs_durable
def test_a_disagreement_is_logged_without_findings(caplog: pytest.LogCaptureFixture) -> None:
    rules, people = random_knowledge.people(7)
    with lockstep(rules, fault=Fault("flip", rules.rules[0].id)) as made:
        made(rules, people[0])
    assert f"durable-disagreement: {rules.rules[0].id}" in caplog.messages


@needs_durable
def test_a_worker_that_crashes_costs_one_check() -> None:
    rules, people = random_knowledge.people(7)
    with lockstep(rules, fault=Fault.parse("crash")) as made:
        assert refusal(made, rules, people[0]) == "durable-worker-ended"
        assert [made(rules, findings).agreement for findings in people[1:4]] == ["agreed"] * 3
        assert made.health == Health("agreeing", 3, 1, 0, 1, None)


@needs_durable
def test_a_worker_that_hangs_is_not_waited_for() -> None:
    rules, people = random_knowledge.people(7)
    with lockstep(rules, fault=Fault.parse("hang"), timeout=0.2) as made:
        began = time.monotonic()
        assert refusal(made, rules, people[0]).startswith("durable-")
        assert time.monotonic() - began < 1.0
        until(lambda: made(rules, people[1]).agreement == "agreed")
        assert made.health.restarts >= 1


@needs_durable
def test_a_slow_worker_is_waited_for() -> None:
    rules, people = random_knowledge.people(7)
    with lockstep(rules, fault=Fault.parse("slow")) as made:
        assert made(rules, people[0]).agreement == "agreed"


@needs_durable
def test_a_worker_killed_from_outside_is_reaped_and_replaced() -> None:
    rules, people = random_knowledge.people(7)

    def witness(rules: RuleSet, findings: Findings) -> Judgements:
        os.kill(pid(made), signal.SIGKILL)
        return infer(rules, findings)

    with lockstep(rules, witness=witness, fault=Fault("slow")) as made:
        killed = pid(made)
        assert refusal(made, rules, people[0]) == "durable-worker-ended"
        until(lambda: made.health.restarts == 1)
        assert not os.path.exists(f"/proc/{killed}")


@needs_durable
@pytest.mark.parametrize("value", [True, math.nan, 2**60, "high", object()])
def test_a_value_that_durable_rules_must_not_see_leaves_the_decision_unchecked(value: Any) -> None:
    rules, _ = random_knowledge.people(7)
    code = encode(rules).inputs[0]
    with lockstep(rules, witness=lambda rules, _: infer(rules, {})) as made:
        assert made(rules, {code: Finding(code, value, value)}).agreement == "unchecked"
        assert (made.health.reason or "").startswith("durable-value-refused")
        assert made(rules, {}).agreement == "agreed"
        assert made.health.restarts == 0


@needs_durable
def test_what_the_witness_raises_is_raised_and_no_answer_is_mixed_up() -> None:
    rules, people = random_knowledge.people(7)
    failing = iter([True, False])

    def witness(rules: RuleSet, findings: Findings) -> Judgements:
        if next(failing):
            raise ZeroDivisionError
        return infer(rules, findings)

    with lockstep(rules, witness=witness) as made:
        with pytest.raises(ZeroDivisionError):
            made(rules, people[0])
        assert made(rules, people[1]).agreement == "agreed"


@needs_durable
def test_whoever_waits_too_long_goes_unchecked() -> None:
    rules, people = random_knowledge.people(7)
    entered, leave = threading.Event(), threading.Event()

    def witness(rules: RuleSet, findings: Findings) -> Judgements:
        if not entered.is_set():
            entered.set()
            leave.wait(5)
        return infer(rules, findings)

    with lockstep(rules, witness=witness, timeout=0.2) as made:
        first = threading.Thread(target=made, args=(rules, people[0]))
        first.start()
        entered.wait(5)
        assert refusal(made, rules, people[1]) == "durable-busy"
        leave.set()
        first.join()
        assert made(rules, people[1]).agreement == "agreed"
        assert made.health == Health("agreeing", 2, 1, 0, 0, None)


@needs_durable
def test_other_rules_and_a_closed_engine_are_unchecked() -> None:
    rules, people = random_knowledge.people(7)
    other, _ = random_knowledge.people(8)
    with lockstep(rules) as made:
        assert refusal(made, other, people[0]) == "durable-other-rules"
    assert refusal(made, rules, people[0]) == "durable-closed"


@needs_durable
def test_a_process_that_was_forked_keeps_off_the_worker() -> None:
    rules, people = random_knowledge.people(7)
    with lockstep(rules) as made:
        made._owner += 1
        assert refusal(made, rules, people[0]) == "durable-forked"


@needs_durable
def test_rules_that_hang_durable_rules_do_not_hang_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    rules, people = random_knowledge.people(7, n=1)
    monkeypatch.setattr(process, "START_WITHIN", 0.5)
    overflowing = {str(index): {"all": [{"m": {"$gte": {"l0": index}}}]} for index in range(513)}
    program = encode(rules)
    body = {**program.body, "rounds": [([(json.dumps(overflowing), ["l0"])], {}, [])]}
    monkeypatch.setattr("adapters.durable.lockstep.encode", lambda _: replace(program, body=body))
    with lockstep(rules, timeout=0.1) as made:
        assert refusal(made, rules, people[0]) == "durable-timeout"


# Without durable-rules


def test_without_durable_rules_every_decision_is_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)  # what an import that fails leaves behind
    rules, people = random_knowledge.people(7)
    assert not available()
    with lockstep(rules) as made:
        assert made.health.state == "unchecked"
        assert refusal(made, rules, people[0]) == "durable-unavailable"


def test_rules_that_durable_rules_cannot_hold_are_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.durable.lockstep.available", lambda: True)
    monkeypatch.setattr("adapters.durable.encode.PROPERTIES", 0)
    rules, people = random_knowledge.people(7)
    with lockstep(rules) as made:
        assert refusal(made, rules, people[0]) == "durable-fact-too-wide"


@needs_durable
def test_a_rule_with_a_number_that_durable_rules_cannot_compare_leaves_all_unchecked() -> None:
    entry = {"code": "f", "type": "integer", "label": {"en": "f", "es": "f"}, "range": (0, 2**60)}
    dictionary = Dictionary.model_validate({"entries": {"f": entry}, "conditions": {}, "ingredients": {}, "classes": {}, "lists": {}})
    rules = arrange((random_knowledge.rule(dictionary, "large", f"f >= {2**55}"),), dictionary)
    with lockstep(rules) as made:
        assert refusal(made, rules, {"f": exactly("f", 2**55)}) == "durable-value-refused"
