"""Reading and writing what people say about sharing, and what was disclosed. Rows are only added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, Select, Table, bindparam, insert, select

from adapters.store.connect import Store
from adapters.store.identity_tables import ConsentRow, DisclosureRow
from adapters.store.tables import METADATA

_CONSENT, _DISCLOSURE = (METADATA.tables[str(row.__tablename__)] for row in (ConsentRow, DisclosureRow))


def _written(table: Table) -> Select[Any]:
    """What is about one person. Written once: every decision asks it, and putting it together takes longer than running it."""
    own = (table.c.tenant == bindparam("tenant"), table.c.person == bindparam("person"))
    return select(table).where(*own).order_by(table.c.seq)


_CONSENTS, _DISCLOSURES = _written(_CONSENT), _written(_DISCLOSURE)


class ConsentStore:
    """One transaction a method."""

    def __init__(self, opened: Callable[[], Store]) -> None:
        self._opened = opened

    @property
    def _store(self) -> Store:
        """Raises StoreFault."""
        return self._opened()

    def add_consent(self, **values: Any) -> None:
        """An act of a person: given, or revoked."""
        self._add(_CONSENT, values)

    def consents(self, tenant: str, person: bytes) -> list[Row[Any]]:
        """Every act, oldest first."""
        return self._of(_CONSENTS, tenant, person)

    def revoke(self, **values: Any) -> bool:
        """Take a consent back; False when there is none of this person, or it was taken back before."""
        with self._store.writing() as connection:
            own = (_CONSENT.c.tenant == values["tenant"], _CONSENT.c.person == values["person"])
            there = connection.execute(select(_CONSENT.c.seq).where(*own, _CONSENT.c.id == values["revokes"], _CONSENT.c.revokes.is_(None)))
            again = connection.execute(select(_CONSENT.c.seq).where(*own, _CONSENT.c.revokes == values["revokes"]))
            if there.first() is None or again.first() is not None:
                return False
            connection.execute(insert(_CONSENT).values(**values))
            return True

    def add_disclosure(self, **values: Any) -> None:
        self._add(_DISCLOSURE, values)

    def disclosures(self, tenant: str, person: bytes) -> list[Row[Any]]:
        """Every disclosure, oldest first."""
        return self._of(_DISCLOSURES, tenant, person)

    def _add(self, table: Table, values: dict[str, Any]) -> None:
        with self._store.writing() as connection:
            connection.execute(insert(table).values(**values))

    def _of(self, written: Select[Any], tenant: str, person: bytes) -> list[Row[Any]]:
        with self._store.reading() as connection:
            return list(connection.execute(written, {"tenant": tenant, "person": person}))
