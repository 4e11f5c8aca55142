"""What comes of one portion: files of NDJSON by type, which appear together once all of them are on the disk."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from adapters.fhir.bulk.files import close, drop, folder, line, opened, put, settle

COUNTS = "counts.json"
ERRORS = "OperationOutcome"


class Part:
    """A context manager: what was written is there when it ends without an error, and else nothing is."""

    def __init__(self, done: Path, number: int) -> None:
        self._place = done / f"{number}"
        self._beside = done / f"{number}.{os.getpid()}.new"
        self._streams: dict[str, BinaryIO] = {}
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        shutil.rmtree(self._beside, ignore_errors=True)
        folder(self._beside)
        return self

    def write(self, resource: dict[str, Any]) -> None:
        """Add one resource to the file of its type. Raises OSError."""
        kind = resource["resourceType"]
        if kind not in self._streams:
            self._streams[kind] = opened(self._beside / f"{kind}.ndjson")
        self._streams[kind].write(line(resource))
        self.counts[kind] += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                for stream in self._streams.values():
                    close(stream)
                put(self._beside / COUNTS, json.dumps(self.counts).encode())
                if not self._place.exists():  # a process that should have ended may have been faster; it wrote the same
                    self._beside.rename(self._place)
                settle(self._place.parent)
        finally:
            for stream in self._streams.values():
                drop(stream)
            shutil.rmtree(self._beside, ignore_errors=True)


def written(done: Path, number: int) -> dict[str, int] | None:
    """How many resources of each type a part holds; None while it is not there."""
    try:
        counts: dict[str, int] = json.loads((done / f"{number}" / COUNTS).read_bytes())
    except FileNotFoundError:
        return None
    return counts
