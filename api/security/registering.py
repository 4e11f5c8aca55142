"""Systems as somebody registers, changes and closes them, over HTTP or on the command line: first in the journal, then done."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from adapters.journal import Draft, Journal, JournalFault
from adapters.store import StoreFault
from adapters.store.identity import Found, IdentityStore, Taken
from api.security.agreements import Agreement, Issuer, Label, agreement_of
from api.security.clock import HOUR
from api.security.keysets import usable
from api.security.scopes import USUAL, sound
from api.security.systems import Systems
from engine.given import Input

Words = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]
Roles = Annotated[tuple[Literal["ehr_client", "monitor"], ...], Field(min_length=1, max_length=2, strict=False)]


def _public(keys: dict[str, Any] | None) -> dict[str, Any] | None:
    if keys is not None and not usable(keys):
        raise ValueError("send public keys (EC P-256, P-384, RSA, Ed25519), each with its own kid")
    return keys


class Registered(Agreement):
    """What a system registers of itself, beside its name and roles. keys: its public keys, a JWK set; else jku; else it has a secret.

    issuer: as it calls itself in what it signs for CDS Hooks. scopes: what its tokens may be good for at the FHIR endpoints.
    """

    keys: Annotated[dict[str, Any] | None, AfterValidator(_public)] = None
    organisation: Words | None = None
    programmes: tuple[Label, ...] = Field(default=(), max_length=20, strict=False)
    issuer: Issuer | None = None
    scopes: Annotated[str, StringConstraints(max_length=2000)] = USUAL


class NewClient(Registered):
    """A system: with its public keys (a JWK set) or where they lie (jku), or without both and then with a secret that is told once."""

    name: Label
    roles: Roles

    @model_validator(mode="after")
    def _signs(self) -> NewClient:
        if self.issuer is not None and self.keys is None and not self.jku:
            raise ValueError("a system with an issuer signs, so give keys or jku")
        if not sound(self.scopes):
            raise ValueError("write scopes as system/Observation.rs, with a space between two")
        return self


class Change(Registered):
    """What is to be otherwise; whatever does not stand here stays as it is. A list is given whole."""

    roles: Roles | None = None


class NewSecret(Input):
    """overlap_hours: for how long the secret before is good beside the new one; 0 ends it, and its tokens, at once."""

    overlap_hours: int = Field(default=24, ge=0, le=168)


class NoSuchSystem(Exception):
    """There is none of this name in this tenant that may ask."""


class Signs(Exception):
    """It signs with its keys, and has no secret."""


class Registry:
    """The systems of one tenant. by: who registers and changes, as the journal names them.

    Every method raises StoreFault where the journal cannot be written: what nobody could look up later is not done.
    """

    def __init__(self, systems: Systems, store: IdentityStore, journal: Journal, tenant: str, by: str) -> None:
        self._systems, self._store, self._journal, self._tenant, self._by = systems, store, journal, tenant, by

    def register(self, given: NewClient) -> str | None:
        """Its secret, where it has no keys. Raises Taken."""
        if self._store.client(given.name) is not None:
            raise Taken
        self._free(given)
        self._say("registered", given.name, given)
        return self._systems.add(self._tenant, given.name, given.roles, **_parts(given))

    def change(self, name: str, change: Change) -> str | None:
        """Its secret, where it had none and needs one now. Raises NoSuchSystem, Taken, ValidationError."""
        client = self._found(name)
        before = registered(client)
        after = NewClient.model_validate(before.model_dump() | change.model_dump(include=change.model_fields_set))
        fields = sorted(field for field in NewClient.model_fields if getattr(before, field) != getattr(after, field))
        if not fields:
            return None
        self._free(after)
        self._say("changed", name, after, " ".join(fields))
        return self._systems.change(client, after.roles, **_parts(after))

    def renew(self, name: str, overlap_hours: int) -> str:
        """A new secret. Raises NoSuchSystem, Signs."""
        client = self._found(name)
        if client.secret is None:
            raise Signs
        self._say("secret", name, registered(client))
        return self._systems.renew(client, overlap_hours * HOUR)

    def close(self, name: str) -> None:
        """Raises NoSuchSystem."""
        self._say("closed", name, registered(self._found(name)))
        self._store.close_client(self._tenant, name)

    def _found(self, name: str) -> Found:
        client = self._store.client(name)
        if client is None or client.tenant != self._tenant or not client.active:
            raise NoSuchSystem
        return client

    def _free(self, given: NewClient) -> None:
        """Raises Taken where another system has this issuer."""
        other = self._store.client_of(given.issuer) if given.issuer is not None else None
        if other is not None and other.id != given.name:
            raise Taken

    def _say(self, act: str, name: str, given: NewClient, fields: str = "") -> None:
        whole = json.dumps(given.model_dump(mode="json"), sort_keys=True).encode()
        facts = {"act": act, "client": name, "tenant": self._tenant, "by": self._by, "fields": fields}
        try:
            self._journal.append(Draft("system", facts | {"registration": f"sha256:{hashlib.sha256(whole).hexdigest()}"}))
        except JournalFault as fault:
            raise StoreFault(str(fault)) from None


def registered(client: Found) -> NewClient:
    """What is registered of a system, as somebody would say it."""
    known = {"name": client.id, "roles": tuple(client.roles.split()), "keys": json.loads(client.keys) if client.keys else None}
    known |= {"organisation": client.organisation, "programmes": tuple(json.loads(client.programmes)), "issuer": client.issuer}
    return NewClient.model_construct(**agreement_of(client).model_dump(), **known, scopes=client.scopes)


def _parts(given: NewClient) -> dict[str, Any]:
    agreed = set(Agreement.model_fields)
    return given.model_dump(exclude=agreed | {"name", "roles"}) | {"agreement": Agreement(**given.model_dump(include=agreed))}
