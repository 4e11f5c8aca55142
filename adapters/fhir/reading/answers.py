"""The score of one answer. Every way in which it was stated must say the same, or it has no score."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from adapters.fhir.reading.elements import Coded, codings, extensions, number, text, whole
from engine.instruments import Item

_WEIGHTS = (
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
    "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue",
)
# LOINC answer codes, by what they say. The frequency and difficulty lists are read in the published form of the PHQ-9, those of
# the AUDIT-C in that of US Core and in public value sets.
_FREQUENCY = {"LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3}
_DIFFICULTY = {"LA6572-7": 0, "LA6573-5": 1, "LA6575-0": 2, "LA6574-3": 3}
_HOW_OFTEN = {"LA6270-8": 0, "LA18926-8": 1, "LA18927-6": 2, "LA18928-4": 3, "LA18929-2": 4}
_HOW_MUCH = {"LA15694-5": 0, "LA15695-2": 1, "LA18930-0": 2, "LA18931-8": 3, "LA18932-6": 4}
_OCCASIONS = {"LA6270-8": 0, "LA18933-4": 1, "LA18876-5": 2, "LA18891-4": 3, "LA18934-2": 4}
YES_NO = {"LA33-6": 1, "LA32-8": 0, "373066001": 1, "373067005": 0, "Y": 1, "N": 0}
_NEVER = {"LA32-8": 0}
_DRINKING = {"q1": _HOW_OFTEN, "q2": _HOW_MUCH, "q9": _NEVER, "q10": _NEVER, **{f"q{item}": _OCCASIONS for item in range(3, 9)}}
_LISTS: Mapping[str, Mapping[str, Mapping[str, int]]] = {
    "phq9": {"function": _DIFFICULTY, **{f"q{item}": _FREQUENCY for item in range(1, 10)}},
    "phq2": {"q1": _FREQUENCY, "q2": _FREQUENCY},
    "gad7": {f"q{item}": _FREQUENCY for item in range(1, 8)},
    "audit": _DRINKING,
    "auditc": _DRINKING,
}


_AUDIT_C = re.compile(r"\baudit[\s-]?c\b", re.IGNORECASE)


def misnamed(instrument: str, words: str) -> bool:
    """Whether a total under a code of the AUDIT is called one of the AUDIT-C: senders confuse the two codes."""
    return instrument == "audit" and _AUDIT_C.search(words) is not None


class Unscored(Exception):
    """There is no score: the stable reason, and what it means in words."""

    def __init__(self, reason: str, what: str) -> None:
        self.reason, self.what = reason, what
        super().__init__(reason)


def score_of(kind: str, value: Any, instrument: str, item: Item, weights: Mapping[str, int] | None = None) -> int:
    """The score of a `value[x]`. weights: answer code -> score, as the questionnaire itself defines it. Raises Unscored."""
    if kind == "valueBoolean" or isinstance(value, bool):
        if isinstance(value, bool) and item.scores == (0, 1):
            return int(value)
        raise Unscored("value-unknown", "Yes or no is no answer to this question.")
    if kind in ("valueCoding", "valueCodeableConcept"):
        return _coded(codings(value), value, instrument, item, weights or {})
    return _number(value.get("value") if isinstance(value, dict) else value)


def total_of(value: Any) -> int:
    """A total is a whole number. Raises Unscored."""
    return _number(value.get("value") if isinstance(value, dict) else value)


def _number(value: Any) -> int:
    found = number(value)
    if found is None:
        raise Unscored("value-unknown", "The score is no number.")
    score = whole(found)
    if score is None:
        raise Unscored("value-not-whole", "Scores of this instrument are whole numbers.")
    return score


def _coded(found: list[Coded], value: Any, instrument: str, item: Item, weights: Mapping[str, int]) -> int:
    known = _LISTS.get(instrument, {}).get(item.id) or (YES_NO if item.scores == (0, 1) else {})
    stated = {weight for element in (value, *(one.raw for one in found)) for weight in _weights(element)}
    stated |= {scores[one.code] for scores in (known, weights) for one in found if one.code in scores}
    if not stated:
        raise Unscored("answer-unknown", "Nobody here knows the score of this answer.")
    if len(stated) > 1:
        raise Unscored("answer-contradictory", "The score that came with the answer is not that of its code; neither was used.")
    return stated.pop()


def _weights(element: Any) -> set[int]:
    if not isinstance(element, dict) or not element.get("extension"):
        return set()
    said = [item.get("valueDecimal", item.get("valueInteger")) for url in _WEIGHTS for item in extensions(element, url)]
    found = [whole(number(weight)) for weight in said]
    return {weight for weight in found if weight is not None}


def weights_of(options: object) -> dict[str, int]:
    """Answer code -> score, from the answer options of a questionnaire's item."""
    found: dict[str, int] = {}
    for option in options if isinstance(options, list) else []:
        coding = option.get("valueCoding") if isinstance(option, dict) else None
        scores = _weights(option) | _weights(coding)
        if isinstance(coding, dict) and text(coding.get("code")) and len(scores) == 1:
            found[text(coding["code"])] = scores.pop()
    return found
