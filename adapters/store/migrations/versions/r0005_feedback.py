"""Cards that were shown by CDS Hooks, the rules they rest on, and the feedback on them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
DIGEST = sa.LargeBinary(32)
TABLES = ("hook_card", "hook_card_rule", "hook_feedback")


def upgrade() -> None:
    op.create_table(
        "hook_card",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("tenant", sa.String(80), nullable=False, index=True),
        sa.Column("client", sa.String(80), nullable=False),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("hook", sa.String(40), nullable=False),
        sa.Column("indicator", sa.String(10), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("decision", DIGEST, nullable=False, index=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "hook_card_rule",
        sa.Column("card", sa.String(36), sa.ForeignKey("hook_card.id"), primary_key=True),
        sa.Column("rule", sa.String(120), primary_key=True, index=True),
    )
    op.create_table(
        "hook_feedback",
        sa.Column("key", DIGEST, primary_key=True),
        sa.Column("card", sa.String(36), sa.ForeignKey("hook_card.id"), nullable=False, index=True),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(80)),
        sa.Column("accepted", sa.Text, nullable=False),
        sa.Column("said_at", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("comment", sa.String(36)),
    )
    for table in TABLES:
        _guard(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _guard(table: str) -> None:
    """A mistake is refused by the database itself; the function is that of the journal's revision."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} BEGIN SELECT RAISE(ABORT, 'append only'); END")
