"""The dictionary: how values become numbers, and which entries follow from instruments and lists by themselves."""

from __future__ import annotations

from typing import Any

import pytest
import small
from pydantic import ValidationError
from test_instruments import instrument

from engine import vocabulary
from engine.dictionary import Entry, Number, Value

LABEL = {"en": "one", "es": "uno"}
DICTIONARY = small.base().dictionary


def entry(kind: str, **more: Any) -> Entry:
    return Entry.model_validate({"code": "one", "type": kind, "label": LABEL, **more})


@pytest.mark.parametrize(
    ("made", "value", "number"),
    [
        (entry("boolean"), True, 1),
        (entry("boolean"), False, 0),
        (entry("boolean"), 1, None),
        (entry("boolean"), "true", None),
        (entry("integer", range=(0, 9)), 3, 3),
        (entry("integer", range=(0, 9)), 3.0, 3),
        (entry("integer", range=(0, 9)), 3.5, None),
        (entry("integer", range=(0, 9)), True, None),
        (entry("integer", range=(0, 9)), "3", None),
        (entry("integer", range=(0, 9)), 30, 30),  # of the right type; the range is for the reader to hold
        (entry("decimal", range=(0, 9)), 3.5, 3.5),
        (entry("decimal", range=(0, 9)), 3, 3),
        (entry("decimal", range=(0, 9)), False, None),
        (entry("ordered", values=["low", "high"]), "high", 1),
        (entry("ordered", values=["low", "high"]), "higher", None),
        (entry("ordered", values=["low", "high"]), 1, None),
        (entry("code", values=["a", "b"]), "a", 0),
    ],
)
def test_a_value_is_encoded_only_as_its_own_type(made: Entry, value: Value, number: Number | None) -> None:
    assert made.encode(value) == number
    if number is not None:
        assert made.decode(number) == value
        assert made.bounds[0] <= number or made.type == "integer"


@pytest.mark.parametrize(
    ("kind", "more", "complaint"),
    [
        ("code", {}, "codes need distinct values"),
        ("ordered", {"values": ["a", "a"]}, "codes need distinct values"),
        ("boolean", {"values": ["a", "b"]}, "codes need distinct values"),
        ("integer", {}, "numbers need a range"),
        ("boolean", {"range": (0, 1)}, "numbers need a range"),
        ("code", {"values": ["a"], "value_labels": {"b": LABEL}}, "labels for values that do not exist: \\['b'\\]"),
        ("integer", {"range": (0, 9), "concluded": True}, "a conclusion is boolean or ordered"),
        ("code", {"values": ["a", "b"], "concluded": True}, "a conclusion is boolean or ordered"),
        ("boolean", {"label": {"en": "one"}}, "text lacks es"),
        ("boolean", {"label": {"en": "one", "es": "  "}}, "text lacks es"),
        ("boolean", {"colour": "red"}, "Extra inputs"),
        ("boolean", {"code": "One Two"}, "should match pattern"),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(kind: str, more: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        entry(kind, **more)


@pytest.mark.parametrize(
    ("code", "kind", "bounds", "worse"),
    [
        ("mood.total", "integer", (0, 9), "higher"),
        ("mood.self_harm", "integer", (0, 3), "higher"),
        ("taper.total", "integer", (0, 8), "higher"),
        ("taper.seizures", "boolean", (0, 1), "higher"),
        ("taper.sleeps", "boolean", (0, 1), "lower"),  # no is the worse answer
        ("condition.depression", "ordered", (0, 2), "higher"),
        ("condition.depression.severity", "ordered", (0, 3), "higher"),
        ("family_history.depression", "boolean", (0, 1), "higher"),
        ("medication.ssri", "code", (0, 3), None),
        ("medication.sertraline", "code", (0, 3), None),
        ("medication.ssri.proposed", "boolean", (0, 1), None),
        ("medication.ssri.days_since_last", "integer", (0, 45_000), None),
        ("allergy.sertraline", "boolean", (0, 1), None),
        ("event.overdose.days_since", "integer", (0, 45_000), None),
        ("patient.age", "integer", (0, 125), None),
        ("care.setting", "code", (0, 7), None),
    ],
)
def test_entries_follow_from_instruments_lists_and_the_person(code: str, kind: str, bounds: tuple[int, int], worse: str | None) -> None:
    made = DICTIONARY.entries[code]
    assert (made.type, made.bounds, made.worse) == (kind, bounds, worse)
    assert made.label["en"] != made.label["es"] or code in ("allergy.sertraline", "medication.ssri")


def test_a_group_that_is_not_graded_has_no_severity() -> None:
    assert "condition.seizure_disorder.severity" not in DICTIONARY.entries


def test_an_instrument_without_a_total_has_no_total() -> None:
    codes = [made.code for made in vocabulary.of_instrument(instrument("cssrs"))]
    assert "cssrs.q1" in codes
    assert "cssrs.total" not in codes


def test_what_is_sensitive_in_a_list_is_sensitive_in_every_finding_from_it() -> None:
    for code in ("condition.alcohol_use_disorder", "condition.alcohol_use_disorder.severity", "family_history.alcohol_use_disorder"):
        assert DICTIONARY.entries[code].sensitivity == ("part2",)
    for code in ("medication.opioid", "medication.opioid.proposed", "medication.opioid.days_since_last"):
        assert DICTIONARY.entries[code].sensitivity == ("part2",)
    assert DICTIONARY.entries["mood.self_harm"].sensitivity == ("mental_health",)


def test_kin_of_a_class_are_its_members_and_the_classes_these_are_in() -> None:
    assert DICTIONARY.kin == {
        "ssri": {"sertraline", "fluoxetine"},
        "maoi": {"phenelzine", "tranylcypromine"},
        "opioid": {"methadone", "morphine"},
        "benzodiazepine": {"diazepam"},
    }
