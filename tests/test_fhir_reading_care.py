"""Encounters, consents, goals, and labels that say where something comes from."""

from __future__ import annotations

from typing import Any

import pytest
from charts import AT, ME, bundle, coded, concept, condition, observation, one, order, patient, reasons, response, told

from engine.record import Record

ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def encounter(kind: str, status: str = "finished", name: str = "1", **more: Any) -> dict[str, Any]:
    period = {"start": "2026-11-10T08:00:00Z"} | ({"end": "2026-11-12T08:00:00Z"} if status == "finished" else {})
    return one("Encounter", name, **{"status": status, "class": {"system": ACT, "code": kind}, "period": period} | more)


HOME = {"dischargeDisposition": concept("home")}


@pytest.mark.parametrize(
    ("sent", "events", "setting"),
    [
        (encounter("EMER"), ["emergency_visit"], None),
        (encounter("IMP"), ["admission", "discharge"], None),
        (encounter("ACUTE", "in-progress"), ["admission"], "inpatient"),
        (encounter("OBSENC", hospitalization=HOME), ["discharge"], None),
        (encounter("OBSENC"), [], None),
        (encounter("IMP", hospitalization={"dischargeDisposition": concept("exp")}), ["admission"], None),
        (encounter("AMB"), [], None),
        (encounter("AMB", "in-progress"), [], "outpatient"),
        (encounter("VR", "arrived"), [], "telehealth"),
        (encounter("EMER", "triaged"), ["emergency_visit"], "emergency"),
        (encounter("AMB", "planned"), [], None),
        (encounter("IMP", "cancelled"), [], None),
        (encounter("AMB", "in-progress", period={"start": AT, "end": AT}), [], None),
    ],
)
def test_an_encounter(sent: Any, events: list[str], setting: str | None) -> None:
    record = told(sent).record
    assert ([item.kind for item in record.events], record.setting) == (events, setting)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (encounter("EMER", period={}), "date-missing"),
        (encounter("EMER", period={"start": "2026-11"}), "date-imprecise"),
        (encounter("FLD"), "code-unknown"),
        (encounter("IMP", "odd"), "status-unknown"),
        (encounter("IMP", hospitalization={"dischargeDisposition": concept("exp")}), "deceased"),
    ],
)
def test_what_of_an_encounter_is_told(sent: Any, reason: str) -> None:
    assert reasons(told(sent)) == {("Encounter/1", reason)}


def appointment(status: str | None, **more: Any) -> dict[str, Any]:
    return one("Appointment", subject=None, **{"status": status, "start": AT, "participant": [{"actor": ME, "status": "accepted"}]} | more)


@pytest.mark.parametrize(
    ("sent", "events", "reason"),
    [
        (appointment("noshow"), ["missed_contact"], None),
        (appointment("noshow", start="2026-11"), [], "date-imprecise"),
        (appointment("noshow", start=None), [], "date-missing"),
        (appointment("fulfilled"), [], None),
        (appointment("booked"), [], None),
        (appointment("entered-in-error"), [], "entered-in-error"),
        (appointment("odd"), [], "status-unknown"),
        (appointment(None), [], "status-missing"),
    ],
)
def test_an_appointment(sent: Any, events: list[str], reason: str | None) -> None:
    reading = told(sent)
    assert [item.kind for item in reading.record.events] == events
    assert {item.reason for item in reading.unread} == ({reason} if reason else set())


def test_an_appointment_that_is_offered_is_not_told() -> None:
    assert not told(drafts=[appointment("proposed")]).unread


ROOT = "https://tandem.test/fhir"


def daily(code: str, value: dict[str, Any], name: str, day: int = 19) -> dict[str, Any]:
    return observation(concept(code, f"{ROOT}/CodeSystem/finding"), name, effectiveDateTime=f"2026-11-{day}T09:00:00Z", **value)


def test_a_measurement_of_which_trends_are_made_is_a_point_of_its_series() -> None:
    sent = [daily("craving.daily", {"valueInteger": day - 10}, f"c{day}", day) for day in range(11, 20)]
    record = told(*sent, daily("body.weight", {"valueQuantity": {"value": 70, "code": "kg"}}, "w"), root=ROOT).record
    assert [(item.code, [point.value for point in item.points]) for item in record.series] == [("craving.daily", [*range(1, 10)])]


@pytest.mark.parametrize(
    ("value", "when"),
    [
        ({"dataAbsentReason": concept("asked-declined")}, "2026-11-19T09:00:00Z"),
        ({"valueString": "strong"}, "2026-11-19T09:00:00Z"),
        ({"valueInteger": 9}, "2026-11"),
        ({"valueInteger": 9, "status": "unknown"}, "2026-11-19T09:00:00Z"),
    ],
)
def test_what_nobody_can_read_or_place_is_no_point(value: Any, when: str) -> None:
    assert not told(daily("craving.daily", value, "1") | {"effectiveDateTime": when}, root=ROOT).record.series


def test_a_number_of_another_unit_is_no_point() -> None:
    asleep = daily("sleep.hours", {"valueQuantity": {"value": 420, "code": "min"}}, "1")
    assert not told(asleep, root=ROOT).record.series
    assert told(asleep | {"valueQuantity": {"value": 7, "code": "h"}}, root=ROOT).record.series[0].points[0].value == 7


def test_the_setting_is_that_of_the_encounter_that_was_named_or_began_last() -> None:
    first = encounter("EMER", "in-progress", "e", period={"start": "2026-11-10T08:00:00Z"})
    second = encounter("IMP", "in-progress", "i", period={"start": "2026-11-11T08:00:00Z"})
    assert told(first, second).record.setting == "inpatient"
    assert told(first, second).references["care.setting"] == ("Encounter/i",)
    assert told(first, second, encounter="Encounter/e").record.setting == "emergency"
    same = encounter("AMB", "in-progress", "a", period={"start": "2026-11-11T08:00:00Z"})
    assert told(second, same).record.setting is None
    assert reasons(told(second, same)) == {("Encounter", "setting-contradictory")}


def test_goals_are_kept_in_their_words() -> None:
    goals = [
        one("Goal", str(number), lifecycleStatus=status, description={"text": status})
        for number, status in enumerate(("active", "completed"))
    ]
    assert [item.text for item in told(*goals).record.goals] == ["active"]
    assert reasons(told(one("Goal", lifecycleStatus="active"))) == {("Goal/1", "text-missing")}


PART2 = {"security": [{"system": ACT, "code": "42CFRPart2"}]}


def origins(record: Record) -> list[Any]:
    parts = (record.findings, record.instruments, record.conditions, record.medications, record.allergies, record.events, record.goals)
    return [item.origin for part in parts for item in part]


LABELLED = [
    condition(meta=PART2),
    order(meta=PART2),
    observation("44261-6", "a", valueInteger=3, meta=PART2),
    observation("8867-4", "b", valueQuantity={"value": 80, "code": "/min"}, meta=PART2),
    response({"/44260-8": coded("LA6568-5")}, meta=PART2),
    encounter("IMP", meta=PART2),
    one("Goal", lifecycleStatus="active", description={"text": "stay well"}, meta=PART2),
    one("AllergyIntolerance", code=concept("6813", "http://www.nlm.nih.gov/research/umls/rxnorm"), meta=PART2),
    one("FamilyMemberHistory", condition=[{"code": {"text": "drink"}}], meta=PART2),
]


@pytest.mark.parametrize("sent", LABELLED, ids=lambda item: item["resourceType"])
def test_what_arrives_labelled_keeps_its_label(sent: dict[str, Any]) -> None:
    found = origins(told(sent).record)
    assert found
    assert all(item is not None and item.part2 for item in found)
    plain = {key: value for key, value in sent.items() if key != "meta"}
    assert not any(origins(told(plain).record))
    whole = told(bundle(plain, meta=PART2)).record
    assert all(item is not None and item.part2 for item in origins(whole))


def test_the_label_of_a_bundle_is_that_of_the_entry_that_carries_it() -> None:
    record = told(bundle(condition(), order(meta=PART2), meta=PART2)).record
    assert record.conditions[0].origin is None
    assert record.medications[0].origin is not None


def test_a_labelled_patient_labels_everything() -> None:
    record = told(patient(meta=PART2 | {"source": "northside-otp"}), condition()).record
    assert record.origin is not None
    assert (record.origin.programme, record.origin.part2) == ("northside-otp", True)


@pytest.mark.parametrize(
    ("codes", "part2", "reason"),
    [
        (["42CFRPart2"], True, None),
        (["NORDSCLCD", "N"], True, None),
        (["ETH", "R"], True, None),
        (["SUD", "V"], True, None),
        (["SUD"], False, "label-not-kept"),
        (["R"], False, "label-not-kept"),
        (["MH", "R"], False, "label-not-kept"),
        (["N"], False, None),
    ],
)
def test_which_labels_are_of_part_2(codes: list[str], part2: bool, reason: str | None) -> None:
    reading = told(condition(meta={"security": [{"code": code} for code in codes]}))
    assert (reading.record.conditions[0].origin is not None) == part2
    assert {item.reason for item in reading.unread} == ({reason} if reason else set())


def test_psychotherapy_notes_are_not_taken_in() -> None:
    reading = told(condition(meta={"security": [{"code": "PSYTHPN"}]}))
    assert not reading.record.conditions
    assert reasons(reading) == {("Condition/1", "psychotherapy-notes")}


def test_what_has_no_place_for_its_label_is_not_used() -> None:
    expecting = observation("82810-3", valueCodeableConcept=concept("77386006"), meta=PART2)
    going = encounter("VR", "in-progress", meta=PART2)
    reading = told(expecting, going)
    assert (reading.record.patient.pregnancy, reading.record.setting) == (None, None)
    assert reasons(reading) == {("Observation/1", "label-not-kept"), ("Encounter/1", "label-not-kept")}


def consent(provision: Any, **more: Any) -> dict[str, Any]:
    said = {"status": "active", "scope": concept("patient-privacy"), "dateTime": "2026-11-01", "provision": provision, "subject": None}
    return one("Consent", **said | {"patient": ME} | more)


def actor(**more: Any) -> dict[str, Any]:
    return {"role": concept("IRCP"), "reference": {"reference": "Organization/o", "display": "City Hospital"}} | more


PERMIT = {
    "type": "permit",
    "actor": [actor()],
    "purpose": [{"code": "TREAT"}],
    "securityLabel": [{"code": "42CFRPart2"}],
    "period": {"end": "2027-01-01"},
}


def test_a_permission_that_fits_exactly() -> None:
    found = told(consent(PERMIT, performer=[ME])).record.consents
    assert [(item.category, item.recipient, item.purpose, item.status, item.signed_by) for item in found] == [
        ("part2", "City Hospital", "treatment", "given", "patient")
    ]
    assert found[0].at.isoformat() == "2026-11-01T23:59:59-12:00"  # not a moment sooner
    assert found[0].until is not None
    assert found[0].until.isoformat() == "2027-01-01T00:00:00+14:00"  # and not a moment longer
    named = told(consent(PERMIT), {"resourceType": "Organization", "id": "o", "name": "General"}).record.consents
    assert named[0].recipient == "General"


@pytest.mark.parametrize(
    ("provision", "more"),
    [
        ({}, {}),
        (None, {}),
        (PERMIT, {"status": "inactive"}),
        (PERMIT, {"status": "proposed"}),
        (PERMIT, {"scope": concept("research")}),
        (PERMIT, {"dateTime": None}),
        (PERMIT | {"securityLabel": []}, {}),
        (PERMIT | {"securityLabel": [{"code": "42CFRPart2"}, {"code": "odd"}]}, {}),
        (PERMIT | {"purpose": []}, {}),
        (PERMIT | {"purpose": [{"code": "HRESCH"}]}, {}),
        (PERMIT | {"actor": []}, {}),
        (PERMIT | {"actor": [actor(), actor(reference={"reference": "Organization/x"})]}, {}),
        (PERMIT | {"data": [{"meaning": "instance"}]}, {}),
        (PERMIT | {"class": [{"code": "Observation"}]}, {}),
        (PERMIT | {"provision": [{"type": "permit"}]}, {}),
        (PERMIT | {"action": [concept("correct")]}, {}),
        (PERMIT | {"period": {"end": "whenever"}}, {}),
    ],
)
def test_a_permission_that_does_not_fit_opens_nothing_and_is_told(provision: Any, more: Any) -> None:
    reading = told(consent(provision, **more))
    assert not reading.record.consents
    assert ("Consent/1", "consent-unread") in reasons(reading)


def test_a_refusal_is_never_lost() -> None:
    named = told(consent({"type": "deny", "actor": [actor()], "purpose": [{"code": "TREAT"}]})).record.consents
    assert [(item.category, item.recipient, item.status) for item in named] == [("all", "City Hospital", "declined")]
    bare = told(consent({"type": "deny"}, dateTime=None))
    assert {item.recipient for item in bare.record.consents} == {"treating_providers", "payers", "family"}
    assert {item.purpose for item in bare.record.consents} == {"treatment", "payment", "operations"}
    assert reasons(bare) == {("Consent/1", "consent-widened")}
    by_category = told(consent({"type": "deny"}, scope=None, category=[concept("59284-0")]))
    assert by_category.record.consents
    exception = told(consent(PERMIT | {"provision": [{"type": "deny", "actor": [actor()]}]})).record.consents
    assert {item.status for item in exception} == {"declined"}
