"""How Alembic runs here: inside the transaction that it is handed, which holds the lock."""

from alembic import context

from adapters.store import feedback_tables, identity_tables  # noqa: F401 - declare their tables
from adapters.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
    render_as_batch=True,  # SQLite changes a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
