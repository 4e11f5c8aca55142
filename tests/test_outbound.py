"""What we call ourselves: only what is registered, only at addresses that may be called, within time and size."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from elsewhere import Machine, certificate, told
from structlog.testing import capture_logs

from api.security.addresses import may_answer
from api.security.bases import base_of
from api.security.outbound import Budget, Outbound, Unavailable

HERE = (ip_network("127.0.0.0/8"),)
PATIENT = {"resourceType": "Patient", "id": "1"}


def asked(machine: Machine, path: str = "Patient/1", base: str = "", seconds: float = 2.0, **more: Any) -> dict[str, Any] | Unavailable:
    """What a client gets that has registered the machine's own address."""
    return run(lambda calls: calls.fetch("ehr", base or machine.address, path, more.pop("token", None), Budget(seconds, **more)), machine)


def run(
    what: Callable[[Outbound], Awaitable[Any]],
    machine: Machine | None = None,
    allowed: tuple[IPv4Network | IPv6Network, ...] = HERE,
    trusted: ssl.SSLContext | None = None,
    *servers: str,
) -> Any:
    async def done() -> Any:
        calls = Outbound(lambda client: {machine.address, *servers} if client == "ehr" and machine else servers, allowed, trusted)
        try:
            return await what(calls)
        finally:
            await calls.close()

    return asyncio.run(done())


@pytest.fixture
def machine() -> Iterator[Machine]:
    with Machine(lambda path: told(PATIENT)).running() as found:
        yield found


def test_a_registered_server_is_asked_with_the_token_and_nothing_else(machine: Machine) -> None:
    assert asked(machine, token="secret-token") == PATIENT
    ((path, headers),) = machine.asked
    assert (path, headers["authorization"], "cookie" in headers) == ("/Patient/1", "Bearer secret-token", False)


def test_only_the_client_that_registered_it(machine: Machine) -> None:
    found = run(lambda calls: calls.fetch("another", machine.address, "Patient/1", None, Budget()), machine)
    assert found == Unavailable("not-registered")
    assert machine.asked == []


HOSTILE_BASES = [
    "", " ", "fhir", "//ehr.example", "ftp://ehr.example", "file:///etc/passwd", "gopher://ehr.example", "javascript:alert(1)",
    "http://ehr.example/fhir", "https://", "https:///fhir", "https:ehr.example", "https://ehr.example:0", "https://ehr.example:99999",
    "https://ehr.example:80a", "https://user@ehr.example/fhir", "https://user:pass@ehr.example", "https://ehr.example@127.0.0.1/fhir",
    "https://ehr.example#@127.0.0.1/", "https://ehr.example?x=1", "https://ehr.example\\@127.0.0.1", "https://ehr.example\\.evil.example",
    "https://ehr.example/fhir/../admin", "https://ehr.example/fhir/..", "https://ehr.example/./fhir", "https://ehr.example//fhir",
    "https://ehr.example/%2e%2e/admin", "https://ehr.example/fhir%2f..", "https://ehr.example/fhir;x", "https://ehr.example./fhir",
    "https://ehr..example", "https://-ehr.example", "https://ehr_1.example", "https://éhr.example", "https://ehr。example", "https://ⓔhr.example",
    "https://ehr.example\r\nX: y", "https://ehr.example\t", " https://ehr.example", "https://ehr.example ", "https://ehr.example\x00.evil",
    "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://0177.0.0.1/", "https://127.1/", "https://127.0.1/", "https://1/",
    "https://0/", "https://00000177.1", "https://[::1", "https://::1/", "https://[::ffff:127.0.0.1%25eth0]/", "https://127.0.0.1.",
    "http://localhost/fhir", "http://169.254.169.254/latest", "http://10.0.0.1", "https://ehr.example:443:443", "x" * 3000,
    "https://" + "a" * 64 + ".example", "https://" + "a." * 130 + "example", "HTTPS://", "http://[::ffff:127.0.0.1]/", "https://[v1.x]/", "https://[127.0.0.1]/",
]  # fmt: skip


def test_what_is_no_address_is_never_called() -> None:
    accepted = []
    for text in HOSTILE_BASES:
        try:
            base_of(text)
        except ValueError as error:
            assert len(text.strip()) < 8 or text not in str(error)
            found = run(lambda calls: calls.fetch("ehr", text, "Patient/1", None, Budget()), None, HERE, None, "https://ehr.example")  # noqa: B023
            assert found == Unavailable("address-wrong")
        else:
            accepted.append(text)
    assert accepted == []


@pytest.mark.parametrize(
    "text", ["HTTPS://EHR.example:443/fhir/", "https://ehr.example/fhir", "https://ehr.example:0443/fhir", "https://Ehr.Example/fhir/"]
)
def test_one_address_written_in_several_ways(text: str) -> None:
    assert base_of(text).text == "https://ehr.example/fhir"


@pytest.mark.parametrize(
    "base", ["https://ehr.example/fhir/r4", "https://ehr.example", "https://ehr.example:8443/fhir", "https://ehr.example/FHIR", "https://ehr.example/fhirx"]
)  # fmt: skip
def test_another_base_of_the_same_host_is_not_registered(base: str) -> None:
    found = run(lambda calls: calls.fetch("ehr", base, "Patient/1", None, Budget()), None, HERE, None, "https://ehr.example/fhir")
    assert found == Unavailable("not-registered")


CLOSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.169.254",
    "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1",
    "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
    "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2001:0:4136::1",
    "2002:7f00:1::", "2002:808:808::", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fd12::1", "fe80::1", "fec0::1", "ff02::1",
]  # fmt: skip


def test_machines_that_are_not_on_the_open_internet() -> None:
    assert [text for text in CLOSED if may_answer(ip_address(text))] == []
    assert all(may_answer(ip_address(text)) for text in ("8.8.8.8", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450::1"))


def test_what_an_operator_may_allow_and_what_not() -> None:
    assert may_answer(ip_address("10.1.2.3"), [ip_network("10.1.0.0/16")])
    assert not may_answer(ip_address("10.2.2.3"), [ip_network("10.1.0.0/16")])
    everything = [ip_network("0.0.0.0/0"), ip_network("::/0")]
    never = ["0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "168.63.129.16", "::", "fe80::1", "ff02::1", "fd00:ec2::254"]
    assert [text for text in [*never, "::ffff:10.0.0.1", "100.100.100.200"] if may_answer(ip_address(text), everything)] == []


def meaning(*addresses: str) -> Any:
    """A resolver in whose view every name means these."""

    async def getaddrinfo(*_: Any, **__: Any) -> Any:
        meaning.asked += 1  # type: ignore[attr-defined]
        return [(0, 0, 0, "", (address, 443)) for address in addresses]

    meaning.asked = 0  # type: ignore[attr-defined]
    return getaddrinfo


@pytest.mark.parametrize("address", [*CLOSED, "127.0.0.2", "fe80::1%1"])
def test_a_name_that_means_a_machine_of_our_own_network(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asyncio.BaseEventLoop.getaddrinfo", lambda *a, **n: meaning("93.184.216.34", address)())
    found = run(lambda calls: calls.fetch("ehr", "https://ehr.example", "Patient/1", None, Budget()), None, (), None, "https://ehr.example")
    assert found == Unavailable("network-refused")


def test_the_connection_goes_to_the_address_that_was_checked_and_tls_to_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that means another machine a moment later is no way in: it is asked about once."""
    file = certificate(tmp_path, "ehr.example")
    resolver = meaning("127.0.0.1")
    monkeypatch.setattr("asyncio.BaseEventLoop.getaddrinfo", lambda *a, **n: resolver())
    with Machine(lambda path: told(PATIENT), file).running() as machine:
        trusted = ssl.create_default_context(cafile=file)
        for name, expected in (("ehr.example", PATIENT), ("other.example", Unavailable("unreachable"))):
            base = f"https://{name}:{machine.port}"
            meaning.asked = 0  # type: ignore[attr-defined]
            assert run(lambda calls: calls.fetch("ehr", base, "Patient/1", None, Budget(2)), None, HERE, trusted, base) == expected  # noqa: B023
            assert meaning.asked == 1  # type: ignore[attr-defined]
        base = f"https://ehr.example:{machine.port}"
        unknown = run(lambda calls: calls.fetch("ehr", base, "Patient/1", None, Budget(2)), None, HERE, None, base)
        assert unknown == Unavailable("unreachable")  # nobody we trust has signed it
        assert len(machine.asked) == 1
        assert machine.asked[0][1]["host"] == f"ehr.example:{machine.port}"


def test_without_tls_only_this_machine_and_only_where_it_was_allowed(machine: Machine) -> None:
    assert run(lambda calls: calls.fetch("ehr", machine.address, "Patient/1", None, Budget(2)), machine, ()) == Unavailable("not-https")
    assert machine.asked == []


HOSTILE_PATHS = [
    "/Patient/1", "//evil.example/Patient", "../admin", "Patient/../../admin", "Patient/./1", "Patient//1", "Patient/1/", "http://evil.example",
    "https://evil.example/", "\\evil.example", "Patient/1#x", "Patient/%2e%2e/admin", "Patient/1\r\nX: y", "Patient/1 HTTP/1.1",
    "Patient/é",
    "Patient/1\x00", ".", "..", "...", "@evil.example", ":80/", "Patient?x=\n", "Patient?x=é", "Patient?x=#", "Patient?x= ", "x" * 5000,
    "?x=<y>",
]  # fmt: skip


def test_paths_that_could_lead_elsewhere(machine: Machine) -> None:
    assert [path for path in HOSTILE_PATHS if asked(machine, path) != Unavailable("path-wrong")] == []
    assert machine.asked == []


def test_paths_that_fhir_has(machine: Machine) -> None:
    for path in (
        "Observation?patient=1&code=44261-6,70274-6&date=ge2026-01-01T00:00:00%2B00:00",
        "metadata",
        "Patient/$match",
        "Patient/a.b-c",
    ):
        assert asked(machine, path) == PATIENT
    assert asked(machine, "Observation?code=http://loinc.org|44261-6") == PATIENT
    assert machine.asked[-1][0] == "/Observation?code=http://loinc.org%7C44261-6"


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX: y", "é", "x" * 10_000, "a\x00b"])
def test_a_token_that_could_not_be_one_is_not_sent(machine: Machine, token: str) -> None:
    assert asked(machine, token=token) == Unavailable("token-wrong")
    assert machine.asked == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (told(b"", 302, location="https://evil.example"), Unavailable("redirected", 302)),
        (told(b"", 307, location="/"), Unavailable("redirected", 307)),
        (told(PATIENT, 401), Unavailable("refused", 401)),
        (told(PATIENT, 404), Unavailable("refused", 404)),
        (told(PATIENT, 201), Unavailable("refused", 201)),
        (told(PATIENT, 500), Unavailable("refused", 500)),
        (told(b"<html/>", kind="text/html"), Unavailable("not-json", 200)),
        (told([PATIENT]), Unavailable("not-json", 200)),
        (told(b'{"a":1,"a":2}'), Unavailable("not-json", 200)),
        (told(b'{"a":NaN}'), Unavailable("not-json", 200)),
        (told(b"[" * 40_000), Unavailable("not-json", 200)),
        (told(b""), Unavailable("not-json", 200)),
        (told(b"\xff"), Unavailable("not-json", 200)),
        (told(b"\x1f\x8b", content_encoding="gzip"), Unavailable("not-json", 200)),
        (told(b"{}", content_length="x"), Unavailable("unreachable")),
        (told(b"x" * 100_000), Unavailable("too-large", 200)),
        (told(PATIENT, content_length="99"), Unavailable("timeout")),
    ],
)
def test_what_another_machine_may_say(machine: Machine, answer: Any, expected: Unavailable) -> None:
    machine.answer = lambda path: answer
    assert asked(machine, bytes=50_000, seconds=1 if expected.reason == "timeout" else 30) == expected


@pytest.mark.parametrize("drip", [0.02, 5])
def test_slowness_costs_what_was_allowed_and_no_more(machine: Machine, drip: float) -> None:
    machine.slow = drip
    begun = time.monotonic()
    assert asked(machine, seconds=0.3) == Unavailable("timeout")
    assert time.monotonic() - begun < 3


def test_calls_given_up_leave_no_connection_behind(machine: Machine) -> None:
    async def many(calls: Outbound) -> int:
        machine.slow = 1
        for _ in range(5):
            await asyncio.gather(*(calls.fetch("ehr", machine.address, "Patient/1", None, Budget(0.05)) for _ in range(4)))
        machine.slow = 0
        assert await calls.fetch("ehr", machine.address, "Patient/1", None, Budget(2)) == PATIENT
        assert calls._pool is not None
        return len(calls._pool.connections)

    assert run(many, machine) == 1


def test_several_calls_share_one_budget_and_one_connection(machine: Machine) -> None:
    async def many(calls: Outbound) -> list[Any]:
        budget = Budget(2, requests=3)
        return [await calls.fetch("ehr", machine.address, "Patient/1", None, budget) for _ in range(5)]

    assert run(lambda calls: calls.fetch("ehr", machine.address, "Patient/1", None, 2.0), machine) == PATIENT
    assert run(lambda calls: calls.fetch("ehr", machine.address, "Patient/1", None, 0.0), machine) == Unavailable("timeout")
    machine.asked, machine.connections = [], 0
    assert run(many, machine) == [PATIENT] * 3 + [Unavailable("too-many")] * 2
    assert (len(machine.asked), machine.connections) == (3, 1)


def bundle(id: str, following: str | None) -> Any:
    links = [{"relation": "self", "url": "x"}] + ([{"relation": "next", "url": following}] if following else [])
    return told({"resourceType": "Bundle", "type": "searchset", "link": links, "entry": [{"resource": {"id": id}}]})


def ids(found: Any) -> list[str]:
    return [entry["resource"]["id"] for entry in found["entry"]]


def test_pages_are_put_together(machine: Machine) -> None:
    pages = {"/Observation?patient=1": ("a", "/?page=2"), "/?page=2": ("b", "/Observation?page=3"), "/Observation?page=3": ("c", None)}
    pages["?page=2"] = pages["/?page=2"]
    machine.answer = lambda path: bundle(pages[path][0], f"{machine.address}{pages[path][1]}" if pages[path][1] else None)
    found = asked(machine, "Observation?patient=1")
    assert ids(found) == ["a", "b", "c"]
    assert [link["relation"] for link in found["link"]] == ["self"]  # type: ignore[index]


@pytest.mark.parametrize(
    "following",
    ["https://evil.example/?page=2", "http://127.0.0.1:1/", "//evil.example", "?page=2", "file:///x", "", "{base}/../x", "{base}@evil/"]
)  # fmt: skip
def test_a_next_page_elsewhere_is_not_followed_and_stays_to_be_seen(machine: Machine, following: str) -> None:
    link = following.replace("{base}", machine.address)
    machine.answer = lambda path: bundle("a", link or "x")
    found = asked(machine, "Observation?patient=1")
    assert ids(found) == ["a"]
    assert any(item["relation"] == "next" for item in found["link"])  # type: ignore[index]
    assert len(machine.asked) == 1


def test_pages_without_end_stop_at_the_budget_and_say_so(machine: Machine) -> None:
    machine.answer = lambda path: bundle("a", f"{machine.address}/Observation?page=2")
    found = asked(machine, "Observation?patient=1", requests=4)
    assert ids(found) == ["a"] * 4
    assert any(item["relation"] == "next" for item in found["link"])  # type: ignore[index]


def test_no_token_and_no_address_is_in_the_log(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    machine.answer = lambda path: told(PATIENT, 401)
    with capture_logs() as lines:
        asked(machine, "Patient/mrn-4711", token="secret-token")
    assert [line["event"] for line in lines] == ["call-failed"]
    assert not any(word in repr(lines) for word in ("secret-token", "mrn-4711", "127.0.0.1"))
