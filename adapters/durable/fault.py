"""Whether durable-rules can be used, and how it is made to go wrong on purpose."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Availability:
    """True when durable-rules can be used here; otherwise false, and why."""

    reason: str | None = None

    def __bool__(self) -> bool:
        return self.reason is None


def available() -> Availability:
    """Whether durable-rules can be used here."""
    if os.name != "posix":
        return Availability("durable-unavailable: its worker needs a POSIX system")
    try:
        import durable_rules_engine  # noqa: F401, PLC0415 (its absence is an answer)
    except ImportError as error:  # not installed, or built on Python 3.13 or later, where it does not load
        return Availability(f"durable-unavailable: {error}")
    return Availability()


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault put into the durable reading, so that the alarm can be seen to work.

    flip: the verdict on one rule is turned round in every answer. crash, hang: instead of its first answer. slow: every
    answer takes a tenth of a second longer. A restarted worker is sound.
    """

    kind: Literal["flip", "crash", "hang", "slow"]
    rule: str | None = None

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read `flip:<rule-id>`, `crash`, `hang` or `slow`; raises ValueError."""
        match text.split(":"):
            case ["flip", rule] if rule:
                return cls("flip", rule)
            case ["crash" | "hang" | "slow" as kind]:
                return cls(kind)
        raise ValueError("durable-fault-unknown: expected flip:<rule-id>, crash, hang or slow")
