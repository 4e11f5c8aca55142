"""Short ways to write FHIR resources, and a knowledge base that understands a few codes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from adapters.fhir.reading import Reading, read
from engine.base import KnowledgeBase
from engine.dictionary import Entry
from knowledge.load import load

Resource = dict[str, Any]
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
ICD10, RXNORM = "http://hl7.org/fhir/sid/icd-10-cm", "http://www.nlm.nih.gov/research/umls/rxnorm"
ME = {"reference": "Patient/p-1"}
AT = "2026-11-19T09:00:00Z"


@dataclass(frozen=True)
class Meaning:
    condition: str | None = None
    finding: str | None = None
    event: str | None = None


class Terms:
    """A few codes in front of the value sets of the knowledge, so that these tests do not depend on which codes stand there."""

    def __init__(self, entries: dict[str, Entry], rest: Any) -> None:
        self.entries, self.rest = entries, rest

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rest, name)

    def conditions(self, system: str, code: str) -> tuple[Meaning, ...] | None:
        known = {"F32.A": "depression", "F33.1": "depression", "F11.20": "opioid_use_disorder", "310496002": "depression"}
        return (Meaning(known[code]),) if code in known else () if code == "E11.9" else None

    def ingredients(self, system: str, code: str) -> tuple[str, ...] | None:
        known = {"6813": ("methadone",), "7243": ("naltrexone",), "36437": ("sertraline",), "387508004": ("methadone",), "6135": ()}
        return known.get(code)

    def finding(self, system: str, code: str) -> Entry | None:
        known = {
            "14334-7": "lab.lithium",
            "2160-0": "lab.creatinine",
            "8480-6": "vital.systolic",
            "8462-4": "vital.diastolic",
            "8867-4": "vital.heart_rate",
            "19550-3": "tox.opioids",
            "44261-6": "phq9.total",
            "99999-1": "cows.total",
            "99999-2": "cows.pulse",
        }
        return self.entries[known[code]] if code in known else None


class Understanding(KnowledgeBase):
    @cached_property
    def terminology(self) -> Any:
        return Terms(self.dictionary.entries, getattr(super(), "terminology", None))


@cache
def base() -> KnowledgeBase:
    return Understanding.model_construct(**dict(load()))


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
