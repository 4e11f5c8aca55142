"""What is measured: the real knowledge base, and records with about as many facts as an intake has."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from random import Random

from engine.base import KnowledgeBase
from engine.record import Record
from tests.random_records import record

AS_OF = datetime(2026, 11, 23, 16, tzinfo=UTC)
EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.json"))


def facts(item: Record) -> int:
    """How many single things a record says."""
    answers = sum(len(given.items) or 1 for given in item.instruments)
    points = sum(len(series.points) for series in item.series)
    return len(item.findings) + answers + points + len(item.conditions) + len(item.medications) + len(item.allergies) + len(item.events)


def records(base: KnowledgeBase, count: int, seed: int = 0, about: int = 60) -> list[Record]:
    """Random records with `about` facts, a sixth more or less."""
    rng = Random(seed)
    found: list[Record] = []
    while len(found) < count:
        item = record(rng, base, AS_OF)
        if about * 5 / 6 <= facts(item) <= about * 7 / 6:
            found.append(item)
    return found


def examples() -> list[Record]:
    """The records that the docs show."""
    return [Record.model_validate_json(path.read_bytes()) for path in EXAMPLES]
