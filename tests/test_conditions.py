"""The condition language: what can be written, how it reads, and how a mistake is said."""

from __future__ import annotations

from typing import Any as Anything

import pytest
import small
from pydantic import ValidationError

from engine.conditions import All, Any, Compare, Condition, Not, condition, leaves
from engine.dictionary import Value


def read(raw: object, **parameters: Value) -> Condition:
    return condition(raw, small.base().dictionary, parameters)


@pytest.mark.parametrize(
    ("written", "finding", "operator", "values", "bounds"),
    [
        ("mood.total >= 5", "mood.total", ">=", (5,), (5,)),
        ("mood.total>=5", "mood.total", ">=", (5,), (5,)),
        ("  mood.total   <   5  ", "mood.total", "<", (5,), (5,)),
        ("lab.potassium <= 3.5", "lab.potassium", "<=", (3.5,), (3.5,)),
        ("lab.potassium > 3", "lab.potassium", ">", (3,), (3,)),
        ("suicide.risk == high", "suicide.risk", "==", ("high",), (3,)),
        ("suicide.risk != none", "suicide.risk", "!=", ("none",), (0,)),
        ("taper.seizures == true", "taper.seizures", "==", (True,), (1,)),
        ("taper.seizures == false", "taper.seizures", "==", (False,), (0,)),
        ("housing in [stable, none]", "housing", "in", ("stable", "none"), (0, 2)),
        ("housing in [ stable ]", "housing", "in", ("stable",), (0,)),
        ("mood.total in [1, 2]", "mood.total", "in", (1, 2), (1, 2)),
    ],
)
def test_a_leaf_is_one_line(written: str, finding: str, operator: str, values: tuple[Value, ...], bounds: tuple[int, ...]) -> None:
    leaf = read(written)
    assert isinstance(leaf, Compare)
    assert (leaf.finding, leaf.operator, leaf.values, leaf.bounds) == (finding, operator, values, bounds)
    assert leaf.children == ()


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("mood.total", "expected `finding operator value`"),
        ("mood.total ", "expected `finding operator value`"),
        ("mood.total >= ", "the value does not fit"),
        ("mood.total => 5", "expected `finding operator value`"),
        ("mood.total = 5", "expected `finding operator value`"),
        ("mood.total >= 5 and housing == none", "the value does not fit"),
        ("Mood.total >= 5", "expected `finding operator value`"),
        ("mood.totla >= 5", "mood.totla is not in the dictionary"),
        ("mood.total >= high", "mood.total is integer; the value does not fit"),
        ("mood.total >= 5.5", "the value does not fit"),
        ("mood.total >= true", "the value does not fit"),
        ("mood.total >= -1", "lies in 0 to 9"),
        ("taper.seizures == 1", "taper.seizures is boolean; the value does not fit"),
        ("taper.seizures == yes", "the value does not fit"),
        ("suicide.risk >= severe", "ordered of none, low, moderate, high"),
        ("suicide.risk >= 2", "the value does not fit"),
        ("housing >= temporary", "housing has no order"),
        ("taper.seizures > false", "taper.seizures has no order"),
        ("housing in stable", "`in` needs a list"),
        ("housing in []", "the value does not fit"),
        ("housing in [stable,]", "the value does not fit"),
        ("mood.total >= $threshold", r"\$threshold is not a named parameter"),
    ],
)
def test_a_mistake_in_a_leaf_says_what_is_wrong(written: str, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        read(written)


@pytest.mark.parametrize(
    "raw",
    [5, True, None, [], ["mood.total >= 5"], {}, {"all": ["mood.total >= 5"], "any": ["mood.total >= 5"]}, {"known": "mood.total"}, {1: 2}],
)
def test_anything_but_a_line_or_one_of_all_any_not_is_refused_with_one_error(raw: object) -> None:
    with pytest.raises(ValidationError) as refused:
        read(raw)
    assert [item["type"] for item in refused.value.errors()] == ["condition"]


@pytest.mark.parametrize("raw", [{"all": []}, {"any": []}, {"not": []}, {"not": None}, {"all": "mood.total >= 5"}])
def test_an_empty_or_misshapen_combination_is_refused(raw: object) -> None:
    with pytest.raises(ValidationError):
        read(raw)


def test_maps_combine_and_every_leaf_is_found_from_left_to_right() -> None:
    tree = read({"all": ["mood.total >= 5", {"any": ["housing == none", {"not": "craving.daily < 3"}]}]})
    assert isinstance(tree, All)
    assert isinstance(tree.children[1], Any)
    assert isinstance(tree.children[1].children[1], Not)
    assert [str(leaf) for leaf in leaves(tree)] == ["mood.total >= 5", "housing == none", "craving.daily < 3"]


def test_a_tree_already_read_is_read_as_it_stands() -> None:
    leaf = read("mood.total >= 5")
    tree = read({"all": [{"any": [leaf]}, {"not": "housing == none"}]})
    assert read(tree) == tree == read({"all": [{"any": ["mood.total >= 5"]}, {"not": "housing == none"}]})


def test_a_leaf_written_out_as_data_reads_back_as_itself() -> None:
    leaf = read("housing in [stable, none]")
    assert Compare.model_validate_json(leaf.model_dump_json()) == leaf


def test_the_place_of_a_mistake_deep_in_a_tree_is_named() -> None:
    with pytest.raises(ValidationError) as refused:
        read({"all": ["mood.total >= 5", {"any": ["housing == none", {"not": "mood.total >= 50"}]}]})
    assert [step for step in refused.value.errors()[0]["loc"] if step in ("all", "any", "not", 0, 1, 2)] == [
        "all",
        "all",
        1,
        "any",
        "any",
        1,
        "not",
        "not",
    ]


def test_every_mistake_is_collected_not_only_the_first() -> None:
    with pytest.raises(ValidationError) as refused:
        read({"any": ["mood.total >= 50", "nothing == 1", "housing > none"]})
    for complaint in ("lies in 0 to 9", "nothing is not in the dictionary", "housing has no order"):
        assert any(complaint in item["msg"] for item in refused.value.errors())


def test_a_named_parameter_stands_for_its_value_and_is_remembered() -> None:
    leaf = read("mood.total >= $moderate-mood", **{"moderate-mood": 5})
    assert isinstance(leaf, Compare)
    assert (leaf.bounds, leaf.parameter) == ((5,), "moderate-mood")


def test_a_parameter_is_checked_like_a_value_written_out() -> None:
    with pytest.raises(ValidationError, match="lies in 0 to 9"):
        read("mood.total >= $moderate-mood", **{"moderate-mood": 50})


@pytest.mark.parametrize(
    "written", ["mood.total >= 5", "housing in [stable, none]", "taper.seizures == true", "lab.potassium < 3.5", "suicide.risk != none"]
)
def test_a_leaf_prints_as_it_is_written(written: str) -> None:
    assert str(read(written)) == written


def test_a_printed_leaf_reads_back_as_itself() -> None:
    for rule in small.base().rules.values():
        for leaf in leaves(rule.when):
            again = read(str(leaf))
            assert isinstance(again, Compare)
            assert (again.finding, again.operator, again.bounds) == (leaf.finding, leaf.operator, leaf.bounds)


def test_a_condition_is_frozen() -> None:
    leaf: Anything = read("mood.total >= 5")
    with pytest.raises(ValidationError, match="frozen"):
        leaf.bounds = (1,)
