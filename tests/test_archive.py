"""Backups: of one moment while others write, the same file for both databases, whole or refused."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.journal import Draft, Journal, Request
from adapters.journal.export import stored
from adapters.journal.verify import verify
from adapters.store import Store, StoreFault, heads, open_store, upgrade
from adapters.store.archive import _packed, _unpacked, backup, check, restore


def filled(url: str, keys: Path) -> Journal:
    journal = Journal(url, keys)
    for number in range(3):
        journal.append(Draft("decision", {"n": number}, b"private", "maya", request=Request(bytes([number]) * 32, b"a" * 32)))
    return journal


def empty(kind: str, tmp_path: Path, postgresql: Callable[[], str]) -> str:
    return postgresql() if kind == "postgresql" else f"sqlite:///{tmp_path}/other/tandem.sqlite3"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_of_either_fills_the_other_and_is_whole(url: str, kind: str, tmp_path: Path, postgresql: Callable[[], str]) -> None:
    journal = filled(url, tmp_path / "keys.json")
    opened, path = journal.opened(), tmp_path / "backup"
    count = backup(opened.store, path)
    journal.append(Draft("decision", {"n": 9}))  # what comes after the backup is not in it
    other = empty(kind, tmp_path, postgresql)
    target = open_store(other)
    assert restore(target, path) == count == 3 + 1 + 3 + 1
    with stored(target) as rows:
        report = verify(rows, opened.keyring.publics)
    assert (report.entries, report.problems) == (3, ())
    target.close()
    again = Journal(other, tmp_path / "keys.json")
    assert again.append(Draft("decision", {"n": 3}, b"private", "maya")).seq == 4  # and it goes on
    again.close()
    journal.close()


def test_only_an_empty_database_is_filled(store: Store, url: str, tmp_path: Path) -> None:
    journal = filled(url, tmp_path / "keys.json")
    backup(store, tmp_path / "backup")
    with pytest.raises(StoreFault, match="store-not-empty"):
        restore(store, tmp_path / "backup")
    journal.close()


def test_an_archive_that_was_touched_or_cut_off_is_refused(store: Store, tmp_path: Path) -> None:
    upgrade(store)
    path = tmp_path / "backup"
    with store.writing() as connection:
        connection.execute(text("INSERT INTO knowledge_release (digest, files) VALUES ('one', :files)"), {"files": b"\x00"})
    assert backup(store, path) == 1
    assert check(path) == heads()
    whole = gzip.decompress(path.read_bytes())
    for damaged in (whole.replace(b"one", b"two"), whole.rpartition(b"\n{")[0], b"", b"{}\n{}\n"):
        path.write_bytes(gzip.compress(damaged))
        with pytest.raises(StoreFault, match="archive-broken"):
            check(path)
    path.write_bytes(b"something else")
    with pytest.raises(StoreFault, match="archive-broken"):
        check(path)


def test_a_place_that_cannot_be_written_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreFault, match="archive-write"):
        backup(store, tmp_path / "none" / "backup")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("value", [None, 1, "text", 0.5, True, b"\x00\xff", datetime(2026, 11, 23, tzinfo=UTC), {"a": [1]}, [1, 2]])
def test_every_kind_of_value_survives(value: object) -> None:
    assert _unpacked(json.loads(json.dumps(_packed(value)))) == value
