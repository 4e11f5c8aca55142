"""The reference reading: ranges against thresholds, three truths, decisive leaves, conclusions and their layers."""

from __future__ import annotations

from typing import Any

import pytest
import small
from small import escalate, known, only, rule

from engine.conditions import Compare, condition
from engine.errors import Refused
from engine.findings import Finding
from engine.judgements import Truth, arrange, compare, infer, judge, of

T, F, U = True, False, None


def leaf(text: str) -> Compare:
    read = condition(text, small.base().dictionary)
    assert isinstance(read, Compare)
    return read


@pytest.mark.parametrize(
    ("written", "low", "high", "truth"),
    [
        ("mood.total >= 5", 4, 4, F),
        ("mood.total >= 5", 5, 5, T),
        ("mood.total >= 5", 5, 9, T),
        ("mood.total >= 5", 4, 5, U),
        ("mood.total >= 5", 0, 4, F),
        ("mood.total > 5", 5, 5, F),
        ("mood.total > 5", 6, 6, T),
        ("mood.total > 5", 5, 6, U),
        ("mood.total <= 5", 5, 5, T),
        ("mood.total <= 5", 5, 6, U),
        ("mood.total <= 5", 6, 6, F),
        ("mood.total < 5", 4, 4, T),
        ("mood.total < 5", 4, 5, U),
        ("mood.total < 5", 5, 5, F),
        ("mood.total == 5", 5, 5, T),
        ("mood.total == 5", 4, 4, F),
        ("mood.total == 5", 4, 5, U),
        ("mood.total == 5", 6, 9, F),
        ("mood.total != 5", 5, 5, F),
        ("mood.total != 5", 4, 6, U),
        ("mood.total != 5", 6, 9, T),
        ("mood.total in [3, 4, 5]", 3, 5, T),
        ("mood.total in [3, 5]", 3, 5, U),
        ("mood.total in [3, 5]", 4, 4, F),
        ("mood.total in [3, 5]", 6, 9, F),
        ("lab.potassium < 3.5", 3.4999, 3.4999, T),
        ("lab.potassium < 3.5", 3.5, 3.5, F),
        ("lab.potassium < 3.5", 3.4, 3.6, U),
        ("lab.potassium == 3.5", 3.5, 3.5, T),
        ("lab.potassium in [3.5, 4.5]", 3.5, 4.5, U),
        ("lab.potassium in [3, 4]", 3, 4, U),  # between two decimals there are always others
        ("lab.potassium in [3.5, 4.5]", 3.6, 4.4, F),
        ("suicide.risk >= moderate", 2, 3, T),
        ("suicide.risk >= moderate", 1, 2, U),
        ("suicide.risk >= moderate", 0, 1, F),
        ("suicide.risk == none", 0, 3, U),
        ("taper.seizures == true", 0, 1, U),
        ("taper.seizures == true", 1, 1, T),
        ("taper.seizures != true", 1, 1, F),
        ("housing in [stable, temporary]", 0, 1, T),
        ("housing in [stable, none]", 0, 2, U),
    ],
)
def test_a_leaf_is_true_when_all_that_is_possible_satisfies_it_and_false_when_nothing_does(
    written: str, low: float, high: float, truth: Truth
) -> None:
    assert compare(leaf(written), Finding(leaf(written).finding, low, high)) is truth


@pytest.mark.parametrize(
    "written", ["mood.total >= 5", "mood.total != 5", "housing in [stable]", "taper.seizures == true", "mood.total < 9"]
)
def test_without_a_value_a_leaf_is_unknown_whatever_the_reason(written: str) -> None:
    code = leaf(written).finding
    assert judge(leaf(written), {}).truth is None
    for reason in ("declined", "stale", "never_asked"):
        assert judge(leaf(written), {code: Finding(code, absent=reason)}).truth is None


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [(T, T, T, T), (T, F, F, T), (T, U, U, T), (F, F, F, F), (F, U, F, U), (U, U, U, U)],
)
def test_all_any_and_not_follow_the_three_values(one: Truth, other: Truth, both: Truth, either: Truth) -> None:
    values = {"mood.total": {T: 5, F: 4, U: None}[one], "craving.daily": {T: 7, F: 6, U: None}[other]}
    parts = ["mood.total >= 5", "craving.daily >= 7"]
    opposite = {T: F, F: T, U: U}
    dictionary = small.base().dictionary
    for order in (parts, parts[::-1]):
        assert judge(condition({"all": order}, dictionary), small.given(values)).truth is both
        assert judge(condition({"any": order}, dictionary), small.given(values)).truth is either
        assert judge(condition({"not": {"all": order}}, dictionary), small.given(values)).truth is opposite[both]


def decisive(raw: object, **values: Any) -> list[str]:
    return [str(found) for found in judge(condition(raw, small.base().dictionary), known(**values)).leaves]


ALL = {"all": ["mood.total >= 5", "craving.daily >= 7", "housing == none"]}
ANY = {"any": ["mood.total >= 5", "craving.daily >= 7", "housing == none"]}


@pytest.mark.parametrize(
    ("raw", "values", "shown"),
    [
        (ALL, {"mood__total": 5, "craving__daily": 7, "housing": "none"}, ["mood.total >= 5", "craving.daily >= 7", "housing == none"]),
        (ALL, {"mood__total": 5, "craving__daily": 6}, ["craving.daily >= 7"]),
        (ALL, {"mood__total": 5}, ["craving.daily >= 7", "housing == none"]),
        (ANY, {"mood__total": 4, "craving__daily": 7}, ["craving.daily >= 7"]),
        (ANY, {"mood__total": 4, "craving__daily": 6}, ["housing == none"]),
        (ANY, {"mood__total": 4, "craving__daily": 6, "housing": "stable"}, ["mood.total >= 5", "craving.daily >= 7", "housing == none"]),
        ({"not": ALL}, {"craving__daily": 6}, ["craving.daily >= 7"]),
        ({"not": ANY}, {"craving__daily": 7}, ["craving.daily >= 7"]),
        (
            {"any": [ALL, "suicide.risk == high"]},
            {"mood__total": 9, "craving__daily": 9, "housing": "none", "suicide__risk": "high"},
            ["suicide.risk == high"],
        ),
        ({"all": ["mood.total >= 5", {"not": {"not": "mood.total >= 5"}}]}, {"mood__total": 5}, ["mood.total >= 5"]),
    ],
)
def test_only_the_leaves_that_settle_the_verdict_are_shown(raw: object, values: dict[str, Any], shown: list[str]) -> None:
    assert decisive(raw, **values) == shown


def test_what_is_missing_is_named_once_and_only_while_unknown() -> None:
    tree = condition({"all": ["mood.total >= 5", {"any": ["mood.total >= 7", "craving.daily >= 7"]}]}, small.base().dictionary)
    assert judge(tree, known(mood__total=(4, 6))).missing() == ("mood.total", "craving.daily")
    assert judge(tree, known(mood__total=4)).missing() == ()


CHAIN = (
    rule("mild", "mood.total >= 3", {"conclude": {"dual.severity": "mild"}}),
    rule("severe", "craving.daily >= 7", {"conclude": {"dual.severity": "severe"}}),
    rule("reader", "dual.severity >= mild"),
)


@pytest.mark.parametrize(
    ("mood", "craving", "low", "high", "verdict"),
    [
        (3, 7, 2, 2, T),
        (3, 6, 1, 1, T),
        (2, 6, 0, 0, F),
        (3, None, 1, 2, T),
        (2, None, 0, 2, U),
        (None, 6, 0, 1, U),
        (None, 7, 2, 2, T),
        (None, None, 0, 2, U),
    ],
)
def test_a_conclusion_runs_from_the_highest_value_proved_to_the_highest_still_possible(
    mood: int | None, craving: int | None, low: int, high: int, verdict: Truth
) -> None:
    found = small.judged(only(*CHAIN), mood__total=mood, craving__daily=craving)
    conclusion = found.findings["dual.severity"]
    assert (conclusion.low, conclusion.high) == (low, high)
    assert conclusion.absent == (None if low == high else "undetermined")
    assert conclusion.basis == ("craving.daily", "mood.total")
    assert found.truths["reader"] is verdict


def test_a_rule_comes_in_a_later_layer_than_every_rule_it_rests_on() -> None:
    withdrawal = rule("withdrawal", "dual.severity == severe", {"conclude": {"withdrawal.expected": True}})
    ruleset = only(*CHAIN, withdrawal, rule("last", "withdrawal.expected == true"), rule("free", "housing == none")).ruleset
    layers = [[item.id for item in layer] for layer in ruleset.layers]
    assert layers == [["free", "mild", "severe"], ["reader", "withdrawal"], ["last"]]
    assert ruleset.settled == (("dual.severity",), ("withdrawal.expected",), ())
    assert {item.id for item in ruleset.rules} == {"free", "mild", "severe", "reader", "withdrawal", "last"}


def test_rules_that_rest_on_their_own_conclusion_are_refused() -> None:
    circle = only(
        rule("one", "dual.severity >= mild", {"conclude": {"withdrawal.expected": True}}),
        rule("two", "withdrawal.expected == true", {"conclude": {"dual.severity": "mild"}}),
    )
    with pytest.raises(Refused) as refused:
        _ = circle.ruleset
    assert [problem.code for problem in refused.value.problems] == ["rules-in-a-circle"]


def test_a_value_that_cannot_be_concluded_is_refused() -> None:
    wrong = small.read_rule(rule("wrong", "mood.total >= 3", {"conclude": {"dual.severity": "terrible"}}))
    with pytest.raises(Refused, match="conclusion-value"):
        arrange((wrong,), small.base().dictionary)


def test_a_rule_that_is_not_active_is_not_judged() -> None:
    base = only(rule("draft", "mood.total >= 3", status="draft"), rule("live", "mood.total >= 3", escalate("E1")))
    assert set(small.judged(base, mood__total=5).truths) == {"live"}


def test_judging_leaves_the_findings_it_was_given_alone() -> None:
    findings = dict(known(mood__total=5))
    infer(only(*CHAIN).ruleset, findings)
    assert set(findings) == {"mood.total"}


def test_what_was_never_mentioned_was_never_asked() -> None:
    assert of({}, "mood.total") == Finding("mood.total", absent="never_asked")
    assert of(known(mood__total=5), "mood.total").low == 5
