"""Condition and FamilyMemberHistory: diagnoses with their status."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from adapters.fhir.reading.elements import code_of, codings, items, published, text, words_of
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.times import OLDEST, later, moment
from engine.given import Coding
from engine.record import ListedCondition

_CLINICAL = {
    "active": "active",
    "recurrence": "active",
    "relapse": "active",
    "remission": "in_remission",
    "inactive": "in_remission",
    "resolved": "in_remission",
}
_DOUBT = frozenset({"unconfirmed", "provisional", "differential"})
_SEVERITY = {
    "255604002": "mild",
    "6736007": "moderate",
    "24484000": "severe",
    "LA6752-5": "mild",
    "LA6751-7": "moderate",
    "LA6750-9": "severe",
}


def read_condition(one: One, into: Ledger) -> None:
    resource = one.resource
    if code_of(resource.get("verificationStatus")) == "entered-in-error":
        into.tell(one.reference, "entered-in-error", "It was entered in error, and not used.")
        return
    codes, called, groups = named(one, resource.get("code"), into)
    status = _status(one, into)
    recorded = moment(resource.get("recordedDate"))
    if recorded is not None and not recorded.precise:
        into.tell(one.reference, "date-imprecise", "It was recorded on no certain day, and stands undated.")
    at = recorded.at if recorded is not None and recorded.precise else None
    ended = moment(resource.get("abatementDateTime"))
    if status == "in_remission" and ended is not None and ended.precise:
        at = later(at, ended.at)
    entry = ListedCondition.model_validate(
        {"codes": codes, "text": called, "status": status, "severity": _severity(resource), "at": at, "origin": one.origin}
    )
    into.conditions.append((entry, frozenset(group for group in groups if group.startswith("condition."))))
    into.cite(groups, at, one.reference)
    into.cite((f"{group}.severity" for group in groups), at, one.reference)


def read_unclear_condition(one: One, into: Ledger) -> None:
    """Something unknown changes what it says: that a disorder is over, or was ruled out, no longer stands alone."""
    if code_of(one.resource.get("verificationStatus")) != "entered-in-error":
        into.doubted |= into.lookup.condition(published(codings(one.resource.get("code")))) or set()


def named(one: One, concept: object, into: Ledger) -> tuple[tuple[Coding, ...], str | None, frozenset[str]]:
    """Codes, words and the findings that a diagnosis speaks of. One without any name keeps the list open."""
    codes, called = published(codings(concept)), words_of(concept)
    if not codes and called is None:
        into.tell(one.reference, "code-missing", "A diagnosis without a code and without words: it may be any.")
        return codes, "diagnosis", frozenset()
    if not codes:
        into.tell(one.reference, "text-only", "A diagnosis in words alone, which nobody here reads.")
        return codes, called, frozenset()
    groups = into.lookup.condition(codes)
    if groups is None:
        into.tell(one.reference, "code-unknown", "No code of this diagnosis is known here.")
    return codes, called, groups or frozenset()


def _status(one: One, into: Ledger) -> str:
    """What nobody states stays possible and unproven: `suspected` leaves open everything from absent to active."""
    resource = one.resource
    verification, clinical = code_of(resource.get("verificationStatus")), code_of(resource.get("clinicalStatus"))
    if verification == "refuted":
        return "ruled_out"
    if verification in _DOUBT:
        return "suspected"
    ended = any(resource.get(name) is not None for name in ("abatementDateTime", "abatementPeriod", "abatementAge", "abatementString"))
    if clinical in _CLINICAL:
        if ended and _CLINICAL[clinical] == "active":
            into.tell(one.reference, "contradictory", "It is called active, yet has an end; it was read as active.")
        return _CLINICAL[clinical]
    if not clinical and ended:
        return "in_remission"
    reason = "status-unknown" if clinical else "status-missing"
    into.tell(one.reference, reason, "Nobody can tell whether it is active; it was read as possible.")
    return "suspected"


def _severity(resource: dict[str, Any]) -> str | None:
    concept = resource.get("severity")
    said = {_SEVERITY[item.code] for item in codings(concept) if item.code in _SEVERITY}
    words = text(words_of(concept)).lower()
    said |= {words} & {"mild", "moderate", "severe"}
    return said.pop() if len(said) == 1 else None


def read_family(one: One, into: Ledger) -> None:
    """A relative's diagnoses."""
    resource = one.resource
    if text(resource.get("status")) == "entered-in-error":
        into.tell(one.reference, "entered-in-error", "It was entered in error, and not used.")
        return
    recorded = moment(resource.get("date"))
    at = recorded.at if recorded is not None and recorded.precise else None
    for item in items(resource.get("condition")):
        codes, called, groups = named(one, item.get("code"), into)
        into.conditions.append((ListedCondition(codes=codes, text=called, status="family_history", at=at, origin=one.origin), frozenset()))
        of_relative = (group.replace("condition.", "family_history.", 1) for group in groups if group.startswith("condition."))
        into.cite(of_relative, at, one.reference)


def where_unsure(conditions: list[tuple[ListedCondition, frozenset[str]]], doubted: set[str]) -> list[ListedCondition]:
    """The newest of several statements about one disorder holds. But these are several diagnoses, each of which still stands.

    So one that ended, or was refuted or doubted, takes no date that would let it outdo another of its group that is active. Where
    there is another of its group that nobody can read, whether it is over is not known.
    """
    since: dict[str, datetime] = {}  # the earliest date of an active one, by group
    for entry, groups in conditions:
        for group in groups if entry.status == "active" else ():
            since[group] = min(entry.at or OLDEST, since.get(group, entry.at or OLDEST))
    kept: list[ListedCondition] = []
    for entry, groups in conditions:
        at = entry.at
        outdoes = at is not None and any(group in since and since[group] < at for group in groups)
        settled = entry.status in ("active", "family_history") or not outdoes
        found = entry if settled else entry.model_copy(update={"at": None})
        over = entry.status in ("in_remission", "ruled_out") and not doubted.isdisjoint(groups)
        kept.append(found.model_copy(update={"status": "suspected"}) if over else found)
    return kept
