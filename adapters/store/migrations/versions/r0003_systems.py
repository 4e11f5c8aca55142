"""Systems: who they say they are, what was agreed with their site, and what their tokens are for."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

READING = "system/*.rs"  # what systems of before could do, and no more


def upgrade() -> None:
    op.add_column("client", sa.Column("issuer", sa.String(200)))
    op.add_column("client", sa.Column("scopes", sa.Text, nullable=False, server_default=READING))
    op.add_column("client", sa.Column("agreement", sa.Text, nullable=False, server_default="{}"))
    op.create_index("ix_client_issuer", "client", ["issuer"], unique=True)
    op.add_column("token", sa.Column("scopes", sa.Text, nullable=False, server_default=READING))


def downgrade() -> None:
    op.drop_column("token", "scopes")
    op.drop_index("ix_client_issuer", "client")
    for name in ("agreement", "scopes", "issuer"):
        op.drop_column("client", name)
