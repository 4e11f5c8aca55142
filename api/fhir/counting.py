"""Measures over everybody who is stored: consent first, then where each stands in each window; only counts are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import islice

from starlette.responses import Response

from adapters.fhir.writing.canonical import Publishing
from adapters.fhir.writing.measures import Window
from adapters.fhir.writing.summaries import Place, place, summary
from adapters.journal import SubjectGone
from adapters.units import convert
from api.fhir.media import written
from api.fhir.parameters import Many, end_of, wrong
from api.patients import folded, stored
from api.population import stored_patients
from api.recording import Asked
from api.security.security import Security
from api.shared import Reader, Viewing
from api.timeline import record_at
from engine.errors import Refused
from engine.findings import Findings
from engine.recommend import judged

_MOST = 1000  # people in one request, whose sender waits


def counted(security: Security, reader: Reader, window: Window, many: Many, root: str) -> Response:
    """The report over the patients of the reader's tenant, as they are known now. Raises Rejected."""
    service, tenant = security.service, reader.asking.principal.tenant
    as_of = many.as_of or min(service.now(), end_of(many.period))
    with stored():
        people = list(islice(stored_patients(security, tenant), _MOST + 1))
        if len(people) > _MOST:
            do = "Have the operator count them: tandem measures."
            raise wrong("", "population-too-large", f"There are more than {_MOST} people to be counted.", do)
        (counts,) = tally(security, reader, people, [window], as_of)
    return written(summary(Publishing(service.base, root), window, counts, many.period, as_of, many.language or "en"))


def tally(security: Security, reader: Reader, people: Iterable[str], windows: list[Window], as_of: datetime) -> list[Counter[Place]]:
    """How many of these stored patients stand where in each window. Raises JournalFault, StoreFault, KeyFault.

    To count is no treatment: it is done for operations, unless payment is what the reader states. Whoever was forgotten meanwhile
    is not counted.
    """
    purpose = "operations" if reader.asking.purpose == "treatment" else reader.asking.purpose
    view = Viewing(security, replace(reader, asking=replace(reader.asking, purpose=purpose)), "count")
    found: list[Counter[Place]] = [Counter() for _ in windows]
    for id in people:
        try:
            findings = _findings(view, id, as_of)
        except SubjectGone:
            continue
        for window, counts in zip(windows, found, strict=True):
            counts[place(window, findings)] += 1
    return found


def _findings(view: Viewing, patient: str, as_of: datetime) -> Findings:
    """What is known of a patient, as the reader may learn it: of a timeline that makes no record, nothing is."""
    service, asked = view.service, Asked(as_of, "en", subject=patient)
    try:
        record = record_at(folded(service, patient), as_of, None)
    except Refused:
        return {}
    seen = view.see(record, asked)
    judgements, _, _ = judged(service.base, seen.shared.record, as_of, service.witness, convert)
    return judgements.findings
