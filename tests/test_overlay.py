"""A site's file changes the values of parameters, visibly, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import small

from engine.document import document
from engine.errors import Refused
from engine.record import Record
from knowledge.check import check
from knowledge.load import load

SITE = """\
site: clinic-north
parameters:
  moderate-mood:
    value: 4
    owner: dr-lee
    reason: {en: our people report less, es: nuestra gente refiere menos}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(SITE)
    return path


def test_a_site_changes_a_parameter_and_the_decision_says_so(path: Path) -> None:
    site, plain = load(small.FOLDER, path), small.base()
    record = Record(findings=(small.fact("mood.total", 4),))
    assert site.release.id == "2026.11.0+clinic-north"
    assert site.release.digest != plain.release.digest
    assert site.defaults == {"moderate-mood": 5}
    assert small.decide(record, site).judgements.truths["treat-low-mood"] is True
    assert small.decide(record, plain).judgements.truths["treat-low-mood"] is False
    (shown,) = document(site, small.decide(record, site))["parameters"]
    assert shown == {
        "name": "moderate-mood", "value": 4, "default": 5, "changed": True, "owner": "dr-lee", "rules": ["treat-low-mood"]
    }  # fmt: skip
    high = small.decide(Record(findings=(small.fact("mood.total", 6),)), plain)
    (shown,) = document(plain, high)["parameters"]
    assert shown["changed"] is False
    assert (shown["value"], shown["default"], shown["owner"]) == (5, 5, "clinical-lead")


def test_a_change_is_shown_even_where_no_rule_of_the_argument_uses_it(path: Path) -> None:
    site = load(small.FOLDER, path)
    assert [(item["name"], item["rules"]) for item in document(site, small.decide(Record(), site))["parameters"]] in (
        [("moderate-mood", [])],
        [("moderate-mood", ["treat-low-mood"])],
    )


def test_the_digest_follows_every_byte_of_the_file(path: Path) -> None:
    first = load(small.FOLDER, path).release.digest
    path.write_text(SITE.replace("report less", "report a little less"))
    assert load(small.FOLDER, path).release.digest != first


def test_a_value_that_the_site_leaves_as_it_is_counts_as_unchanged(path: Path) -> None:
    path.write_text(SITE.replace("value: 4", "value: 5"))
    assert load(small.FOLDER, path).defaults == {}


def test_the_check_holds_a_site_to_everything_but_the_cases(path: Path) -> None:
    assert check(load(small.FOLDER, path), small.FOLDER, small.NOW.date()) == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("moderate-mood:", "severe-mood:", "overlay-unknown", 3),
        ("value: 4", "value: true", "overlay-type", 3),
        ("value: 4", "value: high", "overlay-type", 3),
        ("value: 4", "value: 99", "overlay-range", 3),
        ("value: 4", "value: 4.5", "overlay-range", 3),
        ("    owner: dr-lee\n", "", "overlay-shape", 3),
        ("{en: our people report less, es:", "{es:", "overlay-shape", 6),
        ("site: clinic-north", "site: clinic-north\nrules: {}", "overlay-shape", 2),
        ("site: clinic-north", "site: [", "yaml-syntax", 3),
    ],
)
def test_what_a_site_may_not_do_is_refused_with_its_place(path: Path, old: str, new: str, code: str, line: int) -> None:
    assert old in SITE
    path.write_text(SITE.replace(old, new))
    with pytest.raises(Refused) as refused:
        load(small.FOLDER, path)
    assert (code, f"{path}:{line}") in [(item.code, item.where) for item in refused.value.problems]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        load(small.FOLDER, tmp_path / "none.yaml")
    assert [item.code for item in refused.value.problems] == ["overlay-unreadable"]
