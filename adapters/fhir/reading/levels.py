"""The level of suicide risk that a screening form gives: the worst of what is said, held against the answers that came with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.fhir.reading.elements import codings, text, words_of
from adapters.fhir.reading.ledger import Ledger, One
from engine.dictionary import Entry

LEVEL = "suicide.screen_level"
_LEVELS = ("low", "moderate", "high")
_ANSWERS = {"LA9194-7": "low", "LA6751-7": "moderate", "LA9193-9": "high"}  # LOINC answers to 93374-7
_FORM = "cssrs"
_HIGH, _MODERATE = ("q4", "q5", "q6_recent", "q6_since_contact"), ("q3", "q6_lifetime")  # what the form's own triage rests on


def levels(value: object) -> tuple[str, ...]:
    """The levels that a coded answer says, mildest first; its words count where they are the level and nothing else."""
    said = {_ANSWERS[item.code] for item in codings(value) if item.code in _ANSWERS}
    said |= {text(words_of(value)).lower()} & set(_LEVELS)
    return tuple(sorted(said, key=_LEVELS.index))


def level_of(value: object, entry: Entry) -> str | None:
    """The worst level that is said; None for other findings, and where none is understood."""
    found = levels(value) if entry.code == LEVEL else ()
    return found[-1] if found else None


def worse(one: str, other: str | None) -> str:
    """The worse of two levels."""
    return max(one, other or one, key=_LEVELS.index)


def keep_worst(said: dict[str, Any], one: One, into: Ledger) -> None:
    """Of several levels of one moment the worst holds, and no range in which it could be none."""
    others = [fact for fact in into.findings if fact.code == LEVEL and fact.at == said["at"] and fact.value is not None]
    if {fact.value for fact in others} - {said["value"]}:
        into.tell(one.reference, "answer-contradictory", "It says several levels of risk; the worst was used.")
    for fact in others:
        said["value"] = worse(str(said["value"]), str(fact.value))
        into.findings.remove(fact)


def contradicts(level: str, instrument: str, items: Mapping[str, int | None]) -> bool:
    """Whether the answers of the form ask for another level than it gives. Both stand, and the worse of the two counts."""
    if instrument != _FORM:
        return False
    if any(items.get(name) == 1 for name in _HIGH):
        return level != "high"
    if any(items.get(name) == 1 for name in _MODERATE):
        return level == "low"
    return level != "low" and all(items.get(name) == 0 for name in ("q2", "q6_lifetime"))
