"""The child process: runs a program (see `encode`) on durable-rules, and ends when anything goes wrong.

It imports the standard library and durable-rules only, so that it starts fast. One JSON line is its program, every
further line a request, `[number, findings]`; it answers each with one line, `[number, truths, fault]`, where truths has
one character per rule (`1` true, `0` false, `-` unknown) and is null when there is a fault.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from typing import Any

SENTINEL = "go"  # the rule of lowest priority: when it fires, everything else has
FACT = "x"
RESERVED = ("sid", "id", "$s", "$forward", "m", SENTINEL)
LIMIT = 2**53  # beyond it, integers and doubles cannot be compared exactly
TRUTHS = {True: "1", False: "0", None: "-"}
VALUE_REFUSED = "durable-value-refused"
Truth = bool | None
Ends = list[Any]  # the lowest and the highest value that a finding may have
Judge = Callable[[dict[str, Ends]], str]


class EngineFault(RuntimeError):
    """durable-rules did something that it must never do; the worker must not be used again."""


class Untyped(ValueError):
    """A value that must not reach durable-rules, which would coerce it or read it wrong."""


def literal(number: object) -> str:
    """A number as durable-rules reads it exactly: never with an exponent, which its parser takes for an error."""
    if type(number) is int and -LIMIT < number < LIMIT:
        return str(number)
    if type(number) is float and isfinite(number) and -LIMIT < number < LIMIT:
        text = repr(number)
        text = text if "e" not in text else format(Decimal(text), "f")
        if len(text) <= 40:
            return text
    raise Untyped("not a number that durable-rules compares exactly")


class Network:
    """One durable-rules rule set, matched against one fact at a time in the one session it ever has."""

    def __init__(self, engine: Any, name: str, definition: str, reads: list[str]) -> None:
        self.engine, self.reads = engine, reads
        self.handle = engine.create_ruleset(name, definition)

    def match(self, known: dict[str, str]) -> list[str]:
        """The clauses that hold, of a fact with what is known; raises EngineFault.

        The session is kept, because making one costs more than all matching; the fact is not. It has one identity, so
        that one which was left behind is refused as seen before and cannot meet the next person's.
        """
        properties = "".join(filter(None, map(known.get, self.reads)))
        if not properties:  # a clause reads at least one
            return []
        try:
            fired = self._fire(f'{{"id":"{FACT}","{SENTINEL}":1{properties}}}')
        except self.engine.error as error:
            raise EngineFault(str(error)) from error
        if not fired or fired.pop() != SENTINEL:
            raise EngineFault("sentinel not seen")
        if len(set(fired)) != len(fired):
            raise EngineFault("a clause held twice")
        return fired

    def _fire(self, fact: str) -> list[str]:
        engine, handle = self.engine, self.handle
        code, session = engine.assert_fact(handle, fact)
        if code:
            raise EngineFault(f"assert code {code}")
        fired = []
        action = engine.start_action_for_state(handle, session)
        message = action and action[1]
        while message:  # {"<clause>":{"m":<fact>}}
            fired.append(message[2 : message.index('"', 2)])
            message = engine.complete_and_start_action(handle, session)
        code, _ = engine.retract_fact(handle, f'{{"id":"{FACT}"}}')
        if code:
            raise EngineFault(f"retract code {code}")
        return fired


class Machine:
    """A program, ready to judge."""

    def __init__(self, engine: Any, program: dict[str, Any]) -> None:
        self.rules, self.findings, self.parts = program["rules"], program["findings"], program["parts"]
        self.rounds = [
            ([Network(engine, f"{turn}.{index}", *network) for index, network in enumerate(networks)], decides, settles)
            for turn, (networks, decides, settles) in enumerate(program["rounds"])
        ]

    def judge(self, findings: dict[str, Ends]) -> str:
        """The truths of all rules, one character each; raises Untyped or EngineFault."""
        known: dict[str, str] = {}  # property -> how it stands in a fact
        truths: list[Truth] = [None] * (self.rules + len(self.parts))
        for code, (low, high) in findings.items():
            self._know(known, code, low, high)
        for networks, decides, settles in self.rounds:
            for network in networks:
                for clause in network.match(known):
                    self._decide(truths, known, decides.get(clause))
            for code, makers in settles:
                self._conclude(truths, known, code, makers)
        return "".join([TRUTHS[truth] for truth in truths[: self.rules]])

    def _know(self, known: dict[str, str], code: str, low: Any, high: Any) -> None:
        for name, number in zip(self.findings[code], (low, high), strict=True):
            known[name] = f',"{name}":{literal(number)}'
        if low > high:
            raise Untyped("its ends are the wrong way round")

    def _decide(self, truths: list[Truth], known: dict[str, str], decided: list[tuple[int, bool]] | None) -> None:
        if decided is None:
            raise EngineFault("a clause that does not exist")
        for slot, truth in decided:
            if truths[slot] is (not truth):
                raise EngineFault("a rule both true and false")
            truths[slot] = truth
            if slot >= self.rules:
                name = self.parts[slot - self.rules]
                known[name] = f',"{name}":1'

    def _conclude(self, truths: list[Truth], known: dict[str, str], code: str, makers: list[tuple[int, int]]) -> None:
        """From the highest value that a true rule concludes to the highest that no false rule rules out."""
        proved = max([number for slot, number in makers if truths[slot] is True], default=0)
        possible = max([number for slot, number in makers if truths[slot] is not False], default=0)
        self._know(known, code, proved, possible)


def injected(judge: Judge, fault: dict[str, Any]) -> Judge:
    """A judge that goes wrong on purpose, so that the alarm can be seen to work."""

    def judge_wrongly(findings: dict[str, Ends]) -> str:
        match fault["kind"]:
            case "crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "hang":
                signal.pause()
            case "slow":
                time.sleep(0.1)
        truths, slot = judge(findings), fault["slot"]
        return truths if slot is None else truths[:slot] + ("0" if truths[slot] == "1" else "1") + truths[slot + 1 :]

    return judge_wrongly


def serve() -> None:
    """Answer until the parent is gone. A fault of the engine ends the worker, a value it must not see does not."""
    import resource  # noqa: PLC0415 (not there on every system on which the parent may run)

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash must not leave somebody's findings on a disk
    out = os.dup(sys.stdout.fileno())
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whatever a C library prints is not an answer
    program = json.loads(sys.stdin.buffer.readline())
    signal.setitimer(signal.ITIMER_REAL, program["start_within"])  # this also ends a loop inside C
    import durable_rules_engine  # noqa: PLC0415 (the parent uses what stands above where there is no durable-rules)

    judge: Judge = Machine(durable_rules_engine, program).judge
    if program["fault"]:
        judge = injected(judge, program["fault"])
    _say(out, 0, "", None)
    while line := _next(program["parent"]):
        signal.setitimer(signal.ITIMER_REAL, program["answer_within"])
        number, findings = json.loads(line)
        try:
            _say(out, number, judge(findings), None)
        except Untyped as refused:
            _say(out, number, None, f"{VALUE_REFUSED}: {refused}")
        except EngineFault as fault:
            _say(out, number, None, f"durable-engine-fault: {fault}")
            return


def _next(parent: int) -> bytes:
    """The next line; empty when the parent is gone, even if a process it forked still holds the pipe."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    while not select.select([sys.stdin], [], [], 5)[0]:
        if os.getppid() != parent:
            return b""
    return sys.stdin.buffer.readline()


def _say(out: int, number: int, truths: str | None, fault: str | None) -> None:
    os.write(out, json.dumps([number, truths, fault]).encode() + b"\n")


if __name__ == "__main__":
    serve()
