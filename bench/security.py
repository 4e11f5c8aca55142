"""`python -m bench.security hostile 2000`, `python -m bench.security logins 500`: what hostile and many askers can do."""

from __future__ import annotations

import asyncio
import base64
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx

from api.security.policy import policy

ROOT = Path(__file__).parent.parent
RECORD = (ROOT / "examples" / "intake-opioid-depression.json").read_bytes()
_BITS = [b"{", b"}", b"[", b"]", b'"', b":", b",", b"null", b"1e999", b"NaN", b"\\ud800", b"\x00", b"\xff", b'{"a":' * 70, b"[" * 2000]
_HEADERS = ("authorization", "cookie", "tandem-purpose", "tandem-recipient", "tandem-csrf", "accept", "idempotency-key", "content-type")
_VALUES = ("", "Bearer x", "Bearer " + "a." * 3000, "Basic !!!", "tandem=" + "x" * 5000, "legal", "\t", "a" * 7000, "*/*;q=2", "x; y=z; =")


class Serving:
    """The service in a process of its own, with an administrator and a system that may ask."""

    def __enter__(self) -> Serving:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._folder = tempfile.TemporaryDirectory()
        own = {
            "TANDEM_DATA": self._folder.name,
            "TANDEM_DURABLE": "off",
            "TANDEM_DRAIN": "0",
            "TANDEM_RATE": "100000",
            "TANDEM_LOG": "error",
        }
        key = base64.b64encode(os.urandom(32)).decode()
        self._own = os.environ | own | {"TANDEM_SECRET_KEY": key, "PYTHONPATH": str(ROOT)}
        self._run("accounts", "first-administrator", "root", typed="a long enough password\n")
        secret = self._run("accounts", "client", "bench").strip()
        self._process = subprocess.Popen([*self._command, "serve", "--port", str(self.port)], env=self._own, stderr=subprocess.DEVNULL)
        self.home = f"http://127.0.0.1:{self.port}"
        for _ in range(300):
            try:
                httpx.get(f"{self.home}/health/live").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        data = {"grant_type": "client_credentials"}
        token = httpx.post(f"{self.home}/token", data=data, auth=("bench", secret)).json()["access_token"]
        self.headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        return self

    _command = (sys.executable, "-m", "api.command")

    def _run(self, *arguments: str, typed: str = "") -> str:
        done = subprocess.run([*self._command, *arguments], env=self._own, input=typed, capture_output=True, text=True, check=True)
        return done.stdout

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._folder.cleanup()


def hostile(size: int) -> int:
    """Bodies, paths and headers that no client would send; how many answers were faults of ours (5xx but 503 with Retry-After)."""
    chance, statuses, faults = random.Random(4711), Counter[int](), 0
    with Serving() as serving, httpx.Client(base_url=serving.home, timeout=30) as client:
        for _ in range(size):
            method, path = chance.choice(sorted(policy())).split(" ")
            path = re.sub(r"{[^}]*}", lambda _: chance.choice(["x", "%00", "..%2f", "a" * 300, "naloxone", "%ff", "1"]), path)
            body = b"".join(chance.choices(_BITS, k=chance.randrange(8)))
            if chance.random() < 0.4:
                place = chance.randrange(len(RECORD))
                body = RECORD[:place] + chance.choice(_BITS) + RECORD[place + chance.randrange(9) :]
            headers = dict(serving.headers) if chance.random() < 0.7 else {"content-type": "application/json"}
            headers |= {name: chance.choice(_VALUES) for name in chance.sample(_HEADERS, chance.randrange(3))}
            try:
                answer = client.request(method, path, content=body, headers=headers)
            except (httpx.RemoteProtocolError, httpx.LocalProtocolError):
                statuses[0] += 1  # closed, or not even sendable
                continue
            statuses[answer.status_code] += 1
            fault = answer.status_code >= 500 and not (answer.status_code == 503 and "retry-after" in answer.headers)
            ready = answer.status_code == 503 and path == "/health/ready"
            if fault and not ready:
                faults += 1
                print(f"{answer.status_code} for {method} {path}")
        client.get("/health/live").raise_for_status()
    print(f"{size} hostile requests: {faults} faults; {dict(sorted(statuses.items()))}")
    return faults


async def _asking(client: httpx.AsyncClient, serving: Serving, count: int) -> list[float]:
    taken = []
    for _ in range(count):
        begin = time.perf_counter()
        answer = await client.post("/recommend", content=RECORD, headers=serving.headers)
        taken.append(time.perf_counter() - begin)
        assert answer.status_code == 200, answer.status_code
    return taken


async def _signing(client: httpx.AsyncClient, statuses: Counter[int]) -> None:
    body = {"name": "root", "password": "wrong password", "code": "000000"}
    answer = await client.post("/login", json=body)
    statuses[answer.status_code] += 1


async def _logins(serving: Serving, size: int) -> tuple[list[float], list[float], Counter[int]]:
    statuses: Counter[int] = Counter()
    limits = httpx.Limits(max_connections=size + 10)
    async with httpx.AsyncClient(base_url=serving.home, timeout=120, limits=limits) as client:
        await _asking(client, serving, 10)
        quiet = await _asking(client, serving, 100)
        signing = [asyncio.create_task(_signing(client, statuses)) for _ in range(size)]
        busy = await _asking(client, serving, 100)
        await asyncio.gather(*signing)
    return quiet, busy, statuses


def logins(size: int) -> float:
    """Signing in all at once while recommend goes on: the ratio of its p99 to that without."""
    with Serving() as serving:
        quiet, busy, statuses = asyncio.run(_logins(serving, size))
    low, high = (sorted(taken)[98] * 1000 for taken in (quiet, busy))
    print(f"{size} sign-ins at once {dict(statuses)}: recommend p99 {low:.0f} ms alone, {high:.0f} ms beside them, {high / low:.2f} x")
    return high / low


if __name__ == "__main__":
    chosen, number = {"hostile": hostile, "logins": logins}[sys.argv[1]], int(sys.argv[2])
    sys.exit(1 if chosen is hostile and chosen(number) else 0 if chosen is hostile else int(chosen(number) > 5))
