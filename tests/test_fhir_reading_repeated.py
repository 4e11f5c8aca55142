"""A diagnosis that is written down again at every visit: charts of thousands of statements say what their few turns say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from asgi import serving
from fhir_samples import about
from hooked import Asking, bundle, call, prefetch

from adapters.fhir.reading import read
from adapters.fhir.reading.conditions import where_unsure
from adapters.fhir.reading.lookup import lookup_of
from adapters.fhir.reading.thinning import Listed, thinned
from adapters.units import convert
from engine.base import KnowledgeBase
from engine.given import Coding, Origin
from engine.judgements import infer
from engine.recommend import recommend
from engine.record import ListedCondition, Record
from knowledge.load import load

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
CODES = ("F11.20", "F11.20", "F11.10", "F33.1", "Z99.999")
STATUSES = ("active", "active", "active", "suspected", "in_remission", "ruled_out", "family_history")


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load()


def statement(base: KnowledgeBase, code: str, status: str, day: int | None, part2: bool) -> Listed:
    coding = Coding(system="icd10cm", code=code)
    at = None if day is None else NOW - timedelta(days=day)
    origin = Origin(programme="north", part2=True) if part2 else None
    entry = ListedCondition.model_validate({"codes": (coding,), "status": status, "at": at, "origin": origin})
    groups = lookup_of(base).condition((coding,)) or frozenset()
    return entry, groups if status != "family_history" else frozenset()


def test_the_same_follows_at_whatever_moment_it_is_asked(base: KnowledgeBase) -> None:
    shorter = 0
    for seed in range(150):
        rng = Random(seed)
        days = [rng.choice((None, *range(10))) for _ in range(rng.randint(2, 20))]
        everything = [statement(base, rng.choice(CODES), rng.choice(STATUSES), day, part2=rng.random() < 0.1) for day in days]
        fewer, as_of = thinned(everything), NOW - timedelta(days=rng.randint(-1, 9))
        shorter += len(fewer) < len(set(everything))
        one, other = (
            recommend(base, Record(conditions=tuple(where_unsure(found, set()))), as_of, infer, convert) for found in (everything, fewer)
        )
        assert one.judgements.truths == other.judgements.truths, seed
        assert one.outcome == other.outcome
    assert shorter > 10


def test_a_turn_is_never_left_out(base: KnowledgeBase) -> None:
    turns = [("active", 900), ("active", 800), ("active", 700), ("in_remission", 600), ("in_remission", 500), ("active", 400)]
    kept = thinned([statement(base, "F11.20", status, day, part2=False) for status, day in turns])
    assert [(entry.status, (NOW - entry.at).days) for entry, _ in kept if entry.at] == [turns[index] for index in (0, 2, 3, 4, 5)]


def test_what_stands_under_two_labels_stays_under_both(base: KnowledgeBase) -> None:
    told = [statement(base, "F11.20", "active", day, part2=day == 2) for day in (1, 2, 3)]
    assert thinned(told) == told


def repeated(count: int) -> Iterator[dict[str, object]]:
    """A chart that repeats two diagnoses for years; the newest word of one is that it is active, of the other that it is over."""
    for number in range(count):
        at = (NOW - timedelta(days=count - number)).isoformat()
        code, over = ("F11.20", False) if number % 2 else ("F33.1", number > count - 20)
        yield about(
            "Condition",
            f"c{number}",
            code={"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]},
            clinicalStatus={"coding": [{"code": "resolved" if over else "active"}]},
            recordedDate=at,
        )


def test_thousands_of_diagnoses_are_read(base: KnowledgeBase) -> None:
    found = read(base, repeated(4000), "p1")
    assert len(found.record.conditions) < 10
    assert ("Condition", "older-left-out") in {(item.reference, item.reason) for item in found.unread}
    few = read(base, list(repeated(4000))[-900:], "p1")
    assert {item.reason for item in few.unread} == set()
    decisions = [recommend(base, item.record, NOW, infer, convert) for item in (found, few)]
    assert decisions[0].judgements.truths == decisions[1].judgements.truths


def test_a_chart_with_thousands_of_diagnoses_has_its_cards(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serving(tmp_path_factory.mktemp("data"), now=lambda: NOW, max_body=8_000_000) as (client, _):
        asking = Asking(client)
        many, few = (
            asking.cards("integrated-review", call("patient-view", prefetch(conditions=bundle(*sent))))
            for sent in (repeated(3000), list(repeated(3000))[-900:])
        )
    assert [card["summary"] for card in many] == [card["summary"] for card in few]
    assert any("Buprenorphine" in card["summary"] for card in many)


def test_what_nobody_reads_anyway_is_not_called_a_value_that_is_missing(base: KnowledgeBase) -> None:
    """Charts are full of percentiles without a value; only of a finding that is known here is it worth a word to a clinician."""
    sent = [about("Observation", name, code={"coding": [{"system": "http://loinc.org", "code": name}]}) for name in ("59576-9", "44261-6")]
    found = {item.reference: item.reason for item in read(base, sent, "p1").unread}
    assert found == {"Observation/59576-9": "code-unknown", "Observation/44261-6": "value-missing"}
