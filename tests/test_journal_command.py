"""`tandem journal`, `tandem keys` and `tandem store`, as an auditor and an operator use them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from asgi import serving
from stores import worker_environment

from adapters.store import heads

EXAMPLE = Path(__file__).parent.parent / "examples" / "intake-opioid-depression.json"
AS_OF = {"as_of": "2026-11-24T16:00:00Z"}
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a journal of two decisions."""
    with serving(tmp_path / "data") as (client, _):
        for body in (EXAMPLE.read_bytes(), b'{"patient": {"id": "maya"}}'):
            assert client.post("/recommend", body, params=AS_OF).headers["tandem-journal"] == "recorded"
    return tmp_path / "data"


@pytest.fixture
def run(data: Path, tmp_path: Path) -> Run:
    def running(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "api.command", *arguments]
        named = {**worker_environment(), "TANDEM_DATA": str(data), **environment}
        return subprocess.run(command, cwd=tmp_path, env=named, capture_output=True, text=True, check=False, timeout=120)

    return running


def done(found: subprocess.CompletedProcess[str]) -> str:
    assert found.returncode == 0, found.stderr
    return found.stdout


def test_an_auditor_verifies_proves_and_replays(run: Run, data: Path, tmp_path: Path) -> None:
    *_, last = done(run("journal", "list")).splitlines()
    entry = last.split("\t")[1]
    public = done(run("journal", "public-key")).strip()
    done(run("journal", "checkpoint", "--out", "witness.json"))
    done(run("journal", "prove", entry, "--out", "proof.json"))
    done(run("journal", "export", "journal.jsonl"))
    assert json.loads(done(run("journal", "replay", entry)))["as_of"] == AS_OF["as_of"]
    assert done(run("journal", "replay", "--all")) == "2 same\n"
    elsewhere = {"TANDEM_DATA": str(tmp_path / "nothing")}  # the public key is enough
    named = ("--public-key", public)
    assert "3 entries, whole" in done(run("journal", "verify", "journal.jsonl", *named, "--witness", "witness.json", **elsewhere))
    assert done(run("journal", "check-proof", "proof.json", *named, **elsewhere)) == "It is in the journal.\n"
    assert "1 witnessed" in done(run("journal", "verify", "--witness", "witness.json"))
    (tmp_path / "proof.json").write_text(
        (tmp_path / "proof.json").read_text().replace("recommend", "retract").replace('\\"seq\\":3', '\\"seq\\":2')
    )
    wrong = run("journal", "check-proof", "proof.json", *named, **elsewhere)
    assert (wrong.returncode, "proof-wrong" in wrong.stderr) == (1, True)
    text = (tmp_path / "journal.jsonl").read_text()
    (tmp_path / "journal.jsonl").write_text(text.replace('"kind":"decision"', '"kind":"told"', 1))
    found = run("journal", "verify", "journal.jsonl", *named, **elsewhere)
    assert (found.returncode, "[journal-columns]" in found.stderr) == (1, True)


def test_the_signing_key_is_changed_and_all_of_its_keys_verify(run: Run, tmp_path: Path) -> None:
    before = done(run("journal", "public-key")).strip()
    assert done(run("keys", "rotate-signing-key")).endswith(" signs from now on\n")
    publics = done(run("journal", "public-key")).strip()
    assert publics.endswith(f",{before}")
    done(run("journal", "export", "journal.jsonl"))
    elsewhere = {"TANDEM_DATA": str(tmp_path / "nothing")}
    assert "whole" in done(run("journal", "verify", "journal.jsonl", "--public-key", publics, **elsewhere))
    assert run("journal", "verify", "journal.jsonl", "--public-key", before, **elsewhere).returncode == 1


def test_keys_are_rotated_and_a_person_is_forgotten(run: Run) -> None:
    assert done(run("keys", "rotate", "--retire")) == "k2 wraps 2 data keys\n"
    assert done(run("journal", "replay", "--all")) == "2 same\n"
    assert "Forgotten" in done(run("journal", "erase", "maya", "--yes"))
    assert done(run("journal", "replay", "--all")) == "1 forgotten, 1 same\n"
    assert "4 entries, whole" in done(run("journal", "verify"))
    again = run("journal", "erase", "maya", "--yes")
    assert (again.returncode, "patient-unknown" in again.stderr) == (2, True)


def test_a_backup_is_restored_into_the_other_database(run: Run, data: Path, tmp_path: Path, postgresql: Callable[[], str]) -> None:
    rows = done(run("store", "backup", "backup"))
    assert done(run("store", "check-backup", "backup")) == f"whole, of revision {heads()}\n"
    other = {"TANDEM_DATABASE": postgresql()}
    assert done(run("store", "restore", "backup", **other)).startswith(rows)
    assert done(run("journal", "replay", "--all", **other)) == "2 same\n"
    full = run("store", "restore", "backup", **other)
    assert (full.returncode, "store-not-empty" in full.stderr) == (2, True)
    assert done(run("store", "migrate", "--down", "base", **other)) == "revision none\n"
    assert done(run("store", "migrate", **other)) == f"revision {heads()}\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("journal", "prove", "none"), "entry-unknown"),
        (("journal", "replay", "none"), "entry-unknown"),
        (("journal", "verify", "none.jsonl"), "journal-file"),
        (("journal", "verify", "--witness", "none.json"), "file-unreadable"),
        (("journal", "verify", "--public-key", "xyz"), "key-wrong"),
        (("journal", "export", "none/file"), "file-unwritable"),
        (("journal", "checkpoint", "--out", "none/file"), "file-unwritable"),
        (("store", "check-backup", "none"), "archive-broken"),
    ],
)
def test_what_cannot_be_done_says_why(run: Run, arguments: tuple[str, ...], code: str) -> None:
    found = run(*arguments)
    assert (found.returncode, f"[{code}]" in found.stderr) == (2, True), found.stderr


def test_a_kept_release_that_was_changed_is_found(run: Run, data: Path) -> None:
    import sqlite3  # noqa: PLC0415

    with sqlite3.connect(data / "tandem.sqlite3") as connection:
        connection.execute("UPDATE knowledge_release SET files = x'00'")
    connection.close()
    found = run("journal", "verify")
    assert (found.returncode, "[release-differs]" in found.stderr) == (1, True)


def test_no_key_file_is_made_by_looking(run: Run, tmp_path: Path) -> None:
    found = run("journal", "public-key", TANDEM_DATA=str(tmp_path / "nothing"))
    assert (found.returncode, "[key-file]" in found.stderr) == (2, True)
    assert not os.path.lexists(tmp_path / "nothing")
