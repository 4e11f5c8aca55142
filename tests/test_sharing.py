"""What a recipient may not learn leaves no trace, in any part of any answer; and never makes an unsafe answer look whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.units import convert
from api.intake import read_record
from api.vocabulary import Vocabulary
from engine.base import KnowledgeBase
from engine.compiled import Compiled
from engine.consent import LABELS, Viewer
from engine.decision import Decision
from engine.document import document
from engine.explain import explain
from engine.given import Service
from engine.judgements import infer
from engine.recommend import recommend
from engine.record import Record
from engine.sharing import age_of, differs, held, share, warned
from knowledge.load import load

AS_OF = datetime(2026, 11, 23, 16, tzinfo=UTC)
AT = "2026-11-23T15:00:00Z"
OTP = {"programme": "northside-otp", "part2": True}
EXAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parent.parent / "examples").glob("*.json"))]


@cache
def base() -> KnowledgeBase:
    return load()


@cache
def compiled() -> Compiled:
    return Compiled(base().ruleset)


def read(**parts: Any) -> Record:
    return read_record(json.dumps(parts).encode(), Vocabulary(base()))


def decision(record: Record) -> Decision:
    return recommend(base(), record, AS_OF, compiled(), convert)


def seen(record: Record, viewer: Viewer | None = None) -> Record:
    return share(base(), record, viewer or Viewer(recipient="City Hospital"), (), AS_OF).record


HIDDEN: dict[str, list[dict[str, Any]]] = {
    "findings": [{"code": "phq9.q9", "value": 2, "at": AT}, {"code": "withdrawal.prior_complicated", "value": True, "at": AT}],
    "instruments": [{"instrument": "cows", "total": 12, "at": AT}, {"instrument": "audit", "total": 30, "at": AT}],
    "conditions": [{"term": "opioid_use_disorder", "status": "active"}, {"term": "depression", "status": "active"}, {"text": "unreadable",
                    "status": "active"}],
    "medications": [{"ingredient": "methadone", "status": "active"}, {"text": "unreadable", "status": "active"}],
    "allergies": [{"substance": "buprenorphine"}],
    "series": [{"code": "craving.daily", "points": [{"at": AT, "value": 9}]}],
    "events": [{"kind": "overdose", "at": AT}, {"kind": "discharge", "at": AT}],
    "goals": [{"text": "stay on methadone"}],
}  # fmt: skip
PLAIN: dict[str, Any] = {
    "patient": {"age": 40},
    "findings": [{"code": "phq9.q9", "value": 0, "at": "2026-11-20T15:00:00Z"}],
    "conditions": [{"term": "alcohol_use_disorder", "status": "active", "severity": "severe"}],
    "medications": [{"ingredient": "naltrexone", "status": "proposed"}],
    "reviewed": {"medications": AT, "conditions": AT, "allergies": AT, "events": AT},
}


def with_hidden(*parts: str) -> dict[str, Any]:
    """The plain record with everything of these parts from a Part 2 programme beside it, in between and at the end."""
    whole = dict(PLAIN)
    for part in parts:
        own = whole.get(part, [])
        added = [{**item, "origin": OTP} for item in HIDDEN[part]]
        whole[part] = [*added[:1], *own, *added[1:]]
    consent = {"category": "part2", "recipient": "Somebody Else", "purpose": "treatment", "status": "given", "at": AT}
    return {**whole, "consents": [consent]}


@given(st.sets(st.sampled_from(sorted(HIDDEN)), min_size=1))
@settings(max_examples=30)
def test_a_withheld_part_is_as_if_it_had_never_been(parts: set[str]) -> None:
    """Gaps, counts, wording, explanation, positions, requests, alternatives, trace, identity: the whole document is the same."""
    shown, never = decision(seen(read(**with_hidden(*parts)))), decision(read(**PLAIN))
    for language in ("en", "es"):
        assert document(base(), shown, language) == document(base(), never, language)
    for component in ("naltrexone", "buprenorphine", "naloxone"):
        assert explain(base(), shown, component) == explain(base(), never, component)


def test_a_whole_record_of_a_programme_leaves_only_what_says_nothing() -> None:
    left = seen(read(origin=OTP, **PLAIN))
    assert left == read(patient={"age": 40}, reviewed=PLAIN["reviewed"])


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_plain_record_loses_nothing_in_care(example: bytes) -> None:
    record = read_record(example, Vocabulary(base()))
    found = share(base(), record, Viewer(), (), AS_OF)
    assert found.record == record
    assert not found.withheld


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_programme_itself_loses_nothing(example: bytes) -> None:
    record = read_record(example, Vocabulary(base())).model_copy(update={"origin": read(origin=OTP).origin})
    found = share(base(), record, Viewer(programmes=frozenset({"northside-otp"})), (), AS_OF)
    assert found.record == record
    assert "part2" in found.labels
    assert not found.notice  # nothing leaves the programme
    assert decision(record).id == decision(found.record).id


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_relative_sees_neither_substance_use_nor_mental_health(example: bytes) -> None:
    left = seen(read_record(example, Vocabulary(base())), Viewer(recipient="Ana", kind="proxy"))
    labels = {label for item in left.findings for label in base().dictionary.entries[item.code].sensitivity}
    labels |= {label for item in left.conditions for label in base().dictionary.conditions[item.term or ""].sensitivity}
    assert not labels
    assert not left.goals
    assert not left.consents
    assert left.patient.pregnancy is None


def danger(hidden: dict[str, Any]) -> tuple[Decision, Decision]:
    record = read(**{**PLAIN, **{part: [*PLAIN.get(part, []), *items] for part, items in hidden.items()}})
    return decision(record), decision(seen(record))


METHADONE = {"medications": [{"ingredient": "methadone", "status": "active", "origin": OTP}]}
SUICIDE = {"findings": [{"code": "phq9.q9", "value": 3, "at": AT, "origin": OTP}]}
BORING = {"findings": [{"code": "need.legal", "value": True, "at": AT, "origin": OTP}]}


def test_a_difference_that_safety_makes_is_found() -> None:
    assert differs(base(), *danger(METHADONE))
    assert differs(base(), *danger(SUICIDE))
    assert not differs(base(), *danger(BORING))
    assert not differs(base(), *danger({}))


@pytest.mark.parametrize("hidden", [METHADONE, SUICIDE])
def test_a_held_answer_is_the_same_whatever_was_withheld(hidden: dict[str, Any]) -> None:
    """V44: neither the drug nor the reason, nor which danger it is, can be read from it."""
    record = read(**{**PLAIN, **{part: [*PLAIN.get(part, []), *items] for part, items in hidden.items()}})
    shown = held(base(), decision(warned(seen(record), AS_OF)))
    other = held(base(), decision(warned(seen(read(**PLAIN)), AS_OF)))
    assert document(base(), shown, "en") == document(base(), other, "en")
    text = json.dumps(document(base(), shown, "en"))
    assert "withheld-safety-asks-for-the-whole-record@" in text
    assert shown.escalations[0].level == "E4"
    assert {item.component.id for item in shown.recommendations} & base().avoiding.keys() == set()
    assert not {name for item in shown.recommendations for name in item.alternatives} & base().avoiding.keys()
    told = explain(base(), shown, "naltrexone", infer)
    assert told.standing in ("could_not_evaluate", "withheld")
    assert told.changes == ()


def test_help_and_what_the_permitted_part_calls_for_still_stand_in_a_held_answer() -> None:
    record = read(**{**PLAIN, "findings": [{"code": "phq9.q9", "value": 3, "at": AT}], **METHADONE})
    shown = held(base(), decision(warned(seen(record), AS_OF)))
    plain = decision(seen(record))
    assert shown.help == plain.help
    assert {(item.level, item.to, item.do["en"]) for item in plain.escalations} <= {
        (item.level, item.to, item.do["en"]) for item in shown.escalations
    }


CLINIC = {"programme": "youth-clinic", "part2": True, "service": "outpatient"}


def opened_to_city_hospital(
    age: int | None, region: str | None, signed: str | None, origin: dict[str, Any] = CLINIC, label: str = "part2", **more: Any
) -> bool:
    """Whether a condition from a programme is shown when a consent for this label was signed so."""
    patient = {"age": age, "location": {"country": "US", "region": region}}
    consent = {"category": label, "recipient": "City Hospital", "purpose": "treatment", "status": "given", "at": AT, "signed_by": signed}
    term = "opioid_use_disorder" if label == "part2" else "depression"
    record = read(patient=patient, conditions=[{"term": term, "status": "active", "origin": origin}], consents=[consent], **more)
    found = share(base(), record, Viewer(recipient="City Hospital"), (), AS_OF)
    assert found.notice == (bool(found.record.conditions) and label == "part2")
    return bool(found.record.conditions)


@pytest.mark.parametrize(
    ("age", "region", "signed", "opened"),
    [
        (40, None, None, True),
        (17, None, "patient", False),
        (17, None, "both", True),
        (17, "CA", "patient", True),
        (12, "US-CA", "patient", True),
        (11, "CA", "patient", False),
        (11, "CA", "both", True),
        (17, "CA", "guardian", False),
        (17, "XX", "patient", False),
        (None, "CA", "patient", False),
        (None, "CA", "both", True),
        (14, "DE", "patient", True),
        (13, "DE", "patient", False),
        (12, "WA", "patient", False),
        (13, "WA", "patient", True),
        (17, "TX", "patient", False),  # a state that could not be verified
        (18, "TX", "patient", True),
        (18, "NE", "patient", False),  # of age at 19
        (19, "NE", "patient", True),
        (20, "MS", "patient", False),
        (21, "MS", "patient", True),
        (20, None, "patient", False),  # of age everywhere at 21
        (21, None, "patient", True),
        (20, "Mississippi", "patient", False),
        (20, "ca", "patient", False),
    ],
)
def test_a_minor_signs_as_the_state_lets_them_and_else_with_the_guardian(
    age: int | None, region: str | None, signed: str | None, opened: bool
) -> None:
    assert opened_to_city_hospital(age, region, signed) == opened


@pytest.mark.parametrize(
    ("service", "opened"), [("counselling", True), ("outpatient", True), ("opioid_agonist", False), ("residential", False), (None, False)]
)
def test_a_minor_signs_alone_only_for_the_kind_of_care_that_the_law_names(service: str | None, opened: bool) -> None:
    assert opened_to_city_hospital(16, "CA", "patient", {**CLINIC, "service": service}) == opened


@pytest.mark.parametrize("status", ["active", "proposed", "stopped"])
@pytest.mark.parametrize("medicine", [{"ingredient": "methadone"}, {"codes": [{"system": "rxnorm", "code": "1819"}]}])
def test_what_is_said_of_the_kind_of_care_is_not_believed_beside_an_opioid_agonist(medicine: dict[str, Any], status: str) -> None:
    assert not opened_to_city_hospital(16, "CA", "patient", medications=[{**medicine, "status": status}])
    assert opened_to_city_hospital(16, "CA", "patient", medications=[{"ingredient": "naltrexone", "status": status}])


@pytest.mark.parametrize(
    ("region", "age", "service", "substances", "mind"),
    [
        ("IL", 12, "counselling", True, False),
        ("IL", 17, "counselling", True, True),
        ("IL", 17, "outpatient", True, False),  # counselling is all that the statute on mental health names
        ("AL", 15, "outpatient", True, False),
        ("AL", 16, "outpatient", True, True),
        ("PA", 13, "outpatient", False, False),
        ("PA", 14, "outpatient", False, True),
        ("TN", 16, "outpatient", False, True),
        ("CA", 17, "outpatient", True, False),  # there it rests on what the professional finds
    ],
)
def test_mental_health_has_an_age_of_its_own(region: str, age: int, service: str, substances: bool, mind: bool) -> None:
    law = base().law_of_minors(f"US-{region}")
    assert law is not None
    assert law.signs_alone(["part2"], service, age) == substances  # type: ignore[arg-type]
    assert law.signs_alone(["mental_health"], service, age) == mind  # type: ignore[arg-type]
    assert law.signs_alone(["part2", "mental_health"], service, age) == (substances and mind)  # type: ignore[arg-type]
    both = {"programme": "main-street", "part2": False, "service": service}
    assert opened_to_city_hospital(age, region, "patient", both, "mental_health") == mind


@given(
    st.sampled_from(sorted(base().laws_of_minors)), st.sampled_from(LABELS), st.sampled_from([None, *get_args(Service)]), st.integers(0, 25)
)
def testlaws_of_minors(region: str, label: Any, service: Any, age: int) -> None:
    """Nobody below 12 signs alone, nor does growing older or saying more of the care close what was open; not known is the strictest."""
    law, unknown = base().law_of_minors(region), base().law_of_minors(None)
    assert law is not None
    assert unknown is not None
    alone = law.signs_alone([label], service, age)
    assert not alone or (age >= 12 and law.signs_alone([label], service, age + 1))
    assert alone or not (law.signs_alone([label], None, age) or unknown.signs_alone([label], service, age))
    assert not law.signs_alone([label], "opioid_agonist", age) or age >= law.majority


@pytest.mark.parametrize(("age", "region", "labelled"), [(17, "TX", True), (18, "TX", False), (18, "AL", True), (19, "AL", False)])
def test_a_relative_needs_a_consent_for_a_minor_until_the_majority_of_the_state(age: int, region: str, labelled: bool) -> None:
    consent = {"category": "mental_health", "recipient": "Ana", "purpose": "treatment", "status": "given", "at": AT, "signed_by": "both"}
    record = read(
        patient={"age": age, "location": {"country": "US", "region": region}},
        conditions=[{"term": "depression", "status": "active"}],
        consents=[consent],
    )
    found = share(base(), record, Viewer(recipient="Ana", kind="proxy"), (), AS_OF)
    assert bool(found.record.conditions) != labelled


PSYCHIATRY = {"category": "mental_health", "recipient": "treating_providers", "purpose": "treatment", "status": "given", "at": AT}
SUBSTANCES = PSYCHIATRY | {"category": "part2"}
NOT_BOUND = {"programme": "northside-clinic", "part2": False}
INSIDE = Viewer(programmes=frozenset({"northside-otp"}))


@pytest.mark.parametrize(
    ("term", "origin", "consent", "viewer", "notice"),
    [
        ("opioid_use_disorder", OTP, SUBSTANCES, Viewer(), True),
        ("opioid_use_disorder", OTP, SUBSTANCES, Viewer(purpose="emergency", emergency=True), True),
        ("opioid_use_disorder", OTP, SUBSTANCES, INSIDE, False),  # its own programme
        ("depression", OTP, PSYCHIATRY, INSIDE, False),  # the consent is for its other label
        ("opioid_use_disorder", OTP, SUBSTANCES, Viewer(kind="patient"), False),  # the person's own
        ("opioid_use_disorder", None, SUBSTANCES, Viewer(), True),  # nobody says where it comes from
        ("opioid_use_disorder", NOT_BOUND, SUBSTANCES, Viewer(), False),  # the same diagnosis, from a clinic that the rule does not bind
        ("opioid_use_disorder", None, SUBSTANCES, Viewer(purpose="emergency", emergency=True), True),
        ("depression", None, PSYCHIATRY, Viewer(), False),
    ],
)
def test_the_notice_goes_with_what_leaves_a_programme_and_with_nothing_else(
    term: str, origin: dict[str, Any] | None, consent: dict[str, Any], viewer: Viewer, notice: bool
) -> None:
    listed = {"term": term, "status": "active"} | ({"origin": origin} if origin else {})
    found = share(base(), read(patient={"age": 40}, conditions=[listed], consents=[consent]), viewer, (), AS_OF)
    assert found.record.conditions
    assert found.notice == notice
    assert found.part2 == bool(origin and origin["part2"])


def test_age_is_counted_in_whole_years() -> None:
    assert age_of(read(patient={"birth_date": "2008-11-23"}), AS_OF) == 18
    assert age_of(read(patient={"birth_date": "2008-11-24"}), AS_OF) == 17
    assert age_of(read(patient={"birth_date": "2008-11-24"}), datetime(2026, 11, 24, 11, 59, tzinfo=UTC)) == 17  # not yet everywhere
    assert age_of(read(patient={"birth_date": "2008-11-24"}), datetime(2026, 11, 24, 12, tzinfo=UTC)) == 18
    assert age_of(read(), AS_OF) is None


def test_consents_and_origins_are_no_part_of_what_a_decision_is() -> None:
    assert decision(read(**with_hidden())).id == decision(read(**PLAIN)).id
    assert decision(read(**{**PLAIN, "origin": OTP})).id == decision(read(**PLAIN)).id
