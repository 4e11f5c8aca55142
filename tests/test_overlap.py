"""Conditions that cannot hold, rules that say the same thing, and bands with gaps between them."""

from __future__ import annotations

from typing import Any

import pytest
import small
from small import escalate, follow_up, only, read_rule, rule

from engine.conditions import condition
from knowledge.overlap import alike, bands, implies, possible


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ({"all": ["craving.daily >= 7", "craving.daily < 7"]}, "condition-impossible"),
        ({"all": ["craving.daily >= 7", "craving.daily <= 7"]}, None),
        ({"all": ["craving.daily > 6", "craving.daily < 7"]}, "condition-impossible"),  # whole numbers: nothing lies between
        ({"all": ["sleep.hours > 6", "sleep.hours < 7"]}, None),  # 6.5 hours do
        ({"all": ["craving.daily >= 7", {"not": "craving.daily >= 3"}]}, "condition-impossible"),
        ({"all": ["craving.daily >= 7", {"all": ["housing == none", "craving.daily == 2"]}]}, "condition-impossible"),
        ({"all": ["housing == none", "housing in [stable]"]}, "condition-impossible"),
        ({"all": ["suicide.risk >= moderate", "suicide.risk == low"]}, "condition-impossible"),
        ({"all": ["craving.daily >= 7", {"any": ["craving.daily == 2", "housing == none"]}]}, None),
        ({"any": ["craving.daily >= 7", "craving.daily < 7"]}, "condition-empty-of-sense"),
        ({"any": ["craving.daily >= 7", "craving.daily < 6"]}, None),
        ({"any": ["taper.seizures == true", "taper.seizures == false"]}, "condition-empty-of-sense"),
        ({"not": {"all": ["craving.daily >= 7", "craving.daily < 7"]}}, "condition-impossible"),
        ("craving.daily >= 7", None),
    ],
)
def test_parts_on_one_finding_are_held_against_one_another(when: Any, code: str | None) -> None:
    one = read_rule(rule("one", when))
    assert [problem.code for problem in possible(one, small.base().dictionary)] == ([code] if code else [])


def found(*rules: dict[str, object]) -> set[tuple[str, str]]:
    return {(problem.code, problem.where) for problem in alike(only(*rules))}


MILD, BAD = "craving.daily >= 3", "craving.daily >= 7"


def test_two_rules_that_say_the_same_thing_are_found() -> None:
    both = {"all": [BAD, "mood.total >= 3"]}
    assert found(rule("one", both), rule("two", {"all": ["mood.total >= 3", BAD]})) == {("rule-twice", "one")}
    assert found(rule("one", BAD), rule("two", BAD, {"recommend": "ssri"})) == set()
    assert found(rule("one", BAD, escalate("E3", "Call.")), rule("two", BAD, escalate("E3", "Visit."))) == set()


def test_a_rule_that_adds_nothing_is_found() -> None:
    assert found(rule("narrow", BAD), rule("wide", MILD)) == {("rule-implied", "narrow")}
    assert found(rule("narrow", {"all": [MILD, "mood.total >= 3"]}), rule("wide", MILD)) == {("rule-implied", "narrow")}
    assert found(rule("narrow", MILD), rule("wide", {"any": [MILD, "mood.total >= 3"]})) == {("rule-implied", "narrow")}
    assert found(rule("narrow", BAD, {"recommend": "cbt", "urgency": "urgent"}), rule("wide", MILD)) == set(), "sooner is more"
    assert found(rule("narrow", BAD, {"recommend": "cbt"}, follow_up("P7D")), rule("wide", MILD)) == set(), "follow-up is more"
    assert found(rule("narrow", BAD, stratum="S3"), rule("wide", MILD)) == set(), "a more urgent stratum is more"
    assert found(rule("narrow", BAD, status="draft"), rule("wide", MILD)) == set()


@pytest.mark.parametrize(
    ("one", "other", "holds"),
    [
        (BAD, MILD, True),
        (MILD, BAD, False),
        (BAD, "mood.total >= 3", False),
        ({"any": [BAD, "craving.daily == 5"]}, MILD, True),
        ({"any": [BAD, "craving.daily == 1"]}, MILD, False),
        ({"all": [BAD, "mood.total >= 3"]}, {"all": ["mood.total >= 2", MILD]}, True),
        ({"all": [BAD, "mood.total >= 1"]}, {"all": ["mood.total >= 2", MILD]}, False),
        ({"not": MILD}, {"not": MILD}, True),
        ({"not": MILD}, {"not": BAD}, False),  # true, but not seen from the shape: then nothing is claimed
    ],
)
def test_what_implies_what(one: Any, other: Any, holds: bool) -> None:
    dictionary = small.base().dictionary
    assert implies(condition(one, dictionary), condition(other, dictionary), dictionary) is holds


def test_bands_with_a_gap_between_them() -> None:
    base = only(
        rule("low", "sleep.hours < 4"),
        rule("middle", {"all": ["sleep.hours >= 5", "sleep.hours < 8", "mood.total >= 3"]}, {"recommend": "ssri"}),
        rule("high", "sleep.hours >= 8", {"recommend": "acamprosate"}),
        rule("else", "craving.daily >= 7"),
    )
    topics = dict.fromkeys(("low", "middle", "high", "else"), "sleep")
    runs = [(band.rules, band.gap) for band in bands(base, topics)]
    assert runs == [(("low",), False), ((), True), (("middle",), False), (("high",), False)]
    assert [band.values for band in bands(base, topics)] == ["0 to below 4", "4 to below 5", "5 to below 8", "8 to 24"]
    assert list(bands(base, {**topics, "low": "a", "middle": "b", "high": "c"})) == []
