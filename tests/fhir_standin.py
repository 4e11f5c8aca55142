"""Reads just enough FHIR for the tests of the hooks: names in plain text, PHQ-9, birth date and sex."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from adapters.fhir.reading import Reading, Unread
from engine.base import KnowledgeBase
from engine.errors import Problem, Refused
from engine.record import Record

Resource = dict[str, Any]
_SCORES = {"44261-6": "phq9.total", "44260-8": "phq9.q9"}


def read(
    base: KnowledgeBase, resources: Iterable[Resource], patient: str, drafts: Iterable[Resource] = (), *, encounter: str | None = None
) -> Reading:
    """As the contract of `adapters.fhir.reading.read` has it."""
    del base, encounter
    record: dict[str, Any] = {"patient": {"id": patient}, "findings": [], "conditions": [], "medications": []}
    references: dict[str, tuple[str, ...]] = {}
    unread: list[Unread] = []
    proposed = list(drafts)
    for item in (*resources, *proposed):
        name = f"{item.get('resourceType')}/{item.get('id')}"
        _own(item, patient)
        for code in _told(record, item, proposed=any(item is one for one in proposed)):
            references[code] = (*references.get(code, ()), name)
        if item.get("resourceType") == "MedicationRequest" and not _text(item.get("medicationCodeableConcept")):
            unread.append(Unread(name, "code-unknown", "No code of this medicine is known here."))
        elif item.get("resourceType") == "Basic":
            unread.append(Unread(name, "not-used", "Resources of this type are not used."))
    return Reading(Record.model_validate(record, strict=False), references, tuple(unread))


def _own(item: Resource, patient: str) -> None:
    subject = item.get("subject") or item.get("patient") or {}
    about = subject.get("reference") if isinstance(subject, dict) else None
    if isinstance(about, str) and about.startswith("Patient/") and about != f"Patient/{patient}":
        raise Refused([Problem("/prefetch", "patient-mismatch", "A resource is about somebody else.", "Send one patient's.")])


def _told(record: dict[str, Any], item: Resource, *, proposed: bool) -> Iterator[str]:
    match item.get("resourceType"):
        case "Patient":
            if isinstance(item.get("birthDate"), str):
                record["patient"]["birth_date"] = item["birthDate"]
            if item.get("gender") in ("female", "male"):
                record["patient"]["sex"] = item["gender"]
        case "MedicationRequest" if text := _text(item.get("medicationCodeableConcept")):
            record["medications"].append({"ingredient": text, "status": "proposed" if proposed else "active"})
            yield f"medication.{text}.proposed" if proposed else f"medication.{text}"
            yield f"medication.{'benzodiazepine' if text == 'alprazolam' else 'opioid'}{'.proposed' if proposed else ''}"
        case "Condition" if text := _text(item.get("code")):
            record["conditions"].append({"term": text, "status": "active", "severity": "severe"})
            yield f"condition.{text}"
        case "Observation" if code := _score(item):
            at = datetime.fromisoformat(item["effectiveDateTime"])
            record["findings"].append({"code": code, "value": item["valueInteger"], "at": at, "source": item.get("note", "observation")})
            yield code


def _text(concept: Any) -> str | None:
    found = concept.get("text") if isinstance(concept, dict) else None
    return found.lower() if isinstance(found, str) and found.isidentifier() else None


def _score(item: Resource) -> str | None:
    codings = (item.get("code") or {}).get("coding") if isinstance(item.get("code"), dict) else None
    known = [_SCORES[one["code"]] for one in codings or () if isinstance(one, dict) and one.get("code") in _SCORES]
    return known[0] if known and isinstance(item.get("valueInteger"), int) and isinstance(item.get("effectiveDateTime"), str) else None
