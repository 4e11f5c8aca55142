"""The journal of disagreements between the two engines: entries are added, never changed, and survive a crash.

One SQLite file. An entry holds what it takes to repeat a disagreement: codes and ranges of findings, no person, no dates
and no text. It is still about somebody's health, so only the owner of the process can read the file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateTable
from sqlmodel import Field, Session, SQLModel, create_engine, select

FILE = "journal.sqlite3"
_BUSY_MS = 2000
Ends = tuple[int | float, int | float]
Truths = tuple[bool | None, bool | None]


class JournalFault(RuntimeError):
    """The journal cannot be read or written; says which step failed, never what was to be written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """at: when it was noticed, RFC 3339. findings: code -> lowest and highest value. truths: rule -> reference's, durable's."""

    at: str
    release: str
    digest: str
    findings: Mapping[str, Ends]
    truths: Mapping[str, Truths]


class _Row(SQLModel, table=True):
    """How an entry is stored. SQLModel does not validate table models: rows are built here only, from an `Entry`."""

    __tablename__ = "disagreement"
    id: int | None = Field(default=None, primary_key=True)
    at: str
    release: str
    digest: str
    findings: str
    truths: str


_TABLE = SQLModel.metadata.tables["disagreement"]
_ONLY_ADDED = tuple(
    f"CREATE TRIGGER IF NOT EXISTS no_{change.lower()} BEFORE {change} ON disagreement BEGIN SELECT RAISE(ABORT, 'append only'); END"
    for change in ("UPDATE", "DELETE")
)
_opening = Lock()


def append(folder: Path, entry: Entry) -> None:
    """Add an entry; it is on the disk when this returns. Raises JournalFault."""
    row = _Row(
        at=entry.at,
        release=entry.release,
        digest=entry.digest,
        findings=json.dumps(dict(entry.findings), sort_keys=True),
        truths=json.dumps(dict(entry.truths), sort_keys=True),
    )
    try:
        with Session(_engine(folder)) as session:
            session.add(row)
            session.commit()
    except (SQLAlchemyError, OSError) as error:
        raise JournalFault(f"journal-append: {type(error).__name__}") from None


def entries(folder: Path) -> tuple[Entry, ...]:
    """Every entry, oldest first. Raises JournalFault."""
    try:
        with Session(_engine(folder)) as session:
            return tuple(_entry(row) for row in session.exec(select(_Row).order_by(text("id"))))
    except (SQLAlchemyError, OSError) as error:
        raise JournalFault(f"journal-read: {type(error).__name__}") from None


def check(folder: Path) -> None:
    """Raises JournalFault when an entry could not be added now."""
    try:
        with _engine(folder).connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.rollback()
    except (SQLAlchemyError, OSError) as error:
        raise JournalFault(f"journal-write: {type(error).__name__}") from None


def _entry(row: _Row) -> Entry:
    findings = {code: (low, high) for code, (low, high) in json.loads(row.findings).items()}
    truths = {rule: (one, other) for rule, (one, other) in json.loads(row.truths).items()}
    return Entry(row.at, row.release, row.digest, findings, truths)


def _engine(folder: Path) -> Engine:
    with _opening:
        if not (folder / FILE).exists():  # somebody took it away: a file that has no name any more keeps nothing
            _opened.cache_clear()
        return _opened(folder)


@lru_cache(maxsize=8)
def _opened(folder: Path) -> Engine:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / FILE
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_MS / 1000}, poolclass=NullPool)
    event.listen(engine, "connect", _settle)
    with engine.begin() as connection:
        connection.execute(CreateTable(_TABLE, if_not_exists=True))
        for trigger in _ONLY_ADDED:
            connection.exec_driver_sql(trigger)
    return engine


def _settle(connection: Any, _: object) -> None:
    """Every connection writes through to the disk; SQLite says back what it really does."""
    cursor = connection.cursor()
    mode = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    cursor.execute("PRAGMA synchronous=FULL")
    full = cursor.execute("PRAGMA synchronous").fetchone()[0]
    cursor.close()
    if mode != "wal" or full != 2:
        raise OSError("SQLite does not write through")
