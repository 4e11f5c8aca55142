"""Laws that hold for every rule, every person and every order of telling. TESTS_LAWS=number sets how many cases are tried."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import random_knowledge
import random_records
import small
from small import NOW

from engine.artifacts import Request
from engine.base import KnowledgeBase
from engine.compiled import Compiled
from engine.decision import Decision, Reason
from engine.dictionary import Entry
from engine.findings import Finding, Findings
from engine.judgements import Judgements, infer, judge
from engine.lists import Ignored
from engine.recommend import decide, recommend
from engine.record import Record
from engine.terminology import rows
from engine.trace import trace
from knowledge.load import load

SIZE = int(os.environ.get("TESTS_LAWS", "800"))
BASES = {"small": small.base(), "real": load()}
ENGINES = {name: Compiled(base.ruleset) for name, base in BASES.items()}


def decision_of(name: str, record: Record, as_of: datetime = NOW) -> Decision:
    return recommend(BASES[name], record, as_of, ENGINES[name], small.same_unit)


def people(name: str, cases: int) -> Iterator[tuple[int, Random, Record]]:
    """Random records with the seed that draws each again."""
    for seed in range(cases):
        rng = Random(seed)
        yield seed, rng, random_records.record(rng, BASES[name], NOW)


def test_law_1_the_compiled_reading_is_the_reference_reading() -> None:
    for seed in range(SIZE // 20):
        ruleset, persons = random_knowledge.people(seed)
        compiled = Compiled(ruleset)
        for findings in persons:
            assert compiled(ruleset, findings) == infer(ruleset, findings), seed


@pytest.mark.parametrize("name", BASES)
def test_law_1_holds_for_what_records_say(name: str) -> None:
    for seed, _, record in people(name, SIZE // 4):
        decision = decision_of(name, record)
        assert recommend(BASES[name], record, NOW, infer, small.same_unit) == decision, seed


def essence(decision: Decision, *, requests: bool = True, findings: bool = True) -> dict[str, Any]:
    """Everything a decision says, with every date as a distance from its own moment, and no place in the record."""

    def ago(at: datetime | None) -> timedelta | None:
        return None if at is None else decision.as_of - at

    def reasons(given: tuple[Reason, ...]) -> list[Any]:
        return [(reason.reference, reason.truth, [str(leaf) for leaf in reason.grounds]) for reason in given]

    plan = decision.follow_up
    against = (*decision.withheld, *decision.cautions)
    said: dict[str, Any] = {
        "outcome": decision.outcome,
        "truths": decision.judgements.truths,
        "escalations": [(item.level, item.to, item.do["en"], reasons(item.reasons)) for item in decision.escalations],
        "recommendations": [
            (item.component.id, item.heading, item.urgency, item.strength, reasons(item.reasons), item.alternatives, item.declined)
            for item in decision.recommendations
        ],
        "against": [(item.component.id, item.sought, reasons(item.wanted), item.alternatives) for item in against],
        "follow_up": plan
        and (plan.every, plan.with_, plan.modality, plan.preference_used, reasons(tuple(item.reason for item in plan.demands))),
        "positions": [
            (item.pathway.id, place.name, ago(place.since), [(step.transition.to, step.judgement.truth) for step in place.onward])
            for item in decision.positions
            for place in item.places
        ],
        "critical": [finding.code for finding in decision.critical],
        "overridden": decision.overridden,
    }
    if requests:
        said["requests"] = decision.requests
    if findings:
        said["findings"] = {code: (*one[:4], ago(one.at), *one[5:]) for code, one in decision.judgements.findings.items()}
        said["ignored"] = {item.why for item in decision.ignored}
    return said


def moved(value: Any, by: timedelta) -> Any:
    """The same with every date moved."""
    if isinstance(value, datetime):
        return value + by
    if isinstance(value, dict):
        return {key: moved(part, by) for key, part in value.items()}
    return tuple(moved(part, by) for part in value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("name", BASES)
def test_law_2_order_duplicates_and_a_common_shift_of_dates_change_nothing(name: str) -> None:
    for seed, rng, record in people(name, SIZE // 4):
        told = record.model_dump()
        for part, items in told.items():
            if isinstance(items, tuple) and items:
                told[part] = tuple(rng.sample(items, len(items))) + tuple(rng.choices(items, k=rng.randint(0, 2)))
        first = decision_of(name, record)
        again = decision_of(name, Record.model_validate(told))
        assert (again.id, essence(again)) == (first.id, essence(first)), seed
        shift = timedelta(days=rng.randint(-9_000, 9_000), seconds=rng.randint(0, 86_399))
        later = decision_of(name, Record.model_validate(moved(told, shift)), NOW + shift)
        assert essence(later) == essence(first), seed


@pytest.mark.parametrize("name", BASES)
def test_law_3_what_nothing_reads_removes_nothing(name: str) -> None:
    base = BASES[name]
    used = base.read | {entry.derive.of for entry in base.dictionary.derived if entry.derive}
    used |= {code for rule in base.active for action in rule.then if isinstance(action, Request) for code in action.request}
    used |= {f"{instrument.id}.{item}" for instrument in base.instruments.values() for item in instrument.critical}
    first_names = {code.partition(".")[0] for code in used} & {"condition", "medication", "allergy", "event", "family_history", "patient"}
    unread = [entry for code, entry in base.dictionary.entries.items() if code not in used and code.partition(".")[0] not in first_names]
    for seed, rng, record in people(name, SIZE // 4):
        before = decision_of(name, record)
        entry = rng.choice([entry for entry in unread if entry.code not in before.judgements.findings])
        low, high = entry.bounds
        more: list[dict[str, Any]] = [
            {"code": entry.code, "value": entry.decode(rng.choice((low, high))), "unit": entry.unit, "at": NOW},
            {"code": "not.in_any_dictionary", "value": 1, "at": NOW},
        ]
        told = record.model_dump()
        told["findings"] += tuple(more)
        told["instruments"] += ({"instrument": "tarot", "at": NOW, "total": 3},)
        told["positions"] += ({"pathway": "nowhere", "stage": "lost", "since": NOW},)
        after = decision_of(name, Record.model_validate(told))
        assert essence(after, requests=False, findings=False) == essence(before, requests=False, findings=False), seed
        assert {item.subject for item in after.requests} >= {item.subject for item in before.requests}, seed
        assert Ignored(f"/findings/{len(told['findings']) - 1}", "not_understood") in after.ignored, seed


def plain_codes() -> dict[str, tuple[tuple[str, str], ...]]:
    """For each condition group, the codes that say it and nothing else."""
    found: dict[str, list[tuple[str, str]]] = {}
    for book in BASES["real"].diagnoses.values():
        for code, one in rows(book.sets):
            if len(one.says) == 1 and one.says[0].model_dump(exclude_defaults=True).keys() == {"condition"}:
                found.setdefault(one.says[0].condition or "", []).append((book.system, code.removesuffix("-")))
    return {group: tuple(codes) for group, codes in found.items()}


def test_a_term_and_any_of_its_codes_say_the_same() -> None:
    base, codes, tried = BASES["real"], plain_codes(), 0
    for seed, rng, record in people("real", SIZE // 4):
        told = record.model_dump()
        for entry in told["conditions"]:
            if entry["term"] in codes and not entry["codes"]:
                system, code = rng.choice(codes[entry["term"]])
                entry["term"], entry["codes"], tried = None, ({"system": system, "code": code},), tried + 1
        for entry in told["medications"]:
            own = base.dictionary.ingredients.get(entry["ingredient"] or "")
            if own and own.rxnorm:
                entry["ingredient"], entry["codes"], tried = None, ({"system": "rxnorm", "code": own.rxnorm},), tried + 1
        assert essence(decision_of("real", Record.model_validate(told))) == essence(decision_of("real", record)), seed
    assert tried > SIZE // 20
    assert len(codes) > 30


def narrowed(rng: Random, entry: Entry, known: Finding | None) -> Finding:
    """Something that is still possible of a finding: the same, a part of the range, or one value of it."""
    low, high = entry.bounds
    if known is not None and known.low is not None and known.high is not None:
        low, high = known.low, known.high
    ends = sorted(rng.randint(int(low), int(high)) if entry.discrete else rng.choice((low, high, rng.uniform(low, high))) for _ in range(2))
    if rng.random() < 0.5:
        ends = [ends[0], ends[0]]
    return Finding(entry.code, ends[0], ends[1], None if ends[0] == ends[1] else "partial")


def filled(rng: Random, entries: dict[str, Entry], findings: Findings) -> Findings:
    found = dict(findings)
    for code, entry in entries.items():
        if not entry.concluded and rng.random() < 0.5:
            found[code] = narrowed(rng, entry, findings.get(code))
    return found


def only_narrows(before: Judgements, after: Judgements, conclusions: Any) -> bool:
    for code in conclusions:
        wide, narrow = before.findings[code], after.findings[code]
        if not (wide.low or 0) <= (narrow.low or 0) <= (narrow.high or 0) <= (wide.high or 0):
            return False
    return all(truth is None or after.truths[name] is truth for name, truth in before.truths.items())


def test_law_5_filling_in_what_was_unknown_turns_no_verdict_round() -> None:
    for seed in range(SIZE // 20):
        rng = Random(seed)
        dictionary = random_knowledge.dictionary(rng)
        ruleset, _ = random_knowledge.people(seed)  # the same dictionary, drawn from the same seed
        compiled = Compiled(ruleset)
        for _ in range(20):
            before = random_knowledge.findings(rng, dictionary, known=rng.random())
            after = filled(rng, dictionary.entries, before)
            for engine in (infer, compiled):
                assert only_narrows(engine(ruleset, before), engine(ruleset, after), ruleset.conclusions), seed


@pytest.mark.parametrize("name", BASES)
def test_law_5_holds_for_what_records_say(name: str) -> None:
    base, engine = BASES[name], ENGINES[name]
    for seed, rng, record in people(name, SIZE // 4):
        before = decision_of(name, record).judgements
        observed = {code: one for code, one in before.findings.items() if code not in base.ruleset.conclusions}
        after = filled(rng, base.dictionary.entries, observed)
        assert only_narrows(before, engine(base.ruleset, after), base.ruleset.conclusions), seed


def test_law_6_the_leaves_shown_settle_the_verdict_alone() -> None:
    for seed in range(SIZE // 20):
        rng = Random(seed)
        dictionary = random_knowledge.dictionary(rng)
        ruleset, persons = random_knowledge.people(seed)
        for findings in persons:
            known = infer(ruleset, findings).findings
            other = dict(random_knowledge.findings(rng, dictionary, known=rng.random()))
            for rule in ruleset.rules:
                verdict = judge(rule.when, known)
                kept = {leaf.finding: known[leaf.finding] for leaf in verdict.leaves if leaf.finding in known}
                if verdict.truth is not None:
                    assert judge(rule.when, other | kept).truth is verdict.truth, (seed, rule.id)
                else:
                    assert all(judge(leaf, known).truth is None for leaf in verdict.leaves), (seed, rule.id)


@pytest.mark.parametrize("name", BASES)
def test_law_6_the_findings_in_the_trace_settle_every_rule_in_it_alone(name: str) -> None:
    base, engine = BASES[name], ENGINES[name]
    for seed, rng, record in people(name, SIZE // 8):
        decision = decision_of(name, record)
        nodes = trace(base, decision).nodes
        shown = {node.ref for node in nodes if node.kind == "finding"}
        other = {code: narrowed(rng, entry, None) for code, entry in base.dictionary.entries.items() if not entry.concluded}
        kept = {code: decision.judgements.findings[code] for code in shown & decision.judgements.findings.keys()}
        missing = {code: Finding(code) for code in shown - kept.keys()}
        truths = engine(base.ruleset, other | kept | missing).truths
        for node in nodes:
            if node.kind == "rule" and node.truth is not None:
                assert truths[node.ref] is node.truth, (seed, node.ref)


def random_base(seed: int) -> tuple[KnowledgeBase, list[Findings]]:
    """A knowledge base of random rules that all recommend one component, and what is known of some people."""
    rng = Random(seed)
    dictionary = random_knowledge.dictionary(rng)
    rules = random_knowledge.rules(rng, dictionary, 20)
    own = small.base()
    parts = {name: getattr(own, name) for name in KnowledgeBase.model_fields}
    parts |= {"dictionary": dictionary, "rules": {rule.id: rule for rule in rules}, "components": {"component": own.components["cbt"]}}
    base = KnowledgeBase.model_construct(**parts | {"pathways": {}, "instruments": {}})
    return base, [random_knowledge.findings(rng, dictionary) for _ in range(10)]


def test_law_6_holds_in_the_trace_of_random_rules_whatever_they_ask_of_conclusions() -> None:
    for seed in range(SIZE // 20):
        base, persons = random_base(seed)
        rng = Random(seed)
        for findings in persons:
            decision = decide(base, Record(), NOW, infer(base.ruleset, findings), (), ())
            nodes = trace(base, decision).nodes
            shown = {node.ref for node in nodes if node.kind == "finding"}
            other = dict(random_knowledge.findings(rng, base.dictionary, known=rng.random()))
            kept = {code: findings.get(code, Finding(code)) for code in shown}
            truths = infer(base.ruleset, other | kept).truths
            for node in nodes:
                if node.kind == "rule" and node.truth is not None:
                    assert truths[node.ref] is node.truth, (seed, node.ref)


WRITE = """
import hashlib, json, sys
from random import Random
import random_records, small
from test_laws import BASES, decision_of
from engine.document import document
for name, base in BASES.items():
    for seed in range(int(sys.argv[1])):
        decision = decision_of(name, random_records.record(Random(seed), base, small.NOW))
        for language in ("en", "es"):
            text = json.dumps(document(base, decision, language), allow_nan=False)
            print(name, seed, language, hashlib.sha256(text.encode()).hexdigest())
"""


def test_law_7_the_same_input_gives_the_same_bytes_in_every_process() -> None:
    here, texts = Path(__file__).parent, []
    for seed in ("0", "4711"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join((str(here.parent), str(here)))}
        command = [sys.executable, "-c", WRITE, str(max(SIZE // 20, 2))]
        texts.append(subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout.splitlines())
    assert texts[0] == texts[1]
    assert len(texts[0]) == 2 * len(BASES) * max(SIZE // 20, 2)
