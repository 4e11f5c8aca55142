"""How people and systems show who they are: passwords, second factors, sessions, secrets, signed assertions."""

from __future__ import annotations

import json
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from asgi import Client, serving, settings_for
from clocks import Clock
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from known import Known

from api.security.assertions import Forged, verify
from api.security.keeping import Keeping
from api.security.keysets import usable
from api.security.passwords import hashed

PASSWORD = "correct horse battery"
NOW = 1_800_000_000
AUDIENCE = "https://tandem.example/token"
KEYS = {
    "ES384": ECKey.generate_key("P-384", parameters={"kid": "ec"}),
    "RS384": RSAKey.generate_key(2048, parameters={"kid": "rsa"}),
    "Ed25519": OKPKey.generate_key("Ed25519", parameters={"kid": "ed"}),
}
PUBLIC: dict[str, Any] = {"keys": [key.as_dict(private=False) for key in KEYS.values()]}
TWICE = b'{"alg":"ES384","alg":"none","kid":"ec"}'
SOUND = {"iss": "ehr", "sub": "ehr", "aud": AUDIENCE, "iat": NOW, "exp": NOW + 240, "jti": "one"}


def signed(alg: str = "ES384", key: Any = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
    body = {name: value for name, value in (SOUND | claims).items() if value is not None}
    kid = {"ES384": "ec", "RS384": "rsa", "Ed25519": "ed", "EdDSA": "ed"}.get(alg, "ec")
    own = key or KEYS["Ed25519" if alg == "EdDSA" else alg]
    return jwt.encode({"alg": alg, "kid": kid, "typ": "JWT"} | (header or {}), body, own, algorithms=[alg])


def checked(token: str) -> str:
    try:
        return verify(token, PUBLIC, "ehr", frozenset({AUDIENCE}), NOW).jti
    except Forged as forged:
        return forged.code


def part(value: Any) -> str:
    return urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("alg", ["ES384", "RS384", "Ed25519", "EdDSA"])
def test_what_the_client_signed_for_us_now_holds(alg: str) -> None:
    assert checked(signed(alg)) == "one"
    assert checked(signed(alg, aud=["https://other.example", AUDIENCE])) == "one"
    assert checked(signed(alg, header={"jku": "https://elsewhere.example/keys"})) == "one"  # there, and not followed


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"iss": "other"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"sub": "other"}, "issuer"),
        ({"aud": "https://tandem.example/token/"}, "audience"),
        ({"aud": None}, "audience"),
        ({"aud": [1]}, "audience"),
        ({"exp": NOW - 60}, "time"),
        ({"exp": NOW + 301}, "time"),
        ({"exp": None}, "time"),
        ({"exp": "soon"}, "time"),
        ({"exp": True}, "time"),
        ({"iat": None}, "time"),
        ({"iat": NOW + 61, "exp": NOW + 300}, "time"),
        ({"nbf": NOW + 61}, "time"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": "x" * 201}, "jti"),
        ({"jti": 1}, "jti"),
    ],
)
def test_a_claim_that_does_not_hold(changed: dict[str, Any], code: str) -> None:
    assert checked(signed(**changed)) == code


def test_signatures_of_another_kind_or_key_are_refused() -> None:
    shared = OctKey.import_key(json.dumps(PUBLIC["keys"][0]).encode())
    other = ECKey.generate_key("P-384", parameters={"kid": "ec"})
    payload = signed().split(".")[1]
    forged = [
        jwt.encode({"alg": "HS256", "kid": "ec"}, SOUND, shared, algorithms=["HS256"]),
        f"{part({'alg': 'none', 'kid': 'ec'})}.{payload}.",
        f"{part({'alg': 'ES384', 'kid': 'ec'})}.{payload}.",
        signed(key=other),
        signed(header={"kid": "unknown"}),
        signed(header={"kid": "rsa"}),
        signed(header={"jwk": other.as_dict(private=False)}),
        signed(header={"x5u": "https://elsewhere.example"}),
        signed(header={"typ": "at+jwt"}),
        f"{part({'alg': 'ES384', 'kid': 'ec', 'crit': ['exp']})}.{payload}.{part(b'x' * 96)}",
        part(TWICE) + f".{payload}.",
        "a.b",
        "....",
        "x" * 9000,
        "é.é.é",
    ]
    for token in forged:
        assert checked(token) in ("header", "key", "signature", "shape"), token[:60]
    whole = signed()
    for place in range(0, len(whole), 7):
        flipped = whole[:place] + ("A" if whole[place] != "A" else "B") + whole[place + 1 :]
        if flipped.rstrip("AQgw") != whole.rstrip("AQgw"):  # the last bits of base64 that mean nothing
            assert checked(flipped) != "one" or flipped.split(".")[2] == whole.split(".")[2]


@pytest.mark.parametrize(
    ("keys", "good"),
    [
        (PUBLIC, True),
        ({"keys": []}, False),
        ({"keys": [KEYS["ES384"].as_dict(private=True)]}, False),
        ({"keys": [{"kty": "oct", "k": "eA", "kid": "x"}]}, False),
        ({"keys": [PUBLIC["keys"][0], PUBLIC["keys"][0]]}, False),
        ({"keys": [{"kty": "EC", "kid": "x", "crv": "P-384", "x": "?", "y": "?"}]}, False),
        ({}, False),
        ([], False),
    ],
)
def test_which_keys_may_be_registered(keys: Any, good: bool) -> None:
    assert usable(keys) is good


def test_an_assertion_is_good_for_one_of_many_that_come_at_once(url: str, tmp_path: Path) -> None:
    """On both databases: of two dozen at the same time exactly one is let through."""
    settings = settings_for(tmp_path, database=url, public_url="https://tandem.example")
    with closing(Keeping(settings, lambda: datetime.fromtimestamp(NOW, UTC))) as kept:
        kept.systems.add("main", "ehr", ("ehr_client",), keys=PUBLIC)

        def tried(token: str) -> str:
            try:
                kept.systems.token_for_assertion(token)
            except Forged as forged:
                return forged.code
            return "in"

        for number in range(3):
            token = signed(jti=f"jti-{number}")
            with ThreadPoolExecutor(8) as pool:
                results = list(pool.map(tried, [token] * 24))
            assert sorted(results) == ["in"] + ["replayed"] * 23


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.fromtimestamp(NOW, UTC))


@pytest.fixture
def client(tmp_path: Path, clock: Clock) -> Iterator[Client]:
    with serving(tmp_path, now=clock) as (client, _):
        client.forget()
        yield client


@pytest.fixture
def second(client: Client) -> pyotp.TOTP:
    _, found = client.security.people.add("main", "ana", ("care_manager",), password=hashed(PASSWORD))
    return pyotp.TOTP(found or "")


def sign_in(client: Client, code: str, password: str = PASSWORD, name: str = "ana") -> Any:
    return client.post("/login", json.dumps({"name": name, "password": password, "code": code}).encode())


def test_name_password_and_code_let_in_and_each_alone_does_not(client: Client, second: pyotp.TOTP) -> None:
    code = second.at(NOW)
    refused = [sign_in(client, code, "wrong"), sign_in(client, "000000"), sign_in(client, code, name="eva"), sign_in(client, "nonumber")]
    assert {(answer.status_code, answer.text) for answer in refused} == {(401, refused[0].text)}  # which of them is never said
    answer = sign_in(client, code)
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/session").json()["roles"] == ["care_manager"]


def test_a_code_is_good_once(client: Client, second: pyotp.TOTP, clock: Clock) -> None:
    assert sign_in(client, second.at(NOW)).status_code == 200
    assert sign_in(client, second.at(NOW)).status_code == 401
    assert sign_in(client, second.at(NOW - 30)).status_code == 401
    clock.at += timedelta(seconds=30)
    assert sign_in(client, second.at(NOW + 30)).status_code == 200


def test_guessing_locks_for_a_while_without_saying_so(client: Client, second: pyotp.TOTP, clock: Clock) -> None:
    for _ in range(5):
        wrong = sign_in(client, "000000", "wrong")
    locked = sign_in(client, second.at(NOW))
    assert (locked.status_code, locked.text) == (401, wrong.text)
    clock.at += timedelta(seconds=60)
    assert sign_in(client, second.at(NOW + 60)).status_code == 200


def test_a_session_ends_when_idle_when_old_and_when_it_is_left(client: Client, second: pyotp.TOTP, clock: Clock) -> None:
    def begin() -> str:
        clock.at += timedelta(minutes=1)
        client.forget()
        csrf: str = sign_in(client, second.at(clock.at)).json()["csrf"]
        return csrf

    begin()
    clock.at += timedelta(minutes=15, seconds=1)
    assert client.get("/session").status_code == 401
    begin()
    for _ in range(8 * 6 + 1):
        clock.at += timedelta(minutes=10)
        last = client.get("/session").status_code
    assert last == 401
    csrf = begin()
    assert client.request("POST", "/logout", headers={"tandem-csrf": csrf}).status_code == 204
    assert client.get("/session").status_code == 401


def test_a_session_turns_its_key_and_the_old_one_dies(client: Client, second: pyotp.TOTP, clock: Clock) -> None:
    first = re.match(r"tandem=([^;]+)", sign_in(client, second.at(NOW)).headers["set-cookie"])
    clock.at += timedelta(minutes=6)
    turned = client.get("/session")
    assert turned.status_code == 200
    assert "set-cookie" in turned.headers
    assert first
    old = {"cookie": f"tandem={first[1]}"}
    client.forget()
    clock.at += timedelta(seconds=20)
    assert client.get("/session", headers=old).status_code == 200  # what was under way with it
    clock.at += timedelta(seconds=20)
    assert client.get("/session", headers=old).status_code == 401


def test_a_new_password_ends_every_other_session(client: Client, second: pyotp.TOTP) -> None:
    csrf = sign_in(client, second.at(NOW)).json()["csrf"]
    body = json.dumps({"old": PASSWORD, "new": "another long password"}).encode()
    assert client.post("/password", body, headers={"tandem-csrf": csrf, "content-type": "application/json"}).status_code == 200
    assert client.get("/session").status_code == 200  # the new one
    assert sign_in(client, second.at(NOW + 30)).status_code == 401
    assert sign_in(client, second.at(NOW + 30), "another long password").status_code == 200


def test_an_administrator_adds_and_closes_accounts_and_systems(client: Client) -> None:
    root = Known(client, "administrator")
    added = root.ask("POST", "/accounts", {"name": "eva", "roles": ["prescriber"], "password": "a long enough one"})
    assert added.status_code == 201
    assert added.json()["second_factor"].startswith("otpauth://")
    assert root.ask("POST", "/accounts", {"name": "eva", "roles": ["intake"], "password": "a long enough one"}).status_code == 409
    assert root.ask("POST", "/accounts/eva/closing").status_code == 204
    assert root.ask("POST", "/accounts/nobody/closing").status_code == 404
    for wrong in ({"name": "x", "roles": ["patient"], "password": PASSWORD}, {"name": "x", "roles": ["intake"]}, {"name": "x", "extra": 1}):
        assert root.ask("POST", "/accounts", wrong).status_code == 422
    secret = root.ask("POST", "/clients", {"name": "ehr-1", "roles": ["ehr_client"]}).json()["client_secret"]
    answer = client.request("POST", "/token", data={"grant_type": "client_credentials"}, auth=("ehr-1", secret))
    assert answer.json()["expires_in"] == 300
    assert client.request("POST", "/token", data={"grant_type": "client_credentials"}, auth=("ehr-1", "x")).status_code == 401
    assert {row["name"] for row in root.ask("GET", "/accounts").json()["accounts"]} >= {"eva"}


def test_many_who_sign_in_at_once_are_told_to_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.security.people.passwords, "_most", 0)
    answer = sign_in(client, "000000")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")


def test_a_check_takes_as_long_for_who_is_not_there(client: Client, second: pyotp.TOTP) -> None:
    def fastest(name: str) -> float:
        taken = []
        for _ in range(3):
            begin = time.perf_counter()
            sign_in(client, "000000", "wrong", name)
            taken.append(time.perf_counter() - begin)
        return min(taken)

    assert fastest("nobody") > fastest("ana") / 3
