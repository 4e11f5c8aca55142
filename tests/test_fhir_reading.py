"""What is sent: bundles, versions, whose it is, what is not used."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from charts import AT, ME, base, bundle, condition, observation, one, order, patient, reasons, response, statement, told

from adapters.fhir.reading import read
from engine.errors import Refused


def test_bundles_of_every_kind_and_in_one_another_are_opened() -> None:
    inner = bundle(order(), type="collection")
    outer = bundle(patient(), inner, condition(), type="searchset", total=3)
    reading = told(outer, None, bundle(observation("44261-6", valueInteger=14)))
    assert [item.status for item in reading.record.medications] == ["active"]
    assert len(reading.record.conditions) == 1
    assert reading.record.instruments[0].total == 14
    assert not reading.unread


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (bundle(type="searchset", link=[{"relation": "next", "url": "https://ehr.example/page2"}]), "incomplete"),
        (bundle(order(), type="searchset", total=40), "incomplete"),
        (bundle({"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}), "search-failed"),
        ({"resourceType": "OperationOutcome"}, "search-failed"),
        ({"resourceType": "OperationOutcome", "issue": [{"severity": "warning"}]}, "search-warning"),
        ({"resourceType": "Bundle", "type": "batch-response", "entry": [{"response": {"status": "403 Forbidden"}}]}, "search-failed"),
    ],
)
def test_what_could_not_be_had_is_told(sent: Any, reason: str) -> None:
    assert reason in {item.reason for item in told(sent).unread}


def test_pages_that_were_included_do_not_count_as_found() -> None:
    included = {"resource": patient(), "search": {"mode": "include"}}
    sent = {"resourceType": "Bundle", "type": "searchset", "total": 2, "entry": [included, {"resource": order()}]}
    assert ("Bundle", "incomplete") in reasons(told(sent))


def test_types_that_are_not_used_are_told_once() -> None:
    shots = [one("Immunization", str(number), subject=None, patient=ME) for number in range(3)]
    assert reasons(told(*shots, one("Coverage"), one("Device"))) == {
        ("Immunization", "not-used"),
        ("Coverage", "not-used"),
        ("Device", "not-used"),
    }


@pytest.mark.parametrize("junk", [1, "Patient", [], {}, {"resourceType": 3}, {"resourceType": None}])
def test_what_is_no_resource_is_told(junk: Any) -> None:
    assert reasons(told(junk)) == {("Resource", "not-a-resource")}


OTHERS = [
    condition(subject={"reference": "Patient/p-2"}),
    observation("44261-6", subject={"reference": "https://ehr.example/fhir/Patient/p-2"}),
    observation("44261-6", subject={"reference": "Patient/p-2/_history/3"}),
    observation("44261-6", subject="Patient/p-2"),
    one("AllergyIntolerance", patient={"reference": "Patient/p-2"}),
    one("Immunization", subject=None, patient={"reference": "Patient/P-1"}),
    one("Coverage", subject=None, beneficiary={"reference": "Patient/p-2"}),
    one("Task", subject=None, **{"for": {"reference": "Patient/p-2"}}),
    {"resourceType": "Patient", "id": "p-2"},
    bundle(bundle(order(subject={"reference": "Patient/p-2"}))),
    {
        "resourceType": "Bundle",
        "entry": [
            {"fullUrl": "urn:uuid:7", "resource": {"resourceType": "Condition", "subject": {"reference": "urn:uuid:8"}}},
            {"fullUrl": "urn:uuid:8", "resource": {"resourceType": "Patient", "id": "p-2"}},
        ],
    },
]


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_about_somebody_else_is_refused(other: Any) -> None:
    with pytest.raises(Refused) as refused:
        told(patient(), order(), other)
    assert {problem.code for problem in refused.value.problems} == {"patient-mismatch"}
    assert "p-2" not in " ".join(problem.what for problem in refused.value.problems)


def test_a_draft_for_somebody_else_is_refused_and_every_mismatch_is_named() -> None:
    with pytest.raises(Refused) as refused:
        told(observation("44261-6", "o", subject={"reference": "Patient/x"}), drafts=[order(name="d", subject={"reference": "Patient/x"})])
    assert [problem.where for problem in refused.value.problems] == ["MedicationRequest/d", "Observation/o"]


def test_the_same_id_on_two_servers_is_not_the_same_person() -> None:
    here, there = ({"reference": f"https://{host}/fhir/Patient/p-1"} for host in ("a.example", "b.example"))
    assert told(condition(subject=here), order(subject=here)).record.conditions
    with pytest.raises(Refused, match="patient-mismatch"):
        told(condition(subject=here), order(subject=there))


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p-1"},
        {"reference": " Patient/p-1 "},
        {"reference": "https://ehr.example/fhir/Patient/p-1"},
        {"reference": "urn:uuid:9"},
        {"reference": "p-1"},
        {"identifier": {"system": "urn:mrn", "value": "4711"}},
        "Patient/p-1",
    ],
)
def test_the_patient_is_known_by_every_name(subject: Any) -> None:
    own = {"fullUrl": "urn:uuid:9", "resource": patient(identifier=[{"system": "urn:mrn", "value": "4711"}])}
    assert told({"resourceType": "Bundle", "entry": [own]}, condition(subject=subject)).record.conditions


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        (None, "subject-missing"),
        ({"reference": "urn:uuid:unknown"}, "subject-unclear"),
        ({"reference": "#contained"}, "subject-unclear"),
        ({"display": "James"}, "subject-unclear"),
        ({"reference": "Patient?identifier=1"}, "subject-unclear"),
        ({"identifier": {"system": "urn:mrn", "value": "1"}}, "subject-unclear"),
        ({"reference": "Group/g"}, "subject-not-a-patient"),
    ],
)
def test_what_is_about_nobody_in_particular_is_not_used(subject: Any, reason: str) -> None:
    reading = told(condition(subject=subject))
    assert not reading.record.conditions
    assert reasons(reading) == {("Condition/1", reason)}


@pytest.mark.parametrize(
    "more", [{"modifierExtension": [{"url": "https://ehr.example/negated"}]}, {"implicitRules": "https://ehr.example/rules"}]
)
def test_what_changes_the_meaning_in_unknown_ways_is_not_used(more: dict[str, Any]) -> None:
    reading = told(condition(**more))
    assert not reading.record.conditions
    assert reasons(reading) == {("Condition/1", "modifier-unknown")}


def test_an_appointment_is_of_those_who_take_part() -> None:
    def appointment(*names: str) -> dict[str, Any]:
        actors = [{"actor": {"reference": name}} for name in names]
        return {"resourceType": "Appointment", "id": "a", "status": "noshow", "start": AT, "participant": actors}

    assert [item.kind for item in told(appointment("Practitioner/1", "Patient/p-1", "Patient/p-2")).record.events] == ["missed_contact"]
    assert reasons(told(appointment("Practitioner/1"))) == {("Appointment/a", "subject-missing")}
    with pytest.raises(Refused, match="patient-mismatch"):
        told(appointment("Practitioner/1", "Patient/p-2"))


def test_a_patient_id_may_come_as_a_reference() -> None:
    assert read(base(), [condition()], "Patient/p-1").record.patient.id == "p-1"


def test_the_newest_version_counts() -> None:
    old = condition(meta={"versionId": "9", "lastUpdated": "2026-01-01T00:00:00Z"})
    new = condition(clinical="remission", meta={"versionId": "10", "lastUpdated": "2026-02-01T00:00:00Z"})
    assert [item.status for item in told(new, old).record.conditions] == ["in_remission"]
    by_number = told(condition(meta={"versionId": "9"}), condition(clinical="remission", meta={"versionId": "10"}))
    assert [item.status for item in by_number.record.conditions] == ["in_remission"]


def test_versions_that_nobody_can_order_all_stand() -> None:
    reading = told(condition(), condition(clinical="remission"))
    assert {item.status for item in reading.record.conditions} == {"active", "in_remission"}
    assert reasons(reading) == {("Condition/1", "versions-unclear")}
    assert len(told(condition(), condition()).record.conditions) == 1


def test_drafts_are_proposed_whatever_their_status() -> None:
    reading = told(drafts=[bundle(order(status="active"), order("7243", "2", status="draft", subject=None))])
    assert [(item.status, item.codes[0].code) for item in reading.record.medications] == [("proposed", "6813"), ("proposed", "7243")]
    assert reading.references["medication.opioid.proposed"] == ("MedicationRequest/1",)
    assert ("MedicationRequest/2", "subject-missing") in reasons(reading)


def test_drafts_of_other_kinds_are_no_medicines() -> None:
    reading = told(drafts=[one("ServiceRequest", status="draft", intent="order", code={"text": "methadone clinic"}), statement()])
    assert not reading.record.medications
    assert reasons(reading) == {("ServiceRequest", "not-used"), ("MedicationStatement", "not-used")}


def test_a_draft_without_a_medicine_is_told() -> None:
    empty = {"resourceType": "MedicationRequest", "status": "draft", "subject": ME}
    assert reasons(told(drafts=[{"resourceType": "Bundle", "entry": [{"resource": empty}]}])) == {("MedicationRequest", "code-missing")}


CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"


@pytest.mark.parametrize(
    ("said", "expected", "unread"),
    [
        ({"birthDate": "1961-07-16"}, {"birth_date": date(1961, 7, 16)}, set()),
        ({"birthDate": "1961-07"}, {}, {"date-imprecise"}),
        ({"birthDate": "then"}, {}, {"date-unknown"}),
        ({"gender": "male"}, {}, {"sex-not-stated"}),
        ({"gender": "male", "extension": [{"url": CORE + "birthsex", "valueCode": "F"}]}, {"sex": "female"}, set()),
        ({"extension": [{"url": CORE + "sex", "valueCode": "248152002"}]}, {"sex": "female"}, set()),
        (
            {"extension": [{"url": CORE + "sex", "valueCode": "248152002"}, {"url": CORE + "birthsex", "valueCode": "M"}]},
            {},
            {"sex-contradictory"},
        ),
        ({"extension": [{"url": CORE + "birthsex", "valueCode": "UNK"}]}, {}, set()),
        ({"deceasedBoolean": True}, {}, {"deceased"}),
        ({"deceasedDateTime": "2025"}, {}, {"deceased"}),
        ({"communication": [{"language": {"coding": [{"code": "es-mx"}]}}]}, {"language": "es-MX"}, set()),
        ({"communication": [{"language": {"coding": [{"code": "es"}]}}, {"language": {"coding": [{"code": "en"}]}}]}, {}, set()),
        ({"address": [{"country": "USA", "state": "FL"}, {"use": "old", "country": "FR"}]}, {"location": ("US", "FL")}, set()),
        ({"address": [{"country": "US", "state": "FL"}, {"country": "US", "state": "CA"}]}, {}, {"address-ambiguous"}),
        ({"address": [{"state": "FL"}]}, {}, set()),
    ],
)
def test_the_patient(said: dict[str, Any], expected: dict[str, Any], unread: set[str]) -> None:
    reading = told(patient(**said))
    found = reading.record.patient.model_dump(exclude_none=True, exclude={"id"})
    if "location" in found:
        found["location"] = (found["location"]["country"], found["location"].get("region"))
    assert found == expected
    assert {item.reason for item in reading.unread} == unread


def test_sex_for_clinical_use_goes_before_sex_at_birth() -> None:
    clinical = {
        "url": "http://hl7.org/fhir/StructureDefinition/patient-sexParameterForClinicalUse",
        "extension": [{"url": "value", "valueCodeableConcept": {"coding": [{"code": "male-typical"}]}}],
    }
    assert told(patient(extension=[clinical, {"url": CORE + "birthsex", "valueCode": "F"}])).record.patient.sex == "male"


def test_references_are_newest_first() -> None:
    scores = [observation("44261-6", f"o{day}", valueInteger=day, effectiveDateTime=f"2026-11-{day}T09:00:00Z") for day in (11, 13, 12)]
    reading = told(*scores, response({"/44261-6": ("valueDecimal", 9)}, authored=AT))
    assert reading.references["phq9.total"] == ("QuestionnaireResponse/1", "Observation/o13", "Observation/o12", "Observation/o11")
