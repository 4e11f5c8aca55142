"""What stands for the whole release: one plan definition, and the libraries."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable

from adapters.fhir.writing.canonical import NOT_APPROVED, Publishing, Resource, artifact, related, without_nothing
from adapters.fhir.writing.cql import LIBRARY, library_text
from adapters.fhir.writing.pathways import pathway_name
from adapters.fhir.writing.rules import kind_of_plan, logic, rule_name
from engine.dictionary import Text

ENGINE = "tandem"
_LIBRARY_TYPES = "http://terminology.hl7.org/CodeSystem/library-type"
_ENGINE: Text = {
    "en": "Support for people with a mental disorder and a substance use disorder at once",
    "es": "Apoyo para personas que tienen a la vez un trastorno mental y un trastorno por consumo de sustancias",
}
_LOGIC: Text = {"en": "Findings, conclusions and conditions as CQL", "es": "Hallazgos, conclusiones y condiciones en CQL"}
_ASSETS: Text = {"en": "Everything that this release consists of", "es": "Todo lo que compone esta versión"}


def engine_definition(site: Publishing) -> Resource:
    """The whole engine: applied, every rule and every pathway is."""
    found = artifact(site, "PlanDefinition", ENGINE, site.version, _ENGINE)
    rules = [
        {"title": rule.title["en"], "definitionCanonical": site.canonical("PlanDefinition", rule_name(rule), rule.version)}
        for rule in site.base.active
    ]
    pathways = [
        {"title": item.title["en"], "definitionCanonical": site.canonical("PlanDefinition", pathway_name(item.id), item.version)}
        for item in site.base.pathways.values()
        if item.status == "active"
    ]
    groups = (("rules", "Rules", rules), ("pathways", "Care pathways", pathways))
    found |= {
        "type": kind_of_plan("workflow-definition"),
        "description": NOT_APPROVED,
        "library": [logic(site)],
        "relatedArtifact": related("depends-on", [logic(site)]),
        "action": [
            {"id": name, "title": title, "groupingBehavior": "logical-group", "action": actions}
            for name, title, actions in groups
            if actions
        ],
    }
    cleaned: Resource = without_nothing(found)
    return cleaned


def logic_library(site: Publishing) -> Resource:
    """The CQL that every condition stands on."""
    found = artifact(site, "Library", LIBRARY, site.version, _LOGIC)
    text = library_text(site.base, site.version).encode()
    content = {"contentType": "text/cql", "data": b64encode(text).decode(), "title": f"{LIBRARY}.cql"}
    return found | {"type": _library_type("logic-library"), "description": NOT_APPROVED, "content": [content]}


def asset_library(site: Publishing, holds: Iterable[Resource]) -> Resource:
    """The list of everything in the release, by canonical."""
    found = artifact(site, "Library", f"{ENGINE}-release", site.version, _ASSETS)
    parts = related("composed-of", (f"{item['url']}|{item['version']}" for item in holds))
    return found | {"type": _library_type("asset-collection"), "description": NOT_APPROVED, "relatedArtifact": parts}


def _library_type(code: str) -> Resource:
    return {"coding": [{"system": _LIBRARY_TYPES, "code": code}]}
