"""What was agreed with the site of an EHR: how it signs, where its keys, its FHIR server and our app are, from where browsers may ask."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from adapters.store.identity import Found
from api.security.bases import base_of, origin_of
from api.security.profiles import Name
from engine.given import Input

Label = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]*$")]
Issuer = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
_Claim = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Address = Annotated[str, AfterValidator(lambda text: base_of(text).text)]
Origin = Annotated[str, AfterValidator(origin_of)]


class Agreement(Input):
    """jku: addresses of its key set. audiences: what else it may say we are called. servers: FHIR servers that we may ask.

    origins: of browsers that may ask for it. app: where it launches our SMART app, if it does.
    tenants: what it says as `tenant` -> our tenant; empty, the claim is not looked at.
    """

    profile: Name = "standard"
    jku: tuple[Address, ...] = Field(default=(), max_length=5, strict=False)
    audiences: tuple[Issuer, ...] = Field(default=(), max_length=20, strict=False)
    servers: tuple[Address, ...] = Field(default=(), max_length=20, strict=False)
    origins: tuple[Origin, ...] = Field(default=(), max_length=20, strict=False)
    app: Address | None = None
    tenants: dict[_Claim, Label] = Field(default={}, max_length=200)


NONE = Agreement()


def agreement_of(client: Found) -> Agreement:
    """As it was registered."""
    found: dict[str, Any] = json.loads(client.agreement)
    return Agreement.model_validate(found) if found else NONE
