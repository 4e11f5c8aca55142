"""SMART Backend Services: what a token is given for, what it is good for, and errors as OAuth has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from ehr import BASE, NOW, Called, Ehr, called
from elsewhere import Machine, told
from hypothesis import given
from hypothesis import strategies as st
from known import Known

from api.security.policy import policy
from api.security.scopes import covers, granted, held, sound

EHR = Ehr("backend")
WAY = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Called]:
    with called(tmp_path_factory.mktemp("data"), public_aliases=("https://proxy.example/cds/",)) as found:
        found.security.systems.add(
            "main", "backend", ("ehr_client",), keys=EHR.public, scopes="system/Observation.crs system/PlanDefinition.rs"
        )
        yield found


def assertion(**changed: Any) -> str:
    return EHR.signed(changed.pop("alg", "ES384"), path="/token", **({"sub": "backend"} | changed))


def asked(service: Called, signed: str | None = None, **fields: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_assertion_type": WAY, "client_assertion": signed or assertion()} | fields
    return service.client.request("POST", "/token", data=form)


def test_a_token_as_the_specification_has_it(service: Called) -> None:
    answer = asked(service, scope="system/Observation.rs")
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "scope"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("bearer", 300, "system/Observation.rs")
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")


@pytest.mark.parametrize(
    ("asked_for", "given_for"),
    [
        ("system/*.rs", "system/Observation.rs system/PlanDefinition.rs"),
        ("system/*.read", "system/Observation.rs system/PlanDefinition.rs"),
        ("system/Observation.read", "system/Observation.read"),
        ("system/Observation.*", "system/Observation.crs"),
        ("system/Observation.c", "system/Observation.c"),
        ("system/Observation.cruds system/Patient.rs", "system/Observation.crs"),
        ("openid fhirUser launch/patient patient/*.rs user/*.rs system/PlanDefinition.r", "system/PlanDefinition.r"),
    ],
)
def test_what_is_given_is_what_is_asked_and_registered(service: Called, asked_for: str, given_for: str) -> None:
    assert asked(service, scope=asked_for).json()["scope"] == given_for


def test_who_asks_for_nothing_is_given_what_is_registered(service: Called) -> None:
    assert asked(service).json()["scope"] == "system/Observation.crs system/PlanDefinition.rs"


@pytest.mark.parametrize(
    "scope",
    ["", " ", "system/Patient.rs", "system/Observation.d", "system/Observation.sr", "system/Observation.",
     "system/observation.rs", "SYSTEM/*.rs",
     "system/Observation.rs?category=x", "patient/Observation.rs", "user/*.read", "openid", "system/*", "*",
     "system/Observation.rs\tsystem/x", "x" * 3000],
)  # fmt: skip
def test_a_scope_that_cannot_be_given(service: Called, scope: str) -> None:
    answer = asked(service, scope=scope)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, 400, "unsupported_grant_type"),
        ({"client_assertion": "x"}, 401, "invalid_client"),
        ({"client_assertion": ""}, 401, "invalid_client"),
        ({"client_assertion_type": "x"}, 401, "invalid_client"),
    ],
)
def test_errors_are_those_of_oauth(service: Called, changed: dict[str, str], status: int, error: str) -> None:
    answer = asked(service, **changed)
    assert (answer.status_code, answer.json()["error"], answer.headers["cache-control"]) == (status, error, "no-store")
    assert set(answer.json()) == {"error", "error_description"}
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "grant_type=client_credentials&grant_type=client_credentials",
        "scope=x",
        "grant_type=client_credentials&scope=a&scope=b",
        "&" * 500,
    ],
)
def test_a_form_that_is_none(service: Called, body: str) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = service.client.request("POST", "/token", content=body.encode(), headers=kind)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "changed",
    [{"aud": BASE}, {"aud": f"{BASE}/token/"}, {"iss": "other"}, {"sub": "other"}, {"exp": NOW + 301}, {"jti": None}, {"alg": "ES256"},
     {"alg": "RS256"},
     {"header": {"jku": "https://evil.example/jwks"}}],
)  # fmt: skip
def test_an_assertion_that_does_not_hold(service: Called, changed: dict[str, Any]) -> None:
    answer = asked(service, assertion(**changed))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_one_made_for_the_proxy_in_front_of_us(service: Called) -> None:
    assert asked(service, assertion(aud="https://proxy.example/cds/token")).status_code == 200


def test_one_is_good_once(service: Called) -> None:
    signed = assertion()
    assert [asked(service, signed).status_code for _ in range(2)] == [200, 401]


def test_what_it_signed_for_cds_hooks_gets_no_token_and_the_other_way_round(tmp_path: Path) -> None:
    ehr = Ehr()
    with called(tmp_path) as service:
        service.register(ehr)
        assert asked(service, ehr.signed(path="/token")).status_code == 401
        assert service.call(ehr.signed(path="/token")).status_code == 401


def test_keys_of_a_backend_may_lie_at_an_address(tmp_path: Path) -> None:
    lying = Machine(lambda path: told(EHR.public, kind="application/json")).running()
    with lying as machine, called(tmp_path, call_networks=("127.0.0.0/8",)) as service:
        new = {"name": "backend", "roles": ["ehr_client"], "jku": [f"{machine.address}/jwks"]}
        answer = Known(service.client, "administrator").ask("POST", "/clients", new)
        assert (answer.status_code, answer.json()["client_secret"]) == (201, None)
        assert asked(service, assertion(header={"jku": f"{machine.address}/jwks"})).status_code == 200
        assert asked(service).status_code == 200


def with_scope(service: Called, scope: str | None) -> dict[str, str]:
    answer = asked(service, **({"scope": scope} if scope else {}))
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def test_the_door_looks_at_the_scope_of_an_operation(service: Called) -> None:
    reading, writing = with_scope(service, "system/Observation.rs"), with_scope(service, "system/Observation.c")
    elsewhere, both = with_scope(service, "system/PlanDefinition.rs"), with_scope(service, None)
    for headers, read, write in ((reading, 200, 403), (writing, 403, 200), (elsewhere, 403, 403), (both, 200, 200)):
        assert service.client.request("GET", "/fhir/Observation", headers=headers).status_code == read
        answer = service.client.request("POST", "/fhir/Observation", headers=headers)
        assert answer.status_code == write
    answer = service.client.request("POST", "/fhir/Observation", headers=reading)
    assert 'error="insufficient_scope", scope="system/Observation.c"' in answer.headers["www-authenticate"]
    assert answer.json()["issue"][0]["code"] == "forbidden"


def test_every_fhir_operation_has_a_scope_or_is_open() -> None:
    assert [operation for operation, row in policy().items() if " /fhir/" in operation and not row.open and row.scope is None] == []


@pytest.mark.parametrize("place", ["", "/fhir"])
def test_where_smart_looks(service: Called, place: str) -> None:
    found = service.client.get(f"{place}/.well-known/smart-configuration").json()
    assert found["token_endpoint"] == f"{BASE}/token"
    assert {"grant_types_supported", "capabilities", "code_challenge_methods_supported", "scopes_supported"} <= set(found)
    assert {"ES384", "RS384"} <= set(found["token_endpoint_auth_signing_alg_values_supported"])
    assert not {"none", "HS256", "RS256"} & set(found["token_endpoint_auth_signing_alg_values_supported"])


NAMES = st.sampled_from(["*", "Observation", "Patient", "PlanDefinition"])
ACTIONS = st.lists(st.sampled_from("cruds"), min_size=1, unique=True).map(lambda letters: "".join(sorted(letters, key="cruds".index)))
SCOPES = st.lists(st.builds("system/{}.{}".format, NAMES, ACTIONS | st.sampled_from(["read", "write", "*"])), max_size=4).map(" ".join)
NEEDS = st.builds("system/{}.{}".format, st.sampled_from(["Observation", "Patient", "Task"]), st.sampled_from("cruds"))


@given(SCOPES, SCOPES, NEEDS)
def test_what_is_given_is_good_for_exactly_what_both_are_good_for(asked_for: str, registered: str, needed: str) -> None:
    both = granted(asked_for, registered)
    assert covers(both, needed) == (covers(asked_for, needed) and covers(registered, needed))
    assert sound(both)


@given(st.text(max_size=80))
def test_no_text_is_more_than_it_says(text: str) -> None:
    assert granted(text, "system/*.cruds") == " ".join(dict.fromkeys(word for word in text.split(" ") if held(word)))
    assert granted(text, "") == ""


def test_a_system_can_be_registered_with_all_that_was_agreed(service: Called) -> None:
    root, name = Known(service.client, "administrator"), f"ehr-{uuid4()}"
    whole = {
        "name": name, "roles": ["ehr_client"], "issuer": f"https://{name}.example", "jku": ["https://EHR.example:443/jwks"],
        "profile": "epic",
        "audiences": ["urn:x"], "servers": ["https://ehr.example/fhir/"], "origins": ["https://app.example"], "tenants": {"a": "main"},
        "app": "https://app.example/launch/",
        "scopes": "system/Observation.c",
    }  # fmt: skip
    assert root.ask("POST", "/clients", whole).status_code == 201
    (row,) = [row for row in root.ask("GET", "/clients").json()["clients"] if row["client_id"] == name]
    assert (row["jku"], row["servers"], row["by"]) == (["https://ehr.example/jwks"], ["https://ehr.example/fhir"], "jku")
    assert row["app"] == "https://app.example/launch"
    assert root.ask("POST", "/clients", whole | {"name": f"{name}-2"}).status_code == 409  # the issuer is taken
    wrong: list[dict[str, Any]] = [
        {"profile": "none"}, {"jku": ["http://ehr.example/jwks"]}, {"jku": ["https://user@ehr.example"]}, {"servers": ["https://ehr.example/../x"]},
        {"app": "http://app.example/launch"}, {"app": "javascript:alert(1)"}, {"app": "https://app.example/launch?a=b"}, {"app": ["x"]},
        {"origins": ["*"]}, {"origins": ["null"]}, {"origins": ["https://app.example/path"]}, {"origins": ["http://app.example"]},
        {"scopes": "patient/*.rs"},
        {"issuer": "with space"}, {"jku": [], "keys": None}, {"tenants": {"a": "not a label!"}}, {"audiences": [""]},
        {"keys": {"keys": []}},
    ]  # fmt: skip
    for number, changed in enumerate(wrong):
        answer = root.ask("POST", "/clients", whole | {"name": f"{name}-{number}", "issuer": f"https://{name}.{number}"} | changed)
        assert answer.status_code == 422, changed
        assert not any(text in answer.text for value in changed.values() for text in json.dumps(value).split('"')[1::2] if len(text) > 6)
