"""What identity and consent are kept in: one database, one key, one clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

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

FILE = "tandem.sqlite3"


class Keeping:
    """Raises Refused where there is no key, unless it is a demonstration, which makes its own. moment: the clock."""

    def __init__(self, settings: Settings, moment: Callable[[], datetime]) -> None:
        self.settings, self.moment = settings, moment
        self.seal = Seal(_key(settings))
        self.store = _opened(settings)
        self.identity = IdentityStore(self.store)
        self.people = People(self.identity, self.seal, self.now)
        self.systems = Systems(self.identity, frozenset({f"{settings.public_url}/token"}), self.now)
        self.consents = Consents(ConsentStore(self.store), self.seal, moment)

    def now(self) -> int:
        """Microseconds since 1970."""
        return micros(self.moment())

    @property
    def database_state(self) -> tuple[str, str | None]:
        """Whether the database answers and its tables are those of this version; or why not."""
        try:
            found = revision(self.store)
        except StoreFault as fault:
            return "failing", str(fault)
        return ("reachable", None) if found == heads() else ("failing", "store-revision: the tables are of another version")

    def close(self) -> None:
        self.store.close()


def _key(settings: Settings) -> bytes:
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if settings.demo:
        return kept_key(settings.data)
    do = 'Make one: python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())"; or serve with --demo.'
    raise Refused([Problem("TANDEM_SECRET_KEY", "secret-missing", "There is no secret key.", do)])


def _opened(settings: Settings) -> Store:
    """The database that is set, or the embedded one, with its tables up to date."""
    try:
        store = open_store(settings.database or f"sqlite:///{settings.data.absolute()}/{FILE}")
        upgrade(store)
    except StoreFault as fault:
        raise Refused([Problem("TANDEM_DATABASE", "store-failing", f"{fault}.", "See docs/operating.md.")]) from None
    return store
