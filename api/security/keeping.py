"""What identity and consent are kept in: one database, one key, one clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Lock

from adapters.store import Store, StoreFault, heads, open_store, revision, upgrade
from adapters.store.consents import ConsentStore
from adapters.store.identity import IdentityStore
from api.security.clock import micros
from api.security.consents import Consents
from api.security.people import People
from api.security.seal import Seal, kept_key
from api.security.systems import Systems
from api.settings import Settings
from engine.errors import Problem, Refused


class Keeping:
    """Raises Refused where there is no key, unless it is a demonstration, which makes its own. moment: the clock."""

    def __init__(self, settings: Settings, moment: Callable[[], datetime]) -> None:
        self.settings, self.moment = settings, moment
        self.seal = Seal(_key(settings))
        self._store: Store | None = None
        self._opening = Lock()
        self.identity = IdentityStore(self.store)
        self.people = People(self.identity, self.seal, self.now)
        self.systems = Systems(self.identity, frozenset(f"{base}/token" for base in settings.bases), self.now)
        self.consents = Consents(ConsentStore(self.store), self.seal, moment)

    def store(self) -> Store:
        """The database, with its tables up to date; opened when it is first needed, and tried again while it fails. Raises StoreFault."""
        with self._opening:
            if self._store is None:
                store = open_store(self.settings.database_url)
                try:
                    upgrade(store)
                except StoreFault:
                    store.close()
                    raise
                self._store = store
            return self._store

    def now(self) -> int:
        """Microseconds since 1970."""
        return micros(self.moment())

    @property
    def database_state(self) -> tuple[str, str | None]:
        """Whether the database answers and its tables are those of this version; or why not."""
        try:
            found = revision(self.store())
        except StoreFault as fault:
            return "failing", str(fault)
        return ("reachable", None) if found == heads() else ("failing", "store-revision: the tables are of another version")

    def close(self) -> None:
        if self._store is not None:
            self._store.close()


def _key(settings: Settings) -> bytes:
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if settings.demo:
        return kept_key(settings.data)
    do = 'Make one: python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())"; or serve with --demo.'
    raise Refused([Problem("TANDEM_SECRET_KEY", "secret-missing", "There is no secret key.", do)])
