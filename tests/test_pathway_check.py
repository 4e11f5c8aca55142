"""A sound pathway passes; every way of breaking one is caught under its own code, in its file and on its line."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
import small

from engine.conditions import condition
from engine.errors import Refused
from knowledge.check import check
from knowledge.exclusive import counterexample
from knowledge.load import load

TODAY = date(2026, 11, 20)
SOUND = """\
id: care
version: 1.0.0
title: {en: Care, es: Atención}
status: active
owner: clinical-lead
review_by: 2027-10-01
serves: [S1-06]
evidence: {strength: consensus, verification: P, sources: [POLICY]}
over: [aftercare]
enter: mood.total >= 3
start: ask
stages:
  ask:
    title: {en: Ask, es: Preguntar}
    kind: decision
    phase: assessment
    who: clinician
    within: P1D
    late: {escalate: E3, do: {en: Ask today., es: Pregunte hoy.}}
    unknown: {en: Ask again., es: Pregunte otra vez.}
  talk:
    title: {en: Talk, es: Hablar}
    kind: task
    phase: shared_plan
    who: clinician
    follow_up: {every: P7D, with: clinician}
    recommend: [cbt]
  tests:
    title: {en: Tests, es: Pruebas}
    kind: task
    phase: assessment
    who: clinician
    follow_up: {every: P7D, with: clinician}
  treat:
    title: {en: Treat, es: Tratar}
    kind: wait
    phase: active_treatment
    who: therapist
    follow_up: {every: P7D, with: therapist}
  help:
    title: {en: Help now, es: Ayuda ya}
    kind: emergency
    phase: active_treatment
    who: crisis_clinician
    within: PT1H
    late: {escalate: E5, do: {en: Call., es: Llame.}}
    follow_up: {every: P1D, with: clinician}
  over:
    title: {en: Care goes on, es: La atención sigue}
    kind: end
    phase: aftercare
    who: care_manager
    follow_up: {every: P30D, with: care_manager}
    calls: [aftercare]
transitions:
  - {from: any, to: help, title: {en: danger, es: peligro}, urgency: emergent, when: suicide.risk >= high}
  - {from: ask, to: [talk, tests], title: {en: low, es: bajo}, when: mood.total >= 6}
  - {from: ask, to: treat, title: {en: fine, es: bien}, when: mood.total < 6}
  - {from: [talk, tests], join: true, to: treat, title: {en: done, es: hecho}, when: stage.done == true}
  - {from: treat, to: over, title: {en: better, es: mejor}, eases: true, when: {all: [mood.total < 3, stage.days >= 28]}}
  - {from: over, to: ask, title: {en: worse, es: peor}, when: mood.total >= 6}
  - {from: help, to: ask, title: {en: safe, es: a salvo}, eases: true, when: {all: [suicide.risk <= low, stage.days >= 1]}}
"""
CASES = [
    ("calls: [aftercare]", "calls: [elsewhere]", "pathway-unknown", "  over:"),
    ("over: [aftercare]", "over: [elsewhere]", "pathway-unknown", "over: ["),
    ("recommend: [cbt]", "recommend: [cbd]", "component-unknown", "  talk:"),
    ("    within: P1D\n", "", "deadline-half", "  ask:"),
    ("    late: {escalate: E3,", "    unread: {escalate: E3,", "knowledge-extra-forbidden", "    unread:"),
    ("late: {escalate: E3,", "late: {escalate: E0,", "late-without-answer", "  ask:"),
    ("    unknown: {en: Ask again., es: Pregunte otra vez.}\n", "", "decision-unknown-missing", "  ask:"),
    ("    recommend: [cbt]\n", "    unknown: {en: Ask., es: Pregunte.}\n", "unknown-not-a-decision", "  talk:"),
    ("    within: PT1H\n    late: {escalate: E5, do: {en: Call., es: Llame.}}\n", "", "emergency-without-deadline", "  help:"),
    (
        "    within: PT1H\n    late: {escalate: E5, do: {en: Call., es: Llame.}}\n    follow_up: {every: P1D, with: clinician}\n",
        "",
        "urgent-without-deadline",
        "  help:",
    ),
    ("    follow_up: {every: P7D, with: therapist}\n", "", "follow-up-missing", "  treat:"),
    ("follow_up: {every: P1D, with: clinician}", "follow_up: {every: P14D, with: clinician}", "emergency-seen-less", "  help:"),
    ("phase: aftercare\n    who: care_manager\n    follow_up: {every: P30D, with: care_manager}\n    calls: [aftercare]",
     "phase: assessment\n    who: care_manager\n    follow_up: {every: P30D, with: care_manager}", "end-in-nothing", "  over:"),
    ("kind: wait\n    phase: active_treatment\n    who: therapist", "kind: call\n    phase: active_treatment\n    who: therapist",
     "call-without-pathway", "  treat:"),
    ("    recommend: [cbt]\n", "    calls: [aftercare]\n", "call-from-elsewhere", "  talk:"),
    ("when: mood.total < 6}", "when: mood.total < 5}", "decision-gap", "  ask:"),
    ("when: mood.total < 6}", "when: mood.total < 7}", "decision-overlap", "  ask:"),
    ("  - {from: ask, to: treat, title: {en: fine, es: bien}, when: mood.total < 6}\n", "", "decision-of-one", "  ask:"),
    ("from: any, to: help,", "from: [talk, tests, treat, over], to: help,", "stage-without-safety-exit", "  ask:"),
    ("urgency: emergent, when", "urgency: urgent, when", "stage-without-safety-exit", "  talk:"),
    ("to: help,", "to: [help, over],", "safety-exit-forks", "  - {from: any"),
    ("from: [talk, tests], join: true", "from: talk, join: true", "join-of-one", "  - {from: talk, join"),
    ("[talk, tests], join: true, to: treat, title: {en: done, es: hecho}, when: stage.done == true",
     "[talk, treat], join: true, to: over, title: {en: done, es: hecho}, when: mood.total < 3", "join-never", "  - {from: [talk, treat]"),
    ("from: [talk, tests], join: true, to: treat", "from: [talk], to: treat", "branches-never-end", "transitions:"),
    ("{en: done, es: hecho}, when", "{en: done, es: hecho}, urgency: urgent, eases: true, when",
     "eases-urgently", "  - {from: [talk, tests]"),
    ("eases: true, when: {all: [mood.total < 3", "when: {all: [mood.total < 3", "easing-undeclared", "  - {from: treat"),
    ("[suicide.risk <= low, stage.days >= 1]", "[suicide.risk <= low, mood.total >= 3]", "circle-without-clock", "  - {from: help"),
    ("  - {from: over,", "  - {from: over, to: ask, title: {en: worse, es: peor}, when: mood.total >= 6}\n  - {from: over,",
     "transition-twice", "  - {from: over, to: ask"),
    ("  - {from: ask, to: [talk, tests], title: {en: low, es: bajo}, when: mood.total >= 6}\n", "", "stage-unreachable", "  talk:"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = Path(shutil.copytree(small.FOLDER, tmp_path / "kb", ignore=shutil.ignore_patterns("__pycache__")))
    (copy / "pathways/care.yaml").write_text(SOUND, encoding="utf-8")
    return copy


def problems(folder: Path) -> set[tuple[str, str]]:
    """What is wrong, and the line it is said of."""
    try:
        found = check(load(folder), folder, TODAY)
    except Refused as refused:
        found = tuple(refused.problems)
    lines = (folder / "pathways/care.yaml").read_text(encoding="utf-8").splitlines()
    said = set()
    for problem in found:
        name, _, line = problem.where.rpartition(":")
        said.add((problem.code, lines[int(line) - 1] if name.endswith("care.yaml") else problem.where))
    return said


def test_the_sound_pathway_is_sound(folder: Path) -> None:
    assert problems(folder) == set()


@pytest.mark.parametrize(("old", "new", "code", "line"), CASES)
def test_every_way_of_breaking_a_pathway_is_caught_on_its_line(folder: Path, old: str, new: str, code: str, line: str) -> None:
    assert SOUND.count(old) == 1, old
    (folder / "pathways/care.yaml").write_text(SOUND.replace(old, new), encoding="utf-8")
    found = problems(folder)
    assert any(said == code and where.startswith(line) for said, where in found), found


def test_a_stage_that_nothing_leaves_and_a_road_without_end_are_caught(folder: Path) -> None:
    text = SOUND.replace("from: any, to: help", "from: [ask, talk, tests], to: help").replace("kind: end", "kind: wait")
    lines = [line for line in text.splitlines(keepends=True) if "{from: treat" not in line and "{from: over" not in line]
    (folder / "pathways/care.yaml").write_text("".join(lines), encoding="utf-8")
    assert {code for code, _ in problems(folder)} >= {"stage-without-exit", "pathway-without-end", "stage-without-end"}


def test_a_safety_exit_below_another_transition_is_caught(folder: Path) -> None:
    exit_line = next(line for line in SOUND.splitlines(keepends=True) if "to: help" in line)
    (folder / "pathways/care.yaml").write_text(SOUND.replace(exit_line, "") + exit_line, encoding="utf-8")
    assert "safety-exit-not-first" in {code for code, _ in problems(folder)}


def test_pathways_that_call_or_read_one_another_in_a_circle_are_caught(folder: Path) -> None:
    other = folder / "pathways/aftercare.yaml"
    text = other.read_text(encoding="utf-8")
    other.write_text(text.replace("kind: end, ", "kind: end, calls: [care], "), encoding="utf-8")
    assert "pathway-calls-circle" in {code for code, _ in problems(folder)}
    other.write_text(text.replace("enter: event.discharge.days_since <= 365", "enter: pathway.care == ended"), encoding="utf-8")
    reading = SOUND.replace("    calls: [aftercare]\n", "").replace(
        "es: peor}, when: mood.total >= 6", "es: peor}, when: pathway.aftercare == on"
    )
    (folder / "pathways/care.yaml").write_text(reading, encoding="utf-8")
    assert "pathway-reads-circle" in {code for code, _ in problems(folder)}


@pytest.mark.parametrize(
    ("guards", "example", "holding"),
    [
        (["mood.total >= 6", "mood.total < 6"], None, None),
        (["mood.total > 6", "mood.total < 6"], {"mood.total": 6}, ()),
        (["mood.total >= 6", "mood.total <= 6"], {"mood.total": 6}, (0, 1)),
        (["suicide.risk >= moderate", "suicide.risk <= low"], None, None),
        (["suicide.risk == high", "suicide.risk in [none, low]"], {"suicide.risk": 2}, ()),
        ([{"any": ["mood.total >= 6", "craving.daily >= 7"]}, {"all": ["mood.total < 6", "craving.daily < 7"]}], None, None),
        ([{"any": ["mood.total >= 6", "craving.daily >= 7"]}, "mood.total < 6"], {"mood.total": 0, "craving.daily": 7}, (0, 1)),
        ([{"not": "mood.total >= 6"}, "mood.total >= 6"], None, None),
    ],
)
def test_guards_of_a_decision_are_solved_exactly(guards: list[object], example: dict[str, int] | None, holding: object) -> None:
    dictionary = small.base().dictionary
    found = counterexample([condition(guard, dictionary) for guard in guards], dictionary)
    if example is None:
        assert found is None
    else:
        assert found is not None
        assert ({finding.code: finding.low for finding in found.findings}, found.holding) == (example, holding)
