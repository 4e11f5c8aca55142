"""Journals for tests, on each kind of database, with a clock that is moved by hand; and how they are damaged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from clocks import Clock
from sqlalchemy import text

from adapters.journal import Draft, Journal
from adapters.journal.entries import Signed
from adapters.journal.export import stored
from adapters.journal.verify import Report, verify

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def journal(url: str, tmp_path: Path, clock: Clock) -> Iterator[Journal]:
    found = Journal(url, tmp_path / "keys.json", clock)
    yield found
    found.close()


def decided(journal: Journal, count: int = 1, **more: object) -> list[str]:
    return [journal.append(Draft("decision", {"number": n}, b"private", **{"person": "maya", **more})).id for n in range(count)]  # type: ignore[arg-type]


def checked(journal: Journal, *witnesses: Signed) -> Report:
    opened = journal.opened()
    with stored(opened.store) as rows:
        return verify(rows, opened.keyring.publics, witnesses)


def codes(report: Report) -> set[str]:
    return {problem.code for problem in report.problems}


def changed(journal: Journal, *statements: str, **values: object) -> None:
    """What somebody with all rights on the database can do."""
    opened = journal.opened()
    tables = ("journal_entry", "journal_checkpoint")
    with opened.store.writing() as connection:
        for table in tables:
            if opened.store.dialect == "postgresql":
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            else:
                for change in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{change}"))
        for statement in statements:
            connection.execute(text(statement), values)
