"""The journal: what is added is there after a crash, in order, and never changes."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters.journal import FILE, Entry, JournalFault, append, check, entries

FINDINGS = {"phq9.total": (12, 14), "lab.alt_uln": (1.5, 1.5)}
ENTRY = Entry("2026-11-23T16:00:00+00:00", "2026.11.0", "sha256:00", FINDINGS, {"rule": (True, None)})
WRITER = """
import os, sys
from pathlib import Path
from adapters.journal import Entry, append
for number in range(5):
    append(Path(sys.argv[1]), Entry(str(number), "r", "d", {}, {"rule": (False, True)}))
os.kill(os.getpid(), 9)
"""


def test_what_goes_in_comes_out_oldest_first(tmp_path: Path) -> None:
    later = Entry("2026-11-24T16:00:00+00:00", "2026.11.0", "sha256:00", {}, {"rule": (None, False)})
    append(tmp_path, ENTRY)
    append(tmp_path, later)
    assert entries(tmp_path) == (ENTRY, later)


def test_an_empty_journal_is_made_when_it_is_asked_for(tmp_path: Path) -> None:
    check(tmp_path / "new" / "folder")
    assert entries(tmp_path / "new" / "folder") == ()


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    append(tmp_path / "data", ENTRY)
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / FILE).stat().st_mode) == 0o600


def test_it_is_written_through_to_the_disk(tmp_path: Path) -> None:
    append(tmp_path, ENTRY)
    with sqlite3.connect(tmp_path / FILE) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.parametrize("change", ["UPDATE disagreement SET at = 'x'", "DELETE FROM disagreement"])
def test_entries_are_never_changed(tmp_path: Path, change: str) -> None:
    append(tmp_path, ENTRY)
    connection = sqlite3.connect(tmp_path / FILE)
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        connection.execute(change)
    connection.close()
    assert entries(tmp_path) == (ENTRY,)


def test_many_threads_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: append(tmp_path, ENTRY), range(40)))
    assert len(entries(tmp_path)) == 40


def test_a_killed_process_loses_nothing_it_had_written(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", WRITER, str(tmp_path)], cwd=root, check=False, capture_output=True)
    assert done.returncode == -9, done.stderr
    assert [entry.at for entry in entries(tmp_path)] == ["0", "1", "2", "3", "4"]


def test_a_journal_taken_away_is_begun_anew(tmp_path: Path) -> None:
    append(tmp_path, ENTRY)
    for path in tmp_path.iterdir():
        path.unlink()
    append(tmp_path, ENTRY)
    assert len(entries(tmp_path)) == 1


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for use in (lambda path: append(path, ENTRY), check, entries):
        with pytest.raises(JournalFault, match=r"^journal-"):
            use(tmp_path / "file")


def test_a_file_that_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"something else entirely" * 100)
    for use in (lambda path: append(path, ENTRY), check, entries):
        with pytest.raises(JournalFault) as fault:
            use(tmp_path)
        assert "phq9" not in str(fault.value)
        assert fault.value.__cause__ is None


def test_a_journal_that_somebody_holds_is_a_fault_and_not_a_hang(tmp_path: Path) -> None:
    check(tmp_path)
    holder = sqlite3.connect(tmp_path / FILE)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalFault):
        append(tmp_path, ENTRY)
    holder.rollback()
    holder.close()
    append(tmp_path, ENTRY)
