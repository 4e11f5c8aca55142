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
    from api.security.registering import Registry

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
    role: Annotated[Literal["ehr_client", "monitor"] | None, typer.Option(help="left out, ehr_client")] = None,
    keys: Annotated[Path | None, typer.Option(help="its public keys, a JWK set; without keys and jku a secret is printed, once")] = None,
    organisation: Annotated[str | None, typer.Option(help="who reads its answers, unless a request says otherwise")] = None,
    programme: Annotated[list[str] | None, typer.Option(help="a Part 2 programme that it belongs to")] = None,
    tenant: Tenant = "main",
    issuer: Annotated[str | None, typer.Option(help="iss of what it signs for CDS Hooks")] = None,
    jku: Annotated[list[str] | None, typer.Option(help="an address where its key set lies")] = None,
    profile: Annotated[Name | None, typer.Option(help="how it signs; left out, standard")] = None,
    audience: Annotated[list[str] | None, typer.Option(help="what else it may call us in aud: a whole address, or a base")] = None,
    fhir_server: Annotated[list[str] | None, typer.Option(help="the base of a FHIR server that may be asked for it")] = None,
    origin: Annotated[list[str] | None, typer.Option(help="an origin whose browsers may ask")] = None,
    app: Annotated[str | None, typer.Option(help="where it launches our SMART app: cards have a link to it")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="what its tokens may be good for; left out, system/*.rs")] = None,
    tenant_claim: Annotated[list[str] | None, typer.Option(help="CLAIM=TENANT: what it says as tenant, and whose that is here")] = None,
    change: Annotated[bool, typer.Option("--change", help="it is registered: change what is given, each list whole")] = False,
) -> None:
    """Register a system, or change one."""
    from api.security.registering import Change, NewClient  # noqa: PLC0415

    found = json.loads(keys.read_text(encoding="utf-8")) if keys else None
    listed = {"programmes": programme, "jku": jku, "audiences": audience, "servers": fhir_server, "origins": origin}
    said: dict[str, Any] = {"roles": [role] if role else None, "keys": found, "organisation": organisation, "issuer": issuer} | listed
    said |= {"profile": profile, "app": app, "scopes": " ".join(scope) if scope else None}
    said |= {"tenants": dict(pair.split("=", 1) for pair in tenant_claim if "=" in pair) if tenant_claim else None}
    said = {field: value for field, value in said.items() if value is not None}
    with _registry(tenant) as registry, _sound():
        if change:
            secret = registry.change(name, Change.model_validate(said))
        else:
            secret = registry.register(NewClient.model_validate({"name": name, "roles": ["ehr_client"]} | said))
    put(secret if secret else "Changed." if change else "Registered.")


@accounts.command("secret")
def secret(
    name: Annotated[str, typer.Argument(help="its client id")],
    overlap_hours: Annotated[int, typer.Option(min=0, max=168, help="for how long the one before is good, too")] = 24,
    tenant: Tenant = "main",
) -> None:
    """Give a system a new secret, which is printed, once."""
    with _registry(tenant) as registry, _sound():
        told = registry.renew(name, overlap_hours)
    put(told)


@accounts.command("close")
def close(name: Annotated[str, typer.Argument(help="its client id")], tenant: Tenant = "main") -> None:
    """Let a system in no longer, and end its tokens."""
    with _registry(tenant) as registry, _sound():
        registry.close(name)
    put("Closed.")


@contextmanager
def _registry(tenant: str) -> Iterator[Registry]:
    """The systems of a tenant, changed from the command line."""
    from adapters.journal import Journal  # noqa: PLC0415
    from api.security.registering import Registry  # noqa: PLC0415

    with keeping() as kept, closing(Journal(kept.settings.database_url, kept.settings.keys, kept.moment)) as journal:
        yield Registry(kept.systems, kept.identity, journal, tenant, "command line")


_OPTIONS = {"programmes": "programme", "audiences": "audience", "servers": "fhir-server", "origins": "origin", "tenants": "tenant-claim"}


@contextmanager
def _sound() -> Iterator[None]:
    """Raises Refused with every option that cannot be used, or with why it cannot be done."""
    from pydantic import ValidationError  # noqa: PLC0415

    from adapters.store.identity import Taken  # noqa: PLC0415
    from api.security.registering import NoSuchSystem, Signs  # noqa: PLC0415

    try:
        yield
    except Taken:
        raise Refused([Problem("NAME", "taken", "There is one of this name or issuer already.", "Choose another name.")]) from None
    except NoSuchSystem:
        raise Refused([Problem("NAME", "system-unknown", "There is no such system, or it is closed.", "Register it.")]) from None
    except Signs:
        raise Refused([Problem("NAME", "signs", "It signs with its keys, and has no secret.", "Change its keys.")]) from None
    except ValidationError as error:
        problems = []
        for item in error.errors(include_url=False, include_input=False):
            field = str(item["loc"][0]) if item["loc"] else "issuer"
            what = f"It cannot be used: {item['ctx']['error']}." if item["type"] == "value_error" else "It cannot be used."
            place = "NAME" if field == "name" else f"--{_OPTIONS.get(field, field)}"
            problems.append(Problem(place, "wrong-value", what, "See docs/security.md."))
        raise Refused(problems) from None
