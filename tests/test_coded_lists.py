"""Lists by the codes of published systems: what they say counts, and what nobody understood keeps a list open."""

from __future__ import annotations

from itertools import permutations
from typing import Any, get_args, get_type_hints

import pytest
import small
from hypothesis import given
from hypothesis import strategies as st
from small import NOW, ago, only, rule

from api.schemas import NotUsed
from api.words import keys
from engine.base import KnowledgeBase
from engine.coded import with_coded
from engine.consent import Viewer
from engine.decision import Decision
from engine.findings import Finding
from engine.judgements import infer
from engine.lists import Ignored, ingredients_of, of_allergies, of_conditions, of_medications
from engine.monitoring import monitor
from engine.observe import observe
from engine.recommend import recommend
from engine.record import Record
from engine.sharing import share
from engine.terminology import Medicines
from knowledge.load import load

ABSENT, REMISSION, ACTIVE = range(3)
NO_FORM = "snomed|75544000"  # opioid dependence, of no grade and no form
OPEN = (None, None, "conflicting")
OUD, DEPRESSION = "condition.opioid_use_disorder", "condition.depression"


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load()


def coded(*codes: str, status: str = "active", days: float | None = None, **more: Any) -> dict[str, Any]:
    """An entry by ICD-10-CM codes, or by `system|code`."""
    systems = [code.split("|") if "|" in code else ("icd10cm", code) for code in codes]
    told = {"codes": [{"system": system, "code": code} for system, code in systems], "status": status}
    return told | {"at": None if days is None else ago(days)} | more


def record(reviewed: bool = True, **lists: Any) -> Record:
    return Record.model_validate({"reviewed": small.REVIEWED if reviewed else {}, **lists})


def see(base: KnowledgeBase, *conditions: dict[str, Any], reviewed: bool = True, **lists: Any) -> dict[str, Finding]:
    stated = with_coded(base, record(reviewed, conditions=conditions, **lists), NOW)
    found = observe(base, stated, NOW, small.same_unit).findings
    return monitor(base.dictionary, base.instruments, stated, found, NOW)


def told(base: KnowledgeBase, *conditions: dict[str, Any], reviewed: bool = True) -> list[tuple[str, str]]:
    return [(item.where, item.why) for item in of_conditions(base, record(reviewed, conditions=conditions), NOW)[1]]


def ends(finding: Finding) -> tuple[object, object, str | None]:
    return finding.low, finding.high, finding.absent


@pytest.mark.parametrize(
    ("entries", "status", "severity"),
    [
        ([coded("F11.20")], (ACTIVE, ACTIVE, None), (2, 3, "partial")),
        ([coded("F11.10")], (ACTIVE, ACTIVE, None), (1, 1, None)),
        ([coded("F11.20", severity="severe")], (ACTIVE, ACTIVE, None), (3, 3, None)),
        ([coded("F11.10", severity="severe")], (ACTIVE, ACTIVE, None), (3, 3, None)),  # they contradict: the worse
        ([coded("F11.20", severity="mild")], (ACTIVE, ACTIVE, None), (2, 3, "partial")),
        ([coded("F11.21")], (REMISSION, REMISSION, None), (0, 0, None)),  # on the list as active, and in remission
        ([coded("F11.20", status="in_remission")], (REMISSION, REMISSION, None), (0, 0, None)),
        ([coded("F11.20", "F11.21")], (ACTIVE, ACTIVE, None), (2, 3, "partial")),
        ([coded("F11.20"), coded("F11.21")], (ACTIVE, ACTIVE, None), (2, 3, "partial")),
        ([coded("F11.20", days=400), coded("F11.21", days=5)], (REMISSION, REMISSION, None), (0, 0, None)),
        ([coded("F11.20", status="suspected")], (ABSENT, ACTIVE, "suspected"), (None, None, "suspected")),
        ([coded("F11.21", status="suspected")], (ABSENT, REMISSION, "conflicting"), (None, None, "conflicting")),
        ([coded("F11.90")], (ABSENT, ACTIVE, "suspected"), (None, None, "suspected")),
        ([coded("F11.90", days=1), coded("F11.20", days=9)], (ACTIVE, ACTIVE, None), (2, 3, "partial")),
        ([coded("F11.90", days=9), coded(NO_FORM, status="ruled_out", days=1)], (ABSENT, ABSENT, None), (0, 0, None)),
        ([coded("F11.90", days=1), coded(NO_FORM, status="ruled_out", days=9)], (ABSENT, ACTIVE, "suspected"), (None, None, "suspected")),
        ([coded("F11.23", status="ruled_out")], (ABSENT, ABSENT, None), (0, 0, None)),  # the list is closed, and names no other
        ([coded("F11.23", status="ruled_out", days=1), coded("F11.20", days=9)], (ABSENT, ACTIVE, "conflicting"), OPEN),
        ([coded("F11.23", status="ruled_out"), coded("F11.20")], (ACTIVE, ACTIVE, None), (2, 3, "partial")),
        ([coded("F11.20", status="entered_in_error")], (ABSENT, ABSENT, None), (0, 0, None)),
        ([coded("F11.20", term="opioid_use_disorder")], (ACTIVE, ACTIVE, None), (2, 3, "partial")),
        ([coded("F11.21", term="opioid_use_disorder")], (REMISSION, REMISSION, None), (0, 0, None)),
        ([coded("F11.90", term="opioid_use_disorder")], (ACTIVE, ACTIVE, None), (1, 3, "never_asked")),
        ([coded("E11.9", term="opioid_use_disorder")], (ACTIVE, ACTIVE, None), (1, 3, "never_asked")),
        ([coded("snomed|75544000", "F11.20")], (ACTIVE, ACTIVE, None), (2, 3, "partial")),
        ([coded("snomed|1", "F11.20")], (ACTIVE, ACTIVE, None), (2, 3, "partial")),  # two names of one thing, one of them known
        ([coded("J06.9")], (ABSENT, ABSENT, None), (0, 0, None)),
        ([coded("F99")], (None, None, "not_understood"), (None, None, "not_understood")),
        ([coded("J06.9", "snomed|1")], (None, None, "not_understood"), (None, None, "not_understood")),
    ],
)  # fmt: skip
def test_codes_say_whether_and_how_much(
    base: KnowledgeBase, entries: list[dict[str, Any]], status: tuple[object, ...], severity: tuple[object, ...]
) -> None:
    for order in permutations(entries):
        found = see(base, *order)
        assert ends(found[OUD]) == status
        assert ends(found[f"{OUD}.severity"]) == severity


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (coded("F11.20"), []),
        (coded("F11.20", "F11.21"), [("/conditions/0/codes/1", "contradicted")]),
        (coded("F33.0", "F33.2"), [("/conditions/0/codes/0", "contradicted")]),
        (coded("F11.10", severity="severe"), [("/conditions/0/codes/0", "contradicted")]),
        (coded("F11.20", severity="mild"), [("/conditions/0/severity", "contradicted")]),
        (coded("F99"), [("/conditions/0", "not_understood")]),
        (coded("Z59.02"), [("/conditions/0", "undated")]),
        (coded("Z59.02", days=9), []),
        (coded("T40.1X1A"), [("/conditions/0", "undated")]),
        (coded("F99", status="family_history"), [("/conditions/0", "not_understood")]),
        (coded("F11.90", status="family_history"), []),
    ],
)
def test_what_was_not_used_is_told(base: KnowledgeBase, entry: dict[str, Any], said: list[tuple[str, str]]) -> None:
    assert told(base, entry, reviewed=False) == said


def test_a_code_not_known_keeps_the_list_open_and_one_of_nothing_ours_does_not(base: KnowledgeBase) -> None:
    assert ends(see(base, coded("F32.1"), coded("J06.9"), coded("S82.001A"))[OUD]) == (ABSENT, ABSENT, None)
    assert ends(see(base, coded("F32.1"), coded("B25.1"))[OUD]) == (None, None, "not_understood")
    assert ends(see(base, coded("F32.1"), coded("B25.1"))[DEPRESSION]) == (ACTIVE, ACTIVE, None)


def test_a_code_that_leaves_it_open_leaves_open_that_group_alone(base: KnowledgeBase) -> None:
    found = see(base, coded("I10"))
    assert ends(found["condition.uncontrolled_hypertension"]) == (ABSENT, ACTIVE, "suspected")
    assert ends(found[OUD]) == (ABSENT, ABSENT, None)


@given(st.sampled_from(["icd10cm", "snomed", "rxnorm", "loinc"]), st.text(min_size=1, max_size=40))
def test_no_text_sent_as_a_code_is_ever_read_as_no(base: KnowledgeBase, system: str, text: str) -> None:
    """Either the code is in a value set, or the list it stands on stays open."""
    entry = {"codes": [{"system": system, "code": text}], "status": "active"}
    listed = record(conditions=[entry], medications=[entry])
    conditions, medicines = of_conditions(base, listed, NOW)[0], of_medications(base, listed, NOW)[0]
    if base.terminology.conditions(system, text) is None:
        assert conditions[OUD].absent == "not_understood"
    if base.terminology.ingredients(system, text) is None:
        assert medicines["medication.opioid"].absent == "not_understood"


def test_a_relatives_code_is_never_the_persons_own(base: KnowledgeBase) -> None:
    found = see(base, coded("F20.9", status="family_history", days=5))
    assert ends(found["family_history.psychosis"]) == (1, 1, None)
    assert ends(found["condition.psychosis"]) == (ABSENT, ABSENT, None)
    assert "family_history.opioid_use_disorder" not in see(base, coded("F11.90", status="family_history", days=5))


def test_a_poisoning_is_an_overdose_of_its_day_and_is_counted_once(base: KnowledgeBase) -> None:
    code = "event.overdose.days_since"
    assert ends(see(base, coded("T40.1X1A", days=3))[code]) == (3, 3, None)
    assert ends(see(base, coded("T40.1X1A", days=3, status="in_remission"))[code]) == (3, 3, None)  # resolved, and it happened
    assert see(base, coded("T40.1X1A", days=3, status="ruled_out"))[code].high != 3
    twice = see(base, coded("T40.1X1A", days=3), coded("T40.2X1A", days=3.2), events=[{"kind": "overdose", "at": ago(3.1)}])
    assert ends(twice["overdoses.last_365_days"]) == (1, 1, None)
    apart = see(base, coded("T40.1X1A", days=3), coded("T40.2X1A", days=33))
    assert ends(apart["overdoses.last_365_days"]) == (2, 2, None)


def test_what_happened_at_an_unknown_time_is_never_read_as_never(base: KnowledgeBase) -> None:
    never = see(base)["event.suicide_attempt.days_since"]
    assert never.low == never.high
    ever = see(base, coded("Z91.51", days=400))["event.suicide_attempt.days_since"]
    assert ends(ever) == (400, never.high, "partial")
    assert ends(see(base, coded("Z91.51"))["event.suicide_attempt.days_since"]) == (0, never.high, "partial")
    open_list = see(base, coded("Z91.51", days=400), reviewed=False)["event.suicide_attempt.days_since"]
    assert ends(open_list) == (0, never.high, "not_reviewed")
    later = see(base, coded("T14.91XD", days=10), coded("T14.91XA", days=90))["event.suicide_attempt.days_since"]
    assert ends(later) == (10, 90, "partial")
    counted = see(base, coded("T40.1X1D", days=10))["overdoses.last_365_days"]
    assert counted.low == 0
    assert counted.high != 0


def test_a_self_poisoning_is_an_attempt(base: KnowledgeBase) -> None:
    found = see(base, coded("T43.212A", days=2))
    assert ends(found["event.suicide_attempt.days_since"]) == (2, 2, None)
    assert ends(found["event.overdose.days_since"]) == (2, 2, None)


@pytest.mark.parametrize(
    ("entry", "code", "low"),
    [
        (coded("Z59.02", days=9), "need.homelessness", 1),
        (coded("Z59.02"), "need.homelessness", 1),  # as old as the review of the list
        (coded("R45.851", days=1), "suicide.concern", 1),
        (coded("Z34.90", days=1), "patient.pregnancy", 1),
    ],
)
def test_a_code_can_be_a_finding(base: KnowledgeBase, entry: dict[str, Any], code: str, low: int) -> None:
    assert see(base, entry)[code].low == low
    assert code not in see(base, entry | {"status": "ruled_out"})
    assert code not in see(base, entry | {"status": "suspected"})
    assert code not in see(base, entry | {"status": "in_remission"})


def test_an_old_code_is_stale_and_another_pregnancy_contradicts(base: KnowledgeBase) -> None:
    assert see(base, coded("R45.851", days=90))["suicide.concern"].absent == "stale"
    stated = {"pregnancy": {"status": "not_pregnant", "at": ago(0.5)}}
    assert ends(see(base, coded("Z33.1", days=1), patient=stated)["patient.pregnancy"]) == (None, None, "conflicting")
    assert ends(see(base, coded("Z33.1", days=9), patient=stated)["patient.pregnancy"]) == (0, 0, None)


def medicine(code: str, status: str = "active", system: str = "rxnorm", **more: Any) -> dict[str, Any]:
    return {"codes": [{"system": system, "code": code}], "status": status, **more}


def test_a_product_counts_as_each_of_its_ingredients(base: KnowledgeBase) -> None:
    found = see(base, medications=[medicine("1049221")])  # acetaminophen with oxycodone
    assert found["medication.opioid"].low == 3
    assert ends(found["medication.methadone"]) == (0, 0, None)
    tablets = record(medications=[medicine("351266")])
    assert {name for name, _ in ingredients_of(base, tablets, NOW)} == {"buprenorphine", "buprenorphine_naloxone"}  # no naloxone at hand


def test_a_product_with_more_in_it_counts_and_keeps_the_list_open(base: KnowledgeBase) -> None:
    code = next(
        code
        for book in base.medicines.values()
        for one in book.sets.values()
        for code in one.codes
        if one.and_others and one.contains == ("codeine",)
    )
    listed = record(medications=[medicine(code)])
    observed = observe(base, listed, NOW, small.same_unit)
    assert observed.findings["medication.opioid"].low == 3
    assert observed.findings["medication.methadone"].absent == "not_understood"
    assert observed.ignored == (Ignored("/medications/0", "not_understood"),)


def test_one_strength_that_stopped_does_not_stop_the_other(base: KnowledgeBase) -> None:
    ten, five = medicine("864706", "active", at=ago(9)), medicine("864718", "stopped", at=ago(1))
    assert see(base, medications=[ten, five])["medication.methadone"].low == 3
    stopped = medicine("6813", "stopped", at=ago(1))
    named = {"ingredient": "methadone", "status": "active", "at": ago(9)}
    assert see(base, medications=[named, stopped])["medication.methadone"].low == 1  # the same thing, said later


def test_names_of_two_medicines_in_one_entry_both_count_and_are_told(base: KnowledgeBase) -> None:
    listed = record(medications=[medicine("6813", ingredient="sertraline")])
    observed = observe(base, listed, NOW, small.same_unit)
    assert (observed.findings["medication.methadone"].low, observed.findings["medication.ssri"].low) == (3, 3)
    assert observed.ignored == (Ignored("/medications/0", "contradicted"),)
    form = record(medications=[medicine("351266", ingredient="buprenorphine")])
    assert observe(base, form, NOW, small.same_unit).ignored == ()


SUBSTANCES = {
    "methadone": {"contains": ["methadone"], "codes": {"864706": "methadone hydrochloride 10 MG Oral Tablet"}},
    "opioid": {"contains": ["opioid"], "codes": {"1": "opioids"}},
    "food": {"contains": [], "codes": {"2": "peanut"}},
}
ALLERGIES = only(
    *(rule(f"allergy-{name}", f"allergy.{name} == true") for name in ("methadone", "morphine", "opioid", "benzodiazepine")),
    medicines={
        "rxnorm": Medicines.model_validate({"system": "rxnorm", "version": "1", "sources": [], "verification": "V", "sets": SUBSTANCES})
    },
)


@pytest.mark.parametrize(
    ("entries", "methadone", "morphine", "benzodiazepine"),
    [
        ([medicine("6813")], 1, 0, 0),
        ([medicine("864706")], 1, 0, 0),
        ([medicine("1")], 1, 1, 0),  # an allergy to a class is one to each of its members
        ([medicine("2")], 0, 0, 0),  # nothing of ours
        ([medicine("3")], None, None, None),
        ([medicine("864706", "ruled_out"), medicine("3")], 0, None, None),
        ([medicine("6813", "ruled_out", substance="diazepam"), medicine("3")], None, None, None),  # nobody knows which was cleared
        ([medicine("6813", substance="diazepam")], 1, 0, 1),
    ],
)
def test_an_allergy_by_code(entries: list[dict[str, Any]], methadone: int | None, morphine: int | None, benzodiazepine: int | None) -> None:
    found = of_allergies(ALLERGIES, record(allergies=entries), NOW)[0]
    assert [found[f"allergy.{name}"].low for name in ("methadone", "morphine", "benzodiazepine")] == [methadone, morphine, benzodiazepine]


def test_a_code_is_as_confidential_as_what_it_says(base: KnowledgeBase) -> None:
    relative = Viewer(recipient="Ana", kind="proxy")
    codes = ["E11.9", "F11.20", "F32.1", "T40.1X1A", "Z34.90", "J06.9", "B25.1"]
    listed = record(conditions=[coded(code, days=1) for code in codes], patient={"age": 40})
    kept = share(base, listed, relative, (), NOW).record.conditions
    assert [code.code for entry in kept for code in entry.codes] == ["E11.9"]  # what says nothing of ours may be of any kind
    both = record(conditions=[coded("F11.20", term="diabetes")], patient={"age": 40})
    assert share(base, both, relative, (), NOW).record.conditions == ()
    tablet = record(medications=[medicine("864706"), medicine("314076")], patient={"age": 40})
    assert [entry.codes[0].code for entry in share(base, tablet, relative, (), NOW).record.medications] == ["314076"]


def decision(base: KnowledgeBase, listed: Record) -> Decision:
    return recommend(base, listed, NOW, infer, small.same_unit)


def test_a_decision_by_codes_is_the_decision_by_terms(base: KnowledgeBase) -> None:
    by_code = decision(base, record(conditions=[coded("snomed|75544000"), coded("F32.9")]))
    by_term = [{"term": "opioid_use_disorder", "status": "active"}, {"term": "depression", "status": "active"}]
    assert by_code.judgements.truths == decision(base, record(conditions=by_term)).judgements.truths


def test_every_reason_why_something_was_not_used_has_words_and_is_published() -> None:
    reasons = set(get_args(get_type_hints(Ignored)["why"]))
    assert {"contradicted", "undated"} < reasons
    assert reasons <= keys("en") & keys("es")
    assert set(get_args(NotUsed.model_fields["why"].annotation)) == reasons
