"""Who may do what, in one place: `policy.yaml`, judged here. What no row allows is refused, also what has no row."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.security.principal import Principal, Role
from engine.consent import Purpose
from knowledge.read import read

Relation = Literal["any", "team", "self"]
FILE = Path(__file__).with_name("policy.yaml")


class Row(BaseModel):
    """One operation. open: to everybody, signed in or not. to: role -> how it must stand to the patient. purposes: what for.

    scope: SMART scope that the token of a system must be good for. page: whether people open it, so that a browser in which
    nobody has signed in is led to where they can.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    open: bool = False
    to: dict[Role, Relation] = Field(default_factory=dict)
    purposes: tuple[Purpose, ...] = ("operations",)
    scope: Annotated[str, StringConstraints(pattern=r"^system/[A-Z][A-Za-z]+\.[cruds]+$")] | None = None
    page: bool = False


@cache
def policy() -> dict[str, Row]:
    """The table: method and path -> row."""
    return {operation: Row.model_validate(row) for operation, row in read(FILE).items()}


def relations(row: Row, principal: Principal) -> frozenset[Relation]:
    """How this one may stand to the patient so that the row lets them in; empty when no role of theirs does."""
    return frozenset(row.to[role] for role in principal.roles if role in row.to)
