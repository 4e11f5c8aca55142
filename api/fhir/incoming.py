"""Resources that health records tell us of stored patients. One version of a resource is told once, and replaces the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.fhir import reading
from adapters.fhir.writing.bundles import issue, outcome
from adapters.journal import Draft, Journal, Receipt, Request, RequestDiffers
from adapters.journal.reading import about
from api.fhir.parameters import SUBJECT, wrong
from api.fhir.stored import may, stored_id
from api.patients import stored
from api.problems import Rejected
from api.record_schema import moment
from api.security.door import Asking
from api.security.security import Security
from api.timeline import SINGLE, History, fold, pack, parts, unpack
from engine.errors import Problem
from engine.record import Record

Document = dict[str, Any]
_STORED = "POST /patients/{patient}/entries"
_WITHOUT_ORIGIN = ("goals", "consents", "reviewed")


@dataclass(frozen=True, slots=True)
class Version:
    """Which resource of whose, in which version. source: the same for all of its versions. key: one version of it. whole: its bytes."""

    source: str
    key: bytes
    whole: bytes
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one resource. new: whether something was written down. issues: what is to be said of it."""

    new: bool
    entry: str | None
    issues: tuple[Document, ...]


def take(security: Security, asking: Asking, resource: Document, root: str) -> Taken:
    """Tell what a resource says to the timeline of its patient. root: the address of our FHIR endpoint. Raises Rejected, Refused."""
    service, name = security.service, _patient(resource)
    patient = stored_id(service, asking.principal.tenant, name)
    if patient is None or not may(security, asking, _STORED, patient):
        do = "POST /patients makes one, under the id that your record gives them."
        what = "There is no such patient, or you are not on their team."
        raise Rejected(404, "patient-unknown", [Problem("/subject", "patient-unknown", what, do)])
    version = _version(asking, patient, resource)
    with stored():
        history = about(service.journal.ready(), patient) or []
    read = reading.read(service.base, [_of_them(resource, name)], name, root=root, before=_understood(asking, history))
    remarks = [issue("warning", "not-supported", f"{item.reference}: {item.what}", item.reason) for item in read.unread]
    mistaken = resource.get("status") == "entered-in-error"
    items = [] if mistaken else list(_items(read.record))
    with stored():
        if _superseded(history, version):
            return Taken(False, None, (issue("information", "informational", "A later version of it is known.", "superseded"),))
        if not items and not mistaken and not _told(history, version.source):
            raise Rejected(
                422,
                "body-refused",
                [Problem("", "nothing-understood", "Nothing in it is understood.", "GET /fhir/metadata says what is read.")],
            )
        told = {"act": "append", "items": items, "whole": all(item.harmless for item in read.unread)}
        receipt = _append(service.journal, patient, told, version)
        for number, item in enumerate(_told(history, version.source, but=receipt.id)):
            held = pack({"act": "retract", "of": item})
            request = Request(hashlib.sha256(version.key + b"%d" % number).digest(), hashlib.sha256(item.encode()).digest())
            service.journal.append(Draft("told", {}, held, subject=patient, request=request))
    said = "It had come before." if receipt.again else "It is written down."
    return Taken(not receipt.again, receipt.id, (issue("information", "informational", said, "told"), *remarks))


def answer(taken: Taken) -> Document:
    return outcome(taken.issues)


def _patient(resource: Document) -> str:
    """The id, or the identifier, of whom a resource is about."""
    subject = resource.get("subject", resource.get("patient"))
    if isinstance(subject, dict):
        match = SUBJECT.match(subject["reference"]) if isinstance(subject.get("reference"), str) else None
        if match is not None:
            return match["id"]
        identifier = subject.get("identifier")
        if isinstance(identifier, dict) and isinstance(identifier.get("value"), str) and identifier["value"]:
            return str(identifier["value"])
    raise wrong("/subject", "subject-unexpected", "It does not say which patient it is about.", "Send a reference to Patient/id.")


def _of_them(resource: Document, name: str) -> Document:
    """The resource as one about the patient whom its identifier names, which only the store can resolve."""
    field = "subject" if "subject" in resource else "patient"
    return resource if "reference" in resource[field] else resource | {field: {"reference": f"Patient/{name}"}}


def _version(asking: Asking, patient: str, resource: Document) -> Version:
    """A resource without an id, or without a version, is known by its bytes. Ids are those of the system that sends them."""
    whole = hashlib.sha256(json.dumps(resource, sort_keys=True, ensure_ascii=False).encode()).digest()
    meta = resource["meta"] if isinstance(resource.get("meta"), dict) else {}
    updated = moment(meta["lastUpdated"]) if isinstance(meta.get("lastUpdated"), str) else None
    id = resource.get("id")
    source = json.dumps([asking.principal.id, resource["resourceType"], id if isinstance(id, str) else whole.hex()])
    version = meta.get("versionId") or meta.get("lastUpdated") or whole.hex()
    own = json.dumps([asking.principal.tenant, patient, source, version])
    return Version(source, hashlib.sha256(b"fhir\0" + own.encode()).digest(), whole, updated)


def _items(record: Record) -> Iterator[Document]:
    """What a resource tells: of what is said of the person as a whole only that a list was reviewed. Its origin stays with each item."""
    origin = record.origin.model_dump(mode="json") if record.origin else None
    for item in parts(record):
        if item["part"] not in SINGLE or item["part"] == "reviewed":
            value = item["value"]
            own = origin is not None and item["part"] not in _WITHOUT_ORIGIN and "origin" not in value
            yield {"part": item["part"], "value": value | {"origin": origin} if own else value}


def _append(journal: Journal, patient: str, held: Document, version: Version) -> Receipt:
    held |= {"resource": version.source, "updated": version.updated.isoformat() if version.updated else None}
    try:
        return journal.append(Draft("told", {}, pack(held), subject=patient, request=Request(version.key, version.whole)))
    except RequestDiffers:
        do = "Raise meta.versionId when a resource changes."
        what = "This version of it came before, and was another."
        raise Rejected(409, "conflict", [Problem("/meta/versionId", "version-differs", what, do)]) from None


def _superseded(history: History, version: Version) -> bool:
    """Whether a later version is known: what arrives late does not replace what is newer."""
    if version.updated is None:
        return False
    times = [held["updated"] for _, held in _of(history, version.source) if held.get("updated")]
    return any(datetime.fromisoformat(time) > version.updated for time in times)


def _understood(asking: Asking, history: History) -> frozenset[str]:
    """What stands of what this sender told, where all of it was understood, as Type/id: a List of theirs may name it."""
    standing = {item.versions[0].entry for item in fold(history).items.values() if not item.retracted}
    found: dict[str, bool] = {}
    for stored_, packed in history:
        held = unpack(packed) if packed is not None and stored_.kind == "told" else {}
        if held.get("resource"):
            sender, kind, id = json.loads(held["resource"])
            if sender == asking.principal.id:
                found[f"{kind}/{id}"] = bool(held.get("whole")) and stored_.id in standing
    return frozenset(name for name, whole in found.items() if whole)


def _told(history: History, source: str, but: str | None = None) -> list[str]:
    """The items that stand now of what a resource told before."""
    entries = {entry for entry, _ in _of(history, source)} - {but}
    return [item.id for item in fold(history).items.values() if item.versions[0].entry in entries and not item.retracted]


def _of(history: History, source: str) -> Iterator[tuple[str, Document]]:
    for stored_, packed in history:
        if packed is not None and stored_.kind == "told":
            held = unpack(packed)
            if held.get("resource") == source:
                yield stored_.id, held
