"""The tables of the journal. They are how things lie on the disk: they never take input, and never leave.

SQLModel does not validate table models, so rows are built from values that are already sound, by the modules that own them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, MetaData, String
from sqlmodel import Field, SQLModel

METADATA: MetaData = SQLModel.metadata
NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts its rows only under this name
DIGEST = 32


class EntryRow(SQLModel, table=True):
    """One entry of the journal. body: what is hashed. sealed: what is encrypted for its subject; body names its digest."""

    __tablename__ = "journal_entry"
    seq: int = Field(sa_column=Column(NUMBER, primary_key=True, autoincrement=False))
    id: str = Field(sa_column=Column(String(36), nullable=False, unique=True))
    kind: str = Field(sa_column=Column(String(40), nullable=False))
    subject: str | None = Field(sa_column=Column(String(36), index=True))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sealed: bytes | None = Field(sa_column=Column(LargeBinary))
    link: bytes = Field(sa_column=Column(LargeBinary(DIGEST), nullable=False))


class HeadRow(SQLModel, table=True):
    """The only row that moves: where the journal ends, signed. Whoever appends holds it."""

    __tablename__ = "journal_head"
    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    seq: int = Field(sa_column=Column(NUMBER, nullable=False))
    frontier: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    document: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    signature: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class CheckpointRow(SQLModel, table=True):
    """The signed head at the end of each day."""

    __tablename__ = "journal_checkpoint"
    seq: int = Field(sa_column=Column(NUMBER, primary_key=True, autoincrement=False))
    document: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    signature: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class RequestRow(SQLModel, table=True):
    """A request that may come again: digest of its key, digest of all that it asked, and the entry that answers it."""

    __tablename__ = "journal_request"
    key: bytes = Field(sa_column=Column(LargeBinary(DIGEST), primary_key=True))
    asked: bytes = Field(sa_column=Column(LargeBinary(DIGEST), nullable=False))
    seq: int = Field(sa_column=Column(NUMBER, ForeignKey("journal_entry.seq"), nullable=False))


class DataKeyRow(SQLModel, table=True):
    """The key of one person's data, wrapped by a key-encryption key. person: keyed digest of their identifier.

    Erasure takes both away and leaves the row: its id stays in the journal, and leads nowhere.
    """

    __tablename__ = "data_key"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    person: bytes | None = Field(sa_column=Column(LargeBinary(DIGEST), unique=True))
    wrapped_by: str | None = Field(sa_column=Column(String(40), index=True))
    wrapped: bytes | None = Field(sa_column=Column(LargeBinary))


class ReleaseRow(SQLModel, table=True):
    """The files of a release of the knowledge, so that every release ever live can be loaded again."""

    __tablename__ = "knowledge_release"
    digest: str = Field(sa_column=Column(String(80), primary_key=True))
    files: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
