"""CPIC's tables against the rules: in every cell the rules say what CPIC says, with its grade, and where it is silent, nothing.

`data/cpic.csv` holds the cells of the CPIC annotations shipped with PharmCAT (data of 2024-03-25, CC0): the result of each
gene, the grade, and the change of dose where the text names one.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from engine.artifacts import Avoid, Recommend, Rule
from engine.findings import Finding, Findings
from engine.judgements import judge
from knowledge.load import load

Cell = dict[str, str]

BASE = load()
CELLS: list[Cell] = list(csv.DictReader((Path(__file__).parent / "data" / "cpic.csv").read_text(encoding="utf-8").splitlines()))
DRUGS = sorted({cell["drug"] for cell in CELLS})
GENES = ("cyp2c19", "cyp2b6", "cyp2d6", "hla_b_1502", "hla_a_3101")
FOLDER = Path(__file__).parents[1] / "knowledge" / "rules" / "pharmacogenomics"
TOPIC = [BASE.rules[path.stem] for path in sorted(FOLDER.glob("*.yaml")) if path.stem in BASE.rules]
SILENT = {"policy"}  # our own grade, where CPIC gives none


def phenotype(score: float) -> str:
    if score <= 0:
        return "poor"
    return "intermediate" if score <= 1 else "normal" if score <= 2.25 else "ultrarapid"


def results(cell: Cell) -> dict[str, str | float]:
    """What the laboratory reported. CYP2D6 comes as an activity score; the phenotype follows from it."""
    found: dict[str, str | float] = {}
    for gene in GENES:
        text = cell[gene]
        if gene == "cyp2d6" and text[:1].isdigit():
            found |= {"pgx.cyp2d6_score": float(text), "pgx.cyp2d6": phenotype(float(text))}
        elif text:
            found[f"pgx.{gene}"] = text
    return found


def findings(cell: Cell) -> Findings:
    """Somebody with these results to whom the medicine is proposed, or who has long taken it."""
    drug, taken = cell["drug"], cell["population"] == "tolerated"
    known: dict[str, str | float | bool] = {"patient.age": 10 if cell["population"] == "child" else 40, **results(cell)}
    known |= {"carbamazepine.tolerated_3_months": taken, "carbamazepine.no_alternative": cell["population"] == "no_alternative"}
    mine = {drug, *BASE.dictionary.ingredients[drug].classes}
    for name in (*BASE.dictionary.ingredients, *BASE.dictionary.classes):
        known[f"medication.{name}"] = "active" if taken and name in mine else "absent"
        known[f"medication.{name}.proposed"] = not taken and name in mine
    encoded = {code: BASE.dictionary.entries[code].encode(value) for code, value in known.items()}
    assert None not in encoded.values(), encoded
    return {code: Finding(code, number, number) for code, number in encoded.items() if number is not None}


def advice(cell: Cell) -> list[Rule]:
    """The rules that hold and say something of the medicine, less those that another sets aside."""
    known = findings(cell)
    holding = [rule for rule in TOPIC if judge(rule.when, known).truth is True]
    aside = {name for rule in holding for name in rule.overrides}
    return [rule for rule in holding if rule.id not in aside and speaks(rule) and "hla-test" not in recommended(rule)]


def recommended(rule: Rule) -> set[str]:
    return {action.recommend for action in rule.then if isinstance(action, Recommend)}


def speaks(rule: Rule) -> bool:
    return bool(recommended(rule)) or any(isinstance(action, Avoid) for action in rule.then)


def told(rule: Rule, drug: str) -> str:
    component = "tricyclic-antidepressant" if "tricyclic" in BASE.dictionary.ingredients[drug].classes else drug
    return " ".join(action.do["en"] for action in rule.then if isinstance(action, Avoid) and action.avoid == component and action.do)


def name(cell: Cell) -> str:
    return " ".join(filter(None, (cell["population"], *(cell[gene] and f"{gene} {cell[gene]}" for gene in GENES))))


def test_every_table_is_here() -> None:
    assert len(DRUGS) == 14
    assert len(CELLS) == 430


@pytest.mark.parametrize("drug", DRUGS)
def test_every_cell_has_the_grade_of_cpic(drug: str) -> None:
    wrong = {}
    for cell in CELLS:
        if cell["drug"] == drug:
            grades = {rule.evidence.strength for rule in advice(cell)}
            wanted = SILENT if cell["grade"] == "no_recommendation" else {f"cpic:{cell['grade']}"}
            if grades != wanted:
                wrong[name(cell)] = (cell["grade"], sorted(rule.id for rule in advice(cell)))
    assert not wrong, wrong


@pytest.mark.parametrize("drug", DRUGS)
def test_every_change_of_dose_is_the_one_of_cpic(drug: str) -> None:
    wrong = {}
    for cell in CELLS:
        if cell["drug"] == drug and cell["grade"] != "no_recommendation":
            text = " ".join(told(rule, drug) for rule in advice(cell)).lower()
            lower = {change for change in ("25 to 50", "25 percent", "half") if change in text and "half as much again" not in text}
            if lower != set(filter(None, [cell["dose"]])):
                wrong[name(cell)] = (cell["dose"], text)
    assert not wrong, wrong
