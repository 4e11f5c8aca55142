"""From what was sent to the resources of one patient: Bundles opened, repeated versions dropped, other patients refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from adapters.fhir.reading.elements import inside, items, number, text, whole
from adapters.fhir.reading.labels import labels_of
from adapters.fhir.reading.ledger import One
from adapters.fhir.reading.result import Unread
from adapters.fhir.reading.times import moment
from adapters.fhir.reading.whose import Person, identifiers_of, parted, server
from engine.errors import Problem, Refused
from engine.given import Origin

_ID = re.compile(r"[A-Za-z0-9\-._:]{1,128}")
_TYPE = re.compile(r"[A-Z][A-Za-z]{0,63}")
_ELSEWHERE = "The same id on two servers is not the same person."


class Sent(NamedTuple):
    """A resource as it stood in a Bundle, or alone. kind, name: its type and id. inherited: from the label of its Bundle."""

    resource: dict[str, Any]
    kind: str
    name: str
    url: str
    inherited: Origin | None
    draft: bool


@dataclass(slots=True)
class Collected:
    """ones: in an order that does not depend on how they came. others: every resource by each of its names."""

    ones: list[One] = field(default_factory=list)
    others: dict[str, dict[str, Any]] = field(default_factory=dict)
    unread: set[Unread] = field(default_factory=set)


def collect(resources: Iterable[object], drafts: Iterable[object], patient: str) -> Collected:
    """Raises Refused (`patient-mismatch`) where a resource is about somebody else."""
    found = Collected()
    sent = [*_opened(resources, found, draft=False), *_opened(drafts, found, draft=True)]
    latest = _latest(sent, found)
    found.others = _by_name(sent, latest)
    person = Person(patient, found.others, _identifiers(latest, patient))
    problems: list[Problem] = []
    for item in latest:
        _admit(item, person, found, problems)
    if not problems and len(person.bases) > 1:
        problems.append(Problem(f"Patient/{patient}" if _ID.fullmatch(patient) else "Patient", *_mismatch(_ELSEWHERE)))
    if problems:
        raise Refused(sorted(set(problems)))
    return found


def _by_name(sent: list[Sent], latest: list[Sent]) -> dict[str, dict[str, Any]]:
    """Every resource by each of its names, in its newest version; a name of two different resources is one of none."""
    newest = {(item.kind, item.name): item.resource for item in latest if item.name}
    named: dict[str, dict[str, Any]] = {}
    unclear: set[str] = set()
    for item in sent:
        resource = newest.get((item.kind, item.name), item.resource)
        own = f"{item.kind}/{item.name}" if item.name else ""
        for name in (item.url, own, text(item.resource.get("url")) if item.kind == "Questionnaire" else ""):
            if name and named.setdefault(name, resource) is not resource and named[name] != resource:
                unclear.add(name)
    return {name: resource for name, resource in named.items() if name not in unclear}


def reference_of(resource: dict[str, Any]) -> str:
    """Type/id, or the type alone where there is no id that can be written down."""
    kind, name = _named(resource)
    return f"{kind}/{name}" if name else kind


def _named(resource: dict[str, Any]) -> tuple[str, str]:
    kind, name = resource.get("resourceType"), resource.get("id")
    return _kind(kind) if isinstance(kind, str) else "Resource", name if isinstance(name, str) and _ID.fullmatch(name) else ""


@lru_cache(maxsize=256)
def _kind(said: str) -> str:
    return said if _TYPE.fullmatch(said) else "Resource"


def _identifiers(sent: list[Sent], patient: str) -> frozenset[tuple[str, str]]:
    own = (item.resource for item in sent if (item.kind, item.name) == ("Patient", patient))
    return frozenset(identifier for resource in own for identifier in identifiers_of(resource))


def _opened(resources: Iterable[object], found: Collected, *, draft: bool) -> Iterator[Sent]:
    waiting: list[tuple[object, str, Origin | None]] = [(resource, "", None) for resource in resources]
    while waiting:
        resource, url, inherited = waiting.pop()
        if resource is None:  # asked, and there is nothing
            continue
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            found.unread.add(Unread("Resource", "not-a-resource", "Something that is not a resource."))
        elif resource["resourceType"] == "Bundle":
            waiting += _entries(resource, found, inherited)
        elif resource["resourceType"] == "OperationOutcome":
            _outcome(resource, found)
        else:
            yield Sent(resource, *_named(resource), url, inherited, draft)


def _entries(bundle: dict[str, Any], found: Collected, inherited: Origin | None) -> list[tuple[object, str, Origin | None]]:
    """A label of the whole Bundle is that of its strictest entry; where no entry carries it, all of them do."""
    name, entries = reference_of(bundle), items(bundle.get("entry"))
    if any(text(link.get("relation")) == "next" for link in items(bundle.get("link"))):
        found.unread.add(Unread(name, "incomplete", "There are further pages, which were not sent."))
    total = whole(number(bundle.get("total")))
    if bundle.get("type") == "searchset" and total is not None and total > len(entries) - sum(map(_beside, entries)):
        found.unread.add(Unread(name, "incomplete", "More was found than was sent."))
    origin, notes, lost = labels_of(bundle)
    if (notes or lost) and not any(inside(inside(entry.get("resource")).get("meta")).get("security") for entry in entries):
        found.unread.add(Unread(name, "label-not-kept", "A security label that a record here has no place for."))
    if origin is not None and not any(labels_of(inside(entry.get("resource"))).origin for entry in entries):
        inherited = origin
    opened: list[tuple[object, str, Origin | None]] = []
    for entry in entries:
        if "response" not in entry:
            opened.append((entry.get("resource"), text(entry.get("fullUrl")), inherited))
            continue
        response = inside(entry["response"])
        if text(response.get("status"))[:1] in ("4", "5"):
            found.unread.add(Unread(name, "search-failed", "A part of what was asked for could not be had."))
        opened += [(part, text(entry.get("fullUrl")), inherited) for part in (entry.get("resource"), response.get("outcome")) if part]
    return opened


def _beside(entry: dict[str, Any]) -> bool:
    """Whether it came along without having been found."""
    return inside(entry.get("search")).get("mode") in ("include", "outcome")


def _outcome(resource: dict[str, Any], found: Collected) -> None:
    if any(text(issue.get("severity")) not in ("warning", "information", "success") for issue in items(resource.get("issue")) or [{}]):
        found.unread.add(Unread(reference_of(resource), "search-failed", "A part of what was asked for could not be had."))
    else:
        found.unread.add(Unread(reference_of(resource), "search-warning", "The server that was asked said something about the search."))


def _latest(sent: list[Sent], found: Collected) -> list[Sent]:
    """Of each resource its newest version, in the order of their names."""
    groups: dict[tuple[bool, str, str], list[Sent]] = {}
    for item in sent:
        groups.setdefault((item.draft, item.kind, item.name), []).append(item)
    latest: list[Sent] = []
    for key in sorted(groups):
        group = groups[key]
        if len(group) > 1:
            group = _distinct(group)
            if key[2] and len(group) > 1:
                group = _newest(group)
                if len(group) > 1:
                    found.unread.add(Unread(f"{key[1]}/{key[2]}", "versions-unclear", "Nobody can tell which version is the newest."))
        latest += group
    return latest


def _distinct(group: list[Sent]) -> list[Sent]:
    """The strictest label of a repeated resource holds."""
    by_content: dict[str, Sent] = {}
    for item in group:
        content = json.dumps(item.resource, sort_keys=True, default=str)
        kept = by_content.get(content)
        if kept is None or (kept.inherited is None and item.inherited is not None):
            by_content[content] = item
    return [by_content[content] for content in sorted(by_content)]


def _newest(group: list[Sent]) -> list[Sent]:
    metas = [inside(item.resource.get("meta")) for item in group]
    updated = [found.at if (found := moment(meta.get("lastUpdated"))) else None for meta in metas]
    versions = [whole(number(meta.get("versionId"))) for meta in metas]
    if None not in updated:
        keys: list[Any] = [(at, -1 if version is None else version) for at, version in zip(updated, versions, strict=True)]
    elif None not in versions:
        keys = list(versions)
    else:
        return group
    last = max(keys)
    return [item for item, key in zip(group, keys, strict=True) if key == last]


_OF_NO_PATIENT = frozenset(
    {
        *("Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService", "Endpoint", "InsurancePlan"),
        *("Medication", "Substance", "Questionnaire", "Library", "PlanDefinition", "ActivityDefinition", "ValueSet", "CodeSystem"),
        *("StructureDefinition", "Parameters", "Binary", "Provenance"),
    }
)
_TELLING = {
    "missing": ("subject-missing", "It does not say whom it is about, and was not used."),
    "unclear": ("subject-unclear", "Nobody can tell whom it is about, and it was not used."),
    "no_patient": ("subject-not-a-patient", "It is not about a patient, and was not used."),
}


def _mismatch(what: str) -> tuple[str, str, str]:
    return "patient-mismatch", what, "Send only what is about the patient that was named."


def _admit(item: Sent, person: Person, found: Collected, problems: list[Problem]) -> None:
    resource, kind, name = item.resource, item.kind, item.name
    reference = f"{kind}/{name}" if name else kind
    whose = person.whose(resource)
    if kind == "Patient":
        said = text(resource.get("id"))
        whose = "other" if said and said != person.id else "theirs" if said else "unclear"
    if whose == "other":
        problems.append(Problem(reference, *_mismatch("It is about another patient.")))
        return
    if whose != "theirs" and kind not in _OF_NO_PATIENT:
        found.unread.add(Unread(reference, *_TELLING[whose]))
        if whose != "missing" or not item.draft:
            return
    if whose == "theirs" and "://" in item.url:
        at = item.url.removesuffix(f"/{reference}")
        base = server(at) if len(at) < len(item.url) else parted(item.url)[0]
        if base:
            person.bases.add(base)
    unclear = bool(resource.get("modifierExtension") or resource.get("implicitRules"))
    if unclear:
        found.unread.add(Unread(reference, "modifier-unknown", "Something unknown here changes what it means; what it says was not used."))
    labels = labels_of(resource, item.inherited)
    if labels.notes:
        found.unread.add(Unread(reference, "psychotherapy-notes", "Psychotherapy notes are not taken in."))
        return
    if labels.lost:
        found.unread.add(Unread(reference, "label-not-kept", "A security label that a record here has no place for."))
    found.ones.append(One(resource, kind, reference, labels.origin, item.draft, unclear))
