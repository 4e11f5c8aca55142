"""What we ask for can be sent back: made from nothing but the request and our published code system, it is read, and not asked again."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

import fhir_checks
import pytest
from fhir_samples import ROOT, Resource, diagnosis, fact, medicine, score

from adapters.fhir.ours import FINDINGS, PREGNANCY, SEX, stated
from adapters.fhir.reading import Reading, read
from adapters.fhir.writing.canonical import Publishing
from adapters.fhir.writing.code_systems import code_systems
from adapters.fhir.writing.needed import needed
from adapters.units import convert
from engine.decision import DataRequest, Decision
from engine.judgements import infer
from engine.recommend import recommend
from engine.vocabulary import computed_from
from knowledge.load import load

BASE = load()
SITE = Publishing(BASE, ROOT)
AS_OF = datetime(2026, 11, 23, 16, tzinfo=UTC)
NOW = "2026-11-23T15:00:00Z"
SYSTEM = f"{ROOT}/{FINDINGS}"
SYSTEMS = {item["url"]: item for item in code_systems(SITE)}
CONCEPTS = {item["code"]: item for item in SYSTEMS[SYSTEM]["concept"]}
HL7 = "http://terminology.hl7.org/CodeSystem"
CLOSED = "list.medications", "list.conditions", "list.allergies", "list.events"


def concept(code: str, system: str = "http://loinc.org") -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def properties(code: str) -> dict[str, list[Any]]:
    """What the published system says of a code: property -> values."""
    found: dict[str, list[Any]] = {}
    for item in CONCEPTS[code]["property"]:
        found.setdefault(item["code"], []).append(next(value for key, value in item.items() if key.startswith("value")))
    return found


def answer(code: str) -> Resource:
    """A value of a finding, by its published type, unit and values; the lowest, the first, or no."""
    said = properties(code)
    match said["type"][0]:
        case "boolean":
            return {"valueBoolean": False}
        case "code" | "ordered":
            return {"valueString": said["value"][0]}
        case kind:
            low = said["low"][0]
            if "unit" in said:
                return {"valueQuantity": {"value": low, "system": "http://unitsofmeasure.org", "code": said["unit"][0]}}
            return {"valueInteger": int(low)} if kind == "integer" else {"valueQuantity": {"value": low}}


def ours(codes: list[Resource]) -> str | None:
    return next((item["code"] for item in codes if item["system"] == SYSTEM), None)


def observation(wanted: Resource) -> Resource:
    about, *parts = wanted["codeFilter"]
    found: Resource = {"status": "final", "effectiveDateTime": NOW, "code": {"coding": about["code"]}}
    if parts:
        answers = [(item["code"], ours(item["code"])) for item in parts]
        return found | {"component": [{"code": {"coding": codes}} | answer(code) for codes, code in answers if code]}
    code = ours(about["code"])
    if code is None:
        assert [item["code"] for item in about["code"]] == [PREGNANCY]
        return found | {"valueCodeableConcept": concept("60001007", "http://snomed.info/sct")}
    return found | answer(code)


def made(wanted: Resource) -> Resource | None:
    """A resource of the type and the codes that a requirement names, in force, and of today. None: the entries of a list."""
    subject = {"subject": {"reference": "Patient/p1"}}
    found: Resource = {"resourceType": wanted["type"], "id": "asked"}
    codes = wanted["codeFilter"][0]["code"] if wanted.get("codeFilter") else None
    match wanted["type"]:
        case "Observation":
            return found | subject | observation(wanted)
        case "List":
            empty = {"emptyReason": concept("nilknown", f"{HL7}/list-empty-reason")}
            return found | subject | empty | {"status": "current", "mode": "snapshot", "code": {"coding": codes}, "date": NOW}
        case "Patient":
            sex = {"url": SEX, "extension": [{"url": "value", "valueCodeableConcept": concept("female-typical", f"{HL7}/sex-parameter")}]}
            element = {"birthDate": {"birthDate": "1990-01-01"}}.get(wanted["mustSupport"][0], {"extension": [sex]})
            return found | {"id": "p1"} | element
        case "Encounter" if "mustSupport" in wanted:
            kind = {"system": f"{HL7}/v3-ActCode", "code": "AMB"}
            return found | subject | {"status": "in-progress", "class": kind, "period": {"start": NOW}}
        case "Condition" if codes:
            severe = {"severity": concept("24484000", "http://snomed.info/sct")}
            standing = {"clinicalStatus": concept("active", f"{HL7}/condition-clinical"), "recordedDate": NOW}
            return found | subject | severe | standing | {"code": {"coding": codes[:1]}}
        case "MedicationStatement" if codes:
            ended = {"status": "completed", "effectivePeriod": {"end": "2026-11-20T09:00:00Z"}, "dateAsserted": NOW}
            return found | subject | ended | {"medicationCodeableConcept": {"coding": codes[:1]}}
    assert not codes, wanted
    return None


PERSON: Resource = {"resourceType": "Patient", "id": "p1", "birthDate": "1990-01-01"}
PEOPLE: dict[str, list[Resource]] = {
    "nothing known": [],
    "born": [PERSON],
    "a form": [PERSON, score("phq9", "44261-6", 16)],
    "opioids": [PERSON, diagnosis("oud", "F11.20"), diagnosis("d", "F33.2"), medicine("m", "methadone")],
    "alcohol": [PERSON, diagnosis("aud", "F10.20"), fact("w", "suicide.attempt_now", valueBoolean=False)],
    "a form for suicide": [PERSON, score("q9", "44260-8", 2)],
}


def told(resources: list[Resource]) -> Reading:
    return read(BASE, resources, "p1", root=ROOT)


@cache
def decided(name: str) -> Decision:
    return decide(told(PEOPLE[name]))


def decide(reading: Reading) -> Decision:
    return recommend(BASE, reading.record, AS_OF, infer, convert)


def settled_by_one_answer(item: DataRequest) -> bool:
    """A wish, a place and what rules conclude have no word in FHIR."""
    entry = BASE.dictionary.entries.get(item.subject) if item.kind == "finding" else None
    return entry is None or not computed_from(entry) or bool(needed(SITE, item))


def asked(decision: Decision) -> dict[tuple[str, str], DataRequest]:
    return {(item.kind, item.subject): item for item in decision.requests}


@pytest.mark.parametrize("name", PEOPLE)
def test_what_is_asked_for_can_be_sent_and_is_not_asked_again(name: str) -> None:
    before, held = decided(name), told(PEOPLE[name])
    assert not held.unread
    assert len(before.requests) > 20
    left = []
    for (kind, subject), item in asked(before).items():
        found = [resource for wanted in needed(SITE, item) if (resource := made(wanted)) is not None]
        if settled_by_one_answer(item):
            assert found, (kind, subject)
        people = [one for one in PEOPLE[name] if one["resourceType"] != "Patient" or not any(new["id"] == "p1" for new in found)]
        after = told([*people, *_merged(PEOPLE[name], found)])
        assert not after.unread, (subject, after.unread)
        if settled_by_one_answer(item) and (kind, subject) in asked(decide(after)):
            left.append((kind, subject))
    assert left == []


def _merged(before: list[Resource], found: list[Resource]) -> list[Resource]:
    """What is said of the person stands beside what was said of them before; the entries of a list are those that were sent."""
    person = next((one for one in before if one["resourceType"] == "Patient"), {})
    kinds = {"list.conditions": "Condition", "list.medications": "MedicationStatement"}
    merged = []
    for resource in found:
        merged.append(person | resource if resource["resourceType"] == "Patient" else resource)
        if resource["resourceType"] == "List":
            kind = kinds.get(resource["code"]["coding"][0]["code"], "none")
            entries = [{"item": {"reference": f"{kind}/{one['id']}"}} for one in before if one["resourceType"] == kind]
            merged[-1] = (
                {key: value for key, value in resource.items() if key != "emptyReason"} | {"entry": entries} if entries else resource
            )
    return merged


def test_every_finding_that_may_be_stated_is_read_under_our_code() -> None:
    for entry in stated(BASE):
        resource = fact("o", entry.code, **answer(entry.code)) | {"effectiveDateTime": NOW}
        reading = told([resource])
        assert not reading.unread, entry.code
        assert reading.record.findings or reading.record.instruments, entry.code
        assert reading.references, entry.code


def test_the_code_systems_are_sound_and_hold_what_may_be_stated_and_nothing_else() -> None:
    assert fhir_checks.wrong(list(SYSTEMS.values())) == []
    findings = {entry.code for entry in stated(BASE)}
    assert CONCEPTS.keys() == findings | BASE.instruments.keys() | {*CLOSED}
    assert len(CONCEPTS) == SYSTEMS[SYSTEM]["count"] == len(findings) + len(BASE.instruments) + 4
    assert all(item["designation"][0]["language"] == "es" for item in CONCEPTS.values())


def test_what_follows_from_other_findings_is_refused() -> None:
    entries = [entry for entry in BASE.dictionary.entries.values() if computed_from(entry)]
    assert len(entries) > 1000
    for entry in entries[::7]:
        reading = told([fact("o", entry.code, valueBoolean=True)])
        assert {item.reason for item in reading.unread} == {"code-computed"}, entry.code
        assert (reading.record.findings, reading.record.instruments) == ((), ())


@pytest.mark.parametrize(
    ("code", "value", "reason"),
    [
        ("suicide.attempt_now", {"valueInteger": 1}, "value-unknown"),
        ("suicide.attempt_now", {"valueString": "perhaps"}, "value-unknown"),
        ("suicide.attempt_now", {"dataAbsentReason": concept("asked-declined")}, "value-missing"),
        ("emergency.reason", {"valueString": "a fall"}, "value-unknown"),
        ("emergency.reason", {"valueCodeableConcept": concept("emergency.reason.overdose")}, "value-unknown"),
        ("emergency.reason", {"valueCodeableConcept": concept("programme.capability.capable", f"{SYSTEM}-value")}, "value-unknown"),
        ("emergency.first_visit_day", {"valueString": "soon"}, "value-unknown"),
        ("emergency.first_visit_day", {"valueInteger": 7}, "unit-missing"),
        ("nobody.knows_this", {"valueBoolean": True}, "code-unknown"),
    ],
)
def test_another_type_of_value_is_told_and_never_taken(code: str, value: Resource, reason: str) -> None:
    reading = told([fact("o", code, **value)])
    assert {item.reason for item in reading.unread} == {reason}
    assert all(item.value is None or (item.unit is None and reason == "unit-missing") for item in reading.record.findings)


def test_a_coded_value_is_read_by_its_name_or_by_our_code_of_it() -> None:
    coded = {"valueCodeableConcept": concept("emergency.reason.overdose", f"{SYSTEM}-value")}
    for value in ({"valueString": "overdose"}, coded):
        assert [item.value for item in told([fact("o", "emergency.reason", **value)]).record.findings] == ["overdose"]


def test_beside_a_published_code_ours_must_name_the_same() -> None:
    agreeing, other = score("o", "44260-8", 2), score("o", "44260-8", 2)
    agreeing["code"]["coding"].append({"system": SYSTEM, "code": "phq9.q9"})
    other["code"]["coding"].append({"system": SYSTEM, "code": "gad7.q1"})
    assert not told([agreeing]).unread
    assert told([agreeing]).record.instruments[0].items == {"q9": 2}
    assert {item.reason for item in told([other]).unread} == {"code-contradictory"}
    assert not told([other]).record.instruments


def test_two_answers_under_two_codes_of_one_question_are_both_told() -> None:
    reading = told([score("a", "44260-8", 2), fact("b", "phq9.q9", valueInteger=0)])
    assert {item.reason for item in reading.unread} == {"answer-contradictory"}


def test_elsewhere_our_codes_mean_nothing() -> None:
    resource = fact("o", "suicide.attempt_now", valueBoolean=True)
    assert {item.reason for item in read(BASE, [resource], "p1").unread} == {"code-unknown"}
    assert {item.reason for item in read(BASE, [resource], "p1", root="https://other.example/fhir").unread} == {"code-unknown"}


MEDICINE = medicine("m", "methadone")


def review(*entries: str, **more: Any) -> Resource:
    listed = {"entry": [{"item": {"reference": name}} for name in entries]} if entries else {}
    found = {"resourceType": "List", "id": "l", "status": "current", "mode": "snapshot", "date": NOW}
    return found | {"subject": {"reference": "Patient/p1"}, "code": concept("list.medications", SYSTEM)} | listed | more


NONE = {"emptyReason": concept("nilknown", f"{HL7}/list-empty-reason")}


@pytest.mark.parametrize(
    ("resources", "reasons"),
    [
        ([MEDICINE, review("MedicationStatement/m")], set()),
        ([review(**NONE)], set()),
        ([review()], {"list-not-whole"}),
        ([review("MedicationStatement/m")], {"list-not-whole"}),
        ([MEDICINE, review("MedicationStatement/m", "MedicationStatement/n")], {"list-not-whole"}),
        ([MEDICINE, review("MedicationStatement/m"), review("MedicationStatement/n") | {"id": "k"}], {"list-not-whole"}),
        ([MEDICINE | {"modifierExtension": [{}]}, review("MedicationStatement/m")], {"list-not-whole", "modifier-unknown"}),
        ([{"resourceType": "Bundle", "link": [{"relation": "next"}]}, review(**NONE)], {"list-not-whole", "incomplete"}),
        ([review(**NONE, status="retired")], {"status-not-final"}),
        ([review(**NONE, mode="changes")], {"status-not-final"}),
        ([review(**NONE, date="2026")], {"date-missing"}),
        ([review(**NONE, code=concept("10160-0"))], {"not-used"}),
    ],
)
def test_a_list_is_complete_only_where_all_of_it_was_sent(resources: list[Resource], reasons: set[str]) -> None:
    reading = told(resources)
    assert {item.reason for item in reading.unread} == reasons
    assert (reading.record.reviewed.medications is None) == bool(reasons)
