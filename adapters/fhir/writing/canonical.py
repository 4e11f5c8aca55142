"""What every published artifact of the knowledge has in common: where it lives, its version, its names, what it rests on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from engine.artifacts import Evidence, Source
from engine.base import KnowledgeBase
from engine.dictionary import Text

Resource = dict[str, Any]
PUBLISHER = "Tandem"
NOT_APPROVED = "No clinician has approved this content yet. It supports a licensed clinician and decides nothing by itself."
_LONGEST_ID = 64  # characters of an id of FHIR
_STATUS = {"draft": "draft", "in_review": "draft", "active": "active", "retired": "retired"}


@dataclass(frozen=True, slots=True)
class Publishing:
    """One release, published at an address. root: the address of the FHIR endpoint, without a slash at its end."""

    base: KnowledgeBase
    root: str

    def url(self, kind: str, name: str) -> str:
        """The canonical url of an artifact, without its version."""
        return f"{self.root}/{kind}/{fhir_id(name)}"

    def canonical(self, kind: str, name: str, version: str) -> str:
        return f"{self.url(kind, name)}|{version}"

    @property
    def version(self) -> str:
        """Of what stands for the whole release: one that names its content exactly."""
        return f"{self.base.release.id}+{self.base.release.digest[7:19]}"

    @property
    def mark(self) -> str:
        """The same, where it is short: the version of each resource, and in links to pages. A release is published whole."""
        return self.base.release.digest[7:15]


def fhir_id(name: str) -> str:
    """A name of ours as an id of FHIR: the same for the same name, another for another."""
    legal = re.sub(r"[^A-Za-z0-9.-]", "-", name)
    if legal == name and len(name) <= _LONGEST_ID:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{legal[: _LONGEST_ID - 9].rstrip('-.')}-{mark}"


def computable(name: str) -> str:
    """A name for programs: a capital letter, then letters, digits and underscores."""
    words = re.sub(r"[^A-Za-z0-9]+", " ", name).split()
    found = "".join(word[:1].upper() + word[1:] for word in words)
    return found if found[:1].isalpha() else f"X{found}"


def artifact(
    site: Publishing,
    kind: str,
    name: str,
    version: str,
    title: Text,
    status: Literal["draft", "in_review", "active", "retired"] = "active",
) -> Resource:
    """The start of an artifact. `name` is unique among those of its kind."""
    return {
        "resourceType": kind,
        "id": fhir_id(name),
        "url": site.url(kind, name),
        "identifier": [{"system": f"{site.root}/{kind}", "value": name}],
        "version": version,
        "name": computable(name),
        **said("title", title),
        "status": _STATUS[status],
        "experimental": True,
        "publisher": PUBLISHER,
    }


def said(element: str, text: Text) -> Resource:
    """A text in English, with its translation beside it."""
    spanish = [{"url": "lang", "valueCode": "es"}, {"url": "content", "valueString": text["es"]}]
    translation = {"url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": spanish}
    return {element: text["en"], f"_{element}": {"extension": [translation]}}


def reviewed(review_by: date) -> Resource:
    """Until when it may be used without being looked at again. When it was approved is not said: nobody has."""
    return {"effectivePeriod": {"end": review_by.isoformat()}}


def citations(site: Publishing, evidence: Evidence) -> list[Resource]:
    """The sources of a statement, each with how far it was checked and how strong the source itself calls it."""
    strength = site.base.strengths.get(evidence.strength)
    grade = strength.label["en"] if strength else evidence.strength
    return [_citation(site.base.sources, named, f"{grade}; checked as {evidence.verification}") for named in evidence.sources]


def _citation(sources: dict[str, Source], named: str, label: str) -> Resource:
    key, _, section = named.partition("#")
    source = sources[key]
    words = ", ".join(filter(None, (source.title, str(source.year) if source.year else None, section)))
    found: Resource = {"type": "citation", "label": label, "citation": words}
    return found | ({"url": source.url} if source.url else {})


def related(kind: Literal["depends-on", "composed-of", "derived-from"], canonicals: Iterable[str]) -> list[Resource]:
    """Artifacts that this one needs or holds."""
    return [{"type": kind, "resource": canonical} for canonical in canonicals]


def without_nothing(value: Any) -> Any:
    """The same without nulls, empty texts, empty lists and empty objects, which FHIR does not allow."""
    if isinstance(value, dict):
        kept = {key: without_nothing(part) for key, part in value.items()}
        return {key: part for key, part in kept.items() if part not in (None, "", [], {})}
    if isinstance(value, list):
        return [part for part in map(without_nothing, value) if part not in (None, "", [], {})]
    return value
