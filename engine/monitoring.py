"""Derived findings: from series and events to trends, by the derivations that the dictionary declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import fmean, linear_regression, pstdev

from engine.dictionary import Derivation, Dictionary, Entry, Number, Worse
from engine.findings import Finding, Findings
from engine.instruments import Instrument
from engine.record import Answers, Record
from engine.scoring import alike, readings_of

_DAY = timedelta(days=1)
Sample = tuple[datetime, Number]


def monitor(
    dictionary: Dictionary, instruments: Mapping[str, Instrument], record: Record, findings: Findings, as_of: datetime
) -> dict[str, Finding]:
    """The findings with every derived one beside them; a derived finding without data is absent, never zero."""
    samples = _samples(dictionary, instruments, record, as_of)
    reviewed = record.reviewed.events
    watched = reviewed is not None and timedelta(0) <= as_of - reviewed <= dictionary.lists["events"]
    derived = dict(findings)
    for (kind, code), entries in dictionary.derivations.items():
        source = samples.get((kind, code))
        if source or (watched and kind == "event"):
            worse = dictionary.entries[code].worse if kind == "series" else None
            whole = kind == "series" or (watched and not _undated(findings, code))
            for entry in entries:
                if rule := entry.derive:
                    derived[entry.code] = _derive(entry, rule, source or (), as_of, worse, whole=whole)
    return derived


def _undated(findings: Findings, kind: str) -> bool:
    """Whether an event of this kind is known to have happened at a time that nobody said."""
    latest = findings.get(f"event.{kind}.days_since")
    return latest is not None and latest.absent == "partial"


def _samples(
    dictionary: Dictionary, instruments: Mapping[str, Instrument], record: Record, as_of: datetime
) -> dict[tuple[str, str], list[Sample]]:
    """Every usable point, every exact score of an instrument and every event, oldest first.

    Points of one moment count once, the worse one of them.
    """
    found: dict[tuple[str, str], dict[datetime, Number]] = {}

    def add(kind: str, code: str, at: datetime, number: Number, worse: Worse | None = None) -> None:
        points = found.setdefault((kind, code), {})
        points[at] = (min if worse == "lower" else max)(number, points.get(at, number))

    for series in record.series:
        entry = dictionary.entries.get(series.code)
        for point in series.points if entry else ():
            number = entry.encode(point.value) if entry else None
            if entry and number is not None and point.at <= as_of and entry.bounds[0] <= number <= entry.bounds[1]:
                add("series", series.code, point.at, number, entry.worse)
    for instrument, answers in _comparable(instruments, record, as_of):
        for reading in readings_of(instrument, answers):
            if reading.exact and reading.absent is None and reading.low is not None:
                add("series", reading.code, answers.at, reading.low, dictionary.entries[reading.code].worse)
    for event in record.events:
        if event.at <= as_of:
            add("event", event.kind, event.at, 1)
    return {key: sorted(points.items()) for key, points in found.items()}


def _comparable(instruments: Mapping[str, Instrument], record: Record, as_of: datetime) -> Iterator[tuple[Instrument, Answers]]:
    """Administrations that make a trend: none from an acute state where that matters (brief T07), each like the newest (T10)."""
    given: dict[str, list[Answers]] = {}
    for answers in record.instruments:
        instrument = instruments.get(answers.instrument)
        acute = instrument is not None and instrument.acute_state and answers.context not in (None, "settled")
        if instrument is not None and not acute and answers.absent is None and answers.at <= as_of:
            given.setdefault(instrument.id, []).append(answers)
    for name, sheets in given.items():
        newest = max(sheets, key=lambda answers: (answers.at, answers.model_dump_json()))
        yield from ((instruments[name], answers) for answers in sheets if alike(answers, newest))


def _derive(entry: Entry, rule: Derivation, samples: Sequence[Sample], as_of: datetime, worse: Worse | None, *, whole: bool) -> Finding:
    """worse: the direction of risk in the samples.

    whole: nothing is missing from the samples, so that none of a kind means zero and a count is exact.
    """
    basis = (rule.of,)
    inside = [sample for sample in samples if rule.window is None or as_of - sample[0] <= rule.window]
    at = inside[-1][0] if inside else None
    low, high = entry.bounds
    if rule.kind == "event" and rule.measure in ("count", "sum"):
        number: Number | None = min(len(inside), high)
        if not whole:  # at least these; the list of events has not been closed
            return Finding(entry.code, number, high, "not_reviewed", at, "events", basis)
    elif at is None:
        return Finding(entry.code, absent="stale" if samples else "never_asked", basis=basis)
    else:
        number = _measure(rule, inside, as_of, worse, entry.worse)
    if number is None:
        return Finding(entry.code, absent="never_asked", at=at, basis=basis)
    if entry.valid_for is not None and at is not None and as_of - at > entry.valid_for:
        return Finding(entry.code, absent="stale", at=at, basis=basis)
    number = int(number) if entry.discrete else number
    if rule.measure == "days_since" and not whole:  # at most these; a later event may be missing from the list
        return Finding(entry.code, low, min(number, high), "not_reviewed", at, "events", basis)
    if not low <= number <= high:
        return Finding(entry.code, absent="out_of_range", at=at, basis=basis)
    return Finding(entry.code, number, number, None, at or as_of, rule.kind, basis)


def _counts(rule: Derivation, number: Number) -> bool:
    if rule.at_least is None and rule.at_most is None:
        return number >= 1
    return (rule.at_least is None or number >= rule.at_least) and (rule.at_most is None or number <= rule.at_most)


def _by_day(samples: Sequence[Sample], as_of: datetime, worse: Worse | None) -> list[Number]:
    """One value a day, oldest first: the worse one of each 24 hours counted back from as_of.

    Counted back, and not by the calendar, so that no time zone and no common shift of all times changes a trend.
    """
    days: dict[int, Number] = {}
    for at, number in samples:
        day = (as_of - at).days
        days[day] = (min if worse == "lower" else max)(number, days.get(day, number))
    return [days[day] for day in sorted(days, reverse=True)]


def _run(rule: Derivation, values: Sequence[Number]) -> int:
    """How many of the latest values count, up to the first that does not."""
    return next((length for length, value in enumerate(reversed(values)) if not _counts(rule, value)), len(values))


def _over_days(rule: Derivation, samples: Sequence[Sample], as_of: datetime, worse: Worse | None) -> Number:
    if rule.measure == "held":
        run = samples[len(samples) - _run(rule, [value for _, value in samples]) :]
        return (run[-1][0] - run[0][0]).days if run else 0
    daily = _by_day(samples, as_of, worse)
    return _run(rule, daily) if rule.measure == "streak" else sum(_counts(rule, value) for value in daily)


def _measure(rule: Derivation, samples: Sequence[Sample], as_of: datetime, worse: Worse | None, towards: Worse | None) -> Number | None:
    """The measure over samples, oldest first; None when it takes more samples than there are.

    worse: the direction of risk in the samples; towards: in what is measured.
    """
    values = [value for _, value in samples]
    match rule.measure:
        case "latest":
            return values[-1]
        case "mean":
            return round(fmean(values), 6)
        case "sum":
            return sum(values)
        case "count":
            return sum(_counts(rule, value) for value in values)
        case "days" | "streak" | "held":
            return _over_days(rule, samples, as_of, worse)
        case "days_since":
            matching = [at for at, value in samples if _counts(rule, value)]
            return (as_of - matching[-1]).days if matching else None
    return _trend(rule, samples, values, towards) if len(values) > 1 else None


def _trend(rule: Derivation, samples: Sequence[Sample], values: Sequence[Number], worse: Worse | None) -> Number | None:
    """How the latest value stands to the earlier ones."""
    before = values[:-1]
    # The episode keeps its first score that counts as baseline, and its best one: no later score moves either (brief T09).
    baseline = next((value for value in before if _counts(rule, value)), None)
    match rule.measure:
        case "from_best":
            return values[-1] - (max(values) if worse == "lower" else min(values))
        case "from_baseline":
            return None if baseline is None else values[-1] - baseline
        case "percent_from_baseline":
            return round(100 * (values[-1] - baseline) / baseline, 6) if baseline else None
        case "change":
            return values[-1] - values[0]
        case "slope":  # per day; days counted from the first sample, so that a common shift of dates changes nothing
            days = [(at - samples[0][0]) / _DAY for at, _ in samples]
            return round(linear_regression(days, values).slope, 6)
    # deviation: standard deviations between the latest value and the person's own earlier ones
    spread = pstdev(before)
    return round((values[-1] - fmean(before)) / spread, 6) if spread else None
