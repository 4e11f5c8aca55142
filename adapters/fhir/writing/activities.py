"""ActivityDefinition: a component of the catalogue, as what may be proposed. It never orders, starts or doses anything."""

from __future__ import annotations

from adapters.fhir.writing.canonical import Publishing, Resource, artifact, citations, said, without_nothing
from adapters.fhir.writing.words import participant, request_kind
from engine.artifacts import Component


def activity_definition(site: Publishing, component: Component) -> Resource:
    """One component. Whatever is said about doses is a text of its source, for a clinician to weigh."""
    kind = request_kind(component)
    found = artifact(site, "ActivityDefinition", component.id, component.version, component.title)
    found |= said("description", component.summary)
    found |= {
        "kind": kind,
        "code": {"text": component.title["en"]},
        "topic": [{"text": component.kind.replace("_", " ")}],
        "participant": participant(*component.deliver),
        "usage": component.dose.text["en"] if component.dose else None,
        "relatedArtifact": citations(site, component.evidence),
    }
    if kind != "Task":
        found["intent"] = "proposal"
    if kind == "MedicationRequest":
        found["productCodeableConcept"] = medicine(site, component)
    return _clean(found)


def medicine(site: Publishing, component: Component) -> Resource:
    """The ingredient with its RxNorm code, or the class of medicines, which has none."""
    name = component.medication or component.id
    ingredient, group = site.base.dictionary.ingredients.get(name), site.base.dictionary.classes.get(name)
    label = ingredient.label["en"] if ingredient else group.label["en"] if group else component.title["en"]
    coding = (
        [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": ingredient.rxnorm}] if ingredient and ingredient.rxnorm else []
    )
    return {"coding": coding, "text": label}


def _clean(found: Resource) -> Resource:
    kept: Resource = without_nothing(found)
    return kept
