"""Answers to a questionnaire that we published, by the names of its items, are read wherever FHIR comes in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from asgi import Client, serving
from fhir_samples import FHIR, about, bundle, parameters
from hooked import Asking, call, prefetch

PUBLISHED = "http://127.0.0.1:8000/fhir/Questionnaire/phq9"


@pytest.fixture
def client(tmp_path: Any) -> Iterator[Client]:
    with serving(tmp_path, now=lambda: datetime(2026, 11, 23, 16, tzinfo=UTC)) as (client, _):
        yield client


def answered(name: str, item9: int) -> dict[str, Any]:
    items = [{"linkId": f"q{number}", "answer": [{"valueInteger": item9 if number == 9 else 0}]} for number in range(1, 10)]
    more = {"status": "completed", "questionnaire": PUBLISHED, "authored": "2026-11-20T09:00:00Z"}
    return about("QuestionnaireResponse", name, **more, item=items)


def test_item_9_of_our_own_form_is_heard_at_a_hook(client: Client) -> None:
    cards = Asking(client).cards("integrated-review", call("patient-view", prefetch(responses=bundle(answered("qr1", 1)))))
    assert any(card["indicator"] == "warning" and "QuestionnaireResponse/qr1" in card["detail"] for card in cards), cards


def test_item_9_of_our_own_form_is_heard_by_apply(client: Client) -> None:
    answer = client.post("/fhir/PlanDefinition/$apply", parameters(answered("qr1", 1)), headers=FHIR)
    assert answer.status_code == 200, answer.text
    assert "code-unknown" not in answer.text
    assert "QuestionnaireResponse/qr1" in answer.text
