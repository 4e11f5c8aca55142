"""What must be said of the journal: written down first, once, found again, and missed when it fails."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest
from asgi import Client, serving
from pytest_bdd import given, parsers, then, when

from api.wiring import Service
from steps.chart import Answer, Chart
from steps.service import Ask
from steps.words import AS_OF, stamp


@dataclass
class Desk:
    """A service with a journal of its own, and a client that sees the headers."""

    client: Client
    service: Service
    blocking: sqlite3.Connection

    def ask(self, path: str, body: bytes | None = None, language: str = "en", **headers: str) -> Answer:
        response = self.client.post(path, body or b"", params={"as_of": stamp(AS_OF), "lang": language}, headers=headers)
        self.entries.append(response.headers.get("tandem-entry"))
        return Answer(response.status_code, response.json(), response.headers["content-type"], response.text)

    def __post_init__(self) -> None:
        self.entries: list[str | None] = []


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serving(tmp_path) as (client, service), closing(sqlite3.connect(tmp_path / "tandem.sqlite3", isolation_level=None)) as blocking:
        yield Desk(client, service, blocking)


@given("a journal of its own", target_fixture="ask")
def own_journal(desk: Desk) -> Ask:
    return desk.ask


@given("a journal that cannot be written", target_fixture="ask")
def failing_journal(desk: Desk) -> Ask:
    desk.blocking.execute("BEGIN IMMEDIATE")  # who asks can still be known; nothing can be written
    return desk.ask


@when("the intake team asks twice under one key")
def asked_twice(chart: Chart, desk: Desk) -> None:
    for _ in range(2):
        chart.answers.append(desk.ask("/recommend", json.dumps(chart.record).encode(), **{"idempotency-key": "visit-1"}))


@when("the journal can be written again")
def mended(desk: Desk) -> None:
    desk.blocking.rollback()


@then(parsers.re(r"the answer is said to be (?P<state>recorded|unrecorded)"))
def said_to_be(chart: Chart, state: str) -> None:
    assert (chart.answer.status, chart.answer.body["journal"]) == (200, state)


@then("the journal has it, and it comes out again as it left")
def comes_out_again(chart: Chart, desk: Desk) -> None:
    stored = desk.service.journal.entry(desk.entries[-1] or "")
    assert stored is not None
    replayed = desk.service.replayer.replay(stored)
    assert replayed.verdict == "same"
    beside = {"journal": "recorded", "sharing": chart.answer.body["sharing"]}
    assert json.loads(replayed.answer or "") | beside == chart.answer.body


@then("both answers are the same entry of the journal")
def one_entry(chart: Chart, desk: Desk) -> None:
    first, second = chart.answers[-2:]
    assert first.text == second.text
    assert len(set(desk.entries)) == 1
    assert [item.kind for item in desk.service.journal.newest(10)].count("decision") == 1


@then("the first thing to do is still shown")
def still_shown(chart: Chart) -> None:
    assert chart.answer.body["above_the_fold"][0]["heading"] == "now"


@then(parsers.parse("the service is ready within {seconds:d} seconds, and the gap is written down"))
def recovers(desk: Desk, seconds: int) -> None:
    deadline = monotonic() + seconds
    while desk.client.get("/health/ready").status_code != 200:
        assert monotonic() < deadline
        sleep(0.1)
    (gap,) = [item for item in desk.service.journal.newest(10) if item.kind == "gap"]
    assert gap.document["facts"]["count"] == 1
