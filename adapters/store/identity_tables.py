"""The tables of identity and consent: who may ask, what they may learn, and what was disclosed to whom.

No patient is named in them: `person` is a keyed digest of tenant and identifier, and what is `sealed` is encrypted.
Times are microseconds since 1970, so that both databases put them in the same order.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from adapters.store.tables import DIGEST, NUMBER


class AccountRow(SQLModel, table=True):
    """A person who signs in: by password and second factor, or by an issuer's word for them."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("tenant", "name"), UniqueConstraint("issuer", "subject"))
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    tenant: str = Field(sa_column=Column(String(80), nullable=False))
    name: str = Field(sa_column=Column(String(200), nullable=False))
    roles: str = Field(sa_column=Column(String(400), nullable=False))
    organisation: str | None = Field(sa_column=Column(String(200)))
    programmes: str = Field(sa_column=Column(Text, nullable=False))
    patient: bytes | None = Field(sa_column=Column(LargeBinary))
    issuer: str | None = Field(sa_column=Column(String(200)))
    subject: str | None = Field(sa_column=Column(String(200)))
    password: str | None = Field(sa_column=Column(String(200)))
    second: bytes | None = Field(sa_column=Column(LargeBinary))
    second_used: int = Field(sa_column=Column(NUMBER, nullable=False))
    failures: int = Field(sa_column=Column(Integer, nullable=False))
    locked_until: int = Field(sa_column=Column(NUMBER, nullable=False))
    active: bool = Field(sa_column=Column(Boolean, nullable=False))


class SessionRow(SQLModel, table=True):
    """A signed-in person. key: digest of what the cookie holds; before: the one it replaced a moment ago."""

    __tablename__ = "session"
    key: bytes = Field(sa_column=Column(LargeBinary(DIGEST), primary_key=True))
    before: bytes | None = Field(sa_column=Column(LargeBinary(DIGEST), index=True))
    account: str = Field(sa_column=Column(String(36), ForeignKey("account.id"), nullable=False, index=True))
    csrf: str = Field(sa_column=Column(String(64), nullable=False))
    begun: int = Field(sa_column=Column(NUMBER, nullable=False))
    seen: int = Field(sa_column=Column(NUMBER, nullable=False))
    turned: int = Field(sa_column=Column(NUMBER, nullable=False))


class ClientRow(SQLModel, table=True):
    """A system that asks: an EHR, a monitor. keys: its public JWK set; secret: digest of its secret; secret_before: of the one
    that it had, good until before_until.

    issuer: who it says it is in what it signs for CDS Hooks; agreement: what was agreed with its site, as JSON.
    """

    __tablename__ = "client"
    id: str = Field(sa_column=Column(String(80), primary_key=True))
    tenant: str = Field(sa_column=Column(String(80), nullable=False))
    roles: str = Field(sa_column=Column(String(400), nullable=False))
    organisation: str | None = Field(sa_column=Column(String(200)))
    programmes: str = Field(sa_column=Column(Text, nullable=False))
    keys: str | None = Field(sa_column=Column(Text))
    secret: bytes | None = Field(sa_column=Column(LargeBinary(DIGEST)))
    secret_before: bytes | None = Field(sa_column=Column(LargeBinary(DIGEST)))
    before_until: int | None = Field(sa_column=Column(NUMBER))
    issuer: str | None = Field(sa_column=Column(String(200), unique=True, index=True))
    scopes: str = Field(sa_column=Column(Text, nullable=False))
    agreement: str = Field(sa_column=Column(Text, nullable=False))
    active: bool = Field(sa_column=Column(Boolean, nullable=False))


class TokenRow(SQLModel, table=True):
    """A short-lived bearer token of a system, by its digest."""

    __tablename__ = "token"
    key: bytes = Field(sa_column=Column(LargeBinary(DIGEST), primary_key=True))
    client: str = Field(sa_column=Column(String(80), ForeignKey("client.id"), nullable=False, index=True))
    until: int = Field(sa_column=Column(NUMBER, nullable=False, index=True))
    scopes: str = Field(sa_column=Column(Text, nullable=False))


class UsedRow(SQLModel, table=True):
    """What may be used once: the id of an assertion, the state of a sign-in. The primary key lets one of two through."""

    __tablename__ = "used_once"
    key: bytes = Field(sa_column=Column(LargeBinary(DIGEST), primary_key=True))
    until: int = Field(sa_column=Column(NUMBER, nullable=False, index=True))


class TeamRow(SQLModel, table=True):
    """Who is on the care team of a person: an account or a client."""

    __tablename__ = "care_team"
    tenant: str = Field(sa_column=Column(String(80), primary_key=True))
    person: bytes = Field(sa_column=Column(LargeBinary(DIGEST), primary_key=True))
    member: str = Field(sa_column=Column(String(80), primary_key=True))
    until: int | None = Field(sa_column=Column(NUMBER))


class EmergencyRow(SQLModel, table=True):
    """Access in an emergency, with its reason, and what came of the review."""

    __tablename__ = "emergency_access"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    tenant: str = Field(sa_column=Column(String(80), nullable=False, index=True))
    person: bytes = Field(sa_column=Column(LargeBinary(DIGEST), nullable=False))
    actor: str = Field(sa_column=Column(String(80), nullable=False))
    at: int = Field(sa_column=Column(NUMBER, nullable=False))
    until: int = Field(sa_column=Column(NUMBER, nullable=False))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    reviewed_at: int | None = Field(sa_column=Column(NUMBER))
    reviewed_by: str | None = Field(sa_column=Column(String(80)))
    finding: str | None = Field(sa_column=Column(String(20)))


class ConsentRow(SQLModel, table=True):
    """One act of a person about sharing, given or revoked. revokes: the consent that this takes back."""

    __tablename__ = "consent"
    seq: int = Field(sa_column=Column(NUMBER, primary_key=True, autoincrement=True))
    id: str = Field(sa_column=Column(String(36), nullable=False, unique=True))
    tenant: str = Field(sa_column=Column(String(80), nullable=False))
    person: bytes = Field(sa_column=Column(LargeBinary(DIGEST), nullable=False, index=True))
    at: int = Field(sa_column=Column(NUMBER, nullable=False))
    revokes: str | None = Field(sa_column=Column(String(36)))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class DisclosureRow(SQLModel, table=True):
    """One disclosure of something restricted: to whom, for what, on which ground."""

    __tablename__ = "disclosure"
    seq: int = Field(sa_column=Column(NUMBER, primary_key=True, autoincrement=True))
    id: str = Field(sa_column=Column(String(36), nullable=False, unique=True))
    tenant: str = Field(sa_column=Column(String(80), nullable=False))
    person: bytes = Field(sa_column=Column(LargeBinary(DIGEST), nullable=False, index=True))
    at: int = Field(sa_column=Column(NUMBER, nullable=False))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
