"""Law 4: more risk never lowers an escalation, and never lengthens the interval of follow-up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
import small
from small import NOW, escalate, follow_up, known, only, pathway, rule
from test_laws import BASES, ENGINES, SIZE, decision_of, people

from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Entry, Number
from engine.findings import Finding, Findings
from engine.judgements import Infer, infer
from engine.positions import locate
from engine.recommend import decide
from engine.record import Record
from engine.vocabulary import SEVERITY

# A suspicion may be anything, so only a diagnosis is worse than it; to settle it otherwise ends a precaution, and rightly so.
WORSE_STATUSES = {
    "ruled_out": ("ruled_out", "in_remission", "active"),
    "in_remission": ("in_remission", "active"),
    "suspected": ("suspected", "active"),
    "active": ("active",),
}


def level(decision: Decision) -> int:
    return max((int(step.level[1]) for step in decision.escalations), default=-1)


def interval(decision: Decision) -> timedelta:
    return decision.follow_up.every if decision.follow_up else timedelta.max


def held(milder: Decision, worse: Decision) -> bool:
    return level(worse) >= level(milder) and interval(worse) <= interval(milder)


def plan(base: KnowledgeBase, engine: Infer, record: Record, findings: Findings) -> Decision:
    judgements = engine(base.ruleset, findings)
    return decide(base, record, NOW, judgements, locate(base.pathways, record, judgements.findings, NOW), ())


def worse_number(rng: Random, entry: Entry, low: Number, high: Number) -> Number:
    """A number between these two, on a grid fine enough to cross every threshold."""
    return rng.randint(int(low), int(high)) if entry.discrete else rng.uniform(low, high)


def worsened(rng: Random, entry: Entry, known: Finding) -> Finding:
    """What is known of a finding, moved towards risk."""
    assert known.low is not None
    assert known.high is not None
    low, high = known.low, known.high
    if entry.worse == "higher":
        low = worse_number(rng, entry, low, entry.bounds[1])
        high = max(low, high)
    else:
        high = worse_number(rng, entry, entry.bounds[0], high)
        low = min(low, high)
    return Finding(entry.code, low, high, None if low == high else "partial")


@pytest.mark.parametrize("name", BASES)
def test_worse_findings_never_lower_the_response(name: str) -> None:
    base, engine = BASES[name], ENGINES[name]
    directed = [entry for code, entry in base.dictionary.entries.items() if entry.worse and not entry.concluded and code in base.read]
    for seed, rng, record in people(name, SIZE // 4):
        before = decision_of(name, record).judgements.findings
        observed = {code: one for code, one in before.items() if code not in base.ruleset.conclusions}
        milder = plan(base, engine, record, observed)
        ranked = [entry for entry in directed if entry.code in observed and observed[entry.code].low is not None]
        for count in (1, 1, 4):
            chosen = rng.sample(ranked, min(count, len(ranked)))
            more = observed | {entry.code: worsened(rng, entry, observed[entry.code]) for entry in chosen}
            assert held(milder, plan(base, engine, record, more)), (seed, [entry.code for entry in chosen])


def towards_risk(rng: Random, entry: Entry, value: Any) -> Any:
    number = entry.encode(value)
    if number is None or not entry.bounds[0] <= number <= entry.bounds[1] or not entry.worse:
        return value
    ends = (number, entry.bounds[1]) if entry.worse == "higher" else (entry.bounds[0], number)
    return entry.decode(worse_number(rng, entry, *ends))


def worse_fact(rng: Random, base: KnowledgeBase, told: dict[str, Any]) -> None:
    fact = rng.choice(told["findings"])
    entry = base.dictionary.entries[fact["code"]]
    if fact["value"] is not None and fact["unit"] == entry.unit:
        fact["value"] = towards_risk(rng, entry, fact["value"])


def worse_answer(rng: Random, base: KnowledgeBase, told: dict[str, Any]) -> None:
    """A worse answer, or total, of the newest sheet: a worse sheet of the past makes the present one look better."""
    chosen = rng.choice(told["instruments"])["instrument"]
    answers = max((item for item in told["instruments"] if item["instrument"] == chosen), key=lambda item: item["at"])
    one = base.instruments[chosen]
    if not one.items:
        low, high = one.total_range
        if answers["total"] is not None and low <= answers["total"] <= high:
            answers["total"] = rng.randint(*((low, answers["total"]) if one.worse == "lower" else (answers["total"], high)))
        return
    item = rng.choice(one.items)
    values, answer = item.scores, answers["items"].get(item.id)
    if answer in values:
        lower = one.worse_of(item) == "lower"
        answers["items"][item.id] = rng.choice([value for value in values if (value <= answer if lower else value >= answer)])


def worse_diagnosis(rng: Random, _: KnowledgeBase, told: dict[str, Any]) -> None:
    entry = rng.choice(told["conditions"])
    if entry["status"] in WORSE_STATUSES:
        entry["status"] = rng.choice(WORSE_STATUSES[entry["status"]])
        if entry["severity"]:
            entry["severity"] = rng.choice(SEVERITY[SEVERITY.index(entry["severity"]) :])


def worse_measurement(rng: Random, base: KnowledgeBase, told: dict[str, Any]) -> None:
    series = rng.choice([one for one in told["series"] if one["points"]])
    entry = base.dictionary.entries[series["code"]]
    series["points"][-1]["value"] = towards_risk(rng, entry, series["points"][-1]["value"])


WORSE: dict[str, Callable[[Random, KnowledgeBase, dict[str, Any]], None]] = {
    "findings": worse_fact,
    "instruments": worse_answer,
    "conditions": worse_diagnosis,
    "series": worse_measurement,
}


@pytest.mark.parametrize("name", BASES)
def test_a_worse_record_never_lowers_the_response(name: str) -> None:
    changed = 0
    for seed, rng, record in people(name, SIZE // 4):
        milder = decision_of(name, record)
        for part, worsen in WORSE.items():
            told = record.model_dump()
            if told[part] and not (part == "series" and not any(one["points"] for one in told["series"])):
                worsen(rng, BASES[name], told)
                worse = decision_of(name, Record.model_validate(told))
                changed += worse.id != milder.id
                assert held(milder, worse), (seed, part)
    assert changed > SIZE // 20


def test_the_law_would_notice_a_rule_that_lowers_the_response() -> None:
    base = only(rule("upside-down", "craving.daily < 7", escalate("E4"), follow_up("P1D")))
    milder = plan(base, infer, Record(), known(craving__daily=6))
    assert not held(milder, plan(base, infer, Record(), known(craving__daily=7)))


def test_a_pathway_that_moves_away_from_safety_while_risk_grows_would_be_noticed() -> None:
    words, kind = {"en": "stage", "es": "etapa"}, {"kind": "wait", "phase": "aftercare", "who": "peer"}
    stages = {
        "close": {"title": words, **kind, "follow_up": {"every": "P1D", "with": "peer"}},
        "far": {"title": words, **kind, "follow_up": {"every": "P14D", "with": "peer"}},
    }
    steps = [{"from": "close", "to": "far", "title": words, "when": "craving.daily >= 7"}]
    base = only(pathways=(pathway("path", enter="mood.total >= 0", start="close", stages=stages, transitions=steps),))
    milder = plan(base, infer, Record(), small.known(mood__total=1, craving__daily=6))
    assert not held(milder, plan(base, infer, Record(), small.known(mood__total=1, craving__daily=7)))
