"""The tables of cards and of what came back on them: which rules were shown, and whether they were followed.

Nothing in them tells whom a card was about: `decision` is a keyed digest of the journal's entry, and `sealed` is encrypted.
Times are microseconds since 1970.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Text
from sqlmodel import Field, SQLModel

from adapters.store.tables import DIGEST, NUMBER


class CardRow(SQLModel, table=True):
    """A card that was shown. client: who asked. decision: digest of the entry it rests on. sealed: that entry, and its suggestions."""

    __tablename__ = "hook_card"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    tenant: str = Field(sa_column=Column(String(80), nullable=False, index=True))
    client: str = Field(sa_column=Column(String(80), nullable=False))
    service: str = Field(sa_column=Column(String(80), nullable=False))
    hook: str = Field(sa_column=Column(String(40), nullable=False))
    indicator: str = Field(sa_column=Column(String(10), nullable=False))
    at: int = Field(sa_column=Column(NUMBER, nullable=False))
    decision: bytes = Field(sa_column=Column(LargeBinary(DIGEST), nullable=False, index=True))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class CardRuleRow(SQLModel, table=True):
    """A rule, with its version, that a card rests on."""

    __tablename__ = "hook_card_rule"
    card: str = Field(sa_column=Column(String(36), ForeignKey("hook_card.id"), primary_key=True))
    rule: str = Field(sa_column=Column(String(120), primary_key=True, index=True))


class FeedbackRow(SQLModel, table=True):
    """What a clinician did with a card. key: digest of all that was said, so that saying it again adds nothing.

    accepted: ids of suggestions, one a line. comment: the entry of the journal that holds it, sealed for the person.
    """

    __tablename__ = "hook_feedback"
    key: bytes = Field(sa_column=Column(LargeBinary(DIGEST), primary_key=True))
    card: str = Field(sa_column=Column(String(36), ForeignKey("hook_card.id"), nullable=False, index=True))
    outcome: str = Field(sa_column=Column(String(10), nullable=False))
    reason: str | None = Field(sa_column=Column(String(80)))
    accepted: str = Field(sa_column=Column(Text, nullable=False))
    said_at: int = Field(sa_column=Column(NUMBER, nullable=False))
    at: int = Field(sa_column=Column(NUMBER, nullable=False))
    comment: str | None = Field(sa_column=Column(String(36)))
