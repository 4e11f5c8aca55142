"""From judgements to one plan: what wins, what yields, what is said about what yielded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import small
from small import escalate, follow_up, known, only, rule

from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.judgements import infer
from engine.recommend import decide
from engine.record import Preferences, Record


def plan(base: KnowledgeBase, preferences: Preferences | None = None, emergent: tuple[str, ...] = (), **values: Any) -> Decision:
    """The decision on what is known, without a record to read it from."""
    judgements = replace(infer(base.ruleset, known(**values)), emergent=emergent)
    return decide(base, Record(preferences=preferences or Preferences()), small.NOW, judgements, (), ())


def avoid(component: str, strictness: str = "absolute", **more: Any) -> dict[str, Any]:
    return {"avoid": component, "strictness": strictness, **more}


LOW_MOOD: dict[str, Any] = {"mood__total": 6}


def names(items: Any) -> list[str]:
    return [item.component.id for item in items]


def test_an_absolute_contraindication_withholds_and_lists_both_reasons_and_the_alternatives() -> None:
    base = only(rule("wants", "mood.total >= 5", {"recommend": "ssri"}), rule("forbids", "craving.daily >= 7", avoid("ssri")))
    decision = plan(base, **LOW_MOOD, craving__daily=7)
    assert names(decision.recommendations) == []
    (held,) = decision.withheld
    assert (held.component.id, held.sought, held.alternatives) == ("ssri", ("recommended",), ("mirtazapine",))
    assert [reason.by.id for reason in held.wanted] == ["wants"]
    assert [(item.reason.by.id, str(item.reason.grounds[0])) for item in held.blocked] == [("forbids", "craving.daily >= 7")]
    assert decision.outcome == "recommendations"


def test_what_is_named_instead_comes_first_and_nothing_forbidden_is_offered() -> None:
    base = only(
        rule("wants", "mood.total >= 5", {"recommend": "ssri"}),
        rule("forbids", "mood.total >= 5", avoid("ssri", instead=["cbt", "naltrexone", "ssri"])),
        rule("forbids-too", "mood.total >= 5", avoid("naltrexone")),
    )
    assert plan(base, **LOW_MOOD).withheld[0].alternatives == ("cbt", "mirtazapine")


def test_what_surely_forbids_comes_before_what_may() -> None:
    base = only(
        rule("a-may", "craving.daily >= 7", avoid("ssri"), on_unknown="escalate"),
        rule("b-does", "mood.total >= 5", avoid("ssri")),
        rule("wants", "mood.total >= 5", {"recommend": "ssri"}),
    )
    assert [item.reason.by.id for item in plan(base, **LOW_MOOD).withheld[0].blocked] == ["b-does", "a-may"]


def test_a_relative_contraindication_stands_beside_the_recommendation() -> None:
    base = only(rule("wants", "mood.total >= 5", {"recommend": "ssri"}), rule("warns", "craving.daily >= 7", avoid("ssri", "relative")))
    decision = plan(base, **LOW_MOOD, craving__daily=7)
    assert names(decision.recommendations) == ["ssri"]
    assert [item.reason.by.id for item in decision.recommendations[0].cautions] == ["warns"]
    assert decision.withheld == decision.cautions == ()
    assert plan(base, **LOW_MOOD, craving__daily=6).recommendations[0].cautions == ()


def test_when_every_option_is_forbidden_a_prescriber_is_asked() -> None:
    base = only(
        rule("wants", "mood.total >= 5", {"recommend": "ssri"}),
        rule("forbids", "mood.total >= 5", avoid("ssri")),
        rule("forbids-the-other", "mood.total >= 5", avoid("mirtazapine")),
    )
    decision = plan(base, **LOW_MOOD)
    assert decision.withheld[0].alternatives == ()
    (step,) = decision.escalations
    assert (step.level, step.to, step.within) == ("E2", "prescriber", timedelta(days=7))
    assert "SSRI" in step.do["en"]
    assert [reason.by.id for reason in step.reasons] == ["forbids"]


def test_what_nobody_wants_proposes_or_takes_is_not_withheld() -> None:
    base = only(rule("forbids", "mood.total >= 5", avoid("ssri")), rule("warns", "mood.total >= 5", avoid("naltrexone", "relative")))
    assert (plan(base, **LOW_MOOD).withheld, plan(base, **LOW_MOOD).cautions) == ((), ())


@pytest.mark.parametrize(
    ("values", "sought"),
    [
        ({"medication__ssri": "active"}, ("active",)),
        ({"medication__ssri__proposed": True}, ("proposed",)),
        ({"medication__ssri": "active", "medication__ssri__proposed": True}, ("proposed", "active")),
        ({"medication__ssri": "stopped"}, None),
        ({"medication__ssri__proposed": False}, None),
    ],
)
@pytest.mark.parametrize("strictness", ["absolute", "relative"])
def test_what_is_taken_or_proposed_is_held_against_its_contraindications(values: dict[str, Any], sought: Any, strictness: str) -> None:
    decision = plan(only(rule("against", "mood.total >= 5", avoid("ssri", strictness))), **LOW_MOOD, **values)
    against, other = (decision.withheld, decision.cautions) if strictness == "absolute" else (decision.cautions, decision.withheld)
    assert [item.sought for item in against] == ([sought] if sought else [])
    assert other == ()


def test_a_rule_that_names_another_sets_it_aside_and_says_so() -> None:
    base = only(rule("general", "mood.total >= 3"), rule("special", "mood.total >= 5", {"recommend": "group-cbt"}, overrides=["general"]))
    assert names(plan(base, mood__total=6).recommendations) == ["group-cbt"]
    assert plan(base, mood__total=6).overridden == (("general", "special"),)
    assert names(plan(base, mood__total=4).recommendations) == ["cbt"]
    assert plan(base, mood__total=4).overridden == ()
    assert names(plan(base, mood__total=(4, 6)).recommendations) == ["cbt"]  # what may hold sets nothing aside


def test_a_rule_that_does_not_hold_is_not_counted_as_set_aside() -> None:
    base = only(rule("general", "craving.daily >= 7"), rule("special", "mood.total >= 5", overrides=["general"]))
    assert plan(base, **LOW_MOOD, craving__daily=1).overridden == ()


@pytest.mark.parametrize(("on_unknown", "acts"), [("escalate", True), ("ask", False), ("silent", False)])
def test_while_unknown_only_a_precaution_acts_and_is_marked(on_unknown: str, acts: bool) -> None:
    actions = ({"recommend": "detox-bed"}, escalate("E4"), follow_up("P1D"))
    decision = plan(only(rule("maybe", "mood.total >= 5", *actions, on_unknown=on_unknown)), mood__total=(4, 6))
    assert names(decision.recommendations) == (["detox-bed"] if acts else [])
    assert [step.level for step in decision.escalations] == (["E4"] if acts else [])
    assert (decision.follow_up is not None) is acts
    if acts:
        (reason,) = decision.recommendations[0].reasons
        assert (reason.truth, reason.precaution, [str(leaf) for leaf in reason.grounds]) == (None, True, ["mood.total >= 5"])


def test_a_precaution_against_withholds_too() -> None:
    base = only(
        rule("wants", "mood.total >= 5", {"recommend": "ssri"}),
        rule("forbids", "craving.daily >= 7", avoid("ssri"), on_unknown="escalate"),
    )
    assert names(plan(base, **LOW_MOOD).withheld) == ["ssri"]
    assert names(plan(base, **LOW_MOOD, craving__daily=6).recommendations) == ["ssri"]


def test_urgency_strength_and_reasons_of_one_component_merge() -> None:
    strong = {"strength": "strong", "verification": "P", "sources": ["POLICY"]}
    base = only(
        rule("later", "mood.total >= 5", {"recommend": "cbt", "urgency": "routine"}, evidence=strong, stratum="S6"),
        rule("sooner", "mood.total >= 5", {"recommend": "cbt", "urgency": "urgent"}, {"recommend": "cbt", "urgency": "soon"}, stratum="S5"),
    )
    (item,) = plan(base, **LOW_MOOD).recommendations
    assert (item.urgency, item.strength, item.heading) == ("urgent", "strong", "now")
    assert [reason.by.id for reason in item.reasons] == ["sooner", "later"]


def test_recommendations_stand_most_urgent_first_then_by_stratum_strength_and_name() -> None:
    strong = {"strength": "strong", "verification": "P", "sources": ["POLICY"]}
    base = only(
        rule("a", "mood.total >= 5", {"recommend": "cbt"}, stratum="S6"),
        rule("b", "mood.total >= 5", {"recommend": "acamprosate"}, stratum="S6"),
        rule("c", "mood.total >= 5", {"recommend": "ssri"}, stratum="S6", evidence=strong),
        rule("d", "mood.total >= 5", {"recommend": "mirtazapine"}, stratum="S5"),
        rule("e", "mood.total >= 5", {"recommend": "case-management", "urgency": "soon"}, stratum="S7"),
        rule("f", "mood.total >= 5", {"recommend": "integrated-care"}, stratum="S2"),
        rule("g", "mood.total >= 5", {"recommend": "detox-bed", "urgency": "emergent"}, stratum="S4"),
    )
    order = ["detox-bed", "integrated-care", "case-management", "mirtazapine", "ssri", "acamprosate", "cbt"]
    decision = plan(base, **LOW_MOOD)
    assert names(decision.recommendations) == order
    assert [item.heading for item in decision.recommendations] == ["now"] * 2 + ["plan"] * 5


def test_what_the_person_declines_stays_visible_and_marked() -> None:
    base = only(rule("wants", "mood.total >= 5", {"recommend": "ssri"}, stratum="S0"))
    declined = plan(base, Preferences(declined=("ssri",)), **LOW_MOOD).recommendations[0]
    assert declined.declined
    assert replace(declined, declined=False) == plan(base, **LOW_MOOD).recommendations[0]


def test_escalations_stand_highest_first_and_the_same_step_merges() -> None:
    base = only(
        rule("one", "mood.total >= 5", escalate("E3", "Call."), escalate("E5", "Stay.")),
        rule("two", "mood.total >= 6", escalate("E3", "Call."), stratum="S1"),
        rule("three", "mood.total >= 5", escalate("E3", "Call.", to="peer"), escalate("E3", "Write.")),
    )
    steps = plan(base, **LOW_MOOD).escalations
    assert [(step.level, step.to, step.do["en"]) for step in steps] == [
        ("E5", "crisis_clinician", "Stay."),
        ("E3", "clinician", "Call."),
        ("E3", "clinician", "Write."),
        ("E3", "peer", "Call."),
    ]
    assert [reason.by.id for reason in steps[1].reasons] == ["two", "one"]


EMERGENT = only(
    rule("seen-by-one", "mood.total >= 5", escalate("E5", "Stay."), {"recommend": "detox-bed"}, follow_up("P1D")),
    rule("same-step", "craving.daily >= 7", escalate("E5", "Stay.")),
)


def test_an_escalation_that_only_the_second_engine_sees_is_kept_as_unconfirmed_and_nothing_else_of_it() -> None:
    decision = plan(EMERGENT, emergent=("seen-by-one",), mood__total=1, craving__daily=1)
    assert [(step.level, step.unconfirmed) for step in decision.escalations] == [("E5", True)]
    assert (decision.recommendations, decision.follow_up) == ((), None)
    assert plan(EMERGENT, mood__total=1, craving__daily=1).escalations == ()


def test_an_escalation_that_one_rule_confirms_is_confirmed() -> None:
    decision = plan(EMERGENT, emergent=("seen-by-one",), mood__total=1, craving__daily=9)
    assert [(step.level, step.unconfirmed, len(step.reasons)) for step in decision.escalations] == [("E5", False, 2)]


def test_a_rule_that_both_engines_hold_true_is_not_unconfirmed() -> None:
    assert not plan(EMERGENT, emergent=("seen-by-one",), mood__total=9).escalations[0].unconfirmed


def test_a_precaution_that_the_second_engine_holds_true_keeps_everything_it_does() -> None:
    actions = (escalate("E5"), {"recommend": "detox-bed"}, follow_up("P1D"), avoid("ssri"))
    base = only(rule("maybe", "mood.total >= 5", *actions, on_unknown="escalate"))
    values: dict[str, Any] = {"mood__total": (4, 6), "medication__ssri": "active"}
    calm, disputed = plan(base, **values), plan(base, emergent=("maybe",), **values)
    assert disputed == replace(calm, judgements=disputed.judgements)
    assert names(disputed.withheld) == ["ssri"]


def test_nothing_to_recommend_and_nothing_to_go_by_are_different() -> None:
    base = only(rule("one", "mood.total >= 5"), rule("two", "craving.daily >= 7", on_unknown="silent"))
    assert plan(base).outcome == "could_not_evaluate"
    assert plan(base, mood__total=1).outcome == "nothing_recommended"
    assert plan(base, mood__total=6).outcome == "recommendations"
