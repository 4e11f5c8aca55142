"""Doses a day, from the list of medicines: `<ingredient>.daily_dose`, where the dictionary declares it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from engine.dictionary import Entry, Number
from engine.findings import Finding
from engine.record import Dose, ListedMedication

_DAYS: Mapping[str, int] = {"day": 1, "week": 7}  # nobody knows how often a single dose is taken, or how long a month is


def doses_of(
    entries: Mapping[str, Entry],
    medicines: Iterable[tuple[str, ListedMedication]],
    reviewed: datetime | None,
    in_unit: Callable[[float, str, Entry], Number | None],
) -> Iterator[Finding]:
    """What is taken or proposed of each ingredient, by the day.

    medicines: the entries in force, each with its ingredient. Two entries of one ingredient may be one medicine written down
    twice or two to be added up, so the dose lies between the highest and their sum. An entry whose dose nobody can tell leaves
    open how much more it is. Undated entries are as old as the review of the list; without a review they say nothing.
    """
    found: dict[str, list[ListedMedication]] = {}
    for ingredient, item in medicines:
        if item.status in ("active", "proposed") and f"{ingredient}.daily_dose" in entries:
            found.setdefault(f"{ingredient}.daily_dose", []).append(item)
    for code, items in found.items():
        entry = entries[code]
        known = [(item, _daily(item.dose, entry, in_unit)) for item in items]
        amounts = [amount for _, amount in known if amount is not None]
        dates = [date for item, amount in known if amount is not None for date in (item.at, reviewed) if date is not None]
        if not amounts or not dates:
            continue
        taken = [amount for item, amount in known if item.status == "active" and amount is not None]
        low, highest = max(amounts), entry.bounds[1]
        high = highest if len(amounts) < len(known) else max(low, sum(taken))
        if high > highest:
            yield Finding(code, None, None, "out_of_range", max(dates), "medications")
        else:
            yield Finding(code, low, high, None if low == high else "partial", max(dates), "medications")


def _daily(dose: Dose | None, entry: Entry, in_unit: Callable[[float, str, Entry], Number | None]) -> Number | None:
    if dose is None or dose.per not in _DAYS:
        return None
    return in_unit(dose.value / _DAYS[dose.per], f"{dose.unit}/d", entry)
