"""What is still to find out: which questions, for whose sake, in which order."""

from __future__ import annotations

from typing import Any

import small
from small import ago, answers, decide, fact, known, only, rule

from engine.artifacts import Request
from engine.base import KnowledgeBase
from engine.decision import DataRequest
from engine.findings import Finding
from engine.judgements import infer
from engine.record import Record, Reviewed
from engine.requests import requests


def asked(base: KnowledgeBase, findings: dict[str, Finding] | None = None, **values: Any) -> tuple[DataRequest, ...]:
    judgements = infer(base.ruleset, {**known(**values), **(findings or {})})
    held = [item for item in base.active if judgements.truths[item.id] is True]
    pairs = [(code, item, action.again) for item in held for action in item.then if isinstance(action, Request) for code in action.request]
    return requests(base, judgements, pairs, ())


def short(found: tuple[DataRequest, ...]) -> list[tuple[str, str, list[str]]]:
    return [(item.kind, item.subject, [waiting.id for waiting in item.settles]) for item in found]


def test_what_would_settle_a_rule_is_asked_and_only_while_the_rule_is_open() -> None:
    base = only(rule("one", {"all": ["craving.daily >= 7", "housing == none"]}))
    assert short(asked(base)) == [("finding", "craving.daily", ["one"]), ("finding", "housing", ["one"])]
    assert short(asked(base, craving__daily=7)) == [("finding", "housing", ["one"])]
    assert short(asked(base, craving__daily=6)) == []
    assert short(asked(base, craving__daily=7, housing="none")) == []


def test_a_range_that_does_not_settle_a_rule_is_asked_with_the_reason() -> None:
    (found,) = asked(only(rule("one", "craving.daily >= 7")), craving__daily=(6, 8))
    assert (found.findings, found.absent, found.stratum, found.required) == (("craving.daily",), ("partial",), "S5", False)


def test_a_silent_rule_asks_nothing() -> None:
    assert asked(only(rule("one", "craving.daily >= 7", on_unknown="silent"))) == ()


def test_a_precaution_asks_while_it_acts() -> None:
    assert short(asked(only(rule("one", "craving.daily >= 7", on_unknown="escalate")))) == [("finding", "craving.daily", ["one"])]


def test_the_most_urgent_stratum_comes_first_then_what_settles_most_then_the_name() -> None:
    base = only(
        rule("late", "sleep.hours < 4", stratum="S7"),
        rule("a", "housing == none"),
        rule("b", {"any": ["housing == none", "drinks.daily >= 5"]}),
        rule("c", "craving.daily >= 7"),
        rule("first", "suicide.risk >= high", stratum="S0"),
    )
    assert [item.subject for item in asked(base)] == ["suicide.risk", "housing", "craving.daily", "drinks.daily", "sleep.hours"]
    assert [item.stratum for item in asked(base)] == ["S0", "S5", "S5", "S5", "S7"]


def test_what_a_rule_requires_comes_before_what_others_wait_for_and_only_until_it_is_known() -> None:
    base = only(
        rule("wants-it", "mood.total >= 5", {"request": ["sleep.hours", "craving.daily"]}),
        rule("waits", {"any": ["housing == none", "drinks.daily >= 5"]}),
        rule("waits-too", "housing == none"),
    )
    found = asked(base, mood__total=6)
    assert [(item.subject, item.required) for item in found] == [
        ("craving.daily", True),
        ("sleep.hours", True),
        ("housing", False),
        ("drinks.daily", False),
    ]
    dated = {"sleep.hours": Finding("sleep.hours", 4, 4, None, small.ago(1))}
    assert "sleep.hours" not in [item.subject for item in asked(base, dated, mood__total=6)]
    assert "sleep.hours" in [item.subject for item in asked(base, mood__total=6, sleep__hours=4)]  # nobody says when it was found out
    assert [item.required for item in asked(base, mood__total=6, sleep__hours=(4, 5))] == [True, True, False, False]
    assert not any(item.required for item in asked(base, mood__total=1))


def test_what_two_rules_require_is_asked_for_the_sake_of_both_in_the_more_urgent_stratum() -> None:
    base = only(
        rule("early", "mood.total >= 5", {"request": ["sleep.hours"]}, stratum="S1"),
        rule("late", "mood.total >= 5", {"request": ["sleep.hours"]}, stratum="S6"),
    )
    (found,) = asked(base, mood__total=6)
    assert (found.stratum, [item.id for item in found.settles]) == ("S1", ["early", "late"])


def test_items_and_total_of_one_instrument_are_one_request() -> None:
    base = only(rule("one", "mood.total >= 5"), rule("two", "mood.self_harm >= 1", stratum="S1"))
    (found,) = asked(base)
    assert (found.kind, found.subject, found.findings) == ("instrument", "mood", ("mood.self_harm", "mood.total"))
    assert ([item.id for item in found.settles], found.stratum) == (["two", "one"], "S1")


LISTS = only(
    rule("diagnosis", "condition.depression == active"),
    rule("medicine", "medication.opioid == active"),
    rule("dose", "medication.maoi.days_since_last < 14"),
    rule("allergy", "allergy.naltrexone == true"),
    rule("event", "event.overdose.days_since < 30"),
)


def test_what_an_open_list_hides_is_asked_as_the_review_of_the_list() -> None:
    found = decide(Record(), LISTS).requests
    assert {(item.kind, item.subject) for item in found} == {
        ("list", "conditions"),
        ("list", "medications"),
        ("list", "allergies"),
        ("list", "events"),
        ("finding", "medication.maoi.days_since_last"),
    }
    assert [item.absent for item in found if item.subject == "events"] == [("not_reviewed",)]


def test_a_stale_list_is_reviewed_again_and_a_suspected_diagnosis_is_a_question_of_its_own() -> None:
    stale = Reviewed(conditions=ago(200), medications=small.NOW, allergies=small.NOW, events=small.NOW)
    found = decide(Record(reviewed=stale), LISTS).requests
    assert [(item.kind, item.absent) for item in found if item.subject == "conditions"] == [("list", ("stale",))]
    suspected = [{"term": "depression", "status": "suspected"}]
    record = Record.model_validate_json(Record(reviewed=small.REVIEWED).model_dump_json())
    record = Record.model_validate(record.model_dump() | {"conditions": suspected})
    assert [(item.kind, item.subject) for item in decide(record, LISTS).requests if "depression" in item.subject] == [
        ("finding", "condition.depression")
    ]


def test_a_conclusion_is_traced_back_to_what_its_own_rules_miss() -> None:
    base = only(
        rule("deep", {"all": ["mood.total >= 5", "sleep.hours < 4"]}, {"conclude": {"dual.severity": "mild"}}),
        rule("false", "drinks.daily >= 5", {"conclude": {"dual.severity": "severe"}}),
        rule("middle", "dual.severity >= mild", {"conclude": {"withdrawal.expected": True}}),
        rule("one", {"all": ["withdrawal.expected == true", "housing == none"]}),
        rule("two", "withdrawal.expected == true"),
    )
    found = asked(base, mood__total=6, drinks__daily=0, housing="none")
    assert [item.subject for item in found] == ["sleep.hours"]
    assert {item.id for item in found[0].settles} == {"deep", "middle", "one", "two"}


def test_a_finding_in_doubt_is_asked_even_where_no_rule_waits_for_it() -> None:
    base = only(rule("one", "mood.total >= 5"))
    record = Record(
        findings=(
            fact("lab.potassium", 4),
            fact("suicide.risk", "low", source="nurse"),
            fact("suicide.risk", "high", source="physician"),
            fact("housing", None, absent="declined"),
        ),
        instruments=(answers("mood", items={"interest": 3, "low_mood": 3, "self_harm": 9}),),
    )
    found = decide(record, base).requests
    assert [(item.subject, item.absent, item.stratum, item.settles) for item in found] == [
        ("lab.potassium", ("unit_missing",), "S6", ()),
        ("mood", ("out_of_range",), "S6", ()),
        ("suicide.risk", ("conflicting",), "S6", ()),
    ]


def test_what_is_known_is_asked_again_only_where_a_rule_says_so() -> None:
    sheet = Record(instruments=(answers("mood", items={"interest": 3, "low_mood": 3, "self_harm": 0}),))
    once, again = ({"request": ["mood.total"]}, {"request": ["mood.total"], "again": True})
    assert decide(sheet, only(rule("one", "mood.total >= 5", once))).requests == ()
    (found,) = decide(sheet, only(rule("one", "mood.total >= 5", again))).requests
    assert (found.subject, found.required, found.absent, [item.id for item in found.settles]) == ("mood", True, (), ["one"])


def test_a_conclusion_is_never_asked_of_anyone() -> None:
    base = only(rule("maker", "mood.total >= 5", {"conclude": {"dual.severity": "mild"}}), rule("reader", "dual.severity >= mild"))
    assert [item.subject for item in asked(base)] == ["mood"]


def test_everything_about_nobody_asks_for_what_the_rules_need_and_nothing_twice() -> None:
    found = decide(Record()).requests
    codes = [code for item in found for code in item.findings]
    assert len(codes) == len(set(codes))
    assert found[0].subject == "suicide.risk"
    assert not set(codes) & small.base().ruleset.conclusions.keys()


def test_a_form_made_for_another_age_is_not_asked_for() -> None:
    own = small.base()
    made_for = own.instruments["mood"].model_copy(update={"ages": (18, 125)})
    base = only(
        rule("one", "mood.total >= 5"), rule("two", "craving.daily >= 7", {"request": ["mood.total"]}), instruments={"mood": made_for}
    )
    for age, subjects in ((17, []), (18, ["mood"]), ((17, 18), ["mood"])):
        assert [item.subject for item in asked(base, patient__age=age, craving__daily=7)] == subjects
    assert [item.subject for item in asked(base, craving__daily=7)] == ["mood"]
