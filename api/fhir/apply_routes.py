"""The endpoints of $apply. By POST only: each decision is written in the journal, and a GET must change nothing."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from api.fhir.apply import apply, apply_as_r5, evaluate, window_of
from api.fhir.counting import counted
from api.fhir.described import APPLY, APPLY_R5, EVALUATE
from api.fhir.knowledge_routes import Id, Published
from api.fhir.media import only_json, resource_in, sent
from api.fhir.parameters import Applied, applied, end_of, of_many
from api.fhir.stored import may, stored_id
from api.limits import Gate
from api.parameters import Key, repeatable
from api.problems import Rejected
from api.recording import Asked
from api.security.replies import asking
from api.security.security import Security
from api.shared import Viewing, reader_of
from engine.errors import Problem

Work = Callable[[Viewing, Asked, Applied, str, str | None], Response]
_STORED = "POST /patients/{patient}/recommend"


def apply_routes(routes: APIRouter, published: Published, security: Security, gate: Gate) -> None:
    """Add them to the others."""
    service = security.service

    async def answered(request: Request, key: str | None, id: str | None, work: Work = apply) -> Response:
        only_json(request)
        view = Viewing(security, reader_of(request), work.__name__)
        data = await sent(request, service.settings.max_body)
        return await gate.run(_answer, view, security, request, published.root, id, data, key, work)

    @routes.post("/fhir/PlanDefinition/$apply", tags=["fhir"], summary="Apply a plan definition", **APPLY)
    async def apply_any(request: Request, idempotency_key: Key = None) -> Response:
        """The CarePlan for one person: from `data`, from what is stored of them, or from both. The whole engine, unless told otherwise."""
        return await answered(request, idempotency_key, None)

    @routes.post("/fhir/PlanDefinition/{id}/$apply", tags=["fhir"], summary="Apply one plan definition", **APPLY)
    async def apply_one(request: Request, id: Id, idempotency_key: Key = None) -> Response:
        """The same for one artifact: what this rule or pathway alone asks for; what the whole engine withholds stays withheld."""
        return await answered(request, idempotency_key, id)

    @routes.post("/fhir/PlanDefinition/$r5.apply", tags=["fhir"], summary="Apply a plan definition, as R5 answers", **APPLY_R5)
    async def apply_any_as_r5(request: Request, idempotency_key: Key = None) -> Response:
        """The same as $apply, as a Bundle around the RequestGroup."""
        return await answered(request, idempotency_key, None, apply_as_r5)

    @routes.post("/fhir/PlanDefinition/{id}/$r5.apply", tags=["fhir"], summary="Apply one plan definition, as R5 answers", **APPLY_R5)
    async def apply_one_as_r5(request: Request, id: Id, idempotency_key: Key = None) -> Response:
        """The same as $apply of one artifact, as a Bundle around the RequestGroup."""
        return await answered(request, idempotency_key, id, apply_as_r5)

    @routes.post(
        "/fhir/Measure/{id}/$evaluate-measure",
        tags=["fhir"],
        summary="Evaluate a measure, for one person or for all who are stored",
        **EVALUATE,
    )
    async def evaluate_one(request: Request, id: Id, idempotency_key: Key = None) -> Response:
        """A MeasureReport for one person, by whole days; where it is not known whether they count, what would have to be known.

        Without a subject: over everybody of the tenant who is stored, counts alone, small ones masked.
        """
        return await answered(request, idempotency_key, id, evaluate)


def _answer(
    view: Viewing, security: Security, request: Request, root: str, id: str | None, data: bytes, key: str | None, work: Work
) -> Response:
    parameters, who = resource_in(data, "Parameters"), asking(request)
    if work is evaluate and (many := of_many(parameters)) is not None:
        return counted(security, reader_of(request), window_of(view.service.base, id), many, root)
    wanted = applied(parameters)
    patient = stored_id(view.service, who.principal.tenant, wanted.patient)
    if patient is not None and not may(security, who, _STORED, patient):
        patient = None  # as if they were not stored: that they are is not told
    if patient is None and wanted.resources is None:
        do = "Send a Bundle of their resources as `data`, or ask to be put on their care team."
        what = "There is no such patient, or you are not on their team."
        raise Rejected(404, "patient-unknown", [Problem("/parameter", "patient-unknown", what, do)])
    now = view.service.now()
    at = wanted.as_of or (min(now, end_of(wanted.period)) if wanted.period else now)
    live = wanted.as_of is None and at == now
    asked = Asked(
        at, wanted.language or "en", subject=patient, live=live, request=repeatable(request, key, data), tenant=who.principal.tenant
    )
    return work(view, asked, wanted, root, id or wanted.definition)
