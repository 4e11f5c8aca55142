"""Where readers write down what they found: the parts of the record, what stands behind each finding, what was not understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from adapters.fhir.reading.elements import inside, text
from adapters.fhir.reading.lookup import Lookup
from adapters.fhir.reading.result import Unread
from adapters.fhir.reading.times import A_DAY, OLDEST, Moment, later
from engine.given import Origin
from engine.record import Answers, Consent, Event, Fact, Goal, ListedAllergy, ListedCondition, ListedMedication, Point


class One(NamedTuple):
    """One resource to be read. reference: Type/id. draft: an order that is about to be made.

    unclear: something unknown changes what it means, so that nobody can tell what it says, but what it says may be newer.
    """

    resource: dict[str, Any]
    kind: str
    reference: str
    origin: Origin | None = None
    draft: bool = False
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A result about one finding that cannot be held against the others. until: when it was told, and so not later than that."""

    code: str
    until: datetime | None
    one: One


@dataclass(slots=True)
class Ledger:
    """others: every resource that came along, by each of its names, for references to it.

    before: what had been told earlier and was understood, as Type/id.

    spans: the first moment of a day, a month or a year in which something was true, and nobody said when -> its last.
    doubted: findings about disorders and allergies of which something says more, that nobody can read.
    goals, serving: each goal with its reference, and by the same the components that serve it.
    points: measurements that trends are made of, by finding, by who reported them, and by where they come from.
    lost: findings of which nobody can read the value, and when they were true.
    """

    lookup: Lookup
    others: Mapping[str, dict[str, Any]]
    encounter: str | None = None
    root: str = ""
    before: frozenset[str] = frozenset()
    findings: list[Fact] = field(default_factory=list)
    instruments: list[Answers] = field(default_factory=list)
    conditions: list[tuple[ListedCondition, frozenset[str]]] = field(default_factory=list)
    medications: list[ListedMedication] = field(default_factory=list)
    allergies: list[ListedAllergy] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    points: dict[tuple[str, str | None, Origin | None], set[Point]] = field(default_factory=dict)
    goals: list[tuple[str, Goal]] = field(default_factory=list)
    serving: dict[str, set[str]] = field(default_factory=dict)
    consents: list[Consent] = field(default_factory=list)
    person: dict[str, Any] = field(default_factory=dict)
    single: dict[str, Any] = field(default_factory=dict)
    unplaced: list[Unplaced] = field(default_factory=list)
    spans: dict[datetime, datetime] = field(default_factory=dict)
    doubted: set[str] = field(default_factory=set)
    lost: set[tuple[str, datetime]] = field(default_factory=set)
    unread: set[Unread] = field(default_factory=set)
    cited: dict[str, dict[str, datetime]] = field(default_factory=dict)

    def tell(self, reference: str, reason: str, what: str) -> None:
        self.unread.add(Unread(reference, reason, what))

    def place(self, when: Moment, reference: str) -> None:
        """Something was true then. Where no moment was said it is kept until when it may have been."""
        if not when.precise:
            self.tell(reference, "date-imprecise", "It was true in some year or month, and counts as of its first day.")
        if when.known != "instant":
            self.spans[when.at] = max(when.last, self.spans.get(when.at, when.last))

    def vague(self, at: datetime) -> bool:
        """Whether what is placed there was true in some month or year."""
        return at in self.spans and self.spans[at] - at > A_DAY

    def cite(self, codes: Iterable[str], at: datetime | None, reference: str) -> None:
        """These findings rest on this resource."""
        when = at or OLDEST
        for code in codes:
            behind = self.cited.setdefault(code, {})
            behind[reference] = later(when, behind.get(reference)) or when

    def knows(self, code: str) -> bool:
        return code in self.lookup.base.dictionary.entries

    def references(self) -> dict[str, tuple[str, ...]]:
        """Finding code -> Type/id, newest first; of one moment in the order of their names."""
        entries = self.lookup.base.dictionary.entries
        return {
            code: tuple(sorted(behind, key=lambda name: (-behind[name].timestamp(), name)))
            for code, behind in sorted(self.cited.items())
            if code in entries
        }

    def pointed(self, one: One, reference: object) -> dict[str, Any] | None:
        """The resource that a reference names, if it came along: contained, in the same bundle, or on its own."""
        target = text(inside(reference).get("reference"))
        if target.startswith("#"):
            contained = one.resource.get("contained")
            found = [item for item in contained if isinstance(item, dict)] if isinstance(contained, list) else []
            return next((item for item in found if text(item.get("id")) == target[1:]), None)
        path = target.split("/_history")[0].split("/")
        return self.others.get(target) or self.others.get("/".join(path[-2:]))
