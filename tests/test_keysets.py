"""Key sets that lie at an address: a real server on this machine, keys that change while it runs, and hosts that fail."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ehr import Called, Ehr, called
from elsewhere import Machine, told
from joserfc.jwk import ECKey, RSAKey

from api.security.keysets import AGAIN, FRESH, LAST_GOOD, KeySets, KeysMissing, usable
from api.security.outbound import Unavailable

PLACE = "https://ehr.example/jwks"
ONE, TWO = (ECKey.generate_key("P-384", parameters={"kid": kid}) for kid in ("one", "two"))


def public(*keys: Any) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False) for key in keys]}


class Host:
    """What lies there, how often it was asked for, and a clock that is moved by hand."""

    def __init__(self, there: Any) -> None:
        self.there, self.asked, self.now = there, 0, 1000.0
        self.sets = KeySets(self.fetch, lambda: self.now)

    async def fetch(self, address: str) -> Any:
        assert address == PLACE
        self.asked += 1
        await asyncio.sleep(0.01)
        if isinstance(self.there, Exception):
            raise self.there
        return self.there

    async def kids(self, kid: str = "one") -> list[str] | str:
        try:
            return [key["kid"] for key in (await self.sets.get(PLACE, kid))["keys"]]
        except KeysMissing as missing:
            return missing.reason


def test_a_set_is_asked_for_once_however_many_come() -> None:
    async def many() -> None:
        host = Host(public(ONE))
        assert await asyncio.gather(*(host.kids() for _ in range(20))) == [["one"]] * 20
        assert host.asked == 1
        host.now += FRESH - 1
        assert (await host.kids(), host.asked) == (["one"], 1)
        host.now += 2
        assert (await host.kids(), host.asked) == (["one"], 2)

    asyncio.run(many())


def test_a_new_key_is_looked_for_and_not_again_at_once() -> None:
    async def rotated() -> None:
        host = Host(public(ONE))
        await host.kids()
        host.there = public(ONE, TWO)
        assert (await host.kids("two"), host.asked) == (["one"], 1)  # asked for a moment ago
        host.now += AGAIN
        assert (await host.kids("two"), host.asked) == (["one", "two"], 2)
        host.now += AGAIN
        for number in range(50):
            await host.kids(f"guess-{number}")
        assert host.asked == 3
        host.there = public(TWO)
        host.now += FRESH
        assert await host.kids("one") == ["two"]  # what was taken away is gone

    asyncio.run(rotated())


def test_while_the_host_is_down_the_last_good_set_serves_and_not_for_ever() -> None:
    async def down() -> None:
        host = Host(public(ONE))
        await host.kids()
        host.there = Unavailable("unreachable")
        host.now += FRESH
        assert (await host.kids(), await host.kids(), host.asked) == (["one"], ["one"], 2)
        host.now += LAST_GOOD - FRESH - 1
        assert await host.kids() == ["one"]
        host.now += 1
        assert await host.kids() == "unreachable"
        host.there = public(TWO)
        host.now += AGAIN
        assert await host.kids() == ["two"]

    asyncio.run(down())


def test_a_host_that_never_answered_is_not_asked_by_every_caller() -> None:
    async def never() -> None:
        host = Host(Unavailable("timeout"))
        assert {await host.kids() for _ in range(10)} == {"timeout"}
        assert host.asked == 1
        host.now += AGAIN
        assert (await host.kids(), host.asked) == ("timeout", 2)

    asyncio.run(never())


def test_who_gives_up_waiting_does_not_end_it_for_the_others() -> None:
    async def waiting() -> None:
        host = Host(public(ONE))
        first, second = asyncio.create_task(host.kids()), asyncio.create_task(host.kids())
        await asyncio.sleep(0.002)
        first.cancel()
        assert (await second, host.asked) == (["one"], 1)

    asyncio.run(waiting())


@pytest.mark.parametrize(
    ("there", "kids"),
    [
        ({}, "not-keys"),
        ({"keys": "x"}, "not-keys"),
        ({"keys": [{}] * 51}, "not-keys"),
        ({"keys": []}, []),
        ({"keys": [1, None, [], {}, {"kid": "one"}, {"kid": 1, "kty": "EC"}]}, []),
        ({"keys": [ONE.as_dict(private=True)]}, []),
        ({"keys": [{"kty": "oct", "k": "eA", "kid": "one"}]}, []),
        ({"keys": [ONE.as_dict(private=False) | {"crv": "P-521"}]}, []),
        ({"keys": [ONE.as_dict(private=False) | {"x": "AA"}]}, []),
        ({"keys": [{"kty": "RSA", "kid": "one", "n": "AQAB" * 40, "e": "AQAB"}]}, []),
        ({"keys": [{"kty": "RSA", "kid": "one", "n": "wAAB" * 2000, "e": "AQAB"}]}, []),
        ({"keys": [RSAKey.generate_key(2048, parameters={"kid": "one"}).as_dict(private=False) | {"e": "AQAAAAAAAQ"}]}, []),
        ({"keys": [ONE.as_dict(private=False), {"kty": "new", "kid": "later"}], "more": 1}, ["one"]),
    ],
)
@pytest.mark.filterwarnings("ignore:Key size should be")
def test_what_may_lie_there(there: Any, kids: Any) -> None:
    assert asyncio.run(Host(there).kids()) == kids


def test_a_weak_key_is_not_registered() -> None:
    assert not usable({"keys": [RSAKey.generate_key(2048, parameters={"kid": "x"}).as_dict(private=False) | {"e": "AQAAAAAAAQ"}]})


EHR = Ehr()


@pytest.fixture
def machine() -> Iterator[Machine]:
    with Machine(lambda path: told(EHR.public, kind="application/json")).running() as found:
        yield found


def fetched(service: Called) -> Any:
    """The cache of a service, told that a while has passed."""
    sets = service.security.ehrs._sets
    for held in sets._held.values():
        held.tried = None
    return sets


def test_keys_of_a_real_server_that_change_while_it_runs(tmp_path: Path, machine: Machine) -> None:
    jku = f"{machine.address}/.well-known/jwks.json"
    with called(tmp_path, call_networks=("127.0.0.0/8",)) as service:
        service.register(EHR, jku=(jku,))
        tokens = [EHR.signed(header=header) for header in ({}, {"jku": jku}, {"jku": jku + "/x"})]
        assert [service.call(token).status_code for token in tokens] == [200, 200, 401]
        assert [path for path, _ in machine.asked] == ["/.well-known/jwks.json"]
        old, new = EHR.keys["ES384"], ECKey.generate_key("P-384", parameters={"kid": "next"})
        try:
            EHR.keys["ES384"] = new
            assert service.call(EHR.signed()).status_code == 401  # asked for a moment ago
            fetched(service)
            assert service.call(EHR.signed()).status_code == 200
            assert service.call(EHR.signed(key=old)).status_code == 401
        finally:
            EHR.keys["ES384"] = old
        assert len(machine.asked) == 2
        for elsewhere in (
            "https://evil.example/jwks",
            f"{machine.address}/other",
            f"{jku}?x=1",
            f"{machine.address}/x/../jwks",
        ):
            assert service.call(EHR.signed(header={"jku": elsewhere})).status_code == 401
        assert len(machine.asked) == 2


def test_where_the_keys_cannot_be_had_it_is_nobodys_fault_who_asks(tmp_path: Path, machine: Machine) -> None:
    jku = f"{machine.address}/jwks"
    machine.answer = lambda path: told(b"", 302, location="https://evil.example")
    with called(tmp_path, call_networks=("127.0.0.0/8",)) as service:
        service.register(EHR, jku=(jku,))
        answer = service.call(EHR.signed())
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "keys-unavailable"
        assert len(machine.asked) == 1


def test_an_address_in_our_own_network_is_not_called_unless_it_was_allowed(tmp_path: Path, machine: Machine) -> None:
    with called(tmp_path) as service:
        service.register(EHR, jku=(f"{machine.address}/jwks",))
        assert service.call(EHR.signed()).status_code == 503
        assert machine.asked == []
