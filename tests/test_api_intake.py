"""Records are read or refused: every problem with its place, a stable code and what to do, and never a value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.intake import read_record
from api.vocabulary import Vocabulary
from engine.errors import Problem, Refused
from engine.record import Record
from knowledge.load import load

AT = "2026-11-20T10:00:00Z"
CANARY = "Zanahoria-4711"
EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.json"))


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary(load())


def read(record: Any) -> Record:
    return read_record(json.dumps(record).encode(), vocabulary())


def problems(record: Any) -> tuple[Problem, ...]:
    with pytest.raises(Refused) as refused:
        read(record)
    return refused.value.problems


def told(record: Any) -> tuple[Problem, ...]:
    """The problems of a record, or none when it is read."""
    try:
        read(record)
    except Refused as refused:
        return refused.problems
    return ()


def fact(**parts: Any) -> dict[str, Any]:
    return {"findings": [{"code": "phq9.q9", "value": 1, "at": AT} | parts]}


def answers(**parts: Any) -> dict[str, Any]:
    return {"instruments": [{"instrument": "phq9", "at": AT, "items": {"q1": 1}} | parts]}


WRONG: list[tuple[Any, str, str]] = [
    ([], "", "wrong-type"),
    ("text", "", "wrong-type"),
    (None, "", "wrong-type"),
    ({"nonsense": 1}, "", "field-unknown"),
    ({"patient": []}, "/patient", "wrong-type"),
    ({"patient": None}, "/patient", "wrong-type"),
    ({"patient": {"Birth date": "1990-01-01"}}, "/patient", "field-unknown"),
    ({"patient": {"age": "41"}}, "/patient/age", "wrong-type"),
    ({"patient": {"age": 41.5}}, "/patient/age", "wrong-type"),
    ({"patient": {"age": -1}}, "/patient/age", "out-of-range"),
    ({"patient": {"age": 126}}, "/patient/age", "out-of-range"),
    ({"patient": {"age": 41, "birth_date": "1985-01-01"}}, "/patient", "inconsistent"),
    ({"patient": {"id": "two words"}}, "/patient/id", "wrong-form"),
    ({"patient": {"id": "x" * 129}}, "/patient/id", "wrong-length"),
    ({"patient": {"sex": "F"}}, "/patient/sex", "not-one-of"),
    ({"patient": {"birth_date": "1985-02-30"}}, "/patient/birth_date", "wrong-date"),
    ({"patient": {"birth_date": 0}}, "/patient/birth_date", "wrong-date"),
    ({"patient": {"birth_date": "1700000000"}}, "/patient/birth_date", "wrong-date"),
    ({"patient": {"birth_date": "1985-01-01T00:00:00"}}, "/patient/birth_date", "wrong-date"),
    ({"patient": {"location": {"country": "USA"}}}, "/patient/location/country", "wrong-form"),
    ({"patient": {"location": {}}}, "/patient/location/country", "field-missing"),
    ({"setting": "home"}, "/setting", "not-one-of"),
    ({"findings": {}}, "/findings", "wrong-type"),
    ({"findings": [1]}, "/findings/0", "wrong-type"),
    ({"findings": [{"code": "phq9.q9", "value": 1}]}, "/findings/0/at", "field-missing"),
    (fact(value=None), "/findings/0", "inconsistent"),
    (fact(absent="declined"), "/findings/0", "inconsistent"),
    (fact(value=[1]), "/findings/0/value", "wrong-type"),
    (fact(value={"x": 1}), "/findings/0/value", "wrong-type"),
    (fact(value="x" * 201), "/findings/0/value", "wrong-length"),
    (fact(unit=""), "/findings/0/unit", "wrong-length"),
    (fact(code="PHQ-9"), "/findings/0/code", "wrong-form"),
    *[
        (fact(at=at), "/findings/0/at", "wrong-time")
        for at in (
            1763632800,
            "1763632800",
            "2026-11-20",
            "2026-11-20T10:00:00",
            "2026-11-20 10:00:00Z",
            "2026-11-20T10:00Z",
            "2026-11-20T10:00:00+0000",
            "2026-11-20T10:00:00,5Z",
            "2026-11-31T10:00:00Z",
            "2026-11-20T24:00:00Z",
            "2026-11-20T23:59:60Z",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "٢٠٢٦-11-20T10:00:00Z",
            AT + "\n",
            True,
            {},
        )
    ],
    (fact(code="phq9.qq9"), "/findings/0/code", "code-unknown"),
    (fact(code="suicide.tier", value="high"), "/findings/0/code", "code-computed"),
    (fact(code="condition.depression", value="active"), "/findings/0/code", "code-computed"),
    (fact(code="medication.ssri", value="active"), "/findings/0/code", "code-computed"),
    (fact(code="allergy.ssri", value=True), "/findings/0/code", "code-computed"),
    (fact(code="event.overdose.days_since", value=3), "/findings/0/code", "code-computed"),
    (fact(code="patient.age", value=41), "/findings/0/code", "code-computed"),
    (fact(code="care.setting", value="custody"), "/findings/0/code", "code-computed"),
    (fact(code="preference.substance_goal", value="moderation"), "/findings/0/code", "code-computed"),
    (fact(code="preference.modality", value="video"), "/findings/0/code", "code-computed"),
    (fact(code="preference.clinician_gender", value="female"), "/findings/0/code", "code-computed"),
    (fact(code="stage.days", value=3), "/findings/0/code", "code-computed"),
    ({"series": [{"code": "mood.dayly", "points": []}]}, "/series/0/code", "code-unknown"),
    ({"series": [{"code": "suicide.tier", "points": []}]}, "/series/0/code", "code-computed"),
    ({"series": [{"code": "mood.daily", "points": [{"at": "now", "value": 1}]}]}, "/series/0/points/0/at", "wrong-time"),
    (answers(instrument="phq8"), "/instruments/0/instrument", "instrument-unknown"),
    (answers(items={"q10": 1}), "/instruments/0/items", "item-unknown"),
    (answers(items={"Question 1": 1}), "/instruments/0/items", "item-unknown"),
    (answers(items={"q1": "1"}), "/instruments/0/items/q1", "wrong-type"),
    (answers(items={}), "/instruments/0", "inconsistent"),
    (answers(absent="declined"), "/instruments/0", "inconsistent"),
    (answers(instrument="cssrs", items={}, total=3), "/instruments/0/total", "total-not-scored"),
    ({"conditions": [{"status": "active"}]}, "/conditions/0", "inconsistent"),
    ({"conditions": [{"term": "depression", "status": "cured"}]}, "/conditions/0/status", "not-one-of"),
    ({"medications": [{"text": "x", "status": "active", "dose": {"value": 0, "unit": "mg"}}]}, "/medications/0/dose/value", "out-of-range"),
    ({"reviewed": {"medications": "today"}}, "/reviewed/medications", "wrong-time"),
    ({"events": [{"kind": "fall", "at": AT}]}, "/events/0/kind", "not-one-of"),
    ({"preferences": {"interval": 7}}, "/preferences/interval", "wrong-duration"),
    ({"preferences": {"interval": "7 days"}}, "/preferences/interval", "wrong-duration"),
    ({"preferences": {"interval": "P1M"}}, "/preferences/interval", "wrong-duration"),
    ({"preferences": {"declined": ["cbt", "zzz", "cbt"]}}, "/preferences/declined/1", "component-unknown"),
    ({"goals": [{"text": "x", "components": ["naloxon"]}]}, "/goals/0/components/0", "component-unknown"),
    ({"positions": [{"pathway": "nowhere", "stage": "x", "since": AT}]}, "/positions/0/pathway", "pathway-unknown"),
    ({"positions": [{"pathway": "telehealth-aftercare", "stage": "x", "since": AT}]}, "/positions/0/stage", "stage-unknown"),
]


@pytest.mark.parametrize(("record", "where", "code"), WRONG, ids=[f"{index}-{code}" for index, (_, _, code) in enumerate(WRONG)])
def test_what_cannot_be_used_is_refused_with_its_place(record: Any, where: str, code: str) -> None:
    assert [(item.where, item.code) for item in problems(record)] == [(where, code)]


@pytest.mark.parametrize(
    ("record", "suggested"),
    [
        (fact(code="phq9.qq9"), "`phq9.q9`"),
        (answers(instrument="phq8"), "`phq9`"),
        ({"patient": {"birthdate": "1990-01-01"}}, "`birth_date`"),
        ({"goals": [{"text": "x", "components": ["naloxon"]}]}, "`naloxone`"),
        (fact(code="medication.ssri", value="active"), "`medications`"),
    ],
)
def test_what_was_probably_meant_is_suggested(record: Any, suggested: str) -> None:
    assert suggested in problems(record)[0].do


def test_every_problem_is_told_in_one_answer() -> None:
    record = {"patient": {"age": "x", "sex": "x"}, "findings": [{"code": "phq9.q9", "at": "x"}], "setting": "x", "more": 1}
    found = {(item.where, item.code) for item in problems(record)}
    assert {("/patient/age", "wrong-type"), ("/patient/sex", "not-one-of"), ("/setting", "not-one-of"), ("", "field-unknown")} <= found
    assert ("/findings/0/at", "wrong-time") in found


def test_no_more_problems_than_anybody_reads() -> None:
    assert len(problems({"findings": [{"code": "x.y", "at": "x"}] * 4000})) == 50


def test_whole_numbers_may_be_written_with_a_point() -> None:
    assert read_record(b'{"patient":{"age":41.0}}', vocabulary()).patient.age == 41
    assert read(answers(items={"q1": 2.0}, total=None)).instruments[0].items == {"q1": 2}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_read(path: Path) -> None:
    assert read_record(path.read_bytes(), vocabulary()).findings


def spoilt(node: Any) -> Iterator[Any]:
    """The same record again and again, each time with one value or one key replaced by something private."""
    if isinstance(node, dict):
        for key, child in node.items():
            yield {**node, f"{CANARY} {key}": child}
            for other in spoilt(child):
                yield {**node, key: other}
    elif isinstance(node, list):
        for index, child in enumerate(node[:2]):
            for other in spoilt(child):
                yield [*node[:index], other, *node[index + 1 :]]
    else:
        yield CANARY
        yield {CANARY: CANARY}


@pytest.mark.parametrize("path", EXAMPLES[:1], ids=lambda path: path.stem)
def test_no_value_and_no_key_of_the_input_is_repeated(path: Path) -> None:
    refused = [problem for record in spoilt(json.loads(path.read_bytes())) for problem in told(record)]
    assert len(refused) > 200
    assert not [problem for problem in refused if CANARY in repr(problem) or "4711" in repr(problem)]


@pytest.mark.parametrize("path", EXAMPLES[:1], ids=lambda path: path.stem)
def test_pointers_lead_to_the_problem(path: Path) -> None:
    for record in spoilt(json.loads(path.read_bytes())):
        for item in told(record):
            node = deepcopy(record)
            for step in item.where.split("/")[1:]:
                assert isinstance(node, list) or step in node or item.code == "field-missing"
                node = node[int(step)] if isinstance(node, list) else node.get(step)


_NAMES = st.sampled_from(sorted(Record.model_fields))
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 300)
    | st.floats(-10, 10)
    | st.sampled_from([AT, "phq9", "phq9.q9", "active", "cbt", CANARY]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["code", "at", "value", "items", "status", "text", CANARY]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(_NAMES, _JSON, max_size=4))
@settings(max_examples=300)
def test_no_shape_does_anything_but_be_read_or_refused(record: dict[str, Any]) -> None:
    assert CANARY not in repr(told(record))


def test_a_wish_of_the_record_says_where_to_send_it_and_other_wishes_are_findings() -> None:
    [problem] = problems(fact(code="preference.substance_goal", value="moderation"))
    assert problem.do == "Send it in `preferences`, as `substance_goal`."
    assert "preference.secular_support" in vocabulary().facts
