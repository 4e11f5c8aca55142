"""The native input refuses what it does not know, and forgets in which order things were said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from engine.record import Record

AT = "2026-11-20T12:00:00Z"


def read(**parts: Any) -> Record:
    return Record.model_validate_json(json.dumps(parts))


@pytest.mark.parametrize(
    "parts",
    [
        {"nothing": 1},
        {"findings": [{"code": "a", "value": 1}]},
        {"findings": [{"code": "a", "value": 1, "at": "2026-11-20"}]},
        {"findings": [{"code": "a", "value": 1, "at": "2026-11-20T12:00:00"}]},
        {"findings": [{"code": "a", "at": AT}]},
        {"findings": [{"code": "a", "value": 1, "absent": "declined", "at": AT}]},
        {"findings": [{"code": "a", "absent": "stale", "at": AT}]},
        {"findings": [{"code": "A b", "value": 1, "at": AT}]},
        {"findings": [{"code": "a", "value": [1], "at": AT}]},
        {"findings": [{"code": "a", "value": "x" * 201, "at": AT}]},
        {"findings": [{"code": "a", "value": float("nan"), "at": AT}]},
        {"findings": [{"code": "a", "value": float("inf"), "at": AT}]},
        {"instruments": [{"instrument": "a", "at": AT}]},
        {"instruments": [{"instrument": "a", "at": AT, "items": {"q1": 1}, "absent": "declined"}]},
        {"instruments": [{"instrument": "a", "at": AT, "items": {"q1": "1"}}]},
        {"instruments": [{"instrument": "a", "at": AT, "items": {"q1": True}}]},
        {"instruments": [{"instrument": "a", "at": AT, "items": {"q1": 1.5}}]},
        {"conditions": [{"status": "active"}]},
        {"conditions": [{"term": "a", "status": "maybe"}]},
        {"medications": [{"status": "active"}]},
        {"medications": [{"ingredient": "a", "status": "active", "dose": {"value": 0, "unit": "mg"}}]},
        {"allergies": [{"kind": "allergy"}]},
        {"events": [{"kind": "party", "at": AT}]},
        {"patient": {"age": 41, "birth_date": "1985-01-01"}},
        {"patient": {"age": 126}},
        {"patient": {"age": "41"}},
        {"patient": {"location": {"country": "usa"}}},
        {"preferences": {"modality": "letter"}},
        {"series": [{"code": "a", "points": [{"at": AT}]}]},
        {"consents": [{"category": "all", "recipient": "x", "purpose": "fun", "status": "given", "at": AT}]},
        {"positions": [{"pathway": "a", "stage": "b"}]},
    ],
)
def test_what_is_not_of_the_right_shape_is_refused(parts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(**parts)


def test_numbers_text_and_truth_are_never_taken_for_one_another() -> None:
    values: list[Any] = [1, 1.5, True, "1", "true"]
    found = read(findings=[{"code": "a", "value": value, "at": AT} for value in values]).findings
    assert [(fact.value, type(fact.value)) for fact in found] == [(value, type(value)) for value in values]


@pytest.mark.parametrize("part", ["term", "codes", "text"])
def test_an_entry_is_named_by_term_by_code_or_at_least_by_text(part: str) -> None:
    name = {"term": "depression", "codes": [{"system": "icd10cm", "code": "F32"}], "text": "low"}[part]
    assert read(conditions=[{"status": "active", part: name}]).conditions[0].status == "active"


def test_the_order_and_repetition_of_what_was_said_is_forgotten() -> None:
    points = [{"at": f"2026-11-{day}T00:00:00Z", "value": value} for day, value in ((18, 3), (17, 5), (18, 3))]
    codes = [{"system": "snomed", "code": "2"}, {"system": "icd10cm", "code": "9"}, {"system": "snomed", "code": "1"}]
    record = read(
        preferences={"declined": ["cbt", "ssri", "cbt"]},
        goals=[{"text": "sleep", "components": ["b", "a"]}],
        series=[{"code": "a", "points": points}],
        conditions=[{"status": "active", "codes": codes}],
        instruments=[{"instrument": "a", "at": AT, "items": {"q2": 1, "q1": None}}],
    )
    assert record.preferences.declined == ("cbt", "ssri")
    assert record.goals[0].components == ("a", "b")
    assert [point.at.day for point in record.series[0].points] == [17, 18]
    assert [code.code for code in record.conditions[0].codes] == ["9", "1", "2"]
    assert list(record.instruments[0].items) == ["q1", "q2"]


def test_an_empty_record_is_a_record_and_reads_back_as_itself() -> None:
    assert read() == Record()
    assert Record.model_validate_json(Record().model_dump_json()) == Record()
