"""The journal as a file, one JSON document a line, that anybody can verify with the public key and without a database."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, select

from adapters.journal import rows
from adapters.journal.entries import JournalFault, Signed, Stored
from adapters.journal.verify import Rows
from adapters.store import Store

FORMAT = "tandem-journal-1"


@contextmanager
def stored(store: Store) -> Iterator[Rows]:
    """All that is to be verified, from the store as it is at one moment."""
    with store.reading() as connection:
        head = rows.head_now(connection)
        living = connection.execute(select(rows.KEY.c.id).where(rows.KEY.c.wrapped.is_not(None))).scalars()
        yield Rows(
            rows.entries(connection),
            dict(rows.checkpoints(connection)),
            head[1] if head else None,
            _requests(connection),
            frozenset(living),
        )


def _requests(connection: Connection) -> Iterator[tuple[int, bytes, bytes]]:
    with connection.execute(select(rows.REQUEST).order_by(rows.REQUEST.c.seq).execution_options(yield_per=1000)) as found:
        for row in found:
            yield row.seq, bytes(row.key), bytes(row.asked)


def export(found: Rows, out: TextIO) -> int:
    """Write everything; what is sealed stays sealed. Returns how many entries."""
    _line(out, {"format": FORMAT})
    for seq, signed in found.checkpoints.items():
        _line(out, {"checkpoint": seq, **_signed(signed)})
    for seq, key, asked in found.requests:
        _line(out, {"request": seq, "key": key.hex(), "asked": asked.hex()})
    count = 0
    for entry in found.entries:
        sealed = None if entry.sealed is None else b64encode(entry.sealed).decode()
        row = {"entry": entry.seq, "id": entry.id, "kind": entry.kind, "subject": entry.subject, "body": entry.body.decode()}
        _line(out, {**row, "sealed": sealed, "link": entry.link.hex()})
        count += 1
    if found.head is not None:
        _line(out, {"head": count, **_signed(found.head)})
    return count


def _signed(signed: Signed) -> dict[str, Any]:
    return {"document": signed.document.decode(), "signature": signed.signature.hex()}


def _line(out: TextIO, document: dict[str, Any]) -> None:
    out.write(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n")


def exported(path: Path) -> Rows:
    """All that is to be verified, from a file. Its entries are read as they are asked for. Raises JournalFault."""
    checkpoints: dict[int, Signed] = {}
    requests: list[tuple[int, bytes, bytes]] = []
    head: Signed | None = None
    for number, line in enumerate(_lines(path)):
        if number == 0 and line != {"format": FORMAT}:
            raise _unreadable()
        if "checkpoint" in line:
            checkpoints[line["checkpoint"]] = read_signed(line)
        elif "request" in line:
            requests.append((line["request"], bytes.fromhex(line["key"]), bytes.fromhex(line["asked"])))
        elif "head" in line:
            head = read_signed(line)
    return Rows((_entry(line) for line in _lines(path) if "entry" in line), checkpoints, head, requests)


def read_signed(line: dict[str, Any]) -> Signed:
    """A checkpoint from its JSON. Raises JournalFault."""
    try:
        return Signed(str(line["document"]).encode(), bytes.fromhex(line["signature"]))
    except (KeyError, TypeError, ValueError):
        raise _unreadable() from None


def checkpoint_document(signed: Signed) -> dict[str, Any]:
    """A checkpoint as it is handed to a witness."""
    return _signed(signed)


def _entry(line: dict[str, Any]) -> Stored:
    sealed = None if line["sealed"] is None else b64decode(line["sealed"], validate=True)
    return Stored(line["entry"], line["id"], line["kind"], line["subject"], line["body"].encode(), sealed, bytes.fromhex(line["link"]))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as stream:
            for text in stream:
                line = json.loads(text)
                if not isinstance(line, dict):
                    raise _unreadable()
                yield line
    except (OSError, ValueError):
        raise _unreadable() from None


def _unreadable() -> JournalFault:
    return JournalFault("journal-file: it cannot be read as an exported journal")
