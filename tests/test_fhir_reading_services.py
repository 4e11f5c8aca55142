"""Procedures and care plans: what was done, what is under way, and that neither ever says "no"."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from charts import AT, ME, SNOMED, base, concept, condition, observation, one, order, patient, reasons, statement, told
from test_laws import decision_of

from engine.findings import Finding
from engine.record import Record
from engine.vocabulary import MEDICATION_STATUS

HCPCS, PCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "http://www.cms.gov/Medicare/Coding/ICD10"
CPT, ROOT = "http://www.ama-assn.org/go/cpt", "https://tandem.test/fhir"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SURGERY = {"category": concept("387713003", SNOMED), "status": "preparation"}


def procedure(code: str = "G2067", system: str = HCPCS, **more: Any) -> dict[str, Any]:
    return one("Procedure", more.pop("name", "1"), **{"status": "completed", "code": concept(code, system), "performedDateTime": AT} | more)


def activity(component: str, status: str = "in-progress", **more: Any) -> dict[str, Any]:
    return {"detail": {"status": status, "instantiatesCanonical": [f"{ROOT}/ActivityDefinition/{component}|1.0.0"], **more}}


def plan(*activities: Any, **more: Any) -> dict[str, Any]:
    said = {"status": "active", "intent": "plan", "period": {"start": AT}, "activity": list(activities)}
    return one("CarePlan", **said | more)


def own(code: str, value: dict[str, Any], when: str, name: str = "o") -> dict[str, Any]:
    return observation(concept(code, f"{ROOT}/CodeSystem/finding"), name, effectiveDateTime=when, **value)


def findings(record: Record) -> dict[str, Finding]:
    return dict(decision_of("real", record, NOW).judgements.findings)


def stated(record: Record) -> list[tuple[str, Any]]:
    return [(item.code, item.value) for item in record.findings]


def given(record: Record) -> list[tuple[str | None, str]]:
    return [(item.ingredient, item.status) for item in record.medications]


@pytest.mark.parametrize(
    ("code", "system", "found", "medicines"),
    [
        ("G2067", HCPCS, [("otp.enrolled", True)], [("methadone", "stopped")]),
        ("H0020", "urn:oid:2.16.840.1.113883.6.285", [("otp.enrolled", True)], [("methadone", "stopped")]),
        ("G2069", HCPCS, [("otp.enrolled", True)], [("buprenorphine", "stopped")]),
        ("G2075", HCPCS, [("otp.enrolled", True)], []),
        ("G2073", HCPCS, [], [("naltrexone", "stopped")]),
        ("J2315", HCPCS, [], [("naltrexone", "stopped")]),
        ("G2074", HCPCS, [], []),
        ("310653000", SNOMED, [], [("methadone", "stopped")]),
        ("11466000", SNOMED, [], []),
    ],
)
def test_what_was_done_tells_what_its_code_is_known_to_say(code: str, system: str, found: Any, medicines: Any) -> None:
    reading = told(procedure(code, system))
    assert (stated(reading.record), given(reading.record)) == (found, medicines)
    assert not reading.unread


@pytest.mark.parametrize(("code", "system"), [("66348005", SNOMED), ("10E0XZZ", PCS), ("10D00Z1", PCS)])
def test_a_delivery_is_a_birth(code: str, system: str) -> None:
    record = told(procedure(code, system)).record
    assert [(item.kind, item.at.isoformat()) for item in record.events] == [("birth", "2026-11-19T09:00:00+00:00")]


def test_methadone_that_no_list_shows_rules_naltrexone_out() -> None:
    """An opioid treatment programme bills a weekly bundle; the medication list of the clinic knows nothing of it."""
    chart = [patient(birthDate="1980-01-01"), condition("F10.20"), order("7243", status="draft")]
    rule = "medicine-from-an-opioid-programme-rules-naltrexone-out"
    for sent, forbidden in ((chart, False), ([*chart, procedure()], True)):
        decision = decision_of("real", told(*sent).record, NOW)
        against = {one.reason.by.id for item in decision.withheld if item.component.id == "naltrexone" for one in item.blocked}
        assert (rule in against) is forbidden


@pytest.mark.parametrize(
    ("more", "found", "medicines", "reason"),
    [
        ({"status": "in-progress"}, True, [("methadone", "active")], None),
        ({"status": "stopped"}, None, [("methadone", "stopped")], "status-not-final"),
        ({"status": "not-done"}, None, [], "not-done"),
        ({"status": "entered-in-error"}, None, [], "entered-in-error"),
        ({"status": "preparation"}, None, [], None),
        ({"status": "on-hold"}, None, [(None, "active")], "status-unknown"),
        ({"status": "unknown"}, None, [(None, "active")], "status-unknown"),
        ({"status": None}, None, [(None, "active")], "status-missing"),
        ({"modifierExtension": [{"url": "urn:x"}]}, None, [(None, "active")], "modifier-unknown"),
        ({"performedDateTime": None}, None, [("methadone", "stopped")], "date-missing"),
        ({"performedDateTime": None, "performedString": "last spring"}, None, [("methadone", "stopped")], "date-missing"),
        ({"performedDateTime": "2026"}, True, [("methadone", "stopped")], "date-imprecise"),
    ],
)
def test_the_standing_of_a_procedure(more: Any, found: bool | None, medicines: Any, reason: str | None) -> None:
    reading = told(procedure(**more))
    assert stated(reading.record) == ([("otp.enrolled", found)] if found is not None else [])
    assert given(reading.record) == medicines
    assert {item.reason for item in reading.unread} == ({reason} if reason else set())


@pytest.mark.parametrize("status", ["not-done", "preparation", "entered-in-error"])
def test_what_was_not_done_takes_nothing_back(status: str) -> None:
    alone, with_it = told(procedure()), told(procedure(), procedure(name="2", status=status, performedDateTime="2026-11-20T09:00:00Z"))
    assert findings(with_it.record)["otp.enrolled"] == findings(alone.record)["otp.enrolled"]


def test_of_a_procedure_that_may_have_been_done_an_older_no_does_not_stand_alone() -> None:
    before = own("otp.enrolled", {"valueBoolean": False}, "2026-11-18T09:00:00Z")
    found = findings(told(before, procedure(status="unknown"), root=ROOT).record)["otp.enrolled"]
    assert (found.low, found.high) == (0, 1)


def test_a_period_holds_from_its_beginning_to_its_end() -> None:
    sent = procedure(performedDateTime=None, performedPeriod={"start": "2026-11-17", "end": "2026-11-24"})
    reading = told(sent)
    assert [item.at.date().isoformat() for item in reading.record.findings] == ["2026-11-17", "2026-11-24"]
    assert findings(reading.record)["otp.enrolled"].low == 1


def test_a_weekly_supply_is_taken_until_the_week_is_over() -> None:
    """Even where the list is closed; afterwards its days are counted from the end of the week, not from its beginning."""

    def known(day: str) -> dict[str, Finding]:
        record = told(procedure(performedDateTime=f"{day}T09:00:00Z")).record
        return findings(record.model_copy(update={"reviewed": record.reviewed.model_copy(update={"medications": NOW})}))

    running, over = known("2026-11-19"), known("2026-11-10")
    assert running["medication.methadone"].low == running["medication.methadone"].high == MEDICATION_STATUS.index("active")
    assert running["medication.methadone.days_since_last"].high == 0
    assert over["medication.methadone"].high == MEDICATION_STATUS.index("stopped")
    assert over["medication.methadone.days_since_last"].high == (NOW - datetime(2026, 11, 17, 9, tzinfo=UTC)).days


def test_surgery_that_is_prepared_is_planned() -> None:
    sent = procedure("80146002", SNOMED, **SURGERY, meta={"lastUpdated": AT}, performedDateTime="2026-12-10")
    assert stated(told(sent).record) == [("surgery.planned", True)]
    assert stated(told(sent | {"status": "completed"}).record) == []
    assert {item.reason for item in told(sent | {"meta": {}}).unread} == {"code-unknown", "date-missing"}


def test_of_hundreds_of_dental_cleanings_little_is_said() -> None:
    shots = [procedure("234723000", SNOMED, name=str(number)) for number in range(300)]
    shots += [procedure("99213", CPT, name=f"c{number}") for number in range(300)]
    unread = told(*shots).unread
    assert [(item.reference, item.reason) for item in unread] == [("Procedure", "code-unknown")] * 2
    assert "SNOMED CT" in unread[1].what
    assert "CPT" in unread[0].what


# Care plans


def test_what_is_under_way_in_an_active_plan() -> None:
    sent = plan(activity("contingency-management"), activity("assertive-community-treatment", scheduledPeriod={"start": "2026-11-10"}))
    reading = told(sent, root=ROOT)
    assert stated(reading.record) == [("contingency_management.enrolled", True), ("case_management.received", "assertive")]
    assert not reading.unread


@pytest.mark.parametrize("status", ["not-started", "scheduled", "cancelled", "completed", "stopped", "on-hold", "unknown", None])
def test_what_is_not_under_way_says_nothing(status: str | None) -> None:
    assert stated(told(plan(activity("telehealth-aftercare", status or "")), root=ROOT).record) == []


@pytest.mark.parametrize(
    "more", [{"status": "draft"}, {"status": "completed"}, {"status": "revoked"}, {"status": "unknown"}, {"status": None}]
)
def test_a_plan_that_is_not_active_says_nothing(more: Any) -> None:
    assert stated(told(plan(activity("telehealth-aftercare"), **more), root=ROOT).record) == []


def test_a_plan_that_ended_no_longer_lets_what_it_said_stand_alone() -> None:
    before = own("contingency_management.enrolled", {"valueBoolean": True}, "2026-11-10T09:00:00Z")
    assert findings(told(before, root=ROOT).record)["contingency_management.enrolled"].exact
    ended = plan(activity("contingency-management", "completed"), status="completed", meta={"lastUpdated": AT})
    assert not findings(told(before, ended, root=ROOT).record)["contingency_management.enrolled"].exact
    long_ago = ended | {"meta": {"lastUpdated": "2026-10-01T09:00:00Z"}}
    assert findings(told(before, long_ago, root=ROOT).record)["contingency_management.enrolled"].exact


def test_no_plan_tells_that_a_medicine_is_taken() -> None:
    methadone = {"detail": {"status": "in-progress", "code": concept("310653000", SNOMED)}}
    reading = told(plan(methadone, {"reference": {"reference": "MedicationRequest/9"}}))
    assert given(reading.record) == [(None, "active")]
    assert reasons(reading) == {("CarePlan/1", "planned-only"), ("CarePlan", "not-used")}
    found = findings(reading.record)["medication.methadone"]
    assert not found.exact


def test_which_component_serves_which_goal() -> None:
    outside = one("Goal", "g", lifecycleStatus="active", description={"text": "sleep through the night"})
    inside = {"resourceType": "Goal", "id": "h", "lifecycleStatus": "active", "description": {"text": "keep my job"}, "subject": ME}
    serves = [{"reference": "Goal/g"}, {"reference": "#h"}]
    sent = plan(activity("case-management", goal=serves), contained=[inside], goal=[{"reference": "#h"}, {"reference": "Goal/g"}])
    goals = told(outside, sent, root=ROOT).record.goals
    assert {(goal.text, goal.components) for goal in goals} == {
        ("keep my job", ("case-management",)),
        ("sleep through the night", ("case-management",)),
    }


def test_a_component_of_which_no_finding_tells_is_no_riddle() -> None:
    assert not told(plan(activity("cbt")), root=ROOT).unread
    assert reasons(told(plan(activity("nothing-of-ours")), root=ROOT)) == {("CarePlan", "not-used")}


@pytest.mark.parametrize(("more", "reason"), [({"status": "on-hold"}, "status-unknown"), ({"status": None}, "status-missing")])
def test_a_plan_of_which_nobody_can_tell_whether_it_is_followed(more: Any, reason: str) -> None:
    assert reasons(told(plan(activity("cbt"), **more), root=ROOT)) == set(), "nothing hangs on it"
    assert reasons(told(plan(activity("telehealth-aftercare"), **more), root=ROOT)) == {("CarePlan/1", reason)}


def test_a_plan_in_words_is_told_once() -> None:
    assert reasons(told(plan(), plan() | {"id": "2"})) == {("CarePlan", "not-used")}


# The level of a screening form


@pytest.mark.parametrize(
    ("value", "level", "reason"),
    [
        ({"valueCodeableConcept": concept("LA9193-9")}, "high", None),
        ({"valueCodeableConcept": concept("LA6751-7")}, "moderate", None),
        ({"valueCodeableConcept": {"text": "High"}}, "high", None),
        ({"valueCodeableConcept": concept("LA9194-7") | {"text": "High"}}, "high", "answer-contradictory"),
        ({"valueCodeableConcept": {"text": "see note"}}, None, "value-unknown"),
        ({"valueInteger": 5}, None, "value-unknown"),
    ],
)
def test_the_level_of_suicide_risk(value: Any, level: str | None, reason: str | None) -> None:
    reading = told(observation("93374-7", **value))
    assert stated(reading.record) == [("suicide.screen_level", level)]
    assert {item.reason for item in reading.unread} == ({reason} if reason else set())


def tier(*resources: Any) -> tuple[set[str], set[str]]:
    reading = told(*resources)
    found = decision_of("real", reading.record, NOW)
    return {step.level for step in found.escalations}, {item.reason for item in reading.unread}


def test_a_level_and_its_answers_the_worse_counts() -> None:
    calm = {"93246-7": False, "93247-5": False, "93267-3": False}
    intent = {"93246-7": True, "93247-5": True, "93249-1": True}

    def form(answers: dict[str, bool], level: str) -> list[Any]:
        said = [observation(code, code, valueBoolean=answer) for code, answer in answers.items()]
        return [*said, observation("93374-7", valueCodeableConcept=concept(level))]

    assert tier(*form(calm, "LA9194-7")) == (tier(*form(calm, "LA9194-7")[:-1])[0], set()), "a low level adds nothing"
    assert tier(*form(calm, "LA9193-9"))[1] == {"level-contradictory"}
    assert "E5" in tier(*form(calm, "LA9193-9"))[0]
    assert "E5" in tier(*form(intent, "LA9194-7"))[0]
    assert tier(*form(intent, "LA9194-7"))[1] == {"level-contradictory"}


def test_of_two_levels_of_one_moment_the_worse_counts() -> None:
    sent = [observation("93374-7", name, valueCodeableConcept=concept(level)) for name, level in (("1", "LA9193-9"), ("2", "LA9194-7"))]
    for both in (sent, sent[::-1]):
        assert stated(told(*both).record) == [("suicide.screen_level", "high")]
        assert {item.reason for item in told(*both).unread} == {"answer-contradictory"}


def test_a_level_that_nobody_can_read_leaves_no_older_one_alone() -> None:
    before = observation("93374-7", "1", effectiveDateTime="2026-11-18T09:00:00Z", valueCodeableConcept=concept("LA9194-7"))
    found = findings(told(before, observation("93374-7", "2", valueInteger=5)).record)["suicide.screen_level"]
    assert (found.low, found.high) == (0, 2)
    assert base().dictionary.entries["suicide.screen_level"].values[2] == "high"


def test_a_medicine_with_an_unknown_modifier_may_be_taken() -> None:
    reading = told(statement(modifierExtension=[{"url": "urn:x"}]))
    assert given(reading.record) == [(None, "active")]
    assert {item.reason for item in reading.unread} == {"modifier-unknown"}


def test_a_draft_with_an_unknown_modifier_may_be_of_any_medicine() -> None:
    reading = told(drafts=[order("7243", status="draft", modifierExtension=[{"url": "urn:x"}])])
    assert [(item.status, item.codes) for item in reading.record.medications] == [("proposed", ())]
    assert findings(reading.record)["medication.naltrexone.proposed"].low is None
