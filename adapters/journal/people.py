"""Each person's data key: made when they first appear, remembered while the process runs, destroyed to forget them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select, update

from adapters.crypto import Keyring, Wrapped, new_key
from adapters.journal import rows
from adapters.journal.entries import Subject, new_id
from adapters.store import Store

_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Owned:
    """A subject, and whose they are. fresh: how the key is stored, while it is not known to be stored."""

    subject: Subject
    person: bytes | None
    fresh: Wrapped | None


class People:
    """Data keys by person, in one process; from many threads."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self._known: OrderedDict[bytes, Owned] = OrderedDict()
        self._lock = threading.Lock()

    def named(self, store: Store, identifier: str) -> Owned:
        """The key of a person; a new one, not stored yet, when they are not known."""
        person = self.keyring.person(identifier)
        with self._lock:
            if person in self._known:
                self._known.move_to_end(person)
                return self._known[person]
        with store.reading() as connection:
            found = rows.data_key(connection, person=person)
        if found is not None and found[1] is not None:
            owned = Owned(Subject(found[0], self.keyring.unwrap(found[1], found[0])), person, None)
        else:
            owned = self.nobody(person)
        with self._lock:
            owned = self._known.setdefault(person, owned)  # two who come at once are given one key
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return owned

    def nobody(self, person: bytes | None = None) -> Owned:
        """A new key; without a person, for one entry alone."""
        id, key = new_id(datetime.now(UTC)), new_key()
        return Owned(Subject(id, key), person, self.keyring.wrap(key, id))

    def by_id(self, store: Store, id: str) -> Owned | None:
        """The key that entries name; none when it was never made, or has been destroyed."""
        with store.reading() as connection:
            found = rows.data_key(connection, id=id)
        if found is None or found[1] is None:
            return None
        return Owned(Subject(id, self.keyring.unwrap(found[1], id)), None, None)

    def stored(self, owned: Owned) -> None:
        """It is on the disk now."""
        if owned.person is not None and owned.fresh is not None:
            with self._lock:
                if self._known.get(owned.person) is owned:
                    self._known[owned.person] = Owned(owned.subject, owned.person, None)

    def forget(self, owned: Owned) -> None:
        """What is remembered of it holds no longer."""
        if owned.person is not None:
            with self._lock:
                self._known.pop(owned.person, None)


def keep(connection: Connection, fresh: dict[str, Owned]) -> None:
    """Store new data keys, unless their person has one by now."""
    held = [(id, owned.person, owned.fresh) for id, owned in fresh.items()]
    values = [{"id": id, "person": person, "wrapped_by": key.by, "wrapped": key.key} for id, person, key in held if key is not None]
    rows.add_if_absent(connection, rows.KEY, values)


def destroy(connection: Connection, id: str) -> bool:
    """Take the key and the name away from an id. False when there was nothing to take."""
    gone = update(rows.KEY).where(rows.KEY.c.id == id, rows.KEY.c.wrapped.is_not(None)).values(person=None, wrapped=None, wrapped_by=None)
    return connection.execute(gone).rowcount == 1


def wrap_anew(store: Store, keyring: Keyring, at_once: int = 500) -> int:
    """Wrap every data key by the current key-encryption key, some at a time, so that services go on meanwhile. Returns how many."""
    done, current = 0, keyring.current
    while True:
        with store.writing() as connection:
            older = (
                select(rows.KEY).where(rows.KEY.c.wrapped.is_not(None), rows.KEY.c.wrapped_by != current).limit(at_once).with_for_update()
            )
            found = connection.execute(older).all()
            for row in found:
                wrapped = keyring.wrap(keyring.unwrap(Wrapped(row.wrapped_by, bytes(row.wrapped)), row.id), row.id)
                values = {"wrapped_by": wrapped.by, "wrapped": wrapped.key}
                connection.execute(update(rows.KEY).where(rows.KEY.c.id == row.id).values(**values))
        if not found:
            return done
        done += len(found)
