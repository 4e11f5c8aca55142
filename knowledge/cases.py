"""Cases beside each rule: what is given, what must come out, and whether every leaf is shown to matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, TypeAdapter, ValidationError

from engine.artifacts import Rule
from engine.base import KnowledgeBase
from engine.conditions import Compare, leaves
from engine.dictionary import Dictionary, Model, Number, Value
from engine.errors import Problem, Refused
from engine.findings import Finding, Findings
from engine.judgements import judge
from knowledge import documents
from knowledge.read import read


class Case(Model):
    """given: finding -> value, or [lowest, highest] where it is only known to lie in a range; all else is unknown."""

    name: str = Field(min_length=3)
    given: dict[str, Value | tuple[Value, Value]]
    expect: bool | Literal["unknown"]
    missing: frozenset[str] = frozenset()


_CASES = TypeAdapter(tuple[Case, ...])


def cases_of(rule: Rule, folder: Path) -> tuple[Case, ...]:
    """The cases of a rule; raises Refused where they cannot be read."""
    path = next(iter(sorted(folder.glob(f"rules/*/{rule.id}.cases.yaml"))), None)
    return _cases(rule, path, read(path) if path else None)


def _cases(rule: Rule, path: Path | None, document: object) -> tuple[Case, ...]:
    if path is None:
        raise Refused([Problem(rule.id, "cases-missing", "The rule has no cases.", f"Write {rule.id}.cases.yaml beside it.")])
    try:
        return _CASES.validate_python(document)
    except ValidationError as error:
        raise Refused(
            Problem(str(path), "cases-shape", f"{'.'.join(map(str, item['loc']))}: {item['msg']}.", "Mend the case.")
            for item in error.errors(include_url=False, include_input=False)
        ) from error


def given(case: Case, dictionary: Dictionary) -> Findings:
    """The findings of a case, encoded; raises Refused on a code or value that the dictionary does not know."""
    findings: dict[str, Finding] = {}
    for code, value in case.given.items():
        ends = value if isinstance(value, tuple) else (value, value)
        low, high = (_encoded(dictionary, code, end, case.name) for end in ends)
        if low > high:
            raise Refused([Problem(case.name, "case-value", f"The range of {code} runs backwards.", "Write the lowest value first.")])
        findings[code] = Finding(code, low, high, None if low == high else "partial")
    return findings


def _encoded(dictionary: Dictionary, code: str, value: Value, case: str) -> Number:
    entry = dictionary.entries.get(code)
    number = entry.encode(value) if entry else None
    if entry is None or number is None or not entry.bounds[0] <= number <= entry.bounds[1]:
        raise Refused(
            [Problem(case, "case-value", f"{code} is not in the dictionary, or cannot have this value.", "Use a declared code and value.")]
        )
    return number


def check_cases(base: KnowledgeBase, folder: Path) -> Iterator[Problem]:
    """Every case comes out as expected; each rule is shown true, false and unknown; every leaf is decisive both ways."""
    found = documents.cases(folder)
    yield from found.problems
    written = {path.name.removesuffix(".cases.yaml"): (path, document) for path, document in found.matching("rules/*/*.cases.yaml")}
    for name in sorted(written.keys() - base.rules.keys()):
        yield Problem(str(written[name][0]), "cases-stray", f"There is no rule {name}.", "Rename or remove the file.")
    unread = {problem.where.partition(".cases.yaml")[0].rpartition("/")[2] for problem in found.problems}
    for rule in base.rules.values():
        if rule.id in unread:
            continue
        try:
            yield from _run(rule, _cases(rule, *written.get(rule.id, (None, None))), base.dictionary)
        except Refused as refused:
            yield from refused.problems


def _run(rule: Rule, cases: tuple[Case, ...], dictionary: Dictionary) -> Iterator[Problem]:
    for case in cases:
        verdict = judge(rule.when, given(case, dictionary))
        expected = None if case.expect == "unknown" else case.expect
        where = f"{rule.id}: {case.name}"
        if verdict.truth is not expected:
            yield Problem(where, "case-fails", f"Expected {_word(expected)}, judged {_word(verdict.truth)}.", "Mend the rule or the case.")
        if lacking := case.missing - set(verdict.missing()):
            yield Problem(where, "case-missing", f"{', '.join(sorted(lacking))} should be asked for.", "Mend the rule or the case.")
    for expect in (True, False, "unknown"):
        if not any(case.expect == expect and isinstance(case.expect, type(expect)) for case in cases):
            yield Problem(rule.id, "case-kind-missing", f"No case expects {expect}.", "Add one.")
    for leaf, shown in coverage(rule, cases, dictionary).items():
        for way in (True, False):
            if way not in shown:
                yield Problem(rule.id, "leaf-not-decisive", f"No case shows `{leaf}` deciding while {str(way).lower()}.", "Add one.")


def coverage(rule: Rule, cases: tuple[Case, ...], dictionary: Dictionary) -> Mapping[Compare, frozenset[bool]]:
    """For each leaf, the ways in which some case shows it to be decisive."""
    shown: dict[Compare, set[bool]] = {leaf: set() for leaf in leaves(rule.when)}
    for case in cases:
        findings = given(case, dictionary)
        verdict = judge(rule.when, findings)
        if verdict.truth is not None:
            for leaf in verdict.leaves:
                shown[leaf].add(judge(leaf, findings).truth is True)
    return {leaf: frozenset(ways) for leaf, ways in shown.items()}


def _word(truth: bool | None) -> str:
    return "unknown" if truth is None else str(truth).lower()
