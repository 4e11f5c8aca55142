"""Windows of follow-up over everybody who is stored, from the command line, however many they are."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from api.accounts_command import Tenant
from api.asking import Lang, settings
from api.output import put
from engine.errors import Problem, Refused


def measures(
    start: Annotated[str, typer.Option(help="the first day, as 2026-01-01")],
    end: Annotated[str, typer.Option(help="the last day, as 2026-12-31")],
    organisation: Annotated[str | None, typer.Option(help="who will read the counts: their consents count")] = None,
    programme: Annotated[list[str] | None, typer.Option(help="a Part 2 programme that they belong to")] = None,
    lang: Lang = "en",
    tenant: Tenant = "main",
) -> None:
    """Count the stored patients of a tenant in every window of follow-up: a MeasureReport on each line, small counts masked."""
    from adapters.crypto import KeyFault  # noqa: PLC0415 - the other commands do without it
    from adapters.fhir.writing.canonical import Publishing  # noqa: PLC0415
    from adapters.fhir.writing.measures import windows  # noqa: PLC0415
    from adapters.fhir.writing.summaries import summary  # noqa: PLC0415
    from adapters.journal import JournalFault  # noqa: PLC0415
    from adapters.store import StoreFault  # noqa: PLC0415
    from api.fhir.counting import tally  # noqa: PLC0415
    from api.fhir.parameters import end_of, whole_days  # noqa: PLC0415
    from api.population import stored_patients  # noqa: PLC0415
    from api.rendering import to_json  # noqa: PLC0415
    from api.security.door import Asking  # noqa: PLC0415
    from api.security.principal import Principal  # noqa: PLC0415
    from api.security.security import Security  # noqa: PLC0415
    from api.shared import Reader  # noqa: PLC0415
    from api.wiring import Service  # noqa: PLC0415

    period = whole_days(start, end)
    if period is None:
        raise Refused([Problem("--start", "period-wrong", "This is no period of whole days.", "Write 2026-01-01 and 2026-12-31.")])
    who = Principal("command line", "system", tenant, frozenset({"ehr_client"}), organisation, frozenset(programme or ()))
    reader = Reader(Asking(who, "operations"), organisation, "professional", alone=True)
    with Service(settings()) as service, closing(Security(service)) as security:
        as_of, site = min(service.now(), end_of(period)), Publishing(service.base, security.settings.fhir_root)
        found = list(windows(service.base).values())
        try:
            counts = tally(security, reader, stored_patients(security, tenant), found, as_of)
        except (StoreFault, JournalFault, KeyFault) as fault:
            raise Refused([Problem("TANDEM_DATABASE", "store-failing", f"{fault}.", "See docs/operating.md.")]) from None
    for window, count in zip(found, counts, strict=True):
        put(to_json(summary(site, window, count, period, as_of, lang)))
