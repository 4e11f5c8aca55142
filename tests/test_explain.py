"""Why, why not, what was checked, what is missing, and what would change it; every claim is held against a new run."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
import small
from small import answers, known, only, rule

from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.explain import Change, Explanation, explain, smallest_changes, why_not
from engine.findings import exactly
from engine.judgements import infer
from engine.recommend import decide
from engine.record import ListedCondition, ListedMedication, Record
from knowledge.read import read

AVOID = {"avoid": "cbt", "strictness": "absolute"}


def plan(base: KnowledgeBase, **values: Any) -> Decision:
    return decide(base, Record(), small.NOW, infer(base.ruleset, known(**values)), (), ())


def tell(base: KnowledgeBase, name: str = "cbt", **values: Any) -> Explanation:
    return explain(base, plan(base, **values), name, infer)


WANTS = rule("wants", "mood.total >= 5")
FORBIDS = rule("forbids", "craving.daily >= 7", small.escalate("E1"), AVOID, {"avoid": "ssri", "strictness": "absolute"})


@pytest.mark.parametrize(
    ("values", "standing"),
    [
        ({"mood__total": 5}, "recommended"),
        ({"mood__total": 5, "craving__daily": 7}, "withheld"),
        ({"mood__total": 4}, "not_recommended"),
        ({"mood__total": (4, 5)}, "could_not_evaluate"),
        ({}, "could_not_evaluate"),
    ],
)
def test_a_component_stands_as_its_rules_leave_it(values: dict[str, Any], standing: str) -> None:
    assert tell(only(WANTS, FORBIDS), **values).standing == standing


def test_of_a_component_that_no_rule_mentions_exactly_that_is_said() -> None:
    found = tell(only(WANTS, FORBIDS), "aromatherapy", mood__total=5)
    assert (found.standing, found.spoken_for, found.checks, found.changes) == ("no_rule_speaks_for_it", (), (), ())


def test_every_rule_that_could_recommend_it_says_what_it_found() -> None:
    found = tell(only(WANTS, rule("wants-too", "housing == none")), mood__total=5, housing="stable")
    assert [(reason.by.id, reason.truth, [str(leaf) for leaf in reason.grounds]) for reason in found.spoken_for] == [
        ("wants", True, ["mood.total >= 5"]),
        ("wants-too", False, ["housing == none"]),
    ]


@pytest.mark.parametrize(("craving", "result"), [(7, "present"), (6, "clear"), (None, "unknown"), ((6, 7), "unknown")])
def test_every_contraindication_was_looked_at_and_says_what_it_found(craving: Any, result: str) -> None:
    relative = rule("warns", "craving.daily >= 7", {"avoid": "cbt", "strictness": "relative"})
    found = tell(only(WANTS, FORBIDS, relative), mood__total=5, craving__daily=craving)
    assert [(check.reason.by.id, check.strictness, check.result) for check in found.checks] == [
        ("forbids", "absolute", result),
        ("warns", "relative", result),
    ]
    assert found.missing == (("craving.daily",) if result == "unknown" else ())


def test_what_would_settle_it_is_named_once() -> None:
    found = tell(only(WANTS, rule("wants-too", {"all": ["mood.total >= 6", "housing == none"]}), FORBIDS))
    assert found.missing == ("mood.total", "housing", "craving.daily")


def changes(base: KnowledgeBase, name: str = "cbt", **values: Any) -> list[dict[str, Any]]:
    found = tell(base, name, **values).changes
    return [{change.code: base.dictionary.entries[change.code].decode(change.after) for change in one} for one in found]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"mood__total": 5}, [{"mood.total": 4}, {"craving.daily": 7}]),
        ({"mood__total": 9, "craving__daily": 0}, [{"mood.total": 4}, {"craving.daily": 7}]),
        ({"mood__total": 4}, [{"mood.total": 5}]),
        ({"mood__total": 9, "craving__daily": 10}, [{"craving.daily": 6}]),
        ({"mood__total": 1, "craving__daily": 10}, [{"craving.daily": 6, "mood.total": 5}]),
    ],
)
def test_the_smallest_change_is_the_nearest_value_across_the_threshold(values: dict[str, Any], expected: list[dict[str, Any]]) -> None:
    found = changes(only(WANTS, FORBIDS), **values)
    assert sorted(map(str, found)) == sorted(map(str, expected))


def test_a_change_is_found_through_conclusions() -> None:
    base = only(
        rule("maker", "craving.daily >= 7", {"conclude": {"dual.severity": "mild"}}),
        rule("wants", {"all": ["dual.severity >= mild", "mood.total >= 5"]}),
    )
    assert changes(base, mood__total=5, craving__daily=6) == [{"craving.daily": 7}]
    twice = only(
        rule("maker", {"all": ["craving.daily >= 7", "mood.total >= 3"]}, {"conclude": {"dual.severity": "mild"}}),
        rule("wants", {"all": ["dual.severity >= mild", "mood.total >= 5"]}),
    )
    assert changes(twice, mood__total=4, craving__daily=7) == [{"mood.total": 5}]
    maker = rule("maker", "craving.daily >= 7", {"conclude": {"dual.severity": "mild"}})
    shared = only(maker, *(rule(name, "dual.severity >= mild") for name in ("wants", "wants-too")))
    assert changes(shared, craving__daily=9) == [{"craving.daily": 6}]
    assert changes(base, mood__total=4, craving__daily=6) == [{"craving.daily": 7, "mood.total": 5}]


def test_a_change_is_found_in_a_rule_that_sets_another_aside() -> None:
    base = only(WANTS, rule("instead", "housing in [stable, temporary]", {"recommend": "group-cbt"}, overrides=["wants"]))
    assert changes(base, mood__total=5, housing="stable") == [{"housing": "none"}]
    assert {"housing": "temporary"} in changes(base, mood__total=5, housing="none")


def test_a_change_is_found_between_two_close_thresholds() -> None:
    base = only(rule("wants", {"all": ["lab.potassium > 3.5", "lab.potassium < 3.55"]}))
    (found,) = changes(base, lab__potassium=4.2)
    assert 3.5 < found["lab.potassium"] < 3.55


def test_what_would_have_to_change_in_four_places_is_not_found() -> None:
    base = only(rule("wants", {"all": ["mood.total >= 5", "craving.daily >= 7", "housing == none", "drinks.daily >= 5"]}))
    assert changes(base, mood__total=1, craving__daily=1, housing="stable", drinks__daily=0) == []


def test_without_an_engine_no_change_is_looked_for() -> None:
    base = only(WANTS)
    assert explain(base, plan(base, mood__total=5), "cbt").changes == ()


def test_the_search_gives_up_rather_than_guess() -> None:
    """Five findings with many regions each: more trials than are allowed before any three of them are tried out."""
    parts = [{"any": [f"{code} == {number}" for number in range(0, 60, 2)]} for code in ("drinks.daily", "event.overdose.days_since")]
    parts += [{"any": [f"event.{kind}.days_since == {number}" for number in range(0, 60, 2)]} for kind in ("birth", "admission")]
    base = only(rule("wants", {"all": [*parts, "mood.total >= 5"]}))
    assert changes(base, mood__total=1) == []


def rerun(base: KnowledgeBase, decision: Decision, changed: tuple[Change, ...]) -> Decision:
    """The decision with some findings as the changes say, everything else as it was observed."""
    observed = {code: one for code, one in decision.judgements.findings.items() if code not in base.ruleset.conclusions}
    observed |= {change.code: exactly(change.code, change.after) for change in changed}
    return decide(base, Record(), small.NOW, infer(base.ruleset, observed), decision.positions, ())


def stands(decision: Decision, name: str) -> bool:
    return name in [item.component.id for item in decision.recommendations]


PEOPLE = {
    "nobody knows": Record(),
    "low mood, drinking, an opioid": Record(
        instruments=(answers("mood", items={"interest": 3, "low_mood": 3, "self_harm": 0}),),
        conditions=(ListedCondition(term="alcohol_use_disorder", status="active", severity="severe", at=small.ago(3)),),
        medications=(ListedMedication(ingredient="methadone", status="active"),),
        reviewed=small.REVIEWED,
    ),
    "recently on an MAO inhibitor": Record(
        instruments=(answers("mood", total=5),),
        medications=(ListedMedication(ingredient="phenelzine", status="stopped", last_taken=small.ago(10)),),
        reviewed=small.REVIEWED,
        events=(small.event("discharge", 3),),
    ),
    "partly asked": Record(instruments=(answers("mood", items={"interest": 2}),), reviewed=small.REVIEWED),
}


@pytest.mark.parametrize("person", PEOPLE)
def test_every_change_flips_and_no_part_of_it_does(person: str) -> None:
    base = small.base()
    decision = small.decide(PEOPLE[person])
    flipped = 0
    for name in base.components:
        now = stands(decision, name)
        for change in smallest_changes(base, decision, name, infer):
            flipped += 1
            assert stands(rerun(base, decision, change), name) is not now, (name, change)
            for size in range(1, len(change)):
                for part in combinations(change, size):
                    assert stands(rerun(base, decision, part), name) is now, (name, part)
    assert flipped >= 8


def test_what_only_a_stage_recommends_says_so_and_no_rule_can_turn_it_round() -> None:
    path = read(small.FOLDER / "pathways/aftercare.yaml")
    base = only(rule("wants", "mood.total >= 5", {"recommend": "aftercare-plan"}), pathways=(path,))
    record = Record(events=(small.event("discharge", 3),), reviewed=small.REVIEWED, instruments=(answers("mood", total=6),))
    found = explain(base, small.decide(record, base), "aftercare-plan", infer)
    assert found.standing == "recommended"
    assert [reason.reference for reason in found.spoken_for] == ["wants@1.0.0", "aftercare@1.0.0#stabilising"]
    assert found.changes == ()


def test_every_component_that_is_not_recommended_says_why_not() -> None:
    decision = small.decide(PEOPLE["low mood, drinking, an opioid"])
    told = why_not(small.base(), decision)
    assert set(told) == set(small.base().components) - {item.component.id for item in decision.recommendations}
    assert told["naltrexone"].standing == "withheld"
    assert told["aromatherapy"].standing == "no_rule_speaks_for_it"
    assert told["suicide-assessment"].standing == "could_not_evaluate"
