"""Coverage: what stands behind a row, what is empty, and which names lead nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
import small
from small import only, pathway, rule

from engine.errors import Refused
from knowledge.check import check
from knowledge.coverage import case_counts, check_coverage, coverage_of, sections, verification

ROWS = """\
"3.2":
  title: Methadone
  rows:
    MET-01: a long QTc
    MET-02: a longer one
    MET-03: {title: an ECG, met_by: instruments/mood.yaml}
    MET-04: {title: no ECG, not_encoded: nothing to do}
"6.1":
  title: Traps
  rows: {T01: a missing answer, T02: a blank one, T03: a clock, T04: "a rule, and no test"}
"1.1":
  title: Instruments
  rows: {MOOD21: a scale of mood, TAPER: a list, OTHER: another}
P03a:
  title: Withdrawal
  rows: {P03a.W1: signs, P03a.T01: a name that a trap has too}
"""
FEATURE = """\
@S1-01
Feature: safety

  @T01 @MET-02
  Scenario: somebody left it blank
    Given a person
  Scenario: another
"""


TESTS = """\
@pytest.mark.T03
@pytest.mark.parametrize("name", (1, 2))
def test_the_clock(name: str) -> None:
    pass


@pytest.mark.durable
def test_the_other() -> None:
    pass
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "mood.yaml").write_text("")
    (tmp_path / "coverage.yaml").write_text(ROWS)
    (tmp_path / "one.feature").write_text(FEATURE)
    (tmp_path / "test_clock.py").write_text(TESTS)
    (tmp_path / "page.html").write_text("{#- serves: OTHER, S1-08 -#}<p>")
    return tmp_path


def test_a_row_is_encoded_by_what_acts_on_it(folder: Path) -> None:
    base = only(rule("one", "mood.total >= 3", brief=["MET-01", "T04"]))
    found = coverage_of(base, folder, folder, folder, folder)
    rows = {item.id: item for item in found.behind}
    assert rows["MET-01"].rules == ("one",)
    assert rows["MET-01"].encoded
    assert rows["MET-02"].scenarios == ("one: somebody left it blank",)
    assert rows["MET-02"].gap, "outside traps and vignettes, a scenario without a rule is no rule"
    assert rows["MET-03"].encoded
    assert not rows["MET-04"].encoded
    assert not rows["MET-04"].gap
    assert rows["T01"].encoded
    assert rows["T03"].tests == ("test_clock: test_the_clock",)
    assert rows["T03"].encoded
    assert rows["T04"].rules == ("one",)
    assert rows["T04"].gap, "a trap is met by the test that does not fall into it, not by a rule that names it"
    assert rows["T02"].gap
    assert rows["OTHER"].pages == ("page.html",)
    assert (rows["MOOD21"].instruments, rows["TAPER"].encoded, rows["OTHER"].encoded) == (("mood",), True, True)
    assert found.totals == (("3.2", 2, 1, 4), ("6.1", 2, 0, 4), ("1.1", 3, 0, 3), ("P03a", 0, 0, 2))
    assert found.of("MET-02") == (rows["MET-02"],)


def test_a_node_may_go_by_its_short_name_where_only_one_row_can_be_meant(folder: Path) -> None:
    base = only(rule("one", "mood.total >= 3", brief=["W1", "T01"]))
    rows = {item.id: item for item in coverage_of(base, folder, folder, folder, folder).behind}
    assert (rows["P03a.W1"].rules, rows["P03a.T01"].rules, rows["T01"].rules) == (("one",), (), ("one",))


def test_a_stage_of_a_pathway_stands_behind_its_own_row(folder: Path) -> None:
    stage = {"title": {"en": "a", "es": "a"}, "kind": "task", "phase": "assessment", "who": "peer", "brief": "P03a.W1"}
    way = pathway("path", enter="mood.total >= 3", start="first", stages={"first": stage}, transitions=[])
    rows = {item.id: item for item in coverage_of(only(pathways=(way,)), folder, folder, folder, folder).behind}
    assert rows["P03a.W1"].pathways == ("path",)
    astray = pathway("path", enter="mood.total >= 3", start="first", stages={"first": {**stage, "brief": "P03a.W9"}}, transitions=[])
    assert "P03a.W9" in " ".join(item.what for item in check_coverage(only(pathways=(astray,)), folder))


def test_a_component_alone_leaves_a_gap_and_a_retired_rule_does_too(folder: Path) -> None:
    component = small.base().components["cbt"].model_copy(update={"brief": ("MET-02",)})
    base = only(rule("one", "mood.total >= 3", brief=["MET-01"], status="retired"), components={"cbt": component})
    rows = {item.id: item for item in coverage_of(base, folder, folder, folder, folder).behind}
    assert rows["MET-02"].components == ("cbt",)
    assert rows["MET-02"].gap
    assert rows["MET-01"].gap


def test_names_that_lead_nowhere_are_caught(folder: Path) -> None:
    (folder / "coverage.yaml").write_text(ROWS.replace("instruments/mood", "instruments/none"))
    base = only(rule("one", "mood.total >= 3", brief=["MET-09", "3.2", "P03", "P03a"]))
    base = base.model_copy(update={"components": {}, "pathways": {}, "parameters": {}})
    assert {(item.code, item.where, item.what.split()[4]) for item in check_coverage(base, folder)} == {
        ("brief-row-unknown", "one", "MET-09"),
        ("brief-row-unknown", "one", "S1-01"),
        ("coverage-file-missing", "MET-03", "instruments/none.yaml."),
    }


def test_rows_that_cannot_be_read_are_refused(folder: Path) -> None:
    (folder / "coverage.yaml").write_text('"3.2": {titel: Methadone}')
    with pytest.raises(Refused) as refused:
        sections(folder)
    assert {problem.code for problem in refused.value.problems} == {"coverage-shape"}


def test_a_folder_without_rows_has_nothing_to_check() -> None:
    assert sections(small.FOLDER) == {}
    assert not [item for item in check(small.base(), small.FOLDER, small.NOW.date()) if item.code == "brief-row-unknown"]


def test_verification_and_cases_are_counted() -> None:
    base = small.base()
    assert sum(verification(base).values()) == len(base.rules)
    counts = case_counts(base, small.FOLDER)
    assert set(counts) == set(base.rules)
    assert all({"true", "false", "unknown"} <= set(count) for count in counts.values())
