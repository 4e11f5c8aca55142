"""Loading: the whole knowledge base, or every problem with file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import small

from engine.errors import Problem, Refused
from knowledge.documents import documents
from knowledge.load import load

SSRI = "components/ssri.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small knowledge base, to be broken."""
    return Path(shutil.copytree(small.FOLDER, tmp_path / "kb", ignore=shutil.ignore_patterns("__pycache__")))


def mend(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old} is not in {name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(Refused) as refused:
        load(folder)
    return list(refused.value.problems)


def test_the_whole_folder_loads(folder: Path) -> None:
    base = load(folder)
    assert base.release.id == "2026.11.0"
    assert set(base.rules) >= {"treat-drinking", "high-suicide-risk"}
    assert {"mood.total", "condition.depression.severity", "medication.maoi.days_since_last", "patient.age"} < set(base.dictionary.entries)


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "line"),
    [
        (SSRI, "kind: medication", "kind: magic", "knowledge-literal-error", 5),
        (SSRI, "serves: [S1-03]", "serves: [S9-99]", "knowledge-string-pattern-mismatch", 10),
        (SSRI, "version: 1.0.0", "colour: red\nversion: 1.0.0", "knowledge-extra-forbidden", 2),
        (SSRI, "summary: {en: SSRI., es: ISRS.}", "summary: {en: SSRI.}", "knowledge-value-error", 4),
        (SSRI, "id: ssri", "id: ssris", "knowledge-file-name", 1),
        (SSRI, "deliver: [clinician]", "deliver: [clinician\n", "yaml-syntax", 10),
        ("rules/care/offer-cbt.yaml", "when: mood.total >= 3", "when: mood.totla >= 3", "knowledge-value-error", 12),
        ("rules/care/offer-cbt.yaml", "recommend: cbt", "prescribe: cbt", "knowledge-action", 14),
        ("rules/care/offer-cbt.yaml", "when: mood.total >= 3", "when: {known: mood.total}", "knowledge-condition", 12),
        ("rules/care/treat-low-mood.yaml", "$moderate-mood", "$severe-mood", "knowledge-value-error", 12),
        ("rules/care/follow-low-mood.yaml", "every: P14D", "every: P0D", "knowledge-greater-than", 14),
        ("rules/care/follow-low-mood.yaml", "every: P14D", "every: 14", "knowledge-value-error", 14),  # fourteen what?
        ("rules/care/follow-low-mood.yaml", "every: P14D", "every: 14 days", "knowledge-value-error", 14),
        ("dictionary/findings/person.yaml", "valid_for: P7D", "valid_for: 7", "knowledge-value-error", 4),
        ("dictionary/lists.yaml", "events: P30D", "events: 30", "knowledge-value-error", 4),
        ("pathways/aftercare.yaml", "start: stabilising", "start: attic", "knowledge-value-error", 1),
        ("pathways/aftercare.yaml", "suicide.risk >= high", "suicide.risk >= terrible", "knowledge-value-error", 17),
        ("dictionary/findings/person.yaml", "range: [0, 10]", "values: [0, 10]", "knowledge-string-type", 11),
        ("dictionary/findings/person.yaml", "  valid_for: P7D\n", "  valid_for: a week\n", "knowledge-value-error", 4),
        ("dictionary/findings/person.yaml", "housing:\n", "craving.daily:\n", "yaml-syntax", None),
        ("dictionary/conditions.yaml", "graded: true", "graded: perhaps", "knowledge-bool-parsing", 1),
        ("dictionary/medications.yaml", "classes: [ssri]", "class: [ssri]", "knowledge-extra-forbidden", 7),
        ("dictionary/lists.yaml", "events: P30D", "event: P30D", "knowledge-missing", 1),
        ("escalation/ladder.yaml", "to: team", "to: nobody", "knowledge-literal-error", 6),
        ("parameters/care.yaml", "owner: clinical-lead", "owner: Clinical Lead", "knowledge-string-pattern-mismatch", 3),
        ("release.yaml", "id: 2026.11.0", "name: 2026.11.0", "knowledge-missing", 1),
        ("evidence/strengths.yaml", "rank: 1", "rank: first", "knowledge-int-parsing", 1),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(folder: Path, name: str, old: str, new: str, code: str, line: int | None) -> None:
    mend(folder, name, old, new)
    found = [problem for problem in problems(folder) if problem.code == code]
    assert found
    if line is not None:
        assert found[0].where == f"{folder / name}:{line}"


@pytest.mark.parametrize("name", ["release.yaml", "dictionary/lists.yaml"])
def test_a_file_that_must_be_there_is_missed(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert "knowledge-file-missing" in {problem.code for problem in problems(folder)}


@pytest.mark.parametrize("name", ["release.yaml", "dictionary/lists.yaml"])
def test_a_file_that_cannot_be_read_is_not_called_missing_too(folder: Path, name: str) -> None:
    (folder / name).write_text("a: [\n")
    assert {problem.code for problem in problems(folder)} == {"yaml-syntax"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (SSRI, ""),
        (SSRI, "- ssri\n"),
        ("rules/care/offer-cbt.yaml", "# nothing yet\n"),
        ("parameters/care.yaml", ""),
        ("dictionary/conditions.yaml", "- depression\n"),
        ("dictionary/medications.yaml", "- classes\n"),
        ("dictionary/medications.yaml", "clases: {}\n"),
        ("dictionary/findings/person.yaml", "craving\n"),
        ("release.yaml", "2026.11.0\n"),
        ("dictionary/lists.yaml", ""),
    ],
)
def test_a_file_that_holds_something_else_is_not_passed_over(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    assert any(name in problem.where for problem in problems(folder))


@pytest.mark.parametrize("place", ["rules/cbt.yaml", "rules/care/deep/cbt.yaml", "components/ssri.yml", "stray.yaml", "rule/care/cbt.yaml"])
def test_a_file_in_the_wrong_place_is_not_passed_over(folder: Path, place: str) -> None:
    (folder / place).parent.mkdir(exist_ok=True, parents=True)
    (folder / place).write_text("id: offer-cbt\n")
    assert [(problem.code, problem.where) for problem in problems(folder)] == [("knowledge-stray", str(folder / place))]


def test_every_problem_is_reported_not_only_the_first(folder: Path) -> None:
    mend(folder, SSRI, "kind: medication", "kind: magic")
    mend(folder, "release.yaml", "id: ", "name: ")
    mend(folder, "rules/care/offer-cbt.yaml", "mood.total >= 3", "mood.total >= 30")
    assert len({problem.where.partition(":")[0] for problem in problems(folder)}) == 3


def test_an_id_used_by_two_files_is_refused(folder: Path) -> None:
    other = folder / "rules" / "safety" / "offer-cbt.yaml"
    shutil.copy(folder / "rules/care/offer-cbt.yaml", other)
    assert [(problem.code, problem.where) for problem in problems(folder)] == [("knowledge-id-twice", f"{other}:1")]


def test_a_row_declared_in_two_files_is_refused(folder: Path) -> None:
    more = folder / "parameters" / "more.yaml"
    more.write_text((folder / "parameters/care.yaml").read_text())
    assert [(problem.code, problem.where) for problem in problems(folder)] == [("knowledge-id-twice", f"{more}:1")]


def test_a_row_that_names_itself_otherwise_is_refused(folder: Path) -> None:
    mend(folder, "dictionary/medications.yaml", "sertraline: {rxnorm", "sertraline: {id: fluoxetine, rxnorm")
    assert [(problem.code, problem.where) for problem in problems(folder)] == [
        ("knowledge-id-differs", f"{folder / 'dictionary/medications.yaml'}:7")
    ]


@pytest.mark.parametrize(
    "code", ["mood.total", "condition.depression", "medication.ssri.proposed", "patient.age", "event.birth.days_since"]
)
def test_an_entry_that_follows_from_a_table_is_not_written_by_hand(folder: Path, code: str) -> None:
    with (folder / "dictionary/findings/person.yaml").open("a") as file:
        file.write(f"{code}:\n  type: boolean\n  label: {{en: mine, es: mío}}\n")
    assert ("knowledge-code-generated", code) in [(problem.code, problem.where) for problem in problems(folder)]


def test_the_digest_names_every_byte_that_a_decision_may_rest_on_and_nothing_else(folder: Path) -> None:
    first = load(folder).release.digest
    assert load(folder).release.digest == first == small.base().release.digest
    mend(folder, "rules/care/offer-cbt.cases.yaml", "just below", "just beneath")
    assert load(folder).release.digest == first
    mend(folder, SSRI, "title: {en: SSRI", "title: {en: An SSRI")
    second = load(folder).release.digest
    assert second != first
    (folder / SSRI).rename(folder / "components" / "ssri_.yaml")
    assert documents(folder).digest not in (first, second)


def test_what_was_read_once_is_read_again_the_same(folder: Path) -> None:
    fresh = documents(folder)
    kept = list((folder / "__pycache__").glob("documents-*.json"))
    assert len(kept) == 1
    assert documents(folder) == fresh
    mend(folder, SSRI, "en: SSRI", "en: An SSRI")
    assert documents(folder) != fresh
    assert len(list((folder / "__pycache__").glob("documents-*.json"))) == 1


def test_a_kept_reading_that_is_broken_is_read_anew(folder: Path) -> None:
    fresh = documents(folder)
    (kept,) = (folder / "__pycache__").glob("documents-*.json")
    kept.write_text("{")
    assert documents(folder) == fresh


def test_a_folder_with_mistakes_keeps_nothing(folder: Path) -> None:
    (folder / SSRI).write_text("a: &x 1\n")
    assert [problem.code for problem in documents(folder).problems] == ["yaml-alias"]
    assert not list((folder / "__pycache__").glob("*"))
