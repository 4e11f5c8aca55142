"""A dose, where the dosage is one plain sentence: so much, so often. Everything else is no dose."""

from __future__ import annotations

from typing import Any

from adapters.fhir.reading.elements import code_of, inside, items, number, text
from engine.record import Dose

_TIMES = {"QD": 1, "AM": 1, "PM": 1, "BED": 1, "BID": 2, "TID": 3, "QID": 4}
_PLAIN = frozenset({"frequency", "period", "periodUnit", "boundsPeriod", "boundsDuration", "id", "extension"})
_UNITS = frozenset({"mg", "g", "ug", "ng", "mL", "meq", "mmol", "[iU]"})
_PER = {"d": "day", "wk": "week", "mo": "month"}


def dose_of(dosages: object) -> Dose | None:
    """The one dose, by day, week or month."""
    stated = items(dosages)
    if len(stated) != 1 or stated[0].get("asNeededBoolean") not in (None, False) or stated[0].get("asNeededCodeableConcept") is not None:
        return None
    dosage = stated[0]
    if dosage.get("modifierExtension"):
        return None
    amount = _amount(dosage)
    times = _times(inside(dosage.get("timing")))
    if amount is None or times is None:
        return None
    (value, unit), (count, per) = amount, times
    return Dose.model_validate({"value": float(value * count), "unit": unit, "per": per})


def _amount(dosage: dict[str, Any]) -> tuple[float, str] | None:
    rates = items(dosage.get("doseAndRate"))
    if len(rates) != 1 or any(name in rates[0] for name in ("doseRange", "rateRatio", "rateRange", "rateQuantity")):
        return None
    quantity = inside(rates[0].get("doseQuantity"))
    value, unit = number(quantity.get("value")), text(quantity.get("code")) or text(quantity.get("unit"))
    if value is None or value <= 0 or unit not in _UNITS or quantity.get("comparator") is not None:
        return None
    return float(value), unit


def _times(timing: dict[str, Any]) -> tuple[int | float, str] | None:
    """How many a day, week or month."""
    repeat = inside(timing.get("repeat"))
    if timing.get("event") is not None or set(repeat) - _PLAIN:
        return None
    if "frequency" not in repeat and "period" not in repeat:
        count = _TIMES.get(code_of(timing.get("code")))
        return None if count is None else (count, "day")
    frequency, period = number(repeat.get("frequency", 1)), number(repeat.get("period"))
    unit = text(repeat.get("periodUnit"))
    if frequency is None or period is None or frequency < 1 or frequency != int(frequency):
        return None
    if unit == "h" and period > 0 and 24 % period == 0:
        return frequency * (24 / period), "day"
    return (frequency, _PER[unit]) if period == 1 and unit in _PER else None
