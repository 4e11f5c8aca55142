"""`make bulk SIZE=n`: population runs over n times 100 made-up patients: patients and megabytes a second, and peak memory.

First everything, with decisions and journal; then, for ten times as many people, only what lies between the files of the
export and the people in it. Each run has processes of its own, so that each peak is that of the run alone.
"""

from __future__ import annotations

import base64
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.fhir.bulk.gather import gather
from adapters.fhir.bulk.sources import sources
from adapters.fhir.bulk.spread import spread
from api.bulk.progress import Lines
from api.bulk.run import Place
from api.bulk.running import begin, go_on, new_run
from api.settings import Settings
from api.strict_json import decode
from bench.exports import write_export
from bench.workload import AS_OF
from knowledge.load import load

_KEY = base64.b64encode(bytes(range(32))).decode()


def decided(source: Path, work: Path, workers: int) -> int:
    """A whole run. Gives the number of patients."""
    settings = Settings.model_validate({"data": work / "data", "secret_key": _KEY})
    release, place = load().release.digest, Place(work / "out")
    begin(source, place, new_run(AS_OF, datetime.now(UTC), release))
    told = go_on(source, place, settings, release, Lines(), workers)["extension"]
    assert told["decided"] == told["patients"]
    return int(told["decided"])


def read(source: Path, work: Path, _: int) -> int:
    """Only spread and gathered."""
    found, troubles = sources(source)
    done = spread(found, work, troubles, decode)
    names = [one.name for one in found]
    return sum(1 for portion in range(done.portions) for _ in gather(work, portion, names))


def main(size: int) -> None:
    """Print a line for each run."""
    base = load()
    rows = (("decided", size * 100, 1), ("decided", size * 100, os.cpu_count() or 1), ("read", size * 100, 1), ("read", size * 1000, 1))
    for what, count, workers in rows:
        with TemporaryDirectory() as name:
            source = Path(name) / "in"
            bytes_of = write_export(source, count, base)
            (Path(name) / "work").mkdir()
            command = [sys.executable, "-m", "bench.bulk", what, str(source), str(Path(name) / "work"), str(workers)]
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
        work = {"decided": decided, "read": read}[sys.argv[1]]
        count = work(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
        usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        print(count, max(one.ru_maxrss for one in usage), sum(one.ru_utime + one.ru_stime for one in usage))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
