"""Opening a database and holding it to account: what it says is written must be on the disk, or it is refused."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, SQLAlchemyError
from sqlmodel import create_engine

PATIENCE = 2.0  # seconds for a lock, for a statement, and for a connection
_MS = int(PATIENCE * 1000)
_ASKED_EVERY = 0.001  # seconds
_POOL = {"pool_size": 8, "max_overflow": 24, "pool_timeout": PATIENCE}
_MAKING = Lock()
_READ_ONLY = "25006"  # SQLSTATE read_only_sql_transaction
_MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")


class StoreFault(RuntimeError):
    """The database cannot be used; begins with a stable code, and never says what was to be written."""


@dataclass(frozen=True, slots=True)
class Store:
    """One database. Transactions are taken from here and nowhere else."""

    engine: Engine

    @property
    def dialect(self) -> str:
        """sqlite or postgresql."""
        return self.engine.dialect.name

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that will write; it is on the disk when the block has ended without an error."""
        options = {"tandem_begin": "BEGIN IMMEDIATE"}
        with _named("store-write"), self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database, however long it takes."""
        with _named("store-read"), self.engine.connect().execution_options(**self._snapshot) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    @property
    def _snapshot(self) -> dict[str, Any]:
        if self.dialect == "sqlite":
            return {"tandem_begin": "BEGIN"}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def open_store(url: str) -> Store:
    """The database at a URL, made where it is a file that does not exist yet. Raises StoreFault."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise StoreFault("store-url: not the address of a database") from None
    with _named("store-open"):
        match address.get_backend_name():
            case "sqlite":
                return Store(_sqlite(address))
            case "postgresql":
                return Store(_postgresql(address))
            case _:
                raise StoreFault("store-url: only sqlite and postgresql are served")


@contextmanager
def _named(step: str) -> Iterator[None]:
    """Errors of the database leave as StoreFault: which step, which kind, and nothing of the statement or its values."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        raise StoreFault(f"{step}: {type(cause).__name__}") from None


def _sqlite(address: URL) -> Engine:
    if not address.database or address.database == ":memory:":
        raise StoreFault("store-url: a database in memory keeps nothing")
    path = Path(address.database).absolute()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _MAKING:
        if not path.exists():  # closing a file gives up every lock that this process has on it, and SQLite's are of that kind
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # it is about people's health: for its owner only
    place = f"sqlite:///file:{path}?mode=rw&uri=true"  # a file that is taken away later is not made anew behind our back
    engine = create_engine(place, connect_args={"timeout": PATIENCE, "isolation_level": None, "check_same_thread": False}, **_POOL)
    event.listen(engine, "connect", _write_through)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkout", _Same(path))
    return engine


def _write_through(connection: Any, _: object) -> None:
    """Every connection writes through to the disk; SQLite says back what it really does."""
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        mode = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        full = cursor.execute("PRAGMA synchronous").fetchone()[0]
    finally:
        cursor.close()
    if mode != "wal" or full != 2:
        connection.close()
        raise OSError("SQLite does not write through")


def _begin(connection: Connection) -> None:
    """The driver would begin late and by itself; we say when, so that whoever will write waits for the lock at once."""
    how = connection.get_execution_options().get("tandem_begin", "BEGIN")
    if how == "BEGIN" or not _began(connection.connection.dbapi_connection, how):
        connection.exec_driver_sql(how)


def _began(connection: Any, how: str) -> bool:
    """Whether the lock came free in time. Asked often: SQLite itself soon asks every tenth of a second, and misses a busy lock for long."""
    until = monotonic() + PATIENCE
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while monotonic() < until:
            try:
                connection.execute(how)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    return False
                sleep(_ASKED_EVERY)
            else:
                return True
    finally:
        connection.execute(f"PRAGMA busy_timeout={_MS}")
    return False


class _Same:
    """Refuses a connection to a file that has been removed or replaced: what it writes would be kept nowhere."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, _: Any, record: Any, __: Any) -> None:
        stat = self.path.stat()
        found = (stat.st_dev, stat.st_ino)
        if record.info.setdefault("file", found) != found:
            raise DisconnectionError("the file of the database is another one now")


def _postgresql(address: URL) -> Engine:
    options = f"-c lock_timeout={_MS} -c statement_timeout={15 * _MS} -c idle_in_transaction_session_timeout={30 * _MS}"
    arguments = {"connect_timeout": int(PATIENCE), "options": options, "tcp_user_timeout": 2 * _MS}
    try:
        engine = create_engine(address.set(drivername="postgresql+psycopg"), connect_args=arguments, pool_pre_ping=True, **_POOL)
    except ImportError:
        raise StoreFault("store-driver: PostgreSQL needs the extra `postgres` of this package") from None
    event.listen(engine, "connect", _keeps)
    event.listen(engine, "checkin", _as_the_server_says)
    event.listen(engine, "handle_error", _connect_anew)
    return engine


def _keeps(connection: Any, _: object) -> None:
    """A server that may forget what it has acknowledged is refused."""
    with connection.cursor() as cursor:
        found = {name: cursor.execute(f"SHOW {name}").fetchone()[0] for name in _MUST_BE_ON}
    connection.rollback()
    if set(found.values()) & {"off", "local"}:
        connection.close()
        raise OSError("PostgreSQL does not write through")


def _as_the_server_says(connection: Any, _: object) -> None:
    """After a reader, SQLAlchemy asks for leave to write in every transaction, even of a server that was told to take no changes."""
    if connection is not None and not connection.closed:
        connection.read_only = None


def _connect_anew(context: ExceptionContext) -> None:
    """Whether changes are taken is settled when a session begins: one that may not write would not learn that it may again."""
    if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY:
        context.is_disconnect = True
