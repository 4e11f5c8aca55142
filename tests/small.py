"""A small knowledge base that reads like a real one, and short ways to write rules, findings and records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from engine.artifacts import Rule
from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Dictionary, Entry, Value
from engine.findings import Finding, Findings
from engine.judgements import Judgements, infer
from engine.pathway import Pathway
from engine.recommend import recommend
from engine.record import Answers, Event, Fact, Preferences, Record, Reviewed, Series
from engine.vocabulary import of_pathway
from knowledge.load import load

FOLDER = Path(__file__).parent / "data" / "knowledge"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
REVIEWED = Reviewed(conditions=NOW, medications=NOW, allergies=NOW, events=NOW)


@cache
def base() -> KnowledgeBase:
    """The knowledge base in tests/data/knowledge."""
    return load(FOLDER)


def rule(name: str, when: object, *then: Mapping[str, Any], **more: object) -> dict[str, object]:
    """A rule as it would stand in YAML, with everything that a test does not care about filled in."""
    words = {"en": name, "es": name}
    return {
        "id": name,
        "version": "1.0.0",
        "title": words,
        "stratum": "S5",
        "status": "active",
        "owner": "clinical-lead",
        "review_by": "2030-01-01",
        "serves": ["S1-01"],
        "evidence": {"strength": "consensus", "verification": "P", "sources": ["POLICY"]},
        "when": when,
        "on_unknown": "ask",
        "then": list(then) or [{"recommend": "cbt"}],
        "because": words,
        **more,
    }


def read_rule(raw: dict[str, object], dictionary: Dictionary | None = None) -> Rule:
    return Rule.model_validate(raw, context={"dictionary": dictionary or base().dictionary, "parameters": {}})


def only(*rules: dict[str, object], pathways: tuple[dict[str, object], ...] = (), **more: object) -> KnowledgeBase:
    """The small knowledge base with these rules and pathways instead of its own."""
    own = base()
    dictionary = own.dictionary.model_copy(update={"entries": own.dictionary.entries | _of_pathways(pathways)})
    read = [read_rule(raw, dictionary) for raw in rules]
    context = {"dictionary": dictionary, "parameters": {}}
    paths = [Pathway.model_validate(raw, context=context) for raw in pathways]
    parts = {name: getattr(own, name) for name in KnowledgeBase.model_fields}
    parts |= {"dictionary": dictionary, "rules": {item.id: item for item in read}, "pathways": {item.id: item for item in paths}, **more}
    return KnowledgeBase.model_construct(**parts)


def _of_pathways(pathways: Iterable[Mapping[str, Any]]) -> dict[str, Entry]:
    """What the dictionary says of pathways that no file holds."""
    found = []
    for raw in pathways:
        tasks = {name: stage["title"] for name, stage in raw["stages"].items() if stage["kind"] == "task"}
        found += of_pathway(raw["id"], raw["title"], tasks)
    return {entry.code: entry for entry in found}


def pathway(name: str, **more: object) -> dict[str, object]:
    """A pathway as it would stand in YAML."""
    words = {"en": name, "es": name}
    evidence = {"strength": "consensus", "verification": "P", "sources": ["POLICY"]}
    fixed = {"status": "active", "owner": "clinical-lead", "review_by": "2030-01-01", "serves": ["S1-06"], "evidence": evidence}
    return {"id": name, "version": "1.0.0", "title": words, **fixed, **more}


def escalate(level: str, do: str = "Act.", **more: object) -> dict[str, object]:
    return {"escalate": level, "do": {"en": do, "es": do}, **more}


def follow_up(every: str, by: str = "clinician", **more: object) -> dict[str, object]:
    return {"follow_up": {"every": every, "with": by, **more}}


def known(**values: Any) -> Findings:
    """Findings by code (`__` for the dot): a value, a pair for a range, or None for one without a value."""
    return given({code.replace("__", "."): value for code, value in values.items()})


def given(values: dict[str, Any], dictionary: Dictionary | None = None) -> Findings:
    entries = (dictionary or base().dictionary).entries
    found: dict[str, Finding] = {}
    for code, value in values.items():
        ends = value if isinstance(value, tuple) else (value, value)
        low, high = (None if end is None else entries[code].encode(end) for end in ends)
        assert (low is None) == (value is None), f"{code} cannot be {value}"
        found[code] = Finding(code, low, high, "declined" if low is None else None if low == high else "partial")
    return found


def ago(days: float = 0, **more: float) -> datetime:
    return NOW - timedelta(days=days, **more)


def fact(code: str, value: Value | None, days: float = 0, **more: Any) -> Fact:
    return Fact(code=code, value=value, at=ago(days), **more)


def answers(instrument: str, days: float = 0, **more: Any) -> Answers:
    return Answers(instrument=instrument, at=ago(days), **more)


def series(code: str, *points: tuple[float, Value]) -> Series:
    """Measurements as (days ago, value)."""
    return Series.model_validate({"code": code, "points": [{"at": ago(days), "value": value} for days, value in points]})


def event(kind: str, days: float) -> Event:
    return Event.model_validate({"kind": kind, "at": ago(days)})


def same_unit(value: float, given: str, wanted: str, molar_mass: float | None) -> float | None:
    """A conversion table of two lines, so that the engine's tests need no units library."""
    if (given, wanted) == ("min", "h"):
        return value / 60
    if (given, wanted) == ("mg/dL", "mmol/L") and molar_mass:
        return value * 10 / molar_mass
    return {("wk", "d"): value * 7}.get((given, wanted))


def decide(record: Record, knowledge: KnowledgeBase | None = None, as_of: datetime = NOW) -> Decision:
    return recommend(knowledge or base(), record, as_of, infer, same_unit)


def judged(knowledge: KnowledgeBase, **values: Any) -> Judgements:
    return infer(knowledge.ruleset, known(**values))


def wishes(**more: Any) -> Preferences:
    return Preferences(**more)
