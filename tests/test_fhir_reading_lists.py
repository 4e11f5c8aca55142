"""Diagnoses, medicines and allergies: what each status comes to, as a table."""

from __future__ import annotations

from typing import Any

import pytest
from charts import ICD10, RXNORM, SNOMED, allergy, bundle, concept, condition, one, order, reasons, statement, told

from engine.record import ListedMedication


@pytest.mark.parametrize(
    ("clinical", "verified", "more", "status", "unread"),
    [
        ("active", "confirmed", {}, "active", set()),
        ("recurrence", None, {}, "active", set()),
        ("relapse", "confirmed", {}, "active", set()),
        ("remission", "confirmed", {}, "in_remission", set()),
        ("resolved", "confirmed", {}, "in_remission", set()),
        ("inactive", "confirmed", {}, "in_remission", set()),
        ("active", "refuted", {}, "ruled_out", set()),
        (None, "refuted", {}, "ruled_out", set()),
        ("active", "unconfirmed", {}, "suspected", set()),
        ("active", "provisional", {}, "suspected", set()),
        ("active", "differential", {}, "suspected", set()),
        (None, "confirmed", {}, "suspected", {"status-missing"}),
        (None, None, {}, "suspected", {"status-missing"}),
        ("gone", "confirmed", {}, "suspected", {"status-unknown"}),
        (None, "confirmed", {"abatementDateTime": "2025-01-01"}, "in_remission", set()),
        ("active", "confirmed", {"abatementDateTime": "2025-01-01"}, "active", {"contradictory"}),
        ("active", "confirmed", {"recordedDate": "2025"}, "active", {"date-imprecise"}),
    ],
)
def test_the_status_of_a_diagnosis(clinical: str | None, verified: str | None, more: Any, status: str, unread: set[str]) -> None:
    reading = told(condition(clinical=clinical, verified=verified, **more))
    assert [item.status for item in reading.record.conditions] == [status]
    assert {item.reason for item in reading.unread} == unread


def test_what_was_entered_in_error_is_not_used() -> None:
    wrong = {"status": "entered-in-error"}
    sent = [
        condition(verified="entered-in-error"),
        order(**wrong),
        statement(**wrong),
        allergy(verificationStatus=concept("entered-in-error")),
        one("Observation", **wrong),
        one("QuestionnaireResponse", **wrong),
        one("Encounter", **wrong),
        one("Goal", lifecycleStatus="entered-in-error"),
        one("Consent", **wrong),
        one("MedicationAdministration", **wrong),
        one("FamilyMemberHistory", **wrong),
    ]
    reading = told(*sent)
    assert {item.reason for item in reading.unread} == {"entered-in-error"}
    assert len(reading.unread) == len(sent)
    assert told().record == reading.record


def test_codes_of_every_system_and_address_are_handed_on() -> None:
    codes = {
        "coding": [
            {"system": "urn:oid:2.16.840.1.113883.6.90", "code": " F32.A\n  "},
            {"system": "https://snomed.info/sct/", "code": "310496002"},
            {"system": "urn:oid:2.16.840.1.113883.6.96", "code": "310496002"},
            {"system": "https://local.example/codes", "code": "D1"},
        ],
        "text": "Depression\n",
    }
    reading = told(condition(code=codes, recordedDate="2026-11-03", severity=concept("6736007", SNOMED)))
    found = reading.record.conditions[0]
    assert [(item.system, item.code) for item in found.codes] == [("icd10cm", "F32.A"), ("snomed", "310496002")]
    assert (found.text, found.severity) == ("Depression", "moderate")
    assert found.at is not None
    assert found.at.isoformat() == "2026-11-03T00:00:00+14:00"
    assert reading.references["condition.depression"] == reading.references["condition.depression.severity"] == ("Condition/1",)


@pytest.mark.parametrize(
    ("code", "reason", "kept"),
    [
        ({"text": "feels low"}, "text-only", 1),
        ({"coding": [{"system": "https://local.example", "code": "D1", "display": "Low"}]}, "text-only", 1),
        ({"coding": [{"system": SNOMED, "code": "1"}]}, "code-unknown", 1),
        ({}, "code-missing", 1),
        (None, "code-missing", 1),
        (7, "code-missing", 1),
    ],
)
def test_a_diagnosis_that_is_not_understood_is_told_and_keeps_the_list_open(code: Any, reason: str, kept: int) -> None:
    reading = told(condition() | {"code": code})
    assert len(reading.record.conditions) == kept
    assert reasons(reading) == {("Condition/1", reason)}


def test_codes_that_are_known_to_say_nothing_of_ours_are_not_told() -> None:
    assert not told(condition("E11.9")).unread


@pytest.mark.parametrize(("clinical", "verified"), [("resolved", "confirmed"), ("active", "refuted"), ("active", "provisional")])
def test_a_diagnosis_that_ended_does_not_outdo_another_that_is_active(clinical: str, verified: str) -> None:
    older = condition("F33.1", "old", recordedDate="2020-01-01")
    newer = condition("F32.A", "new", clinical, verified, recordedDate="2024-01-01")
    dates = {item.status: item.at for item in told(older, newer).record.conditions}
    assert dates.pop("active") is not None
    assert list(dates.values()) == [None]


def test_a_relative_is_not_the_person() -> None:
    family = one(
        "FamilyMemberHistory",
        subject=None,
        patient={"reference": "Patient/p-1"},
        status="completed",
        condition=[{"code": concept("F32.A", ICD10)}],
    )
    reading = told(family)
    assert [item.status for item in reading.record.conditions] == ["family_history"]
    assert reading.references == {"family_history.depression": ("FamilyMemberHistory/1",)}


def medicines(*sent: Any) -> list[tuple[str, int]]:
    """Status of each medicine, and how many codes it has."""
    return [(item.status, len(item.codes)) for item in told(*sent).record.medications]


@pytest.mark.parametrize(
    ("said", "expected", "unread"),
    [
        ({"status": "active"}, [("active", 1)], set()),
        ({"status": "on-hold"}, [("not_taken", 1)], set()),
        ({"status": "completed"}, [("stopped", 1)], set()),
        ({"status": "stopped"}, [("stopped", 1)], set()),
        ({"status": "cancelled"}, [], set()),
        ({"status": "draft"}, [("proposed", 1)], set()),
        ({"status": "unknown"}, [("active", 0)], {"status-unknown"}),
        ({"status": None}, [("active", 0)], {"status-missing"}),
        ({"intent": "proposal"}, [("proposed", 1)], set()),
        ({"intent": "plan"}, [("proposed", 1)], set()),
        ({"intent": "plan", "reportedBoolean": True}, [("active", 1)], set()),
        ({"intent": "proposal", "status": "completed"}, [], set()),
        ({"intent": None}, [("active", 1)], set()),
        ({"doNotPerform": True}, [], {"do-not-perform"}),
        ({"authoredOn": "2026-01"}, [("active", 1)], {"date-imprecise"}),
    ],
)
def test_an_order(said: Any, expected: list[tuple[str, int]], unread: set[str]) -> None:
    assert medicines(order(**said)) == expected
    assert {item.reason for item in told(order(**said)).unread} == unread


@pytest.mark.parametrize(
    ("said", "status", "last"),
    [
        ({"status": "active", "effectivePeriod": {"start": "2026-01-01"}}, "active", None),
        ({"status": "intended"}, "proposed", None),
        ({"status": "not-taken"}, "not_taken", None),
        ({"status": "on-hold"}, "not_taken", None),
        ({"status": "stopped", "effectivePeriod": {"end": "2026-10-02"}}, "stopped", "2026-10-02T23:59:59-12:00"),
        ({"status": "completed", "effectiveDateTime": "2026-10-02T08:00:00Z"}, "stopped", "2026-10-02T08:00:00+00:00"),
        ({"status": "stopped", "effectivePeriod": {"end": "2026-10"}}, "stopped", None),
        ({"status": "unknown"}, "active", None),
    ],
)
def test_a_statement(said: Any, status: str, last: str | None) -> None:
    found = told(statement(**said)).record.medications[0]
    assert (found.status, found.last_taken and found.last_taken.isoformat()) == (status, last)


def test_medicines_that_are_known_to_be_none_of_ours_are_not_told() -> None:
    assert medicines(order("6135")) == [("active", 1)]
    assert not told(order("6135"), allergy("6135")).unread


def test_an_order_that_ended_leaves_another_in_force() -> None:
    ended = order(name="new", status="completed", authoredOn="2026-11-10")
    assert {(item.status, item.at is None) for item in told(order(), ended).record.medications} == {("active", False), ("stopped", True)}


def test_of_the_doses_that_were_given_the_last_one_counts() -> None:
    given = [
        one(
            "MedicationAdministration",
            str(day),
            status="completed",
            medicationCodeableConcept=concept("6813", RXNORM),
            effectiveDateTime=f"2026-11-{day}T08:00:00Z",
        )
        for day in (10, 12, 11)
    ]
    reading = told(*given)
    assert [item.last_taken and item.last_taken.day for item in reading.record.medications] == [12]
    assert reading.references["medication.methadone.days_since_last"][0] == "MedicationAdministration/12"


def test_handed_over_is_not_taken() -> None:
    handed = one("MedicationDispense", "d", status="completed", medicationCodeableConcept=concept("6813", RXNORM, "methadone"))
    reading = told(handed)
    assert [(item.status, item.codes, item.text) for item in reading.record.medications] == [("active", (), "methadone")]
    assert reasons(reading) == {("MedicationDispense/d", "dispensed-only")}
    assert medicines(order(), handed | {"authorizingPrescription": [{"reference": "MedicationRequest/1"}]}) == [("active", 1)]


METHADONE = {"resourceType": "Medication", "id": "m", "code": concept("6813", RXNORM)}


@pytest.mark.parametrize(
    "sent",
    [
        [order(medicationCodeableConcept=None, medicationReference={"reference": "#m"}, contained=[METHADONE])],
        [order(medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"}), METHADONE],
        [order(medicationCodeableConcept=None, medicationReference={"reference": "https://ehr.example/fhir/Medication/m"}), METHADONE],
        [bundle(order(medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"})), bundle(METHADONE)],
        [order(medicationCodeableConcept=None, medication={"concept": concept("6813", RXNORM)})],
        [
            order(medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"}),
            METHADONE | {"code": None, "ingredient": [{"itemCodeableConcept": concept("6813", RXNORM)}]},
        ],
    ],
)
def test_a_medicine_may_stand_elsewhere(sent: list[Any]) -> None:
    reading = told(*sent)
    assert [item.codes[0].code for item in reading.record.medications] == ["6813"]
    for name in ("methadone", "opioid", "full_agonist_opioid", "opioid_agonist_treatment"):
        assert reading.references[f"medication.{name}"] == ("MedicationRequest/1",)


def test_a_medicine_that_was_not_sent_along_is_told() -> None:
    reading = told(order(medicationCodeableConcept=None, medicationReference={"reference": "Medication/x", "display": "methadone"}))
    assert [(item.text, item.codes) for item in reading.record.medications] == [("methadone", ())]
    assert {item.reason for item in reading.unread} == {"reference-not-sent", "text-only"}


def dosage(timing: Any, **more: Any) -> list[Any]:
    return [{"timing": timing, "doseAndRate": [{"doseQuantity": {"value": 40, "code": "mg"}}]} | more]


def daily(frequency: Any, period: Any, unit: str, **more: Any) -> Any:
    return {"repeat": {"frequency": frequency, "period": period, "periodUnit": unit} | more}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (dosage(daily(1, 1, "d")), (40, "mg", "day")),
        (dosage(daily(2, 1, "d")), (80, "mg", "day")),
        (dosage(daily(1, 8, "h")), (120, "mg", "day")),
        (dosage(daily(1, 1, "wk")), (40, "mg", "week")),
        (dosage({"code": concept("BID", "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation")}), (80, "mg", "day")),
        (dosage(daily(1, 2, "d")), None),
        (dosage(daily(1, 7, "h")), None),
        (dosage(daily(1, 1, "d", frequencyMax=3)), None),
        (dosage(daily(1, 1, "d"), asNeededBoolean=True), None),
        (dosage(daily(1, 1, "d")) * 2, None),
        (dosage(daily(1, 1, "d"), doseAndRate=[{"doseRange": {"low": {"value": 1}}}]), None),
        (dosage(daily(1, 1, "d"), doseAndRate=[{"doseQuantity": {"value": 1, "unit": "tablet"}}]), None),
        ([{"text": "1 tablet every 8 hours as needed"}], None),
    ],
)
def test_a_dose_is_one_plain_sentence_or_none(said: Any, expected: Any) -> None:
    found: ListedMedication = told(order(dosageInstruction=said)).record.medications[0]
    assert (found.dose and (found.dose.value, found.dose.unit, found.dose.per)) == expected


@pytest.mark.parametrize(
    ("said", "expected", "unread"),
    [
        ({}, [("active", "allergy", 1)], set()),
        ({"type": "intolerance"}, [("active", "intolerance", 1)], set()),
        ({"verificationStatus": concept("unconfirmed")}, [("active", "allergy", 1)], set()),
        ({"verificationStatus": concept("refuted")}, [("ruled_out", "allergy", 1)], set()),
        ({"clinicalStatus": concept("resolved")}, [("ruled_out", "allergy", 1)], set()),
        ({"clinicalStatus": concept("inactive")}, [("active", "allergy", 0)], {"status-inactive"}),
        ({"clinicalStatus": None}, [("active", "allergy", 1)], set()),
        ({"clinicalStatus": concept("odd")}, [("active", "allergy", 1)], {"status-unknown"}),
        ({"code": concept("716186003", SNOMED)}, [], {"none-known"}),
        ({"code": concept("409137002", SNOMED)}, [], {"none-known"}),
        ({"code": concept("999000041000000108", SNOMED), "category": ["food"]}, [], {"not-a-medicine"}),
        ({"code": concept("764146007", SNOMED), "category": ["medication"]}, [("active", "allergy", 1)], {"code-unknown"}),
        ({"code": {"text": "some pill"}}, [("active", "allergy", 0)], {"text-only"}),
        ({"code": None}, [("active", "allergy", 0)], {"code-missing"}),
    ],
)
def test_an_allergy(said: Any, expected: Any, unread: set[str]) -> None:
    reading = told(allergy(**said))
    assert [(item.status, item.kind, len(item.codes)) for item in reading.record.allergies] == expected
    assert {item.reason for item in reading.unread} == unread
    assert reading.record.reviewed.allergies is None


def test_an_allergy_is_one_to_the_classes_of_the_medicine() -> None:
    assert told(allergy(), allergy("7243", "2")).references["allergy.opioid"] == ("AllergyIntolerance/1",)
