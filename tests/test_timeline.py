"""Stored patients: late, corrected and retracted data keep their history; any moment can be decided, as known at any moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asgi import Client, serving
from clocks import Clock

from adapters.journal.export import stored
from adapters.journal.reading import about
from adapters.journal.verify import verify
from api.timeline import fold, record_at
from api.wiring import Service

DAY = timedelta(days=1)
START = datetime.fromisoformat("2026-11-20T09:00:00+00:00")
RECORD = json.loads((Path(__file__).parent.parent / "examples" / "intake-opioid-depression.json").read_bytes())
AFTERCARE = json.loads((Path(__file__).parent.parent / "examples" / "aftercare-early-warning.json").read_bytes())
NOBODY = "00000000-0000-7000-8000-000000000000"


class Desk:
    """A client at a service whose clock is moved by hand."""

    def __init__(self, client: Client, service: Service, clock: Clock) -> None:
        self.client, self.service, self.clock = client, service, clock
        self.patient = self.post("/patients", {"identifier": "mrn-1"})["patient"]

    def post(self, path: str, body: Any = None, status: int | None = None, **named: Any) -> Any:
        response = self.client.post(path, b"" if body is None else json.dumps(body).encode(), **named)
        assert response.status_code in ((200, 201) if status is None else (status,)), response.text
        return response.json()

    def tell(self, body: Any, **named: Any) -> Any:
        return self.post(f"/patients/{self.patient}/entries", body, **named)

    def timeline(self, known_at: datetime | None = None) -> Any:
        params = {"known_at": stamp(known_at)} if known_at else {}
        response = self.client.get(f"/patients/{self.patient}/timeline", params=params)
        assert response.status_code == 200, response.text
        return response.json()

    def decide(self, as_of: datetime | None = None, known_at: datetime | None = None) -> Any:
        moments = {"as_of": as_of, "known_at": known_at}
        asked = {name: stamp(at) for name, at in moments.items() if at} | {"detail": "full"}  # with every finding
        return self.post(f"/patients/{self.patient}/recommend", params=asked)

    def phq9(self, total: int, at: datetime = START) -> Any:
        return self.tell({"instruments": [{"instrument": "phq9", "at": stamp(at), "total": total}]})["items"][0]["id"]


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def known(decision: Any, code: str) -> Any:
    return next((item["value"] for item in decision["findings"] if item["code"] == code), None)


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[Desk]:
    clock = Clock(START)
    with serving(tmp_path / "data", database=url, now=clock) as (client, service):
        yield Desk(client, service, clock)


def test_a_record_that_is_told_is_decided_like_one_that_is_sent(desk: Desk) -> None:
    told = desk.tell(RECORD)
    assert {item["part"] for item in told["items"]} >= {"patient", "findings", "instruments"}
    at = {"as_of": "2026-11-24T16:00:00Z"}
    sent = desk.post("/recommend", RECORD, params=at)
    desk.clock.at = datetime.fromisoformat("2026-11-24T17:00:00+00:00")
    assert desk.post(f"/patients/{desk.patient}/recommend", params=at) == sent


def test_a_correction_changes_what_is_known_from_then_on_and_not_what_was_known(desk: Desk) -> None:
    item = desk.phq9(12)
    before = desk.decide()
    desk.clock.at += DAY
    corrected = {"instruments": [{"instrument": "phq9", "at": stamp(START), "total": 21}]}
    desk.post(f"/patients/{desk.patient}/items/{item}/correct", corrected)
    assert known(desk.decide(START), "phq9.total") == 21  # in hindsight
    then = desk.decide(START, START)  # as we knew it
    assert known(then, "phq9.total") == 12
    assert {**then, "id": 0, "pathways": 0} == {**before, "id": 0, "pathways": 0}
    (shown,) = desk.timeline()["items"]
    assert (shown["state"], shown["value"]["total"], [version["value"]["total"] for version in shown["history"]]) == (
        "corrected",
        21,
        [12, 21],
    )
    assert desk.timeline(START)["items"][0]["state"] == "told"


def test_what_is_taken_back_was_never_so_but_was_told(desk: Desk) -> None:
    item = desk.phq9(21)
    desk.clock.at += DAY
    desk.post(f"/patients/{desk.patient}/items/{item}/retract")
    assert known(desk.decide(START + DAY), "phq9.total") is None
    assert known(desk.decide(START + DAY, START), "phq9.total") == 21
    (shown,) = desk.timeline()["items"]
    assert (shown["state"], shown["value"], len(shown["history"])) == ("retracted", None, 2)
    for path in ("retract", "correct"):
        body = {"instruments": [{"instrument": "phq9", "at": stamp(START), "total": 3}]}
        assert desk.post(f"/patients/{desk.patient}/items/{item}/{path}", body, 409)["type"].endswith("item-retracted")


def test_what_comes_late_counts_when_it_was_true_once_it_is_known(desk: Desk) -> None:
    desk.clock.at += 3 * DAY
    desk.phq9(18, START)
    assert known(desk.decide(START + DAY), "phq9.total") == 18
    assert known(desk.decide(START + DAY, START + DAY), "phq9.total") is None
    assert known(desk.decide(START - DAY), "phq9.total") is None


def test_a_setting_holds_from_when_it_was_told(desk: Desk) -> None:
    desk.tell({"setting": "telehealth"})
    desk.clock.at += 2 * DAY
    desk.tell({"setting": "inpatient", "preferences": {"modality": "video"}})
    folded = fold(about(desk.service.journal.opened(), desk.patient) or [])
    assert record_at(folded, START + DAY, None).setting == "telehealth"
    assert record_at(folded, START - DAY, None).setting is None
    assert record_at(folded, desk.clock.at, None).setting == "inpatient"
    assert record_at(folded, desk.clock.at, START).setting == "telehealth"
    assert record_at(folded, START - DAY, None, live=True).setting == "inpatient"  # a clock that went back hides nothing


def test_the_stage_of_a_past_decision_is_where_the_next_one_begins(desk: Desk) -> None:
    desk.tell({"conditions": [{"term": "opioid_use_disorder", "status": "active"}, {"term": "depression", "status": "active"}]})
    desk.tell(AFTERCARE)
    desk.clock.at = datetime.fromisoformat("2026-11-24T16:00:00+00:00")
    first = desk.decide()
    staged = {item["pathway"] for item in first["pathways"] if item["stages"]}
    assert staged
    desk.clock.at += DAY
    second = desk.decide()
    assert staged <= {item["pathway"] for item in second["pathways"] if item["stages"]}
    assert all(place["since"] is not None for item in second["pathways"] if item["pathway"] in staged for place in item["stages"])
    assert desk.decide(desk.clock.at + DAY)["pathways"] == desk.decide(desk.clock.at + DAY)["pathways"]  # hindsight moves nobody


def test_one_identifier_is_one_patient_and_decisions_on_records_are_theirs(desk: Desk) -> None:
    assert desk.post("/patients", {"identifier": "mrn-1"}) == {"patient": desk.patient}
    assert desk.post("/patients", {"identifier": "mrn-2"})["patient"] != desk.patient
    assert len({desk.post("/patients", {})["patient"] for _ in range(2)}) == 2
    desk.post("/recommend", {"patient": {"id": "mrn-1"}})
    assert [item["outcome"] for item in desk.timeline()["decisions"]]


def test_a_request_that_comes_again_is_told_once(desk: Desk) -> None:
    body, key = {"setting": "telehealth"}, {"headers": {"idempotency-key": "k1"}}
    first = desk.tell(body, **key)
    assert desk.tell(body, **key) == first
    assert len(desk.timeline()["items"]) == 1
    assert desk.tell({"setting": "inpatient"}, status=422, **key)["type"].endswith("key-reused")
    path = f"/patients/{desk.patient}/items/{first['items'][0]['id']}/retract"
    again = {"headers": {"idempotency-key": "k2"}}
    assert desk.post(path, **again) == desk.post(path, **again)
    decided = {"headers": {"idempotency-key": "k3"}}
    one = desk.post(f"/patients/{desk.patient}/recommend", **decided)
    desk.clock.at += DAY
    assert desk.post(f"/patients/{desk.patient}/recommend", **decided) == one
    assert desk.post("/patients", {}, headers={"idempotency-key": "k4"}) == desk.post("/patients", {}, headers={"idempotency-key": "k4"})


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (f"/patients/{NOBODY}/entries", {"setting": "telehealth"}, 404, "patient-unknown"),
        (f"/patients/{NOBODY}/recommend", None, 404, "patient-unknown"),
        ("/patients/{patient}/entries", {"settings": 1}, 422, "record-refused"),
        (f"/patients/{{patient}}/items/{NOBODY}.0/retract", None, 404, "item-unknown"),
        ("/patients/x/entries", {}, 404, "patient-unknown"),
        ("/patients", {"identifier": "two words"}, 422, "record-refused"),
        ("/patients", {"identifier": 1}, 422, "record-refused"),
        ("/patients", {"name": "x"}, 422, "record-refused"),
        ("/patients", [], 422, "record-refused"),
    ],
)
def test_what_cannot_be_done_says_why(desk: Desk, path: str, body: Any, status: int, code: str) -> None:
    answer = desk.post(path.replace("{patient}", desk.patient), body, status)
    assert answer["type"].endswith(code), answer
    assert answer["errors"] == [] or all(item["do"] for item in answer["errors"])


def test_a_correction_is_of_the_same_part(desk: Desk) -> None:
    item = desk.phq9(4)
    for body in ({"setting": "telehealth"}, {"instruments": [{"instrument": "phq9", "at": stamp(START), "total": n} for n in (1, 2)]}):
        answer = desk.post(f"/patients/{desk.patient}/items/{item}/correct", body, 422)
        assert answer["errors"][0]["code"] == "item-differs"


def test_it_is_all_in_the_journal_and_sealed(desk: Desk) -> None:
    desk.tell(RECORD)
    desk.decide()
    opened = desk.service.journal.opened()
    with stored(opened.store) as rows:
        assert verify(rows, opened.keyring.publics).problems == ()
    entries = desk.service.journal.newest(50)
    assert [entry.kind for entry in entries] == ["release", "patient", "told", "decision"]
    raw = b"".join(entry.body + (entry.sealed or b"") for entry in entries)
    assert b"mrn-1" not in raw
    assert b"phq9" not in raw


def test_nothing_is_acknowledged_that_cannot_be_written(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as (client, service):
        desk = Desk(client, service, Clock(START))
        (tmp_path / "data" / "tandem.sqlite3").rename(tmp_path / "away")
        for path, body in ((f"/patients/{desk.patient}/entries", {"setting": "telehealth"}), ("/patients", {})):
            assert desk.post(path, body, 503)["type"].endswith("store-unavailable")
        assert client.get("/health/ready").status_code == 503
        (tmp_path / "away").rename(tmp_path / "data" / "tandem.sqlite3")
        assert client.get("/health/ready").status_code in (200, 503)
