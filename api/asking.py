"""How the command line is asked: a record in a file, at a moment, in a language; and where its answer goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.output import put
from api.record_schema import moment
from api.settings import Settings, read_settings
from api.wiring import Service
from engine.decision import Decision
from engine.dictionary import Language
from engine.errors import Problem, Refused
from engine.record import Record

PATIENCE = 5.0  # seconds: nobody else waits, so the second engine may take its time
File = Annotated[str, typer.Argument(help="a record as JSON; - reads standard input")]
AsOf = Annotated[str | None, typer.Option(help="the moment the decision is for, as 2026-11-23T16:00:00Z; now, when left out")]
Lang = Annotated[Language, typer.Option(help="the language of everything in words")]
Out = Annotated[Path | None, typer.Option(help="write to this file instead")]


def settings() -> Settings:
    """What the environment sets."""
    return read_settings(os.environ)


@contextmanager
def asked(file: str, as_of: str | None) -> Iterator[tuple[Service, Decision]]:
    """The decision for a record in a file, and the service that made it."""
    with asked_for_plan(file, as_of, None) as (service, _, decision, _earlier):
        yield service, decision


@contextmanager
def asked_for_plan(file: str, as_of: str | None, since: str | None) -> Iterator[tuple[Service, Record, Decision, Decision | None]]:
    """The record in a file, its decision at a moment, and the one at an earlier moment where one is named."""
    given, at, before = settings(), moment_of(as_of, "--as-of"), moment_of(since, "--since") if since else None
    data = _bytes(file, given.max_body)
    with Service(given, PATIENCE) as service:
        try:
            record = service.read(data)
        except Refused as refused:
            raise Refused(Problem(f"{file}#{item.where}", item.code, item.what, item.do) for item in refused.problems) from None
        yield service, record, service.decide(record, at), service.decide(record, before) if before else None


def _bytes(file: str, most: int) -> bytes:
    try:
        data = sys.stdin.buffer.read(most + 1) if file == "-" else _start_of(Path(file), most + 1)
    except OSError as error:
        what = f"{error.strerror or 'It cannot be read'}."
        raise Refused([Problem(file, "file-unreadable", what, "Name a file with a record.")]) from None
    if len(data) > most:
        do = "Send one record, for one person, or set TANDEM_MAX_BODY."
        raise Refused([Problem(file, "too-large", f"It has more than {most} bytes.", do)])
    return data


def _start_of(path: Path, most: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(most)


def moment_of(text: str | None, option: str) -> datetime:
    """The moment in an option, or now. Raises Refused."""
    found = datetime.now().astimezone() if text is None else moment(text)
    if found is None:
        what = "This is not a time between 1900 and 2199."
        raise Refused([Problem(option, "wrong-time", what, "Write it as 2026-11-23T16:00:00Z.")])
    return found


def write(text: str, out: Path | None) -> None:
    """Print an answer, or write it to a file."""
    if out is None:
        put(text)
        return
    try:
        out.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
    except OSError as error:
        raise Refused([Problem(str(out), "file-unwritable", f"{error.strerror}.", "Name a file that can be written.")]) from None
