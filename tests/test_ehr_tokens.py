"""What an EHR signs with each call of CDS Hooks: the few tokens that hold, and the many that do not."""

from __future__ import annotations

import hmac
import json
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from asgi import settings_for
from ehr import BASE, ISSUER, NOW, PATH, Called, Ehr, called, part
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from api.security.assertions import Assertion, Forged, verify
from api.security.keeping import Keeping
from api.security.profiles import Profile
from api.security.spending import spend

EHR = Ehr()
# The example of the specification of CDS Hooks, "Trusting CDS Clients".
EXAMPLE = (
    "eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCIsImtpZCI6ImV4YW1wbGUta2lkIiwiamt1IjoiaHR0cHM6Ly9maGlyLWVoci5leGFtcGxlLmNvbS9qd2tfdXJpIn0"
    ".eyJpc3MiOiJodHRwczovL2ZoaXItZWhyLmV4YW1wbGUuY29tLyIsImF1ZCI6Imh0dHBzOi8vY2RzLmV4YW1wbGUub3JnL2Nkcy1zZXJ2aWNlcy9zb21lLXNlcn"
    "ZpY2UiLCJleHAiOjE0MjI1Njg4NjAsImlhdCI6MTMxMTI4MDk3MCwianRpIjoiZWUyMmIwMjEtZTFiNy00NjExLWJhNWItOGVlYzZhMzNhYzFlIiwidGVuYW50Ij"
    "oiMmRkZDZjM2EtOGU5YS00NGM2LWEzMDUtNTIxMTFhZDMwMmEyIn0"
    ".d1WfLjGRKlcWB94l9do4cM8REXeYJLL6SGUBO8VHZhfM8mwKYP70EMxJ67War4TQblEpaQrp11wx5p7oPFm2ETYgCicS84vXWEIYTdjooZdooCSDf2L8-i4awdoU"
    "wiEb"
)
EXAMPLE_KEY = {
    "kty": "EC", "use": "sig", "crv": "P-384", "kid": "example-kid", "alg": "ES384",
    "x": "46SDH7Znh821wblCBglA61sNE9ZrHYKKt3qRtRTmSXyOI_FIGBLWrWa0GPUkDCEk",
    "y": "XMcRuuoGW7CXjQdy-F5i3FeBE0x9hPLdeFdSoDd3ELmx404tLX0VRRcqzAsPhXcI",
}  # fmt: skip


def test_the_example_of_the_specification_holds_where_its_years_are_allowed() -> None:
    issuer, audience = "https://fhir-ehr.example.com/", frozenset({"https://cds.example.org/cds-services/some-service"})
    found = verify(EXAMPLE, {"keys": [EXAMPLE_KEY]}, issuer, audience, 1_400_000_000, Profile(longest=2**31))
    assert found == Assertion(issuer, "ee22b021-e1b7-4611-ba5b-8eec6a33ac1e", 1422568860 + 60, "2ddd6c3a-8e9a-44c6-a305-52111ad302a2")
    with pytest.raises(Forged, match="time"):
        verify(EXAMPLE, {"keys": [EXAMPLE_KEY]}, issuer, audience, 1_400_000_000, Profile())


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Called]:
    with called(tmp_path_factory.mktemp("data"), public_aliases=("https://proxy.example/cds",)) as found:
        found.register(EHR, audiences=("https://site.example/tandem", "urn:epic:tandem"), organisation="City Hospital")
        found.register(Ehr("https://other.example/"), "other-ehr")
        yield found


@pytest.mark.parametrize("alg", ["ES384", "RS384"])
def test_a_sound_token_lets_in_once(service: Called, alg: str) -> None:
    assert service.call(EHR.raw(json.dumps(EHR.claims()).encode(), alg=alg)).status_code == 200
    token = EHR.signed(alg)
    answer = service.call(token)
    assert (answer.status_code, answer.json()) == (200, {"id": "city-ehr", "tenant": "main"})
    again = service.call(token)
    assert (again.status_code, again.headers["www-authenticate"]) == (401, 'Bearer realm="tandem"')


@pytest.mark.parametrize(
    "audience",
    [
        BASE + PATH, [BASE + PATH], ["https://elsewhere.example", BASE + PATH], f"https://proxy.example/cds{PATH}", f"https://site.example/tandem{PATH}",
        "https://site.example/tandem", "urn:epic:tandem",
    ],
)  # fmt: skip
def test_what_we_may_be_called(service: Called, audience: Any) -> None:
    assert service.call(EHR.signed(aud=audience)).status_code == 200


@pytest.mark.parametrize(
    ("path", "audience"), [("/cds-services", "/cds-services"), (f"{PATH}/feedback", f"{PATH}/feedback"), (f"{PATH}/feedback", PATH)]
)
def test_discovery_and_feedback_are_signed_too(service: Called, path: str, audience: str) -> None:
    method = "GET" if path == "/cds-services" else "POST"
    assert service.call(EHR.signed(path=audience), path, method).status_code == 200
    assert service.call(EHR.signed(path="/cds-services/another"), path, method).status_code == 401


def test_clocks_that_differ_by_a_minute(service: Called) -> None:
    for claims in ({"iat": NOW + 60, "exp": NOW + 300}, {"iat": NOW - 300, "exp": NOW - 59}, {"nbf": NOW + 60}, {"exp": NOW + 240.0}):
        assert service.call(EHR.signed(**claims)).status_code == 200
    assert service.call(EHR.signed(jti="f" * 64, sub="client-id-of-the-site", azp="more")).status_code == 200


CLAIMS: dict[str, list[Any]] = {
    "exp": [
        NOW - 60, NOW - 10_000, NOW + 301, NOW + 10**9, None, "soon", str(NOW + 200), True, False, NOW + 200.5, [NOW + 200], {}, -1, 0, NOW,
        10**25,
    ],
    "iat": [NOW + 61, NOW + 240, NOW + 250, None, True, NOW - 0.5, str(NOW), 0, -NOW, NOW - 61, [NOW], {}, NOW * 1000],
    "nbf": [NOW + 61, "now", True, NOW + 0.5, [0], {}, 10**20],
    "iss": [
        "https://ehr.example", "https://EHR.example/", "https://ehr.example//", "https://other.example/", "", None, ["https://ehr.example/"],
        1, "x" * 201, "https://ehr.example/ ", "city-ehr", "é", "%", {}, True, "https://ehr.example/\x00",
    ],
    "aud": [
        None, "", [], [1], {}, True, BASE, f"{BASE}/cds-services", f"{BASE}{PATH}/", f"{BASE}{PATH}?x", f"{BASE}{PATH}/feedback",
        BASE.upper() + PATH, f"http://tandem.example{PATH}", f"{BASE}:443{PATH}", f"{BASE}/token", f"http://tandem.test{PATH}",
        PATH, [[BASE + PATH]], "*",
        f"{BASE}/cds-services/%74ry", {BASE + PATH: 1}, f"{BASE}{PATH} ", f"{BASE}/x/..{PATH}",
    ],
    "jti": [None, "", "x" * 201, 1, ["x"], True, {"x": 1}, 0.5],
}  # fmt: skip
HEADERS: dict[str, list[Any]] = {
    "kid": [
        None, "", "unknown", "EC", "rsa", "../../etc/passwd", "/dev/null", "ec' OR 1=1--", "ec\x00", "ec ", ["ec"], 1, "x" * 201,
        "https://evil.example/key", {"a": 1}, True,
    ],
    "alg": ["ES384 ", "es384", ["ES384"], None, {}, "RS384", "EdDSA", "ES256", "PS384", "ES256K", "ES512", "RS256", "dir", 1],
    "typ": ["at+jwt", "JWE", 1, "", ["JWT"]],
    "jku": [
        "https://evil.example/jwks", "http://127.0.0.1/jwks", "file:///etc/passwd", "", 1, ["https://x"], "https://ehr.example/jwks", {},
    ],
    "jwk": [{}, ECKey.generate_key("P-384", parameters={"kid": "ec"}).as_dict(private=False)],
    "crit": [["exp"], [], "exp"],
    "x5u": ["https://evil.example"], "x5c": [["MII"]], "x5t": ["x"], "x5t#S256": ["x"], "b64": [False],
    "cty": ["JWT"], "zip": ["DEF"], "epk": [{}],
}  # fmt: skip


def unsigned(header: Any, signature: str = "") -> str:
    return f"{part(header)}.{part(EHR.claims())}.{signature}"


def hostile() -> dict[str, str]:
    """Tokens that must never let anybody in, by what is wrong with them."""
    claims, rsa = EHR.claims(), EHR.keys["RS384"]
    pem = rsa.as_pem(private=False)
    mallory = ECKey.generate_key("P-384", parameters={"kid": "ec"})
    found = {f"{name} {value!r}": EHR.signed(**{name: value}) for name, values in CLAIMS.items() for value in values}
    for name in ("none", "None", "NONE", "nOnE", ""):
        found[f"alg {name!r}"] = unsigned({"alg": name, "kid": "ec"})
        found[f"alg {name!r} with a signature"] = unsigned({"alg": name, "kid": "ec"}, EHR.signed().split(".")[2])
    public = rsa.as_dict(private=False)
    for alg, digest in (("HS256", "sha256"), ("HS384", "sha384"), ("HS512", "sha512")):
        for label, secret in (("jwk", json.dumps(public).encode()), ("pem", pem), ("n", str(public["n"]).encode()), ("nothing", b"")):
            start = unsigned({"alg": alg, "kid": "rsa"}).removesuffix(".")
            found[f"{alg} with the public key as {label}"] = f"{start}.{part(hmac.digest(secret, start.encode(), digest))}"
    for name, values in HEADERS.items():
        for value in values:
            whole = {key: given for key, given in {"alg": "ES384", "kid": "ec", "typ": "JWT", name: value}.items() if given is not None}
            found[f"header {name} {value!r}"] = EHR.raw(json.dumps(EHR.claims()).encode(), json.dumps(whole).encode())
    good = EHR.signed()
    head, body, signature = good.split(".")
    for iat, exp in ((NOW - 300, NOW - 60), (NOW - 10_000, NOW - 9_800), (NOW + 61, NOW + 200), (NOW + 10_000, NOW + 10_200), (0, 200)):
        found[f"from {iat} to {exp}"] = EHR.signed(iat=iat, exp=exp)
    found |= {
        "another key of the same name": EHR.signed(key=mallory),
        "a key in the header that signed it": EHR.signed(key=mallory, header={"jwk": mallory.as_dict(private=False)}),
        "an algorithm the profile has not": EHR.signed("ES256"),
        "another the profile has not": EHR.signed("RS256"),
        "PS384": jwt.encode({"alg": "PS384", "kid": "rsa"}, EHR.claims(), rsa, algorithms=["PS384"]),
        "no signature": f"{head}.{body}.",
        "a signature of nothing": f"{head}.{body}.{part(b'')}",
        "a signature of zeros": f"{head}.{body}.{part(bytes(96))}",
        "a signature cut short": f"{head}.{body}.{signature[:-4]}",
        "a DER signature": f"{head}.{body}.{part(b'0' + bytes(101))}",
        "other claims under the signature": f"{head}.{part(EHR.claims(sub='x'))}.{signature}",
        "five parts": f"{good}.x.y", "four parts": f"{good}.x", "two parts": f"{head}.{body}", "dots": "..", "one": "x.y.z",
        "10 kB": EHR.signed(more="x" * 10_000),
        "10 kB of nothing": "a" * 10_000 + "." + body + "." + signature,
        "non-ASCII": f"{head}.{body}.é{signature}",
        "nested": EHR.raw(good.encode(), json.dumps({"alg": "ES384", "kid": "ec", "cty": "JWT"}).encode()),
        "nested, and not said so": EHR.raw(good.encode()),
        "encrypted": jwe.encrypt_compact({"alg": "dir", "enc": "A128CBC-HS256"}, b"{}", OctKey.generate_key(256)),
        "a claim twice": EHR.raw(json.dumps(claims)[:-1].encode() + b',"aud":"x"}'),
        "the issuer twice": EHR.raw(b'{"iss":"https://other.example/",' + json.dumps(claims)[1:].encode()),
        "a header twice": EHR.raw(json.dumps(claims).encode(), b'{"alg":"none","alg":"ES384","kid":"ec"}'),
        "NaN": EHR.raw(json.dumps(claims | {"nbf": float("nan")}).encode()),
        "infinite": EHR.raw(json.dumps(claims | {"exp": float("inf")}).encode()),
        "1e400": EHR.raw(json.dumps(claims).encode().replace(b'"exp": 1800000240', b'"exp": 1e400')),
        "a list": EHR.raw(b"[]"), "a number": EHR.raw(b"1"), "nothing": EHR.raw(b""), "null": EHR.raw(b"null"), "not JSON": EHR.raw(b"{"),
        "deep": EHR.raw(b'{"a":' * 700 + b"1" + b"}" * 700),
        "UTF-16": EHR.raw(json.dumps(claims).encode("utf-16")), "a byte order mark": EHR.raw(b"\xef\xbb\xbf" + json.dumps(claims).encode()),
        "half a character": EHR.raw(json.dumps(claims | {"jti": "\ud800"}).encode()),
        "spaces": " " + good, "a line end": good.replace(".", ".\t", 1),
        "JSON form": json.dumps({"payload": body}) + "..",
    }  # fmt: skip
    return found


def test_no_hostile_token_is_accepted(service: Called) -> None:
    tokens = hostile()
    assert len(tokens) >= 200
    answers = {}
    for name, token in tokens.items():
        value = f"Bearer {token}".encode()
        answers[name] = service.client.request("POST", PATH, headers={"authorization": value})  # type: ignore[dict-item]
    assert [(name, answer.status_code) for name, answer in answers.items() if answer.status_code != 401] == []
    assert all(answer.headers["www-authenticate"].startswith("Bearer") for answer in answers.values())
    assert all(answer.json()["resourceType"] == "OperationOutcome" for answer in answers.values())


def test_a_signed_token_is_for_cds_hooks_and_for_nothing_else(service: Called) -> None:
    for method, path in (("POST", "/recommend"), ("GET", "/fhir/Observation"), ("GET", "/accounts"), ("POST", "/cds-servicesx")):
        assert service.call(EHR.signed(path=path), path, method).status_code in (401, 404)


def test_our_own_token_is_good_there_too(service: Called) -> None:
    secret = service.security.systems.add("main", "with-secret", ("ehr_client",))
    own = service.security.systems.token_for_secret("with-secret", secret or "").text
    assert service.call(own).json()["id"] == "with-secret"


def test_who_signs_wrong_is_told_what_to_do_and_a_forger_learns_nothing(service: Called) -> None:
    def told(token: str) -> str:
        answer: str = service.call(token).json()["issue"][0]["diagnostics"]
        return answer

    assert "--audience" in told(EHR.signed(aud="x"))
    assert "look at your clock" in told(EHR.signed(exp=NOW + 9999))
    mallory = ECKey.generate_key("P-384", parameters={"kid": "ec"})
    assert told(EHR.signed(key=mallory, aud="x")) == told(EHR.signed(key=mallory))


def test_what_a_profile_allows(tmp_path: Path) -> None:
    with called(tmp_path) as service:
        epic, sandbox = Ehr("https://epic.example/"), Ehr("https://sandbox.cds-hooks.org")
        service.register(epic, "epic", profile="epic")
        service.register(sandbox, "sandbox", profile="sandbox")
        ok = [epic.signed(alg, exp=NOW + 900, nbf=NOW - 5, sub="client-id") for alg in ("RS256", "ES256", "RS384", "ES384")]
        ok += [sandbox.signed(alg, exp=NOW + 300) for alg in ("ES256", "ES384")]
        assert [service.call(token).status_code for token in ok] == [200] * 6
        wrong = [epic.signed(exp=NOW + 901), sandbox.signed("RS256"), sandbox.signed(exp=NOW + 301)]
        assert [service.call(token).status_code for token in wrong] == [401] * 3


def test_a_kid_that_stands_twice_is_nobodys(tmp_path: Path) -> None:
    ehr = Ehr()
    twice = {"keys": [ehr.public["keys"][0], RSAKey.generate_key(2048, parameters={"kid": "ec"}).as_dict(private=False)]}
    with pytest.raises(Forged, match="key"):
        verify(ehr.signed(), twice, ISSUER, frozenset({BASE + PATH}), NOW, Profile())


@pytest.mark.parametrize(
    "changed", [{"use": "enc"}, {"alg": "ES256"}, {"key_ops": ["sign"]}, {"crv": "P-256"}, {"kty": "RSA"}, {"kid": "x"}]
)
def test_a_key_for_something_else_is_not_taken(changed: dict[str, Any]) -> None:
    ehr = Ehr()
    key = ehr.keys["ES384"].as_dict(private=False) | changed
    with pytest.raises(Forged, match=r"key|signature"):
        verify(ehr.signed(), {"keys": [key]}, ISSUER, frozenset({BASE + PATH}), NOW, Profile())


def test_a_tenant_is_the_one_that_was_agreed(tmp_path: Path) -> None:
    ehr = Ehr()
    with called(tmp_path) as service:
        service.register(ehr, tenants={"north": "northside", "city": "main"})
        assert service.call(ehr.signed(tenant="north")).json()["tenant"] == "northside"
        for wrong in (None, "south", "NORTH", "", 1, ["north"], {"a": 1}, True):
            assert service.call(ehr.signed(tenant=wrong)).status_code == 401


def test_a_closed_system_is_out_at_once(tmp_path: Path) -> None:
    ehr = Ehr()
    with called(tmp_path) as service:
        service.register(ehr)
        assert service.call(ehr.signed()).status_code == 200
        service.security.identity.close_client("main", "city-ehr")
        assert service.call(ehr.signed()).status_code == 401
        service.register(ehr, "city-ehr-2")  # as another, with what has been agreed since
        assert service.call(ehr.signed()).json()["id"] == "city-ehr-2"


def test_a_demonstration_asks_nobody_but_checks_who_is_registered(tmp_path: Path) -> None:
    ehr = Ehr()
    with called(tmp_path, demo=True, secret_key=None) as service:
        assert service.call(ehr.signed()).json()["id"] == "demonstration"
        service.register(ehr)
        assert service.call(ehr.signed()).json()["id"] == "city-ehr"
        assert service.call(ehr.signed(aud="x")).status_code == 401


def tried(url: str, folder: str, jtis: list[str]) -> int:
    """In a process of its own: how many of these it could spend."""
    count = 0
    with closing(Keeping(settings_for(Path(folder), database=url), lambda: datetime.fromtimestamp(NOW, UTC))) as kept:
        for jti in jtis:
            try:
                spend(kept.identity, Assertion(ISSUER, jti, NOW + 300), kept.now())
            except Forged:
                continue
            count += 1
    return count


def test_of_two_processes_one_may_spend_a_token(url: str, tmp_path: Path) -> None:
    """On both databases, and still after both have ended."""
    jtis = [f"jti-{number}" for number in range(30)]
    Keeping(settings_for(tmp_path, database=url), lambda: datetime.fromtimestamp(NOW, UTC)).store().close()
    spending = partial(tried, url, str(tmp_path))
    with ThreadPoolExecutor(2) as pool, multiprocessing.get_context("spawn").Pool(2) as processes:
        counts = list(pool.map(lambda _: processes.apply(spending, (jtis,)), range(2)))
    assert sum(counts) == 30
    assert spending(jtis) == 0
