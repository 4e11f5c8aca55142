"""Laws of reading: it never fails, order and repetition change nothing, and nothing is newer than it was said to be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from charts import ME, SNOMED, allergy, base, bundle, coded, concept, condition, observation, one, order, patient, response, statement, told
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.fhir.reading import Reading, read
from adapters.fhir.reading.collect import collect
from adapters.fhir.reading.read import _READERS
from adapters.fhir.reading.times import moment
from engine.errors import Refused
from engine.observe import observe
from engine.vocabulary import MEDICATION_STATUS

KINDS = [*_READERS, "Observation", "Encounter", "Bundle", "OperationOutcome", "Medication", "Questionnaire", "Immunization"]
WORDS = [
    *("active", "completed", "final", "order", "draft", "stopped", "finished", "in-progress", "deny", "permit", "patient-privacy"),
    *("http://loinc.org", "http://snomed.info/sct", "44261-6", "44260-8", "44249-1", "14334-7", "8480-6", "19550-3", "82810-3", "F32.A"),
    *("Patient/p-1", "p-1", "Patient/p-2", "#1", "urn:uuid:1", "2026-11-19", "2026-11", "2026", "2026-11-19T09:00:00Z", "mmol/L", "12"),
    *("G2067", "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "93374-7", "LA9193-9", "noshow", "preparation", "not-done"),
    *("\ud800", "\0", " ", "", "IMP", "EMER", "TREAT", "42CFRPart2", "next", "searchset", "LA6571-9", "9" * 400, "home"),
]
NAMES = [
    *("resourceType", "id", "status", "code", "coding", "system", "display", "text", "subject", "patient", "reference", "value", "unit"),
    *(
        "valueQuantity",
        "valueInteger",
        "valueString",
        "valueCodeableConcept",
        "valueBoolean",
        "valueCoding",
        "valueDecimal",
        "item",
        "answer",
    ),
    *(
        "linkId",
        "component",
        "hasMember",
        "effectiveDateTime",
        "effectivePeriod",
        "authored",
        "authoredOn",
        "start",
        "end",
        "period",
        "meta",
    ),
    *("security", "source", "lastUpdated", "versionId", "entry", "resource", "link", "relation", "response", "outcome", "total", "type"),
    *("clinicalStatus", "verificationStatus", "recordedDate", "abatementDateTime", "severity", "medicationCodeableConcept", "intent"),
    *(
        "medicationReference",
        "dosageInstruction",
        "doseAndRate",
        "doseQuantity",
        "timing",
        "repeat",
        "frequency",
        "periodUnit",
        "contained",
    ),
    *("class", "hospitalization", "scope", "provision", "actor", "purpose", "securityLabel", "dateTime", "birthDate", "address", "country"),
    *("performedDateTime", "performedPeriod", "activity", "detail", "goal", "scheduledPeriod", "modifierExtension", "participant"),
    *(
        "communication",
        "language",
        "extension",
        "url",
        "lifecycleStatus",
        "description",
        "category",
        "condition",
        "questionnaire",
        "identifier",
    ),
]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(WORDS),
    st.text(max_size=8),
    st.sampled_from([10**40, -1, 0, 3, 1e308]),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=6)),
    max_leaves=24,
)
RESOURCES = st.builds(
    lambda kind, parts: {"resourceType": kind, "subject": {"reference": "Patient/p-1"}} | parts,
    st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from(NAMES[1:]), JSON, max_size=8),
)

SAMPLE: list[dict[str, Any]] = [
    patient(birthDate="1990-02-03", gender="female"),
    condition(recordedDate="2026-01-01"),
    condition("F33.1", "2", "resolved", recordedDate="2026-03-01"),
    order(),
    order("7243", "2", status="unknown"),
    statement("3", status="not-taken"),
    allergy(),
    response({"/44260-8": coded("LA6571-9"), "/44261-6": ("valueInteger", 11)}),
    observation("44261-6", "t", valueInteger=14),
    observation("44260-8", "i", valueInteger=1),
    observation("14334-7", "l", valueQuantity={"value": 0.8, "code": "mmol/L"}),
    observation("44260-8", "j", valueInteger=2),
    one("Encounter", status="in-progress", **{"class": {"code": "AMB"}}, period={"start": "2026-11-19"}),
    one("MedicationAdministration", "m1", status="completed", medicationCodeableConcept=concept("6813"), effectiveDateTime="2026-11-01"),
    one("Goal", lifecycleStatus="active", description={"text": "work"}),
    one("Immunization"),
    one("Procedure", "p1", status="completed", code=concept("310653000", SNOMED), performedDateTime="2026-11"),
    one("Procedure", "p2", status="unknown", code=concept("310653000", SNOMED)),
    one("CarePlan", "c1", status="active", activity=[{"detail": {"status": "in-progress", "code": concept("792901003", SNOMED)}}]),
    one("Appointment", "a1", subject=None, patient=ME, status="noshow", start="2026-11-18"),
    observation("44260-8", "y", valueInteger=0, effectiveDateTime="2026"),
    observation("44260-8", "d", valueInteger=3, effectiveDateTime="2026-11-19"),
    observation("44260-8", "x", valueInteger=3, modifierExtension=[{"url": "urn:x"}]),
    observation("93374-7", "r", valueCodeableConcept=concept("LA9193-9")),
    observation("1-8", "u", valueInteger=1, meta={"versionId": "1"}),
    observation("44261-6", "u", valueInteger=20, meta={"versionId": "2"}),
    observation("44261-6", "v", valueInteger=20, meta={"versionId": "2"}),
    observation("44261-6", "v", valueInteger=21, meta={"versionId": "2"}),
]


def outcome(resources: Any, drafts: Any = ()) -> Reading | Refused:
    try:
        return read(base(), resources, "p-1", drafts)
    except Refused as refused:
        return refused


@settings(max_examples=400)
@given(st.lists(JSON | RESOURCES, max_size=4), st.lists(RESOURCES, max_size=2))
def test_any_json_gives_a_reading_or_is_refused(resources: list[Any], drafts: list[Any]) -> None:
    found = outcome(resources, drafts)
    if isinstance(found, Reading):
        observe(base(), found.record, datetime(2026, 11, 20, tzinfo=UTC), lambda *_: None)
        assert found.record.model_dump_json()
        assert all(codes.encode() for item in found.unread for codes in (item.reference, item.reason, item.what))


@settings(max_examples=300)
@given(st.sampled_from(SAMPLE), st.data())
def test_a_resource_with_anything_in_any_place_gives_a_reading_or_is_refused(sample: dict[str, Any], data: st.DataObject) -> None:
    changed = dict(sample)
    for name in data.draw(st.sets(st.sampled_from(sorted(changed)), min_size=1, max_size=3)):
        changed[name] = data.draw(JSON)
    outcome([changed])
    outcome([], [changed])


@settings(max_examples=80)
@given(st.permutations(SAMPLE), st.lists(st.sampled_from(SAMPLE), max_size=5), st.integers(0, len(SAMPLE)))
def test_order_repetition_and_bundling_change_nothing(shuffled: list[Any], again: list[Any], cut: int) -> None:
    expected = told(*SAMPLE)
    found = told(bundle(*shuffled[:cut]), *again, *shuffled[cut:])
    assert found.record == expected.record
    assert found.references == expected.references
    assert found.unread == expected.unread


@settings(max_examples=100)
@given(st.lists(RESOURCES, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_anything_changes_nothing(resources: list[Any], chance: Any) -> None:
    shuffled = list(resources)
    chance.shuffle(shuffled)
    one_way, other_way = outcome(resources), outcome(shuffled)
    if isinstance(one_way, Refused):
        assert isinstance(other_way, Refused)
        assert one_way.problems == other_way.problems
    else:
        assert isinstance(other_way, Reading)
        assert (one_way.record.model_dump_json(), one_way.references, one_way.unread) == (
            other_way.record.model_dump_json(),
            other_way.references,
            other_way.unread,
        )


@given(st.dates(date(1901, 1, 1), date(2199, 12, 30)), st.integers(-12, 14))
def test_a_date_is_placed_no_later_than_it_was_anywhere(day: Any, zone: int) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=zone)
    for said in (day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]):
        found = moment(said)
        assert found is not None
        assert found.at <= midnight
        assert found.last >= midnight + timedelta(hours=23)
        assert found.precise == (len(said) == 10)


WRITTEN = st.sampled_from(["moment", "utc", "day", "month", "year"])


def written(at: datetime, how: str) -> str:
    """As a record writes it: to the second in its own zone or in UTC, or no closer than that."""
    length = {"day": 10, "month": 7, "year": 4}.get(how)
    return at.isoformat()[:length] if length else (at.astimezone(UTC) if how == "utc" else at).isoformat()


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 3), WRITTEN, st.booleans()), min_size=1, max_size=5), st.integers(-11, 13))
def test_however_exactly_it_is_dated_the_newest_answer_is_never_lost(answers: list[tuple[int, int, str, bool]], zone: int) -> None:
    """The last answer, whether it can be read or not, never leaves less risk than it told; where all can be read, it is among them."""
    begin, sent = datetime(2026, 11, 10, tzinfo=timezone(timedelta(hours=zone))), []
    for number, (hours, score, how, unclear) in enumerate(answers):
        when = written(begin + timedelta(hours=hours), how)
        doubt = {"modifierExtension": [{"url": "urn:x"}]} if unclear else {}
        sent.append(observation("44260-8", str(number), valueInteger=score, effectiveDateTime=when, **doubt))
    last = max(hours for hours, *_ in answers)
    truths = [(score, unclear) for hours, score, _, unclear in answers if hours == last]
    found = observe(base(), told(*sent).record, datetime(2026, 11, 20, tzinfo=UTC), lambda *_: None).findings.get("phq9.q9")
    if found is None or found.low is None or found.high is None:
        return
    for score, unclear in truths:
        assert found.high >= score
        assert unclear or found.low <= score


@pytest.mark.parametrize(
    "said",
    [
        "",
        "then",
        "20",
        "2026-13",
        "2026-00",
        "2026-02-30",
        "2026-W01-1",
        "0001-01-01",
        "9999",
        "2026-11-19T25:00:00Z",
        2026,
        None,
        [],
        "²026",
    ],
)
def test_what_is_no_date_is_none(said: Any) -> None:
    assert moment(said) is None


def test_what_is_nested_without_end_is_refused_or_read() -> None:
    deep: Any = {"linkId": "x"}
    for _ in range(100_000):
        deep = {"linkId": "x", "item": [deep]}
    twice = [one("QuestionnaireResponse", status="completed", authored="2026-11-19", item=[deep]) for _ in range(2)]
    assert isinstance(outcome(twice[:1]), Reading)
    found = outcome(twice)
    assert isinstance(found, Refused)
    assert [problem.code for problem in found.problems] == ["too-deep"]
    while deep.get("item"):  # taken apart one by one: what is nested so deeply cannot be freed at once
        deep = deep.pop("item")[0]


def test_what_says_the_same_again_does_not_fill_the_record() -> None:
    repeated = [order(name=str(number), status="completed", authoredOn=None) for number in range(1500)]
    goals = [one("Goal", str(number), lifecycleStatus="active", description={"text": "work"}) for number in range(60)]
    reading = told(*repeated, *goals)
    assert (len(reading.record.medications), len(reading.record.goals)) == (1, 50)
    assert {(item.reference, item.reason) for item in reading.unread} == {("Goal", "older-left-out")}


def test_more_than_a_record_holds_is_refused() -> None:
    found = outcome([condition(f"F32.{number}", str(number)) for number in range(1001)])
    assert isinstance(found, Refused)
    assert [problem.code for problem in found.problems] == ["too-much"]


ENDED = st.sampled_from(["completed", "stopped", "cancelled", "on-hold", "unknown", "entered-in-error"])


@given(
    st.lists(st.tuples(ENDED, st.dates(date(2020, 1, 1), date(2026, 11, 18)), st.booleans()), max_size=6), st.randoms(use_true_random=False)
)
def test_nothing_that_has_ended_hides_a_medicine_that_is_ordered(ended: list[tuple[str, Any, bool]], chance: Any) -> None:
    sent = [order(name="active", authoredOn="2020-01-01")]
    for number, (status, day, orders) in enumerate(ended):
        said = {"status": status, "authoredOn": day.isoformat(), "effectivePeriod": {"end": day.isoformat()}}
        sent.append(order(name=str(number), **said) if orders else statement(f"s{number}", **said))
    chance.shuffle(sent)
    findings = observe(base(), told(*sent).record, datetime(2026, 11, 20, tzinfo=UTC), lambda *_: None).findings
    assert findings["medication.methadone"].low == MEDICATION_STATUS.index("active")


def test_of_a_very_long_record_the_newest_findings_are_used() -> None:
    minutes = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number) for number in range(5100)]
    pulses = [
        observation("8867-4", str(number), valueQuantity={"value": 60, "code": "/min"}, effectiveDateTime=at.isoformat())
        for number, at in enumerate(minutes)
    ]
    reading = told(*pulses)
    assert max(item.at for item in reading.record.findings) == minutes[-1]
    assert len(reading.record.findings) == 30
    assert {item.reason for item in reading.unread} == {"older-left-out"}


def test_every_resource_is_read_or_told() -> None:
    reading = told(*SAMPLE)
    cited = {name for names in reading.references.values() for name in names}
    named = cited | {item.reference for item in reading.unread} | {item.reference.partition("/")[0] for item in reading.unread}
    silent = {one.reference for one in collect(SAMPLE, (), "p-1").ones if one.reference not in named and one.kind not in named}
    assert silent <= {"Goal/1", "AllergyIntolerance/1"}
