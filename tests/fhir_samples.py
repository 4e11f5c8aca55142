"""Resources of one person, short to write."""

from __future__ import annotations

import json
from typing import Any

Resource = dict[str, Any]
AT = "2026-11-23T16:00:00Z"
FHIR = {"content-type": "application/fhir+json"}


def about(kind: str, id: str, patient: str = "p1", **more: Any) -> Resource:
    return {"resourceType": kind, "id": id, "status": "final", "subject": {"reference": f"Patient/{patient}"}, **more}


def score(id: str, loinc: str, total: int, patient: str = "p1", **more: Any) -> Resource:
    code = {"coding": [{"system": "http://loinc.org", "code": loinc}]}
    return about("Observation", id, patient, code=code, valueInteger=total, effectiveDateTime="2026-11-20T09:00:00Z", **more)


def fact(id: str, code: str, patient: str = "p1", **value: Any) -> Resource:
    return about("Observation", id, patient, code={"coding": [{"code": code}]}, effectiveDateTime="2026-11-20T09:00:00Z", **value)


def medicine(id: str, name: str, rxnorm: str | None = None) -> Resource:
    coding = [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": rxnorm}] if rxnorm else []
    return about("MedicationStatement", id, medicationCodeableConcept={"coding": coding, "text": name})


def answers(id: str, item9: int) -> Resource:
    items = [{"linkId": f"q{number}", "answer": [{"valueInteger": item9 if number == 9 else 1}]} for number in range(1, 10)]
    return about(
        "QuestionnaireResponse", id, questionnaire="https://x.example/Questionnaire/phq9", authored="2026-11-20T09:00:00Z", item=items
    )


PERSON: list[Resource] = [
    {"resourceType": "Patient", "id": "p1", "birthDate": "1990-01-01"},
    answers("phq9", 2),
    score("gad7", "70274-6", 12),
    about("Condition", "oud", code={"text": "opioid_use_disorder"}),
    about("Condition", "aud", code={"text": "alcohol_use_disorder"}),
    medicine("m1", "methadone", "6813"),
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
