"""What entries and components still lack is named, and what follows from a table is not asked for."""

from __future__ import annotations

import small

from engine.dictionary import Entry
from knowledge.completeness import incomplete, uncoded, written
from knowledge.load import load

WORDS = {"en": "x", "es": "x"}


def lacks(**more: object) -> set[str]:
    whole = {"code": "one.two", "type": "decimal", "range": (0, 5), "unit": "h", "valid_for": "P1D", "label": WORDS, "ask": WORDS}
    entry = Entry.model_validate({key: value for key, value in (whole | {"verification": "P"} | more).items() if value is not None})
    dictionary = small.base().dictionary
    base = small.only(dictionary=dictionary.model_copy(update={"entries": {**dictionary.entries, entry.code: entry}}))
    return {problem.do.split("`")[1] for problem in incomplete(base) if problem.where == "one.two"}


def test_each_gap_of_an_entry_is_named() -> None:
    assert lacks() == set()
    assert lacks(ask=None) == {"ask"}
    assert lacks(unit=None) == {"unit"}
    assert lacks(valid_for=None) == {"valid_for"}
    assert lacks(valid_for=None, lasting=True) == set()
    assert lacks(lasting=True) == {"valid_for"}, "it cannot both last and go stale"
    assert lacks(verification=None) == {"verification"}
    assert lacks(type="code", range=None, unit=None, values=["a", "b"], value_labels={"a": WORDS}) == {"value_labels"}
    assert lacks(ask=None, valid_for=None, derive={"measure": "latest", "of": "craving.daily"}) == set()


def test_each_gap_of_a_component_is_named() -> None:
    said = {problem.do.split("`")[1] for problem in incomplete(small.base()) if problem.where == "cbt"}
    assert said == {"asks", "expect", "languages", "low_bandwidth"}


def test_the_shipped_knowledge_lacks_nothing() -> None:
    assert list(incomplete(load())) == []


def test_what_has_no_code_is_listed_by_kind() -> None:
    base = small.base()
    listed = set(uncoded(base))
    assert {kind for kind, _ in listed} <= {"finding", "instrument", "ingredient"}
    assert all(base.dictionary.ingredients[name].rxnorm is None for kind, name in listed if kind == "ingredient")
    assert not {code for kind, code in listed if kind == "finding"} - {entry.code for entry in written(base)}
    assert "mood.total" not in {entry.code for entry in written(base)}, "it follows from the instrument"
