"""The check: a sound knowledge base passes, and every way of breaking one is caught under its own code."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import small
from small import escalate, follow_up, only, rule

from engine.base import KnowledgeBase
from engine.errors import Problem, Refused
from knowledge.cases import cases_of, coverage
from knowledge.check import check, due
from knowledge.load import load
from knowledge.soundness import consistent, sound

TODAY = date(2026, 11, 20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(small.FOLDER, tmp_path / "kb", ignore=shutil.ignore_patterns("__pycache__")))


def found(folder: Path, today: date = TODAY) -> set[tuple[str, str]]:
    return {(problem.code, problem.where.removeprefix(f"{folder}/")) for problem in check(load(folder), folder, today)}


def test_the_small_knowledge_base_is_sound() -> None:
    assert check(small.base(), small.FOLDER, TODAY) == ()


HARD = "Multidisciplinary psychosocial interventions necessitate interprofessional coordination"
BED_ID = "withdrawal-needs-a-bed"
GROUP, SEVERE = "rules/care/offer-cbt-in-a-group.yaml", "rules/care/severe-together.yaml"
CBT, SSRI, PATH = "rules/care/offer-cbt.yaml", "components/ssri.yaml", "pathways/aftercare.yaml"
BED, MOOD, PERSON = "rules/safety/withdrawal-needs-a-bed.yaml", "instruments/mood.yaml", "dictionary/findings/person.yaml"


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "where"),
    [
        (CBT, "recommend: cbt", "recommend: cbd", "component-unknown", "offer-cbt"),
        ("rules/safety/no-naltrexone-with-opioids.yaml", "[acamprosate]", "[camp]", "component-unknown", "no-naltrexone-with-opioids"),
        ("rules/care/treat-low-mood.yaml", "[condition.bipolar_disorder]", "[condition.mania]", "finding-unknown", "treat-low-mood"),
        (GROUP, "overrides: [offer-cbt]", "overrides: [offer-tbc]", "rule-unknown", "offer-cbt-in-a-group"),
        (CBT, "strength: consensus", "strength: huge", "strength-unknown", "offer-cbt"),
        (CBT, "TIP42#ch3", "TIP43#ch3", "source-unknown", "offer-cbt"),
        (SSRI, "sources: [POLICY]", "sources: [NOBODY]", "source-unknown", "ssri"),
        (MOOD, "sources: [POLICY]", "sources: [NOBODY]", "source-unknown", "mood"),
        (SSRI, "medication: ssri", "medication: ssris", "medication-unknown", "ssri"),
        (MOOD, "critical: [self_harm]", "critical: [self_hurt]", "item-unknown", "mood"),
        ("instruments/taper.yaml", "item: seizures,", "item: seizure,", "item-unknown", "taper"),
        (MOOD, "from: 7", "from: 4", "bands-order", "mood"),
        (MOOD, "- {id: low_mood,", "- {id: interest,", "name-ambiguous", "mood"),
        (MOOD, "critical:", "loinc: {panel: 1-1, total: 1-1}\ncritical:", "loinc-twice", "mood total"),
        ("dictionary/medications.yaml", "cypromine: {classes: [maoi]", "cypromine: {classes: [mao]", "class-unknown", "tranylcypromine"),
        (CBT, "review_by: 2027-10-01", "review_by: 2026-11-19", "review-overdue", "offer-cbt"),
        (CBT, "review_by: 2027-10-01", "review_by: 2027-11-22", "review-too-late", "offer-cbt"),
        (CBT, "mood.total >= 3", "{all: [mood.total >= 3, mood.total < 3]}", "condition-impossible", "offer-cbt"),
        (PATH, "review_by: 2027-10-01", "review_by: 2026-11-19", "review-overdue", "aftercare"),
        (PATH, "recommend: [aftercare-plan]}\n  maint", "recommend: [plan]}\n  maint", "component-unknown", "pathways/aftercare.yaml:12"),
        (SSRI, "serves:", "needs: {competencies: [magic]}\nserves:", "competency-unknown", "ssri"),
        (SSRI, "serves:", "needs: {supervision: magic}\nserves:", "supervision-unknown", "ssri"),
        (SSRI, "serves:", "reach: {cost: magic}\nserves:", "cost-unknown", "ssri"),
        (SSRI, "serves:", "reach: {languages: magic}\nserves:", "languages-unknown", "ssri"),
        (SSRI, "serves:", "reach: {low_bandwidth: magic}\nserves:", "low_bandwidth-unknown", "ssri"),
        (SSRI, "serves:", "reach: {resources: [magic]}\nserves:", "resource-unknown", "ssri"),
        (SSRI, "serves:", "dose: {text: {en: one, es: uno}, verification: P, sources: [NOBODY]}\nserves:", "source-unknown", "ssri"),
        (SSRI, "serves:", f"asks: {{en: {HARD}, es: uno}}\nserves:", "reading-hard", "ssri"),
        (SSRI, "serves:", f"expect: {{en: one, es: {HARD}}}\nserves:", "reading-hard", "ssri"),
        (BED, "withdrawal.expected == true", "withdrawal.expected == false", "safety-not-monotone", "withdrawal-needs-a-bed"),
        (CBT, "mood.total >= 3", "mood.total >= 0", "condition-dead", "offer-cbt"),
        (CBT, "mood.total >= 3", "mood.total > 9", "condition-dead", "offer-cbt"),
        (SEVERE, "{dual.severity: severe}", "{dual.total: severe}", "conclusion-undeclared", "severe-together"),
        (SEVERE, "{dual.severity: severe}", "{dual.severity: awful}", "conclusion-undeclared", "severe-together"),
        (SEVERE, "{dual.severity: severe}", "{housing: none}", "conclusion-undeclared", "severe-together"),
        ("rules/safety/withdrawal-is-expected.yaml", "stratum: S1", "stratum: S7", "stratum-order", "withdrawal-needs-a-bed"),
        ("rules/safety/withdrawal-is-expected.yaml", "status: active", "status: retired", "conclusion-unmade", "withdrawal-needs-a-bed"),
        (PERSON, "  worse: higher\n  label: {en: withdrawal", "  label: {en: withdrawal", "conclusion-without-direction", BED_ID),
        ("escalation/ladder.yaml", "E3:", "E7:", "ladder-steps", "E3"),
        ("escalation/help.yaml", "any:", "MX:", "help-missing", "any"),
        ("dictionary/medications.yaml", "  diazepam: {rxnorm", "  ssri: {rxnorm", "name-ambiguous", "ssri"),
    ],
)
def test_every_kind_of_mistake_is_caught(folder: Path, name: str, old: str, new: str, code: str, where: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert (code, where) in found(folder)


def complaints(base: KnowledgeBase) -> set[tuple[str, str]]:
    per_rule: list[Problem] = [problem for one in base.rules.values() for problem in sound(one, base)]
    return {(problem.code, problem.where) for problem in (*per_rule, *consistent(base))}


ACTS: dict[str, dict[str, Any]] = {
    "escalates": escalate("E3"),
    "follows up": follow_up("P7D"),
    "concludes a risk": {"conclude": {"dual.severity": "mild"}},
}


@pytest.mark.parametrize("action", ACTS)
@pytest.mark.parametrize(
    ("when", "ok"),
    [
        ("craving.daily >= 7", True),
        ("craving.daily > 6", True),
        ("craving.daily <= 7", False),
        ("craving.daily == 7", False),
        ("craving.daily == 10", True),
        ("craving.daily != 0", True),
        ("craving.daily != 5", False),
        ("craving.daily in [8, 9, 10]", True),
        ("craving.daily in [8, 10]", False),
        ("craving.daily in [7, 8, 9]", False),
        ("sleep.hours < 4", True),
        ("sleep.hours >= 4", False),
        ("sleep.hours == 0", False),
        ("sleep.hours != 24", True),
        ("suicide.risk in [moderate, high]", True),
        ("suicide.risk in [low, moderate]", False),
        ("taper.seizures == true", True),
        ("taper.seizures == false", False),
        ("taper.seizures != false", True),
        ("taper.sleeps == false", True),  # sleeping well is the better answer
        ("taper.sleeps == true", False),
        ("housing == none", True),  # neither direction of housing is declared as worse
        ({"not": "craving.daily >= 7"}, False),
        ({"not": "craving.daily < 7"}, True),
        ({"not": {"not": "craving.daily >= 7"}}, True),
        ({"not": {"any": ["craving.daily < 7", "sleep.hours > 4"]}}, True),
        ({"not": "craving.daily != 0"}, False),
        ({"not": "craving.daily in [8, 9, 10]"}, False),
        ({"all": ["housing == none", {"any": ["craving.daily >= 7", "craving.daily == 3"]}]}, False),
    ],
)
def test_what_protects_grows_with_every_risk_it_reads(action: str, when: Any, ok: bool) -> None:
    assert (("safety-not-monotone", "one") in complaints(only(rule("one", when, ACTS[action])))) is not ok


@pytest.mark.parametrize(("stratum", "ok"), [("S0", False), ("S1", False), ("S2", False), ("S3", True), ("S7", True)])
def test_a_wish_never_decides_over_danger_suicide_or_withdrawal(stratum: str, ok: bool) -> None:
    one = rule("one", {"all": ["craving.daily >= 7", "preference.modality == video"]}, escalate("E3"), stratum=stratum)
    assert (("wish-in-safety", "one") in complaints(only(one))) is not ok


def test_what_only_recommends_may_ask_for_less_risk() -> None:
    assert complaints(only(rule("one", "craving.daily < 4"))) == set()


CIRCLE = ("overrides-in-a-circle", "a -> b -> a")


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        ([rule("a", "mood.total >= 5", {"avoid": "cbt", "strictness": "absolute"}), rule("b", "mood.total >= 6")], ("contradiction", "b")),
        ([rule("a", "mood.total >= 5", {"avoid": "cbt", "strictness": "relative"}), rule("b", "mood.total >= 6")], None),
        ([rule("a", "mood.total >= 5", {"avoid": "cbt", "strictness": "absolute"}), rule("b", "mood.total >= 6", stratum="S6")], None),
        ([rule("a", "mood.total >= 5", {"avoid": "cbt", "strictness": "absolute"}, overrides=["b"]), rule("b", "mood.total >= 6")], None),
        ([rule("a", "mood.total >= 5", overrides=["b"]), rule("b", "mood.total >= 6", stratum="S2")], ("override-of-safety", "a")),
        ([rule("a", "mood.total >= 5", overrides=["b"]), rule("b", "mood.total >= 6", escalate("E1"))], ("override-of-safety", "a")),
        ([rule("a", "mood.total >= 5", overrides=["b"]), rule("b", "mood.total >= 6", follow_up("P7D"))], ("override-of-safety", "a")),
        ([rule("a", "mood.total >= 5", overrides=["b"]), rule("b", "mood.total >= 6", overrides=["a"])], CIRCLE),
        ([rule("a", "mood.total >= 5", overrides=["a"])], ("overrides-in-a-circle", "a -> a")),
        ([rule("a", "dual.severity == mild", {"conclude": {"dual.severity": "mild"}})], ("rules-in-a-circle", "a -> a")),
    ],
)
def test_rules_that_fight_one_another_are_caught(rules: list[dict[str, object]], problem: tuple[str, str] | None) -> None:
    found = complaints(only(*rules))
    assert (problem in found) if problem else (found == set())


CASE = "rules/care/offer-cbt.cases.yaml"


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("mood.total: 3}, expect: true", "mood.total: 2}, expect: true", "case-fails", "offer-cbt: low mood"),
        ("mood.total: 3}, expect: true", "mood.total: 30}, expect: true", "case-value", "low mood"),
        ("mood.total: 3}, expect: true", "mood.totla: 3}, expect: true", "case-value", "low mood"),
        ("mood.total: 3}, expect: true", "mood.total: high}, expect: true", "case-value", "low mood"),
        ("mood.total: 3}, expect: true", "mood.total: [5, 3]}, expect: true", "case-value", "low mood"),
        ("mood.total: 3}, expect: true", "mood.total: [3, 4, 5]}, expect: true", "cases-shape", CASE),
        ("expect: true", "expect: perhaps", "cases-shape", CASE),
        ("name: low mood", "name: x", "cases-shape", CASE),
        ("expect: unknown", "expect: unknown, missing: [housing]", "case-missing", "offer-cbt: not asked"),
        ("- {name: not asked, given: {}, expect: unknown}\n", "", "case-kind-missing", "offer-cbt"),
        ("- {name: low mood, given: {mood.total: 3}, expect: true}\n", "", "case-kind-missing", "offer-cbt"),
        ("- {name: low mood, given: {mood.total: 3}, expect: true}\n", "", "leaf-not-decisive", "offer-cbt"),
        ("- {name: just below, given: {mood.total: 2}, expect: false}\n", "", "leaf-not-decisive", "offer-cbt"),
        ("- {name: not asked", "- {name: [not asked", "yaml-syntax", f"{CASE}:3"),
    ],
)
def test_every_mistake_in_a_case_is_caught(folder: Path, old: str, new: str, code: str, where: str) -> None:
    path = folder / CASE
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert (code, where) in found(folder)


def test_a_rule_without_cases_and_cases_without_a_rule_are_caught(folder: Path) -> None:
    (folder / CASE).rename(folder / "rules/care/offer-tbc.cases.yaml")
    assert {("cases-missing", "offer-cbt"), ("cases-stray", "rules/care/offer-tbc.cases.yaml")} == found(folder)


def test_a_leaf_counts_as_shown_only_where_it_decides() -> None:
    base = small.base()
    one = base.rules["severe-together"]
    shown = {str(leaf): ways for leaf, ways in coverage(one, cases_of(one, small.FOLDER)[:2], base.dictionary).items()}
    assert shown == {"mood.total >= 6": {True, False}, "condition.alcohol_use_disorder.severity >= moderate": {True}}


@pytest.mark.parametrize(
    ("today", "names"),
    [(date(2027, 8, 1), 0), (date(2027, 8, 2), 0), (date(2027, 8, 3), 17), (date(2027, 10, 1), 17), (date(2027, 10, 2), 0)],
)
def test_what_comes_due_is_a_warning_before_it_is_a_failure(today: date, names: int) -> None:
    assert len(due(small.base(), today)) == names


def test_a_review_is_overdue_the_day_after_it_was_due() -> None:
    assert check(small.base(), small.FOLDER, date(2027, 10, 1)) == ()
    assert {problem.code for problem in check(small.base(), small.FOLDER, date(2027, 10, 2))} == {"review-overdue"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("US-WA: {sources: [POLICY], review_by: 2027-05-20}", None),
        ("US-WA: {sources: [NOBODY], review_by: 2027-05-20}", "source-unknown"),
        ("US-WA: {sources: [POLICY], review_by: 2026-11-19}", "review-overdue"),
        ("US-WA: {sources: [POLICY], review_by: 2027-05-24}", "review-too-late"),  # law: within six months
        ("US-WA: {states: [US-WA], sources: [POLICY], review_by: 2027-05-20}", "state-twice"),
    ],
)
def test_laws_of_minors_say_where_they_are_from_and_are_soon_read_again(folder: Path, row: str, code: str | None) -> None:
    (folder / "sharing").mkdir()
    (folder / "sharing" / "minors.yaml").write_text(row.replace("{", "{majority: 18, verification: V, "), encoding="utf-8")
    assert found(folder) == ({(code, "minors US-WA")} if code else set())


@pytest.mark.parametrize("more", ["alone_from: {part2: {outpatient: 13}}", "alone_from: {part2: {outpatient: 11}}, statutes: {part2: X}"])
def test_an_age_without_a_statute_and_a_child_below_twelve_do_not_load(folder: Path, more: str) -> None:
    row = f"US-WA: {{majority: 18, {more}, verification: V, sources: [POLICY], review_by: 2027-05-20}}"
    (folder / "sharing").mkdir()
    (folder / "sharing" / "minors.yaml").write_text(row, encoding="utf-8")
    with pytest.raises(Refused):
        load(folder)
