"""The compiled reading gives the truths and conclusions of the reference, whatever the shape of the rules."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
import random_knowledge
import small
from small import given, only, rule

from engine.base import KnowledgeBase
from engine.compiled import MAX_CLAUSES, MAX_WIDTH, Compiled, clauses
from engine.conditions import condition
from engine.dictionary import Entry
from engine.findings import Finding, Findings
from engine.judgements import Judgements, arrange, infer

ITEMS = ("interest", "low_mood", "self_harm")


def agree(base: KnowledgeBase, findings: Findings) -> Judgements:
    reference, compiled = infer(base.ruleset, findings), Compiled(base.ruleset)(base.ruleset, findings)
    assert compiled.truths == reference.truths
    assert compiled.findings == reference.findings
    return compiled


def everything(entry: Entry) -> list[Finding]:
    """Every range that a small scale allows, and not knowing it."""
    low, high = (int(end) for end in entry.bounds)
    pairs = [(one, other) for one in range(low, high + 1) for other in range(one, high + 1)]
    return [Finding(entry.code, absent="declined"), *(Finding(entry.code, one, other) for one, other in pairs)]


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">="])
def test_every_operator_at_every_threshold_and_every_range(operator: str) -> None:
    base = only(*(rule(f"at-{bound}", f"mood.total {operator} {bound}") for bound in range(10)))
    for finding in everything(base.dictionary.entries["mood.total"]):
        agree(base, {"mood.total": finding})


def test_membership_at_every_range() -> None:
    lists = ("[0]", "[9]", "[3, 4, 5]", "[1, 8]", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]")
    base = only(*(rule(f"in-{index}", f"mood.total in {values}") for index, values in enumerate(lists)))
    for finding in everything(base.dictionary.entries["mood.total"]):
        agree(base, {"mood.total": finding})


@pytest.mark.parametrize("value", [0.5, 3.4, 3.4999999, 3.5, 3.5000001, 3.6, 4.5, 15.0])
def test_decimals_on_beside_and_between_the_thresholds(value: float) -> None:
    base = only(
        *(
            rule(f"rule-{index}", f"lab.potassium {text}")
            for index, text in enumerate(["< 3.5", "<= 3.5", "== 4.5", "> 4.5", "in [3.5, 4.5]"])
        )
    )
    agree(base, {"lab.potassium": Finding("lab.potassium", value, value)})


SHAPES = (
    {"all": ["mood.interest >= 1", "mood.low_mood >= 2"]},
    {"any": ["mood.interest >= 1", {"all": ["mood.low_mood >= 2", "mood.self_harm == 0"]}]},
    {"not": {"any": ["mood.interest >= 1", "mood.low_mood >= 2"]}},
    {"all": [{"any": ["mood.interest == 3", "mood.low_mood == 3"]}, {"not": {"all": ["mood.self_harm >= 1", "mood.interest < 2"]}}]},
    {"any": ["mood.interest >= 1", {"not": "mood.interest >= 1"}]},  # unknown while interest is, in both readings
    {"all": ["mood.interest >= 1", {"any": ["mood.interest >= 1", "mood.low_mood >= 2"]}]},
    {"not": {"not": {"not": "mood.self_harm in [1, 2]"}}},
)


def test_every_shape_over_everything_three_items_can_be() -> None:
    base = only(*(rule(f"shape-{index}", shape) for index, shape in enumerate(SHAPES)))
    entries = [base.dictionary.entries[f"mood.{item}"] for item in ITEMS]
    for findings in product(*(everything(entry) for entry in entries)):
        agree(base, {finding.code: finding for finding in findings})


def alternatives(count: int, width: int) -> dict[str, object]:
    """An `any` of `count` pairs: multiplied out it has 2 ** count clauses."""
    codes = [f"craving.daily == {number % 11}" for number in range(width)]
    return {"any": [{"all": [codes[number % width], f"drinks.daily >= {number}"]} for number in range(count)]}


def test_a_condition_with_many_clauses_is_compiled_by_its_opposite() -> None:
    shape = alternatives(6, 6)
    tree = condition(shape, small.base().dictionary)
    assert clauses(tree) is None
    assert len(clauses(tree, negated=True) or []) == 6
    base = only(rule("turned", shape), rule("plain", "drinks.daily >= 3"))
    for craving, drinks in product((None, 0, 5, (0, 5), 10), (None, 0, 4, (2, 7), 50)):
        agree(base, given({"craving.daily": craving, "drinks.daily": drinks}))


def test_a_condition_too_wide_both_ways_is_judged_by_the_reference() -> None:
    shape = {"all": [alternatives(6, 6), {"any": [f"drinks.daily == {number}" for number in range(MAX_WIDTH + 1)]}]}
    tree = condition(shape, small.base().dictionary)
    assert clauses(tree) is None
    assert clauses(tree, negated=True) is None
    base = only(rule("wide", shape, {"conclude": {"dual.severity": "mild"}}), rule("reader", "dual.severity >= mild"))
    for craving, drinks in product((None, 0, 5, (0, 5), 10), (None, 0, 4, (2, 7), 50)):
        agree(base, given({"craving.daily": craving, "drinks.daily": drinks}))


def test_a_long_list_of_conditions_stays_within_bounds() -> None:
    every = {"all": [f"drinks.daily != {number}" for number in range(MAX_CLAUSES + 1)]}
    assert clauses(condition(every, small.base().dictionary)) is None
    agree(only(rule("long", every)), given({"drinks.daily": (30, 40)}))


def test_no_rules_need_no_findings() -> None:
    assert agree(only(), {}).truths == {}


def test_unmentioned_and_unknown_codes_change_nothing() -> None:
    base = only(rule("one", "mood.total >= 3"))
    assert agree(base, given({"mood.total": 3, "housing": "none"})).truths == {"one": True}


def test_the_own_rules_agree_over_many_random_people() -> None:
    base, rng = small.base(), Random(1)
    for _ in range(300):
        agree(base, random_knowledge.findings(rng, base.dictionary, known=rng.random()))


def test_random_rules_agree_layer_by_layer() -> None:
    for seed in range(20):
        rng = Random(seed)
        dictionary = random_knowledge.dictionary(rng)
        ruleset = arrange(random_knowledge.rules(rng, dictionary, 30), dictionary)
        compiled = Compiled(ruleset)
        for _ in range(20):
            findings = random_knowledge.findings(rng, dictionary)
            assert compiled(ruleset, findings) == infer(ruleset, findings), seed
