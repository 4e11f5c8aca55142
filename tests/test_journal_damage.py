"""Whatever is changed in a journal is found, from its rows and the public key; what only a witness can tell, a witness tells."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from clocks import Clock
from journals import changed, checked, codes, decided
from sqlalchemy import text

from adapters.journal import Draft, Journal, JournalFault, Request
from adapters.journal.export import export, exported, read_signed, stored
from adapters.journal.verify import Report, verify

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
        assert "journal-head" in codes(verify(rows, (bytes(32),)))
    stranger.close()


def test_an_exported_journal_is_verified_by_the_public_key_alone(journal: Journal, clock: Clock, tmp_path: Path) -> None:
    decided(journal, 3)
    clock.at += timedelta(days=1)
    journal.append(Draft("decision", {}, b"", "maya", request=Request(b"k" * 32, b"a" * 32)))
    path = tmp_path / "journal.jsonl"
    with stored(journal.opened().store) as rows, path.open("w", encoding="utf-8") as out:
        assert export(rows, out) == 4
    publics = journal.opened().keyring.publics
    assert verify(exported(path), publics) == Report(4, ())
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:-3], *lines[-2:]]))
    assert "journal-order" in codes(verify(exported(path), publics))
    path.write_text("{}")
    with pytest.raises(JournalFault, match="journal-file"):
        exported(path)
    with pytest.raises(JournalFault, match="journal-file"):
        read_signed({"document": 1})
