"""`make bulk SIZE=n`: population runs over n times 100 made-up patients: patients and megabytes a second, and peak memory.

First everything, with decisions and journal, for an export and for stored patients; then, for ten times as many people, only
what lies between the files of the export, or the database, and the people. Each run has processes of its own, so that each
peak is that of the run alone.
"""

from __future__ import annotations

import base64
import os
import resource
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.fhir.bulk.gather import gather
from adapters.fhir.bulk.sources import sources
from adapters.fhir.bulk.spread import spread
from api.bulk.progress import Lines
from api.bulk.run import Place
from api.bulk.running import begin, go_on, new_run
from api.patients import folded
from api.population import stored_patients
from api.recording import MAIN
from api.security.security import Security
from api.settings import Settings
from api.strict_json import decode
from api.timeline import record_at
from api.wiring import Service
from bench.exports import write_export
from bench.stored import store_people
from bench.workload import AS_OF
from knowledge.load import load

_KEY = base64.b64encode(bytes(range(32))).decode()


def settings_in(work: Path) -> Settings:
    """Those of a run whose database and results lie in a folder."""
    return Settings.model_validate({"data": work / "data", "secret_key": _KEY})


def decided(source: Path | None, work: Path, workers: int) -> int:
    """A whole run. Gives the number of patients."""
    settings, release, place = settings_in(work), load().release.digest, Place(work / "out")
    begin(source, place, new_run(AS_OF, datetime.now(UTC), release, stored=None if source else "tenant"))
    told = go_on(source, place, settings, release, Lines(), workers)["extension"]
    assert told["decided"] == told["patients"]
    return int(told["decided"])


def read(source: Path, work: Path, _: int) -> int:
    """Only spread and gathered."""
    found, troubles = sources(source)
    done = spread(found, work, troubles, decode)
    names = [one.name for one in found]
    return sum(1 for portion in range(done.portions) for _ in gather(work, portion, names))


def stored(_: Path, work: Path, workers: int) -> int:
    """A whole run over stored patients."""
    return decided(None, work, workers)


def listed(_: Path, work: Path, __: int) -> int:
    """Stored patients listed, and each one's timeline made a record."""
    with Service(settings_in(work)) as service, closing(Security(service)) as security:
        records = (record_at(folded(service, id), AS_OF, None) for id in stored_patients(security, MAIN))
        return sum(1 for _ in records)


def _own_peak() -> int:
    """Kilobytes. What getrusage says of a process is never less than its parent had when it started."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


def main(size: int) -> None:
    """Print a line for each run."""
    base, cores = load(), os.cpu_count() or 1
    whole = [(what, size * 100, workers) for what in ("decided", "stored") for workers in (1, cores)]
    for what, count, workers in (*whole, *((what, size * many, 1) for what in ("read", "listed") for many in (100, 1000))):
        with TemporaryDirectory() as name:
            source, work = Path(name) / "in", Path(name) / "work"
            work.mkdir()
            there = what in ("stored", "listed")
            bytes_of = store_people(settings_in(work), count, base) if there else write_export(source, count, base)
            command = [sys.executable, "-m", "bench.bulk", what, str(source), str(work), str(workers)]
            before = time.perf_counter()
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
            taken = time.perf_counter() - before
            assert int(done[0]) == count
            used = float(done[2]) / count * 1000
            figures = f"{count / taken:8.1f} patients/s {bytes_of / taken / 1e6:7.2f} MB/s   peak {int(done[1]) / 1024:6.0f} MB"
            print(
                f"  {what:8}{count:7} patients {bytes_of / 1e6:8.1f} MB  {workers} processes {used:6.1f} ms of CPU each {figures}",
                flush=True,
            )


if __name__ == "__main__":
    if len(sys.argv) == 5:
        work = {"decided": decided, "stored": stored, "read": read, "listed": listed}[sys.argv[1]]
        count = work(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
        usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        print(count, max(_own_peak(), usage[1].ru_maxrss), sum(one.ru_utime + one.ru_stime for one in usage))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
