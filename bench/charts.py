"""Charts as an EHR holds them: a person of `bench.people` as FHIR, among the many resources that no rule reads.

The same number is the same chart, to the byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from bench.people import person
from bench.workload import AS_OF
from engine.base import KnowledgeBase
from engine.record import Answers, Record

Resource = dict[str, Any]
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
_DIAGNOSES = {
    "opioid_use_disorder": "F11.20", "alcohol_use_disorder": "F10.20", "stimulant_use_disorder": "F15.20",
    "cannabis_use_disorder": "F12.20", "depression": "F33.1", "anxiety": "F41.1", "ptsd": "F43.10", "bipolar_disorder": "F31.9",
    "psychosis": "F20.9", "adhd": "F90.9", "liver_disease": "K76.9", "seizure_disorder": "G40.909", "diabetes": "E11.9",
    "sleep_apnea": "G47.33",
}  # fmt: skip
_MEASURED = (  # code, name, unit, mean, spread; vital signs and laboratory results, most of which no rule reads
    ("8867-4", "Heart rate", "/min", 80, 11), ("29463-7", "Body weight", "kg", 80, 15), ("8302-2", "Body height", "cm", 170, 9),
    ("6298-4", "Potassium", "mmol/L", 4.1, 0.3), ("2947-0", "Sodium", "mmol/L", 139, 2.5), ("718-7", "Hemoglobin", "g/dL", 14, 1.2),
    ("2339-0", "Glucose", "mg/dL", 95, 12), ("4548-4", "Hemoglobin A1c", "%", 5.6, 0.5), ("2093-3", "Cholesterol", "mg/dL", 190, 30),
    ("1920-8", "AST", "U/L", 24, 8), ("1742-6", "ALT", "U/L", 25, 9), ("777-3", "Platelets", "10*3/uL", 230, 50),
)  # fmt: skip
_UNUSED = ("Claim", "ExplanationOfBenefit", "DiagnosticReport", "Procedure", "DocumentReference", "Immunization", "CareTeam")
KINDS = {"survey": "scores", "vital-signs": "vitals"}  # category of an Observation -> prefetch key
MORE = ("toxicology", "encounters", "current")  # keys under which these charts have nothing
KEYS = {  # type -> prefetch key
    "Patient": "patient", "Condition": "conditions", "MedicationRequest": "medications", "AllergyIntolerance": "allergies",
    "QuestionnaireResponse": "responses", "Observation": "labs", "Consent": "consents",
}  # fmt: skip


def chart(number: int, base: KnowledgeBase, size: int) -> list[Resource]:
    """So many resources about one person, the Patient first."""
    rng = Random(number)
    made = _Chart(f"p{number}", person(rng, base, AS_OF), base, rng)
    known = list(made.known())
    return [*known, *islice(made.around(), max(0, size - len(known)))]


def prefetched(resources: list[Resource]) -> dict[str, Any]:
    """A chart as the answers to the prefetch templates of a service; what no template asks for came along with another answer."""
    found: dict[str, list[Resource]] = {key: [] for key in (*KEYS.values(), *KINDS.values(), *MORE)}
    for item in resources:
        kinds = [part["coding"][0]["code"] for part in item.get("category", ()) if item["resourceType"] == "Observation"]
        key = next((KINDS[kind] for kind in kinds if kind in KINDS), KEYS.get(item["resourceType"], "labs"))
        found[key].append(item)
    (patient,) = found.pop("patient")
    return {"patient": patient, **{key: searchset(items) for key, items in found.items()}}


def searchset(items: list[Resource]) -> Resource:
    """A Bundle as servers answer a search with."""
    entries = [
        {"fullUrl": f"https://ehr.example/fhir/{item['resourceType']}/{item['id']}", "resource": item, "search": {"mode": "match"}}
        for item in items
    ]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(items), "entry": entries}


class _Chart:
    def __init__(self, id: str, record: Record, base: KnowledgeBase, rng: Random) -> None:
        self.id, self.record, self.base, self.rng, self.made = id, record, base, rng, 0

    def known(self) -> Iterator[Resource]:
        """What is of interest here."""
        record = self.record
        born = AS_OF.year - (record.patient.age or 40) - 1
        yield {"resourceType": "Patient", "id": self.id, "gender": record.patient.sex or "unknown", "birthDate": f"{born}-12-31"}
        for condition in record.conditions:
            code = {"coding": [{"system": _ICD10, "code": _DIAGNOSES[condition.term or ""]}], "text": condition.term}
            status = {"coding": [{"system": _CLINICAL, "code": "active"}]}
            yield self.of("Condition", {"clinicalStatus": status, "code": code, "recordedDate": _stamp(AS_OF - timedelta(days=30))})
        for medicine in record.medications:
            ingredient = self.base.dictionary.ingredients[medicine.ingredient or ""]
            coding = [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": ingredient.rxnorm}] if ingredient.rxnorm else []
            said = {"medicationCodeableConcept": {"coding": coding, "text": ingredient.label["en"]}, "status": "active", "intent": "order"}
            yield self.of("MedicationRequest", said | {"authoredOn": _stamp(AS_OF - timedelta(days=3))})
        for answers in record.instruments:
            yield from self.score(answers)

    def around(self) -> Iterator[Resource]:
        """Visit after visit, back in time: what was measured, and what is kept of it that is of no use here."""
        visit = 0
        while True:
            at = AS_OF - timedelta(days=1 + 17 * visit + self.rng.random())
            period = {"start": _stamp(at), "end": _stamp(at + timedelta(minutes=25))}
            yield self.of("Encounter", {"status": "finished", "class": {"code": "AMB"}, "period": period})
            for code, name, unit, mean, spread in _MEASURED:
                kind = "vital-signs" if unit in ("/min", "kg", "cm") else "laboratory"
                yield self.measured(code, name, unit, round(self.rng.gauss(mean, spread), 1), at, kind)
            for kind in _UNUSED:
                text = {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{kind} of this visit</div>'}
                lines = [{"sequence": line, "productOrService": {"text": "Office visit"}} for line in range(1, 5)]
                yield self.of(kind, {"status": "completed", "text": text, "created": _stamp(at), "item": lines})
            visit += 1

    def of(self, kind: str, parts: Resource) -> Resource:
        self.made += 1
        meta = {
            "versionId": "1",
            "lastUpdated": _stamp(AS_OF),
            "profile": [f"http://hl7.org/fhir/us/core/StructureDefinition/us-core-{kind.lower()}"],
        }
        subject = {"reference": f"Patient/{self.id}", "display": "A. Person"}
        return {"resourceType": kind, "id": f"{self.id}-{self.made}", "meta": meta, "subject": subject, **parts}

    def score(self, answers: Answers) -> Iterator[Resource]:
        instrument = self.base.instruments[answers.instrument]
        for item in instrument.items:
            score = answers.items.get(item.id)
            if item.loinc and score is not None:
                yield self.measured(item.loinc, item.id, "{score}", score, answers.at, "survey")

    def measured(self, code: str, name: str, unit: str, value: float, at: datetime, category: str) -> Resource:
        kind = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": category}]}]
        found = {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
        coded = {"coding": [{"system": "http://loinc.org", "code": code, "display": name}], "text": name}
        said = {"status": "final", "category": kind, "code": coded, "effectiveDateTime": _stamp(at), "issued": _stamp(at)}
        return self.of("Observation", said | {"valueQuantity": found, "performer": [{"reference": "Practitioner/1"}]})


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
