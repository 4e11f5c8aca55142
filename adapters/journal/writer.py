"""The journal, open for writing: from many threads, processes and machines, and nothing is answered before it is on the disk.

Drafts that wait while another commit is under way go into the next one together, so that many share one writing to disk.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from time import monotonic

from adapters.crypto import KeyFault, Keyring, open_keyring, seal
from adapters.journal import rows
from adapters.journal.chain import Head, signed_by
from adapters.journal.commit import Ticket, commit
from adapters.journal.entries import (
    DIFFERS,
    Draft,
    JournalFault,
    Plain,
    Receipt,
    Request,
    RequestDiffers,
    Signed,
    Stored,
    SubjectGone,
    new_id,
    stamp,
)
from adapters.journal.people import Owned, People
from adapters.store import Store, StoreFault, open_store, upgrade

AGAIN = 0.5  # seconds after a failure in which nobody tries again, so that nobody waits in vain
PATIENCE = 5.0  # seconds that a draft may wait for its turn
_MOST = 500  # drafts in one commit
_log = logging.getLogger("tandem")


@dataclass(frozen=True, slots=True)
class JournalHealth:
    """failing: reason says why nothing can be written now. unrecorded: answers that left without an entry since the start."""

    writable: bool
    reason: str | None
    unrecorded: int


@dataclass(slots=True)
class _Outage:
    """What could not be written since it last could."""

    since: str | None = None
    count: int = 0
    total: int = 0
    reason: str | None = None
    again: float = 0.0


@dataclass(frozen=True, slots=True)
class Opened:
    """What is there once the database could be opened."""

    store: Store
    keyring: Keyring
    people: People


class Journal:
    """One journal. It opens when it is first used, and opens again by itself when that failed."""

    def __init__(self, url: str, keys: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._url, self._keys, self._now = url, keys, now
        self._opened: Opened | None = None
        self._turn, self._lock = threading.Lock(), threading.Lock()
        self._waiting: list[Ticket] = []
        self._outage = _Outage()
        self._left: Signed | None = None

    def close(self) -> None:
        """Give the database back."""
        if self._opened is not None:
            self._opened.store.close()

    def append(self, draft: Draft) -> Receipt:
        """Add an entry; it is on the disk when this returns. Raises JournalFault, and counts what could not be written."""
        try:
            return self._append(draft)
        except (SubjectGone, RequestDiffers):
            raise
        except JournalFault as fault:
            self.missed(fault)
            raise

    def ready(self) -> Opened:
        """The store and the keys, unless a failure is so recent that it is too soon to try again. Raises JournalFault."""
        self._rested()
        return self.opened()

    def answered(self, request: Request) -> Stored | None:
        """The entry that answers a request that has come before. Raises RequestDiffers, JournalFault."""
        with _told(), self.ready().store.reading() as connection:
            found = rows.answered(connection, [request.key]).get(request.key)
            if found is not None and found[0] != request.asked:
                raise RequestDiffers(DIFFERS)
            return rows.entry_at(connection, found[1]) if found else None

    def entry(self, id: str) -> Stored | None:
        """One entry. Raises JournalFault."""
        with _told(), self.opened().store.reading() as connection:
            return rows.entry(connection, id)

    def newest(self, count: int) -> list[Stored]:
        """The newest entries, oldest of them first. Raises JournalFault."""
        with _told(), self.opened().store.reading() as connection:
            found = rows.head_now(connection)
            last = found[0].seq if found else 0
            return list(rows.between(connection, last - count + 1, last))

    def head(self) -> Signed:
        """The signed end of the journal. Raises JournalFault."""
        with _told(), self.opened().store.reading() as connection:
            return _held(rows.head_now(connection), self.opened().keyring)[1]

    def health(self) -> JournalHealth:
        """Whether an entry could be added now. After a failure this tries in earnest: it writes down what was missed."""
        try:
            if self._outage.reason is not None:
                self._again()
            else:
                with _told(), self.opened().store.writing() as connection:
                    _held(rows.head(connection), self.opened().keyring)
        except JournalFault as fault:
            if self._outage.reason is None:
                self._note(str(fault))
        with self._lock:
            return JournalHealth(self._outage.reason is None, self._outage.reason, self._outage.total)

    def opened(self) -> Opened:
        """The store and the keys. Raises JournalFault."""
        if self._opened is None:
            with self._turn, _told():
                self._opened = self._opened or self._open()
        return self._opened

    def _open(self) -> Opened:
        keyring, store = open_keyring(self._keys), open_store(self._url)
        try:
            upgrade(store)
            with store.writing() as connection:
                first = Head.first(token_hex(16), stamp(self._now()))
                rows.begin(connection, first, first.signed(keyring.signer))
                _held(rows.head(connection), keyring)
        except Exception:
            store.close()
            raise
        return Opened(store, keyring, People(keyring))

    def _append(self, draft: Draft) -> Receipt:
        opened = self.ready()
        for _ in range(3):
            with _told():
                ticket = _ticket(opened, draft, self._now())
            self._wait(ticket, opened)
            if ticket.receipt is not None:
                if ticket.owned is not None:
                    opened.people.stored(ticket.owned)
                return ticket.receipt
            if ticket.owned is not None:  # somebody else made this person's key, or destroyed it
                opened.people.forget(ticket.owned)
        raise JournalFault("journal-write: the key of the person changes too fast")

    def _wait(self, ticket: Ticket, opened: Opened) -> None:
        """Wait for our turn; whoever has it writes for all who wait. Raises JournalFault."""
        with self._lock:
            self._waiting.append(ticket)
        if not self._turn.acquire(timeout=PATIENCE):
            with self._lock:
                self._waiting = [other for other in self._waiting if other is not ticket]
            raise JournalFault("journal-write: others took too long")
        try:
            while not ticket.done:
                with self._lock:
                    batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                self._write(batch, opened)
        finally:
            self._turn.release()
        if ticket.fault is not None:
            raise ticket.fault

    def _again(self) -> None:
        """After a failure, try in earnest, though nobody has anything to write. Raises JournalFault."""
        opened = self.ready()
        with self._turn:
            fault = self._write([], opened)
        if fault is not None:
            raise fault

    def _write(self, batch: list[Ticket], opened: Opened) -> JournalFault | None:
        """One commit for all of them: they are all written, or all told why not."""
        try:
            with _told():
                missed = self._missed(opened)
                with opened.store.writing() as connection:
                    head, signed = self._as_left(rows.head(connection), opened.keyring)
                    left = commit(connection, [*missed, *batch], head, signed, opened.keyring.signer, stamp(self._now()))
                self._left = left
        except JournalFault as fault:
            for ticket in batch:
                ticket.receipt, ticket.fault = None, fault
            return fault
        finally:
            for ticket in batch:
                ticket.done = True
        if self._outage.reason is not None:
            with self._lock:
                self._outage = _Outage(total=self._outage.total)
            _log.warning("journal-recovered")
        return None

    def _as_left(self, found: tuple[Head, Signed] | None, keyring: Keyring) -> tuple[Head, Signed]:
        """The head, if it is the one that we left there; another process may have gone on from it, and then its signature is looked at."""
        return found if found is not None and found[1] == self._left else _held(found, keyring)

    def _missed(self, opened: Opened) -> list[Ticket]:
        """The first entry after an outage says how long it was, and how many answers left unrecorded."""
        with self._lock:
            if self._outage.since is None:
                return []
            facts: dict[str, Plain] = {"count": self._outage.count, "since": self._outage.since, "until": stamp(self._now())}
        return [_ticket(opened, Draft("gap", facts), self._now())]

    def _rested(self) -> None:
        if self._outage.reason is not None and monotonic() < self._outage.again:
            raise JournalFault(self._outage.reason)

    def missed(self, fault: JournalFault) -> None:
        """Count an answer that leaves without its entry."""
        with self._lock:
            self._outage.count += 1
            self._outage.total += 1
        self._note(str(fault))

    def _note(self, reason: str) -> None:
        with self._lock:
            if self._outage.reason is None:
                _log.error("journal-failed: %s", reason)
            self._outage.since = self._outage.since or stamp(self._now())
            self._outage.again = self._outage.again if self._outage.again > monotonic() else monotonic() + AGAIN
            self._outage.reason = reason


def _ticket(opened: Opened, draft: Draft, at: datetime) -> Ticket:
    """A draft with its id, sealed for its subject."""
    id, owned = new_id(at), _owned(opened, draft)
    sealed = seal(owned.subject.key, draft.private, f"{draft.kind}:{id}") if owned and draft.private is not None else None
    return Ticket(draft, id, owned, sealed)


def _owned(opened: Opened, draft: Draft) -> Owned | None:
    if draft.subject is not None:
        owned = opened.people.by_id(opened.store, draft.subject)
        if owned is None:
            raise SubjectGone("subject-gone: this person is not known, or has been forgotten")
        return owned
    if draft.person is not None:
        return opened.people.named(opened.store, draft.person)
    return opened.people.nobody() if draft.private is not None else None


def _held(found: tuple[Head, Signed] | None, keyring: Keyring) -> tuple[Head, Signed]:
    """The head, if it is one that we signed: what somebody else put there is not gone on with."""
    if found is None or signed_by(found[1], keyring.publics) is None:
        raise JournalFault("journal-head: the end of the journal is not signed by these keys; verify it")
    return found


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (StoreFault, KeyFault) as fault:
        raise JournalFault(str(fault)) from None
