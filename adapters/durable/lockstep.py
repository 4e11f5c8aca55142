"""Every decision is judged twice: by the witness, whose answer is served, and by durable-rules in its own process.

They must agree on the truth of every rule. Where they do not, or where durable-rules has no verdict, the judgements say so.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from types import TracebackType
from typing import Literal, Self

from adapters.durable.encode import Program, encode
from adapters.durable.fault import Fault, available
from adapters.durable.process import START_WITHIN, Unchecked, ValueRefused
from adapters.durable.supervisor import Supervisor
from adapters.durable.worker import TRUTHS, VALUE_REFUSED, Untyped
from engine.artifacts import Escalate, Rule
from engine.dictionary import Number
from engine.errors import Refused
from engine.findings import Findings
from engine.judgements import Infer, Judgements, RuleSet, Truth

Known = Mapping[str, tuple[Number, Number]]  # code -> the lowest and the highest value it may have
_READ = {text: truth for truth, text in TRUTHS.items()}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What it takes to repeat it. findings: all that the rules read. truths: disputed rule -> the witness's, durable-rules'."""

    findings: Known
    truths: Mapping[str, tuple[Truth, Truth]]


@dataclass(frozen=True, slots=True)
class Health:
    """disagreeing stays until there is a new Lockstep: somebody must look. reason: why decisions are unchecked now."""

    state: Literal["agreeing", "unchecked", "disagreeing"]
    checked: int
    unchecked: int
    disagreements: int
    restarts: int
    reason: str | None


def log(disagreement: Disagreement) -> None:
    """Log which rules are disputed. The findings are somebody's, and do not belong in a log."""
    _log.error("durable-disagreement: %s", ", ".join(disagreement.truths))


class Lockstep:
    """An `Infer` that has durable-rules judge beside the witness. For one rule set, one process, many threads; close it.

    timeout: seconds that a request may wait for durable-rules in all. report: is told of every disagreement, within the
    request; what it raises, the request raises. fault: for tests and demonstrations.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        witness: Infer,
        timeout: float = 0.25,
        report: Callable[[Disagreement], None] = log,
        fault: Fault | None = None,
    ) -> None:
        self._ruleset, self._witness, self._timeout, self._report = ruleset, witness, timeout, report
        self._urgent = {rule.id for rule in ruleset.rules if _urgent(rule)}
        self._counting, self._owner = threading.Lock(), os.getpid()
        self._checked = self._unchecked = self._disagreements = 0
        self._reason: str | None = None
        self._second: Supervisor | None = None
        try:
            program = _program(ruleset)
        except Unchecked as reason:
            self._reason = str(reason)
        else:
            self._second = Supervisor(program, _injected(fault, program))

    def __call__(self, ruleset: RuleSet, findings: Findings) -> Judgements:
        """The witness's judgements, marked agreed, disagreed, or unchecked when there was no verdict to compare."""
        judgements = None
        try:
            second = self._usable(ruleset)
            known = _known(second.program, findings)
            question, deadline = _question(known), monotonic() + self._timeout
            with second.turn(deadline) as worker:
                number = worker.ask(question, deadline)
                judgements = self._witness(ruleset, findings)
                answer = worker.answer(number, deadline)
        except Unchecked as reason:
            self._count(str(reason))
            return replace(judgements or self._witness(ruleset, findings), agreement="unchecked", disputed=(), emergent=())
        rules = second.program.rules
        held, said = [*map(judgements.truths.__getitem__, rules)], [*map(_READ.__getitem__, answer)]
        self._count(None, disagreed=held != said)
        if held == said:
            return replace(judgements, agreement="agreed", disputed=(), emergent=())
        disputed = {rule: (mine, its) for rule, mine, its in sorted(zip(rules, held, said, strict=True)) if mine is not its}
        self._report(Disagreement(known, disputed))
        emergent = tuple(rule for rule, (_, durable) in disputed.items() if durable is True and rule in self._urgent)
        return replace(judgements, agreement="disagreed", disputed=tuple(disputed), emergent=emergent)

    @property
    def health(self) -> Health:
        second = self._second
        with self._counting:
            counts, reason = (self._checked, self._unchecked, self._disagreements), self._reason
        reason = (second.reason if second else None) or reason
        state: Literal["agreeing", "unchecked", "disagreeing"] = "unchecked" if reason else "agreeing"
        return Health("disagreeing" if counts[2] else state, *counts, max(0, second.starts - 1) if second else 0, reason)

    def close(self) -> None:
        """End the worker; every later decision is unchecked."""
        if self._second is not None:
            self._second.close()

    def __enter__(self) -> Self:
        """Wait until durable-rules is ready, or known not to be."""
        if self._second is not None:
            self._second.await_start(monotonic() + START_WITHIN)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _usable(self, ruleset: RuleSet) -> Supervisor:
        if self._second is None:
            raise Unchecked(self._reason)
        if ruleset is not self._ruleset:
            raise Unchecked("durable-other-rules: made for another rule set")
        if os.getpid() != self._owner:  # two processes must not share the pipes
            raise Unchecked("durable-forked: made before the process was forked")
        return self._second

    def _count(self, unchecked: str | None, disagreed: bool = False) -> None:
        with self._counting:
            self._reason = unchecked
            self._unchecked += unchecked is not None
            self._checked += unchecked is None
            self._disagreements += disagreed


def _program(ruleset: RuleSet) -> Program:
    usable = available()
    if not usable:
        raise Unchecked(usable.reason)
    try:
        return encode(ruleset)
    except Refused as refused:
        raise Unchecked("; ".join(f"{problem.code}: {problem.what}" for problem in refused.problems)) from refused
    except Untyped as untyped:
        raise Unchecked(f"{VALUE_REFUSED}: in a rule: {untyped}") from untyped


def _injected(fault: Fault | None, program: Program) -> Mapping[str, object] | None:
    """The fault as the worker reads it; raises ValueError for a rule that is not there."""
    if fault is None:
        return None
    if fault.rule is not None and fault.rule not in program.rules:
        raise ValueError(f"durable-fault-unknown: no rule {fault.rule}")
    return {"kind": fault.kind, "slot": None if fault.rule is None else program.rules.index(fault.rule)}


def _known(program: Program, findings: Findings) -> Known:
    found = [(code, finding.low, finding.high) for code in program.inputs if (finding := findings.get(code)) is not None]
    return {code: (low, high) for code, low, high in found if low is not None and high is not None}


def _question(known: Known) -> str:
    try:
        return json.dumps(known)
    except TypeError:
        raise ValueRefused(f"{VALUE_REFUSED}: not a number") from None


def _urgent(rule: Rule) -> bool:
    return any(isinstance(action, Escalate) and action.escalate >= "E4" for action in rule.then)
