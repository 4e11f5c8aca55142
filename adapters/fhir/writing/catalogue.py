"""Everything that is published of one release, made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from adapters.fhir.writing.activities import activity_definition
from adapters.fhir.writing.canonical import Publishing, Resource
from adapters.fhir.writing.code_systems import code_systems
from adapters.fhir.writing.measures import measure, windows
from adapters.fhir.writing.pathways import pathway_definition
from adapters.fhir.writing.questionnaires import questionnaire
from adapters.fhir.writing.release import asset_library, engine_definition, logic_library
from adapters.fhir.writing.rules import rule_definition

KINDS = ("PlanDefinition", "ActivityDefinition", "Library", "Questionnaire", "Measure", "CodeSystem")


class Catalogue:
    """The published resources by kind and id, in the order in which a search lists them."""

    def __init__(self, site: Publishing) -> None:
        self.site = site

    @cached_property
    def by_kind(self) -> Mapping[str, Mapping[str, Resource]]:
        """Kind -> id -> resource."""
        found: dict[str, dict[str, Resource]] = {kind: {} for kind in KINDS}
        made = list(self._made())
        for resource in (*made, asset_library(self.site, made)):
            found[resource["resourceType"]][resource["id"]] = resource | {"meta": {"versionId": self.site.mark}}
        return found

    def _made(self) -> Iterator[Resource]:
        base = self.site.base
        yield engine_definition(self.site)
        yield logic_library(self.site)
        yield from (pathway_definition(self.site, item) for item in base.pathways.values())
        yield from (rule_definition(self.site, item) for item in sorted(base.rules.values(), key=lambda rule: rule.id))
        yield from (activity_definition(self.site, item) for item in base.components.values())
        yield from (measure(self.site, window) for window in windows(base).values())
        yield from code_systems(self.site)
        yield from (questionnaire(self.site, item) for item in base.instruments.values())
