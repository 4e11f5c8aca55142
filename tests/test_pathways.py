"""Where a person stands on a pathway: entry, steps taken at once, guards that hold, exits to safety first."""

from __future__ import annotations

from typing import Any

import pytest
import small
from small import NOW, ago, known, only, pathway

from engine.pathways import Position, locate
from engine.record import Record, Standing
from knowledge.read import read

STAGES = {
    "early": {"title": {"en": "early", "es": "inicio"}, "follow_up": {"every": "P3D", "with": "care_manager"}},
    "steady": {"title": {"en": "steady", "es": "estable"}},
    "late": {"title": {"en": "late", "es": "final"}},
    "crisis": {"title": {"en": "crisis", "es": "crisis"}, "terminal": True},
}
STEPS = [
    {"from": "any", "to": "crisis", "when": "suicide.risk >= high", "urgency": "emergent"},
    {"from": "early", "to": "steady", "when": "craving.daily < 4"},
    {"from": "steady", "to": "late", "when": "mood.total < 3"},
    {"from": "late", "to": "early", "when": "craving.daily >= 8"},
    {"from": "steady", "to": "early", "when": "craving.daily >= 4"},
]


def path(**more: Any) -> dict[str, Any]:
    return pathway("path", enter="event.discharge.days_since <= 90", start="early", stages=STAGES, transitions=STEPS) | more


def stand(*standing: Standing, raw: dict[str, Any] | None = None, **values: Any) -> Position | None:
    base = only(pathways=(raw or path(),))
    found = locate(base.pathways, Record(positions=standing), known(**values), NOW)
    assert len(found) <= 1
    return found[0] if found else None


def was(stage: str, days: float = 9, name: str = "path") -> Standing:
    return Standing(pathway=name, stage=stage, since=ago(days))


ON: dict[str, Any] = {"event__discharge__days_since": 10}


def test_entry_true_starts_at_the_first_stage() -> None:
    position = stand(**ON, craving__daily=5)
    assert position is not None
    assert (position.stage, position.since, position.taken) == ("early", None, ())
    assert position.current is not None
    assert position.current.title["en"] == "early"


def test_entry_false_is_no_position_and_entry_unknown_says_what_is_missing() -> None:
    assert stand(event__discharge__days_since=91) is None
    position = stand(event__discharge__days_since=(80, 100))
    assert position is not None
    assert (position.stage, position.current, position.onward) == (None, None, ())
    assert position.entry.missing() == ("event.discharge.days_since",)


def test_towards_less_contact_one_step_a_decision_is_taken_and_the_next_stays_open() -> None:
    position = stand(**ON, craving__daily=1, mood__total=0)
    assert position is not None
    assert position.stage == "steady"
    assert [(step.transition.from_, step.transition.to) for step in position.taken] == [("early", "steady")]
    assert position.since == NOW
    assert ("late", True) in [(step.transition.to, step.judgement.truth) for step in position.onward]


def test_towards_help_every_step_is_taken_at_once_and_each_is_remembered() -> None:
    steps = [{**step, "urgency": "urgent"} for step in STEPS]
    position = stand(raw=path(transitions=steps), **ON, craving__daily=1, mood__total=0)
    assert position is not None
    assert position.stage == "late"
    assert [(step.transition.from_, step.transition.to) for step in position.taken] == [("early", "steady"), ("steady", "late")]


def test_an_unknown_guard_holds_the_person_and_is_shown() -> None:
    position = stand(**ON, craving__daily=1, suicide__risk="low")
    assert position is not None
    assert position.stage == "steady"
    assert [(step.transition.to, step.judgement.truth) for step in position.onward] == [("crisis", False), ("late", None), ("early", False)]


def test_the_exit_to_safety_comes_before_every_other_step() -> None:
    position = stand(**ON, craving__daily=1, mood__total=0, suicide__risk="high")
    assert position is not None
    assert position.stage == "crisis"
    assert [step.transition.to for step in position.taken] == ["crisis"]
    assert position.onward == ()  # terminal


def test_steps_in_a_circle_end_where_they_would_begin_again() -> None:
    steps = [
        {"from": "early", "to": "steady", "when": "craving.daily >= 4"},
        {"from": "steady", "to": "early", "when": "craving.daily >= 4"},
    ]
    position = stand(raw=path(transitions=steps), **ON, craving__daily=9)
    assert position is not None
    assert position.stage == "steady"
    assert [step.judgement.truth for step in position.onward] == [True]


@pytest.mark.parametrize(
    ("standing", "stage", "since"),
    [
        ([was("late")], "late", ago(9)),
        ([was("steady", 9), was("late", 5)], "late", ago(5)),
        ([was("late", 5), was("steady", 9)], "late", ago(5)),
        ([was("steady", 5), was("late", 5)], "steady", ago(5)),  # of one moment, always the same one
        ([was("late", -1)], None, None),
        ([was("attic")], None, None),
        ([was("late", name="other")], None, None),
    ],
)
def test_where_the_person_stood_before_is_where_they_start_from(standing: list[Standing], stage: str | None, since: object) -> None:
    for order in (standing, standing[::-1]):
        position = stand(*order, event__discharge__days_since=91)
        assert (position.stage if position else None, position.since if position else None) == (stage, since)


def test_someone_on_a_pathway_stays_on_it_though_entry_is_false_or_unknown_now() -> None:
    for discharged in (91, None):
        position = stand(was("steady"), event__discharge__days_since=discharged)
        assert position is not None
        assert position.stage == "steady"


def test_a_terminal_stage_is_not_left() -> None:
    position = stand(was("crisis"), **ON, craving__daily=1, suicide__risk="low")
    assert position is not None
    assert (position.stage, position.taken, position.onward) == ("crisis", (), ())


def test_a_pathway_that_is_not_active_places_nobody() -> None:
    assert stand(raw=path(status="draft"), **ON) is None


def test_a_person_may_stand_on_several_pathways() -> None:
    other = path() | {"id": "other"}
    base = only(pathways=(path(), other))
    found = locate(base.pathways, Record(positions=(was("late", name="other"),)), known(**ON), NOW)
    assert [(position.pathway.id, position.stage) for position in found] == [("path", "early"), ("other", "late")]


def test_a_transition_to_a_stage_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="stages that do not exist: \\['attic'\\]"):
        only(pathways=(path(transitions=[{"from": "early", "to": "attic", "when": "mood.total < 3"}]),))


def test_the_stage_recommends_and_follows_up_with_the_pathway_as_its_reason() -> None:
    base = only(pathways=(read(small.FOLDER / "pathways/aftercare.yaml"),))
    decision = small.decide(Record(events=(small.event("discharge", 2),), reviewed=small.REVIEWED), base)
    plan = next(item for item in decision.recommendations if item.component.id == "aftercare-plan")
    assert [reason.reference for reason in plan.reasons] == ["aftercare@1.0.0#stabilising"]
    assert decision.follow_up is not None
    assert [(item.every.days, item.reason.reference) for item in decision.follow_up.demands] == [(3, "aftercare@1.0.0#stabilising")]
