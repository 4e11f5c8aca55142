"""The clinic's words in the features, read into the parts of a record."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from knowledge.read import read

AS_OF = datetime(2026, 11, 23, 16, tzinfo=UTC)
WHEN = r"(?:,? (?P<when>now|today|yesterday|[0-9]+ (?:minute|hour|day|week|month|year)s? ago))?"
SOURCE = r"(?:, according to (?:the )?(?P<source>.+))?"
_LENGTHS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
_ABSENT = {"was never asked": "never_asked", "was declined": "declined", "could not be assessed": "unable_to_assess"}
_UNITS = {"hours": "h", "hour": "h", "days": "d", "day": "d", "weeks": "wk", "percent": "%", "times the upper limit": "{xULN}"}
_YES_NO = {"yes": True, "no": False}
_SHEETS = [read(path) for path in sorted((Path(__file__).parents[2] / "knowledge" / "instruments").glob("*.yaml"))]
_ITEMS: dict[str, list[str]] = {sheet["id"]: [item["id"] for item in sheet.get("items", ())] for sheet in _SHEETS}
_SCORED = {sheet["id"]: [item["id"] for item in sheet.get("items", ()) if item.get("scored", True)] for sheet in _SHEETS}
_HOW = {
    "told by somebody else": {"mode": "proxy"},
    "asked in an interview": {"mode": "interview"},
    "filled in alone": {"mode": "self"},
    "in withdrawal": {"context": "withdrawal"},
    "in a calm state": {"context": "settled"},
    "in Spanish": {"language": "es"},
    "in English": {"language": "en"},
}
HOW = rf"(?:, (?P<how>{'|'.join(_HOW)}))?"
_CALLED = {sheet["title"]["en"].removesuffix(" screener"): sheet["id"] for sheet in _SHEETS}
QUESTIONNAIRES = "|".join(re.escape(name) for name in sorted(_CALLED, key=len, reverse=True))
_NAMES = {re.sub(r"[^a-z0-9]", "", name.lower()): known for name, known in [*_CALLED.items(), *((known, known) for known in _ITEMS)]}

Part = dict[str, Any]


def moment(when: str | None) -> str:
    """A time in the clinic's words, as the record has it; an hour ago where nothing is said."""
    if when == "now":
        return stamp(AS_OF)
    if when in (None, "today"):
        return stamp(AS_OF - timedelta(hours=1))
    if when == "yesterday":
        return stamp(AS_OF - timedelta(days=1))
    count, unit, _ = str(when).split()
    return stamp(AS_OF - int(count) * _LENGTHS[unit.removesuffix("s")])


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def code(name: str) -> str:
    """`opioid use disorder` -> `opioid_use_disorder`."""
    return re.sub(r"[ -]", "_", name.strip().lower())


def instrument(name: str) -> str | None:
    """`PHQ-9` -> `phq9`; none where there is no such instrument."""
    return _NAMES.get(re.sub(r"[^a-z0-9]", "", name.lower()))


def several(names: str) -> list[str]:
    """`a, b and c` -> a, b, c."""
    return [name.strip() for name in re.split(r",| and ", names) if name.strip()]


def said(text: str) -> Part:
    """What is said of a finding: `is yes`, `is 30 mL/min`, `is unclear`, `was declined`."""
    if text in _ABSENT:
        return {"absent": _ABSENT[text]}
    value, _, unit = text.removeprefix("is ").partition(" ")
    if value in _YES_NO:
        return {"value": _YES_NO[value]}
    if not re.fullmatch(r"-?[0-9.]+", value):
        return {"value": value}
    number: int | float = float(value) if "." in value else int(value)
    return {"value": number} | ({"unit": _UNITS.get(unit, unit)} if unit and unit != "without a unit" else {})


def answers(name: str, text: str, how: str | None = None) -> Part:
    """`answered 2, 3, open` in the order of the items; `answered yes to 3 and 4, otherwise no`; `answered craving 3, otherwise 0`;
    `total is 18`; `was declined`. how: the way it was taken.
    """
    known = instrument(name)
    assert known, f"no instrument {name}"
    part: Part = {"instrument": known} | _HOW.get(how or "", {})
    if absent := _ABSENT.get(text):
        return part | {"absent": absent}
    if total := re.fullmatch(r"total is (-?[0-9]+)", text):
        return part | {"total": int(total[1])}
    reported = re.search(r", with a reported total of ([0-9]+)$", text)
    text = text.removeprefix("was answered ")[: -len(reported[0]) if reported else None]
    read_items = _choices if re.match("yes|no", text) else _named if re.match("[a-z]", text) and text[:4] != "open" else _scores
    return part | {"items": read_items(known, text)} | ({"total": int(reported[1])} if reported else {})


def _named(known: str, text: str) -> dict[str, int | None]:
    stated, _, rest = text.partition(", otherwise ")
    chosen = {name: int(score) for name, score in (one.rsplit(" ", 1) for one in several(stated))}
    assert chosen.keys() <= set(_ITEMS[known]), f"{known} has no items {chosen.keys() - set(_ITEMS[known])}"
    return (dict.fromkeys(_SCORED[known], int(rest)) if rest else {}) | chosen


def signs_seen(names: str, *, rest: bool) -> Part:
    """The early-warning signs seen; the rest were asked about and not seen, or not asked."""
    seen = {code(name) for name in several(names)}
    assert seen <= set(_ITEMS["warning_signs"]), seen
    items = {item: int(item in seen) for item in _ITEMS["warning_signs"] if rest or item in seen}
    return {"instrument": "warning_signs", "items": items}


def _scores(known: str, text: str) -> dict[str, int | None]:
    text, _, left_open = text.partition(" with item ")
    given: list[int | None] = [None if score.strip() == "open" else int(score) for score in text.split(",")]
    if left_open:
        given.insert(int(left_open.removesuffix(" left open")) - 1, None)
    return dict(zip(_SCORED[known], given, strict=True))


def _choices(known: str, text: str) -> dict[str, int | None]:
    if text in ("no throughout", "yes throughout"):
        return dict.fromkeys(_ITEMS[known], int(text.startswith("yes")))
    stated, _, rest = text.partition(", otherwise ")
    word, _, names = stated.partition(" to ")
    other = {"no": 0, "yes": 1, "left open": None}[rest]
    chosen = {name if (name := code(one)) in _ITEMS[known] else f"q{name}" for one in several(names)}
    assert chosen <= set(_ITEMS[known]), f"{known} has no items {chosen - set(_ITEMS[known])}"
    return {item: int(word == "yes") if item in chosen else other for item in _ITEMS[known]}
