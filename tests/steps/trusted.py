"""EHR systems that sign their calls, and their FHIR servers that we ask."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from ehr import NOW, Called, Ehr, called, part
from elsewhere import Machine, told
from joserfc.jwk import ECKey
from known import Known
from pytest_bdd import given, parsers, then, when

from adapters.store import StoreFault
from adapters.store.connect import Store
from api.security.agreements import Agreement
from api.security.outbound import Budget, Unavailable

PATIENT = {"resourceType": "Patient", "id": "1"}


class Trusted:
    """A service, an EHR, a machine of the EHR's, and the answers."""

    def __init__(self, service: Called, machine: Machine) -> None:
        self.service, self.machine, self.ehr = service, machine, Ehr()
        self.agreed: dict[str, Any] = {"keys": self.ehr.public}
        self.answers: list[Any] = []
        self.old: Any = None

    def known(self) -> Called:
        """The service, in which the EHR is registered with all that was agreed until now."""
        if self.service.security.identity.client("city-ehr") is None:
            self.service.register(self.ehr, organisation="City Hospital", **self.agreed)
        return self.service


@pytest.fixture
def trusted(tmp_path: Path) -> Iterator[Trusted]:
    with ExitStack() as stack:
        machine = stack.enter_context(Machine(lambda path: told(PATIENT)).running())
        yield Trusted(stack.enter_context(called(tmp_path, call_networks=("127.0.0.0/8",))), machine)


@given("City Hospital has registered its EHR")
def registered(trusted: Trusted) -> None:
    """With its public keys, unless the scenario says more."""


@given("the EHR keeps its keys at an address that it has registered")
def keeps_keys(trusted: Trusted) -> None:
    trusted.machine.answer = lambda path: told(trusted.ehr.public, kind="application/json")
    trusted.agreed = {"jku": (f"{trusted.machine.address}/jwks",)}


@given("the address with the keys is down")
def down(trusted: Trusted) -> None:
    trusted.machine.answer = lambda path: told(b"", 502)


@given(parsers.parse('City Hospital has registered the page "{page}"'))
def page_registered(trusted: Trusted, page: str) -> None:
    trusted.agreed["origins"] = (page,)


@given(parsers.re("a FHIR server that (?P<who>City Hospital|nobody) has registered"))
def server(trusted: Trusted, who: str) -> None:
    trusted.agreed["servers"] = (trusted.machine.address,) if who != "nobody" else ("https://fhir.city.example",)


@given(parsers.parse("the server {fails}"))
def server_fails(trusted: Trusted, fails: str) -> None:
    told_ = {
        "is too slow": told(PATIENT),
        "sends us somewhere else": told(b"", 302, location="https://evil.example"),
        "does not accept the token": told(b"", 401),
        "answers with a web page": told(b"<html/>", kind="text/html"),
        "answers with more than we ask": told(b"x" * 20_000),
    }[fails]
    trusted.machine.answer, trusted.machine.slow = lambda path: told_, 1.0 if fails == "is too slow" else 0.0


@given("a registry may read observations")
def registry(trusted: Trusted) -> None:
    trusted.service.security.systems.add(
        "main", "registry", ("ehr_client",), keys=trusted.ehr.public, scopes="system/Observation.rs", agreement=Agreement()
    )


def token_of(trusted: Trusted, what: str) -> str:
    ehr, other = trusted.ehr, Ehr("https://unknown.example")
    mallory = ECKey.generate_key("P-384", parameters={"kid": "ec"})
    used = ehr.signed()
    if what == "a token that was used before":
        assert trusted.known().call(used).status_code == 200
    return {
        "a token that it has signed for this call": ehr.signed(),
        "a token that was used before": used,
        "a token that has ended": ehr.signed(iat=NOW - 400, exp=NOW - 100),
        "a token that is good for a day": ehr.signed(exp=NOW + 86_400),
        "a token that is meant for somebody else": ehr.signed(aud="https://elsewhere.example/cds-services/try"),
        "a token that somebody else has signed": ehr.signed(key=mallory),
        "a token that is not signed": f"{part({'alg': 'none', 'kid': 'ec'})}.{part(ehr.claims())}.",
        "a token of an EHR that nobody knows": other.signed(),
        "a token with keys from elsewhere": ehr.signed(header={"jku": "https://evil.example/jwks"}),
    }[what]


@when(parsers.re("the EHR calls with (?P<what>a token .+)"))
def calls(trusted: Trusted, what: str) -> None:
    token = token_of(trusted, what)
    trusted.answers.append(trusted.known().call(token))


@when("the EHR changes its key")
def changes(trusted: Trusted) -> None:
    trusted.old = trusted.ehr.keys["ES384"]
    trusted.ehr.keys["ES384"] = ECKey.generate_key("P-384", parameters={"kid": "next"})
    for held in trusted.service.security.ehrs._sets._held.values():
        held.tried = None  # as if a while had passed since the keys were looked at


@when("an administrator registers other keys for it")
def registers_keys(trusted: Trusted) -> None:
    trusted.old = trusted.ehr.keys["ES384"]
    trusted.ehr.keys["ES384"] = ECKey.generate_key("P-384", parameters={"kid": "next"})
    answer = Known(trusted.service.client, "administrator").ask("PATCH", "/clients/city-ehr", {"keys": trusted.ehr.public})
    assert answer.status_code == 200, answer.text


@given("the database can be read and takes no changes")
def takes_no_changes(trusted: Trusted, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Store) -> None:
        raise StoreFault("store-write: OperationalError")

    trusted.known()
    monkeypatch.setattr(Store, "writing", refused)


@then("the same token is refused when it comes again")
def refused_again(trusted: Trusted) -> None:
    token = trusted.answers[-1].request.headers["authorization"].removeprefix("Bearer ")
    assert trusted.service.call(token).status_code == 401


@when("the patient is asked for at the server")
def asked_for(trusted: Trusted) -> None:
    outbound, budget = trusted.known().security.outbound, Budget(0.5, bytes=10_000)

    async def fetched() -> object:
        try:
            return await outbound.fetch("city-ehr", trusted.machine.address, "Patient/1", "token", budget)
        finally:
            await outbound.close()

    trusted.answers.append(asyncio.run(fetched()))


@when(parsers.parse('the registry takes a token for "{scopes}"'))
def takes(trusted: Trusted, scopes: str) -> None:
    signed = trusted.ehr.signed(iss="registry", sub="registry", path="/token")
    form = {"grant_type": "client_credentials", "client_assertion": signed, "scope": scopes}
    form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    trusted.answers.append(trusted.service.client.request("POST", "/token", data=form))


@when(parsers.parse('the page "{page}" asks from a browser'))
def page_asks(trusted: Trusted, page: str) -> None:
    trusted.answers.append(trusted.known().call(trusted.ehr.signed(), origin=page))


@then(parsers.re("(?:it|each of the calls) is let in as City Hospital"))
def let_in(trusted: Trusted) -> None:
    assert {(answer.status_code, answer.json()["id"]) for answer in trusted.answers} == {(200, "city-ehr")}


@then(parsers.parse('nobody is let in, and the EHR reads "{words}"'))
def refused(trusted: Trusted, words: str) -> None:
    (answer,) = trusted.answers
    assert answer.status_code == 401
    assert words in answer.json()["issue"][0]["diagnostics"]


@then("a token signed with the key of before is refused")
def old_refused(trusted: Trusted) -> None:
    assert trusted.service.call(trusted.ehr.signed(key=trusted.old)).status_code == 401


@then("it is asked to come back in a while")
def come_back(trusted: Trusted) -> None:
    (answer,) = trusted.answers
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@then("the patient is there")
def there(trusted: Trusted) -> None:
    assert trusted.answers == [PATIENT]


@then(parsers.parse('it is unavailable because of "{reason}"'))
def unavailable(trusted: Trusted, reason: str) -> None:
    (found,) = trusted.answers
    assert isinstance(found, Unavailable)
    assert found.reason == reason


@then("the server was never called")
def never(trusted: Trusted) -> None:
    assert trusted.machine.asked == []


@then(parsers.parse('the token is for "{scopes}"'))
def token_for(trusted: Trusted, scopes: str) -> None:
    assert trusted.answers[-1].json()["scope"] == scopes


@then(parsers.re("it may(?P<cannot> not)? read and may not write observations"))
def may(trusted: Trusted, cannot: str | None) -> None:
    headers = {"authorization": f"Bearer {trusted.answers[-1].json()['access_token']}"}
    client = trusted.service.client
    assert client.request("GET", "/fhir/Observation", headers=headers).status_code == (403 if cannot else 200)
    assert client.request("POST", "/fhir/Observation", headers=headers).status_code == 403


@then(parsers.re("the browser (?P<lets>lets|does not let) it read the answer"))
def browser(trusted: Trusted, lets: str) -> None:
    assert ("access-control-allow-origin" in trusted.answers[-1].headers) == (lets == "lets")
