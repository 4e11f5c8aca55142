"""The care plan: goals, wishes and what they changed, choices, who does what, one calendar; and what changed between two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import small
from small import NOW, ago, escalate, fact, follow_up, only, rule, wishes
from test_pathways import path, stage, was

from engine.base import KnowledgeBase
from engine.dictionary import LANGUAGES
from engine.difference import Difference, differences
from engine.plan import CarePlan, care_plan
from engine.plan_document import plan_document
from engine.record import Goal, Record

CRAVING = rule("craving", "craving.daily >= 7", {"recommend": "cbt", "urgency": "soon"}, follow_up("P7D", "therapist", modality="video"))
MOOD = rule("mood", "mood.total >= 6", {"recommend": "ssri"}, follow_up("P14D", "prescriber"), follow_up("P30D", "therapist"))
BASE = only(CRAVING, MOOD)


def planned(base: KnowledgeBase = BASE, **more: Any) -> CarePlan:
    record = Record(findings=(fact("craving.daily", 8),), instruments=(small.answers("mood", total=7),), **more)
    return care_plan(base, record, small.decide(record, base))


def test_goals_are_linked_to_what_works_towards_them_and_to_the_stages_that_ask_for_it() -> None:
    stages = {**path()["stages"], "early": stage("early", recommend=["cbt"])}
    base = only(CRAVING, MOOD, pathways=(path(stages=stages),))
    goals = (Goal(text="Sleep well", components=("cbt", "acamprosate")), Goal(text="See my son"))
    first, second = planned(base, goals=goals, positions=(was("steady"),), preferences=wishes(declined=("cbt",))).goals
    assert (first.text, [(step.component.id, step.standing) for step in first.steps]) == (
        "Sleep well",
        [("acamprosate", "not_recommended"), ("cbt", "declined")],
    )
    assert [(position.pathway.id, place.name) for position, place in first.steps[1].stages] == [("path", "early")]
    assert (second.text, second.steps) == ("See my son", ())


@pytest.mark.parametrize(
    ("preferences", "effects"),
    [
        ({"modality": "phone"}, [("modality", "phone", True, "video")]),
        ({"modality": "video"}, [("modality", "video", False, None)]),
        ({"interval": timedelta(days=3)}, [("interval", "P3D", True, "P7D")]),
        ({"interval": timedelta(days=30)}, [("interval", "P30D", False, None)]),  # a wish never lengthens what safety asks for
        ({"declined": ("cbt", "acamprosate")}, [("declined", "acamprosate", False, None), ("declined", "cbt", True, None)]),
        ({"clinician_gender": "female", "language": "es"}, [("language", "es", False, None), ("clinician_gender", "female", False, None)]),
    ],
)
def test_a_wish_is_shown_with_what_it_changed(preferences: dict[str, Any], effects: list[Any]) -> None:
    found = planned(preferences=wishes(**preferences)).effects
    assert [(item.wish, item.to, item.changed, item.instead_of) for item in found] == effects


def test_one_calendar_holds_the_closest_contact_with_each_member_of_the_team() -> None:
    entries = planned().calendar
    assert [(item.at - NOW, item.kind, item.who, item.by) for item in entries] == [
        (timedelta(days=7), "contact", "therapist", "craving@1.0.0"),
        (timedelta(days=14), "contact", "prescriber", "mood@1.0.0"),
    ]


def test_the_calendar_holds_escalations_and_deadlines_of_stages_and_marks_what_is_overdue() -> None:
    late = {"escalate": "E3", "do": {"en": "Reach the person.", "es": "Contacte a la persona."}}
    stages = {**path()["stages"], "early": stage("early", within="P7D", late=late)}
    plan = planned(
        only(rule("danger", "craving.daily >= 7", escalate("E4")), pathways=(path(stages=stages),)), positions=(was("early", 8),)
    )
    found = [(item.kind, item.at - NOW, item.overdue) for item in plan.calendar]
    assert found == [
        ("deadline", timedelta(days=-1), True),
        ("escalation", timedelta(days=1), False),
        ("escalation", timedelta(days=3), False),
    ]
    assert plan.review == ago(1)


def test_the_team_begins_with_the_care_manager_and_everybody_has_something_to_do() -> None:
    duties = {duty.role: [component.id for component in duty.delivers] for duty in planned().team}
    assert next(iter(duties)) == "care_manager"
    assert [name for names in duties.values() for name in names] == ["cbt", "ssri"]
    assert "ssri" not in str(planned(preferences=wishes(declined=("ssri",))).team)


def test_alternatives_stand_side_by_side_and_contraindicated_ones_are_not_among_them() -> None:
    forbid = rule("no", "craving.daily >= 7", {"avoid": "mirtazapine", "strictness": "absolute"}, stratum="S3")
    names = [option.component.id for choice in planned(only(MOOD)).choices for option in choice.options]
    assert names[0] == "ssri"
    assert "mirtazapine" in names
    assert "mirtazapine" not in [option.component.id for choice in planned(only(MOOD, forbid)).choices for option in choice.options]


def compared(base: KnowledgeBase, before: Record, after: Record) -> dict[tuple[str, str], Difference]:
    first, second = small.decide(before, base, ago(7)), small.decide(after, base)
    return {(item.kind, item.ref): item for item in differences(base, first, second, "en")}


def test_what_changed_is_said_with_the_findings_behind_it() -> None:
    base = only(CRAVING, MOOD, rule("alarm", "craving.daily >= 9", escalate("E4", "See the person.")), pathways=(path(),))
    before = Record(findings=(fact("craving.daily", 3, 8),), positions=(was("steady"),))
    after = Record(findings=(fact("craving.daily", 9),), positions=(was("steady"),))
    found = compared(base, before, after)
    assert set(found) == {("escalation", "E4"), ("recommendation", "cbt"), ("follow_up", "follow_up"), ("stage", "path")}
    assert found["recommendation", "cbt"].why == ("craving today: 3 before, 9 now",)
    assert (found["follow_up", "follow_up"].before, found["follow_up", "follow_up"].after) == ("none", "every 3 days, care manager")
    assert (found["stage", "path"].before, found["stage", "path"].after) == ("steady", "early")
    assert {item.way for item in found.values()} == {"new", "changed"}
    back = compared(
        base, after.model_copy(update={"findings": (fact("craving.daily", 9, 8),)}), Record(findings=(fact("craving.daily", 3),))
    )
    assert {key: item.way for key, item in back.items() if key[0] != "stage"} == {
        ("escalation", "E4"): "gone",
        ("recommendation", "cbt"): "gone",
        ("follow_up", "follow_up"): "gone",
    }


def test_nothing_changed_is_no_difference() -> None:
    record = Record(findings=(fact("craving.daily", 9, 8),))
    decision = small.decide(record, BASE)
    assert differences(BASE, decision, decision, "en") == ()


def test_a_change_of_the_rules_themselves_is_said() -> None:
    record = Record(findings=(fact("craving.daily", 8),))
    newer = BASE.model_copy(update={"release": BASE.release.model_copy(update={"id": "2027.1", "digest": "sha256:new"})})
    more = only(CRAVING, MOOD, rule("more", "craving.daily >= 7", {"recommend": "aftercare-plan"}), release=newer.release)
    (item,) = differences(more, small.decide(record, BASE), small.decide(record, more), "en")
    assert (item.ref, item.why) == ("aftercare-plan", (f"The rules themselves changed: release {BASE.release.id} before, 2027.1 now.",))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_holds_all_of_it(language: Any) -> None:
    plan = planned(goals=(Goal(text="Sleep", components=("cbt",)),), preferences=wishes(modality="phone"))
    document = plan_document(BASE, plan, plan.decision, differences(BASE, plan.decision, plan.decision, language), language)
    assert (document["since"], document["changes"]) == ("2026-11-20T12:00:00Z", [])
    assert [entry["who"] for entry in document["calendar"]] == ["therapist", "prescriber"]
    assert document["goals"][0]["steps"][0]["title"] == BASE.components["cbt"].title[language]
    assert plan_document(BASE, plan, None, None, language)["changes"] is None
