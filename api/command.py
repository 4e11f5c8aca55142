"""The command line. Input that cannot be used ends with code 2 and one line a problem; any decision ends with 0."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.accounts_command import accounts
from api.asking import AsOf, File, Lang, Out, asked, asked_for_plan, settings, write
from api.bulk_command import bulk
from api.consent_command import consent
from api.feedback_command import feedback
from api.journal_command import journal, keys
from api.knowledge_command import knowledge
from api.measures_command import measures
from api.output import put
from api.pathway_command import pathway
from api.record_schema import record_schema
from api.rendering import Form, PlanForm, explained, render, render_plan
from api.settings import Settings
from api.store_command import store
from api.vocabulary import suggestion
from api.wiring import Service
from engine.decision import Decision
from engine.dictionary import Language
from engine.document import Detail
from engine.errors import Problem, Refused

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Explained clinical decision support.")
for name, group in (
    ("knowledge", knowledge),
    ("pathway", pathway),
    ("journal", journal),
    ("keys", keys),
    ("store", store),
    ("accounts", accounts),
    ("consent", consent),
):
    app.add_typer(group, name=name)
app.command()(feedback)
app.command()(bulk)
app.command()(measures)


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


@app.callback()
def site(
    overlay: Annotated[Path | None, typer.Option(help="the file of parameters that the site changes (TANDEM_OVERLAY)")] = None,
) -> None:
    """Explained clinical decision support."""
    if overlay is not None:
        os.environ["TANDEM_OVERLAY"] = str(overlay)


@app.command()
def recommend(
    file: File,
    format: Annotated[Form, typer.Option()] = "text",
    as_of: AsOf = None,
    lang: Lang = "en",
    out: Out = None,
    detail: Annotated[Detail, typer.Option(help="how much the JSON document holds")] = "short",
    all: Annotated[bool, typer.Option("--all", help="in the terminal, every reason and not only what is first")] = False,
) -> None:
    """Recommend for a record: what to do now, the plan, follow-up, what is still to find out, and why."""
    with asked(file, as_of) as (service, decision):
        if format == "text" and out is None:
            _show(service, decision, lang, whole=all)
        else:
            write(render(service.base, decision, lang, format, detail=detail), out)


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
    with asked(file, as_of) as (service, decision):
        if component not in service.base.components:
            do = suggestion(component, sorted(service.base.components)) or "`tandem knowledge list --components` lists them."
            raise Refused([Problem("COMPONENT", "component-unknown", "It is not in the catalogue.", do)])
        write(render(service.base, decision, lang, format, explained(service.base, decision, component)), out)


@app.command()
def plan(
    file: File,
    since: Annotated[str | None, typer.Option(help="an earlier moment: say what changed from then to the moment of the plan")] = None,
    format: Annotated[PlanForm, typer.Option()] = "text",
    as_of: AsOf = None,
    lang: Lang = "en",
    out: Out = None,
) -> None:
    """The care plan for a record: goals, wishes, choices, who does what, one calendar, and what changed."""
    with asked_for_plan(file, as_of, since) as (service, record, decision, earlier):
        write(render_plan(service.base, record, decision, earlier, lang, format), out)


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

    own = settings().model_copy(update={"demo": True} if demo else {})
    if own.demo and own.public_url == Settings.model_fields["public_url"].default:  # else what it links to lies on another port
        own = own.model_copy(update={"public_url": f"http://{f'[{host}]' if ':' in host else host}:{port}"})
    if own.demo and host not in ("127.0.0.1", "::1", "localhost"):
        do = "Leave --host out, or serve without --demo."
        raise Refused([Problem("--host", "demonstration-open", "A demonstration is for this machine only.", do)])
    configure(own.log)
    application = create_app(Service(own))
    application.state.security.check_administrator()
    if own.demo:
        typer.echo(f"This is a demonstration: it asks nobody who they are. Enter no real person. {own.public_url}", err=True)
    if own.tried_out:
        typer.echo(f"Try cards out: {own.public_url}/sandbox", err=True)
    if workers == 1:
        run(application, host, port, own.drain)
    else:
        run_many(workers, host, port, demo=own.demo, public_url=own.public_url)


@app.command()
def schema(what: Annotated[Literal["record", "decision"], typer.Argument()]) -> None:
    """Print the JSON Schema of what goes in or of what comes out."""
    import json  # noqa: PLC0415

    from api.schemas import decision_schema  # noqa: PLC0415
    from api.vocabulary import Vocabulary  # noqa: PLC0415
    from knowledge.load import load  # noqa: PLC0415

    found = record_schema(Vocabulary(load(settings().knowledge))) if what == "record" else decision_schema()
    put(json.dumps(found, indent=2, ensure_ascii=False))


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
        write(as_text(view, whole=whole), None)


if __name__ == "__main__":
    main()
