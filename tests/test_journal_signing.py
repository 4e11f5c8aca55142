"""The key that signs the journal is changed while services go on; what was signed before stays verifiable, by the public keys alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from clocks import Clock
from journals import checked, codes, decided

from adapters.crypto import fingerprint
from adapters.journal import Journal, JournalFault, rows
from adapters.journal.chain import Head, signed_by
from adapters.journal.entries import SIGNED_AS, Signed, canonical
from adapters.journal.export import export, exported, stored
from adapters.journal.prove import holds, prove
from adapters.journal.signing import rotate_signer
from adapters.journal.verify import verify


def unnamed(signed: Signed) -> bytes:
    """What a checkpoint of before said: nothing of its key."""
    return canonical({name: value for name, value in signed.said.items() if name != "key"})


def end(journal: Journal) -> tuple[Head, Signed]:
    with journal.opened().store.reading() as connection:
        found = rows.head_now(connection)
    assert found is not None
    return found


def put(journal: Journal, signed: Signed) -> None:
    """What somebody with all rights on the database can do."""
    with journal.opened().store.writing() as connection:
        connection.execute(rows.HEAD.update().values(document=signed.document, signature=signed.signature))


def test_services_go_on_while_the_key_is_changed(journal: Journal, url: str, clock: Clock, tmp_path: Path) -> None:
    other = Journal(url, tmp_path / "keys.json", clock)
    (early,) = decided(journal)
    decided(other)
    first = journal.head()
    clock.at += timedelta(days=1)
    decided(other)
    new = rotate_signer(journal)
    decided(other)
    decided(journal)
    clock.at += timedelta(days=1)
    decided(other)
    publics = other.opened().keyring.publics
    assert publics == (new.public, publics[1]) == journal.opened().keyring.publics
    assert checked(journal, first).problems == ()
    assert journal.head().said["key"] == new.name == fingerprint(publics[0])
    with stored(journal.opened().store) as found:
        assert [signed.said["key"] for signed in found.checkpoints.values()] == [fingerprint(publics[1]), new.name]
    proof = prove(journal.opened(), early) or {}
    assert holds(proof, publics)
    assert not holds(proof, publics[:1])
    other.close()


def test_a_file_is_verified_by_all_the_public_keys_and_by_no_fewer(journal: Journal, clock: Clock, tmp_path: Path) -> None:
    decided(journal)
    clock.at += timedelta(days=1)
    rotate_signer(journal)
    path = tmp_path / "journal.jsonl"
    with stored(journal.opened().store) as found, path.open("w", encoding="utf-8") as out:
        export(found, out)
    new, old = journal.opened().keyring.publics
    assert verify(exported(path), (new, old)).problems == ()
    assert verify(exported(path), (old, new)).problems == ()
    assert codes(verify(exported(path), (new,))) == {"journal-checkpoint", "journal-checkpoint-missing"}
    assert codes(verify(exported(path), (old,))) == {"journal-head"}


def test_whoever_has_found_an_old_key_signs_nothing_with_it_from_then_on(journal: Journal) -> None:
    decided(journal)
    old = journal.opened().keyring.signer
    rotate_signer(journal)
    decided(journal)
    put(journal, end(journal)[0].signed(old))
    assert codes(checked(journal)) == {"journal-signer"}


def test_a_journal_that_says_nothing_of_its_key_goes_on(journal: Journal) -> None:
    decided(journal, 2)
    signer, document = journal.opened().keyring.signer, unnamed(journal.head())
    put(journal, Signed(document, signer.sign(SIGNED_AS + document)))
    assert checked(journal).problems == ()
    decided(journal)
    assert journal.head().said["key"] == signer.name
    assert checked(journal).problems == ()


def test_what_says_another_key_than_it_is_signed_by_is_refused(journal: Journal) -> None:
    decided(journal)
    signer, head = journal.opened().keyring.signer, journal.head()
    document = canonical(head.said | {"key": "0" * 16})
    wrong = Signed(document, signer.sign(SIGNED_AS + document))
    assert signed_by(wrong, (signer.public,)) is None
    assert signed_by(Signed(b"[]", b""), (signer.public,)) is None
    put(journal, wrong)
    assert "journal-head" in codes(checked(journal))
    with pytest.raises(JournalFault, match="journal-head"):
        decided(journal)


def test_a_head_says_the_same_whoever_signed_it(journal: Journal) -> None:
    decided(journal)
    head, signed = end(journal)
    assert head.is_said_by(signed)
    assert head.is_said_by(Signed(unnamed(signed), b""))
    assert not Head.first(head.journal, head.at).is_said_by(signed)
