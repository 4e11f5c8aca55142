"""Narrow stand-ins for the reading and the writing of FHIR, for tests of what lies between them; and a command line that has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from adapters.fhir.reading import Reading, Unread
from api.bulk.seams import Seams, Told
from engine.base import KnowledgeBase
from engine.errors import Problem, Refused
from engine.record import Record
from engine.sharing import Shared

PHQ9 = "44261-6"
PART2 = {"programme": "northside-otp", "part2": True}


def read(base: KnowledgeBase, resources: Iterable[dict[str, Any]], patient: str, root: str) -> Reading:
    """PHQ-9 totals and medicines by RxNorm, each with its label; a Condition of the text `broken` is a fault of the reader."""
    parts: dict[str, Any] = {"patient": {"id": patient, "age": 40}, "instruments": [], "medications": []}
    references: dict[str, tuple[str, ...]] = {}
    unread: list[Unread] = []
    medications = {f"Medication/{one['id']}": one["code"] for one in resources if one["resourceType"] == "Medication"}
    for one in resources:
        name = f"{one['resourceType']}/{one.get('id')}"
        origin = {"origin": PART2} if one.get("meta", {}).get("security") else {}
        match one["resourceType"]:
            case "Observation" if one["code"]["coding"][0]["code"] == PHQ9:
                at, value = datetime.fromisoformat(one["effectiveDateTime"]), one["valueQuantity"]["value"]
                if not 0 <= value <= 27:
                    unread.append(Unread(name, "out-of-range", "It lies beyond its instrument."))
                    continue
                parts["instruments"].append({"instrument": "phq9", "at": at, "total": value, **origin})
                references["phq9.total"] = (name, *references.get("phq9.total", ()))
            case "Observation":
                unread.append(Unread(name, "code-unknown", "No finding here is known under its codes."))
            case "MedicationRequest":
                concept = one.get("medicationCodeableConcept") or medications[one["medicationReference"]["reference"]]
                codes = [{"system": "rxnorm", "code": coding["code"]} for coding in concept["coding"]]
                if not codes:
                    unread.append(Unread(name, "medicine-unknown", "No medicine here is known under its codes."))
                    continue
                parts["medications"].append({"codes": codes, "status": "active", **origin})
                (known,) = base.terminology.ingredients("rxnorm", codes[0]["code"]) or ()
                references[f"medication.{known}"] = (name,)
            case "Condition" if one.get("code", {}).get("text") == "broken":
                raise KeyError("Zanahoria-4711")
            case "Condition" if one.get("code", {}).get("text") == "mismatch":
                raise Refused([Problem(name, "patient-mismatch", "It is about another patient.", "Send only what is about one.")])
            case "Encounter":
                unread.append(Unread("Encounter", "not-used", "Resources of this type are not used."))
    return Reading(Record.model_validate(parts), references, tuple(unread))


def write(told: Told) -> Iterator[dict[str, Any]]:
    """GuidanceResponse and a DetectedIssue for each component that is withheld."""
    decision = told.answer.decision
    yield {
        "resourceType": "GuidanceResponse",
        "id": told.id,
        "identifier": [{"value": told.answer.kept.entry}],
        "subject": {"reference": f"Patient/{told.patient}"},
        "status": "success",
        "outputParameters": {"text": [item.component.id for item in decision.recommendations]},
        "extension": [{"incomplete": told.incomplete, "references": {code: list(names) for code, names in told.references.items()}}],
    }
    for number, item in enumerate(decision.withheld):
        patient = {"reference": f"Patient/{told.patient}"}
        yield {"resourceType": "DetectedIssue", "id": f"{told.id[:50]}-{number}", "patient": patient, "detail": item.component.id}


def disclosed(base: KnowledgeBase, resources: Iterable[dict[str, Any]], patient: str, root: str, shared: Shared) -> frozenset[str] | None:
    """What carries no label, where something is withheld."""
    if not shared.withheld:
        return None
    return frozenset(f"{one['resourceType']}/{one.get('id')}" for one in resources if not one.get("meta", {}).get("security"))


SEAMS = Seams(read, write, disclosed)

if __name__ == "__main__":
    import bulk_standin  # the module by its name, so that other processes find it

    from adapters.fhir.bulk import spread
    from api.bulk import running
    from api.command import main

    spread.PORTION = 8000
    running.go_on.__defaults__ = (1, bulk_standin.SEAMS)
    main()
