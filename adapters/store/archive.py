"""A whole database as one file, the same for SQLite and PostgreSQL: taken while services write, of one moment, with its digest."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, insert, select, text

from adapters.store.connect import Store, StoreFault
from adapters.store.migrate import revision, upgrade

FORMAT = "tandem-store-1"
_AT_ONCE = 500
_NOT_OURS = "alembic_version"  # the archive names the revision, and restoring makes it


def backup(store: Store, path: Path) -> int:
    """Write every row to a file, whole or not at all. Returns how many. Raises StoreFault."""
    at = revision(store)
    if at is None:
        raise StoreFault("store-empty: there is nothing to back up")
    draft = path.with_name(path.name + ".part")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
            with store.reading() as connection, gzip.GzipFile(fileobj=file, mode="wb", compresslevel=5, mtime=0) as packed:
                count = _write(connection, at, packed.write)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StoreFault(f"archive-write: {type(error).__name__}") from None
    return count


def _write(connection: Connection, at: str, out: Callable[[bytes], Any]) -> int:
    whole, count = hashlib.sha256(), 0

    def line(value: Any) -> None:
        data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        whole.update(data)
        out(data)

    line({"format": FORMAT, "revision": at})
    for table in _tables(connection):
        found = connection.execute(select(table).order_by(*table.primary_key).execution_options(yield_per=_AT_ONCE))
        for row in found:
            line([table.name, {name: _packed(value) for name, value in row._mapping.items()}])
            count += 1
    line({"rows": count, "sha256": whole.hexdigest()})
    return count


def restore(store: Store, path: Path) -> int:
    """Fill an empty database from a file that is whole. Returns how many rows. Raises StoreFault."""
    at = check(path)
    if revision(store) is not None:
        with store.reading() as connection:
            if any(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in _tables(connection)):
                raise StoreFault("store-not-empty: only an empty database can be restored into")
    upgrade(store, at)
    count = 0
    with store.writing() as connection:
        tables = {table.name: table for table in _tables(connection)}
        for name, rows in _batches(path):
            if name not in tables:
                raise _broken()
            connection.execute(insert(tables[name]), rows)
            count += len(rows)
        _go_on_counting(connection, tables.values())
    upgrade(store)
    return count


def check(path: Path) -> str:
    """The revision of an archive that is whole. Raises StoreFault."""
    whole, before, head, last = hashlib.sha256(), b"", b"", b""
    try:
        with gzip.open(path, "rb") as lines:
            for line in lines:
                whole.update(before)
                before, head, last = line, head or line, line
        first, end = json.loads(head), json.loads(last)
        sound = first["format"] == FORMAT and end["sha256"] == whole.hexdigest()
        at: str = first["revision"]
    except (OSError, EOFError, ValueError, KeyError, TypeError, gzip.BadGzipFile):
        raise _broken() from None
    if not sound:
        raise _broken()
    return at


def _broken() -> StoreFault:
    return StoreFault("archive-broken: this is not a whole archive of a store")


def _tables(connection: Connection) -> list[Table]:
    """As they are in this database, whoever declared them; what others refer to first."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name != _NOT_OURS)
    return found.sorted_tables


def _batches(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    name, rows = "", list[dict[str, Any]]()
    with gzip.open(path, "rb") as lines:
        for line in lines:
            value = json.loads(line)
            if not isinstance(value, list):
                continue
            if rows and (value[0] != name or len(rows) == _AT_ONCE):
                yield name, rows
                rows = []
            name = value[0]
            rows.append({column: _unpacked(item) for column, item in value[1].items()})
    if rows:
        yield name, rows


def _packed(value: Any) -> Any:
    match value:
        case bytes() | memoryview():
            return {"b": b64encode(bytes(value)).decode()}
        case datetime():
            return {"t": value.isoformat()}
        case date():
            return {"d": value.isoformat()}
        case dict() | list():
            return {"j": value}
    return value


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, held),) = value.items()
    read: dict[str, Callable[[Any], Any]] = {"b": b64decode, "t": datetime.fromisoformat, "d": date.fromisoformat, "j": lambda item: item}
    return read[kind](held)


def _go_on_counting(connection: Connection, tables: Any) -> None:
    """Rows that came with their numbers do not move PostgreSQL's counters; the next row would take a number that is taken."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        for column in table.primary_key:
            counter = connection.execute(text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": table.name, "c": column.name}).scalar()
            last = connection.execute(select(func.max(column))).scalar() if counter else None
            if last is not None:
                connection.execute(text("SELECT setval(:counter, :last)"), {"counter": counter, "last": last})
