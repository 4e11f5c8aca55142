"""What the journal says of people is sealed for each of them, and can be forgotten for good; keys change while others write."""

from __future__ import annotations

from pathlib import Path

import pytest
from journals import changed, checked, decided

from adapters.crypto import KeyFault
from adapters.journal import Draft, Journal, SubjectGone
from adapters.journal.people import wrap_anew
from adapters.journal.reading import about, erase, private, subject_of
from adapters.journal.verify import Report


def test_each_person_has_a_key_and_nobody_else_opens_it(journal: Journal) -> None:
    (maya,), (leo,), (unnamed,) = decided(journal), decided(journal, person="leo"), decided(journal, person=None)
    entries = [journal.entry(id) for id in (maya, leo, unnamed)]
    assert len({entry.subject for entry in entries if entry}) == 3
    raw = b"".join(entry.body + (entry.sealed or b"") for entry in entries if entry)
    assert b"maya" not in raw
    assert b"leo" not in raw


def test_one_who_is_forgotten_is_gone_and_the_chain_stays_whole(journal: Journal, tmp_path: Path, url: str) -> None:
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


def test_one_forgotten_elsewhere_is_not_written_about_with_the_old_key(journal: Journal, url: str, tmp_path: Path) -> None:
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


def test_keys_are_changed_while_others_write(journal: Journal, url: str, tmp_path: Path) -> None:
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


def test_an_entry_that_is_moved_to_another_does_not_open(journal: Journal) -> None:
    one, two = decided(journal, 2)
    changed(journal, f"UPDATE journal_entry SET sealed = (SELECT sealed FROM journal_entry WHERE id = '{two}') WHERE id = '{one}'")
    entry = journal.entry(one)
    assert entry is not None
    with pytest.raises(KeyFault, match="key-wrong"):
        private(journal.opened(), entry)
