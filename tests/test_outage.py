"""While the database can be read and not written, whoever is known is answered, and a call is good once all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import httpx
import pytest
from asgi import Client, serving
from clocks import Clock
from ehr import BASE, ISSUER, NOW, Ehr
from hooked import condition, medicine, sign
from known import Known

from adapters.store import StoreFault
from adapters.store.connect import Store
from api.security.assertions import Assertion, Forged
from api.security.spending import Spending

EHR = Ehr()
PATH = "/cds-services/order-safety"
BODY = sign(medicine("naltrexone", "m1"), conditions={"resourceType": "Bundle", "entry": [{"resource": condition("depression", "c1")}]})
Outage = Callable[[], Any]


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.fromtimestamp(NOW, UTC))


@pytest.fixture
def client(tmp_path: Path, clock: Clock) -> Iterator[Client]:
    with serving(tmp_path, now=clock, public_url=BASE) as (client, _):
        client.forget()
        client.security.systems.add("main", "city-ehr", ("ehr_client",), keys=EHR.public, issuer=ISSUER)
        yield client


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Outage:
    """A database that takes no changes, as a full disk or a standby does; reading goes on."""

    def refused(_: Store) -> Any:
        raise StoreFault("store-write: OperationalError")

    @contextmanager
    def begun() -> Iterator[None]:
        with monkeypatch.context() as patched:
            patched.setattr(Store, "writing", refused)
            yield

    return begun


def calls(client: Client, token: str, path: str = PATH, body: Any = None) -> httpx.Response:
    """Each call is of its own: what came before is answered from the journal."""
    sent = BODY | {"hookInstance": str(uuid4())} if body is None else body
    return client.request("POST", path, json=sent, headers={"authorization": f"Bearer {token}"})


def signed(path: str = PATH, **claims: Any) -> str:
    return EHR.signed(path=path, **claims)


def test_an_ehr_is_answered_and_it_is_said_that_nothing_was_written(client: Client, outage: Outage) -> None:
    usual = calls(client, signed())
    assert (usual.status_code, usual.headers["tandem-journal"]) == (200, "recorded")
    with outage():
        answer = calls(client, signed())
        assert (answer.status_code, answer.headers["tandem-journal"]) == (200, "unrecorded")
        assert [card["summary"] for card in answer.json()["cards"]] == [card["summary"] for card in usual.json()["cards"]] != []
        assert client.get("/health/ready").status_code == 503
    until = monotonic() + 20  # it tries again by itself, within seconds
    while calls(client, signed()).headers["tandem-journal"] != "recorded":
        assert monotonic() < until
        sleep(0.2)


def test_a_call_is_good_once_during_and_after_it(client: Client, outage: Outage) -> None:
    before, during = signed(), signed(jti="during")
    assert calls(client, before).status_code == 200
    with outage():
        assert [calls(client, during).status_code for _ in range(2)] == [200, 401]
    assert calls(client, during).status_code == 401
    assert calls(client, before).status_code == 401
    assert calls(client, signed()).status_code == 200  # the first that is written down hands over what was remembered
    other = Spending(client.security.identity, client.security.now)  # as another process has it
    with pytest.raises(Forged):
        other.spend(Assertion(ISSUER, "during", NOW + 300))


def test_nobody_is_let_in_who_is_not_else(client: Client, outage: Outage) -> None:
    other = Ehr()
    client.security.systems.add("main", "closed-ehr", ("ehr_client",), keys=other.public, issuer="https://closed.example")
    client.security.identity.close_client("main", "closed-ehr")
    with outage():
        forged = [other.signed(path=PATH), other.signed(path=PATH, iss="https://closed.example")]
        for token in (*forged, signed(exp=NOW - 100), signed(aud="x")):
            assert calls(client, token).status_code == 401


def test_what_must_write_says_that_it_cannot_now(client: Client, outage: Outage) -> None:
    secret = client.security.systems.add("main", "lab", ("ehr_client",)) or ""
    who = Known(client, "ehr_client")
    with outage():
        assert client.request("POST", "/token", data={"grant_type": "client_credentials"}, auth=("lab", secret)).status_code == 503
        assert calls(client, signed(), "/patients", {"identifier": "mrn-1"}).status_code == 401  # a signed call is good at the hooks only
        assert who.ask("POST", "/patients", {"identifier": "mrn-1"}).status_code == 503


def test_a_token_from_before_is_good_until_it_ends(client: Client, outage: Outage, clock: Clock) -> None:
    who = Known(client, "ehr_client")
    with outage():
        assert who.ask("POST", "/recommend", {}).headers["tandem-journal"] == "unrecorded"
        clock.at += timedelta(minutes=5)
        assert who.ask("POST", "/recommend", {}).status_code == 401


def test_a_person_stays_signed_in_and_no_longer_than_else(client: Client, outage: Outage, clock: Clock) -> None:
    who = Known(client, "care_manager")
    with outage():
        for _ in range(2):
            clock.at += timedelta(minutes=7)  # its key would turn
            assert who.ask("GET", "/session").status_code == 200
        clock.at += timedelta(minutes=2)  # idle, as far as anybody could write down
        assert who.ask("GET", "/session").status_code == 401
    assert who.ask("GET", "/session").status_code == 401


def test_what_rests_on_a_consent_waits_until_it_can_be_written_down(client: Client, outage: Outage) -> None:
    otp = {"programme": "northside-otp", "part2": True}
    consent = {"category": "part2", "recipient": "City Hospital", "purpose": "treatment", "status": "given", "at": "2027-01-01T00:00:00Z"}
    record = {"patient": {"id": "p-1", "age": 40}, "medications": [{"ingredient": "methadone", "status": "active", "origin": otp}]}
    who = Known(client, "ehr_client", organisation="City Hospital")
    assert who.ask("POST", "/recommend", record | {"consents": [consent]}).status_code == 200
    with outage():
        assert who.ask("POST", "/recommend", record | {"consents": [consent]}).status_code == 503
        assert who.ask("POST", "/recommend", record).status_code == 200


def test_a_database_that_cannot_be_read_answers_nobody(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody could say who asks, nor what the person has refused; so it is said, and never passed over as if all were well."""
    who = Known(client, "ehr_client")
    assert who.ask("POST", "/recommend", {}).status_code == 200

    def gone(_: Store) -> Any:
        raise StoreFault("store-read: OperationalError")

    monkeypatch.setattr(Store, "reading", gone)
    monkeypatch.setattr(Store, "writing", gone)
    for answer in (who.ask("POST", "/recommend", {}), calls(client, signed())):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "cards" not in answer.text


class Failing:
    """A store that takes no changes until it is told to."""

    def __init__(self) -> None:
        self.fails, self.used = True, set[bytes]()

    def use_once(self, key: bytes, until: int, now: int) -> bool:
        if self.fails:
            raise StoreFault("store-write: OperationalError")
        return key not in self.used and not self.used.add(key)


def test_of_many_at_once_one_is_let_through() -> None:
    spending = Spending(Failing(), lambda: 0)  # type: ignore[arg-type]

    def tried(_: int) -> bool:
        try:
            spending.spend(Assertion(ISSUER, "one", 300))
        except Forged:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tried, range(64))) == 1


def test_what_is_remembered_is_bounded_and_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.security.spending.MOST", 3)
    store, now = Failing(), [0]
    spending = Spending(store, lambda: now[0])  # type: ignore[arg-type]
    for number in range(3):
        spending.spend(Assertion(ISSUER, f"{number}", 300))
    with pytest.raises(StoreFault):
        spending.spend(Assertion(ISSUER, "one more", 300))
    now[0] = 301 * 1_000_000  # they could not be used again anyway
    spending.spend(Assertion(ISSUER, "later", 600))
    store.fails = False
    spending.spend(Assertion(ISSUER, "written", 600))
    assert len(store.used) == 2


def test_no_call_hands_over_more_than_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.security.spending.AT_ONCE", 2)
    store, now = Failing(), [0]
    spending = Spending(store, lambda: now[0])  # type: ignore[arg-type]
    for name in ("later", "b", "c", "d", "e"):
        spending.spend(Assertion(ISSUER, name, 600))
    store.fails = False
    for written in (3, 6, 8, 9):  # each writes down itself and two more, until there are none
        spending.spend(Assertion(ISSUER, f"written {written}", 600))
        assert len(store.used) == written
    with pytest.raises(Forged):
        Spending(store, lambda: now[0]).spend(Assertion(ISSUER, "later", 600))  # type: ignore[arg-type]
