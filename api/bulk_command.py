"""Decisions for a population from the command line: a bulk export, or the stored patients, go in, NDJSON in a folder comes out."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.accounts_command import Tenant
from api.asking import AsOf, moment_of, settings
from api.output import put
from engine.errors import Problem, Refused


def bulk(
    out: Annotated[Path, typer.Option(help="the folder that the results come to; new, or empty")],
    folder: Annotated[
        Path | None, typer.Argument(help="a bulk export: files of NDJSON, plain or .gz, and its manifest.json if there is one")
    ] = None,
    stored: Annotated[bool, typer.Option("--stored", help="the patients who are stored here, in place of an export")] = False,
    as_of: AsOf = None,
    resume: Annotated[bool, typer.Option("--resume", help="go on with the run that was interrupted")] = False,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="processes; one for each core, when left out")] = None,
    organisation: Annotated[str | None, typer.Option(help="who will read the results: their consents count")] = None,
    programme: Annotated[list[str] | None, typer.Option(help="a Part 2 programme that they belong to")] = None,
    tenant: Tenant = "main",
) -> None:
    """Decide for every patient of a bulk export, or every stored patient, for the purpose of operations.

    Each decision is written in the journal.
    """
    from api.bulk.progress import shown  # noqa: PLC0415 - the other commands do without it
    from api.bulk.run import Place  # noqa: PLC0415
    from api.bulk.running import begin, go_on, new_run  # noqa: PLC0415
    from knowledge.load import load  # noqa: PLC0415

    given, place = settings(), Place(out)
    if given.secret_key is None and not given.demo:
        do = "Set the one that the service has (docs/security.md)."
        raise Refused([Problem("TANDEM_SECRET_KEY", "secret-missing", "There is no secret key.", do)])
    if resume and as_of is not None:
        raise Refused([Problem("--as-of", "option-wrong", "A run goes on as of the moment that it was begun for.", "Leave it out.")])
    if stored and folder is not None:
        do = "Name the folder of an export, or --stored."
        raise Refused([Problem("--stored", "option-wrong", "A run has one source.", do)])
    release = load(given.knowledge, given.overlay).release.digest
    if not resume:
        reads = {
            "organisation": organisation,
            "programmes": tuple(programme or ()),
            "tenant": tenant,
            "stored": "tenant" if stored else None,
        }
        begin(folder, place, new_run(moment_of(as_of, "--as-of"), datetime.now(UTC), release, **reads))
    with shown() as progress:
        manifest = go_on(folder, place, given, release, progress, workers or os.cpu_count() or 1)
    told = manifest["extension"]
    put(f"Decided for {told['decided']} of {told['patients']} patients. What could not be read: {told['errors']}. See manifest.json.")
