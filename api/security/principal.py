"""Whoever asks: a person who signed in, a system with a token, or the visitor of a demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.consent import Kind

Role = Literal[
    "intake",
    "care_manager",
    "prescriber",
    "clinical_lead",
    "safety_officer",
    "ehr_client",
    "auditor",
    "administrator",
    "monitor",
    "patient",
    "family",
]
ROLES: tuple[Role, ...] = Role.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Principal:
    """programmes: Part 2 programmes that it belongs to. patient: whose record is its own, or its relative's. csrf: of a session.

    scopes: what its token is good for at the FHIR endpoints; None where it asks without one.
    """

    id: str
    kind: Literal["person", "system", "demonstration"]
    tenant: str
    roles: frozenset[Role]
    organisation: str | None = None
    programmes: frozenset[str] = frozenset()
    patient: str | None = None
    csrf: str | None = None
    scopes: str | None = None

    @property
    def seen_as(self) -> Kind:
        """What consent takes them for. Whoever has a role in care beside being a patient is asking in that role."""
        for role, kind in (("patient", "patient"), ("family", "proxy")):
            if self.roles == {role}:
                return kind  # type: ignore[return-value]
        return "professional"
