"""The check of the value sets: each mistake is caught, with file and line."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
import small

from engine.errors import Refused
from knowledge.check import check
from knowledge.codes import well_formed
from knowledge.load import load

TODAY = date(2026, 11, 20)
DIAGNOSES = """system: icd10cm
version: 2026-04
sources: [POLICY]
verification: R
sets:
  depression:
    says: [{condition: depression}]
    codes:
      F32.9: Major depressive disorder, single episode, unspecified
      F33-: Major depressive disorder, recurrent
  nothing:
    says: []
    codes:
      J0-: Acute upper respiratory infections
"""
MEDICINES = """system: rxnorm
version: 2026-11
sources: [POLICY]
verification: V
sets:
  methadone:
    contains: [methadone]
    codes:
      "864706": methadone hydrochloride 10 MG Oral Tablet
"""
RESULTS = """system: loinc
version: "2.80"
sources: [POLICY]
verification: V
sets:
  craving:
    finding: craving.daily
    codes:
      8480-6: a number
"""

SERVICES = """system: hcpcs
version: 2025-05
sources: [POLICY]
verification: R
sets:
  weekly:
    says: [{finding: craving.daily, value: 3}]
    gives: [methadone]
    covers: P7D
    codes:
      G2067: a weekly bundle
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = Path(shutil.copytree(small.FOLDER, tmp_path / "kb", ignore=shutil.ignore_patterns("__pycache__")))
    for name, text in {
        "diagnoses/icd": DIAGNOSES,
        "medicines/rx": MEDICINES,
        "measurements/loinc": RESULTS,
        "procedures/hcpcs": SERVICES,
    }.items():
        path = made / "terminology" / f"{name}.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return made


def found(folder: Path) -> list[tuple[str, str]]:
    try:
        problems = check(load(folder), folder, TODAY)
    except Refused as refused:
        problems = refused.problems
    return [(problem.code, problem.where.removeprefix(f"{folder}/terminology/")) for problem in problems]


def test_value_sets_without_a_mistake_pass_and_mean_what_they_say(folder: Path) -> None:
    assert found(folder) == []
    terminology = load(folder).terminology
    assert [meaning.condition for meaning in terminology.conditions("icd10cm", "F33.41") or ()] == ["depression"]
    assert terminology.conditions("icd10cm", "J06.9") == ()
    assert terminology.conditions("icd10cm", "J11.1") is None
    assert terminology.ingredients("rxnorm", "864706") == ("methadone",)
    weekly = terminology.procedure("hcpcs", "G2067")
    assert weekly is not None
    assert (weekly.gives, weekly.covers) == (("methadone",), timedelta(days=7))
    assert terminology.procedure("hcpcs", "G2068") is None


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "line"),
    [
        ("diagnoses/icd", "F32.9:", "F32.:", "code-malformed", 9),
        ("diagnoses/icd", "F32.9:", "f32.9:", "code-malformed", 9),
        ("diagnoses/icd", "system: icd10cm", "system: snomed", "code-malformed", 9),
        ("diagnoses/icd", "F32.9:", "F33.1:", "codes-overlap", 9),
        ("diagnoses/icd", "J0-:", "F-:", "codes-overlap", 9),  # a branch of nothing never holds a code that says something
        ("diagnoses/icd", "J0-:", "F32.9:", "code-twice", 14),
        ("diagnoses/icd", "sources: [POLICY]", "sources: []", "source-missing", 3),
        ("diagnoses/icd", "sources: [POLICY]", "sources: [NOBODY]", "source-unknown", 3),
        ("diagnoses/icd", "{condition: depression}", "{condition: gloom}", "code-meaning", 6),
        ("diagnoses/icd", "{condition: depression}", "{event: gloom}", "code-meaning", 6),
        ("diagnoses/icd", "{condition: depression}", "{finding: gloom, value: true}", "code-meaning", 6),
        ("diagnoses/icd", "{condition: depression}", "{finding: craving.daily, value: true}", "code-meaning", 6),
        ("diagnoses/icd", "{condition: depression}", "{condition: bipolar_disorder, severity: [mild]}", "code-meaning", 6),
        ("diagnoses/icd", "{condition: depression}", "{condition: depression, event: birth}", "knowledge-value-error", 7),
        ("diagnoses/icd", "{condition: depression}", "{condition: depression, value: true}", "knowledge-value-error", 7),
        ("diagnoses/icd", "{condition: depression}", "{event: birth, perhaps: true}", "knowledge-value-error", 7),
        ("diagnoses/icd", "{condition: depression}", "{condition: depression, past: true}", "knowledge-value-error", 7),
        ("medicines/rx", '"864706":', '"x864706":', "code-malformed", 9),
        ("medicines/rx", '"864706":', '"6813":', "code-twice", 9),
        ("medicines/rx", "[methadone]", "[methadon]", "code-meaning", 6),
        ("measurements/loinc", "8480-6:", "8480-7:", "code-malformed", 9),
        ("measurements/loinc", "craving.daily", "craving.dailies", "code-meaning", 6),
        ("measurements/loinc", "craving.daily", "dual.severity", "code-meaning", 6),
        ("procedures/hcpcs", "G2067:", "G206:", "code-malformed", 11),
        ("procedures/hcpcs", "system: hcpcs", "system: icd10pcs", "code-malformed", 11),
        ("procedures/hcpcs", "system: hcpcs", "system: component", "code-malformed", 11),
        ("procedures/hcpcs", "[methadone]", "[opioid]", "code-meaning", 6),
        ("procedures/hcpcs", "value: 3", "value: yes", "code-meaning", 6),
        ("procedures/hcpcs", "{finding: craving.daily, value: 3}", "{event: gloom}", "code-meaning", 6),
        ("procedures/hcpcs", "{finding: craving.daily, value: 3}", "{condition: depression}", "knowledge-value-error", 6),
        ("procedures/hcpcs", "    gives: [methadone]\n", "", "knowledge-value-error", 6),
    ],
)
def test_every_kind_of_mistake_is_caught_with_its_line(folder: Path, name: str, old: str, new: str, code: str, line: int) -> None:
    path = folder / "terminology" / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert (code, f"{name}.yaml:{line}") in [(one, where.replace(f"{folder}/terminology/", "")) for one, where in found(folder)]


@pytest.mark.parametrize(
    ("system", "code", "right"),
    [
        ("snomed", "75544000", True),
        ("snomed", "75544001", False),
        ("snomed", "57544000", False),  # two digits changed places
        ("snomed", "442381000124103", True),
        ("snomed", "12", False),
        ("loinc", "44261-6", True),
        ("loinc", "44261-5", False),
        ("loinc", "42461-6", False),
        ("loinc", "72109-3", False),
        ("icd10cm", "T40.1X1A", True),
        ("icd10cm", "C7A.1", True),
        ("icd10cm", "T40.1X1AA", False),
        ("icd10cm", "F1.20", False),
        ("icd10cm", "F11.2-", True),
        ("icd10cm", "F11.-", True),
        ("icd10cm", "-", False),
        ("rxnorm", "6813", True),
        ("rxnorm", "06813", False),
        ("rxnorm", "6813-1", False),
    ],
)
def test_a_code_is_well_formed_with_its_check_digit(system: str, code: str, right: bool) -> None:
    assert well_formed(system, code) is right
