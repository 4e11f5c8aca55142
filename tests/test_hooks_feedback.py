"""Feedback on cards: taken in once, joined to the rules that were shown, and private where it speaks of a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgi import Client, serving
from hooked import Asking, bundle, faults, medicine, sign
from known import Known

from adapters.journal.reading import entries, erase, private
from api.feedback_command import feedback
from api.wiring import Service
from knowledge.load import load

SERVICE = "order-safety"
AT = "2026-11-23T16:00:00.1234567Z"
SECRET = "Zanahoria-4711"
RULE = load().rules["naltrexone-not-with-opioids"]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Client, Service]]:
    with serving(tmp_path) as found:
        yield found


@pytest.fixture
def asking(served: tuple[Client, Service]) -> Asking:
    return Asking(served[0])


def shown(asking: Asking) -> dict[str, Any]:
    body = sign(medicine("naltrexone", "o1"), medications=bundle(medicine("methadone", "m1", status="active")))
    (card,) = asking.cards(SERVICE, body)
    return card


def accepted(card: dict[str, Any], **more: Any) -> dict[str, Any]:
    chosen = [{"id": card["suggestions"][0]["uuid"]}]
    return {"card": card["uuid"], "outcome": "accepted", "acceptedSuggestions": chosen, "outcomeTimestamp": AT, **more}


def overridden(card: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-11-23T17:00:00Z", **more}


def send(asking: Asking, *entries: Any, service: str = SERVICE) -> int:
    status: int = asking.ask(f"{service}/feedback", {"feedback": list(entries)}).status_code
    return status


def tallies(client: Client) -> dict[str, Any]:
    answer = Known(client, "clinical_lead").ask("GET", "/feedback/rules")
    assert answer.status_code == 200, answer.text
    return {item["rule"]: item for item in answer.json()["rules"]}


def test_what_was_done_with_a_card_is_told_of_its_rules(asking: Asking) -> None:
    card = shown(asking)
    before = tallies(asking.client)[RULE.id]
    assert (before["cards"], before["unanswered"]) == (1, 1)
    assert "acceptance" in before
    assert send(asking, accepted(card)) == 200
    after = tallies(asking.client)[RULE.id]
    assert (after["accepted"], after["overridden"], after["acceptance"], after["version"]) == (1, 0, 1.0, RULE.version)


def test_said_again_it_adds_nothing_and_the_last_word_counts(asking: Asking) -> None:
    card = shown(asking)
    reason = {"overrideReason": {"reason": {"code": "patient-refuses"}}}  # without display and without system
    for _ in range(3):
        assert send(asking, accepted(card), overridden(card, **reason)) == 200
    found = tallies(asking.client)[RULE.id]
    assert (found["cards"], found["accepted"], found["overridden"], found["reasons"]) == (1, 0, 1, {"patient-refuses": 1})


def test_the_same_call_again_shows_the_same_card(asking: Asking) -> None:
    assert shown(asking)["uuid"] == shown(asking)["uuid"]
    assert tallies(asking.client)[RULE.id]["cards"] == 1


def test_what_a_clinician_wrote_is_sealed_for_the_person(asking: Asking, served: tuple[Client, Service]) -> None:
    card, journal = shown(asking), served[1].journal
    told = {"reason": {"code": SECRET}, "userComment": f"{SECRET} was here"}
    assert send(asking, overridden(card, overrideReason=told)) == 200
    assert send(asking, overridden(card, overrideReason=told)) == 200
    assert tallies(asking.client)[RULE.id]["reasons"] == {"other": 1}
    (stored,) = entries(journal.opened(), "feedback")
    assert private(journal.opened(), stored)
    for path in served[1].settings.data.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()
    assert stored.subject
    assert erase(journal, stored.subject)
    assert private(journal.opened(), stored) is None
    assert send(asking, overridden(card, overrideReason={"userComment": "after"})) == 200, "of somebody forgotten nothing more is kept"
    assert len(list(entries(journal.opened(), "feedback"))) == 1


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"acceptedSuggestions": None}, "feedback[0].acceptedSuggestions"),
        ({"acceptedSuggestions": []}, "feedback[0].acceptedSuggestions"),
        ({"acceptedSuggestions": [{"id": "of-another-card"}]}, "feedback[0].acceptedSuggestions"),
        ({"outcome": "perhaps"}, "feedback[0].outcome"),
        ({"outcome": None}, "feedback[0].outcome"),
        ({"outcomeTimestamp": "yesterday"}, "feedback[0].outcomeTimestamp"),
        ({"outcomeTimestamp": 7}, "feedback[0].outcomeTimestamp"),
        ({"card": 7}, "feedback[0].card"),
        ({"overrideReason": {"userComment": ["x"]}}, "feedback[0].overrideReason.userComment"),
    ],
)
def test_what_does_not_fit_is_refused(asking: Asking, change: dict[str, Any], where: str) -> None:
    answer = asking.ask(f"{SERVICE}/feedback", {"feedback": [accepted(shown(asking)) | change]})
    assert answer.status_code == 400, answer.text
    assert where in {place for place, _ in faults(answer)}, answer.text
    assert tallies(asking.client)[RULE.id]["unanswered"] == 1


@pytest.mark.parametrize(
    "body", [{}, [], {"feedback": []}, {"feedback": {}}, {"feedback": [7]}, {"card": "x", "outcome": "accepted"}, None, 7]
)
def test_what_is_no_feedback_is_refused(asking: Asking, body: Any) -> None:
    assert asking.send(f"/cds-services/{SERVICE}/feedback", json.dumps(body).encode()).status_code == 400


def test_only_who_was_shown_a_card_may_speak_of_it(asking: Asking) -> None:
    card = shown(asking)
    assert send(asking, accepted(card), {**accepted(card), "card": "nobody"}) == 404
    assert send(asking, accepted(card), service="integrated-review") == 404
    assert send(asking, accepted(card), service="nothing") == 404
    for other in (Known(asking.client, "ehr_client"), Known(asking.client, "ehr_client", tenant="elsewhere")):
        answer = other.ask("POST", f"/cds-services/{SERVICE}/feedback", {"feedback": [accepted(card)]})
        assert answer.status_code == 404
    assert tallies(asking.client)[RULE.id]["unanswered"] == 1, "all of it or nothing"


def test_what_came_of_rules_is_for_those_who_answer_for_them(asking: Asking) -> None:
    shown(asking)
    for role, status in (("clinical_lead", 200), ("safety_officer", 200), ("prescriber", 403), ("ehr_client", 403)):
        assert Known(asking.client, role).ask("GET", "/feedback/rules").status_code == status  # type: ignore[arg-type]
    assert Known(asking.client, "clinical_lead", tenant="elsewhere").ask("GET", "/feedback/rules").json() == {"rules": []}


def test_the_command_line_tells_the_same(
    asking: Asking, served: tuple[Client, Service], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert send(asking, overridden(shown(asking), overrideReason={"reason": {"code": "patient-refuses"}})) == 200
    monkeypatch.setenv("TANDEM_DATA", str(served[1].settings.data))
    capsys.readouterr()
    feedback(tenant="main")
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [RULE.id, RULE.version, "1", "0", "1", "0 %", "patient-refuses 1"] in lines
