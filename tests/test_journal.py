"""The journal: on the disk before it is answered, one order for many writers, every change found, people forgotten for good."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from clocks import Clock
from journals import NOON, checked, decided
from stores import worker_environment

from adapters.journal import Draft, Journal, JournalFault, Request, RequestDiffers
from adapters.journal.entries import canonical, new_id
from adapters.journal.export import stored
from adapters.journal.prove import holds, prove
from adapters.journal.reading import keep_release, private, release_files
from adapters.journal.verify import Report

WRITER = """
import sys
from pathlib import Path
from adapters.journal import Draft, Journal
journal = Journal(sys.argv[1], Path(sys.argv[2]))
for number in range(int(sys.argv[3])):
    receipt = journal.append(Draft("decision", {"number": number}, b"x" * 100, person=f"p{number % 3}"))
    print(receipt.id, flush=True)
if sys.argv[4] == "die":
    import os
    os.kill(os.getpid(), 9)
journal.close()
"""


def test_what_goes_in_comes_out_and_is_whole(journal: Journal) -> None:
    (id,) = decided(journal)
    entry = journal.entry(id)
    assert entry is not None
    assert (entry.seq, entry.kind, entry.document["facts"]) == (1, "decision", {"number": 0})
    assert private(journal.opened(), entry) == b"private"
    assert b"private" not in entry.body + (entry.sealed or b"")
    assert checked(journal) == Report(1, ())
    assert journal.entry("no-such-entry") is None


def test_it_goes_on_where_it_ended(url: str, tmp_path: Path, clock: Clock) -> None:
    for _ in range(3):
        journal = Journal(url, tmp_path / "keys.json", clock)
        decided(journal, 2)
        assert checked(journal).problems == ()
        journal.close()
    again = Journal(url, tmp_path / "keys.json")
    assert checked(again).entries == 6
    again.close()


def test_many_threads_share_commits_and_make_one_chain(journal: Journal) -> None:
    with ThreadPoolExecutor(16) as pool:
        receipts = list(pool.map(lambda n: journal.append(Draft("decision", {"n": n}, b"x", person=f"p{n % 7}")), range(200)))
    assert sorted(receipt.seq for receipt in receipts) == list(range(1, 201))
    assert checked(journal) == Report(200, ())


def test_two_processes_make_one_chain(journal: Journal, url: str, tmp_path: Path) -> None:
    decided(journal)
    command = [sys.executable, "-c", WRITER, url, str(tmp_path / "keys.json"), "40", "live"]
    writers = [subprocess.Popen(command, env=worker_environment(), stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [line for writer in writers for line in writer.communicate(timeout=60)[0].split()]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert len(set(told)) == 80
    assert all(journal.entry(id) for id in told)
    assert checked(journal) == Report(81, ())


def test_a_killed_process_loses_nothing_it_had_told(journal: Journal, url: str, tmp_path: Path) -> None:
    decided(journal)
    command = [sys.executable, "-c", WRITER, url, str(tmp_path / "keys.json"), "20", "die"]
    done = subprocess.run(command, env=worker_environment(), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == -9, done.stderr
    assert all(journal.entry(id) for id in done.stdout.split())
    assert checked(journal) == Report(21, ())


def test_days_end_with_a_checkpoint_and_clocks_may_go_back(journal: Journal, clock: Clock) -> None:
    for days in (0, 0, 1, -1, 3):
        clock.at = NOON + timedelta(days=days)
        decided(journal, 2)
    days = [entry.document["at"][:10] for entry in journal.newest(10)]
    assert days == sorted(days)
    assert checked(journal) == Report(10, ())
    with stored(journal.opened().store) as rows:
        assert [signed.said["day"] for signed in rows.checkpoints.values()] == ["2026-11-23", "2026-11-24"]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 13])
def test_every_entry_can_be_proven_by_itself(journal: Journal, clock: Clock, count: int) -> None:
    ids = decided(journal, count)
    clock.at += timedelta(days=1)
    ids += decided(journal, 2)
    publics = journal.opened().keyring.publics
    proofs = [prove(journal.opened(), id) for id in ids]
    assert all(proof is not None and holds(proof, publics) for proof in proofs)
    one, other = proofs[0] or {}, proofs[-1] or {}
    assert not any(id in json.dumps(one) for id in ids[1:])
    for name in one:
        if one[name] != other[name]:
            assert not holds({**one, name: other[name]}, publics), name
    assert not holds(one, (bytes(32),))
    assert not holds({}, publics)
    assert prove(journal.opened(), "none") is None


def test_a_request_that_comes_again_is_one_entry(journal: Journal) -> None:
    request = Request(b"k" * 32, b"a" * 32)
    drafts = [Draft("decision", {"n": n}, b"x", "maya", request=request) for n in range(30)]
    with ThreadPoolExecutor(10) as pool:
        receipts = list(pool.map(journal.append, drafts))
    assert len({receipt.id for receipt in receipts}) == 1
    assert sum(not receipt.again for receipt in receipts) == 1
    found = journal.answered(request)
    assert found is not None
    assert found.id == receipts[0].id
    assert journal.answered(Request(b"o" * 32, b"a" * 32)) is None
    with pytest.raises(RequestDiffers):
        journal.append(Draft("decision", {}, request=Request(b"k" * 32, b"b" * 32)))
    with pytest.raises(RequestDiffers):
        journal.answered(Request(b"k" * 32, b""))
    assert journal.health().writable
    assert checked(journal) == Report(1, ())


class TestOutage:
    def test_it_says_so_heals_and_writes_down_what_was_missed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("adapters.journal.writer.AGAIN", 0.0)
        blocked = tmp_path / "data"
        blocked.write_text("not a folder")
        journal = Journal(f"sqlite:///{blocked}/tandem.sqlite3", tmp_path / "keys.json")
        for _ in range(2):
            with pytest.raises(JournalFault, match="store-open"):
                decided(journal)
        assert (journal.health().writable, journal.health().unrecorded) == (False, 2)
        blocked.unlink()
        assert journal.health().writable
        (gap,) = journal.newest(5)
        assert (gap.kind, gap.document["facts"]["count"]) == ("gap", 2)
        decided(journal)
        assert (checked(journal).entries, journal.health().unrecorded) == (2, 2)
        journal.close()

    def test_nobody_waits_in_vain_right_after_a_failure(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        journal = Journal(f"sqlite:///{tmp_path}/file/x", tmp_path / "keys.json")
        with pytest.raises(JournalFault):
            decided(journal)
        opened = threading.Event()
        journal.opened = opened.set  # type: ignore[assignment, method-assign, return-value]
        with pytest.raises(JournalFault):
            decided(journal)
        assert not opened.is_set()

    def test_a_key_file_that_is_none(self, tmp_path: Path, url: str) -> None:
        (tmp_path / "keys.json").write_text("{}")
        with pytest.raises(JournalFault, match="key-file"):
            decided(Journal(url, tmp_path / "keys.json"))


def test_releases_are_kept_and_said_to_be_live_once(journal: Journal) -> None:
    for _ in range(2):
        keep_release(journal, "sha256:aa", "2026.11.0", b"files")
    assert release_files(journal.opened(), "sha256:aa") == b"files"
    assert release_files(journal.opened(), "sha256:bb") is None
    assert [entry.kind for entry in journal.newest(5)] == ["release"]


@pytest.mark.parametrize("value", [1.5, True, {1: "x"}, b"x", [0.1], {"x": {"y": False}}])
def test_nothing_that_could_be_written_two_ways_is_hashed(value: object) -> None:
    with pytest.raises(TypeError):
        canonical({"value": value} if not isinstance(value, dict) else value)


def test_ids_sort_by_time_and_are_uuids_of_version_7() -> None:
    ids = [new_id(NOON + timedelta(milliseconds=n)) for n in range(50)]
    assert ids == sorted(ids)
    assert {(id[14], id[19] in "89ab") for id in ids} == {("7", True)}
