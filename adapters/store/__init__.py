"""The database: SQLite for one machine, PostgreSQL for more than one process or machine; every answer of it durable.

`connect` opens and holds it to account, `migrate` brings its tables up and down, `tables` declares them, `archive` backs up.
A new table is declared in a module beside `tables` and made by the next file in `migrations/versions` (see docs/operating.md).
"""

from adapters.store.connect import Store, StoreFault, open_store
from adapters.store.migrate import downgrade, heads, revision, upgrade

__all__ = ["Store", "StoreFault", "downgrade", "heads", "open_store", "revision", "upgrade"]
