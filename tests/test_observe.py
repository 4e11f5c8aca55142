"""From what was received to what is known: the newest value in date, unit and range, or the reason why there is none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import permutations
from typing import Any

import pytest
import small
from small import NOW, ago, answers, fact

from engine.findings import Finding
from engine.observe import Observed, observe, settle
from engine.record import Answers, Fact, Location, Patient, Preferences, Pregnancy, Record, Series
from engine.vocabulary import WISHES


def seen(*facts: Fact, **parts: Any) -> Observed:
    return observe(small.base(), Record(findings=facts, **parts), NOW, small.same_unit)


def only(code: str, *facts: Fact) -> Finding:
    """What several facts come to, the same in every order."""
    every = [seen(*order).findings[code] for order in permutations(facts)]
    assert len({repr(found) for found in every}) == 1
    return every[0]


def ends(found: Finding) -> tuple[object, object, object]:
    return found.low, found.high, found.absent


@pytest.mark.parametrize(
    ("code", "value", "unit", "expected"),
    [
        ("suicide.risk", "high", None, (3, 3, None)),
        ("suicide.risk", "terrible", None, (None, None, "wrong_type")),
        ("suicide.risk", 3, None, (None, None, "wrong_type")),
        ("suicide.risk", "high", "kg", (None, None, "unit_impossible")),
        ("housing", "none", None, (2, 2, None)),
        ("taper.seizures", True, None, (1, 1, None)),
        ("taper.seizures", 1, None, (None, None, "wrong_type")),
        ("craving.daily", 7, None, (7, 7, None)),
        ("craving.daily", 7.0, None, (7, 7, None)),
        ("craving.daily", 7, "{score}", (7, 7, None)),
        ("craving.daily", 10, None, (10, 10, None)),
        ("craving.daily", 11, None, (None, None, "out_of_range")),
        ("craving.daily", -1, None, (None, None, "out_of_range")),
        ("craving.daily", "7", None, (None, None, "wrong_type")),
        ("craving.daily", True, None, (None, None, "wrong_type")),
        ("craving.daily", 7.5, None, (7, 8, "partial")),
        ("lab.potassium", 3.5, "mmol/L", (3.5, 3.5, None)),
        ("lab.potassium", 4, "mmol/L", (4, 4, None)),
        ("lab.potassium", 3.5, None, (None, None, "unit_missing")),
        ("lab.potassium", 3.5, "kg", (None, None, "unit_impossible")),
        ("lab.potassium", 16, "mmol/L", (None, None, "out_of_range")),
        ("lab.potassium", "low", "mmol/L", (None, None, "unit_impossible")),
        ("lab.potassium", "low", None, (None, None, "wrong_type")),
        ("lab.glucose", 180.16, "mg/dL", (10, 10, None)),
        ("lab.potassium", 180.16, "mg/dL", (None, None, "unit_impossible")),  # no molar mass, no conversion
        ("sleep.hours", 90, "min", (1.5, 1.5, None)),
        ("tobacco.days", 3, "wk", (21, 21, None)),
        ("tobacco.days", 1.5, "wk", (10, 11, "partial")),
        ("tobacco.days", 5, "wk", (None, None, "out_of_range")),
        ("tobacco.days", 1.7e308, "wk", (None, None, "out_of_range")),
    ],
)
def test_a_value_is_used_only_in_its_type_unit_and_range(code: str, value: Any, unit: str | None, expected: tuple[object, ...]) -> None:
    assert ends(only(code, fact(code, value, unit=unit))) == pytest.approx(expected)


def test_a_reason_for_no_value_is_kept() -> None:
    for reason in ("never_asked", "declined", "unable_to_assess"):
        assert ends(only("suicide.risk", fact("suicide.risk", None, absent=reason))) == (None, None, reason)


def risk(value: str | None, days: float = 0, source: str | None = None, **more: Any) -> Fact:
    return fact("suicide.risk", value, days, source=source, **more)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([risk("low", 3), risk("high", 2)], (3, 3, None)),
        ([risk("high", 3), risk("low", 2)], (1, 1, None)),
        ([risk("high", 7)], (3, 3, None)),
        ([risk("high", 7.00001)], (None, None, "stale")),
        ([risk("high", 9), risk("low", 8)], (None, None, "stale")),
        # what was known may have grown worse since the person would not say
        ([risk("low", 3), risk(None, 2, absent="declined")], (1, 3, "declined")),
        ([risk("low", 3), risk(None, 2, absent="unable_to_assess")], (1, 3, "unable_to_assess")),
        ([risk("high", 3), risk(None, 2, absent="declined")], (3, 3, None)),
        ([risk("low", 3), risk("wild", 2)], (1, 3, "wrong_type")),
        ([risk(None, 3, absent="declined"), risk("low", 2)], (1, 1, None)),
        ([risk("low", 3), risk(None, 2, absent="never_asked")], (1, 1, None)),
        ([risk("low", 3), risk(None, 2, absent="declined"), risk(None, 1, absent="never_asked")], (1, 3, "declined")),
        ([risk("low", 9), risk(None, 2, absent="declined")], (None, None, "declined")),
        ([risk("low", 9), risk(None, 2, absent="never_asked")], (None, None, "stale")),
        ([risk(None, 3, absent="never_asked"), risk(None, 2, absent="declined")], (None, None, "declined")),
        # two sources within the window (an hour for each day of validity) contradict each other
        ([risk("low", 3, "nurse"), risk("high", 3, "physician")], (1, 3, "conflicting")),
        ([risk("low", 3.29, "nurse"), risk("high", 3, "physician")], (1, 3, "conflicting")),
        ([risk("high", 3.3, "nurse"), risk("low", 3, "physician")], (1, 1, None)),
        ([risk("high", 3, "nurse"), risk("high", 3, "physician")], (3, 3, None)),
        ([risk("low", 3.1, "nurse"), risk("high", 3, "nurse")], (3, 3, None)),
        ([risk("low", 3, "nurse"), risk("high", 3, "nurse")], (1, 3, "conflicting")),
        ([risk("low", 3, "nurse"), risk("moderate", 3.1, "peer"), risk("none", 3.2, "mother")], (0, 2, "conflicting")),
        ([risk("low", 3, "nurse"), risk("moderate", 3, "peer"), risk(None, 2, absent="declined")], (1, 3, "declined")),
        ([risk("low", 3, "nurse"), risk(None, 3, "peer", absent="declined")], (1, 1, None)),  # not later
    ],
)
def test_the_newest_value_in_date_holds_unless_something_later_or_beside_it_speaks_against_it(
    facts: list[Fact], expected: tuple[object, ...]
) -> None:
    assert ends(only("suicide.risk", *facts)) == expected


def test_where_less_is_worse_a_later_refusal_leaves_everything_below_possible() -> None:
    refused = fact("lab.potassium", None, 1, absent="declined")
    assert ends(only("lab.potassium", fact("lab.potassium", 4, 2, unit="mmol/L"), refused)) == (0.5, 4, "declined")


def test_where_neither_direction_is_worse_a_later_refusal_changes_nothing() -> None:
    assert ends(only("housing", fact("housing", "stable", 2), fact("housing", None, 1, absent="declined"))) == (0, 0, None)


def test_two_sources_that_contradict_each_other_on_a_code_without_order_leave_it_unknown() -> None:
    found = only("housing", fact("housing", "stable", 2, source="nurse"), fact("housing", "none", 2, source="peer"))
    assert found == Finding("housing", None, None, "conflicting", ago(2), "nurse; peer")


def test_without_a_limit_of_validity_sources_conflict_within_a_day() -> None:
    def sex(code: str, days: float, source: str) -> Fact:
        return fact("patient.sex", code, days, source=source)

    assert only("patient.sex", sex("female", 1, "a"), sex("male", 0, "b")).absent == "conflicting"
    assert only("patient.sex", sex("female", 1.01, "a"), sex("male", 0, "b")).low == 1


def test_two_reasons_of_one_moment_read_the_same_in_any_order() -> None:
    only("suicide.risk", risk("low", 3), risk(None, 2, absent="declined"), risk(None, 2, absent="unable_to_assess"))


def test_one_moment_in_two_time_zones_reads_the_same_in_any_order() -> None:
    abroad = ago(2).astimezone(timezone(timedelta(hours=9)))
    only("suicide.risk", risk("low", 2), Fact(code="suicide.risk", value="low", at=abroad))
    assert only("suicide.risk", risk("low", 2), Fact(code="suicide.risk", value="high", at=abroad)).absent == "conflicting"


def test_a_finding_keeps_when_it_was_true_and_who_said_so() -> None:
    assert only("suicide.risk", risk("low", 3, "nurse"), risk("high", 2, "physician")) == Finding(
        "suicide.risk", 3, 3, None, ago(2), "physician"
    )


def test_what_is_dated_later_or_not_in_the_dictionary_is_named_and_not_used() -> None:
    found = seen(
        risk("high", -0.00001),
        fact("moon.phase", 3),
        risk("low"),
        instruments=(answers("mood", -1, total=9), answers("tarot", total=9), answers("mood", items={"interest": 1, "q9": 3})),
        series=(Series(code="moon.phase", points=()),),
    )
    assert found.findings["suicide.risk"].low == 1
    assert [(item.where, item.why) for item in found.ignored] == [
        ("/findings/0", "after_as_of"),
        ("/findings/1", "not_understood"),
        ("/instruments/0", "after_as_of"),
        ("/instruments/1", "not_understood"),
        ("/instruments/2/items/q9", "not_understood"),
        ("/series/0", "not_understood"),
    ]


def test_the_same_total_from_an_instrument_and_from_a_fact_is_one_finding() -> None:
    stated = fact("mood.total", 5, 1, source="letter")
    asked = answers("mood", 1, items={"interest": 3, "low_mood": 3, "self_harm": 1}, source="person")
    assert ends(seen(stated, instruments=(asked,)).findings["mood.total"]) == (5, 7, "conflicting")


def test_sources_that_know_only_in_part_contradict_each_other_in_part() -> None:
    one = answers("mood", 1, items={"interest": 2, "low_mood": 2}, source="person")
    other = answers("mood", 1, items={"interest": 1, "low_mood": 1, "self_harm": None}, source="nurse")
    assert ends(seen(instruments=(one, other)).findings["mood.total"]) == (2, 7, "conflicting")


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([(3, 2), (1, 8)], (8, 8, None)),
        ([(3, 2), (-1, 8)], (2, 2, None)),
        ([(-1, 8)], None),
        ([], None),
        ([(1, 9), (1, 10)], (9, 10, "conflicting")),
        ([(3, 2), (1, 11)], (None, None, "out_of_range")),
        ([(8, 2)], (None, None, "stale")),
    ],
)
def test_the_newest_point_of_a_series_is_also_the_value_of_its_finding(points: list[tuple[float, int]], expected: object) -> None:
    found = seen(series=(small.series("craving.daily", *points),)).findings.get("craving.daily")
    assert (found and ends(found)) == expected


def test_a_point_and_a_fact_are_weighed_like_two_facts() -> None:
    series = (small.series("craving.daily", (1, 8)),)
    assert ends(seen(fact("craving.daily", 2, 0.9, source="nurse"), series=series).findings["craving.daily"]) == (2, 8, "conflicting")
    assert ends(seen(fact("craving.daily", 2, 0.5, source="nurse"), series=series).findings["craving.daily"]) == (2, 2, None)


@pytest.mark.parametrize(
    ("patient", "code", "expected"),
    [
        (Patient(age=41), "patient.age", (41, 41, None)),
        (Patient(birth_date=date(1985, 11, 20)), "patient.age", (41, 41, None)),
        (Patient(birth_date=date(1985, 11, 21)), "patient.age", (40, 40, None)),
        (Patient(birth_date=date(2026, 11, 20)), "patient.age", (0, 0, None)),
        (Patient(birth_date=date(2026, 11, 21)), "patient.age", (None, None, "out_of_range")),
        (Patient(birth_date=date(1885, 11, 21)), "patient.age", (None, None, "out_of_range")),
        (Patient(sex="female"), "patient.sex", (0, 0, None)),
        (Patient(sex="male"), "patient.sex", (1, 1, None)),
        (Patient(lactating=True), "patient.lactating", (1, 1, None)),
        (Patient(lactating=False), "patient.lactating", (0, 0, None)),
        (Patient(pregnancy=Pregnancy(status="pregnant", at=ago(30))), "patient.pregnancy", (1, 1, None)),
        (Patient(pregnancy=Pregnancy(status="pregnant", at=ago(31))), "patient.pregnancy", (None, None, "stale")),
        (Patient(), "patient.location_verified", (0, 0, None)),
        (Patient(location=Location(country="US")), "patient.location_verified", (0, 0, None)),
        (Patient(location=Location(country="US", verified_at=ago(hours=12))), "patient.location_verified", (1, 1, None)),
        (Patient(location=Location(country="US", verified_at=NOW)), "patient.location_verified", (1, 1, None)),
        (Patient(location=Location(country="US", verified_at=ago(hours=12.01))), "patient.location_verified", (0, 0, None)),
        (Patient(location=Location(country="US", verified_at=ago(-1))), "patient.location_verified", (0, 0, None)),
    ],
)
def test_what_the_record_says_of_the_person(patient: Patient, code: str, expected: tuple[object, ...]) -> None:
    assert ends(seen(patient=patient).findings[code]) == expected


def test_what_is_not_said_of_the_person_is_not_known() -> None:
    found = seen(patient=Patient(pregnancy=Pregnancy(status="pregnant", at=ago(-1)))).findings
    assert not {"patient.age", "patient.sex", "patient.pregnancy", "patient.lactating", "care.setting"} & found.keys()
    assert seen(setting="telehealth").findings["care.setting"].low == 1


def test_of_two_equal_readings_the_one_that_was_answered_counts_in_every_order() -> None:
    entry = small.base().dictionary.entries["craving.daily"]
    answered = Finding(entry.code, 3, 3, None, NOW, "nurse")
    skipped = answered._replace(basis=("mood.low_mood",))
    assert settle(entry, [answered, skipped], NOW) == settle(entry, [skipped, answered], NOW) == answered


@pytest.mark.parametrize(
    ("preferences", "code", "number"),
    [
        (Preferences(substance_goal="abstinence"), "preference.substance_goal", 0),
        (Preferences(substance_goal="undecided"), "preference.substance_goal", 2),
        (Preferences(modality="in_person"), "preference.modality", 0),
        (Preferences(modality="message"), "preference.modality", 3),
        (Preferences(clinician_gender="male"), "preference.clinician_gender", 1),
    ],
)
def test_a_wish_that_was_stated_is_known_exactly(preferences: Preferences, code: str, number: int) -> None:
    found = seen(preferences=preferences).findings
    assert ends(found[code]) == (number, number, None)
    assert [wish for wish in WISHES if f"preference.{wish}" in found] == [code.removeprefix("preference.")]


def test_a_wish_that_was_not_stated_was_never_asked() -> None:
    assert not [code for code in seen().findings if code.startswith("preference.")]


def test_age_does_not_depend_on_the_time_zone_in_which_the_moment_is_written() -> None:
    record = Record(patient=Patient(birth_date=date(2000, 6, 2)))
    moment = datetime(2026, 6, 2, 4, tzinfo=UTC)
    ages = [
        observe(small.base(), record, when, small.same_unit).findings["patient.age"].low
        for when in (moment, moment.astimezone(timezone(timedelta(hours=-5))))
    ]
    assert ages == [26, 26]


def test_a_questionnaire_declined_later_widens_what_the_earlier_one_said() -> None:
    before: Answers = answers("mood", 3, items={"interest": 1, "low_mood": 1, "self_harm": 0})
    found = seen(instruments=(before, answers("mood", 1, absent="declined"))).findings
    assert ends(found["mood.total"]) == (2, 9, "declined")
    assert ends(found["mood.self_harm"]) == (0, 3, "declined")
