"""How scores of the real instruments move: against the first and the best of the episode, and only like with like."""

from __future__ import annotations

from typing import Any

import pytest
import small
from small import NOW, ago
from test_scoring import with_real

from engine.dictionary import Dictionary
from engine.monitoring import monitor
from engine.record import Answers, Record
from engine.scoring import alike


@pytest.mark.parametrize("part", ["form", "language", "mode"])
def test_administrations_are_alike_unless_both_say_otherwise(part: str) -> None:
    values: tuple[Any, Any] = {"form": ("2019", "2024"), "language": ("en", "es"), "mode": ("self", "interview")}[part]
    one, other = (Answers(instrument="phq9", at=NOW, total=3, **{part: value}) for value in values)
    plain = Answers(instrument="phq9", at=NOW, total=3)
    assert alike(one, one)
    assert alike(one, plain)
    assert alike(plain, other)
    assert not alike(one, other)


def trend(measure: str, *sheets: tuple[float, int, dict[str, Any]], worse: str = "higher", **how: Any) -> float | None:
    base = with_real("phq9")
    shape = {"code": "trend", "type": "decimal", "range": (-1000, 1000), "worse": worse, "label": {"en": "trend", "es": "tendencia"}}
    derived = (
        small.base()
        .dictionary.entries["craving.high_streak"]
        .model_validate(shape | {"derive": {"measure": measure, "of": "phq9.total", **how}})
    )
    dictionary = Dictionary.model_construct(**{**dict(base.dictionary), "entries": base.dictionary.entries | {"trend": derived}})
    given = tuple(Answers(instrument="phq9", at=ago(days), total=total, **more) for days, total, more in sheets)
    found = monitor(dictionary, base.instruments, Record(instruments=given), {}, NOW).get("trend")
    return found.low if found else None


EPISODE: tuple[tuple[float, int, dict[str, Any]], ...] = ((120, 4, {}), (90, 18, {}), (60, 6, {}), (0, 12, {}))


@pytest.mark.parametrize(
    ("measure", "how", "expected"),
    [
        ("from_best", {"window": "P100D"}, 6),  # 18 -> 6 -> 12: better than at the start, and worse than it has been
        ("from_best", {}, 8),
        ("from_baseline", {"at_least": 10}, -6),
        ("percent_from_baseline", {"at_least": 10}, -33.333333),
        ("from_baseline", {"at_least": 20}, None),
    ],
)
def test_the_baseline_is_the_first_score_that_counts_and_no_better_one_moves_it(
    measure: str, how: dict[str, Any], expected: float | None
) -> None:
    assert trend(measure, *EPISODE, **how) == expected


def test_where_high_is_good_the_best_is_the_highest() -> None:
    assert trend("from_best", *EPISODE, worse="lower") == -6


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({}, {}, 8),
        ({"context": "settled"}, {}, 8),
        ({"context": "withdrawal"}, {}, None),
        ({"context": "intoxication"}, {}, None),
        ({"language": "es"}, {"language": "en"}, None),
        ({"mode": "self"}, {"mode": "interview"}, None),
        ({"mode": "proxy"}, {}, None),
    ],
)
def test_only_like_is_compared_with_like(before: dict[str, Any], now: dict[str, Any], expected: float | None) -> None:
    assert trend("from_best", (30, 10, before), (0, 18, now)) == expected
