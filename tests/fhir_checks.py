"""Two checkers of FHIR R4 that know nothing of each other.

HL7's own JSON Schema: every element, type and required code; no invariants, no references, and not what a code means.
@medplum/core over HL7's StructureDefinitions: cardinalities, types, FHIRPath invariants and the targets of references; no codes.
Neither looks into a terminology beyond required codes, and neither resolves a reference that leaves the resource.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema_rs
import nodejs

Resource = dict[str, Any]
_DEFINITIONS = nodejs.FOLDER / "node_modules" / "@medplum" / "definitions" / "dist" / "fhir" / "r4"


def wrong(resources: list[Resource]) -> list[str]:
    """Everything that either checker finds, warnings too."""
    found = [f"schema: {item['resourceType']}/{item.get('id')}: {said}" for item in resources for said in by_schema(item)]
    told = zip(resources, by_definitions(resources), strict=True)
    return found + [f"definitions: {item['resourceType']}/{item.get('id')}: {said}" for item, issues in told for said in issues]


def by_schema(resource: Resource) -> list[str]:
    return [
        f"{'/'.join(map(str, error.instance_path))}: {error.message[:200]}"
        for error in _validator(resource["resourceType"]).iter_errors(resource)
    ]


def by_definitions(resources: list[Resource]) -> list[list[str]]:
    return [json.loads(line) for line in nodejs.run("check.mjs", nodejs.lines(resources)).splitlines()]


@cache
def _schema() -> dict[str, Any]:
    """The package leaves two names out that it refers to."""
    found: dict[str, Any] = json.loads((_DEFINITIONS / "fhir.schema.json").read_text(encoding="utf-8"))
    return {
        "$schema": found["$schema"],
        "definitions": found["definitions"] | {"Resource": {"$ref": "#/definitions/ResourceList"}, "integer64": {"type": "string"}},
    }


@cache
def _validator(kind: str) -> Any:
    return jsonschema_rs.validator_for({**_schema(), "$ref": f"#/definitions/{kind}"})
