"""Trends from series and events, held against values worked out by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import small
from hypothesis import given
from hypothesis import strategies as st
from small import NOW, ago, event, series

from engine.dictionary import Dictionary, Entry
from engine.findings import Finding
from engine.monitoring import monitor
from engine.record import Answers, Event, Record, Reviewed, Series

Points = list[tuple[float, Any]]
WEEK: Points = [(6, 2), (5, 8), (4, 7), (3, 6), (2, 9), (1, 7), (0, 8)]  # days ago, craving


def entry(measure: str, of: str = "craving.daily", **more: Any) -> Entry:
    how = {name: more.pop(name) for name in ("kind", "at_least", "at_most", "window") if name in more}
    shape: dict[str, Any] = {"code": "trend", "type": "decimal", "range": (-1000, 1000), "label": {"en": "trend", "es": "tendencia"}}
    return Entry.model_validate(shape | more | {"derive": {"measure": measure, "of": of, **how}})


def with_trend(derived: Entry) -> Dictionary:
    own = small.base().dictionary
    return Dictionary(
        entries=own.entries | {"trend": derived},
        conditions=own.conditions,
        classes=own.classes,
        ingredients=own.ingredients,
        lists=own.lists,
    )


def derive(derived: Entry, *points: Series | Event, reviewed: Reviewed | None = None) -> Finding | None:
    record = Record(
        series=tuple(item for item in points if isinstance(item, Series)),
        events=tuple(item for item in points if isinstance(item, Event)),
        reviewed=reviewed or Reviewed(),
    )
    return monitor(with_trend(derived), {}, record, {}, NOW).get("trend")


@pytest.mark.parametrize(
    ("derived", "points", "expected"),
    [
        (entry("latest"), WEEK, 8),
        (entry("latest", valid_for="P3D"), [(3, 7)], 7),
        (entry("mean"), WEEK, 6.714286),  # 47 / 7
        (entry("mean", window="P3D"), WEEK, 7.5),  # 6, 9, 7, 8: the third day itself is inside
        (entry("mean", window="P2D"), WEEK, 8),
        (entry("sum"), WEEK, 47),
        (entry("sum", window="P1D"), WEEK, 15),
        (entry("count"), WEEK, 7),
        (entry("count", at_least=7), WEEK, 5),
        (entry("count", at_most=6), WEEK, 2),
        (entry("count", at_least=6, at_most=7), WEEK, 3),
        (entry("count", at_least=7, window="P4D"), WEEK, 4),
        (entry("count"), [(1, 0), (0, 3)], 1),
        (entry("streak", at_least=7), WEEK, 3),
        (entry("streak", at_least=1), WEEK, 7),
        (entry("streak", at_least=9), WEEK, 0),
        (entry("streak", at_most=8), WEEK, 2),
        (entry("streak"), [(3, 0), (2, 1), (1, 4)], 2),
        (entry("streak", at_least=7, window="P1D"), WEEK, 2),
        (entry("days", at_least=7), WEEK, 5),
        (entry("days", at_least=7), [(1.2, 8), (1.5, 9), (0.2, 7), (0.5, 3)], 2),  # the worse of a day counts
        (entry("days", at_most=3), [(1.2, 2), (1.5, 9), (0.2, 3)], 1),
        (entry("days", at_least=7, window="P1D"), WEEK, 2),
        (entry("held", at_most=9), [(40, 12), (20, 9), (6, 4), (0, 8)], 20),
        (entry("held", at_most=9), [(20, 9), (6, 4), (0, 10)], 0),
        (entry("held", at_most=9), [(13.99, 9), (0, 4)], 13),
        (entry("held", at_most=9), [(3, 9)], 0),
        (entry("change"), WEEK, 6),
        (entry("change", window="P4D"), WEEK, 1),
        (entry("slope"), [(3, 1), (2, 3), (1, 5), (0, 7)], 2),
        (entry("slope"), [(10, 9), (0, 4)], -0.5),
        (entry("slope"), [(1, 4), (0.5, 4), (0, 4)], 0),
        (entry("slope"), [(3, 0), (2, 10), (0, 1)], -0.357143),  # -5 / 14
        (entry("deviation"), [(4, 2), (3, 4), (2, 2), (1, 4), (0, 6)], 3),  # earlier ones: mean 3, deviation 1
        (entry("deviation"), [(4, 2), (3, 4), (2, 2), (1, 4), (0, 1)], -2),
        (entry("days_since", at_least=9), WEEK, 2),
        (entry("days_since", at_least=7), [(0.99, 7)], 0),
        (entry("days_since", at_least=7), [(1, 7)], 1),
        (entry("days_since", at_most=2), WEEK, 6),
        (entry("days_since"), WEEK, 0),
    ],
)
def test_a_measure_over_a_series(derived: Entry, points: Points, expected: float) -> None:
    for order in (points, points[::-1]):
        found = derive(derived, series("craving.daily", *order))
        assert found is not None
        assert (found.low, found.high, found.absent) == (expected, expected, None)
        assert (found.at, found.source, found.basis) == (ago(min(days for days, _ in points)), "series", ("craving.daily",))


@pytest.mark.parametrize(
    ("derived", "points", "why"),
    [
        (entry("mean", window="P3D"), [(4, 7)], "stale"),
        (entry("count", window="P3D"), [(4, 7)], "stale"),
        (entry("latest", valid_for="P3D"), [(3.00001, 7)], "stale"),
        (entry("change"), [(1, 7)], "never_asked"),
        (entry("slope"), [(1, 7)], "never_asked"),
        (entry("deviation"), [(1, 7)], "never_asked"),
        (entry("deviation"), [(2, 5), (1, 7)], "never_asked"),  # one earlier value has no spread
        (entry("deviation"), [(3, 5), (2, 5), (1, 7)], "never_asked"),
        (entry("days_since", at_least=9), [(1, 7)], "never_asked"),
        (entry("sum", range=(0, 10)), WEEK, "out_of_range"),
    ],
)
def test_a_measure_without_enough_to_go_by_is_absent_and_never_zero(derived: Entry, points: Points, why: str) -> None:
    found = derive(derived, series("craving.daily", *points))
    assert found is not None
    assert (found.low, found.high, found.absent) == (None, None, why)


def test_a_series_of_which_nothing_was_sent_says_nothing() -> None:
    assert derive(entry("count")) is None
    assert derive(entry("count"), reviewed=small.REVIEWED) is None
    assert derive(entry("count"), series("drinks.daily", (1, 3))) is None


def test_points_that_are_later_of_the_wrong_kind_or_out_of_range_do_not_count() -> None:
    bad: Points = [(-1, 9), (1, 11), (1.5, "high"), (1.6, True), (1.7, 3.5)]
    found = derive(entry("count", at_least=0), series("craving.daily", *bad, (2, 5)))
    assert found is not None
    assert found.low == 1


def test_a_point_sent_twice_counts_once() -> None:
    found = derive(entry("count"), series("craving.daily", (1, 5), (1, 5)), series("craving.daily", (1, 5), (2, 5)))
    assert found is not None
    assert found.low == 2


@pytest.mark.parametrize(("code", "values", "kept"), [("craving.daily", (3, 9), 9), ("sleep.hours", (3.0, 9.0), 3.0)])
def test_of_two_values_of_one_moment_the_worse_one_counts(code: str, values: tuple[float, float], kept: float) -> None:
    for one, other in (values, values[::-1]):
        found = derive(entry("latest", of=code), series(code, (1, one)), series(code, (1, other)))
        assert found is not None
        assert found.low == kept


def test_a_streak_counts_days_and_not_the_measurements_of_one_day() -> None:
    often: Points = [(2, 3), (1.3, 8), (1.1, 9), (0.9, 2), (0.6, 7), (0.3, 8), (0, 9)]
    found = derive(entry("streak", at_least=7), series("craving.daily", *often))
    assert found is not None
    assert found.low == 2


def test_of_a_day_the_worse_measurement_decides_a_streak_in_either_direction() -> None:
    low = derive(entry("streak", at_most=3), series("craving.daily", (1, 2), (0.5, 9), (0.4, 1)))
    hours = derive(entry("streak", of="sleep.hours", at_most=4.0), series("sleep.hours", (1, 3.0), (0.5, 8.0), (0.4, 3.0)))
    assert low is not None
    assert hours is not None
    assert (low.low, hours.low) == (0, 2)


def test_a_streak_ends_at_the_first_day_that_does_not_count() -> None:
    found = derive(entry("streak", at_least=7), series("craving.daily", (20, 8), (10, 9), (9, 2), (5, 7), (0, 7)))
    assert found is not None
    assert found.low == 2


def test_an_integer_trend_of_coded_values_stays_an_integer() -> None:
    found = derive(
        entry("latest", of="suicide.risk", type="ordered", range=None, values=["none", "low", "moderate", "high"]),
        series("suicide.risk", (1, "high")),
    )
    assert found is not None
    assert (found.low, type(found.low)) == (3, int)


FRESH, OPEN = Reviewed(events=ago(30)), Reviewed()
COUNT: dict[str, Any] = {"of": "missed_contact", "kind": "event", "window": "P30D", "type": "integer", "range": (0, 5)}


@pytest.mark.parametrize(
    ("measure", "days", "reviewed", "expected"),
    [
        ("count", [1, 2, 40], FRESH, (2, 2, None)),
        ("count", [], FRESH, (0, 0, None)),
        ("count", [40], FRESH, (0, 0, None)),
        ("count", [1, 2, 3, 4, 5, 6, 7], FRESH, (5, 5, None)),  # as many as the scale goes
        ("sum", [1, 2], FRESH, (2, 2, None)),
        ("count", [1, 2, 40], OPEN, (2, 5, "not_reviewed")),
        ("count", [1, 2, 40], Reviewed(events=ago(31)), (2, 5, "not_reviewed")),
        ("count", [1, 2], Reviewed(events=ago(-1)), (2, 5, "not_reviewed")),
        ("count", [1, 2], Reviewed(events=ago(hours=-1)), (2, 5, "not_reviewed")),
        ("count", [1, 2], Reviewed(events=NOW), (2, 2, None)),
        ("count", [0, 2], FRESH, (2, 2, None)),
        ("count", [-1], FRESH, (0, 0, None)),
        ("days_since", [3, 5], FRESH, (3, 3, None)),
        ("days_since", [3, 5], OPEN, (0, 3, "not_reviewed")),
        ("days_since", [], FRESH, (None, None, "never_asked")),
        ("days_since", [40], FRESH, (None, None, "stale")),
    ],
)
def test_events_are_counted_exactly_only_when_somebody_closed_their_list(
    measure: str, days: list[float], reviewed: Reviewed, expected: tuple[Any, ...]
) -> None:
    found = derive(entry(measure, **COUNT), *(event("missed_contact", when) for when in days), reviewed=reviewed)
    assert found is not None
    assert (found.low, found.high, found.absent) == expected


def test_an_open_list_without_events_says_nothing() -> None:
    assert derive(entry("count", **COUNT)) is None


def test_other_findings_are_left_as_they_are() -> None:
    findings = {"mood.total": Finding("mood.total", 3, 3)}
    derived = monitor(small.base().dictionary, {}, Record(series=(series("craving.daily", *WEEK),)), findings, NOW)
    assert derived["mood.total"] == findings["mood.total"]
    assert derived["craving.high_streak"].low == 3
    assert set(findings) == {"mood.total"}


def test_a_stated_trend_stands_where_nothing_was_measured() -> None:
    stated = {"craving.high_streak": Finding("craving.high_streak", 4, 4, None, ago(1))}
    assert monitor(small.base().dictionary, {}, Record(), stated, NOW) == stated


def test_a_common_shift_of_all_dates_changes_no_measure() -> None:
    shift = timedelta(days=400, hours=7)
    for measure in ("mean", "slope", "deviation", "streak", "days", "held", "days_since"):
        derived = with_trend(entry(measure))
        one = monitor(derived, {}, Record(series=(series("craving.daily", *WEEK),)), {}, NOW)["trend"]
        moved = Series.model_validate(
            {"code": "craving.daily", "points": [{"at": ago(days) + shift, "value": value} for days, value in WEEK]}
        )
        assert monitor(derived, {}, Record(series=(moved,)), {}, NOW + shift)["trend"].low == one.low


POINTS = st.lists(st.tuples(st.floats(0, 60, allow_nan=False), st.integers(0, 10)), min_size=1, max_size=30)
MEASURES = st.sampled_from(["count", "days", "streak", "held", "sum", "days_since", "latest"])


@given(points=POINTS, measure=MEASURES, least=st.integers(0, 10), data=st.data(), hours=st.integers(-5000, 5000))
def test_neither_order_nor_repetition_nor_a_common_shift_changes_a_count(
    points: Points, measure: str, least: int, data: st.DataObject, hours: int
) -> None:
    derived = entry(measure, at_least=least)
    again = data.draw(st.permutations([*points, *data.draw(st.lists(st.sampled_from(points), max_size=5))]))
    plain = derive(derived, series("craving.daily", *points))
    assert derive(derived, series("craving.daily", *again)) == plain
    shift = timedelta(hours=hours)
    later = [{"at": ago(days) + shift, "value": value} for days, value in points]
    moved = Series.model_validate({"code": "craving.daily", "points": later})
    shifted = monitor(with_trend(derived), {}, Record(series=(moved,)), {}, NOW + shift)["trend"]
    assert plain is not None
    assert (shifted.low, shifted.high, shifted.absent) == (plain.low, plain.high, plain.absent)


@given(points=POINTS, least=st.integers(1, 10))
def test_no_more_days_count_than_measurements_and_no_run_is_longer_than_all_its_days(points: Points, least: int) -> None:
    found = {name: derive(entry(name, at_least=least), series("craving.daily", *points)) for name in ("count", "days", "streak", "held")}
    low = {name: one.low for name, one in found.items() if one is not None and one.low is not None}
    assert low["streak"] <= low["days"] <= low["count"]
    assert low["held"] <= 60
    assert low["count"] > 0 or low["held"] == 0


def test_each_administration_of_an_instrument_is_a_point_and_an_incomplete_one_is_none() -> None:
    base = small.base()
    name, instrument = next((name, item) for name, item in sorted(base.instruments.items()) if item.score == "sum")
    lowest, highest = instrument.total_range
    given = [Answers(instrument=name, at=small.ago(20), total=lowest), Answers(instrument=name, at=small.ago(2), total=highest)]
    partial = Answers(instrument=name, at=small.ago(1), items={instrument.items[0].id: instrument.items[0].scores[0]})
    derived = with_trend(entry("change", f"{name}.total"))
    found = monitor(derived, base.instruments, Record(instruments=(*given, partial)), {}, NOW)["trend"]
    assert found.low == found.high == highest - lowest
