"""CapabilityStatement: what the FHIR endpoint does, and nothing that it does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from adapters.fhir.writing.canonical import NOT_APPROVED, Publishing, Resource
from engine.timing import instant

Kind = Literal["token", "uri", "string"]
PARAMETERS: Mapping[str, tuple[Kind, str]] = {
    "_id": ("token", "The id of the resource."),
    "url": ("uri", "The canonical url, without a version."),
    "version": ("token", "The version of the artifact."),
    "name": ("string", "The name for programs begins with this; :exact and :contains are understood."),
    "title": ("string", "The English title begins with this; :exact and :contains are understood."),
    "status": ("token", "draft, active or retired."),
    "identifier": ("token", "Our own name for it, with or without its system."),
}
TOLD = (
    *("Observation", "QuestionnaireResponse", "Condition", "MedicationRequest", "MedicationStatement", "AllergyIntolerance"),
    *("Encounter", "Procedure", "CarePlan", "List"),
)
_APPLY = "http://hl7.org/fhir/OperationDefinition/PlanDefinition-apply"
_APPLY_R5 = f"{_APPLY}|5.0.0"
_EVALUATE = "http://hl7.org/fhir/OperationDefinition/Measure-evaluate-measure"


def capability_statement(site: Publishing, at: datetime, published: tuple[str, ...]) -> Resource:
    """published: kinds that can be read and searched; those of TOLD can be sent to us, of stored patients."""
    return {
        "resourceType": "CapabilityStatement",
        "id": "tandem",
        "url": f"{site.root}/metadata",
        "version": site.version,
        "name": "Tandem",
        "title": "Tandem",
        "status": "active",
        "experimental": True,
        "date": instant(at),
        "publisher": "Tandem",
        "description": NOT_APPROVED,
        "kind": "instance",
        "software": {"name": "Tandem", "version": site.base.release.id},
        "implementation": {"description": "Tandem", "url": site.root},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{"mode": "server", "security": _security(), "resource": [*map(_published, published), *map(_told, TOLD)]}],
    }


def _security() -> Resource:
    service = {"system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "OAuth"}
    said = "A bearer token by the client credentials grant. What is published of the knowledge needs none."
    return {"service": [{"coding": [service]}], "description": said}


def _published(kind: str) -> Resource:
    parameters = [{"name": name, "type": type_, "documentation": said} for name, (type_, said) in PARAMETERS.items()]
    found: Resource = {"type": kind, "interaction": [{"code": "read"}, {"code": "search-type"}], "versioning": "versioned"}
    found["conditionalRead"] = "not-match"
    if kind == "PlanDefinition":
        said = "By POST only, because each decision is written in the journal. `data` may carry a Bundle of the person's resources."
        found["operation"] = [{"name": "apply", "definition": _APPLY, "documentation": said}]
        found["operation"] += [{"name": "r5.apply", "definition": _APPLY_R5, "documentation": f"{said} Answers with a Bundle, as R5 does."}]
    if kind == "Measure":
        said = (
            "By POST only. For one person it takes `data` as $apply does; where the data do not tell, the answer is a GuidanceResponse"
            " that says which would. Without a subject it counts everybody of the tenant who is stored, and masks small counts."
        )
        found["operation"] = [{"name": "evaluate-measure", "definition": _EVALUATE, "documentation": said}]
    return found | {"searchParam": parameters}


def _told(kind: str) -> Resource:
    said = "Of a patient who is stored here. Sent again with the same id and version, it is the same telling. It cannot be read back."
    return {"type": kind, "interaction": [{"code": "create"}, {"code": "update"}], "updateCreate": True, "documentation": said}
