"""How Tandem says that something is wrong: where, what, and what to do, under a code that never changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, said without repeating the value that was sent.

    where: `file:line` for knowledge, a JSON pointer for input.
    code: stable, kebab-case, safe to match on.
    """

    where: str
    code: str
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} [{self.code}] {self.do}"


class Refused(ValueError):
    """Input or knowledge that cannot be used; carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
