"""Signing in by an identity provider: a real one, started here, over the wire."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from asgi import Client, serving
from joserfc import jwt
from joserfc.jwk import ECKey

KEY = ECKey.generate_key("P-256", parameters={"kid": "one", "use": "sig"})
OTHER = ECKey.generate_key("P-256", parameters={"kid": "one", "use": "sig"})


class Provider(BaseHTTPRequestHandler):
    """Authorization code with PKCE; `lies` changes what it says."""

    lies: ClassVar[dict[str, Any]] = {}
    codes: ClassVar[dict[str, dict[str, str]]] = {}

    def log_message(self, *_: object) -> None:
        pass

    def say(self, body: Any, status: int = 200, **headers: str) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if place.path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
            found = {"issuer": self.home} | {name: self.home + path for name, path in names.items()}
            self.say(found | self.lies.get("description", {}))
        elif place.path == "/keys":
            self.say({"keys": [KEY.as_dict(private=False)]})
        else:
            asked = dict(parse_qsl(place.query))
            self.codes["code-1"] = asked
            self.say({}, 303, location=f"{asked['redirect_uri']}?code=code-1&state={asked['state']}")

    def do_POST(self) -> None:
        sent = {name: values[0] for name, values in parse_qs(self.rfile.read(int(self.headers["content-length"])).decode()).items()}
        asked = self.codes.pop(sent.get("code", ""), None)
        proof = urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        client = b64decode(self.headers["authorization"].split()[1]).decode()
        if asked is None or proof != asked["code_challenge"] or asked["code_challenge_method"] != "S256" or client != "tandem:s3cret":
            self.say({"error": "invalid_grant"}, 400)
            return
        now = int(time.time())
        claims = {"iss": self.home, "aud": "tandem", "sub": "ana", "nonce": asked["nonce"], "iat": now, "exp": now + 300}
        claims = {name: value for name, value in (claims | self.lies.get("claims", {})).items() if value is not None}
        key = OTHER if self.lies.get("forged") else KEY
        token = jwt.encode({"alg": "ES256", "kid": "one"}, claims, key, algorithms=["ES256"])
        self.say({"access_token": "x", "token_type": "Bearer", "id_token": token})


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def client(issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    named = {"oidc_issuer": issuer, "oidc_client": "tandem", "oidc_secret": "s3cret", "public_url": "http://tandem.test"}
    with serving(tmp_path_factory.mktemp("data"), **named) as (client, _):
        client.security.people.add("main", "ana", ("care_manager",), issuer=issuer, subject="ana")
        client.forget()
        yield client


@pytest.fixture(autouse=True)
def honest() -> None:
    Provider.lies = {}


def sign_in(client: Client, **asked: str) -> Any:
    client.forget()
    begun = client.get("/login/provider", params=asked)
    assert begun.status_code == 303, begun.text
    sent_back = httpx.get(begun.headers["location"])
    return client.get(sent_back.headers["location"])


def test_who_the_provider_knows_and_we_have_let_in_signs_in(client: Client) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/session")
    assert client.get("/session").json()["roles"] == ["care_manager"]


@pytest.mark.parametrize(
    ("next", "led_to"),
    [
        ("/decisions/7?lang=es&detail=full", "/decisions/7?lang=es&detail=full"),
        ("/" + '"' * 499, "/" + '"' * 499),  # the longest, however it is written in the cookie
        ("//evil.test", "/session"),
        ("https://evil.test", "/session"),
        ("/\\evil.test", "/session"),
        ("javascript:alert(1)", "/session"),
        ("/x\r\nset-cookie: a=b", "/session"),
    ],
)
def test_it_leads_on_to_the_page_that_was_asked_for_and_nowhere_else(client: Client, next: str, led_to: str) -> None:
    answer = sign_in(client, next=next)
    assert (answer.status_code, answer.headers["location"]) == (303, led_to)


def test_where_it_leads_cannot_be_changed_on_the_way(client: Client) -> None:
    client.forget()
    begun = client.get("/login/provider", params={"next": "/decisions/7"})
    back = httpx.get(begun.headers["location"]).headers["location"]
    assert client.get(f"{back}&next=/decisions/8").status_code == 400
    assert client.get(back).headers["location"] == "/decisions/7"


def test_a_sign_in_is_finished_once(client: Client) -> None:
    begun = client.get("/login/provider")
    back = httpx.get(begun.headers["location"]).headers["location"]
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"aud": ["tandem", "another"]},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"iat": 9_999_999_999},
        {"sub": None},
        {"sub": "nobody"},
    ],
)
def test_what_does_not_hold_signs_nobody_in(client: Client, claims: dict[str, Any]) -> None:
    Provider.lies = {"claims": claims}
    assert sign_in(client).status_code == 401


def test_a_forged_word_signs_nobody_in(client: Client) -> None:
    Provider.lies = {"forged": True}
    assert sign_in(client).status_code == 401


def test_another_browser_cannot_finish_it(client: Client) -> None:
    back = httpx.get(client.get("/login/provider").headers["location"]).headers["location"]
    client.forget()
    assert client.get(back).status_code == 401


@pytest.mark.parametrize(
    "description",
    [{"token_endpoint": "http://169.254.169.254/token"}, {"jwks_uri": "https://elsewhere.example/keys"}, {"issuer": "http://elsewhere"}],
)
def test_a_provider_that_sends_us_elsewhere_is_not_followed(client: Client, description: dict[str, str]) -> None:
    Provider.lies = {"description": description}
    assert client.get("/login/provider").status_code == 503


def test_without_a_provider_it_is_said(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, _):
        assert client.get("/login/provider").status_code == 404
