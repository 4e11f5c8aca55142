"""A newer result that nobody can place or read: the older value, which it may have replaced, does not stand alone."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from charts import ME, SNOMED, allergy, concept, condition, observation, one, patient, reasons, response, told
from test_laws import decision_of

from engine.findings import Finding, never_asked

ROOT = "https://tandem.test/fhir"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MODIFIED = {"modifierExtension": [{"url": "https://ehr.example/negated", "valueBoolean": True}]}


def item9(value: int | None, when: str | None, name: str, **more: Any) -> dict[str, Any]:
    said = {} if value is None else {"valueInteger": value}
    return observation("44260-8", name, **({"effectiveDateTime": when} | said | more))


def known(code: str, *sent: Any) -> Finding:
    """The same in whatever order it comes."""
    decisions = [decision_of("real", told(*order, root=ROOT).record, NOW) for order in permutations(sent)]
    found = {decision.judgements.findings.get(code, never_asked(code))[:4] for decision in decisions}
    assert len(found) == 1
    return Finding(*found.pop())


def ends(code: str, *sent: Any) -> tuple[Any, Any]:
    finding = known(code, *sent)
    return finding.low, finding.high


LATER, BETWEEN, EARLIER = "2026-11-19T09:00:00Z", "2026-11-15T09:00:00Z", "2026-11-12T09:00:00Z"


@pytest.mark.parametrize(
    ("unread", "low", "high"),
    [
        (item9(3, LATER, "2", **MODIFIED), 0, 3),
        (item9(3, LATER, "2", implicitRules="https://ehr.example/rules"), 0, 3),
        (item9(3, EARLIER, "2", **MODIFIED), 0, 0),  # the value is newer than what nobody can read
        (item9(3, EARLIER, "2", status="unknown"), 0, 0),
        (item9(None, EARLIER, "2"), 0, 0),
        (item9(3, LATER, "2", status="unknown"), 0, 3),
        (item9(3, None, "2"), 0, 3),
        (item9(3, None, "2", issued=EARLIER), 0, 0),
        (item9(3, LATER, "2", **MODIFIED, status="entered-in-error"), 0, 0),
        (response({"/44260-8": ("valueInteger", 3)}, "2", authored=LATER, **MODIFIED), 0, 3),
        (response({"/44260-8": ("valueInteger", 3)}, "2", authored=EARLIER, **MODIFIED), 0, 0),
    ],
)
def test_one_that_nobody_can_read(unread: Any, low: int, high: int) -> None:
    assert ends("phq9.q9", item9(0, BETWEEN, "1"), unread) == (low, high)


def test_two_that_nobody_can_read() -> None:
    value = item9(0, BETWEEN, "1")
    before, after = item9(3, EARLIER, "2", status="unknown"), item9(2, LATER, "3", **MODIFIED)
    assert ends("phq9.q9", value, before, after) == (0, 3)
    assert ends("phq9.q9", value, before, before | {"id": "3"}) == (0, 0)
    assert ends("phq9.q9", value, after, after | {"id": "4", "effectiveDateTime": "2026-11-18T09:00:00Z"}) == (0, 3)
    assert ends("phq9.q9", before, after) == (None, None)


def test_a_result_with_an_unknown_modifier_alone_says_nothing() -> None:
    reading = told(item9(3, LATER, "1", **MODIFIED))
    assert not reading.record.findings
    assert not reading.record.instruments
    assert reasons(reading) == {("Observation/1", "modifier-unknown")}


@pytest.mark.parametrize("when", ["2026", "2026-11"])
@pytest.mark.parametrize(("value", "low", "high"), [(3, 0, 3), (0, 0, 0), (None, 0, 3)])
def test_of_a_month_or_a_year_it_may_be_the_newest(when: str, value: int | None, low: int, high: int) -> None:
    assert ends("phq9.q9", item9(0, BETWEEN, "1"), item9(value, when, "2")) == (low, high)


@pytest.mark.parametrize("when", ["2025", "2026-10"])
def test_of_a_month_or_a_year_that_was_over_it_is_older(when: str) -> None:
    assert ends("phq9.q9", item9(0, BETWEEN, "1"), item9(3, when, "2")) == (0, 0)


def test_a_total_of_some_month_stands_beside_the_newest_of_those_days() -> None:
    dated, some_day = (observation("44261-6", name, valueInteger=total, effectiveDateTime=when) for name, total, when in (
        ("1", 4, BETWEEN), ("2", 22, "2026-11")
    ))  # fmt: skip
    assert ends("phq9.total", dated, some_day) == (4, 22)
    form = response({f"/{code}": ("valueInteger", 1) for code in ("44250-9", "44260-8")}, "3", authored="2026-11")
    assert ends("phq9.q9", item9(0, BETWEEN, "1"), form) == (0, 1)
    assert ends("phq9.q1", item9(0, BETWEEN, "1"), form) == (1, 1)


def test_a_form_that_was_declined_in_some_month_may_be_the_newest() -> None:
    declined = observation("44249-1", "2", effectiveDateTime="2026-11", dataAbsentReason=concept("asked-declined", "x"))
    assert ends("phq9.q9", item9(0, BETWEEN, "1"), declined) == (0, 3)


def test_a_pregnancy_of_some_month_is_not_answered_by_a_no_of_those_days() -> None:
    def said(code: str, when: str, name: str) -> Any:
        return observation("82810-3", name, effectiveDateTime=when, valueCodeableConcept=concept(code, SNOMED))

    yes, no = "77386006", "60001007"
    assert not known("patient.pregnancy", patient(), said(no, BETWEEN, "1"), said(yes, "2026-11", "2")).exact
    assert ends("patient.pregnancy", patient(), said(yes, BETWEEN, "1"), said(no, "2026-11", "2")) == (1, 1)
    assert ends("patient.pregnancy", patient(), said(no, BETWEEN, "1"), said(yes, "2026-10", "2")) == (0, 0)
    assert not known("patient.pregnancy", patient(), said(no, BETWEEN, "1"), said(yes, LATER, "2") | MODIFIED).exact


def glucose(value: float | None, when: str, name: str, **more: Any) -> Any:
    said = {} if value is None else {"valueQuantity": {"value": value, "code": "mmol/L"}}
    return observation(concept("lab.glucose", f"{ROOT}/CodeSystem/finding"), name, effectiveDateTime=when, **said, **more)


def test_where_no_direction_is_the_riskier_one_it_is_not_known_any_more() -> None:
    assert ends("lab.glucose", glucose(5, BETWEEN, "1")) == (5, 5)
    for unread in (glucose(None, LATER, "2"), glucose(9, LATER, "2", **MODIFIED), glucose(9, LATER, "2", status="unknown")):
        assert ends("lab.glucose", glucose(5, BETWEEN, "1"), unread) == (None, None)
        assert ends("lab.glucose", glucose(5, BETWEEN, "1"), unread | {"effectiveDateTime": EARLIER}) == (5, 5)
    assert ends("lab.glucose", glucose(5, BETWEEN, "1"), glucose(9, "2026-11", "2")) == (5, 9)
    assert ends("lab.glucose", glucose(5, BETWEEN, "1"), glucose(None, "2026-11", "2")) == (None, None)


def test_what_the_person_declines_leaves_what_has_no_direction_as_it_was() -> None:
    declined = glucose(None, LATER, "2", dataAbsentReason=concept("asked-declined", "x"))
    assert ends("lab.glucose", glucose(5, BETWEEN, "1"), declined) == (5, 5)


def test_an_encounter_with_an_unknown_modifier_is_not_used() -> None:
    sent = one("Encounter", status="in-progress", **{"class": {"code": "VR"}}, **MODIFIED)
    assert told(sent).record.setting is None
    assert reasons(told(sent | {"subject": ME})) == {("Encounter/1", "modifier-unknown")}


@pytest.mark.parametrize(
    ("moment", "when", "low", "high"),
    [
        (BETWEEN, "2026-11-15", 0, 3),  # some time on that day, perhaps later
        (BETWEEN, "2026-11-14", 0, 3),  # in UTC, without a zone of its own: in Honolulu it was still the day before
        ("2026-11-15T13:00:00Z", "2026-11-14", 0, 0),  # nowhere on earth
        ("2026-11-15T09:00:00+01:00", "2026-11-14", 0, 0),
        (BETWEEN, "2026-11-16", 3, 3),
        ("2026-11-15T14:00:00-05:00", "2026-11-15", 0, 3),
        ("2026-11-15T14:00:00-05:00", "2026-11-14", 0, 0),
        ("2026-11-15T14:00:00-05:00", "2026-11-16", 0, 3),  # the next day in Boston; on Kiritimati it began before two in the afternoon
        ("2026-11-15T02:00:00-05:00", "2026-11-16", 3, 3),
    ],
)
def test_of_a_day_it_may_be_the_newest_of_that_day(moment: str, when: str, low: int, high: int) -> None:
    assert ends("phq9.q9", item9(0, moment, "1"), item9(3, when, "2")) == (low, high)
    assert not told(item9(3, when, "2")).unread


def test_a_diagnosis_that_nobody_can_read_leaves_no_older_no_alone() -> None:
    refuted = condition("F31.9", "1", clinical=None, verified="refuted", recordedDate=BETWEEN)
    newer = condition("F31.9", "2", recordedDate=LATER, **MODIFIED)
    assert ends("condition.bipolar_disorder", refuted) == (0, 0)
    assert ends("condition.bipolar_disorder", refuted, newer) == (0, 2)
    assert ends("condition.bipolar_disorder", refuted, newer | {"verificationStatus": concept("entered-in-error")}) == (0, 0)
    assert ends("condition.bipolar_disorder", refuted, condition("F32.9", "2", recordedDate=LATER, **MODIFIED)) == (0, 0)
    assert ends("condition.bipolar_disorder", condition("F31.9", "1", recordedDate=BETWEEN), newer) == (2, 2)


def test_an_allergy_that_nobody_can_read_leaves_no_older_no_alone() -> None:
    def listed(*sent: Any) -> list[tuple[str, bool]]:
        return [(item.status, bool(item.codes)) for item in told(*sent).record.allergies]

    refuted = allergy("7243", "1", verificationStatus=concept("refuted"), clinicalStatus=None)
    assert listed(refuted) == listed(refuted, allergy("6813", "2", **MODIFIED)) == [("ruled_out", True)]
    assert listed(refuted, allergy("7243", "2", **MODIFIED)) == [("active", False)], "it keeps the list open, and clears nothing"
