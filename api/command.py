"""The command line. Input that cannot be used ends with code 2 and one line a problem; any decision ends with 0."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.accounts_command import accounts
from api.consent_command import consent
from api.journal_command import journal, keys
from api.knowledge_command import knowledge
from api.output import put
from api.record_schema import moment, record_schema
from api.rendering import Form, render
from api.settings import Settings, read_settings
from api.store_command import store
from api.vocabulary import suggestion
from api.wiring import Service
from engine.decision import Decision
from engine.dictionary import Language
from engine.errors import Problem, Refused

PATIENCE = 5.0  # seconds: nobody else waits, so the second engine may take its time
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Explained clinical decision support.")
for name, group in (
    ("knowledge", knowledge),
    ("journal", journal),
    ("keys", keys),
    ("store", store),
    ("accounts", accounts),
    ("consent", consent),
):
    app.add_typer(group, name=name)
File = Annotated[str, typer.Argument(help="a record as JSON; - reads standard input")]
AsOf = Annotated[str | None, typer.Option(help="the moment the decision is for, as 2026-11-23T16:00:00Z; now, when left out")]
Lang = Annotated[Language, typer.Option(help="the language of everything in words")]
Out = Annotated[Path | None, typer.Option(help="write to this file instead")]


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter still shows the rest
    try:
        app()
    except Refused as refused:
        for item in refused.problems:
            typer.echo(f"{item.where}: {item.what} {item.do} [{item.code}]", err=True)
        sys.exit(2)


@app.command()
def recommend(
    file: File,
    format: Annotated[Form, typer.Option()] = "text",
    as_of: AsOf = None,
    lang: Lang = "en",
    out: Out = None,
    all: Annotated[bool, typer.Option("--all", help="in the terminal, every reason and not only what is first")] = False,
) -> None:
    """Recommend for a record: what to do now, the plan, follow-up, what is still to find out, and why."""
    with _asked(file, as_of) as (service, decision):
        if format == "text" and out is None:
            _show(service, decision, lang, whole=all)
        else:
            _write(render(service.base, decision, lang, format), out)


@app.command()
def explain(
    file: File,
    component: Annotated[str, typer.Argument(help="a component of the catalogue")],
    format: Annotated[Form, typer.Option()] = "text",
    as_of: AsOf = None,
    lang: Lang = "en",
    out: Out = None,
) -> None:
    """Explain one component for a record: why, why not, what is missing, what would change it."""
    with _asked(file, as_of) as (service, decision):
        if component not in service.base.components:
            do = suggestion(component, sorted(service.base.components)) or "`tandem knowledge list --components` lists them."
            raise Refused([Problem("COMPONENT", "component-unknown", "It is not in the catalogue.", do)])
        _write(render(service.base, decision, lang, format, component), out)


@app.command()
def serve(
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="ask nobody who they are; on this machine only, for no real person")] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="processes; all of them write one journal")] = 1,
) -> None:
    """Serve the API. Needs a secret key and an administrator (see docs/security.md), unless it is a demonstration."""
    from api.app import create_app  # noqa: PLC0415 - the other commands do without it
    from api.logs import configure  # noqa: PLC0415
    from api.serving import run, run_many  # noqa: PLC0415

    settings = _settings().model_copy(update={"demo": True} if demo else {})
    if settings.demo and host not in ("127.0.0.1", "::1", "localhost"):
        do = "Leave --host out, or serve without --demo."
        raise Refused([Problem("--host", "demonstration-open", "A demonstration is for this machine only.", do)])
    configure(settings.log)
    application = create_app(Service(settings))
    application.state.security.check_administrator()
    if settings.demo:
        typer.echo(f"This is a demonstration: it asks nobody who they are. Enter no real person. http://{host}:{port}", err=True)
    if workers == 1:
        run(application, host, port, settings.drain)
    else:
        run_many(workers, host, port, demo=settings.demo)


@app.command()
def schema(what: Annotated[Literal["record", "decision"], typer.Argument()]) -> None:
    """Print the JSON Schema of what goes in or of what comes out."""
    import json  # noqa: PLC0415

    from api.schemas import decision_schema  # noqa: PLC0415
    from api.vocabulary import Vocabulary  # noqa: PLC0415
    from knowledge.load import load  # noqa: PLC0415

    found = record_schema(Vocabulary(load(_settings().knowledge))) if what == "record" else decision_schema()
    put(json.dumps(found, indent=2, ensure_ascii=False))


def _settings() -> Settings:
    return read_settings(os.environ)


@contextmanager
def _asked(file: str, as_of: str | None) -> Iterator[tuple[Service, Decision]]:
    """The decision for a record in a file, and the service that made it."""
    settings, at = _settings(), _moment(as_of)
    data = _bytes(file, settings.max_body)
    with Service(settings, PATIENCE) as service:
        try:
            record = service.read(data)
        except Refused as refused:
            raise Refused(Problem(f"{file}#{item.where}", item.code, item.what, item.do) for item in refused.problems) from None
        yield service, service.decide(record, at)


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


def _moment(text: str | None) -> datetime:
    found = datetime.now().astimezone() if text is None else moment(text)
    if found is None:
        what = "This is not a time between 1900 and 2199."
        raise Refused([Problem("--as-of", "wrong-time", what, "Write it as 2026-11-23T16:00:00Z.")])
    return found


def _show(service: Service, decision: Decision, language: Language, *, whole: bool) -> None:
    """On a terminal with colours and as wide as it is; elsewhere as plain text."""
    from rich.console import Console  # noqa: PLC0415

    from api.arranging import arrange  # noqa: PLC0415
    from api.terminal import as_text, draw  # noqa: PLC0415

    console, view = Console(highlight=False, emoji=False, markup=False), arrange(service.base, decision, language)
    if console.is_terminal:
        console.width = min(console.width, 120)
        draw(view, console, whole=whole)
    else:
        _write(as_text(view, whole=whole), None)


def _write(text: str, out: Path | None) -> None:
    if out is None:
        put(text)
        return
    try:
        out.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
    except OSError as error:
        raise Refused([Problem(str(out), "file-unwritable", f"{error.strerror}.", "Name a file that can be written.")]) from None


if __name__ == "__main__":
    main()
