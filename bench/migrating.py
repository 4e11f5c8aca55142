"""`python -m bench.migrating N`: every revision of the tables down and up again, with N rows in each table, on both databases."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Column, Integer, LargeBinary, MetaData, Table, insert, select

from adapters.store import Store, downgrade, upgrade
from adapters.store.migrate import FOLDER
from adapters.store.tables import METADATA
from bench.serving import places

_AT_ONCE = 1000
Seen = dict[str, dict[str, str]]  # table -> column -> digest of all its values


def fill(store: Store, size: int) -> None:
    """Rows that are told apart by a number; one that refers to another refers to the row of its own number."""
    for table in METADATA.sorted_tables:
        for begin in range(0, size, _AT_ONCE):
            rows = [
                {column.name: _value(column, number) for column in table.columns} for number in range(begin, min(begin + _AT_ONCE, size))
            ]
            with store.writing() as connection:
                connection.execute(insert(table), rows)


def _value(column: Column[Any], number: int) -> Any:
    match column.type:
        case Boolean():
            return number % 2 == 0
        case Integer():
            return number
        case LargeBinary():
            return number.to_bytes(32, "big")
        case _:
            return f"{number:08}"


def seen(store: Store) -> Seen:
    """What lies in every table, column by column."""
    found = MetaData()
    found.reflect(store.engine)
    return {name: _columns(store, table) for name, table in found.tables.items() if name in METADATA.tables}


def _columns(store: Store, table: Table) -> dict[str, str]:
    digests = {column.name: hashlib.sha256() for column in table.columns}
    keys = list(METADATA.tables[table.name].primary_key.columns.keys())
    with store.reading() as connection:
        for row in connection.execute(select(table).order_by(*keys).execution_options(yield_per=_AT_ONCE)):
            for digest, value in zip(digests.values(), row, strict=True):
                digest.update(repr(value).encode())
    return {name: digest.hexdigest() for name, digest in digests.items()}


def lost(before: Seen, after: Seen) -> list[str]:
    """Columns that both have, and that hold something else now."""
    return [
        f"{table}.{name}"
        for table, columns in after.items()
        for name, digest in columns.items()
        if before.get(table, {}).get(name, digest) != digest
    ]


def campaign(store: Store, size: int) -> Iterator[tuple[str, float, list[str]]]:
    """Each step with the seconds that it took, and what was lost by it: what the lower revision can hold must still be there."""
    fill(store, size)
    before = seen(store)
    for script in list(ScriptDirectory(str(FOLDER)).walk_revisions()):
        lower = script.down_revision
        assert lower is None or isinstance(lower, str)
        yield f"{script.revision} down", _timed(downgrade, store, lower or "base"), lost(before, lower_down := seen(store))
        yield f"{lower or 'base'} up to the newest", _timed(upgrade, store, "head"), lost(lower_down, seen(store))
        if lower:
            downgrade(store, lower)
            before = lower_down


def _timed(step: Callable[[Store, str], None], store: Store, to: str) -> float:
    begin = time.perf_counter()
    step(store, to)
    return time.perf_counter() - begin


def main() -> int:
    """0 when nothing was lost."""
    size, failures = int(sys.argv[1]), 0
    with places("sqlite", "postgresql") as found:
        for place in found:
            store = place.store()
            upgrade(store)
            for step, took, gone in campaign(store, size):
                failures += len(gone)
                print(f"{place.kind}, {size} rows a table: {step:28}{took:8.2f} s   lost: {', '.join(gone) or 'nothing'}", flush=True)
            store.close()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
