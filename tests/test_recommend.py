"""One request as a whole: what names a decision, what it depends on, and what must be seen in any case."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import permutations
from typing import Any

import pytest
import small
from small import NOW, ago, answers, decide, event, fact, series

from engine.artifacts import Release
from engine.base import KnowledgeBase
from engine.document import document
from engine.record import Location, Patient, Preferences, Record

RECORD = Record(
    patient=Patient(age=41),
    findings=(fact("suicide.risk", "low", 1), fact("housing", "stable", 2), fact("craving.daily", 6, 1)),
    instruments=(answers("mood", 1, items={"interest": 3, "low_mood": 3, "self_harm": 1}), answers("taper", 0.2, items={"tremor": 2})),
    series=(series("craving.daily", (3, 8), (2, 9), (1, 7)), series("drinks.daily", (2, 4))),
    events=(event("discharge", 10), event("missed_contact", 4), event("missed_contact", 9)),
    reviewed=small.REVIEWED,
    preferences=Preferences(declined=("cbt", "ssri")),
)


def changed(**parts: Any) -> Record:
    return Record.model_validate({name: getattr(RECORD, name) for name in Record.model_fields} | parts)


def test_the_same_three_give_the_same_decision() -> None:
    assert decide(RECORD) == decide(Record.model_validate_json(RECORD.model_dump_json()))


@pytest.mark.parametrize("part", ["findings", "instruments", "series", "events"])
def test_order_and_duplicates_change_neither_the_name_nor_the_decision(part: str) -> None:
    whole = getattr(RECORD, part)
    for order in permutations(whole):
        for record in (changed(**{part: order}), changed(**{part: (*order, order[0])})):
            assert document(small.base(), decide(record)) == document(small.base(), decide(RECORD))


def test_order_and_duplicates_inside_a_list_do_not_matter_either() -> None:
    turned = changed(
        preferences=Preferences(declined=("ssri", "cbt", "ssri")),
        series=(series("craving.daily", (1, 7), (3, 8), (2, 9), (2, 9)), RECORD.series[1]),
        instruments=(answers("mood", 1, items={"self_harm": 1, "low_mood": 3, "interest": 3}), RECORD.instruments[1]),
    )
    assert decide(turned).id == decide(RECORD).id


def test_the_moment_is_the_same_in_any_time_zone() -> None:
    assert decide(RECORD, as_of=NOW.astimezone(timezone(timedelta(hours=9)))).id == decide(RECORD).id


@pytest.mark.parametrize(
    "parts",
    [
        {"patient": Patient(age=42)},
        {"setting": "telehealth"},
        {"findings": RECORD.findings[1:]},
        {"findings": (*RECORD.findings, fact("suicide.risk", "low", 1, source="nurse"))},
        {"events": RECORD.events[:-1]},
        {"preferences": Preferences(declined=("cbt",))},
        {"reviewed": RECORD.reviewed.model_copy(update={"events": ago(1)})},
        {"findings": (), "series": ()},
    ],
)
def test_anything_else_that_differs_gives_another_name(parts: dict[str, Any]) -> None:
    assert decide(changed(**parts)).id != decide(RECORD).id


def test_another_moment_or_another_release_gives_another_name() -> None:
    base = small.base()
    parts = {name: getattr(base, name) for name in KnowledgeBase.model_fields}
    later = KnowledgeBase.model_construct(**parts | {"release": Release(id=base.release.id, digest="sha256:other")})
    assert len({decide(RECORD).id, decide(RECORD, later).id, decide(RECORD, as_of=NOW + timedelta(seconds=1)).id}) == 3


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        decide(RECORD, as_of=datetime(2026, 11, 20, 12))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("items", "shown"),
    [
        ([{"self_harm": 1, "interest": 0, "low_mood": 0}], [(1, 1)]),
        ([{"self_harm": 0, "interest": 3, "low_mood": 3}], []),
        ([{"interest": 3, "low_mood": 3}], []),
        ([{"self_harm": 0}, {"self_harm": 2}], [(0, 2)]),  # two sources contradict each other: it may be above zero
    ],
)
def test_a_critical_item_is_shown_as_soon_as_it_may_lie_above_its_lowest_score(items: list[dict[str, int]], shown: list[Any]) -> None:
    said = tuple(answers("mood", source=f"source {index}", items=one) for index, one in enumerate(items))
    critical = decide(Record(instruments=said)).critical
    assert [(finding.low, finding.high) for finding in critical] == shown
    assert {finding.code for finding in critical} <= {"mood.self_harm"}


def test_a_critical_item_declined_after_a_zero_is_shown() -> None:
    said = (answers("mood", 3, items={"self_harm": 0}), answers("mood", 1, absent="declined"))
    assert [finding.code for finding in decide(Record(instruments=said)).critical] == ["mood.self_harm"]


@pytest.mark.parametrize(("country", "first"), [("US", "988 Lifeline"), ("FR", "Emergency services"), (None, "Emergency services")])
def test_help_is_that_of_the_country_or_holds_anywhere(country: str | None, first: str) -> None:
    patient = Patient(location=Location(country=country)) if country else Patient()
    assert decide(Record(patient=patient)).help[0].name["en"] == first


def test_a_decision_about_nobody_is_careful_and_not_silent() -> None:
    decision = decide(Record())
    assert {reason.by.id for item in decision.recommendations for reason in item.reasons} == {"withdrawal-needs-a-bed"}
    assert decision.requests
    assert decision.ignored == ()
