"""The figures on everyday people: the same people every time, valid records, and an honest count of precautions."""

from __future__ import annotations

from random import Random

import small
from small import escalate, only, rule

from bench.people import person
from bench.realistic import AS_OF, decisions, precaution_only, report
from engine.record import Record
from knowledge.load import load

BASE = load()


def test_the_same_seed_gives_the_same_people_and_another_gives_others() -> None:
    one, same, other = (person(Random(seed), BASE, AS_OF) for seed in (1, 1, 2))
    assert one == same != other


def test_people_are_partly_known_and_differ_in_how_much() -> None:
    people = [person(Random(seed), BASE, AS_OF) for seed in range(40)]
    said = [len(item.findings) for item in people]
    assert min(said) < 0.6 * max(said)
    assert all(item.conditions for item in people)
    assert {bool(item.series) for item in people} == {True, False}
    assert any(item.reviewed.medications is None for item in people)


def test_a_step_counts_as_a_precaution_only_while_nothing_is_known() -> None:
    base = only(rule("danger", "craving.daily >= 7", escalate("E6"), on_unknown="escalate"))
    unknown = small.decide(Record(), base)
    known = small.decide(Record(findings=(small.fact("craving.daily", 9),)), base)
    assert precaution_only(unknown, ("E5", "E6"))
    assert not precaution_only(unknown, ("E4",))
    assert not precaution_only(known, ("E5", "E6"))


def test_every_figure_is_reported() -> None:
    lines = list(report(decisions(20)))
    assert [line.partition(":")[0].strip() for line in lines[:3]] == ["recommendations", "between 3 and 12", "data requests"]
    assert any(line.startswith("E5 or E6 for want of an answer only") for line in lines)
