"""Measurements, laboratory results and pregnancy: what each form of a value comes to, as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from charts import AT, SNOMED, base, coded, concept, observation, response, told

from adapters.units import convert
from engine.observe import observe


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


NO_DATE: dict[str, Any] = {"effectiveDateTime": None}
OLD, AFTER = "2026-11-16T09:00:00Z", datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("newer", "expected"),
    [
        ({"valueString": "positive ++"}, None),
        ({"valueCodeableConcept": concept("LA4489-6")}, None),
        ({}, None),
        ({"valueCodeableConcept": concept("77386006"), **NO_DATE}, None),
        ({"valueCodeableConcept": concept("77386006"), "status": None}, None),
        ({"valueCodeableConcept": concept("77386006"), "status": "registered"}, "not_pregnant"),
        ({"valueCodeableConcept": concept("77386006"), "status": "entered-in-error"}, "not_pregnant"),
        ({"valueString": "positive ++", "effectiveDateTime": "2026-11-01T09:00:00Z"}, "not_pregnant"),
        ({"valueString": "positive ++", **NO_DATE, "issued": "2026-11-01T09:00:00Z"}, "not_pregnant"),
        ({"valueString": "positive ++", **NO_DATE, "issued": AT}, None),
    ],
)
def test_an_older_no_to_pregnancy_does_not_stand_beside_a_newer_result_that_nobody_can_read(newer: Any, expected: str | None) -> None:
    first = observation("82810-3", "a", valueCodeableConcept=concept("60001007"), effectiveDateTime=OLD)
    reading = told(first, observation("82810-3", "b", **newer))
    found = reading.record.patient.pregnancy
    assert (found.status if found else None) == expected
    assert {item.reference for item in reading.unread} == {"Observation/b"}


def test_an_older_pregnancy_stands_until_it_is_known_to_be_over() -> None:
    first = observation("82810-3", "a", valueCodeableConcept=concept("77386006"), effectiveDateTime=OLD)
    found = told(first, observation("82810-3", "b", valueString="?")).record.patient.pregnancy
    assert found is not None
    assert found.status == "pregnant"


@pytest.mark.parametrize(
    ("code", "older", "newer", "finding", "alone"),
    [
        ("8636-3", quantity(430, "ms"), quantity(512, "ms"), "lab.qtc", (430, 430)),
        ("751-8", quantity(3000, "/uL"), quantity(900, "/uL"), "lab.anc", (3000, 3000)),
        ("44260-8", {"valueCodeableConcept": concept("LA6568-5")}, {"valueCodeableConcept": concept("LA6570-1")}, "phq9.q9", (0, 0)),
        ("93249-1", {"valueBoolean": False}, {"valueBoolean": True}, "cssrs.q4", (0, 0)),
    ],
)
@pytest.mark.parametrize(
    ("damage", "clears"),
    [
        (NO_DATE, False),
        ({"effectiveDateTime": "2026-13-45"}, False),
        ({**NO_DATE, "issued": AT}, False),
        ({**NO_DATE, "meta": {"lastUpdated": AT}}, False),
        ({**NO_DATE, "issued": "2026-11-01T09:00:00Z"}, True),
        ({"status": None}, False),
        ({"status": "unknown"}, False),
        ({"status": "unknown", "effectiveDateTime": "2026-11-01T09:00:00Z"}, True),
        ({"status": "registered"}, True),
        ({"status": "cancelled"}, True),
        ({"status": "entered-in-error"}, True),
    ],
)
def test_a_better_value_does_not_stand_alone_before_one_that_cannot_be_placed(
    code: str, older: Any, newer: Any, finding: str, alone: Any, damage: Any, clears: bool
) -> None:
    first = observation(code, "a", **older, effectiveDateTime=OLD)
    reading = told(first, observation(code, "b", **(newer | damage)))
    seen, before = (observe(base(), part.record, AFTER, convert).findings for part in (reading, told(first)))
    assert (before[finding].low, before[finding].high) == alone
    assert ((seen[finding].low, seen[finding].high) == alone) == clears
    assert seen[finding].low <= alone[0] <= seen[finding].high  # type: ignore[operator]
    assert clears or "Observation/b" in reading.references[finding]
    assert {item.reference for item in reading.unread} == {"Observation/b"}


@pytest.mark.parametrize(("status", "clears"), [("final", False), ("preliminary", True)])
def test_a_result_without_value_or_reason_leaves_no_older_one_alone(status: str, clears: bool) -> None:
    first = observation("8636-3", "a", **quantity(430, "ms"), effectiveDateTime=OLD)
    found = observe(base(), told(first, observation("8636-3", "b", status=status)).record, AFTER, convert).findings["lab.qtc"]
    assert (found.high == 430) == clears


@pytest.mark.parametrize("more", [{}, {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}], **quantity(180, "mm[Hg]")}])
def test_a_component_that_says_nothing_leaves_no_older_one_alone(more: Any) -> None:
    first = observation("8480-6", "a", **quantity(120, "mm[Hg]"), effectiveDateTime=OLD)
    parts = [{"code": concept("8480-6"), **more}, {"code": concept("8462-4"), **quantity(80, "mm[Hg]")}]
    reading = told(first, observation("85354-9", "b", component=parts))
    found = observe(base(), reading.record, AFTER, convert).findings["vital.systolic"]
    assert found.high != 120
    assert {item.reference for item in reading.unread} == {"Observation/b"}


@pytest.mark.parametrize(
    ("damage", "clears"), [({"authored": None}, False), ({"status": None}, False), ({"status": "entered-in-error"}, True)]
)
def test_a_form_that_cannot_be_placed_leaves_no_older_answer_alone(damage: Any, clears: bool) -> None:
    older = response({"/44250-9": coded("LA6568-5"), "/44260-8": coded("LA6568-5")}, "a", authored=OLD)
    newer = response({"/44250-9": coded("LA6571-9"), "/44260-8": coded("LA6571-9")}, "b", **damage)
    found = observe(base(), told(older, newer).record, AFTER, convert).findings["phq9.q9"]
    assert (found.low, found.high == 0) == (0, clears)


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
