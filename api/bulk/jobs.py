"""Population runs that were asked for over HTTP: each a folder, so that they outlive the process that works on them.

A job is its folder: `job.json` says whose it is, `out` is the run, `manifest.json` in it says that it has ended, and
`ended.json` why it never will. What works on it is another process, and holds a lock while it does.
"""

from __future__ import annotations

import json
import re
import shutil
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict

from adapters.fhir.bulk.files import folder, put
from api.bulk import seams
from api.bulk.job_process import ENDED, PROGRESS, STOPPED, serve
from api.bulk.run import Place, Whose
from api.bulk.running import begin, new_run
from api.security.principal import Principal
from api.security.security import Security
from engine.errors import Problem, Refused

STORED = "stored"  # in place of the name of an export: the patients who are stored here, on whose care team the system is
KEPT = timedelta(hours=24)  # in which the results of a job can be had
REST = 30.0  # seconds after which a job that could not go on is tried again
_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ID = re.compile(r"[0-9a-f]{32}")


class TooMany(Exception):
    """As many jobs as may run at once are running."""


class Job(BaseModel):
    """source: the name of the folder that it reads, or STORED."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    tenant: str
    client: str
    source: str
    begun: datetime


class State(BaseModel):
    """manifest: once it has ended well. code: why it never will. progress: how far it is, in words of our own."""

    manifest: dict[str, Any] | None = None
    until: datetime | None = None
    code: str | None = None
    progress: str = "waiting"


class Jobs:
    """Those of one installation. Its processes end with this one, and the jobs are gone on with by whoever is asked for them."""

    def __init__(self, security: Security) -> None:
        self._security, self._settings, self._now = security, security.settings, security.moment
        self._folder = self._settings.data / "bulk"
        self._own: dict[str, tuple[Any, Connection]] = {}
        self._lock = threading.Lock()

    def begin(self, who: Principal, source: str, as_of: datetime) -> Job:
        """Raises Refused (`source-unknown` and what a run refuses), TooMany."""
        stored: Whose | None = "team" if source == STORED else None
        path = None if stored else self._source(who.tenant, source)
        with self._lock:
            self._forget_old()
            if len(self._unended()) >= self._settings.bulk_jobs:
                raise TooMany
            now = self._now()
            job = Job(id=uuid4().hex, tenant=who.tenant, client=who.id, source=source, begun=now)
            reads = {"actor": who.id, "tenant": who.tenant, "organisation": who.organisation, "programmes": tuple(sorted(who.programmes))}
            new = folder(self._folder / f"{job.id}.new")
            begin(path, Place(new / "out"), new_run(as_of, now, self._security.service.base.release.digest, stored=stored, **reads))
            put(new / "job.json", job.model_dump_json().encode())
            new.rename(self._folder / job.id)
            self._start(job)
        return job

    def find(self, who: Principal, id: str) -> Job | None:
        """A job of the own tenant: its own, or any where one administers. None for every other, as if there were none."""
        job = self._read(id)
        mine = job is not None and job.tenant == who.tenant and (job.client == who.id or "administrator" in who.roles)
        return job if mine else None

    def state(self, job: Job) -> State:
        """How far it is. One that nobody works on is gone on with."""
        own, out = self._folder / job.id, Place(self._folder / job.id / "out")
        if out.manifest.is_file():
            ended = datetime.fromtimestamp(out.manifest.stat().st_mtime, self._now().tzinfo)
            return State(manifest=json.loads(out.manifest.read_bytes()), until=ended + KEPT)
        if (reason := _said(own / ENDED)) is not None:
            return State(code=str(reason["code"]))
        with self._lock:
            if not self._rests(job):
                self._start(job)
        stopped, said = _said(own / STOPPED), _said(own / PROGRESS)
        if stopped is not None:
            return State(progress=f"stopped by {stopped['code']}, goes on by itself")
        return State(progress=f"{said['done']} of {said['patients']} patients" if said else "reading")

    def file(self, job: Job, name: str) -> Path | None:
        """A file of the results, if the manifest names it."""
        manifest = self.state(job).manifest or {"output": [], "error": []}
        known = {entry["url"] for entry in (*manifest["output"], *manifest["error"])}
        return self._folder / job.id / "out" / name if name in known else None

    def cancel(self, job: Job) -> None:
        """Nothing of it is kept. What works on it finds its folder gone, and ends."""
        with self._lock:
            self._end(job.id)
            gone = self._folder / f"{job.id}.gone"
            with suppress(FileNotFoundError):
                (self._folder / job.id).rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def resume(self) -> None:
        """Go on with what was interrupted."""
        with self._lock:
            self._forget_old()
            for job in self._unended():
                self._start(job)

    def close(self) -> None:
        """End what works on jobs; they are gone on with later."""
        with self._lock:
            for id in list(self._own):
                self._end(id)

    def _source(self, tenant: str, name: str) -> Path:
        """One of the folders that the operator has put there for this tenant, by its name. No path is made of what was sent."""
        of_tenant = _inside(self._settings.bulk, tenant)
        found = _inside(of_tenant, name) if _SOURCE.fullmatch(name) else None
        if found is None:
            do = "Ask the operator for the names; they stand in the folder that TANDEM_BULK names."
            raise Refused([Problem("query source", "source-unknown", "There is no such export here.", do)])
        return found

    def _start(self, job: Job) -> None:
        process = self._own.get(job.id)
        if process is not None and process[0].is_alive():
            return
        self._end(job.id)
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        release, bulk = self._security.service.base.release.digest, self._settings.bulk
        source = bulk / job.tenant / job.source if bulk and job.source != STORED else None
        arguments = (theirs, self._folder / job.id, source, self._settings, release, seams.USUAL)
        found = context.Process(target=serve, args=arguments, daemon=True)
        found.start()
        theirs.close()
        self._own[job.id] = (found, ours)

    def _end(self, id: str) -> None:
        process, pipe = self._own.pop(id, (None, None))
        if process is not None and pipe is not None:
            pipe.close()
            process.terminate()
            process.join(10)

    def _rests(self, job: Job) -> bool:
        try:
            stopped = (self._folder / job.id / STOPPED).stat().st_mtime
        except FileNotFoundError:
            return False
        return self._now().timestamp() - stopped < REST

    def _unended(self) -> list[Job]:
        found = [job for path in self._each() if (job := self._read(path.name)) is not None]
        return [job for job in found if not (self._folder / job.id / ENDED).exists() and not self._manifest(job.id).exists()]

    def _each(self) -> list[Path]:
        return sorted(self._folder.iterdir()) if self._folder.is_dir() else []

    def _manifest(self, id: str) -> Path:
        return Place(self._folder / id / "out").manifest

    def _read(self, id: str) -> Job | None:
        if not _ID.fullmatch(id):
            return None
        try:
            return Job.model_validate_json((self._folder / id / "job.json").read_bytes())
        except (FileNotFoundError, ValueError):
            return None

    def _forget_old(self) -> None:
        """What ended long ago, was cancelled, or was never quite begun."""
        for path in self._each():
            ends = (self._manifest(path.name), path / ENDED, *((path,) if path.suffix == ".new" else ()))
            times = [end.stat().st_mtime for end in ends if end.exists()]
            if path.suffix == ".gone" or (times and self._now().timestamp() - max(times) > KEPT.total_seconds()):
                shutil.rmtree(path, ignore_errors=True)


def _inside(parent: Path | None, name: str) -> Path | None:
    """The folder of this name, among those that are there."""
    if parent is None or not parent.is_dir():
        return None
    return next((path for path in parent.iterdir() if path.name == name and path.is_dir() and not path.is_symlink()), None)


def _said(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return found
