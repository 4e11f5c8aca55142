"""An EHR that signs its calls, and a service that has an endpoint where such calls come."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from asgi import Client, serving
from fastapi import Request, Response
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from api.problems import Rejected
from api.security.agreements import Agreement
from api.security.policy import Row, policy
from engine.errors import Problem

NOW = 1_800_000_000
BASE = "https://tandem.example"
PATH = "/cds-services/try"
ISSUER = "https://ehr.example/"
STAFF: Any = {"ehr_client": "any"}
_ROWS = {
    "GET /cds-services": Row(to=STAFF, purposes=("treatment",)),
    f"POST {PATH}": Row(to=STAFF, purposes=("treatment",)),
    f"POST {PATH}/feedback": Row(to=STAFF, purposes=("treatment",)),
    "GET /fhir/Observation": Row(to=STAFF, purposes=("treatment",), scope="system/Observation.rs"),
    "POST /fhir/Observation": Row(to=STAFF, purposes=("treatment",), scope="system/Observation.c"),
    "GET /fhir/Faulty/{kind}": Row(open=True),
}


class Ehr:
    """Keys by algorithm, and what it signs with them."""

    def __init__(self, issuer: str = ISSUER) -> None:
        self.issuer = issuer
        self.keys: dict[str, Any] = {
            "ES384": ECKey.generate_key("P-384", parameters={"kid": "ec", "use": "sig"}),
            "ES256": ECKey.generate_key("P-256", parameters={"kid": "ec256"}),
            "RS384": RSAKey.generate_key(2048, parameters={"kid": "rsa"}),
            "RS256": RSAKey.generate_key(2048, parameters={"kid": "rsa256"}),
        }

    @property
    def public(self) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self.keys.values()]}

    def claims(self, path: str = PATH, **changed: Any) -> dict[str, Any]:
        usual = {"iss": self.issuer, "aud": BASE + path, "iat": NOW, "exp": NOW + 240, "jti": uuid4().hex}
        return {name: value for name, value in (usual | changed).items() if value is not None}

    def signed(self, alg: str = "ES384", header: dict[str, Any] | None = None, key: Any = None, path: str = PATH, **claims: Any) -> str:
        own = key or self.keys[alg]
        return jwt.encode({"alg": alg, "kid": own.kid, "typ": "JWT"} | (header or {}), self.claims(path, **claims), own, algorithms=[alg])

    def raw(self, claims: bytes, header: bytes | None = None, alg: str = "ES384") -> str:
        """Signs bytes as they stand, as nobody's library would."""
        own = self.keys[alg]
        head = header or json.dumps({"alg": alg, "kid": own.kid}).encode()
        signing = f"{part(head)}.{part(claims)}"
        from joserfc.jws import JWSRegistry  # noqa: PLC0415

        return f"{signing}.{part(JWSRegistry.algorithms[alg].sign(signing.encode(), own))}"


def part(value: Any) -> str:
    return urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).rstrip(b"=").decode()


class Called:
    """A service with endpoints of CDS Hooks and FHIR that only say who asks; its clock stands until it is moved."""

    def __init__(self, client: Client) -> None:
        self.client, self.security = client, client.security

    def register(self, ehr: Ehr, name: str = "city-ehr", **agreed: Any) -> None:
        more = {field: agreed.pop(field) for field in ("keys", "scopes", "tenant", "organisation") if field in agreed}
        keys = more.pop("keys", ehr.public if "jku" not in agreed else None)
        tenant = more.pop("tenant", "main")
        self.security.systems.add(tenant, name, ("ehr_client",), keys=keys, issuer=ehr.issuer, agreement=Agreement(**agreed), **more)

    def call(self, token: str, path: str = PATH, method: str = "POST", **headers: str) -> httpx.Response:
        return self.client.request(method, path, headers={"authorization": f"Bearer {token}", **headers})


def _endpoints(client: Client) -> None:
    async def who(request: Request) -> Response:
        asker = request.state.asking.principal
        return Response(json.dumps({"id": asker.id, "tenant": asker.tenant}), media_type="application/json")

    async def faulty(kind: str) -> Response:
        if kind == "many":
            problems = [Problem("/entry/0/resource/code", "code-unknown", "What.", "Do."), Problem("path kind", "other", "What.", "Do.")]
            raise Rejected(422, "record-refused", problems)
        if kind == "busy":
            raise Rejected(503, "busy", [], {"retry-after": "1"})
        raise RuntimeError(kind)

    for operation in _ROWS:
        method, path = operation.split(" ")
        client.app.add_api_route(path, faulty if "Faulty" in path else who, methods=[method])
        client.app.router.routes.insert(0, client.app.router.routes.pop())  # before what really stands there


@contextmanager
def called(folder: Path, **settings: Any) -> Iterator[Called]:
    clock = settings.pop("now", lambda: datetime.fromtimestamp(NOW, UTC))
    rows, real = policy(), dict(policy())
    with serving(folder, now=clock, **({"public_url": BASE} | settings)) as (client, _):
        client.forget()
        _endpoints(client)
        rows.update(_ROWS)
        try:
            yield Called(client)
        finally:
            rows.clear()
            rows.update(real)
