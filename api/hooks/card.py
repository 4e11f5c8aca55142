"""One card: the fields that every card has, and the codes that go with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from adapters.fhir.writing.canonical import Publishing
from adapters.fhir.writing.needed import needed
from api.hooks.detail import detail, is_address
from api.hooks.explanation import EXTENSION, explanation
from api.hooks.markdown import plain
from api.hooks.matter import Matter, rules_of
from api.hooks.phrases import say
from engine.decision import DataRequest, Reason

Document = dict[str, Any]
Indicator = Literal["info", "warning", "critical"]
Behaviour = Literal["any", "at-most-one"]
SUMMARY = 140  # characters; a summary has fewer
TOPICS = "urn:tandem:card"
_OVERRIDES = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
# From HL7's code system; code and display always go together.
_REASONS: dict[str, str] = {
    "patient-ineligible": "Patient does not meet eligibility for recommended action",
    "action-completed": "Recommended action was already completed",
    "action-not-priority": "Recommended action is not relevant or a priority in current state of health",
    "need-more-info": "Could not address recommended action due to need for more information/pending results/pending consult",
    "recipient-disagrees-evidence": "Recipient disagrees with recommendation because of issues with the evidence",
    "risk-benefit-ratio": "Recipient assessment of risk/benefit ratio",
    "patient-contraindication": "Patient has contraindication to recommended action",
    "prefers-alternative": "Patient prefers an alternative approach or treatment",
    "patient-refuses": "Patient refuses/declines (no context given)*",
    "service-not-available": "Treatment or service is not practically available",
    "too-costly-uncovered": "Recommended action is too costly or not covered by insurance",
}
OVERRIDES = [{"code": code, "system": _OVERRIDES, "display": display} for code, display in _REASONS.items()]

_HOLDING = (dict, list, tuple)  # what other values are in


@dataclass(frozen=True, slots=True)
class Card:
    """A card before it is written out. topic: what it is about, and the same in every answer about that. place: on its page.

    lead, alternatives, unknown: lines of Markdown. counter: what speaks against what the reasons speak for.
    asked: what is to be found out, which programs are told by its codes.
    """

    topic: str
    indicator: Indicator
    summary: str
    reasons: tuple[Reason, ...]
    place: str = ""
    lead: tuple[str, ...] = ()
    counter: tuple[Reason, ...] = ()
    alternatives: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    suggestions: tuple[Document, ...] = ()
    behaviour: Behaviour = "any"
    asked: tuple[DataRequest, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that it rests on, with their versions: what feedback on it is about."""
        return tuple(rule.reference for rule in rules_of(self.reasons))


def written(matter: Matter, card: Card) -> Document:
    """The card as it leaves, but for empty parts, which `pruned` takes out of the whole answer."""
    return {
        "uuid": _id(matter, card),
        "summary": plain(card.summary, SUMMARY),
        "detail": detail(matter, card.lead, card.reasons, card.alternatives, card.unknown),
        "indicator": card.indicator,
        "source": _source(matter, card),
        "suggestions": list(card.suggestions),
        "selectionBehavior": card.behaviour if card.suggestions else None,
        "overrideReasons": OVERRIDES,
        "links": _links(matter, card),
        "extension": {EXTENSION: explanation(matter, card.reasons, card.counter) | {"dataRequirement": _wanted(matter, card)}},
    }


def _wanted(matter: Matter, card: Card) -> list[Document]:
    """What to send, as $apply says it: it can come with the next call."""
    site = Publishing(matter.base, f"{matter.home}/fhir")
    return [found for item in card.asked for found in needed(site, item)]


def _source(matter: Matter, card: Card) -> Document:
    """The first source that can be looked up, under our own name: who reads it must know that we have read it for them."""
    names = [name.partition("#")[0] for rule in rules_of(card.reasons) for name in rule.evidence.sources]
    sources = [matter.base.sources[name] for name in names]
    source = next((item for item in sources if item.url), sources[0] if sources else None)
    release = f"Tandem {matter.decision.release.id}"
    return {
        "label": f"{release}: {source.title}" if source else release,
        "url": source.url if source and is_address(source.url) else f"{matter.home}/knowledge",
        "topic": {"system": TOPICS, "code": card.topic.partition(":")[0], "display": card.topic.replace(":", ": ").replace("-", " ")},
    }


def _links(matter: Matter, card: Card) -> list[Document]:
    """None while the decision is not written down: there would be nothing behind them."""
    if not matter.trace:
        return []
    address = f"{matter.trace}?card={_id(matter, card)}" + (f"#{card.place}" if card.place else "")
    page: Document = {"label": say("trace", matter.language), "url": address, "type": "absolute"}
    app: Document = {"label": say("app", matter.language), "url": matter.app, "type": "smart", "appContext": matter.answer.kept.entry}
    return [page, app] if matter.app else [page]


def _id(matter: Matter, card: Card) -> str:
    return matter.name("card", card.topic)


def pruned(value: Any, keep: Iterable[str] = ("cards", "services")) -> Any:
    """Without whatever is null or empty, which has no place in an answer; `keep` names the lists that may be empty."""
    if isinstance(value, dict):
        found = {key: pruned(item, keep) if isinstance(item, _HOLDING) else item for key, item in value.items()}
        return {key: item for key, item in found.items() if not _empty(item) or (key in keep and item == [])}
    if isinstance(value, _HOLDING):
        inside = (pruned(item, keep) if isinstance(item, _HOLDING) else item for item in value)
        return [item for item in inside if not _empty(item)]
    return value


def _empty(value: Any) -> bool:
    return not value and not isinstance(value, (int, float))  # no is an answer, and so is none


def distinct(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Each reason once."""
    return tuple({(reason.reference, reason.truth): reason for reason in reasons}.values())
