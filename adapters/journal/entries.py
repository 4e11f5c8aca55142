"""What the journal holds: drafts as they come in, entries as they lie there, checkpoints as they are signed.

What is hashed holds texts, whole numbers and nothing else, in one way of writing, so that its bytes are the same everywhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_bytes
from typing import Any, Literal
from uuid import UUID

Plain = str | int | None
Kind = Literal["opened", "release", "decision", "told", "patient", "disagreement", "gap", "erased", "feedback", "signer", "system"]
DIFFERS = "request-differs: this key came before, with another request"
SIGNED_AS = b"tandem-checkpoint-1\n"


class JournalFault(RuntimeError):
    """The journal cannot be read or written; begins with a stable code, never says what was to be written."""


class SubjectGone(JournalFault):
    """The person is not known, or has been forgotten."""


class RequestDiffers(JournalFault):
    """The key of a request has come before, with another request."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose entry it is: the id of their data key, and the key itself."""

    id: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """A request that may come again: its key, and everything that it asked, as digests."""

    key: bytes
    asked: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be. facts: said openly, and about nobody. private: sealed for the person whom it is about."""

    kind: Kind
    facts: Mapping[str, Plain]
    private: bytes | None = None
    person: str | None = None
    subject: str | None = None
    request: Request | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an entry lies. again: the request had come before, and this is the entry that answers it."""

    id: str
    seq: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as it lies in the store, or in an exported file; nothing of it has been checked."""

    seq: int
    id: str
    kind: str
    subject: str | None
    body: bytes
    sealed: bytes | None
    link: bytes

    @property
    def document(self) -> dict[str, Any]:
        """What was hashed."""
        found: dict[str, Any] = json.loads(self.body.decode())
        return found


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint: how far the journal went, its chain and the tree of its day, and the signature over that."""

    document: bytes
    signature: bytes

    @property
    def said(self) -> dict[str, Any]:
        """What was signed."""
        found: dict[str, Any] = json.loads(self.document)
        return found


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one way to write a document that is hashed. Raises TypeError for what has no such way."""
    _refuse_strange(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _refuse_strange(value: object) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            _refuse_strange(item)
            if not isinstance(key, str):
                raise TypeError("keys are texts")
    elif isinstance(value, list):
        for item in value:
            _refuse_strange(item)
    elif isinstance(value, bool) or not (value is None or isinstance(value, str | int)):
        raise TypeError(f"{type(value).__name__} is not hashed")


def digest(data: bytes) -> str:
    """As it stands in documents."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def stamp(at: datetime) -> str:
    """A moment, to the microsecond, in UTC: texts sort as moments do."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_id(at: datetime) -> str:
    """A UUID of version 7: sorts by time, and cannot be guessed."""
    head = int(at.timestamp() * 1000).to_bytes(6, "big")
    tail = bytearray(token_bytes(10))
    tail[0] = 0x70 | tail[0] & 0x0F
    tail[2] = 0x80 | tail[2] & 0x3F
    return str(UUID(bytes=head + bytes(tail)))


def genesis(journal: str) -> bytes:
    """The link before the first: no two journals begin alike."""
    return hashlib.sha256(b"\x00tandem-journal-1\n" + journal.encode()).digest()
