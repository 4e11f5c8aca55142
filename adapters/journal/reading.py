"""Reading the journal: single entries, what was told and decided about a person, and the releases that were ever live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from adapters.crypto import KeyFault, unseal
from adapters.journal import rows
from adapters.journal.entries import Draft, JournalFault, Stored
from adapters.journal.people import destroy
from adapters.journal.writer import Journal, Opened
from adapters.store import Store, StoreFault


def entries(opened: Opened, kind: str) -> Iterator[Stored]:
    """Every entry of one kind, oldest first. Raises StoreFault."""
    with opened.store.reading() as connection:
        yield from rows.of_kind(connection, kind)


def private(opened: Opened, stored: Stored) -> bytes | None:
    """What an entry says of its person; None once they have been forgotten. Raises StoreFault, KeyFault."""
    if stored.sealed is None or stored.subject is None:
        return None
    owned = opened.people.by_id(opened.store, stored.subject)
    return unseal(owned.subject.key, stored.sealed, f"{stored.kind}:{stored.id}") if owned else None


def about(opened: Opened, subject: str) -> list[tuple[Stored, bytes | None]] | None:
    """All that the journal holds about a person, oldest first; None when they are not known, or have been forgotten."""
    owned = opened.people.by_id(opened.store, subject)
    if owned is None:
        return None
    with opened.store.reading() as connection:
        found = list(rows.about(connection, subject))
    return [(item, unseal(owned.subject.key, item.sealed, f"{item.kind}:{item.id}") if item.sealed else None) for item in found]


def living(opened: Opened, after: str, at_once: int) -> list[str]:
    """A page of everybody who has a key and has not been forgotten: so many ids, in order, that come after one. Raises StoreFault."""
    wanted = select(rows.KEY.c.id).where(rows.KEY.c.id > after, rows.KEY.c.wrapped.is_not(None)).order_by(rows.KEY.c.id).limit(at_once)
    with opened.store.reading() as connection:
        return list(connection.execute(wanted).scalars())


def made(opened: Opened, subjects: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Who of these was made a patient, and what was said of them then. At most 400 at once. Raises StoreFault, KeyFault."""
    wanted = select(rows.ENTRY).where(rows.ENTRY.c.subject.in_(subjects), rows.ENTRY.c.kind == "patient")
    with opened.store.reading() as connection:
        found = list(rows.entries(connection, wanted))
    for stored in found:
        said = private(opened, stored)
        if stored.subject is not None and said is not None:
            yield stored.subject, said


def subject_of(opened: Opened, person: str) -> str | None:
    """The id under which a person's entries lie."""
    with opened.store.reading() as connection:
        found = rows.data_key(connection, person=opened.keyring.person(person))
    return found[0] if found and found[1] else None


def erase(journal: Journal, subject: str) -> bool:
    """Forget a person for good: destroy their data key, and write down that it was done. The chain stays whole."""
    opened = journal.opened()
    if opened.people.by_id(opened.store, subject) is None:
        return False
    journal.append(Draft("erased", {"subject": subject}))  # first said, then done: a key that is gone is never unexplained
    with opened.store.writing() as connection:
        return destroy(connection, subject)


def keep_release(journal: Journal, digest: str, release: str, files: bytes) -> None:
    """Keep the files of a release, and write down that it went live. Raises JournalFault."""
    opened = journal.ready()
    try:
        with opened.store.writing() as connection:
            known = connection.execute(select(rows.RELEASE.c.digest).where(rows.RELEASE.c.digest == digest)).one_or_none()
            rows.add_if_absent(connection, rows.RELEASE, [{"digest": digest, "files": files}])
    except (StoreFault, KeyFault) as fault:
        raise JournalFault(str(fault)) from None
    if known is None:
        journal.append(Draft("release", {"release": release, "digest": digest}))


def release_files(opened: Opened, digest: str) -> bytes | None:
    """The files of a release, as they were kept. Raises StoreFault."""
    with opened.store.reading() as connection:
        found: bytes | None = connection.execute(select(rows.RELEASE.c.files).where(rows.RELEASE.c.digest == digest)).scalar_one_or_none()
    return found


def releases(store: Store) -> Iterator[tuple[str, bytes | None]]:
    """Every release that an entry says went live, and what is kept of it. Raises StoreFault."""
    with store.reading() as connection:
        for stored in list(rows.of_kind(connection, "release")):
            digest = stored.document["facts"]["digest"]
            yield digest, connection.execute(select(rows.RELEASE.c.files).where(rows.RELEASE.c.digest == digest)).scalar_one_or_none()
