"""Observation: measurements, laboratory results, scores, pregnancy."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple

from adapters.fhir.ours import PREGNANCY, VALUES
from adapters.fhir.reading.answers import YES_NO, Unscored, misnamed, score_of, total_of
from adapters.fhir.reading.elements import code_of, codings, inside, items, number, short, speaks, text, value_of, words_of
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.levels import LEVEL, keep_worst, level_of, levels, worse
from adapters.fhir.reading.lookup import Means
from adapters.fhir.reading.naming import named
from adapters.fhir.reading.pregnancy import read_pregnancy
from adapters.fhir.reading.scales import Sheet, doubted
from adapters.fhir.reading.times import Moment, moment
from adapters.fhir.reading.unplaced import codes_of, leave_open
from engine.dictionary import Entry
from engine.given import Origin, ReasonAbsent
from engine.record import Fact, Point

Sheets = dict[tuple[datetime, Origin | None], Sheet]
_USED = frozenset({"final", "amended", "corrected"})
_NONE_YET = frozenset({"registered", "cancelled"})
_SEEN = {**YES_NO, "10828004": 1, "260385009": 0, "260373001": 1, "260415000": 0, "LA6576-8": 1, "LA6577-6": 0, "POS": 1, "NEG": 0}
_WORDS = {"positive": 1, "detected": 1, "negative": 0, "not detected": 0, "none detected": 0}
_ABSENT: dict[str, ReasonAbsent] = {
    "asked-declined": "declined",
    "not-asked": "never_asked",
    "not-performed": "never_asked",
    "asked-unknown": "unable_to_assess",
}
_POINTS = frozenset({"1", "{score}", "{points}", "{point}", "{#}", "{total}", "score", "points", "point"})
_IN_UCUM = {  # common ways to write a unit that are not UCUM, and can mean nothing else
    **dict.fromkeys(("mmHg", "mm Hg"), "mm[Hg]"),
    **dict.fromkeys(("beats/min", "bpm", "breaths/min", "breaths per minute"), "/min"),
    **dict.fromkeys(("lb", "lbs"), "[lb_av]"),
    **dict.fromkeys(("\u00b0C", "degC"), "Cel"),
    **dict.fromkeys(("\u00b0F", "degF"), "[degF]"),
    "%O2": "%",
    "mcg/L": "ug/L",
    "mcg/mL": "ug/mL",
}
_LONGEST_UNIT = 40  # letters, in a record


class Measured(NamedTuple):
    """When, by whom, and where it stands. proxy: a relative told it."""

    one: One
    at: datetime
    source: str | None
    proxy: bool


class Part(NamedTuple):
    """A resource or a component. means: what its codes name (`naming.named`). speaks: whether it says anything."""

    element: dict[str, Any]
    means: dict[str, Means] | None
    speaks: bool


def read_observation(one: One, into: Ledger, sheets: Sheets) -> None:
    resource = one.resource
    standing = _standing(one, into)
    if standing == "none":
        return
    parts, found = _named_parts(one, into), _effective(resource)
    forms = {form for part in parts for item in (part.means or {}).values() for form in item.forms}
    forms |= {item.panel for item in (parts[0].means or {}).values() if item.panel}
    if found is not None and forms:  # its members and components belong to this form
        sheets.setdefault((found.at, one.origin), Sheet(found.at, one.origin)).named.update(forms)
    understood = _understood(parts, one, into)
    if not understood:
        return
    if found is None:
        into.tell(one.reference, "date-missing", "It does not say when it was true of the person.")
    if found is None or standing == "unknown" or one.unclear:
        leave_open({code for _, means in understood for code in codes_of(means)}, one, into)
        return
    into.place(found, one.reference)
    who = [said for item in items(resource.get("performer")) if (said := short(item.get("reference")))]
    when = Measured(one, found.at, who[0] if who else None, any("RelatedPerson" in said.split("/") for said in who))
    for part, means in understood:
        _read_part(part, means, when, into, sheets)


def _named_parts(one: One, into: Ledger) -> list[Part]:
    """The resource itself, and each of its components; of one with a modifier nobody knows what it says."""
    resource = one.resource
    components = items(resource["component"]) if "component" in resource else []
    parts = (resource, *({"code": part.get("code")} if part.get("modifierExtension") else part for part in components))
    return [Part(part, named(part, one, into), speaks(part)) for part in parts]


def _understood(parts: list[Part], one: One, into: Ledger) -> list[tuple[dict[str, Any], dict[str, Means]]]:
    """The parts about what is known here; that there are others is told.

    A part that says nothing may be newer than a result with a value, which then no longer stands alone.
    """
    speaking, silent = [part for part in parts if part.speaks], [part for part in parts[1:] if not part.speaks]
    if not speaking and one.resource.get("hasMember") is None:
        if parts[0].means:
            into.tell(one.reference, "value-missing", "It has no value.")
        silent = parts
    if any(part.means == {} for part in speaking or silent):
        known = any(part.means for part in speaking)
        what = "A part of it is no finding that is known here." if known else "No finding here is known under its codes."
        into.tell(one.reference, "code-unknown", what)
    counted = speaking if text(one.resource.get("status")) == "preliminary" else [*speaking, *silent]
    return [(part.element, part.means) for part in counted if part.means]


def _standing(one: One, into: Ledger) -> Literal["used", "unknown", "none"]:
    """Whether it is a result. unknown: nobody can tell, so that its value is not used, but may be newer than another one."""
    status = text(one.resource.get("status"))
    if status == "preliminary":
        into.tell(one.reference, "status-preliminary", "It may still change; it was used.")
    elif status == "entered-in-error":
        into.tell(one.reference, "entered-in-error", "It was entered in error, and not used.")
    elif status in _NONE_YET:
        into.tell(one.reference, "status-not-final", "It is not a result yet, or none any more, and was not used.")
    elif status not in _USED:
        into.tell(one.reference, "status-unknown" if status else "status-missing", "Its status is not known here, and it was not used.")
        return "unknown"
    return "used" if status in _USED or status == "preliminary" else "none"


def _effective(resource: dict[str, Any]) -> Moment | None:
    """Of a period its beginning: nothing was known to be true later. When it was issued says nothing of when it was true."""
    period = inside(resource.get("effectivePeriod"))
    said = (resource.get("effectiveDateTime"), resource.get("effectiveInstant"), period.get("start"), period.get("end"))
    return next((found for one in said if (found := moment(one))), None)


def _read_part(part: dict[str, Any], meanings: dict[str, Means], when: Measured, into: Ledger, sheets: Sheets) -> None:
    """Several codings name one thing: each finding that they name gets the value once."""
    if PREGNANCY in meanings:
        read_pregnancy(part, when.one, when.at, into)
    entries = {found.entry.code: found for found in meanings.values() if found.entry is not None}
    for _, found in sorted(entries.items()):
        if level := read_fact(part, found, when, into):
            sheet = sheets.setdefault((when.at, when.one.origin), Sheet(when.at, when.one.origin))
            sheet.level = worse(level, sheet.level)
    for code, found in sorted(meanings.items()):
        if found.questions or found.total or found.panel:
            _score(part, code, found, when, into, sheets)


def _score(part: dict[str, Any], code: str, found: Means, when: Measured, into: Ledger, sheets: Sheets) -> None:
    one = when.one
    kind, value = value_of(part)
    questions, instrument = found.questions, found.total or found.panel or ""
    words = " ".join([words_of(part.get("code")) or "", *(item.display for item in codings(part.get("code")))])
    if misnamed(instrument, words):
        into.tell(one.reference, "code-and-words-disagree", "The code is of the AUDIT, the words are of the AUDIT-C; it was not used.")
        return
    sheet = sheets.setdefault((when.at, one.origin), Sheet(when.at, one.origin))
    try:
        if questions:
            sheet.answer(code, questions, score_of(kind, value, questions[0][0], questions[0][1]))
        else:
            total = total_of(value)
            sheet.total(instrument, total if found.forms else doubted(instrument, words, total, one, into))
            if found.total is None:
                into.tell(one.reference, "panel-as-total", "The code is of the whole form; the value was read as its total.")
    except Unscored as unscored:
        into.tell(one.reference, unscored.reason if kind else "value-missing", unscored.what if kind else "It has no value.")
        why = _ABSENT.get(code_of(part.get("dataAbsentReason")), "unable_to_assess")
        if questions:
            sheet.lose(code, questions, why)
        else:
            sheet.lost_totals[instrument] = why
    sheet.references.add(one.reference)
    if when.proxy:
        sheet.more["mode"] = "proxy"
    sheet.sources |= {when.source} if when.source else set()


def read_fact(part: dict[str, Any], found: Means, when: Measured, into: Ledger) -> str | None:
    """The finding that a part measures, at its time. The level of suicide risk, where it is that."""
    one, entry = when.one, found.entry
    assert entry is not None, "only what measures a finding comes here"
    said: dict[str, Any] = {"code": entry.code, "at": when.at, "source": when.source, "origin": one.origin}
    kind, value = value_of(part)
    try:
        said["value"], said["unit"] = _stated(kind, value, entry, into.root)
    except Unscored as unscored:  # a result that nobody can read is newer than the one before: that one no longer stands alone
        into.tell(one.reference, unscored.reason, unscored.what)
        said["absent"] = _ABSENT.get(code_of(part.get("dataAbsentReason")), "unable_to_assess")
        if code_of(part.get("dataAbsentReason")) not in _ABSENT:
            into.lost.add((entry.code, when.at))
    else:
        _check(said, entry, one, into)
        if entry.code == LEVEL and len(levels(value)) > 1:
            into.tell(one.reference, "answer-contradictory", "It says several levels of risk; the worst was used.")
        _keep_point(said, entry, when, into)
    if entry.code == LEVEL and said.get("value"):
        keep_worst(said, one, into)
    into.findings.append(Fact.model_validate(said))
    into.cite((entry.code,), when.at, one.reference)
    return said.get("value") if entry.code == LEVEL else None


def _keep_point(said: dict[str, Any], entry: Entry, when: Measured, into: Ledger) -> None:
    """A measurement of its own day, in the unit of the finding, is also one of its series: trends are made of those alone."""
    if entry.code in into.lookup.series and said["unit"] in (None, entry.unit) and not into.vague(when.at):
        key = entry.code, when.source, when.one.origin
        into.points.setdefault(key, set()).add(Point(at=when.at, value=said["value"]))


def _stated(kind: str, value: Any, entry: Entry, root: str) -> tuple[bool | int | float | str, str | None]:
    if not kind:
        raise Unscored("value-missing", "It has no value, or more than one.")
    if entry.type == "boolean":
        return _truth(kind, value)
    return (_choice(kind, value, entry, root), None) if entry.values else _amount(kind, value, entry)


def _choice(kind: str, value: Any, entry: Entry, root: str) -> str:
    """One of the values of a finding: by our code of it, by that of a published list of answers, or as its name alone."""
    if kind in ("valueCodeableConcept", "valueCoding") and (level := level_of(value, entry)) is not None:
        return level
    said = {text(value)} if kind == "valueString" else set()
    if kind == "valueCodeableConcept" and root:
        prefix = f"{entry.code}."
        ours = [item.code for item in codings(value) if item.system == f"{root}/{VALUES}"]
        said = {code.removeprefix(prefix) if code.startswith(prefix) else "" for code in ours}
    if len(said) != 1 or not said <= set(entry.values):
        raise Unscored("value-unknown", "It is no value of this finding.")
    return said.pop()


def _truth(kind: str, value: Any) -> tuple[bool, None]:
    if isinstance(value, bool):
        return value, None
    seen = {_SEEN[item.code] for item in codings(value) if item.code in _SEEN} if kind == "valueCodeableConcept" else set()
    seen |= {_WORDS[words] for words in [text(words_of(value)).lower()] if words in _WORDS}
    if len(seen) != 1:
        raise Unscored("value-unknown", "It says neither yes nor no.")
    return bool(seen.pop()), None


def _amount(kind: str, value: Any, entry: Entry) -> tuple[int | float, str | None]:
    """The number and its unit, which the engine converts. Raises Unscored."""
    quantity = inside(value) if kind == "valueQuantity" else {"value": value}
    found = number(quantity.get("value"))
    if found is None:
        raise Unscored("value-unknown", "The value is no number.")
    if quantity.get("comparator") is not None:
        raise Unscored("value-inexact", "It is only said that the value is above or below a number.")
    unit = text(quantity.get("code")) or text(quantity.get("unit"))
    unit = _IN_UCUM.get(unit, unit)
    if entry.unit in (None, "{score}") and unit.lower() in _POINTS:
        unit = ""
    if len(unit) > _LONGEST_UNIT:
        raise Unscored("unit-unknown", "Its unit is none.")
    if entry.type == "integer" and not unit and found != int(found):
        raise Unscored("value-not-whole", "Values of this finding are whole numbers.")
    return found, unit or None


def _check(said: dict[str, Any], entry: Entry, one: One, into: Ledger) -> None:
    """What the engine will not use, told already; it stays in the record, so that it is known to have been there."""
    value, unit = said["value"], said["unit"]
    if isinstance(value, bool | str):
        return
    if unit is None and entry.unit not in (None, "{score}"):
        into.tell(one.reference, "unit-missing", "A number without its unit.")
    elif unit in (None, entry.unit) and not entry.bounds[0] <= value <= entry.bounds[1]:
        into.tell(one.reference, "out-of-range", "The value lies outside of what is possible.")
