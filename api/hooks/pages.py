"""When one page of a search is as good as all of it: newest first, and whatever is on the pages after it is out of date by now.

Only of results: a list of diagnoses, medicines, allergies, consents or visits holds for as long as nobody ends it, and trends
are computed from scores and series however old they are. Where a server puts results that say no date, or only a month or a year, is not
known, so those that stand on later pages are not seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from adapters.fhir.reading.elements import inside, items, text
from adapters.fhir.reading.lookup import lookup_of
from adapters.fhir.reading.times import moment
from engine.base import KnowledgeBase
from engine.dictionary import Entry

Resource = dict[str, Any]
_SORT = "-date"
_PANELS = {"85354-9": ("8480-6", "8462-4")}  # of LOINC: the blood pressure, which comes in two parts
_LONGEST = timedelta(days=1)  # in which two values of one finding contradict each other
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def enough(base: KnowledgeBase, template: str, page: Resource, now: datetime) -> bool:
    """Whether nothing on the pages after this one can bear on a decision. page: the first of them, or the first few together.

    Checked, and never trusted: that it was asked for newest first, and that it came in that order.
    """
    back = _reach(base, template)
    edge = _edge(page) if back is not None and _sorted_as_asked(page) else None
    return back is not None and edge is not None and now - edge > back


def _reach(base: KnowledgeBase, template: str) -> timedelta | None:
    """How old a result of this search may be and still bear on a decision; None where there is no such age."""
    kind, _, query = template.partition("?")
    asked = parse_qs(query)
    if kind != "Observation" or asked.get("_sort") != [_SORT] or "code" not in asked:
        return None
    codes = [part for code in asked["code"][0].split(",") for part in _PANELS.get(code, (code,))]
    ages = [entry.valid_for if entry is not None else None for entry in (_entry(base, code) for code in codes)]
    known = [age for age in ages if age is not None]
    return max(known) + _LONGEST if known and len(known) == len(ages) else None


def _entry(base: KnowledgeBase, code: str) -> Entry | None:
    """The finding that a code is of, where it is no part of an instrument and no trend is made of it."""
    lookup = lookup_of(base)
    found = lookup.named(code) or lookup.measured(code)
    if found.questions or found.total or found.panel or found.entry is None or found.entry.code in lookup.series:
        return None
    return found.entry


def _sorted_as_asked(page: Resource) -> bool:
    """A server that tells which search it made must name the order among it."""
    for link in items(page.get("link")):
        if text(link.get("relation")) == "self":
            try:
                asked = parse_qs(urlsplit(text(link.get("url"))).query)
            except ValueError:
                return False
            if asked.get("_sort", [_SORT] if asked.keys().isdisjoint(("patient", "subject", "code")) else []) != [_SORT]:
                return False
    return True


def _edge(page: Resource) -> datetime | None:
    """The latest moment that anything on a later page can be of; None where these are not in order, or one says no date.

    A server may sort by any moment within what a date or a period says, so each entry is held to its earliest and its latest.
    """
    edge: datetime | None = None
    for entry in items(page.get("entry")):
        if text(inside(entry.get("search")).get("mode")) in ("include", "outcome"):
            continue
        span = next(_spans(inside(entry.get("resource"))), None)
        if span is None or (edge is not None and span[0] > edge):
            return None
        edge = span[1] if edge is None else min(edge, span[1])
    return edge


def _spans(result: Resource) -> Iterator[tuple[datetime, datetime]]:
    for name in ("effectiveDateTime", "effectiveInstant"):
        if (found := moment(result.get(name))) is not None:
            yield found.at, found.last
    period = inside(result.get("effectivePeriod"))
    start, end = moment(period.get("start")), moment(period.get("end"))
    if start is not None or end is not None:
        yield start.at if start else _FIRST, end.last if end else _LAST
