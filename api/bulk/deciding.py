"""One patient of a population: read, decided, written in the journal, and told, as the reader of the run may see them.

Of a stored patient it is decided from what was known when the run began, whatever is told meanwhile, and however often it is gone on with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from time import sleep
from uuid import UUID

from adapters.fhir.bulk.gather import Person
from adapters.fhir.bulk.troubles import Trouble, trouble
from adapters.fhir.reading import Reading
from adapters.journal import JournalFault, Request, SubjectGone
from adapters.journal.writer import AGAIN
from adapters.store import StoreFault
from api.answers import Answer, decided
from api.bulk.run import Run
from api.bulk.seams import Resource, Seams, Told
from api.deceased import DECEASED, died
from api.patients import folded
from api.problems import Rejected
from api.recording import Asked
from api.security.door import Asking
from api.security.security import Security
from api.shared import Reader, Viewing
from api.timeline import record_at
from engine.errors import Problem, Refused

_TRIES = 3
# Charts are full of it: counted by file, or what matters would drown in it.
_MANY = frozenset({"code-unknown", "not-used", "sex-not-stated"})


class Stopped(Refused):
    """The run cannot go on now; begun again with --resume it goes on where it was."""


def stopped(code: str, what: str, do: str) -> Stopped:
    return Stopped([Problem("run", code, what, f"{do} Then go on with --resume.")])


class Deciding:
    """For one run, with one service."""

    def __init__(self, security: Security, run: Run, seams: Seams) -> None:
        reader = Reader(Asking(run.principal, "operations"), run.organisation, "professional", alone=True)
        self._view, self.run, self._seams = Viewing(security, reader, "bulk"), run, seams
        self._security = security
        self._root = security.settings.fhir_root

    def about(self, person: Person) -> tuple[list[Resource], list[Trouble]]:
        """The resources for one patient, and what could not be read of them. Raises Stopped.

        What goes wrong with one patient is told, and no other waits for it.
        """
        if not person.resources and not self.run.stored:
            return [], list(person.troubles)
        try:
            reading = self._read(person)
            answer = self._decided(reading, person.patient)
            found = list(self._seams.write(self._told(reading, answer, person)))
        except Stopped:
            raise
        except SubjectGone:
            return [], [trouble("patient-gone")]
        except (StoreFault, JournalFault):
            raise stopped("store-unavailable", "What is stored cannot be reached.", "See docs/operating.md.") from None
        except Refused as refused:
            return [], [*person.troubles, *_refused(refused, person)]
        except Exception:  # noqa: BLE001 - one patient must not cost the others their decision; it is told, and never passed over
            return [], [*person.troubles, _at(person, "not-decided")]
        return found, [*person.troubles, *_unread(reading, person)]

    def _read(self, person: Person) -> Reading:
        service, run = self._view.service, self.run
        if run.stored is None:
            return self._seams.read(service.base, (*person.resources, *person.alongside), person.patient, self._root)
        if run.stored == "team" and not self._security.on_team(run.principal, person.patient):
            raise SubjectGone
        return Reading(record_at(folded(service, person.patient), run.as_of, run.begun), {}, ())

    def _told(self, reading: Reading, answer: Answer, person: Person) -> Told:
        shared = answer.seen.shared
        shown = self._seams.disclosed(self._view.service.base, person.resources, person.patient, self._root, shared)
        named = str(UUID(bytes=self._digest(person.patient, 0)[:16], version=4))
        lost = (item for item in reading.unread if item.reason not in (*_MANY, DECEASED))
        incomplete = any(shown is None or item.reference in shown for item in lost)
        gone = died(reading, whole=shown is None)
        return Told(self._root, named, person.patient, answer, _only(reading.references, shown), incomplete, gone)

    def _decided(self, reading: Reading, patient: str) -> Answer:
        """A patient who comes again, because the run was interrupted, is the same entry of the journal.

        Where what the reader may see has changed since then, it is another question, and another entry.
        """
        record = reading.record
        subject = patient if self.run.stored else None
        asks = hashlib.sha256(record.model_dump_json().encode() + self.run.as_of.isoformat().encode()).digest()
        for attempt in range(_TRIES):
            request = Request(self._digest(patient, attempt), asks)
            try:
                asked = Asked(self.run.as_of, "en", subject=subject, request=request, tenant=self.run.tenant)
                answer = decided(self._view, lambda: record, asked)
            except Rejected as rejected:
                if rejected.code != "key-reused":
                    raise
                continue
            if answer.kept.state == "recorded":
                return answer
            sleep(2 * AGAIN)  # others may write much now
        raise stopped("journal-failing", "The journal cannot be written.", "See docs/operating.md.")

    def _digest(self, patient: str, attempt: int) -> bytes:
        named = json.dumps(["bulk", self.run.tenant, self.run.id, self.run.release, patient, attempt])
        return hashlib.sha256(named.encode()).digest()


def _only(references: Mapping[str, tuple[str, ...]], shown: frozenset[str] | None) -> dict[str, tuple[str, ...]]:
    """Without what may not even be named."""
    left = {code: tuple(name for name in names if shown is None or name in shown) for code, names in references.items()}
    return {code: names for code, names in left.items() if names}


def _unread(reading: Reading, person: Person) -> Iterator[Trouble]:
    for item in reading.unread:
        file, line = person.places.get(item.reference, (None, None))
        yield Trouble("warning", "incomplete", item.reason, item.what, file, None if item.reason in _MANY else line)


def _refused(refused: Refused, person: Person) -> Iterator[Trouble]:
    for problem in refused.problems:
        file, line = person.places.get(problem.where) or _place(person)
        yield Trouble("error", "invalid", problem.code, f"{problem.what} Nothing was decided for this patient.", file, line)


def _at(person: Person, code: str) -> Trouble:
    return trouble(code, *_place(person))


def _place(person: Person) -> tuple[str, int | None]:
    """Where the first of it stands."""
    return next(iter(person.places.values()), (f"Patient/{person.patient}", None))
