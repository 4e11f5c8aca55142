"""The service over a real socket: bodies without a length or with a false one, slow senders, and too much at once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from asgi import settings_for

from api import limits
from api.app import create_app
from api.wiring import Service

RECORD = (Path(__file__).parent.parent / "examples" / "intake-opioid-depression.json").read_bytes()
HEAD = b"POST /recommend HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
MOST = 50_000
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return Service(settings_for(tmp_path_factory.mktemp("data"), max_body=MOST, max_concurrent=2, demo=True))


@pytest.fixture(scope="module")
def port(service: Service) -> Iterator[int]:
    config = uvicorn.Config(create_app(service), port=0, log_config=None, access_log=False, server_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield int(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    thread.join(10)


def exchange(port: int, *parts: bytes, shut: bool = False) -> bytes:
    """Send these bytes and read whatever comes back until the other side is done."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        for part in parts:
            try:
                wire.sendall(part)
            except OSError:
                break
        if shut:
            wire.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while more := wire.recv(65536):
                answer += more
                if b"\r\n\r\n" in answer and b"Connection: close" not in HEAD:
                    break
        except OSError:
            pass
        return answer


def chunked(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))


def test_a_chunked_body_is_read(port: int) -> None:
    answer = exchange(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", chunked(b"{", b"}"))
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_chunked_body_beyond_the_limit_is_cut_off(port: int) -> None:
    answer = exchange(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"2710\r\n" + b" " * 10_000 + b"\r\n"] * 20)
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_declared_length_beyond_the_limit_is_refused_unread(port: int) -> None:
    answer = exchange(port, HEAD + b"Content-Length: 99999999999999999999\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("length", [b"-1", b"ten", b"1e3", b"2, 3"])
def test_a_length_that_is_none(port: int, length: bytes) -> None:
    answer = exchange(port, HEAD + b"Content-Length: " + length + b"\r\n\r\n{}")
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_a_length_that_promises_less_than_comes(port: int) -> None:
    answer = exchange(port, HEAD + b"Content-Length: 2\r\n\r\n{}" + b" garbage" * 100)
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_length_that_promises_more_than_comes(port: int) -> None:
    exchange(port, HEAD + b"Content-Length: 100\r\n\r\n{}", shut=True)
    assert httpx.get(f"http://127.0.0.1:{port}/health/live").status_code == 200


def test_a_body_that_never_comes(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_WITHIN", 0.2)
    answer = exchange(port, HEAD + b"Content-Length: 100\r\n\r\n{")
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_health_answers_while_every_place_is_taken_and_others_are_told_to_wait(
    port: int, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, entered, decide = threading.Event(), threading.Semaphore(0), service.decide

    def held(*arguments: object) -> object:
        entered.release()
        release.wait(10)
        return decide(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "decide", held)
    address, statuses = f"http://127.0.0.1:{port}", []

    def ask() -> None:
        statuses.append(httpx.post(f"{address}/recommend", content=RECORD, headers=JSON, timeout=20).status_code)

    waiting = [threading.Thread(target=ask) for _ in range(2)]
    for thread in waiting:
        thread.start()
        entered.acquire(timeout=10)
    assert httpx.get(f"{address}/health/live", timeout=2).status_code == 200
    assert httpx.get(f"{address}/health/ready", timeout=2).status_code == 200
    refused = httpx.post(f"{address}/recommend", content=RECORD, headers=JSON)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    release.set()
    for thread in waiting:
        thread.join(20)
    assert statuses == [200, 200]


def test_the_service_does_not_name_its_server(port: int) -> None:
    assert "server" not in httpx.get(f"http://127.0.0.1:{port}/health/live").headers
