"""SMART scopes of systems: what a token was given for. Written as in SMART 2 (`system/Observation.rs`) or 1 (`system/*.read`)."""

from __future__ import annotations

import re
from collections.abc import Mapping

LONGEST = 2000  # characters
USUAL = "system/*.rs"
_WORD = re.compile(r"system/(\*|[A-Z][A-Za-z]{0,63})\.(read|write|\*|(?=[cruds])c?r?u?d?s?)\Z")
_FIRST = {"read": "rs", "write": "cud", "*": "cruds"}
Held = Mapping[str, frozenset[str]]  # resource, or * for every one -> what may be done with it: c r u d s


def held(text: str) -> Held:
    """What these scopes allow. What is not for systems, or not written as a scope is, allows nothing."""
    found: dict[str, frozenset[str]] = {}
    for word in text[:LONGEST].split(" "):
        if match := _WORD.match(word):
            found[match[1]] = found.get(match[1], frozenset()) | frozenset(_FIRST.get(match[2], match[2]))
    return found


def sound(text: str) -> bool:
    """Whether every word is a scope for systems."""
    return len(text) <= LONGEST and all(_WORD.match(word) for word in text.split())


def granted(asked: str, registered: str) -> str:
    """What of it is given: each word as it was asked for, or as much of it as is registered; empty when nothing is."""
    known, given = held(registered), []
    for word in asked[:LONGEST].split(" "):
        wanted = held(word)
        both = _both(wanted, known)
        given += [word] if both and both == wanted else [f"system/{name}.{_letters(both[name])}" for name in sorted(both)]
    return " ".join(dict.fromkeys(given))


def covers(given: str, needed: str) -> bool:
    """Whether a token given for these may do what an operation needs."""
    have = held(given)
    everywhere = have.get("*", frozenset())
    return all(actions <= have.get(name, frozenset()) | everywhere for name, actions in held(needed).items())


def _both(wanted: Held, known: Held) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for one, asked in wanted.items():
        for other, allowed in known.items():
            if (one == other or "*" in (one, other)) and asked & allowed:
                name = other if one == "*" else one
                found[name] = found.get(name, frozenset()) | (asked & allowed)
    everywhere = found.get("*", frozenset())
    return {name: actions for name, actions in found.items() if name == "*" or actions - everywhere}


def _letters(actions: frozenset[str]) -> str:
    return "".join(letter for letter in "cruds" if letter in actions)
