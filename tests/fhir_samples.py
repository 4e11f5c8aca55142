"""Resources of one person, short to write."""

from __future__ import annotations

import json
from typing import Any

Resource = dict[str, Any]
AT = "2026-11-23T16:00:00Z"
ROOT = "http://127.0.0.1:8000/fhir"
HL7 = "http://terminology.hl7.org/CodeSystem"
RXNORM = {"methadone": "6813"}
FHIR = {"content-type": "application/fhir+json"}


def about(kind: str, id: str, patient: str = "p1", **more: Any) -> Resource:
    return {"resourceType": kind, "id": id, "status": "final", "subject": {"reference": f"Patient/{patient}"}, **more}


def score(id: str, loinc: str, total: int, patient: str = "p1", **more: Any) -> Resource:
    code = {"coding": [{"system": "http://loinc.org", "code": loinc}]}
    return about("Observation", id, patient, code=code, valueInteger=total, effectiveDateTime="2026-11-20T09:00:00Z", **more)


def fact(id: str, code: str, patient: str = "p1", **value: Any) -> Resource:
    """A finding of ours under our own code."""
    coding = [{"system": f"{ROOT}/CodeSystem/finding", "code": code}]
    return about("Observation", id, patient, code={"coding": coding}, effectiveDateTime="2026-11-20T09:00:00Z", **value)


def medicine(id: str, name: str, rxnorm: str | None = None) -> Resource:
    coding = [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": rxnorm or RXNORM[name]}]
    return about("MedicationStatement", id, status="active", medicationCodeableConcept={"coding": coding, "text": name})


def diagnosis(id: str, icd10: str) -> Resource:
    found = about("Condition", id, code={"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": icd10}]})
    del found["status"]
    return found | {"clinicalStatus": {"coding": [{"system": f"{HL7}/condition-clinical", "code": "active"}]}}


def answers(id: str, item9: int) -> Resource:
    items = [{"linkId": f"q{number}", "answer": [{"valueInteger": item9 if number == 9 else 1}]} for number in range(1, 10)]
    url = f"{ROOT}/Questionnaire/phq9"
    return about("QuestionnaireResponse", id, status="completed", questionnaire=url, authored="2026-11-20T09:00:00Z", item=items)


SEALED: Resource = {
    "meta": {
        "source": "clinic-9",
        "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "42CFRPart2"}],
    }
}


def consent(id: str, recipient: str) -> Resource:
    """The person lets a class of recipients have what a Part 2 programme holds, for their treatment."""
    codes = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    return {
        "resourceType": "Consent",
        "id": id,
        "status": "active",
        "patient": {"reference": "Patient/p1"},
        "performer": [{"reference": "Patient/p1"}],
        "scope": {"coding": [{"system": f"{HL7}/consentscope", "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "dateTime": "2026-11-01T09:00:00Z",
        "provision": {
            "type": "permit",
            "actor": [
                {
                    "role": {"coding": [{"system": f"{HL7}/v3-ParticipationType", "code": "IRCP"}]},
                    "reference": {"display": recipient},
                }
            ],
            "purpose": [{"system": f"{HL7}/v3-ActReason", "code": "TREAT"}],
            "securityLabel": [{"system": codes, "code": "42CFRPart2"}],
        },
    }


PERSON: list[Resource] = [
    {"resourceType": "Patient", "id": "p1", "birthDate": "1990-01-01"},
    answers("phq9", 2),
    score("gad7", "70274-6", 12),
    diagnosis("oud", "F11.20"),
    diagnosis("aud", "F10.20"),
    medicine("m1", "methadone"),
    about("Specimen", "s1"),
]


def bundle(*resources: Resource) -> Resource:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource} for resource in resources]}


def parameters(*resources: Resource, subject: str = "Patient/p1", **more: Any) -> bytes:
    """Parameters of $apply. more: name -> (element, value)."""
    listed: list[Resource] = [{"name": "subject", "valueString": subject}]
    listed += [{"name": "data", "resource": bundle(*resources)}] if resources else []
    listed += [{"name": name, element: value} for name, (element, value) in {"asOf": ("valueDateTime", AT), **more}.items()]
    return json.dumps({"resourceType": "Parameters", "parameter": listed}).encode()


def contained(plan: Resource, kind: str) -> list[Resource]:
    return [item for item in plan["contained"] if item["resourceType"] == kind]
