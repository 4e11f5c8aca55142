"""All that the cards of one answer are made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from adapters.fhir.reading import Unread
from api.answers import Answer
from api.hooks.call import Call, Resource
from api.hooks.gather import LENT, Gathered, reference
from api.hooks.markdown import is_reference
from api.hooks.services import HookService
from engine.artifacts import Rule
from engine.base import KnowledgeBase
from engine.conditions import Compare
from engine.decision import Decision, Reason
from engine.dictionary import Language
from engine.findings import Finding
from engine.judgements import of

_SPACE = UUID("6f0a5f0e-5a0b-5b57-9d53-1b6e1f1d1a0b")  # any, as long as it stays the same


@dataclass(frozen=True, slots=True)
class Order:
    """An order that is about to be made. kept: whether the client can find it again by its reference."""

    reference: str
    kept: bool
    resource: Resource


@dataclass(frozen=True, slots=True)
class Matter:
    """references: finding code -> the resources behind it. unread: what was sent and not understood.

    whole: whether the reader may see all that the record holds. died: whether it says that the person has.
    home: where clients reach us. app: the address of the SMART app, for clients that launch it.
    """

    answer: Answer
    call: Call
    service: HookService
    gathered: Gathered
    references: Mapping[str, tuple[str, ...]]
    unread: tuple[Unread, ...]
    whole: bool
    died: bool
    home: str
    app: str | None = None

    @property
    def base(self) -> KnowledgeBase:
        return self.answer.base

    @property
    def decision(self) -> Decision:
        return self.answer.decision

    @property
    def language(self) -> Language:
        return self.answer.asked.language

    @property
    def as_of(self) -> datetime:
        return self.decision.as_of

    @property
    def subject(self) -> str:
        return f"Patient/{self.call.context.patientId}"

    @property
    def trace(self) -> str | None:
        """Where the decision can be looked at, once it is written down."""
        entry = self.answer.kept.entry
        return f"{self.home}/decisions/{entry}" if entry else None

    def name(self, *parts: str) -> str:
        """A UUID that is the same whenever the same answer is given again."""
        return str(uuid5(_SPACE, "\n".join((self.answer.kept.entry or self.decision.id, self.service.id, self.call.instance, *parts))))

    def finding(self, code: str) -> Finding:
        return of(self.decision.judgements.findings, code)

    def of_finding(self, code: str) -> tuple[str, ...]:
        """The resources behind a finding, newest first; none behind what the decision does not know.

        Of several, one may say what the reader may not learn, so none is named unless they may see all.
        """
        if self.finding(code).low is None:
            return ()
        named = self.of_medicine(code) if code.startswith("medication.") else self._said(code)
        if len(named) > 1 and not self.whole:
            return ()
        return tuple(item for item in named if is_reference(item) and LENT not in item)

    def _said(self, code: str) -> tuple[str, ...]:
        """Behind what was computed stands what it was computed from."""
        found, derived = self.references.get(code), self.base.dictionary.entries[code].derive
        if found is None and derived is not None:
            found = self.references.get(derived.of if derived.kind == "series" else f"event.{derived.of}.days_since")
        return found or ()

    def of_medicine(self, code: str) -> tuple[str, ...]:
        """Those behind `medication.<name>` are statements of it, or of a member of that class; behind `.proposed`, the orders."""
        _, name, *part = code.split(".")
        members = [item.id for item in self.base.dictionary.ingredients.values() if name in item.classes]
        keys = [f"medication.{one}{ending}" for one in (name, *members) for ending in ("", ".proposed")]
        drafted = {reference(item) for item in self.gathered.drafts}
        found = dict.fromkeys(item for key in keys for item in self.references.get(key, ()))
        return tuple(item for item in found if (item in drafted) == (part == ["proposed"]))

    def orders(self, medication: str) -> tuple[Order, ...]:
        """The orders in question of one medicine or class."""
        named = self.of_medicine(f"medication.{medication}.proposed")
        return tuple(order for order in self.all_orders() if order.reference in named)

    def all_orders(self) -> Iterator[Order]:
        """The orders in question: those that were chosen, or all where the client names none that is among them."""
        found = [Order(name, is_reference(name) and LENT not in name, item) for item in self.gathered.drafts if (name := reference(item))]
        chosen = [order for order in found if order.reference in self.call.context.chosen]
        yield from chosen or found


def in_scope(decision: Decision) -> bool:
    """Whether anything that is known of the person makes some rule speak."""
    spoken = [reason for item in decision.recommendations for reason in item.reasons]
    spoken += [reason for item in decision.escalations for reason in item.reasons]
    return bool(decision.withheld or decision.cautions) or any(reason.truth is True for reason in spoken)


def leaves_of(reasons: Iterable[Reason]) -> tuple[Compare, ...]:
    """The decisive premises of some reasons, each once."""
    return tuple(dict.fromkeys(leaf for reason in reasons for leaf in reason.grounds))


def rules_of(reasons: Iterable[Reason]) -> tuple[Rule, ...]:
    """The rules among some reasons, each once."""
    return tuple({reason.by.id: reason.by for reason in reasons if isinstance(reason.by, Rule)}.values())


def premises(matter: Matter, reasons: Iterable[Reason]) -> tuple[str, ...]:
    """What some reasons rest on, conclusions traced back to what was observed."""
    basis, found = matter.base.ruleset.basis, dict[str, None]()
    pending = [leaf.finding for leaf in leaves_of(reasons)]
    while pending:
        code = pending.pop(0)
        if code in found:
            continue
        found[code] = None
        pending += [name for name in basis.get(code, ()) if matter.finding(name).low is not None]
    return tuple(found)
