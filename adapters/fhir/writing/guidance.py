"""GuidanceResponse: how far the question could be answered, and the data that would answer more of it."""

from __future__ import annotations

from typing import Literal

from adapters.fhir.writing.canonical import Resource
from adapters.fhir.writing.needed import needed
from adapters.fhir.writing.telling import Telling
from engine.decision import Decision
from engine.timing import instant

Status = Literal["success", "data-requested", "data-required"]


def status_of(decision: Decision) -> Status:
    """data-required: nothing could be said for want of data. data-requested: more data would say more."""
    if decision.outcome == "could_not_evaluate":
        return "data-required"
    return "data-requested" if decision.requests else "success"


def guidance_response(telling: Telling) -> Resource:
    """It goes with the plan that it results in."""
    wanted = [found for item in telling.decision.requests for found in needed(telling.site, item)]
    distinct = [item for number, item in enumerate(wanted) if item not in wanted[:number]]
    return {
        "resourceType": "GuidanceResponse",
        "id": "guidance",
        "requestIdentifier": {"value": telling.request},
        "identifier": [{"system": f"{telling.site.root}/journal", "value": telling.entry}] if telling.entry else [],
        "moduleCanonical": telling.module,
        "status": status_of(telling.decision),
        "subject": telling.whom(),
        "encounter": {"reference": telling.asker.encounter} if telling.asker.encounter else None,
        "occurrenceDateTime": instant(telling.decision.as_of),
        "performer": {"reference": "#engine"},
        "evaluationMessage": [{"reference": "#messages"}] if telling.remarks else [],
        "result": {"reference": "#plan"},
        "dataRequirement": distinct,
    }
