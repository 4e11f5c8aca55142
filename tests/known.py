"""People and systems of every role, for tests that ask as each of them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
from asgi import Client

from api.recording import MAIN
from api.security.principal import ROLES, Role

WHOLE = "system/*.cruds"
SYSTEMS = ("ehr_client", "monitor")
HUMAN = tuple(role for role in ROLES if role not in SYSTEMS)


class Known:
    """Somebody known to a service: asks with a session or with a token."""

    def __init__(self, client: Client, role: Role, tenant: str = MAIN, patient: str | None = None, **more: Any) -> None:
        self.client, self.role, security = client, role, client.security
        self.headers: dict[str, str] = {}
        if role in SYSTEMS:
            self.id = f"{role}-{uuid4()}"
            secret = security.systems.add(tenant, self.id, (role,), **({"scopes": WHOLE} | more))
            self.headers = {"authorization": f"Bearer {security.systems.token_for_secret(self.id, secret or '').text}"}
            return
        name = f"{role}-{uuid4()}"
        own = (patient or "p-1") if role in ("patient", "family") else None
        self.id, _ = security.people.add(tenant, name, (role,), password="unused", patient=own, **more)
        begun = security.people.begin(security.identity.account(tenant, name))
        self.headers = {"cookie": f"tandem={begun.cookie}", "tandem-csrf": begun.csrf}

    def ask(self, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        own = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, path, headers=own, **({} if json is None else {"json": json}))

    def joins(self, patient: str, tenant: str = MAIN) -> None:
        """Be put on the care team of a patient."""
        security = self.client.security
        security.identity.join_team(tenant, security.seal.person(tenant, patient), self.id, None)
