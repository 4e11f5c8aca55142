"""Accounts and systems from the command line: for the first of them, and for when nobody can sign in."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api.output import put
from api.security.profiles import Name
from api.settings import read_settings
from engine.errors import Problem, Refused

if TYPE_CHECKING:
    from api.security.keeping import Keeping
    from api.security.registering import NewClient

accounts = typer.Typer(no_args_is_help=True, help="Who may sign in, and which systems may ask.")
Tenant = Annotated[str, typer.Option(help="the organisation, where one installation serves several")]


@contextmanager
def keeping() -> Iterator[Keeping]:
    """What identity and consent are kept in, without a service around it."""
    from adapters.store import StoreFault  # noqa: PLC0415 - the other commands do without it
    from api.security.keeping import Keeping  # noqa: PLC0415

    with closing(Keeping(read_settings(os.environ), lambda: datetime.now(UTC))) as found:
        try:
            yield found
        except StoreFault as fault:
            raise Refused([Problem("TANDEM_DATABASE", "store-failing", f"{fault}.", "See docs/operating.md.")]) from None


@accounts.command("first-administrator")
def first_administrator(name: Annotated[str, typer.Argument(help="the name to sign in with")], tenant: Tenant = "main") -> None:
    """Add the first administrator. The password is read from standard input; the second factor is printed, once."""
    from api.security.passwords import LONGEST, SHORTEST, hashed  # noqa: PLC0415

    with keeping() as kept:
        if kept.identity.any_administrator():
            raise Refused([Problem("NAME", "administrator-present", "There is an administrator already.", "Ask them for an account.")])
        password = (typer.prompt("Password", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()).rstrip("\n")
        if not SHORTEST <= len(password) <= LONGEST:
            do = f"Use {SHORTEST} to {LONGEST} characters."
            raise Refused([Problem("password", "wrong-length", "The password is too short or too long.", do)])
        _, second = kept.people.add(tenant, name, ("administrator",), password=hashed(password))
    put(f"Added. Second factor for the authenticator app: {second}")


@accounts.command("client")
def client(
    name: Annotated[str, typer.Argument(help="its client id")],
    role: Annotated[Literal["ehr_client", "monitor"], typer.Option()] = "ehr_client",
    keys: Annotated[Path | None, typer.Option(help="its public keys, a JWK set; without keys and jku a secret is printed, once")] = None,
    organisation: Annotated[str | None, typer.Option(help="who reads its answers, unless a request says otherwise")] = None,
    programme: Annotated[list[str] | None, typer.Option(help="a Part 2 programme that it belongs to")] = None,
    tenant: Tenant = "main",
    issuer: Annotated[str | None, typer.Option(help="iss of what it signs for CDS Hooks")] = None,
    jku: Annotated[list[str] | None, typer.Option(help="an address where its key set lies")] = None,
    profile: Annotated[Name, typer.Option(help="how it signs")] = "standard",
    audience: Annotated[list[str] | None, typer.Option(help="what else it may call us in aud: a whole address, or a base")] = None,
    fhir_server: Annotated[list[str] | None, typer.Option(help="the base of a FHIR server that may be asked for it")] = None,
    origin: Annotated[list[str] | None, typer.Option(help="an origin whose browsers may ask")] = None,
    app: Annotated[str | None, typer.Option(help="where it launches our SMART app: cards have a link to it")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="what its tokens may be good for; left out, system/*.rs")] = None,
    tenant_claim: Annotated[list[str] | None, typer.Option(help="CLAIM=TENANT: what it says as tenant, and whose that is here")] = None,
) -> None:
    """Register a system."""
    from adapters.store.identity import Taken  # noqa: PLC0415
    from api.security.keysets import usable  # noqa: PLC0415
    from api.security.registering import register  # noqa: PLC0415

    found = json.loads(keys.read_text(encoding="utf-8")) if keys else None
    if found is not None and not usable(found):
        raise Refused([Problem("--keys", "wrong-value", "The file holds no public keys.", "Use a JWK set, each key with its kid.")])
    listed = {"programmes": programme, "jku": jku, "audiences": audience, "servers": fhir_server, "origins": origin}
    said: dict[str, Any] = {field: values or [] for field, values in listed.items()}
    said |= {"name": name, "roles": [role], "keys": found, "organisation": organisation, "issuer": issuer, "profile": profile}
    said |= {"app": app} if app else {}
    said |= {"tenants": dict(pair.split("=", 1) for pair in tenant_claim or () if "=" in pair)}
    given = _sound(said | ({"scopes": " ".join(scope)} if scope else {}))
    with keeping() as kept:
        try:
            secret = register(kept.systems, tenant, given)
        except Taken:
            raise Refused([Problem("NAME", "taken", "There is one of this name or issuer already.", "Choose another name.")]) from None
    put(secret if secret else "Registered.")


_OPTIONS = {"programmes": "programme", "audiences": "audience", "servers": "fhir-server", "origins": "origin", "tenants": "tenant-claim"}


def _sound(said: dict[str, Any]) -> NewClient:
    """Raises Refused with every option that cannot be used."""
    from pydantic import ValidationError  # noqa: PLC0415

    from api.security.registering import NewClient  # noqa: PLC0415

    try:
        return NewClient.model_validate(said)
    except ValidationError as error:
        problems = []
        for item in error.errors(include_url=False, include_input=False):
            field = str(item["loc"][0]) if item["loc"] else "issuer"
            what = f"It cannot be used: {item['ctx']['error']}." if item["type"] == "value_error" else "It cannot be used."
            place = "NAME" if field == "name" else f"--{_OPTIONS.get(field, field)}"
            problems.append(Problem(place, "wrong-value", what, "See docs/security.md."))
        raise Refused(problems) from None
