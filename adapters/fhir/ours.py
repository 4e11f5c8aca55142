"""What is both read and asked for: our own code systems, below the address of our FHIR endpoint, and the places of the person."""

from __future__ import annotations

from collections.abc import Iterator

from engine.base import KnowledgeBase
from engine.dictionary import Entry
from engine.vocabulary import computed_from

FINDINGS = "CodeSystem/finding"  # findings that a sender may state, whole forms by the name of the instrument, and reviews of lists
VALUES = "CodeSystem/finding-value"  # `<finding>.<value>` for every value of a coded finding
COMPONENTS = "ActivityDefinition"  # components of the catalogue, by their names
PREGNANCY = "82810-3"  # LOINC
SEX = "http://hl7.org/fhir/StructureDefinition/patient-sexParameterForClinicalUse"
REVIEWS = {f"list.{name}": name for name in ("conditions", "medications", "allergies", "events")}


def stated(base: KnowledgeBase) -> Iterator[Entry]:
    """Every finding that a sender may state by its own code."""
    return (entry for _, entry in sorted(base.dictionary.entries.items()) if computed_from(entry) is None)
