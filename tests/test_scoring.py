"""What a sheet tells besides its sum: scales, patterns, gates, raw days, who answered, for which age and in what state."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import small
from small import NOW, ago
from test_instruments import Range, instrument

from engine.base import KnowledgeBase
from engine.findings import Finding
from engine.observe import age_on, observe
from engine.record import Answers, Fact, Patient, Record
from engine.scoring import readings_of
from engine.vocabulary import complete


def read(name: str, age: int | None = None, **said: Any) -> dict[str, Finding]:
    found = readings_of(instrument(name), Answers(instrument=name, at=NOW, **said), age)
    return {reading.code.removeprefix(f"{name}."): reading for reading in found}


def ends(name: str, part: str, age: int | None = None, **said: Any) -> Range:
    reading = read(name, age, **said)[part]
    return reading.low, reading.high, reading.absent


def zeros(name: str, **other: int | None) -> dict[str, int | None]:
    return {item.id: item.scores[0] for item in instrument(name).items} | other


def with_real(*names: str, **entries: Any) -> KnowledgeBase:
    own = small.base()
    found = {name: instrument(name) for name in names}
    dictionary = complete(own.dictionary.model_copy(update={"entries": dict(own.dictionary.entries)}), found.values())
    parts = {name: getattr(own, name) for name in KnowledgeBase.model_fields} | {"instruments": found, "dictionary": dictionary}
    return KnowledgeBase.model_construct(**parts | entries)


# PC-PTSD-5: the gate


@pytest.mark.parametrize(
    ("items", "total"),
    [
        ({"exposure": 0}, (0, 0, None)),
        ({"exposure": 1}, (0, 5, "partial")),
        ({"exposure": 1, "q1": 1, "q2": 1, "q3": 1, "q4": 0, "q5": 0}, (3, 3, None)),
        ({"q1": 0, "q2": 0, "q3": 0, "q4": 0, "q5": 0}, (0, 5, "partial")),  # a gate that nobody asked is not a no
        ({"exposure": None, "q1": 1, "q2": 1, "q3": 1, "q4": 1, "q5": 0}, (4, 5, "partial")),
    ],
)
def test_the_gate_of_the_trauma_screen(items: dict[str, int | None], total: Range) -> None:
    assert ends("pcptsd5", "total", items=items) == total


def test_a_skipped_question_names_the_answer_it_follows_from() -> None:
    found = read("cssrs", items={"q1": 1, "q2": 0})
    assert (found["q4"].low, found["q4"].basis) == (0, ("cssrs.q2",))
    assert found["q1"].basis == ()


# C-SSRS since the last contact


@pytest.mark.parametrize(
    ("items", "recent", "lifetime"),
    [
        ({"q6_since_contact": 1}, (1, 1, None), (1, 1, None)),
        ({"q6_since_contact": 1, "q6_recent": 0, "q6_lifetime": 0}, (1, 1, None), (1, 1, None)),
        ({"q6_since_contact": 0}, (None, None, "never_asked"), (None, None, "never_asked")),
        ({"q6_since_contact": 0, "q6_lifetime": 1}, (None, None, "never_asked"), (1, 1, None)),
    ],
)
def test_behaviour_since_the_last_contact_is_recent_and_none_clears_nothing_before(
    items: dict[str, int | None], recent: Range, lifetime: Range
) -> None:
    assert (ends("cssrs", "q6_recent", items=items), ends("cssrs", "q6_lifetime", items=items)) == (recent, lifetime)


# MDQ and PCL-5: conjunctions, not sums


def mdq(symptoms: int, **more: int | None) -> dict[str, int | None]:
    return {f"q{number}": int(number <= symptoms) for number in range(1, 14)} | more


@pytest.mark.parametrize(
    ("items", "positive"),
    [
        (mdq(7, same_period=1, problem=2), (1, 1, None)),
        (mdq(6, same_period=1, problem=3), (0, 0, None)),
        (mdq(13, same_period=0, problem=3), (0, 0, None)),
        (mdq(13, same_period=1, problem=1), (0, 0, None)),
        (mdq(13, same_period=1), (0, 1, "partial")),
        (mdq(13, same_period=0), (0, 0, None)),
    ],
)
def test_mdq_is_positive_only_with_all_three_parts(items: dict[str, int | None], positive: Range) -> None:
    assert ends("mdq", "positive", items=items) == positive
    assert "total" not in read("mdq", items=items)


def pcl5(intrusion: int, avoidance: int, mood: int, arousal: int, score: int = 2) -> dict[str, int | None]:
    starts = {1: intrusion, 6: avoidance, 8: mood, 15: arousal}
    marked = {f"q{start + place}" for start, many in starts.items() for place in range(many)}
    return {f"q{number}": score if f"q{number}" in marked else 0 for number in range(1, 21)}


@pytest.mark.parametrize(
    ("items", "pattern", "total"),
    [
        (pcl5(1, 1, 2, 2), (1, 1, None), 12),
        (pcl5(1, 1, 1, 2), (0, 0, None), 10),
        (pcl5(5, 0, 7, 6, score=4), (0, 0, None), 72),  # far above the cut-off, and no pattern
        (pcl5(1, 1, 2, 2, score=1), (0, 0, None), 6),  # an item counts from 2
    ],
)
def test_the_pcl5_pattern_counts_items_of_two_or_more_in_each_cluster(items: dict[str, int | None], pattern: Range, total: int) -> None:
    assert ends("pcl5", "provisional", items=items) == pattern
    assert ends("pcl5", "total", items=items) == (total, total, None)


# BAM: known public mistakes


def bam(part: str, **items: int | None) -> Range:
    return ends("bam", part, items=zeros("bam", **items))


def test_the_bam_has_no_total_and_three_subscales() -> None:
    found = read("bam", items=zeros("bam"))
    assert "total" not in found
    one = instrument("bam")
    assert {scale.id: one.span(scale.items) for scale in one.scales} == {"use": (0, 12), "risk": (0, 24), "protective": (0, 24)}
    assert {scale.id: one.worse_of(scale) for scale in one.scales} == {"use": "higher", "risk": "higher", "protective": "lower"}


def test_item_7_and_item_17_are_in_no_subscale_and_health_counts_upwards_as_risk() -> None:
    base = {part: bam(part) for part in ("use", "risk", "protective")}
    extra: dict[str, int | None] = {item.id: 4 for item in instrument("bam").items if item.id.startswith("which_")}
    assert {part: bam(part, satisfaction=4, **extra) for part in base} == base
    assert bam("risk", health=4)[0] == 4
    assert bam("protective", confidence=4, income=4)[0] == 8


def test_the_ranges_of_the_continuous_bam_are_its_own() -> None:
    one = instrument("bam_r")
    assert {scale.id: one.span(scale.items) for scale in one.scales} == {"use": (0, 90), "risk": (0, 180), "protective": (0, 180)}
    assert ends("bam_r", "craving", items={"craving": 7}) == (None, None, "out_of_range")


@pytest.mark.parametrize(("days", "category"), [(0, 0), (1, 1), (3, 1), (4, 2), (8, 2), (9, 3), (15, 3), (16, 4), (30, 4)])
def test_raw_days_fall_into_the_bands_of_the_bam_and_are_kept(days: int, category: int) -> None:
    found = read("bam", items={"alcohol_days": days})
    assert (found["alcohol"].low, found["alcohol"].basis, found["alcohol_days"].low) == (category, ("bam.alcohol_days",), days)


def test_days_and_a_category_that_disagree_hold_neither() -> None:
    assert ends("bam", "alcohol", items={"alcohol_days": 20, "alcohol": 4}) == (4, 4, None)
    assert ends("bam", "alcohol", items={"alcohol_days": 20, "alcohol": 1}) == (None, None, "conflicting")


# TAPS, CRAFFT, PAWSS, ASRM


def test_taps_part_2_is_skipped_after_never_but_alcohol_is_asked() -> None:
    found = read("taps", items={"t1_tobacco": 0, "t1_alcohol": 0, "t1_drugs": 0, "t1_medicines": 1})
    assert (found["heroin"].high, found["tobacco"].high) == (0, 0)
    assert (found["alcohol"].high, found["rx_opioid"].high) == (4, 3)
    assert (found["part_1"].low, found["part_1"].high) == (1, 1)


def test_the_car_question_of_the_crafft_counts_without_any_use() -> None:
    assert ends("crafft", "total", items={"any_use": 0, "car": 1}) == (1, 1, None)
    assert ends("crafft", "total", items={"any_use": 0}) == (0, 1, "partial")


def test_the_functional_question_is_never_added_to_the_phq9() -> None:
    nine: dict[str, int | None] = {f"q{number}": 1 for number in range(1, 10)}
    assert ends("phq9", "total", items=nine | {"function": 3}) == (9, 9, None)


def test_the_asrm_takes_a_total_only() -> None:
    assert ends("asrm", "total", total=6) == (6, 6, None)
    assert ends("asrm", "total", total=21) == (None, None, "out_of_range")


# Who answered, and for which age


@pytest.mark.parametrize(("mode", "known"), [("self", (0, 0, None)), ("interview", (0, 0, None)), ("proxy", (0, 1, "proxy"))])
def test_a_no_told_by_somebody_else_clears_nothing(mode: str, known: Range) -> None:
    assert ends("cssrs", "q4", items={"q4": 0}, mode=mode) == known
    assert ends("cssrs", "q4", items={"q4": 1}, mode=mode) == (1, 1, None)


def test_somebody_else_counts_towards_risk_whichever_way_it_lies() -> None:
    assert ends("phq9", "total", total=12, mode="proxy") == (12, 27, "proxy")
    assert ends("bam", "protective", items=zeros("bam", confidence=4), mode="proxy") == (0, 4, "proxy")
    assert ends("dast10", "q3", items={"q3": 1}, mode="proxy") == (0, 1, "proxy")


@pytest.mark.parametrize(
    ("name", "age", "total"),
    [
        ("auditc", 17, (2, 12, "other_age")),
        ("auditc", 18, (2, 2, None)),
        ("auditc", None, (2, 2, None)),
        ("crafft", 11, (2, 6, "other_age")),
        ("crafft", 12, (2, 2, None)),
        ("crafft", 21, (2, 2, None)),
        ("crafft", 22, (2, 6, "other_age")),
        ("phqa", 17, (2, 2, None)),
        ("phqa", 18, (2, 27, "other_age")),
        ("gad7", 12, (2, 2, None)),
    ],
)
def test_a_score_made_for_another_age_clears_nothing(name: str, age: int | None, total: Range) -> None:
    assert ends(name, "total", age, total=2) == total


def test_single_answers_count_at_any_age() -> None:
    assert ends("phq9", "q9", 15, items={"q9": 0}) == (0, 0, None)


def test_the_age_is_that_of_the_day_of_the_answers() -> None:
    patient = Patient(birth_date=date(2008, 11, 10))
    assert (age_on(patient, NOW), age_on(patient, ago(30))) == (18, 17)
    base = with_real("auditc")
    for days, high in ((5, 2), (30, 12)):
        record = Record(patient=patient, instruments=(Answers(instrument="auditc", at=ago(days), total=2),))
        assert observe(base, record, NOW, small.same_unit).findings["auditc.total"].high == high


def test_a_state_is_told_only_where_it_was_said() -> None:
    assert "acute_state" not in read("phq9", total=12)
    assert read("phq9", total=12, context="withdrawal")["acute_state"].low == 1
    assert read("phq9", total=12, context="settled")["acute_state"].low == 0
    assert "acute_state" not in read("cows", total=12, context="withdrawal")


def test_a_total_stated_as_a_finding_is_held_against_the_sheet() -> None:
    base = with_real("phq9")
    sheet = Answers(instrument="phq9", at=ago(1), items={f"q{number}": 1 for number in range(1, 10)}, source="person")
    stated = Fact(code="phq9.total", value=14, at=ago(1), source="chart")
    found = observe(base, Record(instruments=(sheet,), findings=(stated,)), NOW, small.same_unit).findings["phq9.total"]
    assert (found.low, found.high, found.absent) == (9, 14, "conflicting")
