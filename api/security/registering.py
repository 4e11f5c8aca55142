"""What somebody says of a system when they register it, over HTTP or on the command line."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from api.security.agreements import Agreement, Issuer, Label
from api.security.scopes import USUAL, sound
from api.security.systems import Systems

Words = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]


class NewClient(Agreement):
    """A system: with its public keys (a JWK set) or where they lie (jku), or without both and then with a secret that is told once.

    issuer: as it calls itself in what it signs for CDS Hooks. scopes: what its tokens may be good for at the FHIR endpoints.
    """

    name: Label
    roles: tuple[Literal["ehr_client", "monitor"], ...] = Field(min_length=1, max_length=2, strict=False)
    keys: dict[str, Any] | None = None
    organisation: Words | None = None
    programmes: tuple[Label, ...] = Field(default=(), max_length=20, strict=False)
    issuer: Issuer | None = None
    scopes: Annotated[str, StringConstraints(max_length=2000)] = USUAL

    @model_validator(mode="after")
    def _signs(self) -> NewClient:
        if self.issuer is not None and self.keys is None and not self.jku:
            raise ValueError("a system with an issuer signs, so give keys or jku")
        if not sound(self.scopes):
            raise ValueError("write scopes as system/Observation.rs, with a space between two")
        return self


def register(systems: Systems, tenant: str, given: NewClient) -> str | None:
    """Its secret, where it has no keys. Raises Taken."""
    agreed = set(Agreement.model_fields)
    more = given.model_dump(exclude=agreed | {"name", "roles"})
    return systems.add(tenant, given.name, given.roles, agreement=Agreement(**given.model_dump(include=agreed)), **more)
