"""The journal's statements, each in one place. All of them run in a transaction that somebody else began."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adapters.crypto import Wrapped
from adapters.journal.chain import Head
from adapters.journal.entries import JournalFault, Request, Signed, Stored
from adapters.store.tables import METADATA

ENTRY, HEAD, CHECKPOINT = (METADATA.tables[f"journal_{name}"] for name in ("entry", "head", "checkpoint"))
REQUEST, KEY, RELEASE = (METADATA.tables[name] for name in ("journal_request", "data_key", "knowledge_release"))
_ENTRY = (ENTRY.c.seq, ENTRY.c.id, ENTRY.c.kind, ENTRY.c.subject, ENTRY.c.body, ENTRY.c.sealed, ENTRY.c.link)
_MANY = 400  # values in one statement; SQLite takes no more than 999

# Written once: putting a statement together takes longer than running it.
_HEAD_NOW = select(HEAD).where(HEAD.c.id == 1)
_HEAD_HELD = _HEAD_NOW.with_for_update()
_MOVE = update(HEAD).where(HEAD.c.id == 1)
_ADD_ENTRIES = insert(ENTRY)
_LIVING = select(KEY.c.id).where(KEY.c.id.in_(bindparam("ids", expanding=True)), KEY.c.wrapped.is_not(None))


def add_if_absent(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows; those whose keys are taken are left as they lie."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    if rows:
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))


def head(connection: Connection) -> tuple[Head, Signed] | None:
    """The end of the journal, held until the transaction ends when it is one that writes. Raises JournalFault."""
    row = connection.execute(_HEAD_HELD).one_or_none()
    return _head(row) if row else None


def head_now(connection: Connection) -> tuple[Head, Signed] | None:
    """The end of the journal, for a reader. Raises JournalFault."""
    row = connection.execute(_HEAD_NOW).one_or_none()
    return _head(row) if row else None


def _head(row: Row[Any]) -> tuple[Head, Signed]:
    signed = Signed(row.document, row.signature)
    try:
        return Head.parse(signed, row.frontier), signed
    except (ValueError, KeyError, TypeError):
        raise JournalFault("journal-head: the end of the journal cannot be read; verify it") from None


def begin(connection: Connection, first: Head, signed: Signed) -> None:
    """The head of a new journal, unless somebody was faster."""
    add_if_absent(connection, HEAD, [{"id": 1, **_head_values(first, signed)}])


def move(connection: Connection, to: Head, signed: Signed) -> None:
    """The head goes on."""
    connection.execute(_MOVE, _head_values(to, signed))


def _head_values(at: Head, signed: Signed) -> dict[str, Any]:
    return {"seq": at.seq, "frontier": bytes(at.frontier), "document": signed.document, "signature": signed.signature}


def add_entries(connection: Connection, entries: Sequence[Stored]) -> None:
    """In one statement, however many."""
    rows = [
        {"seq": e.seq, "id": e.id, "kind": e.kind, "subject": e.subject, "body": e.body, "sealed": e.sealed, "link": e.link}
        for e in entries
    ]
    connection.execute(_ADD_ENTRIES, rows)


def add_checkpoint(connection: Connection, seq: int, signed: Signed) -> None:
    """The last head of a day."""
    connection.execute(insert(CHECKPOINT).values(seq=seq, document=signed.document, signature=signed.signature))


def add_requests(connection: Connection, requests: Iterable[tuple[Request, int]]) -> None:
    """Which entry answers which request."""
    rows = [{"key": request.key, "asked": request.asked, "seq": seq} for request, seq in requests]
    if rows:
        connection.execute(insert(REQUEST), rows)


def answered(connection: Connection, keys: Sequence[bytes]) -> dict[bytes, tuple[bytes, int, str]]:
    """key -> what was asked, and the entry that answers it, of those requests that have come before."""
    found: dict[bytes, tuple[bytes, int, str]] = {}
    for some in _parts(keys):
        wanted = select(REQUEST.c.key, REQUEST.c.asked, ENTRY.c.seq, ENTRY.c.id).join(ENTRY, ENTRY.c.seq == REQUEST.c.seq)
        found |= {bytes(key): (bytes(asked), seq, id) for key, asked, seq, id in connection.execute(wanted.where(REQUEST.c.key.in_(some)))}
    return found


def living(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those data keys that are there and have not been destroyed."""
    found: set[str] = set()
    for some in _parts(ids):
        found |= set(connection.execute(_LIVING, {"ids": some}).scalars())
    return found


def data_key(connection: Connection, *, id: str | None = None, person: bytes | None = None) -> tuple[str, Wrapped | None] | None:
    """A data key by its id or by whose it is; without its bytes when it has been destroyed."""
    asked = select(KEY).where(KEY.c.person == person if id is None else KEY.c.id == id)
    row = connection.execute(asked).one_or_none()
    return (row.id, Wrapped(row.wrapped_by, row.wrapped) if row.wrapped else None) if row else None


def entries(connection: Connection, wanted: Select[Any] | None = None) -> Iterator[Stored]:
    """Entries in order, a thousand at a time, so that any number of them fits into memory."""
    asked = (select(*_ENTRY) if wanted is None else wanted).order_by(ENTRY.c.seq).execution_options(yield_per=1000)
    with connection.execute(asked) as found:
        for row in found:
            yield _stored(row)


def _stored(row: Any) -> Stored:
    sealed = None if row.sealed is None else bytes(row.sealed)
    return Stored(row.seq, row.id, row.kind, row.subject, bytes(row.body), sealed, bytes(row.link))


def entry(connection: Connection, id: str) -> Stored | None:
    """One entry."""
    row = connection.execute(select(*_ENTRY).where(ENTRY.c.id == id)).one_or_none()
    return _stored(row) if row else None


def entry_at(connection: Connection, seq: int) -> Stored | None:
    """One entry, by its place."""
    row = connection.execute(select(*_ENTRY).where(ENTRY.c.seq == seq)).one_or_none()
    return _stored(row) if row else None


def about(connection: Connection, subject: str) -> Iterator[Stored]:
    """Every entry about one person."""
    return entries(connection, select(*_ENTRY).where(ENTRY.c.subject == subject))


def of_kind(connection: Connection, kind: str) -> Iterator[Stored]:
    """Every entry of one kind."""
    return entries(connection, select(*_ENTRY).where(ENTRY.c.kind == kind))


def between(connection: Connection, first: int, last: int) -> Iterator[Stored]:
    """Entries from one place to another, both included."""
    return entries(connection, select(*_ENTRY).where(ENTRY.c.seq >= first, ENTRY.c.seq <= last))


def checkpoints(connection: Connection) -> Iterator[tuple[int, Signed]]:
    """In order."""
    for row in connection.execute(select(CHECKPOINT).order_by(CHECKPOINT.c.seq)):
        yield row.seq, Signed(bytes(row.document), bytes(row.signature))


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[at : at + _MANY] for at in range(0, len(items), _MANY))
