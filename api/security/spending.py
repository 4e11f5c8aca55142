"""Signed calls are good once, also while the database can be read and not written: then this process remembers, and tells it later."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from threading import Lock

from adapters.store import StoreFault
from adapters.store.identity import IdentityStore
from api.logs import tell
from api.security.assertions import Assertion, Forged
from api.security.clock import SECOND
from api.security.seal import fingerprint

MOST = 100_000  # calls that are remembered; more are refused until the database takes changes again
AT_ONCE = 50  # of them that one call hands over


class Spending:
    """now: microseconds since 1970.

    Nothing but the answer itself comes of a call that the database could not take note of: whatever writes is refused there. So
    that another process would take the same call once more does no harm, and the clinician is not left without an answer.
    """

    def __init__(self, store: IdentityStore, now: Callable[[], int]) -> None:
        self._store, self._now = store, now
        self._held: dict[bytes, int] = {}
        self._lock = Lock()

    def spend(self, found: Assertion) -> None:
        """Raises Forged where it was used before; StoreFault where there is no more room to remember."""
        key, until = _key(found), found.until * SECOND
        if key in self._held:
            raise Forged("replayed")
        try:
            fresh = self._store.use_once(key, until, self._now())
        except StoreFault:
            self._hold(key, until)
            tell("call-remembered", "warning", held=len(self._held))
            return
        if not fresh:
            raise Forged("replayed")
        self._hand_over()

    def _hold(self, key: bytes, until: int) -> None:
        """In the order in which they come, so that of two at the same time one is let through."""
        with self._lock:
            if key in self._held:
                raise Forged("replayed")
            now = self._now()
            if len(self._held) >= MOST:
                self._held = {one: end for one, end in self._held.items() if end > now}
            if len(self._held) >= MOST:
                raise StoreFault("store-write: too many calls are remembered")
            self._held[key] = until

    def _hand_over(self) -> None:
        """The database takes changes again: every process is to know what was used meanwhile. No call waits for long for that."""
        if not self._held or not self._lock.acquire(blocking=False):
            return
        try:
            for key, until in list(islice(self._held.items(), AT_ONCE)):
                self._store.use_once(key, until, self._now())
                del self._held[key]
        except StoreFault:
            return  # the next call tries again
        finally:
            self._lock.release()


def spend(store: IdentityStore, found: Assertion, now: int) -> None:
    """Takes a signed statement, once, whichever process it comes to; where that cannot be noted, not at all. Raises Forged, StoreFault."""
    if not store.use_once(_key(found), found.until * SECOND, now):
        raise Forged("replayed")


def _key(found: Assertion) -> bytes:
    return fingerprint(f"jti {len(found.issuer)} {found.issuer} {found.jti}")
