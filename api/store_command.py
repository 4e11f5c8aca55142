"""`tandem store`: bring the tables up to date, back up while services run, restore, verify."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.journal_command import faults, verify
from api.output import put
from api.settings import read_settings

if TYPE_CHECKING:
    from adapters.store import Store

store = typer.Typer(no_args_is_help=True, help="The database: its tables, its backups.")


@contextmanager
def _opened() -> Iterator[Store]:
    from adapters.store import open_store  # noqa: PLC0415 - the other commands do without it

    with faults():
        found = open_store(read_settings(os.environ).database_url)
        try:
            yield found
        finally:
            found.close()


@store.command()
def migrate(
    down: Annotated[str | None, typer.Option(help="down to this revision instead; what later ones hold is lost")] = None,
) -> None:
    """Bring the tables up to date. A service does so by itself when it starts."""
    from adapters.store import downgrade, revision, upgrade  # noqa: PLC0415

    with _opened() as found:
        if down is None:
            upgrade(found)
        else:
            downgrade(found, down)
        put(f"revision {revision(found) or 'none'}")


@store.command()
def backup(out: Annotated[Path, typer.Argument()]) -> None:
    """Write every row to one file with its digest, of one moment, while services go on. Keep the key file elsewhere."""
    from adapters.store.archive import backup as written  # noqa: PLC0415

    with _opened() as found:
        put(f"{written(found, out)} rows")


@store.command()
def restore(file: Annotated[Path, typer.Argument()]) -> None:
    """Fill an empty database, of either kind, from a backup; then verify it."""
    from adapters.store.archive import restore as filled  # noqa: PLC0415

    with _opened() as found:
        put(f"{filled(found, file)} rows")
    verify()


@store.command("check-backup")
def check_backup(file: Annotated[Path, typer.Argument()]) -> None:
    """Whether a backup is whole."""
    from adapters.store.archive import check  # noqa: PLC0415

    with faults():
        put(f"whole, of revision {check(file)}")
