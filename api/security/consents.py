"""What people say about sharing: recorded whole or not at all, revoked at once, told in plain words; and what was disclosed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from adapters.store.consents import ConsentStore
from api.security.clock import micros, moment_of
from api.security.seal import Seal
from engine.consent import CLASSES, Basis, Grant, Purpose
from engine.dictionary import Sensitivity
from engine.given import Input

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]
_TO_GIVE: tuple[Purpose, ...] = ("treatment", "payment", "operations", "emergency", "research")


class NewConsent(Input):
    """A consent with every element that 42 CFR 2.31 asks for; one that lacks any of them is refused, not guessed.

    scope: what for the person signs; a consent for the criminal justice system is an object of its own and opens nothing else.
    until: the day it ends, or the event at which it ends. told_of_right_to_revoke: that the person was told of it.
    """

    scope: Literal["care", "criminal_justice"] = "care"
    categories: tuple[Literal["part2", "mental_health", "sexual_reproductive", "minor", "all"], ...] = Field(
        min_length=1, max_length=5, strict=False
    )
    discloser: Line
    recipient: Line
    purposes: tuple[Literal["treatment", "payment", "operations", "emergency", "research", "criminal_justice"], ...] = Field(
        min_length=1, max_length=5, strict=False
    )
    given: bool = True
    signed_by: Literal["patient", "guardian", "both"]
    signature: Line
    signed_at: AwareDatetime
    until: AwareDatetime | None = None
    ends_when: Line | None = None
    told_of_right_to_revoke: Literal[True]

    @model_validator(mode="after")
    def _sound(self) -> NewConsent:
        if (self.until is None) == (self.ends_when is None):
            raise ValueError("say until when it holds: a moment in until, or an event in ends_when, and not both")
        if self.until is not None and self.until <= self.signed_at:
            raise ValueError("it would end before it begins")
        if (self.scope == "criminal_justice") != ("criminal_justice" in self.purposes) or (
            self.scope == "criminal_justice" and len(self.purposes) > 1
        ):
            raise ValueError("a consent for criminal justice has that purpose alone, and no other consent has it")
        if self.scope == "criminal_justice" and self.recipient in CLASSES:
            raise ValueError("a consent for criminal justice names its recipient")
        return self


class Consents:
    """Of one service. now: the clock."""

    def __init__(self, store: ConsentStore, seal: Seal, now: Callable[[], datetime]) -> None:
        self._store, self._seal, self._now = store, seal, now

    def record(self, tenant: str, patient: str, consent: NewConsent, actor: str) -> str:
        """Keeps it; its id. It holds from the moment it is recorded, however early it was signed."""
        id = str(uuid4())
        document = {"consent": consent.model_dump(mode="json"), "actor": actor}
        self._store.add_consent(**self._row(tenant, patient, "consent", id, document), revokes=None)
        return id

    def revoke(self, tenant: str, patient: str, id: str, actor: str) -> bool:
        """Takes it back, at once; False when there is none, or it was taken back before."""
        return self._store.revoke(**self._row(tenant, patient, "consent", str(uuid4()), {"actor": actor}), revokes=id)

    def documents(self, tenant: str, patient: str) -> list[dict[str, Any]]:
        """Every consent, oldest first, with when it was recorded and taken back."""
        rows = self._store.consents(tenant, self._seal.person(tenant, patient))
        revoked = {row.revokes: row.at for row in rows if row.revokes}
        return [
            self._open(row, "consent")["consent"]
            | {"id": row.id, "recorded_at": _text(row.at), "revoked_at": _text(revoked[row.id]) if row.id in revoked else None}
            for row in rows
            if not row.revokes
        ]

    def grants(self, tenant: str, patient: str) -> tuple[Grant, ...]:
        """What the decision about sharing reads."""
        return tuple(grant for document in self.documents(tenant, patient) for grant in grants_of(document))

    def disclosed(
        self,
        tenant: str,
        patient: str,
        *,
        actor: str,
        recipient: str | None,
        purpose: Purpose,
        operation: str,
        grounds: Iterable[tuple[Sensitivity, Basis, str | None]],
    ) -> None:
        """Writes down that something restricted was disclosed: to whom, for what, on which ground, which kinds of data."""
        told = [{"label": label, "basis": basis, "consent": consent} for label, basis, consent in grounds]
        document = {"actor": actor, "recipient": recipient, "purpose": purpose, "operation": operation, "disclosed": told}
        self._store.add_disclosure(**self._row(tenant, patient, "disclosure", str(uuid4()), document))

    def disclosures(self, tenant: str, patient: str) -> list[dict[str, Any]]:
        """Every disclosure, oldest first."""
        rows = self._store.disclosures(tenant, self._seal.person(tenant, patient))
        return [{"id": row.id, "at": _text(row.at)} | self._open(row, "disclosure") for row in rows]

    def _row(self, tenant: str, patient: str, kind: str, id: str, document: dict[str, Any]) -> dict[str, Any]:
        sealed = self._seal.close(json.dumps(document).encode(), f"{kind} {id}")
        return {"id": id, "tenant": tenant, "person": self._seal.person(tenant, patient), "at": micros(self._now()), "sealed": sealed}

    def _open(self, row: Any, kind: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self._seal.open(row.sealed, f"{kind} {row.id}"))
        return document


def grants_of(document: dict[str, Any]) -> Iterable[Grant]:
    """A recorded consent as statements: one for each category and purpose; and, once revoked, one more that takes each back.

    A refusal on record that is revoked is a refusal no longer; a consent that is revoked is a refusal from then on.
    """
    for category in document["categories"]:
        for purpose in document["purposes"]:
            usual: dict[str, Any] = {"category": category, "recipient": document["recipient"], "purpose": purpose}
            usual |= {"scope": document["scope"], "signed_by": document["signed_by"], "id": document["id"]}
            until = datetime.fromisoformat(document["until"]) if document["until"] else None
            since, ended = datetime.fromisoformat(document["recorded_at"]), document["revoked_at"]
            if document["given"]:
                yield Grant(**usual, status="given", at=since, until=until)
            elif ended is None:
                yield Grant(**usual, status="declined", at=since)
            if document["given"] and ended is not None:
                yield Grant(**usual, status="revoked", at=datetime.fromisoformat(ended))


def _text(at: int) -> str:
    return moment_of(at).isoformat()
