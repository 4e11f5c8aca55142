"""Reading and writing cards and feedback on them. Rows are only added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from adapters.store.connect import Store
from adapters.store.feedback_tables import CardRow, CardRuleRow, FeedbackRow
from adapters.store.tables import METADATA

_CARD, _RULE, _FEEDBACK = (METADATA.tables[str(row.__tablename__)] for row in (CardRow, CardRuleRow, FeedbackRow))


class FeedbackStore:
    """One transaction a method. Every method raises StoreFault."""

    def __init__(self, opened: Callable[[], Store]) -> None:
        self._opened = opened

    def add_cards(self, cards: Sequence[dict[str, Any]], rules: Sequence[dict[str, Any]]) -> None:
        """Cards that are about to be shown; those that are there already are left as they are."""
        if cards:
            with self._opened().writing() as connection:
                _add(connection, _CARD, cards)
                _add(connection, _RULE, rules)

    def cards(self, tenant: str, ids: Sequence[str]) -> dict[str, Row[Any]]:
        """The cards of these ids that there are."""
        with self._opened().reading() as connection:
            found = connection.execute(select(_CARD).where(_CARD.c.tenant == tenant, _CARD.c.id.in_(list(ids))))
            return {row.id: row for row in found}

    def of_decision(self, tenant: str, decision: bytes) -> list[Row[Any]]:
        """The cards that rest on one decision."""
        with self._opened().reading() as connection:
            return list(connection.execute(select(_CARD).where(_CARD.c.tenant == tenant, _CARD.c.decision == decision)))

    def add_feedback(self, rows: Sequence[dict[str, Any]]) -> None:
        """What was said; what was said before adds nothing."""
        with self._opened().writing() as connection:
            _add(connection, _FEEDBACK, rows)

    def shown(self, tenant: str) -> list[Row[Any]]:
        """For each rule with its version: on how many cards it was shown."""
        joined = select(_RULE.c.rule, func.count().label("cards")).join(_CARD, _CARD.c.id == _RULE.c.card)
        with self._opened().reading() as connection:
            return list(connection.execute(joined.where(_CARD.c.tenant == tenant).group_by(_RULE.c.rule).order_by(_RULE.c.rule)))

    def said(self, tenant: str) -> list[Row[Any]]:
        """All feedback, once for each rule of its card, oldest first by when it was said."""
        joined = select(_RULE.c.rule, _FEEDBACK).join(_FEEDBACK, _FEEDBACK.c.card == _RULE.c.card).join(_CARD, _CARD.c.id == _RULE.c.card)
        ordered = joined.where(_CARD.c.tenant == tenant).order_by(_FEEDBACK.c.said_at, _FEEDBACK.c.at, _FEEDBACK.c.key)
        with self._opened().reading() as connection:
            return list(connection.execute(ordered))


def _add(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    if rows:
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))
