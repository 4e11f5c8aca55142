"""What the environment may set, read once and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import Problem, Refused
from knowledge.load import FOLDER

MAX_BODY = 1024 * 1024
MAX_CONCURRENT = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """knowledge: the folder of the knowledge base. overlay: the parameters that the site changes. data: the folder of the journal.

    durable: whether durable-rules runs beside our own reading. fault: a fault put into it, for tests and demonstrations.
    max_body: bytes of a request. max_concurrent: decisions that are worked on at once.
    """

    knowledge: Path = FOLDER
    overlay: Path | None = None
    data: Path = Path("tandem-data")
    durable: bool = True
    fault: str | None = None
    max_body: int = MAX_BODY
    max_concurrent: int = MAX_CONCURRENT


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in TANDEM_* variables; raises Refused with every one that cannot be used."""
    problems: list[Problem] = []

    def number(name: str, default: int) -> int:
        text = environment.get(name, str(default))
        if text.isascii() and text.isdigit() and 0 < int(text[:12]) < 2**31:
            return int(text)
        problems.append(Problem(name, "setting-wrong", "It is not a whole number above zero.", f"Leave it out for {default}."))
        return default

    durable = environment.get("TANDEM_DURABLE", "auto")
    if durable not in ("auto", "off"):
        problems.append(Problem("TANDEM_DURABLE", "setting-wrong", "It is neither auto nor off.", "Leave it out for auto."))
    home = Path(environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    settings = Settings(
        knowledge=Path(environment.get("TANDEM_KNOWLEDGE") or FOLDER),
        overlay=Path(environment["TANDEM_OVERLAY"]) if environment.get("TANDEM_OVERLAY") else None,
        data=Path(environment.get("TANDEM_DATA") or home / "tandem"),
        durable=durable == "auto",
        fault=environment.get("TANDEM_DURABLE_FAULT") or None,
        max_body=number("TANDEM_MAX_BODY", MAX_BODY),
        max_concurrent=number("TANDEM_MAX_CONCURRENT", MAX_CONCURRENT),
    )
    if problems:
        raise Refused(problems)
    return settings
