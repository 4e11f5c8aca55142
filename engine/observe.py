"""From a record to findings: newest, in date, in the right unit and range; else absent, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil, floor, isfinite
from typing import Literal

from engine.base import KnowledgeBase
from engine.dictionary import Dictionary, Entry, Number, Value
from engine.doses import doses_of
from engine.findings import Absence, Finding, exactly
from engine.lists import Ignored, ingredients_of, of_allergies, of_conditions, of_events, of_medications
from engine.record import Fact, Patient, Preferences, Record
from engine.scoring import left_open, readings_of
from engine.vocabulary import WISHES, WITHHELD

# (value, from UCUM unit, to UCUM unit, molar mass in g/mol) -> value, or None where there is no such conversion.
Convert = Callable[[float, str, str, float | None], float | None]
_DAY = timedelta(days=1)
_LOCATION_CURRENT = timedelta(hours=12)  # policy: a person may have moved since they last said where they are


@dataclass(frozen=True, slots=True)
class Observed:
    """What the record says, as findings, and what of it was not used and why."""

    findings: dict[str, Finding]
    ignored: tuple[Ignored, ...]


def observe(base: KnowledgeBase, record: Record, as_of: datetime, convert: Convert) -> Observed:
    """Everything known of the person at a moment. What the record dates after it was not known yet."""
    entries = base.dictionary.entries
    ignored: list[Ignored] = []
    readings: dict[str, list[Finding]] = {}
    for index, fact in enumerate(record.findings):
        entry = entries.get(fact.code)
        if entry is None or fact.at > as_of:
            ignored.append(Ignored(f"/findings/{index}", "after_as_of" if entry else "not_understood"))
        else:
            readings.setdefault(fact.code, []).append(_read(fact, entry, convert))
    for index, answers in enumerate(record.instruments):
        instrument = base.instruments.get(answers.instrument)
        if instrument is None or answers.at > as_of:
            ignored.append(Ignored(f"/instruments/{index}", "after_as_of" if instrument else "not_understood"))
        else:
            for reading in readings_of(instrument, answers, age_on(record.patient, answers.at)):
                readings.setdefault(reading.code, []).append(reading)
            unknown = answers.items.keys() - instrument.by_item.keys()
            ignored += [Ignored(f"/instruments/{index}/items/{name}", "not_understood") for name in unknown]
    ignored += [Ignored(f"/series/{index}", "not_understood") for index, one in enumerate(record.series) if one.code not in entries]
    for reading in (*_newest(record, entries, as_of), *_pregnancy(record.patient, entries, as_of)):
        readings.setdefault(reading.code, []).append(reading)
    reviewed = record.reviewed.medications
    medicines = ingredients_of(base, record, as_of)
    doses = doses_of(entries, medicines, reviewed if reviewed and reviewed <= as_of else None, partial(_amount, convert=convert))
    for reading in (*doses, *_reopened(base, record, as_of, readings)):
        readings.setdefault(reading.code, []).append(reading)
    findings = {code: settle(entries[code], found, as_of) for code, found in readings.items()}
    for part in (of_conditions, of_medications, of_allergies, of_events):
        found, left = part(base, record, as_of)
        findings |= found
        ignored += left
    findings |= _person(record.patient, base.dictionary, as_of)
    findings.setdefault(WITHHELD, exactly(WITHHELD, 0))
    findings |= dict(_wishes(record.preferences, entries))
    if record.setting is not None:
        number = entries["care.setting"].encode(record.setting)
        findings["care.setting"] = Finding("care.setting", number, number)
    return Observed(findings, tuple(sorted(ignored)))


def _reopened(base: KnowledgeBase, record: Record, as_of: datetime, readings: Mapping[str, list[Finding]]) -> list[Finding]:
    """INVARIANT: what a newer form left open is not answered by an older one."""
    forms = [(form, said) for said in record.instruments if said.at <= as_of and (form := base.instruments.get(said.instrument))]
    opened = [Finding(code, None, None, "partial", said.at, said.source) for form, said in forms for code in left_open(form, said)]
    return [one for one in opened if any(item.low is not None and _at(item) < _at(one) for item in readings.get(one.code, ()))]


def _newest(record: Record, entries: Mapping[str, Entry], as_of: datetime) -> Iterator[Finding]:
    """The newest point of a series is also the value of its finding; two values of one moment contradict each other."""
    for series in record.series:
        past = [point for point in series.points if point.at <= as_of]
        for point in past if series.code in entries else ():
            if point.at == past[-1].at:
                yield Finding(series.code, *_in_range(point.value, entries[series.code]), point.at, series.source)


def _pregnancy(patient: Patient, entries: Mapping[str, Entry], as_of: datetime) -> Iterator[Finding]:
    stated = patient.pregnancy
    if stated is not None and stated.at <= as_of:
        entry = entries["patient.pregnancy"]
        yield Finding(entry.code, *_in_range(stated.status, entry), stated.at)


def _read(fact: Fact, entry: Entry, convert: Convert) -> Finding:
    """One stated fact, in the dictionary's unit."""
    low = high = None
    why: Absence | None = fact.absent
    value = fact.value
    if value is not None:
        if entry.unit is not None or fact.unit is not None:
            value, why = _in_unit(value, fact.unit, entry, convert)
        if why is None and value is not None:
            low, high, why = _in_range(value, entry)
    return Finding(fact.code, low, high, why, fact.at, fact.source)


def _in_unit(value: Value, unit: str | None, entry: Entry, convert: Convert) -> tuple[Value | None, Absence | None]:
    if entry.unit is None or isinstance(value, bool | str):
        return (value, None) if unit is None else (None, "unit_impossible")
    if unit is None:
        return (value, None) if entry.unit == "{score}" else (None, "unit_missing")  # never a guess: 5.5 may be mmol/L or mg/dL
    if unit == entry.unit:
        return value, None
    converted = convert(float(value), unit, entry.unit, entry.molar_mass)
    if converted is None:
        return None, "unit_impossible"
    return (converted, None) if isfinite(converted) else (None, "out_of_range")


def _amount(value: float, unit: str, entry: Entry, convert: Convert) -> Number | None:
    amount, why = _in_unit(value, unit, entry, convert)
    return None if why or isinstance(amount, bool | str) else amount


def _in_range(value: Value, entry: Entry) -> tuple[Number | None, Number | None, Absence | None]:
    lowest, highest = entry.bounds
    number = entry.encode(value)
    if number is not None:
        return (number, number, None) if lowest <= number <= highest else (None, None, "out_of_range")
    if entry.type == "integer" and isinstance(value, float) and lowest <= value <= highest:
        return floor(value), ceil(value), "partial"  # 36 h is between 1 and 2 days, not 2
    return None, None, "wrong_type"


def settle(entry: Entry, readings: Sequence[Finding], as_of: datetime) -> Finding:
    """What several readings of one finding come to: the newest value in date, unless another source contradicts it."""
    if len(readings) == 1:  # by far the commonest case
        only = readings[0]
        if only.low is None or not _stale(entry, only, as_of):
            return only
        return Finding(entry.code, None, None, "stale", only.at, only.source)
    ordered = sorted(readings, key=_newest_first)
    valued = [reading for reading in ordered if reading.low is not None]
    latest = ordered[0]
    if not valued:
        return Finding(entry.code, None, None, latest.absent, latest.at, latest.source)
    newest = valued[0]
    unanswered = [item.absent for item in ordered if item.low is None and _at(item) > _at(newest)]
    later = next((reason for reason in unanswered if reason != "never_asked"), None)
    if _stale(entry, newest, as_of):
        return Finding(entry.code, None, None, later or "stale", latest.at, latest.source)
    low, high, why = newest.low, newest.high, newest.absent
    window = min(_DAY, entry.valid_for / 24) if entry.valid_for else _DAY
    rivals = [item for item in valued[1:] if _at(newest) - _at(item) <= window and _differs(item, newest)]
    if rivals:
        if entry.type == "code":
            return Finding(entry.code, None, None, "conflicting", newest.at, _sources([newest, *rivals]))
        low, high, why = min(_ends(0, newest, rivals)), max(_ends(1, newest, rivals)), "conflicting"
    if later and entry.worse:
        # Later the person would not or could not answer: what was known then may have grown worse since.
        low, high = (low, entry.bounds[1]) if entry.worse == "higher" else (entry.bounds[0], high)
        why = later if low != high else why
    return Finding(entry.code, low, high, why, newest.at, _sources([newest, *rivals]), newest.basis)


def _at(reading: Finding) -> datetime:
    assert reading.at is not None, "the record dates everything that can be contradicted"
    return reading.at


def _stale(entry: Entry, reading: Finding, as_of: datetime) -> bool:
    return entry.valid_for is not None and as_of - _at(reading) > entry.valid_for


def _newest_first(reading: Finding) -> tuple[object, ...]:
    """Newest first, values before reasons, and beyond that any order that does not depend on the order of the record."""
    at = _at(reading)
    ends = (reading.low or 0, reading.high or 0)
    return (-at.timestamp(), reading.low is None, reading.source or "", ends, reading.absent or "", reading.basis, at.isoformat())


def _differs(one: Finding, other: Finding) -> bool:
    contradicts = (one.low, one.high) != (other.low, other.high)
    return contradicts and (one.source != other.source or one.at == other.at)


def _ends(which: Literal[0, 1], newest: Finding, rivals: list[Finding]) -> list[Number]:
    return [end for item in (newest, *rivals) if (end := (item.low, item.high)[which]) is not None]


def _sources(readings: list[Finding]) -> str | None:
    return "; ".join(sorted({item.source for item in readings if item.source})) or None


def age_on(patient: Patient, at: datetime) -> int | None:
    """The age at a moment; where no birth date is known, the age that was stated."""
    born, day = patient.birth_date, at.astimezone(UTC).date()  # one moment is one decision, in whatever time zone it is given
    return patient.age if born is None else day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _person(patient: Patient, dictionary: Dictionary, as_of: datetime) -> Mapping[str, Finding]:
    found: dict[str, Finding] = {}
    age = age_on(patient, as_of)
    if age is not None:
        low, high = dictionary.entries["patient.age"].bounds
        found["patient.age"] = exactly("patient.age", age) if low <= age <= high else Finding("patient.age", absent="out_of_range")
    if patient.sex is not None:
        found["patient.sex"] = exactly("patient.sex", ("female", "male").index(patient.sex))
    if patient.lactating is not None:
        found["patient.lactating"] = exactly("patient.lactating", int(patient.lactating))
    verified = patient.location.verified_at if patient.location else None
    current = verified is not None and timedelta(0) <= as_of - verified <= _LOCATION_CURRENT
    found["patient.location_verified"] = exactly("patient.location_verified", int(current), verified if current else None)
    return found


def _wishes(preferences: Preferences, entries: Mapping[str, Entry]) -> Iterator[tuple[str, Finding]]:
    """What the person wants, as stated: a wish has no date, and holds until another is stated."""
    for wish in WISHES:
        entry, stated = entries[f"preference.{wish}"], getattr(preferences, wish)
        number = None if stated is None else entry.encode(stated)
        if number is not None:
            yield entry.code, exactly(entry.code, number)
