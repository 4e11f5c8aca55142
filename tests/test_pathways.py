"""Where a person stands on a pathway: entry, steps, branches, clocks, calls between pathways, and exits to safety first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
import small
from small import NOW, ago, fact, known, only, pathway

from engine.positions import Position, locate
from engine.record import Record, Standing
from knowledge.read import read


def stage(name: str, kind: str = "wait", **more: Any) -> dict[str, Any]:
    return {"title": {"en": name, "es": name}, "kind": kind, "phase": "aftercare", "who": "clinician", **more}


def step(source: Any, target: Any, when: Any, **more: Any) -> dict[str, Any]:
    return {"from": source, "to": target, "title": {"en": "step", "es": "paso"}, "when": when, **more}


STAGES = {
    "early": stage("early", follow_up={"every": "P3D", "with": "care_manager"}),
    "steady": stage("steady"),
    "late": stage("late", "end"),
    "crisis": stage("crisis", "emergency"),
}
STEPS = [
    step("any", "crisis", "suicide.risk >= high", urgency="emergent"),
    step("early", "steady", "craving.daily < 4", eases=True),
    step("steady", "late", "mood.total < 3", eases=True),
    step("late", "early", "craving.daily >= 8"),
    step("steady", "early", "craving.daily >= 4"),
]


def path(**more: Any) -> dict[str, Any]:
    return pathway("path", enter="event.discharge.days_since <= 90", start="early", stages=STAGES, transitions=STEPS) | more


def place(*raw: dict[str, Any], standing: Iterable[Standing] = (), **values: Any) -> dict[str, Position]:
    base = only(pathways=raw)
    found = locate(base.pathways, Record(positions=tuple(standing)), known(**values), NOW)
    return {position.pathway.id: position for position in found}


def stand(*standing: Standing, raw: dict[str, Any] | None = None, **values: Any) -> Position | None:
    return place(raw or path(), standing=standing, **values).get("path")


def at(position: Position | None) -> list[str]:
    assert position is not None
    return [place.name for place in position.places]


def moves(position: Position | None) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    assert position is not None
    return [(step.transition.from_, step.transition.to) for step in position.taken]


def was(stage: str, days: float = 9, name: str = "path", **more: Any) -> Standing:
    return Standing(pathway=name, stage=stage, since=ago(days), **more)


ON: dict[str, Any] = {"event__discharge__days_since": 10}


def test_entry_true_starts_at_the_first_stage_and_nobody_knows_since_when() -> None:
    position = stand(**ON, craving__daily=5)
    assert at(position) == ["early"]
    assert position is not None
    assert (position.places[0].since, position.taken, position.places[0].stage.title["en"]) == (None, (), "early")


def test_entry_false_is_no_position_and_entry_unknown_says_what_is_missing() -> None:
    assert stand(event__discharge__days_since=91) is None
    position = stand(event__discharge__days_since=(80, 100))
    assert position is not None
    assert position.places == ()
    assert position.entry.missing() == ("event.discharge.days_since",)


def test_towards_less_contact_one_step_a_decision_is_taken_and_the_next_stays_open() -> None:
    position = stand(**ON, craving__daily=1, mood__total=0)
    assert (at(position), moves(position)) == (["steady"], [(("early",), ("steady",))])
    assert position is not None
    assert position.places[0].since == NOW
    assert (("late",), True) in [(step.transition.to, step.judgement.truth) for step in position.places[0].onward]


def test_other_steps_are_taken_at_once_as_far_as_they_lead_and_each_is_remembered() -> None:
    position = stand(raw=path(transitions=[{**step, "eases": False} for step in STEPS]), **ON, craving__daily=1, mood__total=0)
    assert (at(position), moves(position)) == (["late"], [(("early",), ("steady",)), (("steady",), ("late",))])


def test_an_unknown_guard_holds_the_person_and_is_shown() -> None:
    position = stand(**ON, craving__daily=1, suicide__risk="low")
    assert at(position) == ["steady"]
    assert position is not None
    onward = [(step.transition.to[0], step.judgement.truth) for step in position.places[0].onward]
    assert onward == [("crisis", False), ("late", None), ("early", False)]


def test_the_exit_to_safety_comes_before_every_other_step_and_an_unknown_guard_never_blocks_it() -> None:
    for mood in (0, None):
        position = stand(**ON, craving__daily=1, mood__total=mood, suicide__risk="high")
        assert (at(position), moves(position)) == (["crisis"], [(("any",), ("crisis",))])


def test_steps_in_a_circle_end_where_they_would_begin_again() -> None:
    steps = [step("early", "steady", "craving.daily >= 4"), step("steady", "early", "craving.daily >= 4")]
    position = stand(raw=path(transitions=steps), **ON, craving__daily=9)
    assert at(position) == ["steady"]
    assert position is not None
    assert [step.judgement.truth for step in position.places[0].onward] == [True]


@pytest.mark.parametrize(
    ("standing", "stage", "since"),
    [
        ([was("late")], "late", ago(9)),
        ([was("steady", 9), was("late", 5)], "late", ago(5)),
        ([was("late", 5), was("steady", 9)], "late", ago(5)),
        ([was("steady", 5), was("late", 5)], "steady", ago(5)),  # of one moment, always the same one
        ([was("late", 9), was("steady", 5, until=ago(1))], "late", ago(9)),  # what was left no longer holds
        ([was("late", 9, until=ago(-1))], "late", ago(9)),
        ([was("late", -1)], None, None),
        ([was("attic")], None, None),
        ([was("late", name="other")], None, None),
    ],
)
def test_where_the_person_stood_before_is_where_they_start_from(standing: list[Standing], stage: str | None, since: object) -> None:
    for order in (standing, standing[::-1], standing * 2):
        position = stand(*order, event__discharge__days_since=91)
        assert ([(place.name, place.since) for place in position.places] if position else []) == ([(stage, since)] if stage else [])


def test_someone_on_a_pathway_stays_on_it_though_entry_is_false_or_unknown_now() -> None:
    for discharged in (91, None):
        assert at(stand(was("steady"), event__discharge__days_since=discharged)) == ["steady"]


def test_from_an_end_there_is_a_way_back_and_a_way_to_safety() -> None:
    assert at(stand(was("late"), craving__daily=9)) == ["early"]
    assert at(stand(was("late"), craving__daily=9, suicide__risk="high")) == ["crisis"]


@pytest.mark.T84
def test_the_version_that_placed_the_person_is_named_when_it_is_another() -> None:
    for version, replaced in (("0.9.0", "0.9.0"), ("1.0.0", None), (None, None)):
        position = stand(was("steady", version=version))
        assert position is not None
        assert position.replaced == replaced


def test_a_step_on_what_was_true_before_but_became_known_since_is_marked_as_late() -> None:
    base = only(pathways=(path(),))
    for days, late in ((12, True), (3, False)):
        record = Record(positions=(was("steady"),), findings=(fact("craving.daily", 9, days),))
        findings = {"craving.daily": known(craving__daily=9)["craving.daily"]._replace(at=ago(days))}
        (position,) = locate(base.pathways, record, findings, NOW)
        assert [(step.transition.to, step.late) for step in position.taken] == [(("early",), late)]


TIMED = [step("early", "steady", "stage.days >= 7", eases=True)]


def test_the_clock_of_a_stage_runs_from_the_day_the_person_came_and_is_unknown_where_nobody_knows_it() -> None:
    for days, where in ((6.9, ["early"]), (7, ["steady"])):
        assert at(stand(was("early", days), raw=path(transitions=TIMED), **ON)) == where
    position = stand(raw=path(transitions=TIMED), **ON)
    assert at(position) == ["early"]
    assert position is not None
    assert [step.judgement.truth for step in position.places[0].onward] == [None]


TASK = {**STAGES, "early": stage("early", "task")}
DONE = [step("early", "steady", "stage.done == true")]


def test_a_task_is_done_when_somebody_says_so_after_the_person_came_to_it() -> None:
    base = only(pathways=(path(stages=TASK, transitions=DONE),))
    task = "task.path.early"
    for reported, where in ((3, "steady"), (12, "early")):  # an older report speaks of an earlier round
        findings = {task: known(craving__daily=1)["craving.daily"]._replace(code=task, low=1, high=1, at=ago(reported))}
        (position,) = locate(base.pathways, Record(positions=(was("early"),)), findings, NOW)
        assert at(position) == [where]
    assert at(stand(was("early"), raw=path(stages=TASK, transitions=DONE))) == ["early"]


def test_a_deadline_is_counted_from_entry_and_a_missed_one_raises_its_step_of_the_ladder() -> None:
    late = {"escalate": "E3", "do": {"en": "Reach the person.", "es": "Contacte a la persona."}}
    stages = {**STAGES, "early": stage("early", within="P7D", late=late)}
    base = only(pathways=(path(stages=stages),))
    for days, levels in ((6, []), (8, ["E3"])):
        decision = small.decide(Record(positions=(was("early", days),)), base)
        assert [item.level for item in decision.escalations] == levels
        (position,) = decision.positions
        assert position.places[0].due == ago(days) + timedelta(days=7)
    assert [item.reasons[0].reference for item in decision.escalations] == ["path@1.0.0#early"]


FORKED = {name: stage(name, "end" if name == "after" else "wait") for name in ("start", "left", "right", "after", "crisis")}
BRANCHES = [
    step("any", "crisis", "suicide.risk >= high", urgency="emergent"),
    step("start", ["left", "right"], "craving.daily >= 0"),
    step(["left", "right"], "after", "mood.total < 3", join=True),
]


def forked(**more: Any) -> dict[str, Any]:
    return pathway("path", enter="event.discharge.days_since <= 90", start="start", stages=FORKED, transitions=BRANCHES) | more


def test_branches_run_side_by_side_and_come_together() -> None:
    assert at(stand(raw=forked(), **ON, craving__daily=1)) == ["left", "right"]
    assert at(stand(raw=forked(), **ON, craving__daily=1, mood__total=0)) == ["after"]
    assert at(stand(was("left", 4), was("right", 2), raw=forked(), mood__total=0)) == ["after"]


def test_branches_are_remembered_beside_each_other_but_never_beside_what_excludes_them() -> None:
    assert at(stand(was("left", 4), was("right", 2), was("start", 9), raw=forked())) == ["left", "right"]
    assert at(stand(was("left", 4), was("right", 2), was("after", 1), raw=forked())) == ["after"]


def test_the_exit_to_safety_leaves_every_branch() -> None:
    assert at(stand(was("left", 4), was("right", 2), raw=forked(), suicide__risk="high")) == ["crisis"]


def caller(**more: Any) -> dict[str, Any]:
    stages = {"wait": stage("wait"), "ask": stage("ask", "call", calls=["path"]), "back": stage("back", "end")}
    steps = [step("wait", "ask", "craving.daily >= 8"), step("ask", "back", "pathway.path == ended")]
    return pathway("caller", enter="craving.daily >= 0", start="wait", stages=stages, transitions=steps) | more


def test_a_called_pathway_is_entered_whatever_its_own_entry_says_and_the_caller_waits_for_its_end() -> None:
    assert "path" not in place(path(), caller(), craving__daily=1, event__discharge__days_since=91)
    found = place(path(), caller(), craving__daily=9, mood__total=9, event__discharge__days_since=91)
    assert (at(found["caller"]), at(found["path"]), found["path"].called) == (["ask"], ["early"], True)
    found = place(caller(), path(), craving__daily=7, standing=[was("ask", 4, "caller"), was("late", 2)])
    assert (at(found["caller"]), at(found["path"])) == (["back"], ["late"])


def test_a_pathway_called_anew_after_its_end_begins_anew() -> None:
    found = place(path(), caller(), craving__daily=7, standing=[was("ask", 2, "caller"), was("late", 30)])
    assert (at(found["caller"]), at(found["path"])) == (["ask"], ["early"])


def test_pathways_that_wait_for_one_another_place_the_person_and_do_not_hang() -> None:
    other = pathway("path", enter="craving.daily >= 0", start="one", stages={"one": stage("one", "call", calls=["caller"])}, transitions=[])
    assert set(place(other, caller(), craving__daily=9)) == {"path", "caller"}


def test_a_pathway_that_is_not_active_places_nobody() -> None:
    assert stand(raw=path(status="draft"), **ON) is None


def test_a_person_may_stand_on_several_pathways() -> None:
    found = place(path(), path() | {"id": "other"}, standing=[was("late", name="other")], **ON)
    assert {name: at(position) for name, position in found.items()} == {"path": ["early"], "other": ["late"]}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"transitions": [step("early", "attic", "mood.total < 3")]}, "stages that do not exist: \\['attic'\\]"),
        ({"start": "attic"}, "stages that do not exist"),
        ({"transitions": [step(["any", "early"], "late", "mood.total < 3")]}, "`any` stands alone"),
        ({"transitions": [step("any", "late", "stage.days >= 3")]}, "cannot read stage.days"),
        ({"transitions": [step("early", "late", "stage.done == true")]}, "reported of tasks only"),
        ({"transitions": [{**step("early", "late", "mood.total < 3"), "to": []}]}, "at least 1 item"),
        ({"stages": {**STAGES, "early": stage("early", "dream")}}, "Input should be"),
        ({"stages": {**STAGES, "early": stage("early", within="P0D")}}, "greater than"),
    ],
)
def test_a_pathway_that_cannot_be_walked_is_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        only(pathways=(path(**more),))


def test_branches_without_bound_are_refused_before_they_are_counted() -> None:
    names = [f"s{number}" for number in range(16)]
    stages = {name: stage(name) for name in ("start", *names, *(f"{name}x" for name in names))}
    steps = [step("start", names, "craving.daily >= 0"), *(step(name, f"{name}x", "mood.total < 3") for name in names)]
    base = only(pathways=(pathway("path", enter="craving.daily >= 0", start="start", stages=stages, transitions=steps),))
    with pytest.raises(ValueError, match="too many ways"):
        _ = base.pathways["path"].markings


def test_the_stage_recommends_and_follows_up_with_the_pathway_as_its_reason() -> None:
    base = only(pathways=(read(small.FOLDER / "pathways/aftercare.yaml"),))
    decision = small.decide(Record(events=(small.event("discharge", 2),), reviewed=small.REVIEWED), base)
    plan = next(item for item in decision.recommendations if item.component.id == "aftercare-plan")
    assert [reason.reference for reason in plan.reasons] == ["aftercare@1.0.0#stabilising"]
    assert decision.follow_up is not None
    assert [(item.every.days, item.reason.reference) for item in decision.follow_up.demands] == [(3, "aftercare@1.0.0#stabilising")]


def test_an_unknown_guard_asks_for_what_would_settle_it_but_a_step_to_less_care_does_not() -> None:
    steps = [
        step("early", "steady", "craving.daily < 4", eases=True),
        step("early", "late", {"all": ["mood.total < 3", "stage.days >= 7"]}),
    ]
    (request,) = small.decide(Record(positions=(was("early"),)), only(pathways=(path(transitions=steps),))).requests
    assert (request.subject, [waiting.id for waiting in request.settles], request.stratum) == ("mood", ["path"], "S6")
