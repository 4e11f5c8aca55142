"""YAML is read as YAML 1.2 and as nothing more: no anchors, tags, directives, merge keys, no depth or size without end."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.errors import Problem, Refused
from knowledge.read import MAX_BYTES, MAX_DEPTH, line_of, parse, read


def refused(data: bytes | str) -> Problem:
    with pytest.raises(Refused) as caught:
        parse(data.encode() if isinstance(data, str) else data, "file.yaml")
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("a: 1\na: 2\n", "yaml-syntax", "file.yaml:2"),
        ("a: 1\n'a': 2\n", "yaml-syntax", "file.yaml:2"),
        ("- {x: 1, x: 2}\n", "yaml-syntax", "file.yaml:1"),
        ("a: &x 1\nb: *x\n", "yaml-alias", "file.yaml:1"),
        ("a: 1\nb: &x [1]\n", "yaml-alias", "file.yaml:2"),
        ("a: 1\nb: &x {c: 1}\n", "yaml-alias", "file.yaml:2"),
        ("a: 1\nb: !!int '3'\n", "yaml-tag", "file.yaml:2"),
        ("a: !!str 3\n", "yaml-tag", "file.yaml:1"),
        ("a: 1\n\nb: !mine [1]\n", "yaml-tag", "file.yaml:3"),
        ("a: !!python/object/apply:os.system ['true']\n", "yaml-tag", "file.yaml:1"),
        ("a: ! x\n", "yaml-tag", "file.yaml:1"),
        ("%YAML 1.1\n---\na: yes\n", "yaml-directive", "file.yaml:1"),
        ("# first\n%TAG ! tag:x,2026:\n---\na: 1\n", "yaml-directive", "file.yaml:2"),
        ("a: 1\nb:\n  <<: {c: 1}\n  d: 2\n", "yaml-merge", "file.yaml:3"),
        ("a:\n\t- b\n", "yaml-syntax", "file.yaml:2"),
        ("a: [1, 2\nb: 3\n", "yaml-syntax", "file.yaml:2"),
        ("a: 'open\n", "yaml-syntax", "file.yaml:2"),
        ("a: 1\n---\nb: 2\n", "yaml-syntax", "file.yaml:2"),
        ("a: \x07\n", "yaml-syntax", "file.yaml"),
        ("? [a, b]\n: 1\n", "yaml-key", "file.yaml"),
        ("a: {1: x}\n", "yaml-key", "file.yaml"),
        ("true: x\n", "yaml-key", "file.yaml"),
        ("~: x\n", "yaml-key", "file.yaml"),
        ("a: .nan\n", "yaml-number", "file.yaml"),
        ("a: [1, -.inf]\n", "yaml-number", "file.yaml"),
        ("a: 1e999\n", "yaml-number", "file.yaml"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "yaml-too-deep", "file.yaml"),
        ("{a: " * 200 + "1" + "}" * 200, "yaml-too-deep", "file.yaml"),
        ("[" * 100_000, "yaml-too-deep", "file.yaml"),
        ("a: &x " + "[" * 5_000 + "]" * 5_000, "yaml-alias", "file.yaml:1"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_with_its_place(text: str, code: str, where: str) -> None:
    problem = refused(text)
    assert (problem.code, problem.where) == (code, where)
    assert problem.do


def test_a_file_that_is_not_utf8_or_too_large_is_refused() -> None:
    assert refused("a: ñ\n".encode("latin-1")).code == "yaml-encoding"
    assert refused("a: 1\n".encode("utf-16")).code == "yaml-encoding"
    assert refused(b"#" * (MAX_BYTES + 1)).code == "yaml-too-large"
    assert parse(b"#" * MAX_BYTES, "file.yaml") is None


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "Yes", "NO", "y", "n"])
def test_words_that_older_yaml_took_for_truth_stay_text(word: str) -> None:
    assert parse(f"answer: {word}\n{word}: 1\n".encode(), "file.yaml") == {"answer": word, word: 1}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("12", 12),
        ("-3.5", -3.5),
        ("017", 17),
        ("1:30", "1:30"),
        ("P7D", "P7D"),
        ("2027-06-01", date(2027, 6, 1)),
        ("'12'", "12"),
        ("a & b * c! << d", "a & b * c! << d"),
        ("'<<'", "<<"),
        ("|\n  100 %\n  & *\n", "100 %\n& *\n"),
        ("[[[1]]]", [[[1]]]),
        ("ñandú", "ñandú"),
    ],
)
def test_plain_values_read_as_they_stand(written: str, value: Any) -> None:
    found = parse(f"key: {written}".encode(), "file.yaml")
    assert found == {"key": value}
    assert type(found["key"]) is type(value)


def test_an_empty_file_holds_nothing_and_a_byte_order_mark_is_no_key() -> None:
    assert parse(b"", "file.yaml") is None
    assert parse("\ufeffa: 1\n".encode(), "file.yaml") == {"a": 1}


def test_depth_is_counted_up_to_the_limit() -> None:
    assert parse(("[" * (MAX_DEPTH - 1) + "1" + "]" * (MAX_DEPTH - 1)).encode(), "file.yaml")
    assert refused("[" * MAX_DEPTH + "1" + "]" * MAX_DEPTH).code == "yaml-too-deep"


def test_a_file_is_read_from_disk_under_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text("a: 1\n")
    assert read(path) == {"a": 1}
    path.write_text("a: [\n")
    with pytest.raises(Refused, match=r"one\.yaml"):
        read(path)


@pytest.mark.parametrize(
    ("location", "line"),
    [
        ((), 1),
        (("b",), 2),
        (("b", "c"), 3),
        (("b", "c", 1), 5),
        (("b", "tag", "c", 1), 5),  # pydantic names kinds of nodes that are not in the file
        (("b", "c", 9), 3),
        (("nothing",), 1),
        (("b", "c", 1, "d"), 5),
    ],
)
def test_the_line_of_a_place_is_that_of_its_deepest_part_that_exists(tmp_path: Path, location: tuple[str | int, ...], line: int) -> None:
    path = tmp_path / "one.yaml"
    path.write_text("a: 1\nb:\n  c:\n    - x\n    - {d: y}\n")
    assert line_of(path, location) == line
