"""MeasureReport over many people: counts alone, and none so small that it would tell of somebody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

from adapters.fhir.writing.bundles import issue, outcome
from adapters.fhir.writing.canonical import Publishing, Resource, without_nothing
from adapters.fhir.writing.measures import Window, population, score
from adapters.fhir.writing.telling import Sharing, security
from engine.dictionary import Language, Text
from engine.findings import Findings
from engine.judgements import judge
from engine.timing import instant

SMALL = 11  # a count below it, but for none, is not told; nor is one from which it could be worked out
Place = Literal["outside", "uncertain", "unknown", "filled", "unfilled"]
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_UNCERTAIN: Text = {
    "en": "It is not known whether {count} more people count; they are in no number here.",
    "es": "No se sabe si {count} personas más cuentan; no están en ninguna cifra.",
}
_FEWER: Text = {"en": f"fewer than {SMALL}", "es": f"menos de {SMALL}"}
_MASKED: Text = {
    "en": f"Counts below {SMALL} are masked, and so are those from which they could be worked out.",
    "es": f"Las cifras menores de {SMALL} están ocultas, y también aquellas de las que se podrían deducir.",
}


def place(window: Window, findings: Findings) -> Place:
    """Where one person stands. uncertain: it is not known whether they count. unknown: they do, and not whether it was filled."""
    whom = judge(window.population, findings).truth
    if not whom:
        return "outside" if whom is False else "uncertain"
    filled = judge(window.numerator, findings).truth
    return "unknown" if filled is None else "filled" if filled else "unfilled"


def summary(
    site: Publishing, window: Window, counts: Mapping[Place, int], period: tuple[str, str], as_of: datetime, language: Language
) -> Resource:
    """counts: how many people stand where. Those of whom it is unknown whether the window was filled are excluded, and never a no."""
    parts = (counts.get("unknown", 0), counts.get("filled", 0), counts.get("unfilled", 0))
    unknown, filled, unfilled = parts
    masked = any(map(_small, parts))
    whole = None if _small(sum(parts)) else sum(parts)
    told = {
        "initial-population": whole,
        "denominator": whole,
        "denominator-exclusion": None if masked else unknown,
        "numerator": None if masked else filled,
    }
    remarks = [*_remarks(counts.get("uncertain", 0), masked, language)]
    known = filled + unfilled
    report = {
        "resourceType": "MeasureReport",
        "meta": security(Sharing()),
        "contained": [outcome(remarks) | {"id": "messages"}] if remarks else [],
        "status": "complete",
        "type": "summary",
        "measure": site.canonical("Measure", window.name, window.rule.version),
        "date": instant(as_of),
        "period": {"start": period[0], "end": period[1]},
        "group": [
            {
                "population": [_counted(code, count) for code, count in told.items()],
                "measureScore": score(round(filled / known, 4)) if known and not masked else None,
            }
        ],
        "evaluatedResource": [{"reference": "#messages"}] if remarks else [],
    }
    found: Resource = without_nothing(report)
    return found


def _small(count: int) -> bool:
    return 0 < count < SMALL


def _counted(code: str, count: int | None) -> Resource:
    said = {"_count": {"extension": [{"url": _ABSENT, "valueCode": "masked"}]}} if count is None else {"count": count}
    return {"code": population(code), **said}


def _remarks(uncertain: int, masked: bool, language: Language) -> Iterator[Resource]:
    if uncertain:
        how_many = _FEWER[language] if _small(uncertain) else str(uncertain)
        yield issue("warning", "incomplete", _UNCERTAIN[language].format(count=how_many), "people-uncertain")
    if masked:
        yield issue("information", "suppressed", _MASKED[language], "counts-masked")
