"""The shape of a decision laid out for reading: cards under four headings, at most five of them above the fold.

The terminal and the page both draw this and add nothing to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from engine.dictionary import Language

Heading = Literal["now", "plan", "follow_up", "find_out"]
SAME_DAY = "E4"
Recorded = Literal["recorded", "unrecorded", "not_kept"]  # in the journal; not_kept: nobody asked for it to be
HEADINGS: tuple[Heading, ...] = ("now", "plan", "follow_up", "find_out")
# Controls, and the marks that turn the direction of text round: a name must not be able to rewrite the screen.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Why:
    """One reason: what is the case, why that matters, and under which rule. precaution: the facts are what is not known."""

    facts: tuple[str, ...]
    because: str | None
    rule: str
    title: str
    strength: str
    sources: str
    sentence: str | None
    precaution: bool


@dataclass(frozen=True, slots=True)
class Against:
    """Something that speaks against a component: what to do about it, and why."""

    strictness: str
    do: str | None
    why: Why


@dataclass(frozen=True, slots=True)
class Card:
    """One item to read. lead: urgency, deadline, who. marks: what must not be overlooked about it.

    details: how it is done and what it asks of the person, as label and text.
    parts: recommended components that belong to this one, or are options beside it.
    """

    kind: Literal["escalation", "recommendation", "follow_up", "data_request", "withheld", "caution"]
    ref: str
    heading: Heading
    lead: str
    title: str
    do: str | None = None
    summary: str | None = None
    delivered: str | None = None
    marks: tuple[str, ...] = ()
    whys: tuple[Why, ...] = ()
    against: tuple[Against, ...] = ()
    alternatives: tuple[str, ...] = ()
    parts: tuple[Card, ...] = ()
    notes: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> str:
        """Where it stands on a page, for links to it."""
        return f"{self.kind}-{self.ref}"

    @property
    def grave(self) -> bool:
        """Due today, or at once."""
        return self.kind == "escalation" and self.ref >= SAME_DAY


@dataclass(frozen=True, slots=True)
class Section:
    """One heading. remark: how much of it stands below the fold, or that there is nothing."""

    heading: Heading
    title: str
    cards: tuple[Card, ...]
    remark: str


@dataclass(frozen=True, slots=True)
class Group:
    """A part of what stands below the fold: cards, or plain lines. folded: its cards show their title until they are opened.

    reference: for those who ask further, and not worth its place on paper. shown: how many cards stand before the others are folded
    into one.
    """

    title: str
    cards: tuple[Card, ...] = ()
    lines: tuple[str, ...] = ()
    folded: bool = False
    reference: bool = False
    shown: int | None = None

    @property
    def rest(self) -> tuple[Card, ...]:
        """The cards that are folded into one."""
        return () if self.shown is None else self.cards[self.shown :]


@dataclass(frozen=True, slots=True)
class View:
    """alarm: how far the answer may be relied on, when that is not fully. outcome: said when nothing is recommended.

    past: of a decision that is looked at again: when it was made, and for what.
    """

    language: Language
    title: str
    as_of: str
    help: tuple[str, ...]
    alarm: str | None
    agreement: str
    outcome: tuple[str, ...]
    sections: tuple[Section, ...]
    rest: tuple[Group, ...]
    footer: tuple[str, ...]
    past: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of sentences under headings: one explanation, one care plan. standing: the one sentence that comes first.

    past: as that of a view.
    """

    language: Language
    title: str
    as_of: str
    help: tuple[str, ...]
    alarm: str | None
    standing: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    footer: tuple[str, ...]
    past: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignIn:
    """The page to sign in. next: where it leads. token: what only our own page can send back. provider: another way in."""

    language: Language
    title: str
    as_of: str
    help: tuple[str, ...]
    alarm: str | None
    next: str
    tenant: str
    token: str
    provider: str | None = None


def clean(value: Any) -> Any:
    """The same document without characters that act on a screen instead of standing on it."""
    if isinstance(value, str):
        return _UNPRINTABLE.sub(" ", value)
    if isinstance(value, list):
        return [clean(child) for child in value]
    return {key: clean(child) for key, child in value.items()} if isinstance(value, dict) else value
