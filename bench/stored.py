"""Made-up people who are stored, as if each had been told about once; those of `bench.people`."""

from __future__ import annotations

from random import Random

from adapters.journal import Draft
from api.recording import MAIN
from api.settings import Settings
from api.timeline import pack, parts
from api.wiring import Service
from bench.people import person
from bench.workload import AS_OF
from engine.base import KnowledgeBase


def store_people(settings: Settings, count: int, base: KnowledgeBase) -> int:
    """Store so many; how many bytes were told of them."""
    size = 0
    with Service(settings) as service:
        for number in range(count):
            entry = service.journal.entry(service.journal.append(Draft("patient", {}, pack({"identifier": None, "tenant": MAIN}))).id)
            assert entry is not None
            record = person(Random(number), base, AS_OF)
            service.journal.append(Draft("told", {}, pack({"act": "append", "items": parts(record)}), subject=entry.subject))
            size += len(record.model_dump_json(exclude_defaults=True))
    return size
