"""Doses a day from the list of medicines: what is known, what stays open, and what is never guessed."""

from __future__ import annotations

from typing import Any

import pytest
import small
from small import NOW, ago, fact

from engine.base import KnowledgeBase
from engine.dictionary import Entry
from engine.findings import Finding
from engine.observe import observe
from engine.record import ListedMedication, Record, Reviewed

HIGHEST = 1000


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    whole = small.base()
    like = whole.dictionary.entries["lab.potassium"].model_dump(exclude_unset=True)
    entry = Entry.model_validate(like | {"code": "methadone.daily_dose", "unit": "mg/d", "range": (0, HIGHEST), "worse": "higher"})
    entries = {**whole.dictionary.entries, entry.code: entry}
    return whole.model_copy(update={"dictionary": whole.dictionary.model_copy(update={"entries": entries})})


def grams(value: float, unit: str, to: str, _: float | None) -> float | None:
    return value * 1000 if (unit, to) == ("g/d", "mg/d") else None


def medicine(value: float | None, status: str = "active", days: float | None = 1, **more: Any) -> ListedMedication:
    unit, per = more.pop("unit", "mg"), more.pop("per", "day")
    dose = None if value is None else {"value": value, "unit": unit, "per": per}
    at = None if days is None else ago(days)
    return ListedMedication.model_validate({"ingredient": "methadone", "status": status, "dose": dose, "at": at, **more})


def known(base: KnowledgeBase, *medicines: ListedMedication, **parts: Any) -> Finding | None:
    return observe(base, Record(medications=medicines, **parts), NOW, grams).findings.get("methadone.daily_dose")


def ends(finding: Finding | None) -> tuple[object, ...]:
    return (finding.low, finding.high, finding.absent) if finding else ()


@pytest.mark.parametrize(
    ("medicines", "expected"),
    [
        ([medicine(40)], (40, 40, None)),
        ([medicine(40, "proposed")], (40, 40, None)),
        ([medicine(0.04, unit="g")], (40, 40, None)),
        ([medicine(70, per="week")], (10, 10, None)),
        ([medicine(20), medicine(40, "proposed")], (40, 40, None)),
        ([medicine(20), medicine(30)], (30, 50, "partial")),
        ([medicine(20), medicine(None)], (20, HIGHEST, "partial")),
        ([medicine(20), medicine(10, per="dose")], (20, HIGHEST, "partial")),
        ([medicine(HIGHEST + 1)], (None, None, "out_of_range")),
        ([medicine(40, days=31)], (None, None, "stale")),
        ([medicine(None)], ()),
        ([medicine(40, per="dose")], ()),
        ([medicine(40, per="month")], ()),
        ([medicine(40, unit="mL")], ()),
        ([medicine(40, "stopped")], ()),
        ([medicine(40, "not_taken")], ()),
        ([medicine(40, days=None)], ()),
        ([medicine(40, days=-1)], ()),
    ],
)
def test_a_dose_is_what_the_entries_leave_possible(
    base: KnowledgeBase, medicines: list[ListedMedication], expected: tuple[object, ...]
) -> None:
    assert ends(known(base, *medicines)) == expected
    assert ends(known(base, *reversed(medicines))) == expected


def test_a_review_of_the_list_dates_what_it_holds_but_not_one_still_to_come(base: KnowledgeBase) -> None:
    for days, expected in ((2, (40, 40, None)), (-1, ())):
        assert ends(known(base, medicine(40, days=None), reviewed=Reviewed(medications=ago(days)))) == expected


def test_a_newer_statement_of_the_dose_holds_and_one_that_contradicts_it_is_not_forgotten(base: KnowledgeBase) -> None:
    said = [fact("methadone.daily_dose", 60, days, unit="mg/d", source="clinic") for days in (5, 2, 0)]
    taken = medicine(40, days=2)
    assert [ends(known(base, taken, findings=(one,))) for one in said] == [(40, 40, None), (40, 60, "conflicting"), (60, 60, None)]


def test_a_code_of_a_published_system_names_the_ingredient_too(base: KnowledgeBase) -> None:
    code = base.dictionary.ingredients["methadone"].rxnorm
    assert ends(known(base, medicine(40, ingredient=None, codes=[{"system": "rxnorm", "code": code}]))) == (40, 40, None)


def test_an_ingredient_without_such_a_finding_has_none(base: KnowledgeBase) -> None:
    found = observe(base, Record(medications=(medicine(5, ingredient="morphine"),)), NOW, grams).findings
    assert not {code for code in found if code.endswith(".daily_dose")}
