"""One patient of a population: read, decided, written in the journal, and told, as the reader of the run may see them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from adapters.fhir.bulk.gather import Person
from adapters.fhir.bulk.troubles import Trouble, trouble
from adapters.fhir.reading import Reading, Unread
from adapters.journal import Request
from adapters.store import StoreFault
from api.answers import Answer, decided
from api.bulk.run import Run
from api.bulk.seams import Resource, Seams, Told
from api.problems import Rejected
from api.recording import Asked
from api.security.door import Asking
from api.security.security import Security
from api.shared import Reader, Viewing
from engine.errors import Problem, Refused

_TRIES = 3
_MANY = frozenset({"code-unknown", "not-used"})  # charts are full of it: counted by file, or what matters would drown in it


class Stopped(Refused):
    """The run cannot go on now; begun again with --resume it goes on where it was."""


def stopped(code: str, what: str, do: str) -> Stopped:
    return Stopped([Problem("", code, what, f"{do} Then go on with --resume.")])


class Deciding:
    """For one run, with one service."""

    def __init__(self, security: Security, run: Run, seams: Seams) -> None:
        reader = Reader(Asking(run.principal, "operations"), run.organisation, "professional", alone=True)
        self._view, self._run, self._seams = Viewing(security, reader, "bulk"), run, seams

    def about(self, person: Person) -> tuple[list[Resource], list[Trouble]]:
        """The resources for one patient, and what could not be read of them. Raises Stopped.

        What goes wrong with one patient is told, and no other waits for it.
        """
        if not person.resources:
            return [], list(person.troubles)
        try:
            reading = self._seams.read(self._view.service.base, (*person.resources, *person.alongside), person.patient)
            answer = self._decided(reading, person.patient)
            told = Told(
                str(UUID(bytes=self._digest(person.patient, 0)[:16], version=4)),
                person.patient,
                answer,
                self._visible(reading, answer, person),
                incomplete=any(_open(item, person) for item in reading.unread),
            )
            found = list(self._seams.write(told))
        except Stopped:
            raise
        except StoreFault:
            raise stopped("store-unavailable", "What is stored cannot be reached.", "See docs/operating.md.") from None
        except Refused as refused:
            return [], [*person.troubles, *_refused(refused, person)]
        except Exception:  # noqa: BLE001 - one patient must not cost the others their decision; it is told, and never passed over
            return [], [*person.troubles, _at(person, "not-decided")]
        return found, [*person.troubles, *_unread(reading, person)]

    def _decided(self, reading: Reading, patient: str) -> Answer:
        """A patient who comes again, because the run was interrupted, is the same entry of the journal.

        Where what the reader may see has changed since then, it is another question, and another entry.
        """
        record = reading.record
        asks = hashlib.sha256(record.model_dump_json().encode() + self._run.as_of.isoformat().encode()).digest()
        for attempt in range(_TRIES):
            request = Request(self._digest(patient, attempt), asks)
            try:
                answer = decided(self._view, lambda: record, Asked(self._run.as_of, "en", request=request, tenant=self._run.tenant))
            except Rejected as rejected:
                if rejected.code != "key-reused":
                    raise
                continue
            if answer.kept.state != "recorded":
                raise stopped("journal-failing", "The journal cannot be written.", "See docs/operating.md.")
            return answer
        raise stopped("consent-changing", "What people have said about sharing changes too fast.", "Wait.")

    def _digest(self, patient: str, attempt: int) -> bytes:
        named = json.dumps(["bulk", self._run.tenant, self._run.id, self._run.release, patient, attempt])
        return hashlib.sha256(named.encode()).digest()

    def _visible(self, reading: Reading, answer: Answer, person: Person) -> dict[str, tuple[str, ...]]:
        """What stands behind findings. Where something is withheld, nothing that a label or a finding could give away."""
        if not self._view.see(reading.record, answer.asked).shared.withheld:
            return dict(reading.references)
        known = answer.decision.judgements.findings
        hidden = {_name(item) for item in person.resources if _labelled(item)}
        left = {
            code: tuple(name for name in names if name not in hidden)
            for code, names in reading.references.items()
            if code in known and known[code].low is not None
        }
        return {code: names for code, names in left.items() if names}


def _name(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource.get('id')}"


def _labelled(resource: Resource) -> bool:
    meta: Any = resource.get("meta")
    return bool(isinstance(meta, dict) and meta.get("security"))


def _open(item: Unread, person: Person) -> bool:
    """Whether it may be said to whoever reads the decision: it is about something that carries no label."""
    return item.reason not in _MANY and not any(_name(one) == item.reference and _labelled(one) for one in person.resources)


def _unread(reading: Reading, person: Person) -> Iterator[Trouble]:
    for item in reading.unread:
        file, line = person.places.get(item.reference, (None, None))
        yield Trouble("warning", "incomplete", item.reason, item.what, file, None if item.reason in _MANY else line)


def _refused(refused: Refused, person: Person) -> Iterator[Trouble]:
    for problem in refused.problems:
        file, line = person.places.get(problem.where, (None, None))
        if file is None:
            file, line = next(iter(person.places.values()))
        yield Trouble("error", "invalid", problem.code, f"{problem.what} Nothing was decided for this patient.", file, line)


def _at(person: Person, code: str) -> Trouble:
    file, line = next(iter(person.places.values()))
    return trouble(code, file, line)
