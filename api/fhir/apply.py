"""$apply and $evaluate-measure: an artifact applied to one person. Consent first, then the decision, then the journal, then the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from adapters.fhir import reading
from adapters.fhir.writing.bundles import issue
from adapters.fhir.writing.canonical import Publishing
from adapters.fhir.writing.care_plan import care_plan, request_groups
from adapters.fhir.writing.measures import Window, evaluated, windows
from adapters.fhir.writing.narrowing import narrowed
from adapters.fhir.writing.pathways import pathway_name
from adapters.fhir.writing.release import ENGINE
from adapters.fhir.writing.rules import rule_name
from adapters.fhir.writing.telling import Sharing, Telling
from api.answers import Answer, decided
from api.deceased import died, without_steps
from api.fhir.disclosing import disclosed
from api.fhir.media import written
from api.fhir.parameters import Applied, given_period
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
    found, plan = _planned(view, asked, wanted, root, named)
    return written(care_plan(plan, view.service.now()), headers=_headers(found))


def apply_as_r5(view: Viewing, asked: Asked, wanted: Applied, root: str, named: str | None) -> Response:
    """The same as a Bundle around its RequestGroup."""
    found, plan = _planned(view, asked, wanted, root, named)
    return written(request_groups(plan, view.service.now()), headers=_headers(found))


def _planned(view: Viewing, asked: Asked, wanted: Applied, root: str, named: str | None) -> tuple[Answer, Telling]:
    """What one artifact, or the whole engine, says. Raises Rejected."""
    target(view.service.base, root, named)  # refused before anything is judged
    found, plan, gone = _told(view, asked, wanted, root)
    what, site = target(found.base, root, named), plan.site
    version = what.artifact.version if what.artifact else site.version
    decision = narrowed(found.decision, what.artifact) if what.artifact else found.decision
    plan = replace(plan, decision=decision, module=site.canonical("PlanDefinition", what.name, version))
    return found, without_steps(plan) if gone else plan


def evaluate(view: Viewing, asked: Asked, wanted: Applied, root: str, named: str | None) -> Response:
    """The MeasureReport of one person, or the GuidanceResponse that says what would have to be known for one."""
    window, period = window_of(view.service.base, named), given_period(wanted.period)
    found, report, _ = _told(view, asked, wanted, root)
    window = windows(found.base).get(window.name, window)
    report = replace(report, module=report.site.canonical("Measure", window.name, window.rule.version))
    return written(evaluated(report, window, period), headers=_headers(found))


def window_of(base: KnowledgeBase, named: str | None) -> Window:
    """Raises Rejected where it is none of this release."""
    window = windows(base).get(named or "")
    if window is None:
        do = "GET /fhir/Measure lists them."
        raise Rejected(404, "not-found", [Problem("path id", "not-found", "There is no such measure in this release.", do)])
    return window


def _told(view: Viewing, asked: Asked, wanted: Applied, root: str) -> tuple[Answer, Telling, bool]:
    """The decision, written down, and all that is to be told of it but by which artifact; and whether the person has died."""
    service = view.service
    read = _NOTHING_READ if wanted.resources is None else reading.read(service.base, wanted.resources, wanted.patient, root=root)
    record = _record(view, asked, wanted, read)
    found = decided(view, lambda: record, asked)
    shown = disclosed(service.base, wanted.resources or (), wanted.patient, root, view.see(record, asked).shared)
    telling = _telling(found, wanted, root)
    telling = replace(telling, references=_only(read.references, shown), remarks=(*telling.remarks, *_unread(read, shown)))
    return found, telling, died(read, whole=shown is None)


def _record(view: Viewing, asked: Asked, wanted: Applied, read: reading.Reading) -> Record:
    if asked.subject is None:
        return read.record
    with stored():
        told = record_at(folded(view.service, asked.subject), asked.as_of, None, live=asked.live)
    return together(told, read.record) if wanted.resources is not None else told


def _telling(found: Answer, wanted: Applied, root: str) -> Telling:
    sharing = found.beside.sharing or {}
    return Telling(
        Publishing(found.base, root),
        found.decision,
        f"Patient/{wanted.patient}",
        found.asked.language,
        module="",
        request=found.kept.entry or found.decision.id,
        asker=wanted.asker,
        sharing=Sharing(tuple(sharing.get("labels", ())), found.seen.shared.part2, sharing.get("notice_text")),
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
