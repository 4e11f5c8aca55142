"""Logs, figures, limits and the end: nothing of any person leaves by them, and nobody is turned away without a word."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from asgi import KEY, Client, serving
from known import Known
from structlog.testing import capture_logs

from api.logs import FIELDS, sound
from api.metrics import Metrics
from api.security.door import operations
from api.security.policy import policy
from api.settings import read_settings
from api.traffic import Traffic
from engine.errors import Refused

ROOT = Path(__file__).parent.parent
RECORD = (ROOT / "examples" / "intake-opioid-depression.json").read_bytes()
CANARY = "Zanahoria-4711"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("data")) as (client, _):
        client.forget()
        yield client


def planted(value: Any) -> Any:
    """The same document with the canary in the place of every text in it."""
    if isinstance(value, dict):
        return {name: planted(child) for name, child in value.items()}
    return [planted(child) for child in value] if isinstance(value, list) else CANARY if isinstance(value, str) else value


def places(value: Any) -> Iterator[Any]:
    """The document with the canary in one place after another: as each value, and as each key."""
    whole = json.dumps(value)
    for text in sorted(set(re.findall(r'"[^"]*"', whole))):
        yield json.loads(whole.replace(text, f'"{CANARY}"', 1)) if whole.count(text) else value


def test_no_canary_leaves_by_a_log_a_figure_or_an_error(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """Through every operation: in the path, a parameter, headers, the body as a whole, and each field of a record."""
    who = [Known(client, role) for role in ("administrator", "ehr_client", "care_manager", "safety_officer")]
    texts, record = [], json.loads(RECORD)
    with capture_logs() as lines, caplog.at_level(logging.DEBUG):
        for operation in sorted(operations(client.app.router.routes)):
            method, path = operation.split(" ")
            path = re.sub(r"{[^}]*}", CANARY, path)
            for known in who:
                headers = {"tandem_purpose": policy()[operation].purposes[0], "tandem_recipient": CANARY, "idempotency_key": CANARY}
                for body in ({CANARY: CANARY}, planted(record), [CANARY], {"name": CANARY, "password": CANARY, "code": CANARY}):
                    answer = known.ask(method, path, body if method != "GET" else None, **headers)
                    texts += [answer.text] if answer.status_code >= 400 else []
                texts.append(known.ask(method, f"{path}?{CANARY}={CANARY}", tandem_purpose=CANARY, authorization=CANARY).text)
        for body in places(record):
            answer = who[1].ask("POST", "/recommend", body)
            texts += [answer.text] if answer.status_code >= 400 else []
    figures = Known(client, "monitor").ask("GET", "/metrics").text
    ours = [item.getMessage() for item in caplog.records if item.name == "tandem"]
    assert len(lines) > 500
    for text in (*texts, figures, repr(lines), *ours):
        assert CANARY not in text
    assert 'tandem_requests_total{operation="POST /recommend"' in figures
    assert not [line for line in lines if line["event"] == "internal"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"status": 200, "operation": "POST /recommend"}, {"status": 200, "operation": "POST /recommend"}),
        ({"name": "Rosa"}, {}),
        ({"status": "Rosa"}, {}),
        ({"operation": "Rosa\nMarin"}, {}),
        ({"operation": "x" * 161}, {}),
        ({"count": True}, {}),
        ({"ms": 1.23456}, {"ms": 1.235}),
    ],
)
def test_what_may_be_said_is_typed(fields: dict[str, Any], said: dict[str, Any]) -> None:
    assert sound(fields) == said
    assert set(said) <= set(FIELDS)


class Told:
    """An application that answers with one status, and remembers how many asked."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.asked = status, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class Asker:
    """Asks a Traffic whose clock stands until it is moved."""

    def __init__(self, app: Told, **changed: Any) -> None:
        self.now = 0.0
        usual: dict[str, Any] = {"rate": 10, "most": 5, "metrics": Metrics(), "draining": lambda: False, "clock": lambda: self.now}
        self.traffic = Traffic(app, **{**usual, **changed})

    def ask(self, address: str = "1.2.3.4", path: str = "/recommend", **headers: str) -> tuple[int, dict[str, str]]:
        import asyncio  # noqa: PLC0415

        sent: list[Any] = []
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "path": path, "method": "POST", "headers": raw, "client": (address, 1), "query_string": b""}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.traffic(scope, None, send))  # type: ignore[arg-type]
        return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_a_client_that_asks_too_fast_is_told_when_to_come_back_and_others_are_not() -> None:
    asker = Asker(Told())
    assert [asker.ask()[0] for _ in range(21)] == [200] * 20 + [429]
    status, headers = asker.ask()
    assert (status, headers["retry-after"]) == (429, "1")
    assert asker.ask("5.6.7.8")[0] == 200
    assert asker.ask(authorization="Bearer x")[0] == 200  # a credential has its own
    assert asker.ask(path="/health/live")[0] == 200
    asker.now += 0.1
    assert [asker.ask()[0] for _ in range(2)] == [200, 429]


def test_who_signs_a_new_token_for_each_call_is_counted_by_address() -> None:
    asker = Asker(Told())
    assert [asker.ask(authorization=f"Bearer a.b.{number}")[0] for number in range(21)] == [200] * 20 + [429]
    assert asker.ask("5.6.7.8", authorization="Bearer a.b.c")[0] == 200


def test_guessing_credentials_is_slow_however_many_are_tried() -> None:
    asker = Asker(app := Told(401))
    statuses = [asker.ask(authorization=f"Bearer {number}")[0] for number in range(50)]
    assert statuses.count(401) < 10
    assert app.asked == statuses.count(401)


def test_the_buckets_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.traffic._CLIENTS", 5)
    asker = Asker(Told())
    for number in range(50):
        asker.ask(f"10.0.0.{number}")
    assert len(asker.traffic._buckets) == 5


def test_who_is_turned_away_at_the_end_or_for_want_of_places_is_told_when_to_come_back() -> None:
    ending = Asker(app := Told(), draining=lambda: True)
    status, headers = ending.ask()
    assert (status, headers["retry-after"], headers["connection"], app.asked) == (503, "5", "close", 0)
    full = Asker(app, most=0)
    assert (full.ask()[0], full.ask()[1]["retry-after"]) == (503, "1")


def environment(folder: Path, **changed: str) -> dict[str, str]:
    own = {"TANDEM_DATA": str(folder), "TANDEM_DURABLE": "off", "PYTHONPATH": str(ROOT)}
    return {name: value for name, value in os.environ.items() if not name.startswith("TANDEM_")} | own | changed


def tandem(*arguments: str, typed: str = "", env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "api.command", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, input=typed, capture_output=True, text=True, check=False, timeout=120)


def test_a_service_does_not_start_open(tmp_path: Path) -> None:
    """No key, a bad one, no administrator, a demonstration for the whole network: each is refused, and says what to do."""
    bare = tandem("serve", env=environment(tmp_path))
    assert (bare.returncode, "secret-missing" in bare.stderr) == (2, True)
    weak = tandem("serve", env=environment(tmp_path, TANDEM_SECRET_KEY="YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="))
    assert (weak.returncode, "TANDEM_SECRET_KEY" in weak.stderr) == (2, True)
    keyed = environment(tmp_path, TANDEM_SECRET_KEY=KEY)
    assert "administrator-missing" in tandem("serve", env=keyed).stderr
    wide = tandem("serve", "--demo", "--host", "0.0.0.0", env=environment(tmp_path))
    assert (wide.returncode, "demonstration-open" in wide.stderr) == (2, True)
    short = tandem("accounts", "first-administrator", "root", typed="short\n", env=keyed)
    assert (short.returncode, "wrong-length" in short.stderr) == (2, True)
    assert "Second factor" in tandem("accounts", "first-administrator", "root", typed="a long enough password\n", env=keyed).stdout
    again = tandem("accounts", "first-administrator", "eve", typed="a long enough password\n", env=keyed)
    assert (again.returncode, "administrator-present" in again.stderr) == (2, True)


def test_what_is_being_worked_on_is_answered_and_what_is_new_is_refused_until_the_end(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "api.command", "serve", "--demo", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(tmp_path, TANDEM_DRAIN="2"), stderr=subprocess.PIPE, text=True)
    home, answers = f"http://127.0.0.1:{port}", []
    try:
        for _ in range(600):
            try:
                if httpx.get(f"{home}/health/ready").status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.1)

        def slow() -> None:
            with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
                head = f"POST /recommend HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(RECORD)}\r\n\r\n"
                wire.sendall(head.encode() + RECORD[:100])
                time.sleep(1)
                wire.sendall(RECORD[100:])
                answers.append(wire.recv(100))

        begun = threading.Thread(target=slow)
        begun.start()
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        refused = httpx.post(f"{home}/recommend", content=RECORD, headers={"content-type": "application/json"})
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert httpx.get(f"{home}/health/live").status_code == 200
        assert httpx.get(f"{home}/health/ready").json()["draining"] is True
        begun.join(20)
        assert answers[0].startswith(b"HTTP/1.1 200 ")
        said = process.communicate(timeout=20)[1]
    finally:
        process.kill()
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert {line["event"] for line in lines} >= {"answered", "draining"}
    assert all({"event", "level", "timestamp"} <= set(line) for line in lines)


def test_settings_come_from_variables_a_file_and_a_folder_of_secrets(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text("rate = 9\nmax_body = 77\n")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "tandem_secret_key").write_text(KEY)
    given = {"TANDEM_SETTINGS": str(tmp_path / "s.toml"), "TANDEM_SECRETS": str(tmp_path / "secrets"), "TANDEM_RATE": "5"}
    found = read_settings(given)
    assert (found.rate, found.max_body) == (5, 77)
    assert found.secret_key is not None
    assert "\\x" not in repr(found)  # a key is never shown
    (tmp_path / "t.toml").write_text('call_networks = ["10.0.0.0/8"]\n')
    lists = read_settings({"TANDEM_SETTINGS": str(tmp_path / "t.toml"), "TANDEM_ORIGINS": "https://a.example  https://b.example"})
    assert ([str(network) for network in lists.call_networks], len(lists.origins)) == (["10.0.0.0/8"], 2)
    for wrong in ({"TANDEM_CALL_NETWORKS": "everywhere"}, {"TANDEM_ORIGINS": "*"}, {"TANDEM_ORIGINS": "https://a.example/path"}):
        with pytest.raises(Refused, match=next(iter(wrong))):
            read_settings(wrong)
    for wrong in ({"TANDEM_RATES": "1"}, {"TANDEM_SETTINGS": "/nowhere"}, {"TANDEM_SECRET_KEY": "short"}, {"TANDEM_DEMO": "perhaps"}):
        with pytest.raises(Refused, match=next(iter(wrong))):
            read_settings(wrong)
