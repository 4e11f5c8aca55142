"""Bulk exports of made-up people, as an EHR would write them: a file for each type, all patients mixed in each.

The same seed is the same export, to the byte. Everybody of `bench.people` becomes resources of FHIR, and has the many
measurements that real charts have and that no rule reads.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, BinaryIO

from bench.people import person
from bench.workload import AS_OF
from engine.base import KnowledgeBase
from engine.record import Answers, Record

Resource = dict[str, Any]
_ICD = {
    "opioid_use_disorder": "F11.20", "alcohol_use_disorder": "F10.20", "stimulant_use_disorder": "F15.20",
    "cannabis_use_disorder": "F12.20", "depression": "F33.1", "anxiety": "F41.1", "ptsd": "F43.10", "bipolar_disorder": "F31.9",
    "psychosis": "F20.9", "adhd": "F90.9", "liver_disease": "K76.9", "seizure_disorder": "G40.909", "diabetes": "E11.9",
    "sleep_apnea": "G47.33",
}  # fmt: skip
_MEASURED = (("8480-6", "mm[Hg]", 126, 14), ("8462-4", "mm[Hg]", 78, 9), ("8867-4", "/min", 80, 11), ("29463-7", "kg", 80, 15))
_LABS = (("6298-4", "mmol/L", 4.1, 0.3), ("2947-0", "mmol/L", 139, 2.5), ("19123-9", "mg/dL", 2.0, 0.15), ("718-7", "g/dL", 14, 1.2))
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def write_export(folder: Path, count: int, base: KnowledgeBase, *, seed: int = 1, visits: int = 8, compressed: bool = False) -> int:
    """Write the export of so many people; how many bytes it has, before they are compressed. visits: at which each was measured."""
    folder.mkdir(parents=True, exist_ok=True)
    streams: dict[str, BinaryIO] = {}
    counts: dict[str, int] = {}
    waiting: list[list[Resource]] = []
    size = 0
    for number in range(count):
        waiting.append(_resources(number, base, seed, visits))
        if len(waiting) == 50 or number == count - 1:  # so that no patient's resources stand together
            for resource in _mixed(waiting, Random(f"{seed}-{number}")):
                kind = resource["resourceType"]
                streams[kind] = streams.get(kind) or (folder / f"{kind}.ndjson{'.gz' if compressed else ''}").open("wb")
                line = json.dumps(resource, separators=(",", ":")).encode() + b"\n"
                streams[kind].write(gzip.compress(line, 1, mtime=0) if compressed else line)
                counts[kind] = counts.get(kind, 0) + 1
                size += len(line)
            waiting = []
    for stream in streams.values():
        stream.close()
    output = [{"type": kind, "url": f"https://ehr.example/bulk/{kind}.ndjson", "count": counts[kind]} for kind in sorted(counts)]
    manifest = {"transactionTime": AS_OF.isoformat(), "request": "https://ehr.example/$export", "requiresAccessToken": True}
    (folder / "manifest.json").write_text(json.dumps(manifest | {"output": output, "error": []}))
    return size


def _mixed(waiting: list[list[Resource]], rng: Random) -> list[Resource]:
    found = [resource for one in waiting for resource in one]
    rng.shuffle(found)
    return found


def _resources(number: int, base: KnowledgeBase, seed: int, visits: int) -> list[Resource]:
    """All resources of one person."""
    rng = Random(f"{seed}/{number}")
    return [*_Chart(f"p{number:07}", person(rng, base, AS_OF), base, rng).resources(visits)]


class _Chart:
    def __init__(self, id: str, record: Record, base: KnowledgeBase, rng: Random) -> None:
        self.id, self.record, self.base, self.rng, self.made = id, record, base, rng, 0

    def resources(self, visits: int) -> Iterator[Resource]:
        record = self.record
        born = AS_OF.year - (record.patient.age or 40) - 1
        yield {"resourceType": "Patient", "id": self.id, "gender": record.patient.sex or "unknown", "birthDate": f"{born}-12-31"}
        for condition in record.conditions:
            yield self.of("Condition", {
                "clinicalStatus": {"coding": [{"system": _CLINICAL, "code": "active"}]},
                "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": _ICD[condition.term or ""]}]},
                "recordedDate": _stamp(AS_OF - timedelta(days=30)),
            })  # fmt: skip
        for medicine in record.medications:
            ingredient = self.base.dictionary.ingredients[medicine.ingredient or ""]
            coding = [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": ingredient.rxnorm}] if ingredient.rxnorm else []
            concept = {"coding": coding, "text": ingredient.label["en"]}
            yield self.of("MedicationRequest", {"status": "active", "intent": "order", "medicationCodeableConcept": concept,
                                                "authoredOn": _stamp(AS_OF - timedelta(days=3))})  # fmt: skip
        for answers in record.instruments:
            if found := self.score(answers):
                yield found
        for visit in range(visits):
            at = AS_OF - timedelta(days=1 + 40 * visit + self.rng.random())
            yield self.of("Encounter", {"status": "finished", "class": {"code": "AMB"}, "period": {"start": _stamp(at), "end": _stamp(at)}})
            for code, unit, mean, spread in (*_MEASURED, *_LABS):
                yield self.measured(code, unit, round(self.rng.gauss(mean, spread), 2), at)

    def of(self, kind: str, parts: Resource) -> Resource:
        self.made += 1
        subject = {"reference": f"Patient/{self.id}"}
        return {"resourceType": kind, "id": f"{self.id}-{self.made}", "meta": {"versionId": "1"}, "subject": subject, **parts}

    def score(self, answers: Answers) -> Resource | None:
        instrument = self.base.instruments[answers.instrument]
        total, values = instrument.loinc.get("total"), [value for value in (answers.items or {}).values() if value is not None]
        if total is None or instrument.id not in ("phq9", "gad7", "auditc") or len(values) < len(instrument.items):
            return None
        scored = sum(answers.items[item.id] or 0 for item in instrument.items if item.scored)
        return self.measured(total, "{score}", scored, answers.at)

    def measured(self, code: str, unit: str, value: float, at: datetime) -> Resource:
        return self.of("Observation", {
            "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "effectiveDateTime": _stamp(at),
            "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
        })  # fmt: skip


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
