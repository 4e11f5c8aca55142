"""Scores, measurements and laboratory results: what each form of a value comes to, as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from charts import AT, LOINC, base, coded, concept, observation, one, reasons, response, told

from engine.observe import observe

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FREQUENCY = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
PHQ9 = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"


def scores(*sent: Any, **more: Any) -> list[tuple[str, dict[str, int | None], int | None]]:
    return [(item.instrument, item.items, item.total) for item in told(*sent, **more).record.instruments]


@pytest.mark.parametrize(
    "value",
    [
        {"valueInteger": 12},
        {"valueQuantity": {"value": 12, "unit": "{score}", "code": "{score}"}},
        {"valueQuantity": {"value": 12.0, "unit": "score", "code": "1"}},
        {"valueQuantity": {"value": "12"}},
        {"valueString": "12"},
        {"valueString": " 12 "},
        {"valueDecimal": 12},
    ],
)
@pytest.mark.parametrize("code", ["44261-6", " 44261-6\n   "])
def test_a_total_in_every_form(value: Any, code: str) -> None:
    assert scores(observation(code, **value)) == [("phq9", {}, 12)]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"valueQuantity": {"value": 19.68}}, "value-not-whole"),
        ({"valueString": "twelve"}, "value-unknown"),
        ({"valueString": "12 of 27"}, "value-unknown"),
        ({"valueBoolean": True}, "value-unknown"),
        ({"valueInteger": 12, "valueString": "13"}, "value-missing"),
        ({"dataAbsentReason": concept("asked-declined")}, "value-missing"),
        ({}, "value-missing"),
        ({"valueInteger": 12, "effectiveDateTime": None}, "date-missing"),
        ({"valueInteger": 12, "effectiveDateTime": None, "issued": AT}, "date-missing"),
        ({"valueInteger": 12, "status": "cancelled"}, "status-not-final"),
        ({"valueInteger": 12, "status": "registered"}, "status-not-final"),
        ({"valueInteger": 12, "status": None}, "status-missing"),
    ],
)
def test_what_is_no_total_is_refused_and_told(value: Any, reason: str) -> None:
    reading = told(observation("44261-6", **value))
    assert all(item.absent and item.total is None for item in reading.record.instruments)
    assert reasons(reading) == {("Observation/1", reason)}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"status": "preliminary"}, "status-preliminary"),
        ({"status": "corrected"}, None),
        ({"effectiveDateTime": "2026-11"}, "date-imprecise"),
        ({"effectiveDateTime": None, "effectiveInstant": AT}, None),
        ({"effectiveDateTime": None, "effectivePeriod": {"start": AT, "end": "2026-11-20"}}, None),
        ({"valueInteger": 60}, "out-of-range"),
    ],
)
def test_what_is_used_with_a_reservation_is_told(more: Any, reason: str | None) -> None:
    reading = told(observation("44261-6", **({"valueInteger": 12} | more)))
    assert len(reading.record.instruments) == 1
    assert reasons(reading) == ({("Observation/1", reason)} if reason else set())


def test_the_code_of_the_whole_form_with_a_value_is_read_as_its_total_and_told() -> None:
    assert scores(observation("44249-1", valueInteger=12)) == [("phq9", {}, 12)]
    assert reasons(told(observation("44249-1", valueInteger=12))) == {("Observation/1", "panel-as-total")}


@pytest.mark.parametrize(
    ("code", "instrument"),
    [
        (concept("75624-7", display="Total score [AUDIT]"), "audit"),
        (concept("75624-7", display="AUDIT-C total score"), None),
        (concept("75624-7") | {"text": "Audit C"}, None),
        (concept("75626-2", display="Total score [AUDIT-C]"), "auditc"),
    ],
)
def test_a_total_of_the_audit_that_says_audit_c_is_not_used(code: Any, instrument: str | None) -> None:
    reading = told(observation(code, valueInteger=6))
    assert [item.instrument for item in reading.record.instruments] == ([instrument] if instrument else [])
    assert reasons(reading) == (set() if instrument else {("Observation/1", "code-and-words-disagree")})


def test_a_total_of_the_audit_without_its_name_is_told() -> None:
    assert reasons(told(observation("75624-7", valueInteger=6))) == {("Observation/1", "audit-or-audit-c")}
    assert not told(observation("75624-7", valueInteger=13)).unread


def test_a_total_of_the_audit_that_only_the_audit_c_adds_up_to_is_not_used() -> None:
    three: dict[str, Any] = {"68518-0": ("valueInteger", 4), "68519-8": ("valueInteger", 1), "68520-6": ("valueInteger", 1)}
    reading = told(response({**three, "75624-7": ("valueInteger", 6)}))
    assert [(item.instrument, item.total) for item in reading.record.instruments] == [("auditc", None)]
    assert reasons(reading) == {("QuestionnaireResponse/1", "total-of-the-short-form")}
    assert scores(response({**three, "75624-7": ("valueInteger", 9)}))[0][0] == "audit"
    assert scores(response({**three, "97734-8": ("valueInteger", 0), "75624-7": ("valueInteger", 6)}))[0][0] == "audit"


def test_items_of_one_time_are_one_administration() -> None:
    items = [observation(code, code, valueCodeableConcept=concept(FREQUENCY[1])) for code in PHQ9]
    total = observation("44261-6", "t", valueInteger=9)
    other = observation("44260-8", "x", valueInteger=3, effectiveDateTime="2026-11-01T09:00:00Z")
    found = scores(*items, total, other)
    assert ("phq9", {f"q{number}": 1 for number in range(1, 10)}, 9) in found
    assert ("phq9", {"q9": 3}, None) in found
    assert told(*items).references["phq9.total"] == tuple(sorted(f"Observation/{code}" for code in PHQ9))


def test_two_answers_to_one_question_leave_it_open_between_them() -> None:
    reading = told(observation("44260-8", "a", valueInteger=0), observation("44260-8", "b", valueInteger=3))
    assert ("Observation/a", "answer-contradictory") in reasons(reading)
    found = observe(base(), reading.record, NOW, lambda *_: None).findings["phq9.q9"]
    assert (found.low, found.high, found.absent) == (0, 3, "conflicting")


@pytest.mark.parametrize(
    ("unreadable", "code", "low", "high", "why"),
    [
        (observation("44261-6", "b", valueQuantity={"value": 7.5}), "phq9.total", 6, 27, "unable_to_assess"),
        (observation("44261-6", "b", dataAbsentReason=concept("asked-declined")), "phq9.total", 6, 27, "declined"),
        (response({"/44260-8": coded("odd")}), "phq9.q9", 0, 3, "unable_to_assess"),
        (response({"/44260-8": None}), "phq9.q9", 0, 0, None),
    ],
)
def test_a_newer_answer_that_cannot_be_read_leaves_the_older_one_open(
    unreadable: Any, code: str, low: int, high: int, why: str | None
) -> None:
    earlier = {"effectiveDateTime": "2026-11-15T09:00:00Z"}
    older = [observation("44261-6", "a", valueInteger=6, **earlier), observation("44260-8", "q", valueInteger=0, **earlier)]
    found = observe(base(), told(*older, unreadable).record, NOW, lambda *_: None).findings[code]
    assert (found.low, found.high, found.absent) == (low, high, why)


def test_two_totals_of_one_time_leave_it_open_between_them() -> None:
    reading = told(observation("44261-6", "a", valueInteger=5), observation("44261-6", "b", valueInteger=20))
    assert ("Observation/a", "total-contradictory") in reasons(reading)
    found = observe(base(), reading.record, NOW, lambda *_: None).findings["phq9.total"]
    assert (found.low, found.high, found.absent) == (5, 20, "conflicting")


def test_the_short_form_and_the_long_form_share_questions() -> None:
    two = {code: coded(FREQUENCY[2]) for code in PHQ9[:2]}
    assert scores(response(two)) == [("phq2", {"q1": 2, "q2": 2}, None)]
    assert [name for name, *_ in scores(response({**two, "44259-0": coded(FREQUENCY[0])}))] == ["phq9"]
    assert [name for name, *_ in scores(response({**two, "44261-6": ("valueInteger", 9)}))] == ["phq9"]
    both = scores(response({**two, "44261-6": ("valueInteger", 9), "55758-7": ("valueInteger", 4)}))
    assert {name for name, *_ in both} == {"phq2", "phq9"}
    members = observation("44249-1", "p", hasMember=[{"reference": "Observation/i"}])
    assert [name for name, *_ in scores(members, observation("44250-9", "i", valueInteger=1))] == ["phq9"]


def test_a_whole_response_with_its_total() -> None:
    answers: dict[str, Any] = {f"/44249-1/{code}": coded(f"{FREQUENCY[3]}\n   ", system=LOINC) for code in PHQ9}
    assert scores(response({**answers, "/44261-6": ("valueDecimal", 12)})) == [("phq9", {f"q{number}": 3 for number in range(1, 10)}, 12)]


def test_answers_may_be_nested_and_coded_on_the_item() -> None:
    deep = {"linkId": "g", "item": [{"linkId": "a", "answer": [{"valueBoolean": True, "item": [{"linkId": "b", "item": []}]}]}]}
    deep["item"][0]["answer"][0]["item"][0] |= {"code": [{"system": LOINC, "code": "44260-8"}], "answer": [{"valueInteger": 2}]}  # type: ignore[index]
    assert scores(one("QuestionnaireResponse", status="completed", authored=AT, item=deep)) == [("phq9", {"q9": 2}, None)]


@pytest.mark.parametrize(
    ("answer", "score", "reason"),
    [
        (coded("LA6571-9"), 3, None),
        (coded("X", extension=[{"url": ORDINAL, "valueDecimal": 2}]), 2, None),
        (coded("LA6571-9", extension=[{"url": ORDINAL, "valueDecimal": 3}]), 3, None),
        (coded("LA6571-9", extension=[{"url": ORDINAL, "valueDecimal": 1}]), None, "answer-contradictory"),
        (coded("LA33-6"), None, "answer-unknown"),
        (("valueDecimal", 1.5), None, "value-not-whole"),
        (("valueString", "3"), 3, None),
        (("valueString", "often"), None, "value-unknown"),
        (("valueBoolean", True), None, "value-unknown"),
        (("valueInteger", 7), 7, "out-of-range"),
        (None, None, None),
    ],
)
def test_the_answer_to_one_question(answer: Any, score: int | None, reason: str | None) -> None:
    reading = told(response({"/44260-8": answer}))
    assert reading.record.instruments[0].items == {"q9": score}
    assert {item.reason for item in reading.unread} == ({reason} if reason else set())


def test_yes_and_no() -> None:
    said = {"/93246-7": coded("LA33-6"), "/93247-5": ("valueBoolean", False), "/93374-7": coded("LA9194-7")}
    reading = told(response(said))
    assert reading.record.instruments[0].items == {"q1": 1, "q2": 0}
    assert [(item.code, item.value) for item in reading.record.findings] == [("suicide.screen_level", "low")]
    assert not reading.unread


def test_the_questionnaire_itself_says_what_is_asked() -> None:
    options = [{"valueCoding": {"code": "often", "extension": [{"url": ORDINAL, "valueDecimal": 3}]}}]
    form = {"resourceType": "Questionnaire", "id": "f", "url": "https://ehr.example/forms/mood"}
    form |= {"item": [{"linkId": "q-9", "code": [{"system": LOINC, "code": "44260-8"}], "answerOption": options}]}  # type: ignore[dict-item]
    sent = response({"q-9": ("valueCoding", {"code": "often"})}, questionnaire="https://ehr.example/forms/mood|2")
    assert scores(form, sent) == [("phq9", {"q9": 3}, None)]
    assert not scores(sent)


def test_our_own_questionnaires_are_read_by_the_names_of_our_items() -> None:
    sent = response(
        {"q1": ("valueInteger", 1), "total": ("valueInteger", 5)}, questionnaire="https://our.example/fhir/Questionnaire/cows|1.0.0"
    )
    assert not scores(sent)
    assert scores(
        response({"t1_tobacco": ("valueInteger", 2)}, questionnaire="https://our.example/fhir/Questionnaire/taps"),
        root="https://our.example/fhir",
    ) == [("taps", {"t1_tobacco": 2}, None)]


def test_a_total_under_the_code_of_another_form_is_not_that_of_this_one() -> None:
    said = {
        "/68517-2": ("valueInteger", 4),
        "/68519-8": coded("LA15695-2"),
        "/68520-6": coded("LA18876-5"),
        "/76504-0": ("valueInteger", 3),
    }
    reading = told(response(said))
    assert [(item.instrument, item.items, item.total) for item in reading.record.instruments] == [("auditc", {"q2": 1, "q3": 2}, None)]
    assert reasons(reading) == {("QuestionnaireResponse/1", "item-unknown")}


def test_an_open_response_gives_its_answers_and_no_total() -> None:
    sent = response({"/44260-8": coded(FREQUENCY[2]), "/44261-6": ("valueInteger", 2)}, status="in-progress")
    assert scores(sent) == [("phq9", {"q9": 2}, None)]
    assert reasons(told(sent)) == {("QuestionnaireResponse/1", "status-open")}


def test_a_relative_who_answers_is_a_proxy() -> None:
    sent = response({"/44260-8": coded(FREQUENCY[0])}, source={"reference": "RelatedPerson/r"}, language="es")
    found = told(sent).record.instruments[0]
    assert (found.mode, found.language, found.source) == ("proxy", "es", "RelatedPerson/r")


def test_an_item_that_a_relative_told_clears_nothing() -> None:
    reading = told(observation("44260-8", valueInteger=0, performer=[{"reference": "Practitioner/1"}, {"reference": "RelatedPerson/1"}]))
    assert reading.record.instruments[0].mode == "proxy"
    found = observe(base(), reading.record, NOW, lambda *_: None).findings["phq9.q9"]
    assert (found.low, found.high) == (0, 3)


@pytest.mark.parametrize(
    ("source", "mode", "told_so"),
    [
        (None, None, False),
        ({"reference": "Patient/p-1"}, "self", False),
        ({"reference": "RelatedPerson/1"}, "proxy", False),
        ({"identifier": {"value": "1"}}, None, False),
        ({"display": "somebody"}, "proxy", True),
        ({"reference": 7}, "proxy", True),
        ({}, "proxy", True),
        ([], "proxy", True),
    ],
)
def test_who_answered(source: Any, mode: str | None, told_so: bool) -> None:
    reading = told(response({"/44260-8": ("valueInteger", 0)}, source=source))
    assert reading.record.instruments[0].mode == mode
    assert ("source-unclear" in {item.reason for item in reading.unread}) is told_so
