"""Scores of the real instruments: what is answered counts, what is open stays open, nothing is made up."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import small
from small import ago

import knowledge
from engine.dictionary import Number
from engine.findings import Finding
from engine.instruments import Instrument
from engine.observe import observe
from engine.record import Answers, Record
from engine.scoring import readings_of
from knowledge.load import load
from knowledge.read import read

FOLDER = Path(knowledge.__file__).parent / "instruments"
Range = tuple[Number | None, Number | None, str | None]


@cache
def instrument(name: str) -> Instrument:
    return Instrument.model_validate(read(FOLDER / f"{name}.yaml"))


def score(name: str, days: float = 0, **said: Any) -> dict[str, Range]:
    """Every reading of one administration, by what follows the name of the instrument."""
    answers = Answers(instrument=name, at=ago(days), source="person", **said)
    found: dict[str, Range] = {}
    for reading in readings_of(instrument(name), answers):
        assert (reading.at, reading.source) == (ago(days), "person")
        found[reading.code.removeprefix(f"{name}.")] = (reading.low, reading.high, reading.absent)
    return found


def phq9(*scores: int | None) -> dict[str, int | None]:
    return {f"q{index}": value for index, value in enumerate(scores, start=1)}


@pytest.mark.parametrize(
    ("scores", "total"),
    [
        ((3, 3, 3, 3, 3, 3, 3, 3, 3), (27, 27, None)),
        ((0,) * 9, (0, 0, None)),
        ((1, 2, 0, 3, 1, 1, 2, 0, 1), (11, 11, None)),
        ((1, 2, 0, 3, 1, 1, 2, 0, None), (10, 13, "partial")),
        ((2, 2, 2, 2, 2), (10, 22, "partial")),
        ((None,) * 9, (0, 27, "partial")),
        ((1, 2, 0, 3, 1, 1, 2, 0, 4), (10, 13, "partial")),  # 4 is no answer to item 9
    ],
)
def test_a_partly_answered_phq9_lies_in_the_range_its_open_items_leave(scores: tuple[int | None, ...], total: Range) -> None:
    assert score("phq9", items=phq9(*scores))["total"] == total


def test_an_open_item_is_not_asked_and_an_impossible_answer_is_out_of_range() -> None:
    found = score("phq9", items={"q1": 3, "q2": None, "q9": 4})
    assert (found["q1"], found["q2"], found["q3"], found["q9"]) == (
        (3, 3, None),
        (None, None, "never_asked"),
        (None, None, "never_asked"),
        (None, None, "out_of_range"),
    )


def test_without_item_9_its_answer_stays_open_however_high_or_low_the_total_is() -> None:
    for rest in (0, 3):
        assert score("phq9", items=phq9(*[rest] * 8))["q9"] == (None, None, "never_asked")


@pytest.mark.parametrize(
    ("scores", "reported", "total"),
    [
        ((), 14, (14, 14, None)),
        ((), 27, (27, 27, None)),
        ((), 28, (None, None, "out_of_range")),
        ((), -1, (None, None, "out_of_range")),
        ((1, 2, 0, 3, 1, 1, 2, 0, 1), 11, (11, 11, None)),
        ((1, 2, 0, 3, 1, 1, 2, 0, 1), 14, (11, 14, "conflicting")),
        ((1, 2, 0, 3, 1, 1, 2, 0, 1), 8, (8, 11, "conflicting")),
        ((1, 2, 0, 3, 1, 1, 2, 0), 10, (10, 10, None)),
        ((1, 2, 0, 3, 1, 1, 2, 0), 13, (13, 13, None)),
        ((1, 2, 0, 3, 1, 1, 2, 0), 14, (10, 14, "conflicting")),
        ((1, 2, 0, 3, 1, 1, 2, 0), 9, (9, 13, "conflicting")),
        ((1, 2, 0, 3, 1, 1, 2, 0), 40, (10, 13, "conflicting")),
    ],
)
def test_a_reported_total_is_held_against_the_items(scores: tuple[int, ...], reported: int, total: Range) -> None:
    assert score("phq9", items=phq9(*scores), total=reported)["total"] == total


@pytest.mark.parametrize("answer", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("item", ["q8", "q9", "q10"])
def test_audit_items_9_and_10_take_only_0_2_and_4(item: str, answer: int) -> None:
    allowed = answer in ((0, 2, 4) if item in ("q9", "q10") else (0, 1, 2, 3, 4))
    assert score("audit", items={item: answer})[item] == ((answer, answer, None) if allowed else (None, None, "out_of_range"))


def test_audit_sums_to_40_at_most() -> None:
    assert score("audit", items={item.id: 4 for item in instrument("audit").items})["total"] == (40, 40, None)
    assert score("audit", items={f"q{number}": 1 for number in range(1, 9)})["total"] == (8, 16, "partial")


@pytest.mark.parametrize(("able_to_stop", "total"), [(1, (0, 0, None)), (0, (1, 1, None)), (None, (0, 1, "partial"))])
def test_dast10_item_3_scores_when_answered_no(able_to_stop: int | None, total: Range) -> None:
    items = {item.id: 0 for item in instrument("dast10").items} | {"q3": able_to_stop}
    found = score("dast10", items=items)
    assert found["total"] == total
    assert found["q3"][:2] == (able_to_stop, able_to_stop)


def test_dast10_sums_to_10_when_every_answer_counts_against() -> None:
    items = {item.id: 1 for item in instrument("dast10").items} | {"q3": 0}
    assert score("dast10", items=items)["total"] == (10, 10, None)


def test_ciwa_orientation_goes_to_4_and_the_rest_to_7() -> None:
    assert score("ciwa_ar", items={"orientation": 4})["orientation"] == (4, 4, None)
    assert score("ciwa_ar", items={"orientation": 5})["orientation"] == (None, None, "out_of_range")
    assert score("ciwa_ar", items={"nausea": 7})["nausea"] == (7, 7, None)
    assert instrument("ciwa_ar").total_range == (0, 67)


@pytest.mark.parametrize(
    ("item", "allowed"),
    [
        ("pulse", {0, 1, 2, 4}),
        ("restlessness", {0, 1, 3, 5}),
        ("pupils", {0, 1, 2, 5}),
        ("gi_upset", {0, 1, 2, 3, 5}),
        ("gooseflesh", {0, 3, 5}),
    ],
)
def test_cows_items_take_their_irregular_points_only(item: str, allowed: set[int]) -> None:
    for answer in range(-1, 7):
        found = score("cows", items={item: answer})[item]
        assert found == ((answer, answer, None) if answer in allowed else (None, None, "out_of_range"))


def test_cows_sums_to_48_at_most() -> None:
    assert instrument("cows").total_range == (0, 48)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ({"q1": 1, "q2": 0}, {"q2": 0, "q3": 0, "q4": 0, "q5": 0, "q6_lifetime": None, "q6_recent": None}),
        ({"q2": 0, "q6_lifetime": 0}, {"q3": 0, "q4": 0, "q5": 0, "q6_recent": 0}),
        ({"q2": 1}, {"q3": None, "q4": None, "q5": None}),
        ({"q2": None}, {"q3": None, "q4": None, "q5": None}),
        ({"q2": 0, "q4": 1}, {"q3": 0, "q4": 1, "q5": 0}),  # what was said stands, even where it should not have been asked
        ({"q6_lifetime": 1}, {"q6_recent": None}),
    ],
)
def test_cssrs_questions_that_are_skipped_count_as_no(items: dict[str, int | None], expected: dict[str, int | None]) -> None:
    found = score("cssrs", items=items)
    assert {name: found[name][0] for name in expected} == expected
    assert "total" not in found


@pytest.mark.parametrize("reason", ["declined", "unable_to_assess", "never_asked"])
def test_a_questionnaire_not_done_leaves_the_reason_on_every_item(reason: str) -> None:
    found = score("phq9", absent=reason)
    assert len(found) == 11
    assert set(found.values()) == {(None, None, reason)}
    assert "total" not in score("cssrs", absent=reason)


def test_two_administrations_are_never_added_up() -> None:
    first = Answers(instrument="mood", at=ago(3), items={"interest": 3, "low_mood": 3, "self_harm": 2})
    second = Answers(instrument="mood", at=ago(1), items={"interest": 1})
    found = observe(small.base(), Record(instruments=(first, second)), small.NOW, small.same_unit).findings
    assert found["mood.total"][1:4] == (1, 7, "partial")
    assert found["mood.interest"].low == 1
    assert found["mood.self_harm"] == Finding("mood.self_harm", 2, 2, None, ago(3))  # the newest answer to this question


def test_an_administration_out_of_date_says_nothing() -> None:
    old = Answers(instrument="mood", at=ago(14, seconds=1), items={"interest": 3, "low_mood": 3, "self_harm": 3})
    found = observe(small.base(), Record(instruments=(old,)), small.NOW, small.same_unit).findings
    assert {finding.absent for code, finding in found.items() if code.startswith("mood.")} == {"stale"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_instrument_scores_its_lowest_and_highest_answers_to_the_ends_of_its_range(path: Path) -> None:
    one = instrument(path.stem)
    if one.score != "sum" or not one.items:
        return
    for end, pick in enumerate((min, max)):
        items = {}
        for item in one.items:
            values = item.scores
            items[item.id] = max(values) - pick(values) if item.reverse else pick(values)
        assert score(one.id, items=items)["total"] == (one.total_range[end], one.total_range[end], None)


# Codes that stand for something else in public sources (brief 1.10): a panel as a total, one screen for the other.
WRONG_CODES = {
    ("gad7", "total"): "69737-5",
    ("phq9", "total"): "44249-1",
    ("auditc", "total"): "75624-7",
    ("audit", "total"): "75626-2",
    ("pcl5", "panel"): "97006-2",
    ("pcl5", "total"): "97006-2",
}


@pytest.mark.parametrize(("name", "kind"), WRONG_CODES)
def test_no_known_wrong_loinc_code_has_crept_in(name: str, kind: Any) -> None:
    assert instrument(name).loinc.get(kind) != WRONG_CODES[name, kind]
    assert "68517-2" not in {item.loinc for item in instrument("auditc").items}


@pytest.mark.parametrize("name", ["pcptsd5", "mdq", "asrm", "isi", "bam", "ciwa_ar", "cows", "taps", "crafft", "whodas12", "k6", "cageaid"])
def test_codes_that_nobody_could_verify_are_left_out(name: str) -> None:
    assert not instrument(name).loinc
    assert not any(item.loinc for item in instrument(name).items)


def test_no_instrument_ships_the_text_of_its_items() -> None:
    assert {instrument(path.stem).item_text for path in FOLDER.glob("*.yaml")} == {"none"}


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"items": []}, "has items, or takes only a total"),
        ({"totals": [0, 20]}, "has items, or takes only a total"),
        ({"items": [], "totals": [0, 20], "score": "items"}, "without items has a total"),
        ({"scales": [{"id": "s", "label": {"en": "s", "es": "s"}, "items": ["q1", "q77"]}]}, "q77"),
        ({"patterns": [{"id": "p", "label": {"en": "p", "es": "p"}, "needs": [{"of": "q77", "at_least": 1}]}]}, "q77"),
    ],
)
def test_an_instrument_that_cannot_be_scored_is_refused(more: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Instrument.model_validate({**read(FOLDER / "phq2.yaml"), **more})


REST = phq9(2, 3, 3, 2, 1, 2, 2, 1)


@pytest.mark.parametrize(
    ("newer", "item9"),
    [
        ({"total": 12}, (0, 3, "partial")),
        ({"items": REST}, (0, 3, "partial")),
        ({"items": REST | {"q9": None}, "total": 16}, (0, 3, "partial")),
        ({"items": REST | {"q9": 0}}, (0, 0, None)),
        ({"items": phq9(2, 3)}, (0, 0, None)),  # the two questions of the short form
        ({"total": 0}, (0, 0, None)),  # nothing but zeros adds up to none
        ({"absent": "never_asked"}, (0, 0, None)),
        ({"absent": "declined"}, (0, 3, "declined")),
    ],
)
def test_what_a_newer_form_leaves_open_is_not_answered_by_an_older_one(newer: dict[str, Any], item9: Range) -> None:
    older = Answers(instrument="phq9", at=ago(5), items=REST | {"q9": 0})
    given = Answers(instrument="phq9", at=ago(1), **newer)
    for order in ((older, given), (given, older)):
        found = observe(load(), Record(instruments=order), small.NOW, small.same_unit).findings["phq9.q9"]
        assert (found.low, found.high, found.absent) == item9


def test_an_older_item_that_shows_risk_goes_on_showing_it() -> None:
    older = Answers(instrument="phq9", at=ago(5), items=REST | {"q9": 2})
    given = Answers(instrument="phq9", at=ago(1), total=3)
    found = observe(load(), Record(instruments=(older, given)), small.NOW, small.same_unit).findings["phq9.q9"]
    assert (found.low, found.high) == (2, 3)
