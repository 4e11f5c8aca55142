"""Small bulk exports for tests, resource by resource; and what came of them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Resource = dict[str, Any]
AT = "2026-11-20T09:00:00Z"
AS_OF = "2026-11-23T16:00:00Z"
LABELS = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "42CFRPart2"}]}


def patient(id: str) -> Resource:
    return {"resourceType": "Patient", "id": id, "birthDate": "1986-01-01", "name": [{"family": "Zanahoria"}]}


def phq9(id: str, of: str, total: float = 14) -> Resource:
    code = {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]}
    about = {"subject": {"reference": f"Patient/{of}"}, "status": "final", "effectiveDateTime": AT}
    return {"resourceType": "Observation", "id": id, "code": code, "valueQuantity": {"value": total, "code": "{score}"}, **about}


def medicine(id: str, of: str, rxnorm: str, **more: Any) -> Resource:
    concept = {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": rxnorm}]}
    about = {"subject": {"reference": f"Patient/{of}"}, "status": "active", "intent": "order", "authoredOn": AT}
    return {"resourceType": "MedicationRequest", "id": id, "medicationCodeableConcept": concept, **about, **more}


def line(resource: Resource) -> bytes:
    return json.dumps(resource).encode()


def file(path: Path, lines: Iterable[bytes]) -> Path:
    """A file of NDJSON, compressed where its name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = b"".join(line + b"\n" for line in lines)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def export(folder: Path, *resources: Resource) -> Path:
    """A file for each type."""
    kinds: dict[str, list[bytes]] = {}
    for resource in resources:
        kinds.setdefault(resource["resourceType"], []).append(line(resource))
    for kind, lines in kinds.items():
        file(folder / f"{kind}.ndjson", lines)
    return folder


def results(out: Path, kind: str) -> list[Resource]:
    """Every resource of a type, of all files that the manifest names."""
    manifest = json.loads((out / "manifest.json").read_bytes())
    found = []
    for entry in (*manifest["output"], *manifest["error"]):
        if entry["type"] == kind:
            lines = (out / entry["url"]).read_bytes().splitlines()
            assert len(lines) == entry["count"]
            found += [json.loads(one) for one in lines]
    return found


def patients(out: Path) -> list[str]:
    return sorted(item["subject"]["reference"].removeprefix("Patient/") for item in results(out, "GuidanceResponse"))


def told(out: Path) -> set[tuple[str, str]]:
    """Where and under which code something could not be read."""
    issues = [item["issue"][0] for item in results(out, "OperationOutcome")]
    return {(issue.get("diagnostics", ""), issue["details"]["coding"][0]["code"]) for issue in issues}
