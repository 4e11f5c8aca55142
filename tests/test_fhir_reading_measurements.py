"""Measurements, laboratory results and pregnancy: what each form of a value comes to, as a table."""

from __future__ import annotations

from typing import Any

import pytest
from charts import SNOMED, concept, observation, told


def quantity(value: Any, code: str | None = None, **more: Any) -> dict[str, Any]:
    return {"valueQuantity": {"value": value} | ({"code": code} if code else {}) | more}


@pytest.mark.parametrize(
    ("said", "value", "unit", "reason"),
    [
        (quantity(0.8, "mmol/L"), 0.8, "mmol/L", None),
        (quantity(1.2, None, unit="mg/dL"), 1.2, "mg/dL", None),
        (quantity(1.2), 1.2, None, "unit-missing"),
        (quantity(900, "mmol/L"), 900, "mmol/L", "out-of-range"),
        (quantity(2, "mmol/L", comparator=">"), None, None, "value-inexact"),
        ({"valueString": "high"}, None, None, "value-unknown"),
        ({"dataAbsentReason": concept("unknown")}, None, None, "value-missing"),
        (quantity(1, "x" * 60), None, None, "unit-unknown"),
        (quantity(float("nan"), "mmol/L"), None, None, "value-unknown"),
    ],
)
def test_a_laboratory_value(said: Any, value: Any, unit: str | None, reason: str | None) -> None:
    reading = told(observation("14334-7", **said))
    found = reading.record.findings[0]
    assert (found.code, found.value, found.unit) == ("lab.lithium", value, unit)
    assert found.absent == (None if value is not None else "unable_to_assess")
    assert {item.reason for item in reading.unread} == ({reason} if reason else set())


def test_components_and_several_codings() -> None:
    parts = [{"code": concept(code), **quantity(value, "mm[Hg]")} for code, value in (("8480-6", 157), ("8462-4", 92))]
    reading = told(observation("85354-9", component=parts))
    assert [(item.code, item.value) for item in reading.record.findings] == [("vital.systolic", 157), ("vital.diastolic", 92)]
    twice = {"coding": [*concept("2160-0")["coding"], *concept("2160-0")["coding"], {"system": SNOMED, "code": "1"}]}
    assert len(told(observation(twice, **quantity(80, "umol/L"))).record.findings) == 1


@pytest.mark.parametrize(
    ("code", "status"), [("77386006", "pregnant"), ("LA26683-5", "not_pregnant"), ("60001007", "not_pregnant"), ("LA4489-6", None)]
)
def test_pregnancy(code: str, status: str | None) -> None:
    found = told(observation("82810-3", valueCodeableConcept=concept(code))).record.patient.pregnancy
    assert (found.status if found else None) == status


def test_pregnancy_as_stated_last() -> None:
    first = observation("82810-3", "a", valueCodeableConcept=concept("77386006"), effectiveDateTime="2026-01-01")
    assert (
        told(first, observation("82810-3", "b", valueCodeableConcept=concept("60001007"))).record.patient.pregnancy.status == "not_pregnant"
    )  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ({"valueCodeableConcept": concept("10828004", SNOMED)}, True),
        ({"valueCodeableConcept": concept("LA6577-6")}, False),
        ({"valueCodeableConcept": {"text": "Not detected"}}, False),
        ({"valueString": "POSITIVE"}, True),
        ({"valueBoolean": False}, False),
        ({"valueString": "see comment"}, None),
        ({"valueCodeableConcept": concept("10828004", SNOMED) | {"text": "negative"}}, None),
        ({"valueInteger": 1}, None),
    ],
)
def test_a_screen_is_positive_negative_or_not_understood(said: Any, value: bool | None) -> None:
    found = told(observation("19295-5", **said)).record.findings[0]
    assert (found.code, found.value) == ("tox.opioids", value)


@pytest.mark.parametrize(("unit", "ucum"), [("mmHg", "mm[Hg]"), ("mm[Hg]", "mm[Hg]"), ("furlong", "furlong")])
def test_units_are_handed_on_in_ucum(unit: str, ucum: str) -> None:
    assert told(observation("8480-6", **quantity(150, None, unit=unit))).record.findings[0].unit == ucum
