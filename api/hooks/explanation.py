"""The extension of a card for programs: which rules, on which facts, held to which thresholds, resting on what, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from api.hooks.matter import Matter, leaves_of, premises, rules_of
from engine.artifacts import Rule
from engine.base import KnowledgeBase
from engine.conditions import Compare
from engine.decision import Reason
from engine.grounds import TRUTHS
from engine.judgements import compare
from engine.pathway import Pathway
from engine.timing import instant
from engine.wording import known_words
from knowledge.attributes import attributes_of

Document = dict[str, Any]
EXTENSION = "org.tandem-cds.explanation"


def explanation(matter: Matter, reasons: Sequence[Reason], counter: Sequence[Reason] = ()) -> Document:
    """reasons: what the card rests on. counter: what speaks against it."""
    decision = matter.decision
    codes = [code for code in premises(matter, (*reasons, *counter)) if matter.finding(code).low is not None]
    related = dict.fromkeys(item for code in codes for item in matter.of_finding(code))
    return {
        "decision": decision.id,
        "entry": matter.answer.kept.entry,
        "knowledge": {"release": decision.release.id, "hash": decision.release.digest},
        "asOf": instant(decision.as_of),
        "rules": [_rule(matter, rule, reasons) for rule in rules_of(reasons)],
        "counterRules": [_rule(matter, rule, counter) for rule in rules_of(counter)],
        "facts": [_fact(matter, code) for code in codes],
        "missing": sorted({leaf.finding for leaf in leaves_of((*reasons, *counter)) if _truth(matter, leaf) == "unknown"}),
        "pathways": _pathways(matter, reasons),
        "relatedResources": [{"reference": item} for item in related],
    }


def _truth(matter: Matter, leaf: Compare) -> str:
    return TRUTHS[compare(leaf, matter.finding(leaf.finding))]


def _rule(matter: Matter, rule: Rule, reasons: Iterable[Reason]) -> Document:
    mine = [reason for reason in reasons if reason.by is rule]
    return {
        "id": rule.id,
        "version": rule.version,
        "title": rule.title[matter.language],
        "truth": TRUTHS[mine[0].truth],
        "precaution": mine[0].precaution,
        "strength": rule.evidence.strength,
        "verification": rule.evidence.verification,
        "thresholds": [_threshold(matter, leaf) for leaf in leaves_of(mine)],
        "sourceAttributes": _attributes(matter.base, rule),
    }


def _threshold(matter: Matter, leaf: Compare) -> Document:
    return {
        "finding": leaf.finding,
        "condition": str(leaf),
        "operator": leaf.operator,
        "values": list(leaf.values),
        "parameter": leaf.parameter,
        "truth": _truth(matter, leaf),
    }


def _fact(matter: Matter, code: str) -> Document:
    finding, entry = matter.finding(code), matter.base.dictionary.entries[code]
    exact = finding.exact and finding.low is not None
    return {
        "finding": code,
        "label": entry.label[matter.language],
        "value": entry.decode(finding.low) if exact and finding.low is not None else None,
        "known": known_words(finding, entry, matter.language),
        "unit": entry.unit,
        "at": instant(finding.at) if finding.at else None,
        "references": list(matter.of_finding(code)[:5]),
    }


def _pathways(matter: Matter, reasons: Iterable[Reason]) -> list[Document]:
    """Where the person stands on the pathways that speak here, and the way that led there."""
    named = {reason.by.id for reason in reasons if isinstance(reason.by, Pathway)}
    return [
        {
            "id": item.pathway.id,
            "version": item.pathway.version,
            "stages": [place.name for place in item.places],
            "path": [{"from": list(step.left), "to": list(step.transition.to)} for step in item.taken],
        }
        for item in matter.decision.positions
        if item.pathway.id in named
    ]


def _attributes(base: KnowledgeBase, rule: Rule) -> Document:
    return _kept(_Keyed(base, rule))


class _Keyed:
    """A rule of a release, told apart by their names: the knowledge itself is too much to hash."""

    def __init__(self, base: KnowledgeBase, rule: Rule) -> None:
        self.base, self.rule = base, rule
        self.key = (base.release.digest, rule.reference)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and self.key == other.key


@lru_cache(4096)
def _kept(keyed: _Keyed) -> Document:
    found = attributes_of(keyed.base, keyed.rule)
    return {
        "citations": list(found.citations),
        "developer": f"{found.developer} ({found.owner})",
        "funding": found.funding,
        "dates": {"release": found.released, "revision": found.revised, "reviewBy": found.review_by},
        "uses": {kind: bool(codes) for kind, codes in found.uses.items()},
        "usedFindings": {kind: list(codes) for kind, codes in found.uses.items() if codes},
    }
