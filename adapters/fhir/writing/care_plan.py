"""One answer to $apply, as a CarePlan with everything that belongs to it inside, or as a Bundle around its RequestGroup. A draft."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape
from uuid import NAMESPACE_URL, uuid5

from adapters.fhir.writing.bundles import outcome
from adapters.fhir.writing.canonical import Resource, without_nothing
from adapters.fhir.writing.guidance import guidance_response
from adapters.fhir.writing.issues import detected_issues
from adapters.fhir.writing.provenance import engine_device, provenance
from adapters.fhir.writing.request_group import request_group
from adapters.fhir.writing.telling import Telling, references, security
from engine.dictionary import Language
from engine.timing import instant

_TITLE: dict[Language, str] = {
    "en": "Proposed by decision support, for review by a clinician",
    "es": "Propuesto por el apoyo a la decisión, para revisión clínica",
}
_DECLINED: dict[Language, str] = {"en": "The person does not want this now: {what}", "es": "La persona no lo quiere ahora: {what}"}
_WITHHELD: dict[Language, str] = {"en": "Withheld", "es": "No se propone"}
_HELP: dict[Language, str] = {"en": "Help at any hour", "es": "Ayuda a cualquier hora"}


def care_plan(telling: Telling, recorded: datetime) -> Resource:
    """recorded: when it was made. What it contains has no labels of its own: those of the plan hold for all of it."""
    group, requests = request_group(telling)
    issues, remarks = detected_issues(telling), list(telling.remarks)
    asker, title = telling.asker, _TITLE[telling.language]
    beside = ["guidance", *(item["id"] for item in issues)]
    messages = [outcome(remarks) | {"id": "messages"}] if remarks else []
    plan = {
        "resourceType": "CarePlan",
        "meta": security(telling.sharing),
        "language": telling.language,
        "text": {"status": "generated", "div": _narrative(telling, title)},
        "contained": [
            group,
            *requests,
            *issues,
            guidance_response(telling),
            *messages,
            engine_device(telling),
            provenance(telling, recorded),
        ],
        "identifier": [{"system": f"{telling.site.root}/decision", "value": telling.decision.id}],
        "instantiatesCanonical": [telling.module],
        "status": "draft",
        "intent": "proposal",
        "title": title,
        "subject": telling.whom(),
        "encounter": {"reference": asker.encounter} if asker.encounter else None,
        "created": instant(telling.decision.as_of),
        "author": {"reference": "#engine"},
        "contributor": [{"reference": asker.practitioner}] if asker.practitioner else [],
        "addresses": _conditions(telling),
        "supportingInfo": [{"reference": f"#{name}"} for name in beside],
        "activity": [{"reference": {"reference": "#plan"}}],
        "note": [{"text": text} for text in _notes(telling)],
    }
    found: Resource = without_nothing(plan)
    return found


def request_groups(telling: Telling, recorded: datetime) -> Resource:
    """The same as R5 answers: a Bundle with the RequestGroup, which holds what it refers to, and beside it each DetectedIssue."""
    group, requests = request_group(telling)
    meta, engine = {"meta": security(telling.sharing)}, engine_device(telling)
    messages = [outcome(telling.remarks) | {"id": "messages"}] if telling.remarks else []
    guidance = guidance_response(telling) | {"result": {"reference": "#"}}
    group |= meta | {"language": telling.language, "note": [{"text": text} for text in _notes(telling)]}
    group |= {"text": {"status": "generated", "div": _narrative(telling, _TITLE[telling.language])}}
    whole = [group | {"contained": [*requests, guidance, *messages, engine, provenance(telling, recorded)]}]
    whole += [found | meta | {"contained": [engine]} for found in detected_issues(telling)]
    names = [f"{telling.site.root}/{telling.request}/{item['id']}" for item in whole]
    entries = [{"fullUrl": uuid5(NAMESPACE_URL, name).urn, "resource": item} for name, item in zip(names, whole, strict=True)]
    found: Resource = without_nothing({"resourceType": "Bundle", **meta, "type": "collection", "entry": entries})
    return found


def _conditions(telling: Telling) -> list[Resource]:
    named = references(telling, [code for code in telling.references if code.startswith("condition.")])
    return [item for item in named if item["reference"].startswith("Condition/")]


def _notes(telling: Telling) -> Iterator[str]:
    """What goes with every answer: help lines, what the person does not want, and the notice against redisclosure."""
    if telling.alarm:
        yield telling.alarm
    for item in telling.decision.recommendations:
        if item.declined:
            yield _DECLINED[telling.language].format(what=telling.say(item.component.title))
    for line in telling.decision.help:
        yield f"{_HELP[telling.language]}: {telling.say(line.name)}, {telling.say(line.contact)}"
    if telling.sharing.notice:
        yield telling.sharing.notice


def _narrative(telling: Telling, title: str) -> str:
    """The same for people to read, where nothing else of it is shown."""
    decision, say = telling.decision, telling.say
    lines = [f"{say(step.title)}. {say(step.do)}" for step in decision.escalations]
    lines += [say(item.component.title) for item in decision.recommendations if not item.declined]
    lines += [f"{_WITHHELD[telling.language]}: {say(item.component.title)}" for item in decision.withheld]
    lines += list(_notes(telling))
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{escape(title)}</p>{f"<ul>{items}</ul>" if items else ""}</div>'
