"""Bulk exports of made-up people, as an EHR would write them: a file for each type, all patients mixed in each.

The same numbers are the same export, to the byte: each person has one of the charts of `bench.charts`.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import BinaryIO

from bench.charts import Resource, chart
from bench.workload import AS_OF
from engine.base import KnowledgeBase

SIZE = 80  # resources of one person


def write_export(folder: Path, count: int, base: KnowledgeBase) -> int:
    """Write the export of so many people; how many bytes it has."""
    folder.mkdir(parents=True, exist_ok=True)
    streams: dict[str, BinaryIO] = {}
    counts: dict[str, int] = {}
    waiting: list[list[Resource]] = []
    size = 0
    for number in range(count):
        waiting.append(chart(number, base, SIZE))
        if len(waiting) == 50 or number == count - 1:  # so that no patient's resources stand together
            for resource in _mixed(waiting, Random(number)):
                kind = resource["resourceType"]
                streams[kind] = streams.get(kind) or (folder / f"{kind}.ndjson").open("wb")
                line = json.dumps(resource, separators=(",", ":")).encode() + b"\n"
                streams[kind].write(line)
                counts[kind] = counts.get(kind, 0) + 1
                size += len(line)
            waiting = []
    for stream in streams.values():
        stream.close()
    output = [{"type": kind, "url": f"https://ehr.example/bulk/{kind}.ndjson", "count": counts[kind]} for kind in sorted(counts)]
    manifest = {"transactionTime": AS_OF.isoformat(), "request": "https://ehr.example/$export", "requiresAccessToken": True}
    (folder / "manifest.json").write_text(json.dumps(manifest | {"output": output, "error": []}))
    return size


def _mixed(waiting: list[list[Resource]], rng: Random) -> list[Resource]:
    found = [resource for one in waiting for resource in one]
    rng.shuffle(found)
    return found
