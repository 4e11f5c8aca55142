"""Consent from the command line: who can see what, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.accounts_command import Tenant, keeping
from api.output import put
from engine.dictionary import Language
from engine.errors import Problem, Refused

consent = typer.Typer(no_args_is_help=True, help="What people have said about sharing.")
Patient = Annotated[str, typer.Argument(help="the patient's id, as in patient.id of a record")]
_ACTOR = "command line"


@consent.command()
def who(patient: Patient, lang: Annotated[Language, typer.Option()] = "en", tenant: Tenant = "main") -> None:
    """Say in plain words who can see what of a patient, and why."""
    from api.security.who import who_can_see  # noqa: PLC0415

    with keeping() as kept:
        put("\n".join(who_can_see(kept.consents.documents(tenant, patient), datetime.now(UTC), lang)))


@consent.command()
def record(
    patient: Patient, file: Annotated[Path, typer.Argument(help="a consent as JSON; see docs/consent.md")], tenant: Tenant = "main"
) -> None:
    """Record a consent, or a refusal. One that lacks an element that the law asks for is refused."""
    from pydantic import ValidationError  # noqa: PLC0415

    from api.security.consents import NewConsent  # noqa: PLC0415

    try:
        found = NewConsent.model_validate_json(file.read_bytes())
    except OSError as error:
        raise Refused([Problem(str(file), "file-unreadable", f"{error.strerror}.", "Name a file with a consent.")]) from None
    except ValidationError as error:
        places = sorted({"/".join(map(str, item["loc"])) or "the whole" for item in error.errors(include_input=False)})
        raise Refused(Problem(place, "consent-incomplete", "It is missing or wrong.", "See docs/consent.md.") for place in places) from None
    with keeping() as kept:
        put(kept.consents.record(tenant, patient, found, _ACTOR))


@consent.command()
def revoke(patient: Patient, id: Annotated[str, typer.Argument(help="the id of the consent")], tenant: Tenant = "main") -> None:
    """Take a consent back, at once."""
    with keeping() as kept:
        if not kept.consents.revoke(tenant, patient, id, _ACTOR):
            do = "Look it up: GET /patients/{patient}/consents."
            raise Refused([Problem("ID", "consent-unknown", "There is no such consent, or it was revoked before.", do)])
    put("Revoked.")
