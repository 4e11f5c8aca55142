"""People who sign in here: accounts with a password and a second factor, and their sessions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pyotp
from starlette.concurrency import run_in_threadpool

from adapters.store import StoreFault
from adapters.store.identity import Found, IdentityStore
from api.security.clock import HOUR, MINUTE, SECOND
from api.security.passwords import Passwords
from api.security.principal import Principal, Role
from api.security.seal import Seal, fingerprint, random_text

IDLE, WHOLE, TURN, GRACE = 15 * MINUTE, 8 * HOUR, 5 * MINUTE, 30 * SECOND
_FREE, _LOCK, _LONGEST_LOCK = 5, 30 * SECOND, 15 * MINUTE
_STEP = 30  # seconds of a second factor


@dataclass(frozen=True, slots=True)
class Begun:
    """A session. cookie: new, when the one that was sent is to be replaced."""

    principal: Principal
    cookie: str | None
    csrf: str


class People:
    """now: microseconds since 1970."""

    def __init__(self, store: IdentityStore, seal: Seal, now: Callable[[], int]) -> None:
        self._store, self._seal, self._now = store, seal, now
        self.passwords = Passwords()

    def add(
        self,
        tenant: str,
        name: str,
        roles: Iterable[Role],
        *,
        password: str | None = None,
        issuer: str | None = None,
        subject: str | None = None,
        organisation: str | None = None,
        programmes: Iterable[str] = (),
        patient: str | None = None,
    ) -> tuple[str, str | None]:
        """Adds an account; its id, and the secret of the second factor where it has a password. password: hashed. Raises Taken."""
        id, second = str(uuid4()), pyotp.random_base32() if password else None
        self._store.add_account(
            id=id,
            tenant=tenant,
            name=name,
            roles=" ".join(sorted(roles)),
            organisation=organisation,
            programmes=json.dumps(sorted(programmes)),
            patient=self._seal.close(patient.encode(), f"account {id} patient") if patient else None,
            issuer=issuer,
            subject=subject,
            password=password,
            second=self._seal.close(second.encode(), f"account {id} second") if second else None,
        )
        return id, second

    async def sign_in(self, tenant: str, name: str, password: str, code: str) -> Begun | None:
        """A session, when name, password and code all fit. Which of them did not is never said, nor whether it is locked."""
        async with self.passwords.turn():
            found = await run_in_threadpool(self._store.account, tenant, name)
            open_ = found is not None and found.active and found.locked_until <= self._now()
            right = await self.passwords.check(found.password if found is not None and open_ else None, password)
            if found is None or not open_:
                return None
            return await run_in_threadpool(self._finish, found, code, right=right)

    def _finish(self, found: Found, code: str, *, right: bool) -> Begun | None:
        step = self._step(found, code)
        if right and step is not None and self._store.succeeded(found.id, step):
            return self.begin(found)
        count = self._store.failed(found.id)
        if count >= _FREE:
            until = self._now() + min(_LOCK * 2 ** min(count - _FREE, 10), _LONGEST_LOCK)
            self._store.change_account(found.id, locked_until=until)
        return None

    def _step(self, found: Found, code: str) -> int | None:
        """Which step of the clock a code belongs to; one that was used before is none."""
        if found.second is None or not (code.isascii() and code.isdigit()):
            return None
        second = pyotp.TOTP(self._seal.open(found.second, f"account {found.id} second").decode())
        now = self._now() // SECOND // _STEP
        fitting = (step for step in (now - 1, now, now + 1) if pyotp.utils.strings_equal(second.at(step * _STEP), code))
        return next((step for step in fitting if step > found.second_used), None)

    def begin(self, account: Found) -> Begun:
        """A new session; a cookie from before is never taken over."""
        cookie, csrf, now = random_text(), random_text(), self._now()
        self._store.begin(key=fingerprint(cookie), before=None, account=account.id, csrf=csrf, begun=now, seen=now, turned=now)
        return Begun(self.principal(account, csrf), cookie, csrf)

    def session(self, cookie: str) -> Begun | None:
        """The session of a cookie, while neither its owner has been idle nor it has lasted too long."""
        key, now = fingerprint(cookie), self._now()
        found = self._store.session(key)
        if found is None or not found.active:
            return None
        if now - found.seen > IDLE or now - found.begun > WHOLE or (key != found.key and now - found.turned > GRACE):
            with suppress(StoreFault):
                self._store.end(key=key)
            return None
        new = None
        with suppress(StoreFault):  # a database that takes no changes now makes no session last longer, and ends none
            if key == found.key and now - found.turned > TURN:
                turned = random_text()
                new = turned if self._store.turn(key, fingerprint(turned), now) else None
            elif now - found.seen > MINUTE:
                self._store.touch(found.key, now)
        return Begun(self.principal(found, found.csrf), new, found.csrf)

    def end(self, cookie: str) -> None:
        self._store.end(key=fingerprint(cookie))

    def principal(self, account: Any, csrf: str | None = None) -> Principal:
        """account: its row, or that of its session with it."""
        id = getattr(account, "account", account.id)
        return Principal(
            id=id,
            kind="person",
            tenant=account.tenant,
            roles=frozenset(account.roles.split()),
            organisation=account.organisation,
            programmes=frozenset(json.loads(account.programmes)),
            patient=self._seal.open(account.patient, f"account {id} patient").decode() if account.patient else None,
            csrf=csrf,
        )
