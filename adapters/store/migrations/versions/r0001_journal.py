"""The journal: entries, its head, checkpoints, requests that may come again, data keys, releases."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ONLY_ADDED = ("journal_entry", "journal_checkpoint")


def upgrade() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(36), nullable=False, unique=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(36), index=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("link", sa.LargeBinary(32), nullable=False),
    )
    op.create_table(
        "journal_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "journal_checkpoint",
        sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "journal_request",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("asked", sa.LargeBinary(32), nullable=False),
        sa.Column("seq", NUMBER, sa.ForeignKey("journal_entry.seq"), nullable=False),
    )
    op.create_table(
        "data_key",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("person", sa.LargeBinary(32), unique=True),
        sa.Column("wrapped_by", sa.String(40), index=True),
        sa.Column("wrapped", sa.LargeBinary),
    )
    op.create_table(
        "knowledge_release",
        sa.Column("digest", sa.String(80), primary_key=True),
        sa.Column("files", sa.LargeBinary, nullable=False),
    )
    for table in ONLY_ADDED:
        _guard(table)


def downgrade() -> None:
    for table in ("knowledge_release", "data_key", "journal_request", "journal_checkpoint", "journal_head", "journal_entry"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION append_only()")


def _guard(table: str) -> None:
    """A mistake is refused by the database itself; malice is found by the chain."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append only'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} BEGIN SELECT RAISE(ABORT, 'append only'); END")
