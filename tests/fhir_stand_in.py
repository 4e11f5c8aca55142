"""A small reader of FHIR, for tests of what is written: a few kinds of resources, and whatever else is listed as unread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from adapters.fhir.reading import Reading, Resource, Unread
from engine.base import KnowledgeBase
from engine.errors import Problem, Refused
from engine.given import Coding, Origin
from engine.record import Answers, Consent, Fact, ListedAllergy, ListedCondition, ListedMedication, Patient, Record

LOINC = {"44261-6": "phq9", "70274-6": "gad7", "75624-7": "audit"}


def read(base: KnowledgeBase, resources: Iterable[Resource], patient: str, drafts: Iterable[Resource] = ()) -> Reading:
    """The contract of `adapters.fhir.reading.read`, as far as these tests need it."""
    parts: dict[str, Any] = {"findings": [], "instruments": [], "conditions": [], "medications": [], "allergies": [], "consents": []}
    references: dict[str, tuple[str, ...]] = {}
    unread: list[Unread] = []
    for resource in (*_each(resources), *_each(drafts)):
        subject = (resource.get("subject") or resource.get("patient") or {}).get("reference", f"Patient/{patient}")
        if resource["resourceType"] != "Patient" and not subject.endswith(f"Patient/{patient}"):
            raise Refused([Problem("", "patient-mismatch", "A resource is about somebody else.", "Send those of one person.")])
        name = f"{resource['resourceType']}/{resource.get('id', 'none')}"
        if (code := _take(resource, parts)) is None:
            unread.append(Unread(name, "kind-unread", "Resources of this kind are not read."))
        elif code:
            references[code] = (name, *references.get(code, ()))
    return Reading(Record(**{key: value if key == "patient" else tuple(value) for key, value in parts.items()}), references, tuple(unread))


def _take(resource: Resource, parts: dict[str, Any]) -> str | None:
    """Put it where it belongs; the code of the finding it tells, or None where it is not read."""
    origin = Origin(programme=resource["meta"]["source"], part2=True) if "source" in resource.get("meta", {}) else None
    at = resource.get("effectiveDateTime") or resource.get("authored") or "2026-11-20T09:00:00Z"
    match resource["resourceType"]:
        case "Patient":
            parts["patient"] = Patient.model_validate_json(f'{{"birth_date": "{resource["birthDate"]}"}}')
            return ""
        case "Observation":
            code = resource["code"]["coding"][0]["code"]
            if code in LOINC:
                parts["instruments"].append(_parsed(Answers, instrument=LOINC[code], at=at, total=resource["valueInteger"], origin=origin))
                return f"{LOINC[code]}.total"
            value = next(value for key, value in resource.items() if key.startswith("value"))
            number, unit = (value["value"], value["code"]) if isinstance(value, dict) else (value, None)
            parts["findings"].append(_parsed(Fact, code=code, value=number, unit=unit, at=at, origin=origin))
            return str(code)
        case "QuestionnaireResponse":
            items = {item["linkId"]: item["answer"][0]["valueInteger"] for item in resource["item"]}
            parts["instruments"].append(_parsed(Answers, instrument=resource["questionnaire"].rpartition("/")[2], at=at, items=items))
            return "phq9.q9"
        case "Condition":
            term = resource["code"]["text"]
            parts["conditions"].append(ListedCondition(term=term, status="active", origin=origin))
            return f"condition.{term}"
        case "MedicationRequest" | "MedicationStatement":
            code = resource["medicationCodeableConcept"]
            coded = tuple(Coding(system="rxnorm", code=one["code"]) for one in code.get("coding", ()))
            parts["medications"].append(ListedMedication(ingredient=code["text"], codes=coded, status="active", origin=origin))
            return f"medication.{code['text']}"
        case "AllergyIntolerance":
            parts["allergies"].append(ListedAllergy(substance=resource["code"]["text"]))
            return f"allergy.{resource['code']['text']}"
        case "Consent":
            said = {"category": "part2", "purpose": "treatment", "status": "given", "at": "2026-01-01T00:00:00Z"}
            parts["consents"].append(_parsed(Consent, recipient=resource["organization"][0]["display"], **said))
            return ""
    return None


def _parsed(model: Any, **fields: Any) -> Any:
    """As it would stand in JSON: texts become times."""
    return model.model_validate({key: value for key, value in fields.items() if value is not None}, strict=False)


def _each(resources: Iterable[Resource]) -> Iterator[Resource]:
    for resource in resources:
        if resource["resourceType"] == "Bundle":
            yield from _each(entry["resource"] for entry in resource.get("entry", ()))
        else:
            yield resource
