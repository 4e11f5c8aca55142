"""Where a population run meets the reading and the writing of FHIR."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.fhir.reading import Reading
from adapters.fhir.reading import read as read_fhir
from adapters.fhir.writing.bundles import issue, outcome
from adapters.fhir.writing.canonical import Publishing, without_nothing
from adapters.fhir.writing.care_plan import care_plan
from adapters.fhir.writing.guidance import guidance_response
from adapters.fhir.writing.issues import detected_issues
from adapters.fhir.writing.provenance import engine_device
from adapters.fhir.writing.release import ENGINE
from adapters.fhir.writing.telling import Sharing, Telling, security
from api.answers import Answer
from api.deceased import without_steps
from api.fhir.disclosing import disclosed
from engine.base import KnowledgeBase
from engine.sharing import Shared

Resource = dict[str, Any]
_INCOMPLETE = "Something that was exported about this person could not be read; the error files say where it stands."
_DISPUTED = "The two engines read a rule differently; what errs safe is kept."


@dataclass(frozen=True, slots=True)
class Told:
    """One decision to be written. id: of its GuidanceResponse. references: finding code -> resources behind it that the reader may see.

    incomplete: whether something about the patient could not be read. died: whether they are said to have.
    root: the address of our own FHIR endpoint.
    """

    root: str
    id: str
    patient: str
    answer: Answer
    references: Mapping[str, tuple[str, ...]]
    incomplete: bool
    died: bool


Read = Callable[[KnowledgeBase, Iterable[Resource], str, str], Reading]
Write = Callable[[Told], Iterable[Resource]]
Disclosed = Callable[[KnowledgeBase, Iterable[Resource], str, str, Shared], frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class Seams:
    """Functions of modules, so that other processes can be told of them. The second text of each is the address of our own FHIR endpoint.

    disclosed: which resources, as Type/id, may be named to a reader to whom something may be withheld; None for all.
    """

    read: Read
    write: Write
    disclosed: Disclosed


def _read(base: KnowledgeBase, resources: Iterable[Resource], patient: str, root: str) -> Reading:
    return read_fhir(base, resources, patient, root=root)


def _write(told: Told) -> Iterator[Resource]:
    """GuidanceResponse, CarePlan and each DetectedIssue, all of them whole: what they refer to is in them, or beside them."""
    telling = _telling(told)
    messages = [outcome(telling.remarks) | {"id": "messages"}] if telling.remarks else []
    meta = {"meta": security(telling.sharing)}
    yield care_plan(telling, datetime.now(UTC)) | {"id": told.id}
    result = {"result": {"reference": f"CarePlan/{told.id}"}}
    yield without_nothing(guidance_response(telling) | meta | result | {"id": told.id, "contained": [engine_device(telling), *messages]})
    for found in detected_issues(telling):
        yield without_nothing(found | meta | {"id": f"{told.id}-{found['id']}", "contained": [engine_device(telling)]})


def _telling(told: Told) -> Telling:
    answer, site = told.answer, Publishing(told.answer.base, told.root)
    sharing = answer.beside.sharing or {}
    remarks = [issue("warning", "incomplete", _INCOMPLETE, "export-unread")] if told.incomplete else []
    if answer.decision.judgements.agreement == "disagreed":
        remarks.append(issue("warning", "exception", _DISPUTED, "engines-disagree"))
    found = Telling(
        site,
        answer.decision,
        f"Patient/{told.patient}",
        answer.asked.language,
        site.canonical("PlanDefinition", ENGINE, site.version),
        answer.kept.entry or answer.decision.id,
        references=told.references,
        sharing=Sharing(tuple(sharing.get("labels", ())), answer.seen.shared.part2, sharing.get("notice_text")),
        entry=answer.kept.entry,
        remarks=tuple(remarks),
        alarm=answer.beside.alarm,
    )
    return without_steps(found) if told.died else found


USUAL = Seams(_read, _write, disclosed)
