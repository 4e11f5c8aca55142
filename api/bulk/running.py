"""A population run from its beginning, or from where it was interrupted, to its end."""

from __future__ import annotations

import fcntl
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from adapters.crypto import KeyFault
from adapters.fhir.bulk.files import opened, put, settle
from adapters.fhir.bulk.parts import ERRORS, written
from adapters.fhir.bulk.sources import names, sources
from adapters.fhir.bulk.spread import spread
from adapters.journal import JournalFault
from adapters.store import StoreFault
from api.bulk.deciding import stopped
from api.bulk.listing import list_people, portions_for
from api.bulk.run import Place, Run, Spreading
from api.bulk.seams import USUAL, Seams
from api.bulk.workers import deciding, elsewhere, here, told
from api.population import stored_patients
from api.rendering import to_json
from api.security.security import Security
from api.settings import Settings
from api.strict_json import decode
from api.wiring import Service
from engine.errors import Problem, Refused
from engine.timing import instant

_T = TypeVar("_T")


class Progress(Protocol):
    """What is told of how far a run has come: numbers, and never of whom."""

    def reading(self, bytes_of: int) -> None:
        """The export is about to be read; so many bytes, as far as one can tell."""

    def read(self, more: int) -> None:
        """So many more bytes have been read."""

    def deciding(self, patients: int, done: int) -> None:
        """So many patients are there, and so many of them were done before."""

    def decided(self, more: int) -> None:
        """So many more patients are done."""


def begin(source: Path | None, place: Place, run: Run) -> None:
    """Begin a run whose results come to a folder that is new, or empty. source: None for stored patients. Raises Refused, Stopped."""
    if place.run is not None:
        raise _refused("--out", "run-unfinished", "There is a run that has not ended.", "Go on with it: --resume; or name another folder.")
    if place.out.exists() and (not place.out.is_dir() or any(path != place.work for path in place.out.iterdir())):
        raise _refused("--out", "folder-not-empty", "There is something in the folder already.", "Name a new folder.")
    if not run.stored:
        _sources(source, names)
    with told():
        place.make()
        place.begin(run)


def new_run(as_of: datetime, begun: datetime, release: str, **more: Any) -> Run:
    """A run with an id of its own. release: the digest of the one in force."""
    return Run(id=uuid4().hex, as_of=as_of, begun=begun, release=release, **more)


def go_on(
    source: Path | None, place: Place, settings: Settings, release: str, progress: Progress, workers: int = 1, seams: Seams = USUAL
) -> dict[str, Any]:
    """Do what is left to do of the run in a folder, and give its manifest. release: the digest of the one in force.

    Raises Refused, Stopped.
    """
    if place.manifest.is_file():  # it is put there last; only what lies about was left to be removed
        shutil.rmtree(place.work, ignore_errors=True)
        found: dict[str, Any] = decode(place.manifest.read_bytes())
        return found
    run = place.run
    if run is None:
        raise _refused("--resume", "run-missing", "There is no run to go on with.", "Leave --resume out.")
    with told(), _alone(place):
        run = _same_release(place, run, release)
        spreading = place.spreading or (_list(place, run, settings) if run.stored else _spread(source, place, progress))
        parts = [written(place.done, number) for number in range(spreading.portions)]
        left = [number for number, part in enumerate(parts) if part is None]
        progress.deciding(spreading.patients, sum(part.get("GuidanceResponse", 0) for part in parts if part))
        if left and workers == 1:
            with deciding(settings, run, seams) as ready:
                here(left, place, spreading, ready, progress.decided)
        elif left:
            elsewhere(workers, left, place, spreading, run, settings, seams, progress.decided)
        return _end(place, run, spreading)


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Nobody else works on the same run. The lock ends with the process, however that ends."""
    with opened(place.work / "lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise _refused("--out", "run-busy", "Somebody is working on this run now.", "Wait until it ends.") from None
        yield


def _same_release(place: Place, run: Run, release: str) -> Run:
    """A run has one release. What was decided under another is decided anew."""
    if release == run.release or place.ending is not None:
        return run
    shutil.rmtree(place.done, ignore_errors=True)
    place.make()
    found = run.model_copy(update={"release": release})
    place.begin(found)
    return found


def _list(place: Place, run: Run, settings: Settings) -> Spreading:
    """Begun again where it was interrupted."""
    member = run.actor if run.stored == "team" else None
    with Service(settings) as service, closing(Security(service)) as security:
        try:
            count = list_people(stored_patients(security, run.tenant, member), place.spread)
        except (StoreFault, JournalFault, KeyFault):
            raise stopped("store-unavailable", "What is stored cannot be reached.", "See docs/operating.md.") from None
    settle(place.spread)
    result = Spreading(files=(), portions=portions_for(count), lines=0, patients=count, troubles=0)
    place.has_spread(result)
    return result


def _spread(source: Path | None, place: Place, progress: Progress) -> Spreading:
    """Begun again where it was interrupted: it takes little of the time."""
    found, troubles = _sources(source, sources)
    shutil.rmtree(place.spread, ignore_errors=True)
    place.make()
    progress.reading(sum(one.size for one in found))
    done = spread(found, place.spread, troubles, decode, progress.read)
    settle(place.spread)
    files = tuple(one.name for one in found)
    result = Spreading(files=files, portions=done.portions, lines=done.lines, patients=done.patients, troubles=done.troubles)
    place.has_spread(result)
    return result


def _sources(folder: Path | None, look: Callable[[Path], _T]) -> _T:
    if folder is None:
        raise _refused("FOLDER", "export-missing", "It is not said where the export is.", "Name its folder.")
    try:
        found = look(folder)
    except OSError:
        raise _refused("FOLDER", "folder-unreadable", "It cannot be read.", "Name a folder that holds an export.") from None
    if not names(folder):
        raise _refused("FOLDER", "export-missing", "There is no file of NDJSON in it.", "Name a folder with Patient.ndjson and others.")
    return found


def _end(place: Place, run: Run, found: Spreading) -> dict[str, Any]:
    """Everything is there: move it to where it is looked for, the manifest last, and leave nothing else behind."""
    manifest: dict[str, Any] | None = place.ending
    if manifest is None:
        manifest = _manifest(place, run, found)
        put(place.work / "manifest.json", to_json(manifest).encode())
    for entry in (*manifest["output"], *manifest["error"]):
        kind, number, _ = entry["url"].split(".")
        name = f"{kind}.ndjson"
        start = place.spread / "troubles.ndjson" if int(number) == 0 else place.done / f"{int(number) - 1}" / name
        if start.exists():
            start.replace(place.out / entry["url"])
    settle(place.out)
    put(place.manifest, to_json(manifest).encode())
    shutil.rmtree(place.work)
    return manifest


def _manifest(place: Place, run: Run, found: Spreading) -> dict[str, Any]:
    """As a bulk export has it. File 0 of errors holds what was wrong with files and lines, each other one what was with a portion."""
    counted = [(number, written(place.done, number) or {}) for number in range(found.portions)]
    rows = [(kind, f"{kind}.{number + 1:04}.ndjson", counts[kind]) for number, counts in counted for kind in sorted(counts)]
    rows += [(ERRORS, f"{ERRORS}.0000.ndjson", found.troubles)] if found.troubles else []
    entries = [{"type": kind, "url": url, "count": count} for kind, url, count in sorted(rows)]
    told = sum((Counter(counts) for _, counts in counted), Counter({ERRORS: found.troubles}))
    return {
        "transactionTime": instant(run.as_of),
        "request": "tandem bulk",
        "requiresAccessToken": False,
        "output": [entry for entry in entries if entry["type"] != ERRORS],
        "error": [entry for entry in entries if entry["type"] == ERRORS],
        "extension": {
            "run": run.id,
            "release": run.release,
            "patients": found.patients,
            "decided": told["GuidanceResponse"],
            "lines": found.lines,
            "errors": told[ERRORS],
        },
    }


def _refused(where: str, code: str, what: str, do: str) -> Refused:
    return Refused([Problem(where, code, what, do)])
