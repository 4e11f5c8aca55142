"""$apply: a plan definition applied to one person. Consent first, then the decision, then the journal, then the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from adapters.fhir import reading
from adapters.fhir.writing.bundles import issue
from adapters.fhir.writing.canonical import Publishing
from adapters.fhir.writing.care_plan import care_plan
from adapters.fhir.writing.narrowing import narrowed
from adapters.fhir.writing.pathways import pathway_name
from adapters.fhir.writing.release import ENGINE
from adapters.fhir.writing.rules import rule_name
from adapters.fhir.writing.telling import Sharing, Telling
from api.answers import Answer, decided
from api.fhir.disclosing import disclosed
from api.fhir.media import written
from api.fhir.parameters import Applied
from api.fhir.stored import together
from api.patients import folded, stored
from api.problems import Rejected
from api.recording import Asked
from api.shared import Viewing
from api.timeline import record_at
from engine.artifacts import Rule
from engine.base import KnowledgeBase
from engine.errors import Problem
from engine.pathway import Pathway
from engine.record import Record

Document = dict[str, Any]
_NOTHING_READ = reading.Reading(Record(), {}, ())


@dataclass(frozen=True, slots=True)
class Target:
    """What is applied: the whole engine, or one artifact of it. name: among the plan definitions."""

    name: str
    artifact: Rule | Pathway | None = None


def target(base: KnowledgeBase, root: str, named: str | None) -> Target:
    """What a canonical, a reference or an id names. Raises Rejected where it is none of this release."""
    site, plans = Publishing(base, root), plans_of(base)
    if named is None:
        return Target(ENGINE)
    url, _, version = named.partition("|")
    for name, artifact in plans.items():
        found = site.url("PlanDefinition", name)
        if url in (found, found.removeprefix(f"{root}/"), found.rpartition("/")[2]):
            if version and version != (artifact.version if artifact else site.version):
                break
            return Target(name, artifact)
    do = "GET /fhir/PlanDefinition lists them."
    raise Rejected(404, "not-found", [Problem("planDefinition", "not-found", "There is no such plan definition in this release.", do)])


def plans_of(base: KnowledgeBase) -> Mapping[str, Rule | Pathway | None]:
    """The plan definitions by name; None stands for the whole."""
    rules: dict[str, Rule | Pathway | None] = {rule_name(rule): rule for rule in base.rules.values()}
    return {ENGINE: None, **rules, **{pathway_name(item.id): item for item in base.pathways.values()}}


def apply(view: Viewing, asked: Asked, wanted: Applied, root: str, named: str | None) -> Response:
    """The CarePlan for what was sent about a person, what is stored of them, or both. asked.subject: the patient, where they are stored."""
    service = view.service
    target(service.base, root, named)  # refused before anything is judged
    read = reading.read(service.base, wanted.resources, wanted.patient) if wanted.resources is not None else _NOTHING_READ
    record = _record(view, asked, wanted, read)
    found = decided(view, lambda: record, asked)
    seen = view.see(record, asked)
    shown = disclosed(service.base, wanted.resources or (), wanted.patient, seen.shared)
    plan = _plan(found, wanted, target(found.base, root, named), root)
    told = replace(plan, references=_only(read.references, shown), remarks=(*plan.remarks, *_unread(read, shown)))
    return written(care_plan(told, service.now()), headers=_headers(found))


def _record(view: Viewing, asked: Asked, wanted: Applied, read: reading.Reading) -> Record:
    if asked.subject is None:
        return read.record
    with stored():
        told = record_at(folded(view.service, asked.subject), asked.as_of, None, live=asked.live)
    return together(told, read.record) if wanted.resources is not None else told


def _plan(found: Answer, wanted: Applied, what: Target, root: str) -> Telling:
    site = Publishing(found.base, root)
    decision = narrowed(found.decision, what.artifact) if what.artifact else found.decision
    version = what.artifact.version if what.artifact else site.version
    sharing = found.beside.sharing or {}
    return Telling(
        site,
        decision,
        f"Patient/{wanted.patient}",
        found.asked.language,
        site.canonical("PlanDefinition", what.name, version),
        found.kept.entry or decision.id,
        asker=wanted.asker,
        sharing=Sharing(tuple(sharing.get("labels", ())), sharing.get("notice_text")),
        entry=found.kept.entry,
        remarks=(*wanted.remarks, *_caveats(found)),
        alarm=found.beside.alarm,
    )


def _caveats(found: Answer) -> list[Document]:
    """What a reader must know of how the answer came about."""
    said = []
    if found.kept.state != "recorded":
        said.append(issue("warning", "incomplete", "This answer could not be written in the journal.", "not-recorded"))
    if found.decision.judgements.agreement == "disagreed":
        said.append(issue("warning", "exception", "The two engines read a rule differently; what errs safe is kept.", "engines-disagree"))
    return said


def _only(references: Mapping[str, tuple[str, ...]], shown: frozenset[str] | None) -> Mapping[str, tuple[str, ...]]:
    if shown is None:
        return references
    kept = {code: tuple(name for name in names if name in shown) for code, names in references.items()}
    return {code: names for code, names in kept.items() if names}


def _unread(read: reading.Reading, shown: frozenset[str] | None) -> Sequence[Document]:
    """What was not understood, where nothing of it is withheld from the reader."""
    if shown is not None:
        return ()
    return [issue("warning", "not-supported", f"{item.reference}: {item.what}", item.reason) for item in read.unread]


def _headers(found: Answer) -> dict[str, str]:
    kept, sharing = found.kept, found.beside.sharing or {}
    headers: dict[str, str] = {"content-language": found.asked.language, "tandem-journal": kept.state}
    headers |= {"tandem-entry": kept.entry} if kept.entry else {}
    headers |= {"idempotent-replayed": "true"} if kept.again else {}
    headers |= {"tandem-labels": " ".join(sharing["labels"])} if sharing.get("labels") else {}
    return headers | ({"tandem-notice": sharing["notice"]} if sharing.get("notice") else {})
