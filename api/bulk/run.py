"""What a population run is, as it lies in its folder: all that it takes to go on with it after anything."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from adapters.fhir.bulk.files import folder, put
from api.recording import MAIN
from api.security.principal import Principal

Whose = Literal["tenant", "team"]


class Run(BaseModel):
    """as_of: of every decision. release: its digest. begun: of stored patients, what was told until then is known.

    stored: whose stored patients it is about, all of the tenant's or those on whose care team the actor is; None for an export.
    organisation, programmes: who will read it, as a system is registered. actor: who asked for it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    as_of: datetime
    release: str
    begun: datetime
    stored: Whose | None = None
    actor: str = "command line"
    tenant: str = MAIN
    organisation: str | None = None
    programmes: tuple[str, ...] = ()

    @property
    def principal(self) -> Principal:
        return Principal(self.actor, "system", self.tenant, frozenset({"ehr_client"}), self.organisation, frozenset(self.programmes))


class Spreading(BaseModel):
    """What came of spreading the export, or of listing the stored patients; written once all of it was.

    files: names of what was read, in order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: tuple[str, ...]
    portions: int
    lines: int
    patients: int
    troubles: int


class Place:
    """The folder that results come to. What is being worked on lies in `.work` inside it, until all is done."""

    def __init__(self, out: Path) -> None:
        self.out, self.work = out, out / ".work"
        self.spread, self.done = self.work / "spread", self.work / "done"
        self.manifest = out / "manifest.json"

    def make(self) -> None:
        for one in (self.out, self.work, self.spread, self.done):
            folder(one)

    @property
    def run(self) -> Run | None:
        """The run that has been begun here and has not ended."""
        found = self._held("run.json")
        return None if found is None else Run.model_validate_json(found)

    def begin(self, run: Run) -> None:
        put(self.work / "run.json", run.model_dump_json().encode())

    @property
    def spreading(self) -> Spreading | None:
        found = self._held("spread.json")
        return None if found is None else Spreading.model_validate_json(found)

    def has_spread(self, found: Spreading) -> None:
        put(self.work / "spread.json", found.model_dump_json().encode())

    @property
    def ending(self) -> dict[str, object] | None:
        """The manifest, once every part is there."""
        found = self._held("manifest.json")
        return None if found is None else json.loads(found)

    def _held(self, name: str) -> bytes | None:
        """Read at once: between looking for a file and opening it, another process may have ended the run."""
        try:
            return (self.work / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
