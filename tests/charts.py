"""Short ways to write FHIR resources."""

from __future__ import annotations

from functools import cache
from typing import Any

from adapters.fhir.reading import Reading, read
from engine.base import KnowledgeBase
from knowledge.load import load

Resource = dict[str, Any]
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
ICD10, RXNORM = "http://hl7.org/fhir/sid/icd-10-cm", "http://www.nlm.nih.gov/research/umls/rxnorm"
ME = {"reference": "Patient/p-1"}
AT = "2026-11-19T09:00:00Z"


@cache
def base() -> KnowledgeBase:
    return load()


def told(*resources: Any, drafts: Any = (), **more: Any) -> Reading:
    return read(base(), resources, "p-1", drafts, **more)


def reasons(reading: Reading) -> set[tuple[str, str]]:
    return {(item.reference, item.reason) for item in reading.unread}


def concept(code: str, system: str = LOINC, display: str | None = None) -> Resource:
    return {"coding": [{"system": system, "code": code} | ({"display": display} if display else {})]}


def patient(**more: Any) -> Resource:
    return {"resourceType": "Patient", "id": "p-1"} | more


def one(kind: str, name: str = "1", **more: Any) -> Resource:
    found = {"resourceType": kind, "id": name, "subject": ME} | more
    return {key: value for key, value in found.items() if value is not None}


def observation(code: str | Resource, name: str = "1", **more: Any) -> Resource:
    named = concept(code) if isinstance(code, str) else code
    return one("Observation", name, **{"status": "final", "code": named, "effectiveDateTime": AT} | more)


def condition(
    code: str = "F32.A", name: str = "1", /, clinical: str | None = "active", verified: str | None = "confirmed", **more: Any
) -> Resource:
    said = {"clinicalStatus": concept(clinical) if clinical else None, "verificationStatus": concept(verified) if verified else None}
    return one("Condition", name, **{"code": concept(code, ICD10), **said} | more)


def order(code: str = "6813", name: str = "1", **more: Any) -> Resource:
    said = {"status": "active", "intent": "order", "medicationCodeableConcept": concept(code, RXNORM), "authoredOn": AT}
    return one("MedicationRequest", name, **said | more)


def statement(name: str = "1", code: str = "6813", **more: Any) -> Resource:
    said = {"status": "active", "medicationCodeableConcept": concept(code, RXNORM), "dateAsserted": AT}
    return one("MedicationStatement", name, **said | more)


def allergy(code: str = "6813", name: str = "1", /, **more: Any) -> Resource:
    said = {"clinicalStatus": concept("active"), "verificationStatus": concept("confirmed"), "code": concept(code, RXNORM)}
    return one("AllergyIntolerance", name, **{"subject": None, "patient": ME, **said} | more)


def response(answers: dict[str, Any], name: str = "1", **more: Any) -> Resource:
    """answers: linkId -> the `value[x]` of its answer, as a pair of its name and value."""
    items = [{"linkId": link, "answer": [dict([answer])] if answer else []} for link, answer in answers.items()]
    return one("QuestionnaireResponse", name, **{"status": "completed", "authored": AT, "item": items} | more)


def coded(code: str, **more: Any) -> tuple[str, Resource]:
    return "valueCoding", {"system": LOINC, "code": code} | more


def bundle(*resources: Any, **more: Any) -> Resource:
    return {"resourceType": "Bundle", "entry": [{"resource": item} for item in resources]} | more
