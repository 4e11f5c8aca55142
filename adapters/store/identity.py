"""Reading and writing who may ask: accounts, sessions, clients, tokens, care teams, emergency access."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from adapters.store.connect import Store
from adapters.store.identity_tables import AccountRow, ClientRow, EmergencyRow, SessionRow, TeamRow, TokenRow, UsedRow
from adapters.store.tables import METADATA

_ACCOUNT, _SESSION, _CLIENT, _TOKEN, _USED, _TEAM, _EMERGENCY = (
    METADATA.tables[str(row.__tablename__)] for row in (AccountRow, SessionRow, ClientRow, TokenRow, UsedRow, TeamRow, EmergencyRow)
)
Found = Row[Any]


class Taken(Exception):
    """There is one of this name already."""


class IdentityStore:
    """One transaction a method; rows go in and come out as they lie on the disk."""

    def __init__(self, opened: Callable[[], Store]) -> None:
        self._opened = opened

    @property
    def _store(self) -> Store:
        """Raises StoreFault."""
        return self._opened()

    def _first(self, table: Table, *conditions: Any) -> Found | None:
        with self._store.reading() as connection:
            return connection.execute(select(table).where(*conditions)).first()

    def _add(self, table: Table, **values: Any) -> None:
        with self._store.writing() as connection:
            try:
                connection.execute(insert(table).values(**values))
            except IntegrityError:
                raise Taken from None

    # Accounts
    def add_account(self, **values: Any) -> None:
        """Raises Taken."""
        self._add(_ACCOUNT, **{"second_used": 0, "failures": 0, "locked_until": 0, "active": True} | values)

    def account(self, tenant: str, name: str) -> Found | None:
        return self._first(_ACCOUNT, _ACCOUNT.c.tenant == tenant, _ACCOUNT.c.name == name)

    def account_of(self, issuer: str, subject: str) -> Found | None:
        return self._first(_ACCOUNT, _ACCOUNT.c.issuer == issuer, _ACCOUNT.c.subject == subject)

    def accounts(self, tenant: str) -> list[Found]:
        with self._store.reading() as connection:
            return list(connection.execute(select(_ACCOUNT).where(_ACCOUNT.c.tenant == tenant).order_by(_ACCOUNT.c.name)))

    def any_administrator(self) -> bool:
        return self._first(_ACCOUNT, _ACCOUNT.c.roles.contains("administrator"), _ACCOUNT.c.active) is not None

    def change_account(self, account: str, **values: Any) -> None:
        with self._store.writing() as connection:
            connection.execute(update(_ACCOUNT).where(_ACCOUNT.c.id == account).values(**values))

    def failed(self, account: str) -> int:
        """One more wrong answer; how many in a row that makes."""
        with self._store.writing() as connection:
            connection.execute(update(_ACCOUNT).where(_ACCOUNT.c.id == account).values(failures=_ACCOUNT.c.failures + 1))
            return int(connection.execute(select(_ACCOUNT.c.failures).where(_ACCOUNT.c.id == account)).scalar_one())

    def succeeded(self, account: str, second_used: int) -> bool:
        """Takes the second factor, once: of two that come at the same time with the same code, one is let through."""
        with self._store.writing() as connection:
            newer = (_ACCOUNT.c.id == account, _ACCOUNT.c.second_used < second_used)
            return connection.execute(update(_ACCOUNT).where(*newer).values(second_used=second_used, failures=0)).rowcount == 1

    # Sessions
    def begin(self, **values: Any) -> None:
        with self._store.writing() as connection:
            connection.execute(insert(_SESSION).values(**values))

    def session(self, key: bytes) -> Found | None:
        """The session of a cookie, or of the one before it, with its account."""
        joined = select(_SESSION, _ACCOUNT).join(_ACCOUNT, _ACCOUNT.c.id == _SESSION.c.account)
        with self._store.reading() as connection:
            return connection.execute(joined.where(or_(_SESSION.c.key == key, _SESSION.c.before == key))).first()

    def touch(self, key: bytes, seen: int) -> None:
        with self._store.writing() as connection:
            connection.execute(update(_SESSION).where(_SESSION.c.key == key).values(seen=seen))

    def turn(self, key: bytes, new: bytes, now: int) -> bool:
        """Give a session a new key; False when somebody else did so first."""
        with self._store.writing() as connection:
            changed = update(_SESSION).where(_SESSION.c.key == key).values(key=new, before=key, seen=now, turned=now)
            return connection.execute(changed).rowcount == 1

    def end(self, *, key: bytes | None = None, account: str | None = None) -> None:
        which = or_(_SESSION.c.key == key, _SESSION.c.before == key) if key is not None else _SESSION.c.account == account
        with self._store.writing() as connection:
            connection.execute(delete(_SESSION).where(which))

    # Systems
    def add_client(self, **values: Any) -> None:
        """Raises Taken."""
        self._add(_CLIENT, **{"active": True} | values)

    def client(self, name: str) -> Found | None:
        return self._first(_CLIENT, _CLIENT.c.id == name)

    def client_of(self, issuer: str) -> Found | None:
        return self._first(_CLIENT, _CLIENT.c.issuer == issuer, _CLIENT.c.active)

    def agreements(self) -> list[str]:
        """Of every system that may ask, of every tenant."""
        with self._store.reading() as connection:
            return list(connection.execute(select(_CLIENT.c.agreement).where(_CLIENT.c.active)).scalars())

    def clients(self, tenant: str) -> list[Found]:
        with self._store.reading() as connection:
            return list(connection.execute(select(_CLIENT).where(_CLIENT.c.tenant == tenant).order_by(_CLIENT.c.id)))

    def change_client(self, name: str, *, end_tokens: bool = True, **values: Any) -> None:
        """Changes what is registered of a client that may ask; its tokens end with it, unless told otherwise. Raises Taken."""
        with self._store.writing() as connection:
            try:
                connection.execute(update(_CLIENT).where(_CLIENT.c.id == name, _CLIENT.c.active).values(**values))
            except IntegrityError:
                raise Taken from None
            if end_tokens:
                connection.execute(delete(_TOKEN).where(_TOKEN.c.client == name))

    def close_client(self, tenant: str, name: str) -> bool:
        """Lets a client in no longer, ends its tokens, and leaves its issuer to whoever is registered next."""
        with self._store.writing() as connection:
            own = (_CLIENT.c.id == name, _CLIENT.c.tenant == tenant)
            closed = connection.execute(update(_CLIENT).where(*own).values(active=False, issuer=None)).rowcount == 1
            if closed:
                connection.execute(delete(_TOKEN).where(_TOKEN.c.client == name))
            return closed

    def add_token(self, key: bytes, client: str, scopes: str, until: int, now: int) -> None:
        with self._store.writing() as connection:
            connection.execute(delete(_TOKEN).where(_TOKEN.c.until < now))
            connection.execute(insert(_TOKEN).values(key=key, client=client, scopes=scopes, until=until))

    def token(self, key: bytes, now: int) -> Found | None:
        """The client that a token was given to, and as `given` what it was given for."""
        joined = select(_CLIENT, _TOKEN.c.scopes.label("given")).join(_TOKEN, _TOKEN.c.client == _CLIENT.c.id)
        with self._store.reading() as connection:
            return connection.execute(joined.where(_TOKEN.c.key == key, _TOKEN.c.until > now, _CLIENT.c.active)).first()

    def use_once(self, key: bytes, until: int, now: int) -> bool:
        """Whether this is the first use; the database decides between two that come at the same time."""
        with self._store.writing() as connection:
            connection.execute(delete(_USED).where(_USED.c.until < now))
            try:
                with connection.begin_nested():
                    connection.execute(insert(_USED).values(key=key, until=until))
            except IntegrityError:
                return False
        return True

    # Relations
    def join_team(self, tenant: str, person: bytes, member: str, until: int | None) -> None:
        with self._store.writing() as connection:
            self._leave(connection, tenant, person, member)
            connection.execute(insert(_TEAM).values(tenant=tenant, person=person, member=member, until=until))

    def leave_team(self, tenant: str, person: bytes, member: str) -> bool:
        with self._store.writing() as connection:
            return self._leave(connection, tenant, person, member)

    def _leave(self, connection: Connection, tenant: str, person: bytes, member: str) -> bool:
        own = (_TEAM.c.tenant == tenant, _TEAM.c.person == person, _TEAM.c.member == member)
        return connection.execute(delete(_TEAM).where(*own)).rowcount == 1

    def team(self, tenant: str, person: bytes, now: int) -> list[str]:
        current = or_(_TEAM.c.until.is_(None), _TEAM.c.until > now)
        own = (_TEAM.c.tenant == tenant, _TEAM.c.person == person, current)
        with self._store.reading() as connection:
            return list(connection.execute(select(_TEAM.c.member).where(*own).order_by(_TEAM.c.member)).scalars())

    def with_team(self, tenant: str, persons: Iterable[bytes], now: int, member: str | None = None) -> set[bytes]:
        """Those of these persons who have this member on their care team now; without one, those who have anybody. At most 400 at once."""
        wanted = select(_TEAM.c.person).where(_TEAM.c.tenant == tenant, _TEAM.c.person.in_(list(persons))).distinct()
        if member is not None:
            wanted = wanted.where(_TEAM.c.member == member, or_(_TEAM.c.until.is_(None), _TEAM.c.until > now))
        with self._store.reading() as connection:
            return {bytes(found) for found in connection.execute(wanted).scalars()}

    # Emergency access
    def open_emergency(self, **values: Any) -> None:
        with self._store.writing() as connection:
            connection.execute(insert(_EMERGENCY).values(**values))

    def emergency(self, tenant: str, id: str) -> Found | None:
        return self._first(_EMERGENCY, _EMERGENCY.c.tenant == tenant, _EMERGENCY.c.id == id)

    def in_emergency(self, tenant: str, person: bytes, actor: str, now: int) -> bool:
        own = (_EMERGENCY.c.tenant == tenant, _EMERGENCY.c.person == person, _EMERGENCY.c.actor == actor)
        return self._first(_EMERGENCY, *own, _EMERGENCY.c.at <= now, _EMERGENCY.c.until > now) is not None

    def emergencies(self, tenant: str, *, open_only: bool) -> list[Found]:
        chosen = select(_EMERGENCY).where(_EMERGENCY.c.tenant == tenant).order_by(_EMERGENCY.c.at, _EMERGENCY.c.id)
        with self._store.reading() as connection:
            return list(connection.execute(chosen.where(_EMERGENCY.c.reviewed_at.is_(None)) if open_only else chosen))

    def review(self, tenant: str, id: str, by: str, at: int, finding: str) -> bool:
        """False when there is none, when somebody has reviewed it, or when it would be a review of one's own."""
        own = (_EMERGENCY.c.tenant == tenant, _EMERGENCY.c.id == id, _EMERGENCY.c.reviewed_at.is_(None), _EMERGENCY.c.actor != by)
        with self._store.writing() as connection:
            done = update(_EMERGENCY).where(*own).values(reviewed_at=at, reviewed_by=by, finding=finding)
            return connection.execute(done).rowcount == 1
