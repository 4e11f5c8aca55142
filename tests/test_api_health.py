"""Health tells the truth about both engines and the journal, and an alarm can be seen to work."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from asgi import Client, serving

from adapters.durable import available
from adapters.journal.reading import private
from api.settings import Settings, read_settings
from api.wiring import Service
from engine.errors import Refused

RECORD = (Path(__file__).parent.parent / "examples" / "intake-opioid-depression.json").read_bytes()
AS_OF = {"as_of": "2026-11-23T16:00:00Z"}
FLIPPED = "phq9-item9-asks-for-suicide-screen"
with_durable = pytest.mark.skipif(not available(), reason="durable-rules is not here")


def kinds(service: Service) -> list[str]:
    return [item.kind for item in service.journal.newest(100)]


def decide(client: Client) -> str:
    engines: str = client.post("/recommend", RECORD, params=AS_OF).json()["engines"]
    return engines


def test_with_one_engine_the_service_is_ready_and_says_so(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, _):
        assert decide(client) == "unchecked"
        ready = client.get("/health/ready")
        assert ready.status_code == 200
        assert ready.json()["engines"]["state"] == "unchecked"
        assert ready.json()["engines"]["durable"] == "off"
        assert ready.json()["journal"] == {"state": "writable", "reason": None, "unrecorded": 0}
        assert client.get("/health/live").json() == {"status": "live"}


@with_durable
def test_two_engines_that_agree(tmp_path: Path) -> None:
    with serving(tmp_path, durable=True) as (client, service):
        assert decide(client) == "agreed"
        ready = client.get("/health/ready").json()
        assert (ready["status"], ready["engines"]["state"], ready["engines"]["checked"]) == ("ready", "agreeing", 1)
        assert kinds(service) == ["release", "decision"]


@with_durable
def test_a_disagreement_is_served_journalled_and_turns_health_red(tmp_path: Path) -> None:
    with serving(tmp_path, durable=True, fault=f"flip:{FLIPPED}") as (client, service):
        assert client.get("/health/ready").status_code == 200
        decision = client.post("/recommend", RECORD, params=AS_OF).json()
        assert decision["engines"] == "disagreed"
        assert decision["disputed_rules"] == [FLIPPED]
        ready = client.get("/health/ready")
        assert ready.status_code == 503
        assert (ready.json()["status"], ready.json()["engines"]["state"]) == ("not_ready", "disagreeing")
        (entry,) = [item for item in service.journal.newest(10) if item.kind == "disagreement"]
        assert entry.document["facts"]["rules"] == FLIPPED
        assert entry.document["facts"]["digest"] == service.base.release.digest
        held = json.loads(private(service.journal.opened(), entry) or b"")
        assert set(held["truths"]) == {FLIPPED}
        assert "alcohol.current_use" in held["findings"]
        assert client.get("/health/live").status_code == 200


@with_durable
@pytest.mark.parametrize("fault", ["crash", "hang"])
def test_an_engine_that_fails_leaves_decisions_unchecked(tmp_path: Path, fault: str) -> None:
    with serving(tmp_path, patience=1.0, durable=True, fault=fault) as (client, _):
        assert decide(client) == "unchecked"
        assert client.get("/health/ready").status_code == 200
        deadline = time.monotonic() + 30
        while decide(client) != "agreed":  # it is restarted, and heals
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert client.get("/health/ready").json()["engines"]["restarts"] == 1


def test_a_journal_that_fails_costs_nobody_the_decision_and_heals(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with serving(blocked, demo=True) as (client, service):
        ready = client.get("/health/ready")
        assert (ready.status_code, ready.json()["journal"]["state"]) == (503, "failing")
        marks = {"html": "NOT RECORDED", "text": "NOT RECORDED", "json": '"journal":"unrecorded"'}
        for form, mark in marks.items():
            answer = client.post("/recommend", RECORD, params={**AS_OF, "format": form})
            assert answer.status_code == 200
            assert answer.headers["tandem-journal"] == "unrecorded"
            assert mark in answer.text
        assert "SIN REGISTRAR" in client.post("/recommend", RECORD, params={**AS_OF, "format": "text", "lang": "es"}).text
        blocked.unlink()
        deadline = time.monotonic() + 5
        while client.get("/health/ready").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        answer = client.post("/recommend", RECORD, params=AS_OF)
        assert (answer.headers["tandem-journal"], answer.json()["journal"]) == ("recorded", "recorded")
        assert client.get("/health/ready").json()["journal"] == {"state": "writable", "reason": None, "unrecorded": 4}
        (gap,) = [item for item in service.journal.newest(10) if item.kind == "gap"]
        assert gap.document["facts"]["count"] == 4


@pytest.mark.parametrize("fault", [pytest.param("flip:no-such-rule", marks=with_durable), "explode", "flip"])
def test_a_fault_that_does_not_exist_is_refused(tmp_path: Path, fault: str) -> None:
    with pytest.raises(Refused, match="TANDEM_DURABLE_FAULT"):
        Service(Settings(data=tmp_path, fault=fault))


def test_settings_come_from_the_environment() -> None:
    found = read_settings({"TANDEM_DURABLE": "off", "TANDEM_MAX_BODY": "10", "TANDEM_DATA": "/x", "TANDEM_DURABLE_FAULT": "crash"})
    assert (found.durable, found.max_body, found.data, found.fault) == (False, 10, Path("/x"), "crash")
    assert read_settings({}) == read_settings({"TANDEM_DURABLE": "auto", "TANDEM_DATA": "", "TANDEM_KNOWLEDGE": ""})


def test_every_setting_that_cannot_be_used_is_named() -> None:
    wrong = {"TANDEM_DURABLE": "yes", "TANDEM_MAX_BODY": "0", "TANDEM_MAX_CONCURRENT": "-1"}
    with pytest.raises(Refused) as refused:
        read_settings(wrong)
    assert {item.where for item in refused.value.problems} == set(wrong)
