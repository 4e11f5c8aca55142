"""The journal: on the disk before it is answered, one order for many writers, every change found, people forgotten for good."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from stores import worker_environment

from adapters.crypto import KeyFault
from adapters.journal import Draft, Journal, JournalFault, Request, RequestDiffers, SubjectGone
from adapters.journal.entries import Signed, canonical, new_id
from adapters.journal.export import export, exported, read_signed, stored
from adapters.journal.people import wrap_anew
from adapters.journal.prove import holds, prove
from adapters.journal.reading import about, erase, keep_release, private, release_files, subject_of
from adapters.journal.verify import Report, verify

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
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


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


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
        return verify(rows, opened.keyring.public, witnesses)


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
    assert checked(Journal(url, tmp_path / "keys.json")).entries == 6


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
    public = journal.opened().keyring.public
    proofs = [prove(journal.opened(), id) for id in ids]
    assert all(proof is not None and holds(proof, public) for proof in proofs)
    one, other = proofs[0] or {}, proofs[-1] or {}
    assert not any(id in json.dumps(one) for id in ids[1:])
    for name in one:
        if one[name] != other[name]:
            assert not holds({**one, name: other[name]}, public), name
    assert not holds(one, bytes(32))
    assert not holds({}, public)
    assert prove(journal.opened(), "none") is None


FLIP = "UPDATE journal_entry SET {} WHERE seq = 3"
DAMAGE = {
    "body": ([FLIP.format("body = :body")], "journal-link"),
    "sealed": ([FLIP.format("sealed = :bytes")], "journal-sealed"),
    "sealed away": ([FLIP.format("sealed = NULL")], "journal-sealed"),
    "link": ([FLIP.format("link = :bytes")], "journal-link"),
    "kind": ([FLIP.format("kind = 'told'")], "journal-columns"),
    "subject": ([FLIP.format("subject = NULL")], "journal-columns"),
    "id": ([FLIP.format("id = 'other'")], "journal-columns"),
    "deleted": (["DELETE FROM journal_entry WHERE seq = 3"], "journal-order"),
    "cut off": (["DELETE FROM journal_request", "DELETE FROM journal_entry WHERE seq > 3"], "journal-head"),
    "emptied": (["DELETE FROM journal_request", "DELETE FROM journal_entry"], "journal-head"),
    "head away": (["DELETE FROM journal_head"], "journal-head"),
    "head moved": (["UPDATE journal_head SET document = :document"], "journal-head"),
    "head signed by another": (["UPDATE journal_head SET signature = :bytes"], "journal-head"),
    "checkpoint away": (["DELETE FROM journal_checkpoint"], "journal-checkpoint-missing"),
    "checkpoint signed by another": (["UPDATE journal_checkpoint SET signature = :bytes"], "journal-checkpoint"),
    "checkpoint moved": (["UPDATE journal_checkpoint SET seq = 2"], "journal-checkpoint"),
    "request away": (["DELETE FROM journal_request"], "journal-request"),
    "request of another": (["UPDATE journal_request SET seq = 2"], "journal-request"),
    "asked otherwise": (["UPDATE journal_request SET asked = :bytes"], "journal-request"),
    "key away": (["UPDATE data_key SET wrapped = NULL"], "journal-erased"),
    "keys away": (["DELETE FROM data_key"], "journal-erased"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_every_kind_of_damage_is_found(journal: Journal, clock: Clock, name: str) -> None:
    decided(journal, 3)
    clock.at += timedelta(days=1)
    decided(journal, 2)
    journal.append(Draft("decision", {}, b"", "maya", request=Request(b"k" * 32, b"a" * 32)))
    assert checked(journal) == Report(6, ())
    statements, code = DAMAGE[name]
    values = {
        "bytes": b"\x07" * 64,
        "body": journal.newest(4)[0].body.replace(b"2", b"3"),
        "document": journal.head().document.replace(b'"seq":6', b'"seq":5'),
    }
    changed(journal, *statements, **{name: value for name, value in values.items() if f":{name}" in statements[0]})
    assert code in codes(checked(journal)), checked(journal)


def test_two_entries_in_each_others_place_are_found(journal: Journal) -> None:
    decided(journal, 4)
    changed(journal, *(f"UPDATE journal_entry SET seq = {to} WHERE seq = {at}" for at, to in ((2, 90), (3, 2), (90, 3))))
    assert {"journal-columns", "journal-link"} <= codes(checked(journal))


def test_only_a_witness_can_tell_that_all_was_told_anew_or_put_back(journal: Journal, url: str, tmp_path: Path, clock: Clock) -> None:
    decided(journal, 3)
    earlier = journal.head()
    store = journal.opened().store
    with store.reading() as connection:
        kept = connection.execute(text("SELECT seq, frontier, document, signature FROM journal_head")).one()
    decided(journal, 2)
    seen = journal.head()
    assert checked(journal, earlier, seen) == Report(5, ())
    put_back = "UPDATE journal_head SET seq = :seq, frontier = :frontier, document = :document, signature = :signature"
    changed(journal, "DELETE FROM journal_entry WHERE seq > 3")
    changed(journal, put_back, **kept._mapping)
    assert checked(journal) == Report(3, ())
    assert codes(checked(journal, seen)) == {"journal-witness"}
    decided(journal, 2, person="another")  # told anew, with our own keys
    assert checked(journal) == Report(5, ())
    assert checked(journal, earlier).problems == ()
    assert codes(checked(journal, seen)) == {"journal-witness"}


def test_another_key_is_not_taken_for_ours(journal: Journal, url: str, tmp_path: Path) -> None:
    decided(journal)
    stranger = Journal(url, tmp_path / "strange.json")
    with pytest.raises(JournalFault, match="journal-head"):
        decided(stranger)
    assert not stranger.health().writable
    with stored(journal.opened().store) as rows:
        assert "journal-head" in codes(verify(rows, bytes(32)))
    stranger.close()


def test_an_exported_journal_is_verified_by_the_public_key_alone(journal: Journal, clock: Clock, tmp_path: Path) -> None:
    decided(journal, 3)
    clock.at += timedelta(days=1)
    journal.append(Draft("decision", {}, b"", "maya", request=Request(b"k" * 32, b"a" * 32)))
    path = tmp_path / "journal.jsonl"
    with stored(journal.opened().store) as rows, path.open("w", encoding="utf-8") as out:
        assert export(rows, out) == 4
    public = journal.opened().keyring.public
    assert verify(exported(path), public) == Report(4, ())
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:-3], *lines[-2:]]))
    assert "journal-order" in codes(verify(exported(path), public))
    path.write_text("{}")
    with pytest.raises(JournalFault, match="journal-file"):
        exported(path)
    with pytest.raises(JournalFault, match="journal-file"):
        read_signed({"document": 1})


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


class TestPeople:
    def test_each_has_a_key_and_nobody_else_opens_it(self, journal: Journal) -> None:
        (maya,), (leo,), (unnamed,) = decided(journal), decided(journal, person="leo"), decided(journal, person=None)
        entries = [journal.entry(id) for id in (maya, leo, unnamed)]
        assert len({entry.subject for entry in entries if entry}) == 3
        raw = b"".join(entry.body + (entry.sealed or b"") for entry in entries if entry)
        assert b"maya" not in raw
        assert b"leo" not in raw

    def test_one_who_is_forgotten_is_gone_and_the_chain_stays_whole(self, journal: Journal, tmp_path: Path, url: str) -> None:
        (one,), (other,) = decided(journal), decided(journal, person="leo")
        opened = journal.opened()
        subject = subject_of(opened, "maya")
        assert subject is not None
        assert erase(journal, subject)
        assert not erase(journal, subject)
        assert subject_of(opened, "maya") is None
        assert about(opened, subject) is None
        entry, left = journal.entry(one), journal.entry(other)
        assert entry is not None
        assert left is not None
        assert private(opened, entry) is None
        assert private(opened, left) == b"private"
        assert checked(journal) == Report(3, ())
        with pytest.raises(SubjectGone):
            journal.append(Draft("told", {}, b"x", subject=subject))
        (again,) = decided(journal)  # who comes again is somebody new
        found = journal.entry(again)
        assert found is not None
        assert found.subject != subject
        assert checked(journal) == Report(4, ())

    def test_one_forgotten_elsewhere_is_not_written_about_with_the_old_key(self, journal: Journal, url: str, tmp_path: Path) -> None:
        decided(journal)
        other = Journal(url, tmp_path / "keys.json")
        decided(other)
        subject = subject_of(journal.opened(), "maya")
        assert subject is not None
        erase(journal, subject)
        (id,) = decided(other)  # it remembers the key that is gone
        entry = other.entry(id)
        assert entry is not None
        assert entry.subject != subject
        assert private(other.opened(), entry) == b"private"
        assert checked(journal).problems == ()
        other.close()

    def test_keys_are_changed_while_others_write(self, journal: Journal, url: str, tmp_path: Path) -> None:
        ids = decided(journal, 3) + decided(journal, person="leo") + decided(journal, person=None)
        other = Journal(url, tmp_path / "keys.json")
        decided(other)
        opened = journal.opened()
        assert opened.keyring.rotate() == "k2"
        decided(other, person="new")
        assert wrap_anew(opened.store, opened.keyring) == 3
        opened.keyring.retire("k1")
        ids += decided(other) + decided(other, person="newer")
        for reader in (journal, other):
            opened = reader.opened()
            assert all(private(opened, entry) == b"private" for id in ids if (entry := reader.entry(id)))
        with pytest.raises(KeyFault, match="key-current"):
            opened.keyring.retire("k2")
        assert checked(journal).problems == ()
        other.close()

    def test_an_entry_that_is_moved_to_another_does_not_open(self, journal: Journal) -> None:
        one, two = decided(journal, 2)
        changed(journal, f"UPDATE journal_entry SET sealed = (SELECT sealed FROM journal_entry WHERE id = '{two}') WHERE id = '{one}'")
        entry = journal.entry(one)
        assert entry is not None
        with pytest.raises(KeyFault, match="key-wrong"):
            private(journal.opened(), entry)


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
