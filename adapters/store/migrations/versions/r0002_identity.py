"""Identity and consent: accounts, sessions, clients, tokens, care teams, emergency access, consents, disclosures."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
DIGEST = sa.LargeBinary(32)
ONLY_ADDED = ("consent", "disclosure")


def _identity() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("tenant", sa.String(80), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("roles", sa.String(400), nullable=False),
        sa.Column("organisation", sa.String(200)),
        sa.Column("programmes", sa.Text, nullable=False),
        sa.Column("patient", sa.LargeBinary),
        sa.Column("issuer", sa.String(200)),
        sa.Column("subject", sa.String(200)),
        sa.Column("password", sa.String(200)),
        sa.Column("second", sa.LargeBinary),
        sa.Column("second_used", NUMBER, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", NUMBER, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.UniqueConstraint("tenant", "name"),
        sa.UniqueConstraint("issuer", "subject"),
    )
    op.create_table(
        "session",
        sa.Column("key", DIGEST, primary_key=True),
        sa.Column("before", DIGEST, index=True),
        sa.Column("account", sa.String(36), sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("begun", NUMBER, nullable=False),
        sa.Column("seen", NUMBER, nullable=False),
        sa.Column("turned", NUMBER, nullable=False),
    )
    op.create_table(
        "client",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("tenant", sa.String(80), nullable=False),
        sa.Column("roles", sa.String(400), nullable=False),
        sa.Column("organisation", sa.String(200)),
        sa.Column("programmes", sa.Text, nullable=False),
        sa.Column("keys", sa.Text),
        sa.Column("secret", DIGEST),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_table(
        "token",
        sa.Column("key", DIGEST, primary_key=True),
        sa.Column("client", sa.String(80), sa.ForeignKey("client.id"), nullable=False, index=True),
        sa.Column("until", NUMBER, nullable=False, index=True),
    )
    op.create_table("used_once", sa.Column("key", DIGEST, primary_key=True), sa.Column("until", NUMBER, nullable=False, index=True))


def _relations() -> None:
    op.create_table(
        "care_team",
        sa.Column("tenant", sa.String(80), primary_key=True),
        sa.Column("person", DIGEST, primary_key=True),
        sa.Column("member", sa.String(80), primary_key=True),
        sa.Column("until", NUMBER),
    )
    op.create_table(
        "emergency_access",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("tenant", sa.String(80), nullable=False, index=True),
        sa.Column("person", DIGEST, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("until", NUMBER, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("reviewed_at", NUMBER),
        sa.Column("reviewed_by", sa.String(80)),
        sa.Column("finding", sa.String(20)),
    )


def _about_sharing(table: str, *more: "sa.Column[str]") -> None:
    op.create_table(
        table,
        sa.Column("seq", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(36), nullable=False, unique=True),
        sa.Column("tenant", sa.String(80), nullable=False),
        sa.Column("person", DIGEST, nullable=False, index=True),
        sa.Column("at", NUMBER, nullable=False),
        *more,
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def upgrade() -> None:
    _identity()
    _relations()
    _about_sharing("consent", sa.Column("revokes", sa.String(36)))
    _about_sharing("disclosure")
    for table in ONLY_ADDED:
        _guard(table)


def downgrade() -> None:
    for table in ("disclosure", "consent", "emergency_access", "care_team", "used_once", "token", "client", "session", "account"):
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
