"""Tables up and down, one writer at a time, each step whole or not at all."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from adapters.store.connect import Store, StoreFault

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_263_510_001  # any number, as long as nobody else in this database uses it


def upgrade(store: Store, to: str = "head") -> None:
    """Bring the tables up to a revision; does nothing, and takes no lock, when they are there. Raises StoreFault."""
    if to != "head" or revision(store) != heads():
        _run(store, "upgrade", to)


def downgrade(store: Store, to: str) -> None:
    """Bring the tables down to a revision, or to `base`. What only later revisions can hold is lost. Raises StoreFault."""
    _run(store, "downgrade", to)


def revision(store: Store) -> str | None:
    """The revision that the tables are at; none in an empty database. Raises StoreFault."""
    with store.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def heads() -> str:
    """The newest revision that this version knows."""
    return ScriptDirectory(str(FOLDER)).get_current_head() or ""


def _run(store: Store, direction: str, to: str) -> None:
    with store.writing() as connection:
        _alone(connection)
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        try:
            getattr(command, direction)(config, to)
        except CommandError:
            raise StoreFault("store-revision: this version does not know the revision of the database") from None


def _alone(connection: Connection) -> None:
    """On SQLite the transaction itself is the lock; on PostgreSQL whoever comes second waits here until the first has committed."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
