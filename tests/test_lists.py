"""Findings from lists: what is present, what is absent because somebody closed the list, and what stays open."""

from __future__ import annotations

from datetime import timedelta, timezone
from itertools import permutations
from typing import Any

import pytest
import small
from small import ago, decide, event, only, rule

from engine.decision import Decision
from engine.dictionary import Number
from engine.findings import Finding
from engine.given import Coding
from engine.record import ListedAllergy, ListedCondition, ListedMedication, Record, Reviewed

READS = only(
    *(
        rule(code.replace(".", "-").replace("_", "-"), f"{code} {test}")
        for code, test in {
            "condition.depression": "== active",
            "condition.bipolar_disorder": "== active",
            "medication.opioid": "== active",
            "medication.methadone": "== active",
            "medication.maoi": "== active",
            "medication.benzodiazepine.proposed": "== true",
            "allergy.opioid": "== true",
            "allergy.methadone": "== true",
            "allergy.morphine": "== true",
        }.items()
    )
)
ABSENT, REMISSION, ACTIVE = range(3)
NONE, STOPPED, NOT_TAKEN, TAKEN = range(4)


def view(**lists: Any) -> Decision:
    return decide(Record(reviewed=small.REVIEWED, **lists), READS)


def look(code: str, reviewed: Reviewed = small.REVIEWED, **lists: Any) -> Finding | None:
    return decide(Record(reviewed=reviewed, **lists), READS).judgements.findings.get(code)


def diagnosis(status: str, days: float | None = None, term: str = "depression", **more: Any) -> ListedCondition:
    return ListedCondition.model_validate({"term": term, "status": status, "at": None if days is None else ago(days), **more})


def medicine(name: str, status: str = "active", **more: Any) -> ListedMedication:
    return ListedMedication.model_validate({"ingredient": name, "status": status, **more})


def allergy(name: str, status: str = "active", **more: Any) -> ListedAllergy:
    return ListedAllergy.model_validate({"substance": name, "status": status, **more})


def ends(finding: Finding | None) -> tuple[Number | None, Number | None, str | None]:
    assert finding is not None
    return finding.low, finding.high, finding.absent


@pytest.mark.parametrize(
    ("statements", "low", "high", "absent"),
    [
        ([("active", 5)], ACTIVE, ACTIVE, None),
        ([("in_remission", 5)], REMISSION, REMISSION, None),
        ([("ruled_out", 5)], ABSENT, ABSENT, None),
        ([("suspected", 5)], ABSENT, ACTIVE, "suspected"),
        ([("active", 900), ("in_remission", 5)], REMISSION, REMISSION, None),
        ([("in_remission", 900), ("active", 5)], ACTIVE, ACTIVE, None),
        ([("ruled_out", 900), ("active", 5)], ACTIVE, ACTIVE, None),
        ([("active", 900), ("ruled_out", 5)], ABSENT, ABSENT, None),
        ([("active", 5), ("in_remission", 5)], ACTIVE, ACTIVE, None),
        ([("active", 5), ("ruled_out", 5)], ABSENT, ACTIVE, "conflicting"),
        ([("in_remission", 5), ("ruled_out", 5)], ABSENT, REMISSION, "conflicting"),
        ([("active", None), ("ruled_out", 5)], ABSENT, ACTIVE, "conflicting"),
        ([("active", None), ("in_remission", 5)], ACTIVE, ACTIVE, None),
        ([("suspected", None), ("in_remission", 5)], ABSENT, ACTIVE, "suspected"),
        ([("entered_in_error", 5)], ABSENT, ABSENT, None),
        ([("active", -5)], ABSENT, ABSENT, None),  # said after the moment of the decision
        ([("family_history", 5)], ABSENT, ABSENT, None),
        ([], ABSENT, ABSENT, None),
    ],
)
def test_the_newest_statement_of_a_diagnosis_holds_and_what_it_leaves_possible_is_a_range(
    statements: list[tuple[str, float | None]], low: int, high: int, absent: str | None
) -> None:
    for order in permutations(statements):
        found = look("condition.depression", conditions=tuple(diagnosis(status, days) for status, days in order))
        assert ends(found) == (low, high, absent)


@pytest.mark.parametrize(
    ("reviewed", "why"),
    [
        (Reviewed(), "not_reviewed"),
        (Reviewed(conditions=ago(180)), None),
        (Reviewed(conditions=ago(180, seconds=1)), "stale"),
        (Reviewed(conditions=ago(-1)), "not_reviewed"),
        (Reviewed(medications=small.NOW), "not_reviewed"),
    ],
)
def test_a_diagnosis_is_absent_only_from_a_list_reviewed_and_fresh(reviewed: Reviewed, why: str | None) -> None:
    assert ends(look("condition.depression", reviewed)) == ((None, None, why) if why else (ABSENT, ABSENT, None))


def test_an_entry_not_understood_keeps_the_list_open_and_is_named() -> None:
    decision = view(conditions=(ListedCondition(text="nerves", status="active"), diagnosis("active", 5)))
    assert ends(decision.judgements.findings["condition.bipolar_disorder"]) == (None, None, "not_understood")
    assert ends(decision.judgements.findings["condition.depression"]) == (ACTIVE, ACTIVE, None)
    assert [(item.where, item.why) for item in decision.ignored] == [("/conditions/0", "not_understood")]


def test_a_relatives_illness_is_never_the_persons_own() -> None:
    told = (diagnosis("family_history", 9), diagnosis("family_history", 5), ListedCondition(text="nerves", status="family_history"))
    for order in permutations(told):
        decision = view(conditions=order)
        assert decision.judgements.findings["family_history.depression"] == Finding(
            "family_history.depression", 1, 1, None, ago(5), "conditions"
        )
        assert ends(decision.judgements.findings["condition.depression"]) == (ABSENT, ABSENT, None)
        assert [item.why for item in decision.ignored] == ["not_understood"]


def test_what_was_entered_in_error_or_later_is_listed_as_not_used() -> None:
    decision = view(
        conditions=(diagnosis("entered_in_error", 5), diagnosis("active", -1)),
        medications=(medicine("methadone", "entered_in_error"),),
        allergies=(allergy("methadone", at=ago(-1)),),
        events=(event("overdose", -1),),
    )
    assert [(item.where, item.why) for item in decision.ignored] == [
        ("/allergies/0", "after_as_of"),
        ("/conditions/0", "entered_in_error"),
        ("/conditions/1", "after_as_of"),
        ("/events/0", "after_as_of"),
        ("/medications/0", "entered_in_error"),
    ]
    assert ends(decision.judgements.findings["medication.methadone"]) == (NONE, NONE, None)


@pytest.mark.parametrize(
    ("conditions", "low", "high", "absent"),
    [
        ([diagnosis("active", 5, severity="moderate")], 2, 2, None),
        ([diagnosis("active", 5)], 1, 3, "never_asked"),
        ([diagnosis("in_remission", 5, severity="severe")], 0, 0, None),
        ([diagnosis("active", 5, severity="mild"), diagnosis("active", 5, severity="severe")], 3, 3, None),
        ([diagnosis("suspected", 5, severity="severe")], None, None, "suspected"),
        ([], 0, 0, None),
    ],
)
def test_severity_is_that_of_an_active_diagnosis(conditions: list[ListedCondition], low: int, high: int, absent: str | None) -> None:
    assert ends(look("condition.depression.severity", conditions=tuple(conditions))) == (low, high, absent)


OPEN = Reviewed()


@pytest.mark.parametrize(
    ("reviewed", "medicines", "status", "absent"),
    [
        (small.REVIEWED, [], NONE, None),
        (small.REVIEWED, [medicine("methadone")], TAKEN, None),
        (small.REVIEWED, [medicine("methadone", "stopped")], STOPPED, None),
        (small.REVIEWED, [medicine("methadone", "not_taken")], NOT_TAKEN, None),
        (small.REVIEWED, [medicine("methadone", "proposed")], NONE, None),
        (small.REVIEWED, [medicine("methadone", "stopped"), medicine("morphine")], TAKEN, None),
        (small.REVIEWED, [medicine("diazepam")], NONE, None),
        (OPEN, [medicine("methadone")], TAKEN, None),
        (OPEN, [medicine("methadone", "stopped")], None, "not_reviewed"),
        (OPEN, [], None, "not_reviewed"),
        (Reviewed(medications=ago(31)), [medicine("methadone", "stopped")], None, "stale"),
        (small.REVIEWED, [medicine("blue_pill")], None, "not_understood"),
        (small.REVIEWED, [medicine("blue_pill"), medicine("methadone", "stopped")], None, "not_understood"),
        (small.REVIEWED, [medicine("blue_pill"), medicine("methadone")], TAKEN, None),
    ],
)
def test_a_class_is_taken_when_one_of_it_is_and_otherwise_as_known_as_the_list(
    reviewed: Reviewed, medicines: list[ListedMedication], status: int | None, absent: str | None
) -> None:
    assert ends(look("medication.opioid", reviewed, medications=tuple(medicines))) == (status, status, absent)


def test_a_medicine_is_known_by_its_rxnorm_code_too() -> None:
    coded = ListedMedication(codes=(Coding(system="snomed", code="1"), Coding(system="rxnorm", code="6813")), status="active")
    for code in ("medication.methadone", "medication.opioid"):
        assert ends(look(code, medications=(coded,))) == (TAKEN, TAKEN, None)


def test_a_class_without_an_ingredient_leaves_open_which_member_it_is() -> None:
    taken = (medicine("opioid"), medicine("benzodiazepine", "proposed"))
    assert ends(look("medication.opioid", medications=taken)) == (TAKEN, TAKEN, None)
    assert ends(look("medication.methadone", medications=taken)) == (None, None, "not_understood")
    assert ends(look("medication.maoi", medications=taken)) == (NONE, NONE, None)
    assert ends(look("medication.methadone", medications=(*taken, medicine("methadone")))) == (TAKEN, TAKEN, None)


def test_what_is_proposed_is_not_taken_and_what_cannot_be_read_may_be_anything() -> None:
    code = "medication.benzodiazepine.proposed"
    assert ends(look(code)) == (0, 0, None)
    assert ends(look(code, medications=(medicine("diazepam", "proposed"),))) == (1, 1, None)
    assert ends(look(code, medications=(medicine("diazepam"),))) == (0, 0, None)
    unreadable = ListedMedication(text="the blue ones", status="proposed")
    assert ends(look(code, medications=(unreadable,))) == (None, None, "not_understood")
    assert ends(look(code, medications=(unreadable, medicine("diazepam", "proposed")))) == (1, 1, None)


@pytest.mark.parametrize(
    ("reviewed", "medicines", "low", "high", "absent"),
    [
        (small.REVIEWED, [medicine("phenelzine", "stopped", last_taken=ago(13, hours=23))], 13, 13, None),
        (small.REVIEWED, [medicine("phenelzine", "stopped", last_taken=ago(14))], 14, 14, None),
        (small.REVIEWED, [medicine("phenelzine", "not_taken", last_taken=ago(3))], 3, 3, None),
        (small.REVIEWED, [medicine("phenelzine", last_taken=ago(3))], 0, 0, None),
        (small.REVIEWED, [medicine("phenelzine", "stopped", last_taken=ago(0.5))], 0, 0, None),
        (
            small.REVIEWED,
            [medicine(name, "stopped", last_taken=ago(n)) for n, name in ((9, "phenelzine"), (60, "tranylcypromine"))],
            9,
            9,
            None,
        ),
        # the second was stopped some day, perhaps yesterday
        (small.REVIEWED, [medicine("phenelzine", "stopped", last_taken=ago(60)), medicine("tranylcypromine", "stopped")], 0, 60, "partial"),
        (
            small.REVIEWED,
            [medicine("phenelzine", "stopped", last_taken=ago(9)), medicine("maoi", "stopped", last_taken=ago(-1))],
            0,
            9,
            "partial",
        ),
        (OPEN, [medicine("phenelzine", "stopped", last_taken=ago(60))], 0, 60, "not_reviewed"),
    ],
)
def test_days_since_the_last_dose_are_counted_from_the_latest_one_possible(
    reviewed: Reviewed, medicines: list[ListedMedication], low: int, high: int, absent: str | None
) -> None:
    for order in permutations(medicines):
        assert ends(look("medication.maoi.days_since_last", reviewed, medications=order)) == (low, high, absent)


def test_days_since_a_dose_that_nobody_dated_are_not_known() -> None:
    for taken in ((medicine("phenelzine", "stopped"),), ()):
        assert look("medication.maoi.days_since_last", medications=taken) is None


def test_a_medicine_whose_last_dose_is_yet_to_come_may_be_taken_now() -> None:
    """A weekly supply ends next week: that it was written down as ended does not make it one that is over."""
    ends_later, over = medicine("phenelzine", "stopped", last_taken=ago(-3)), medicine("phenelzine", "stopped", last_taken=ago(3))
    assert ends(look("medication.maoi", small.REVIEWED, medications=[ends_later])) == (None, None, "partial")
    assert ends(look("medication.maoi", small.REVIEWED, medications=[ends_later, over])) == (None, None, "partial")
    assert ends(look("medication.maoi", small.REVIEWED, medications=[ends_later, medicine("phenelzine")])) == (3, 3, None)
    assert ends(look("medication.maoi", small.REVIEWED, medications=[over])) == (1, 1, None)


def test_a_medicine_that_was_begun_and_lasts_until_later_is_taken_now() -> None:
    """An injection of long action, whose end is known when it is given."""
    lasts = medicine("phenelzine", "stopped", started=ago(4), last_taken=ago(-3))
    yet_to_come = medicine("phenelzine", "stopped", started=ago(-1), last_taken=ago(-3))
    assert ends(look("medication.maoi", medications=[lasts])) == (3, 3, None)
    assert ends(look("medication.maoi.days_since_last", medications=[lasts])) == (0, 0, None)
    assert ends(look("medication.maoi", small.REVIEWED, medications=[yet_to_come])) == (None, None, "partial")


@pytest.mark.parametrize(
    ("reviewed", "listed", "code", "value", "absent"),
    [
        (small.REVIEWED, [], "allergy.methadone", 0, None),
        (OPEN, [], "allergy.methadone", None, "not_reviewed"),
        (OPEN, [allergy("methadone")], "allergy.methadone", 1, None),
        (OPEN, [allergy("methadone")], "allergy.opioid", 1, None),
        (OPEN, [allergy("methadone", "ruled_out")], "allergy.methadone", 0, None),
        (OPEN, [allergy("methadone", "ruled_out")], "allergy.opioid", None, "not_reviewed"),
        (small.REVIEWED, [allergy("methadone", "ruled_out")], "allergy.opioid", 0, None),
        (OPEN, [allergy("opioid", "ruled_out")], "allergy.opioid", 0, None),
        (OPEN, [allergy("opioid", "ruled_out")], "allergy.methadone", 0, None),
        (small.REVIEWED, [allergy("opioid")], "allergy.methadone", 1, None),
        (OPEN, [allergy("methadone"), allergy("methadone", "ruled_out")], "allergy.methadone", 1, None),
        (small.REVIEWED, [allergy("methadone", "entered_in_error")], "allergy.methadone", 0, None),
        (small.REVIEWED, [allergy("blue_pill")], "allergy.methadone", None, "not_understood"),
        (small.REVIEWED, [allergy("blue_pill"), allergy("methadone")], "allergy.morphine", None, "not_understood"),
    ],
)
def test_an_allergy_is_known_as_far_as_it_was_said(
    reviewed: Reviewed, listed: list[ListedAllergy], code: str, value: int | None, absent: str | None
) -> None:
    for order in permutations(listed):
        assert ends(look(code, reviewed, allergies=order)) == (value, value, absent)


@pytest.mark.parametrize(
    ("reviewed", "days", "low", "high", "absent"),
    [
        (small.REVIEWED, [], 45_000, 45_000, None),
        (OPEN, [], None, None, "not_reviewed"),
        (Reviewed(events=ago(31)), [], None, None, "stale"),
        (small.REVIEWED, [10], 10, 10, None),
        (small.REVIEWED, [10, 3.5, 90], 3, 3, None),
        (OPEN, [10], 0, 10, "not_reviewed"),
        (OPEN, [0.5], 0, 0, None),
        (small.REVIEWED, [80_000], 45_000, 45_000, None),
        (small.REVIEWED, [-1], 45_000, 45_000, None),
    ],
)
def test_days_since_an_event_and_none_on_record_only_when_somebody_looked(
    reviewed: Reviewed, days: list[float], low: int | None, high: int | None, absent: str | None
) -> None:
    for events in permutations([event("overdose", when) for when in days]):
        assert ends(look("event.overdose.days_since", reviewed, events=events)) == (low, high, absent)


def test_one_moment_told_in_two_time_zones_reads_the_same_in_any_order() -> None:
    abroad = ago(5).astimezone(timezone(timedelta(hours=-9)))
    pair = (diagnosis("active", 5), diagnosis("active").model_copy(update={"at": abroad}))
    assert len({repr(look("condition.depression", conditions=order)) for order in permutations(pair)}) == 1


@pytest.mark.parametrize(
    ("entries", "status"),
    [
        ((medicine("methadone", "active", at=ago(30)), medicine("methadone", "stopped", at=ago(2))), "stopped"),
        ((medicine("methadone", "stopped", at=ago(30)), medicine("methadone", "active", at=ago(2))), "active"),
        ((medicine("methadone", "active"), medicine("methadone", "stopped", at=ago(2))), "active"),
        ((medicine("methadone", "active", at=ago(2)), medicine("methadone", "stopped", at=ago(2))), "active"),
    ],
    ids=["stopped since", "taken up again", "undated beside dated", "both at once"],
)
def test_the_newest_statement_of_a_medicine_holds_and_one_without_a_date_stands_beside_it(
    entries: tuple[ListedMedication, ...], status: str
) -> None:
    for order in permutations(entries):
        found = look("medication.methadone", medications=order)
        assert found is not None
        assert small.base().dictionary.entries["medication.methadone"].decode(found.low or 0) == status
