"""Registered systems change and stay who they are: what is not given stays, a secret overlaps, and each act is in the journal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asgi import Client, serving
from clocks import Clock
from joserfc.jwk import ECKey
from known import Known

from adapters.journal import JournalFault

KEYS = {"keys": [ECKey.generate_key("P-384", parameters={"kid": "one"}).as_dict(private=False)]}
START = datetime(2026, 11, 26, 9, tzinfo=UTC)
CANARY = "canary.example"


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def client(tmp_path: Path, clock: Clock) -> Iterator[Client]:
    with serving(tmp_path, now=clock) as (client, _):
        client.forget()
        yield client


@pytest.fixture
def root(client: Client) -> Known:
    return Known(client, "administrator")


@pytest.fixture
def secret(root: Known) -> str:
    given = {"name": "ehr-1", "roles": ["ehr_client"], "organisation": "City Hospital", "programmes": ["northside-otp"]}
    told = root.ask("POST", "/clients", given | {"servers": ["https://fhir.example/r4"], "scopes": "system/*.rs system/Observation.c"})
    return str(told.json()["client_secret"])


def listed(root: Known) -> dict[str, Any]:
    (found,) = [row for row in root.ask("GET", "/clients").json()["clients"] if row["client_id"] == "ehr-1"]
    return dict(found)


def token(client: Client, secret: str, **more: str) -> str | None:
    answer = client.request("POST", "/token", data={"grant_type": "client_credentials"} | more, auth=("ehr-1", secret))
    assert answer.status_code in (200, 401)
    return answer.json().get("access_token")


def asks(client: Client, token: str | None) -> int:
    return client.request("POST", "/recommend", json={}, headers={"authorization": f"Bearer {token}"}).status_code


def acts(client: Client) -> list[dict[str, Any]]:
    """What the journal says was done to systems, in order."""
    return [item.document["facts"] for item in client.security.service.journal.newest(50) if item.kind == "system"]


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"organisation": "County Hospital"}, {"organisation": "County Hospital"}),
        ({"programmes": []}, {"programmes": []}),
        ({"scopes": "system/*.rs"}, {"scopes": "system/*.rs"}),
        ({"servers": ["https://new.example/r4"]}, {"servers": ["https://new.example/r4"]}),
        ({"origins": ["https://app.example"]}, {"origins": ["https://app.example"]}),
        ({"roles": ["monitor"]}, {"roles": ["monitor"]}),
        ({"tenants": {"city": "main"}}, {"tenants": {"city": "main"}}),
        ({"keys": KEYS, "issuer": "https://ehr.example"}, {"by": "keys", "issuer": "https://ehr.example"}),
        ({"jku": ["https://ehr.example/jwks"], "profile": "epic"}, {"by": "jku", "jku": ["https://ehr.example/jwks"], "profile": "epic"}),
    ],
)
def test_what_is_given_changes_and_all_else_stays(client: Client, root: Known, secret: str, change: dict[str, Any], shown: Any) -> None:
    before = listed(root)
    answer = root.ask("PATCH", "/clients/ehr-1", change)
    assert (answer.status_code, answer.json()) == (200, {"client_id": "ehr-1", "client_secret": None})
    assert listed(root) == before | shown
    assert acts(client)[-1]["fields"].split() == sorted(change)
    assert bool(token(client, secret)) == ("by" not in shown)  # whoever signs has no secret any more


def test_it_stays_who_it_is_and_its_tokens_end(client: Client, root: Known, secret: str) -> None:
    security, known = client.security, token(client, secret)
    person = security.seal.person("main", "p-1")
    security.identity.join_team("main", person, "ehr-1", None)
    assert asks(client, known) == 200
    assert root.ask("PATCH", "/clients/ehr-1", {"scopes": "system/*.rs"}).status_code == 200
    assert asks(client, known) == 401
    assert asks(client, token(client, secret)) == 200
    assert "ehr-1" in security.identity.team("main", person, security.now())


def test_a_new_secret_overlaps_with_the_one_before(client: Client, root: Known, secret: str, clock: Clock) -> None:
    known = token(client, secret)
    second = root.ask("POST", "/clients/ehr-1/secret", {"overlap_hours": 2}).json()["client_secret"]
    assert asks(client, known) == 200
    assert token(client, secret)
    assert token(client, second)
    assert listed(root)["secret_before_until"] == "2026-11-26T11:00:00Z"
    clock.at += timedelta(hours=2, microseconds=-1)
    assert token(client, secret)
    clock.at += timedelta(microseconds=1)
    assert token(client, secret) is None
    assert token(client, second)


def test_of_three_secrets_the_oldest_ends_at_once(client: Client, root: Known, secret: str) -> None:
    second, third = (root.ask("POST", "/clients/ehr-1/secret", {}).json()["client_secret"] for _ in range(2))
    assert [bool(token(client, one)) for one in (secret, second, third)] == [False, True, True]


def test_without_overlap_the_secret_before_and_its_tokens_end_at_once(client: Client, root: Known, secret: str) -> None:
    second = root.ask("POST", "/clients/ehr-1/secret", {}).json()["client_secret"]
    known = token(client, secret)
    third = root.ask("POST", "/clients/ehr-1/secret", {"overlap_hours": 0}).json()["client_secret"]
    assert asks(client, known) == 401
    assert [bool(token(client, one)) for one in (secret, second, third)] == [False, False, True]


def test_nobody_is_let_in_by_the_secret_of_who_has_none(client: Client, root: Known, secret: str) -> None:
    root.ask("PATCH", "/clients/ehr-1", {"keys": KEYS})
    for wrong in ("", "x", secret):
        assert token(client, wrong, client_id="ehr-1") is None
    assert root.ask("POST", "/clients/ehr-1/secret", {}).status_code == 409
    again = root.ask("PATCH", "/clients/ehr-1", {"keys": None}).json()["client_secret"]  # it has no keys any more, so it needs one
    assert token(client, again)
    assert token(client, secret) is None


@pytest.mark.parametrize(
    ("change", "status", "where"),
    [
        ({"issuer": "https://ehr.example"}, 422, ""),  # it signs, so it has keys
        ({"keys": {"keys": []}}, 422, "/keys"),
        ({"scopes": "all of it"}, 422, ""),
        ({"roles": []}, 422, "/roles"),
        ({"roles": None}, 422, "/roles"),
        ({"name": "other"}, 422, ""),
        ({"jku": [f"http://{CANARY}/jwks"]}, 422, "/jku/0"),
        ({"keys": KEYS, "issuer": "https://taken.example"}, 409, "/name"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    client: Client, root: Known, secret: str, change: dict[str, Any], status: int, where: str
) -> None:
    taken = {"name": "other", "roles": ["ehr_client"], "keys": KEYS, "issuer": "https://taken.example"}
    assert root.ask("POST", "/clients", taken).status_code == 201
    before, said = listed(root), len(acts(client))
    answer = root.ask("PATCH", "/clients/ehr-1", change)
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["where"] == where
    assert CANARY not in answer.text
    assert (listed(root), len(acts(client))) == (before, said)
    assert token(client, secret)


def test_systems_of_others_and_closed_ones_are_none(client: Client, root: Known, secret: str) -> None:
    other = Known(client, "administrator", tenant="elsewhere")
    assert root.ask("POST", "/clients/ehr-1/closing").status_code == 204
    for who, name in ((other, "ehr-1"), (root, "ehr-1"), (root, "nobody")):
        assert who.ask("PATCH", f"/clients/{name}", {"scopes": "system/*.rs"}).status_code == 404
        assert who.ask("POST", f"/clients/{name}/secret", {}).status_code == 404
        assert who.ask("POST", f"/clients/{name}/closing").status_code == 404


def test_every_act_is_in_the_journal_with_who_did_it_and_no_value(client: Client, root: Known, secret: str) -> None:
    root.ask("PATCH", "/clients/ehr-1", {"servers": [f"https://{CANARY}/r4"], "organisation": CANARY})
    root.ask("PATCH", "/clients/ehr-1", {"organisation": CANARY})  # as it is: nothing is done, nothing said
    renewed = root.ask("POST", "/clients/ehr-1/secret", {}).json()["client_secret"]
    root.ask("POST", "/clients/ehr-1/closing")
    found = acts(client)
    assert [item["act"] for item in found] == ["registered", "changed", "secret", "closed"]
    assert {(item["client"], item["tenant"], item["by"]) for item in found} == {("ehr-1", "main", root.id)}
    assert found[1]["fields"] == "organisation servers"
    assert found[0]["registration"] != found[1]["registration"] == found[2]["registration"] == found[3]["registration"]
    assert not any(text in json.dumps(found) for text in (CANARY, secret, renewed))


def test_what_the_journal_cannot_hold_is_not_done(client: Client, root: Known, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = listed(root)

    def failing(*_: object) -> None:
        raise JournalFault("store-write: OperationalError")

    monkeypatch.setattr(client.security.service.journal, "append", failing)
    for method, path, body in (
        ("POST", "/clients", {"name": "new", "roles": ["monitor"]}),
        ("PATCH", "/clients/ehr-1", {"organisation": "Other"}),
        ("POST", "/clients/ehr-1/secret", {}),
        ("POST", "/clients/ehr-1/closing", None),
    ):
        assert root.ask(method, path, body).status_code == 503
    assert listed(root) == before
    assert token(client, secret)
