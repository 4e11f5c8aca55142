"""The store: what it says is written is on the disk; tables go up and down on both databases with rows in them."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from adapters.store import Store, StoreFault, downgrade, heads, open_store, revision, upgrade
from adapters.store.tables import METADATA
from bench.migrating import campaign

ROOT = Path(__file__).parent.parent
ROW = "INSERT INTO knowledge_release (digest, files) VALUES (:digest, :files)"


def added(store: Store, digest: str) -> None:
    with store.writing() as connection:
        connection.execute(text(ROW), {"digest": digest, "files": b"\x00\xff"})


def kept(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(connection.execute(text("SELECT digest FROM knowledge_release ORDER BY digest")).scalars())


def test_what_is_written_is_there_for_whoever_opens_it_next(store: Store, url: str) -> None:
    added(store, "one")
    other = open_store(url)
    assert kept(other) == ["one"]
    other.close()


LOOK = """
import sys
from sqlalchemy import create_engine, text
from adapters.store import open_store
store = open_store(sys.argv[1])
with store.reading() as connection:
    print(*connection.execute(text("SELECT digest FROM knowledge_release ORDER BY digest")).scalars())
store.close()
"""


def test_a_file_that_is_opened_twice_here_stays_locked_against_others(store: Store, url: str) -> None:
    """Else who closes the file elsewhere takes it for their own, and what is written here afterwards is kept nowhere."""
    second = open_store(url)
    for digests in (["one"], ["one", "two"], ["one", "three", "two"]):
        added(store, next(name for name in digests if name not in kept(store)))
        seen = subprocess.run([sys.executable, "-c", LOOK, url], cwd=ROOT, capture_output=True, text=True, check=True)
        assert seen.stdout.split() == digests
    second.close()


def test_an_error_undoes_all_of_a_transaction(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing() as connection:  # noqa: PT012 - the error must come after the row
        connection.execute(text(ROW), {"digest": "one", "files": b""})
        raise ZeroDivisionError
    assert kept(store) == []


def test_a_reader_sees_one_moment(store: Store) -> None:
    added(store, "one")
    with store.reading() as connection:
        before = connection.execute(text("SELECT count(*) FROM knowledge_release")).scalar_one()
        added(store, "two")
        assert connection.execute(text("SELECT count(*) FROM knowledge_release")).scalar_one() == before == 1


def test_a_fault_says_the_step_and_no_value(store: Store) -> None:
    added(store, "secret-name")
    with pytest.raises(StoreFault, match=r"^store-write: ") as fault:
        added(store, "secret-name")
    assert "secret" not in str(fault.value)
    assert fault.value.__cause__ is None


def test_tables_go_up_down_and_up_with_rows_in_them(store: Store) -> None:
    added(store, "one")
    assert revision(store) == heads()
    downgrade(store, "0001")
    assert kept(store) == ["one"]
    upgrade(store)
    assert kept(store) == ["one"]
    downgrade(store, "base")
    assert revision(store) is None
    with pytest.raises(StoreFault):
        kept(store)
    upgrade(store)
    assert kept(store) == []


def test_no_revision_loses_what_the_one_before_can_hold(store: Store) -> None:
    assert [(step, gone) for step, _, gone in campaign(store, 30) if gone] == []
    assert revision(store) == heads()


def test_systems_registered_before_keep_what_they_could_do(store: Store) -> None:
    """Down to the revision before and up again, with a system, its token, and one that has an issuer."""
    before = "INSERT INTO client (id, tenant, roles, programmes, secret, active) VALUES ('ehr', 'main', 'ehr_client', '[]', :digest, true)"
    downgrade(store, "0002")
    with store.writing() as connection:
        connection.execute(text(before), {"digest": b"x" * 32})
        connection.execute(text("INSERT INTO token (key, client, until) VALUES (:digest, 'ehr', 5)"), {"digest": b"y" * 32})
    upgrade(store)
    found = "SELECT c.id, c.issuer, c.scopes, c.agreement, t.scopes FROM client c JOIN token t ON t.client = c.id"
    with store.writing() as connection:
        assert tuple(connection.execute(text(found)).one()) == ("ehr", None, "system/*.rs", "{}", "system/*.rs")
        connection.execute(text("UPDATE client SET issuer = 'https://ehr.example'"))
    downgrade(store, "0002")
    upgrade(store)
    with store.reading() as connection:
        assert tuple(connection.execute(text(found)).one()) == ("ehr", None, "system/*.rs", "{}", "system/*.rs")


def test_the_tables_are_as_they_are_declared(store: Store) -> None:
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_step_that_fails_half_way_leaves_nothing_behind(url: str) -> None:
    store = open_store(url)
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE knowledge_release (id integer)"))  # in the way of the last table of the step
    with pytest.raises(StoreFault):
        upgrade(store)
    with store.writing() as connection:
        connection.execute(text("DROP TABLE knowledge_release"))
    assert revision(store) is None
    upgrade(store)
    assert revision(store) == heads()
    store.close()


def test_many_start_at_once(url: str) -> None:
    stores = [open_store(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, stores))
    assert [revision(store) for store in stores] == [heads()] * 4
    for store in stores:
        store.close()


def test_a_database_of_a_later_version_is_refused(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreFault, match="store-revision"):
        upgrade(store)


@pytest.mark.parametrize("change", ["UPDATE journal_checkpoint SET seq = 2", "DELETE FROM journal_checkpoint"])
def test_the_database_itself_refuses_to_change_what_is_only_added(store: Store, change: str) -> None:
    with store.writing() as connection:
        row = "INSERT INTO journal_checkpoint (seq, document, signature) VALUES (1, :bytes, :bytes)"
        connection.execute(text(row), {"bytes": b"x"})
    with pytest.raises(StoreFault), store.writing() as connection:
        connection.execute(text(change))


@pytest.mark.parametrize("wrong", ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_is_none(wrong: str) -> None:
    with pytest.raises(StoreFault, match=r"^store-url: "):
        open_store(wrong)


class TestSqlite:
    def test_only_its_owner_may_read_it(self, tmp_path: Path) -> None:
        store = opened(tmp_path / "data")
        added(store, "one")
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()} == {0o600}
        store.close()

    def test_it_writes_through(self, tmp_path: Path) -> None:
        store = opened(tmp_path)
        with store.reading() as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
            assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
        store.close()

    def test_one_that_does_not_write_through_is_refused(self, tmp_path: Path) -> None:
        store = opened(tmp_path)
        store.close()
        holder = sqlite3.connect(tmp_path / "tandem.sqlite3")
        holder.execute("PRAGMA journal_mode=DELETE")
        holder.execute("BEGIN EXCLUSIVE")  # so that the mode cannot be turned on again
        with pytest.raises(StoreFault):
            kept(open_store(f"sqlite:///{tmp_path}/tandem.sqlite3"))
        holder.close()

    def test_one_that_somebody_holds_is_a_fault_and_not_a_hang(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("adapters.store.connect.PATIENCE", 0.2)
        store = opened(tmp_path)
        holder = sqlite3.connect(tmp_path / "tandem.sqlite3")
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreFault, match="store-write: OperationalError"):
            added(store, "one")
        holder.rollback()
        holder.close()
        added(store, "one")
        store.close()

    def test_a_file_taken_away_or_replaced_is_not_written_to(self, tmp_path: Path) -> None:
        store = opened(tmp_path)
        file = tmp_path / "tandem.sqlite3"
        file.rename(tmp_path / "elsewhere")
        with pytest.raises(StoreFault):
            added(store, "one")
        assert not file.exists()
        file.write_bytes((tmp_path / "elsewhere").read_bytes())
        added(store, "two")  # a whole copy in its place serves again
        assert kept(store) == ["two"]
        store.close()

    def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        (tmp_path / "tandem.sqlite3").write_bytes(b"something else entirely" * 100)
        with pytest.raises(StoreFault):
            opened(tmp_path)

    def test_a_folder_that_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(StoreFault, match="store-open"):
            opened(tmp_path / "file")


class TestPostgresql:
    @pytest.mark.parametrize("setting", ["off", "local"])
    def test_one_that_may_forget_is_refused(self, postgresql: Callable[[], str], setting: str) -> None:
        url = postgresql()
        store = open_store(url)
        with store.writing() as connection:
            name = connection.execute(text("SELECT current_database()")).scalar_one()
            connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = {setting}"))
        store.close()
        with pytest.raises(StoreFault):
            revision(open_store(url))

    @pytest.mark.parametrize("told", ["before it connects", "while it is connected"])
    def test_one_that_takes_no_changes_is_written_to_as_soon_as_it_does_again(self, postgresql: Callable[[], str], told: str) -> None:
        store = opened_at(postgresql())
        operator = create_engine(store.engine.url, isolation_level="AUTOCOMMIT")
        with operator.connect() as connection:
            name = connection.execute(text("SELECT current_database()")).scalar_one()
            connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
            if told == "before it connects":
                store.engine.dispose()
            else:  # as a server that is failed over, or told to end what runs
                others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()"
                connection.execute(text(others), {"name": name})
                with pytest.raises(StoreFault, match=r"^store-"):
                    added(store, "lost")
            assert kept(store) == []  # reading goes on, and does not make it take changes
            for _ in range(2):
                with pytest.raises(StoreFault, match=r"^store-write: ReadOnlySqlTransaction"):
                    added(store, "lost")
            connection.execute(text(f"ALTER DATABASE {name} RESET default_transaction_read_only"))
        added(store, "found")
        assert kept(store) == ["found"]
        operator.dispose()
        store.close()

    def test_one_that_is_not_there(self) -> None:
        with pytest.raises(StoreFault, match="store-read: OperationalError"):
            revision(open_store(f"postgresql://nobody@127.0.0.1:{1 + os.getpid() % 1000}/none"))


def opened(folder: Path) -> Store:
    return opened_at(f"sqlite:///{folder}/tandem.sqlite3")


def opened_at(url: str) -> Store:
    store = open_store(url)
    upgrade(store)
    return store
