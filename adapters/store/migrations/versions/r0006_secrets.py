"""Systems: the secret before the one that holds, and until when it is still good."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("client", sa.Column("secret_before", sa.LargeBinary(32)))
    op.add_column("client", sa.Column("before_until", NUMBER))


def downgrade() -> None:
    for name in ("before_until", "secret_before"):
        op.drop_column("client", name)
