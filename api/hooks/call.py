"""What a client sends to a service. Fields that we do not know are let be; those that we use must be what they are said to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from api.hooks.services import Hook, HookService
from api.problems import Rejected
from api.strict_json import decode_large
from engine.errors import Problem

Resource = dict[str, Any]
_M = TypeVar("_M", bound=BaseModel)
_MOST = 20  # problems that are said at once
_NAMES = frozenset(
    {
        "hook", "hookInstance", "context", "prefetch", "fhirServer", "fhirAuthorization", "access_token", "token_type", "patient",
        "patientId", "userId", "encounterId", "selections", "draftOrders", "conditions", "appointments", "medications",
        "dispatchedOrders", "order", "performer",
    }
)  # fmt: skip


def _bare(value: object) -> object:
    """Some clients send `Patient/123` where `123` is meant."""
    return value.removeprefix("Patient/") if isinstance(value, str) else value


def _bundle(value: Resource) -> Resource:
    if value.get("resourceType", "Bundle") != "Bundle" or not isinstance(value.get("entry", []), list):
        raise ValueError("not a Bundle")
    return value


_LOGICAL = r"[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,127}"  # wider than FHIR's, as servers are, and never a step up in an address
PatientId = Annotated[str, BeforeValidator(_bare), StringConstraints(pattern=rf"^{_LOGICAL}$")]
LogicalId = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Bundle = Annotated[Resource, AfterValidator(_bundle)]  # real ones come without `type`, so no more is asked of them
Reference = Annotated[str, StringConstraints(pattern=rf"^[A-Z][A-Za-z]{{1,40}}/{_LOGICAL}$")]


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Context(_Sent):
    """What every hook tells. drafts: orders that are about to be made. more: what else it says of the patient."""

    patientId: PatientId  # noqa: N815 - as it is on the wire
    encounterId: LogicalId | None = None  # noqa: N815

    @property
    def encounter(self) -> str | None:
        """The id of the encounter, without its type."""
        return (self.encounterId or "").removeprefix("Encounter/") or None

    @property
    def drafts(self) -> tuple[Resource, ...]:
        return ()

    @property
    def chosen(self) -> tuple[str, ...]:
        """References to the orders that are in question; none, where all of them are."""
        return ()

    @property
    def more(self) -> tuple[Resource, ...]:
        return ()

    @property
    def booked(self) -> tuple[Resource, ...]:
        """Appointments that are about to be made."""
        return ()


class View(Context):
    userId: LogicalId  # noqa: N815


class Encounter(View):
    encounterId: LogicalId  # noqa: N815


class Sign(View):
    draftOrders: Bundle  # noqa: N815

    @property
    def drafts(self) -> tuple[Resource, ...]:
        return opened(self.draftOrders)


class Select(Sign):
    selections: Annotated[tuple[Annotated[str, StringConstraints(max_length=256)], ...], Field(max_length=1000)]

    @property
    def chosen(self) -> tuple[str, ...]:
        return self.selections


class Conditions(View):
    conditions: Bundle

    @property
    def more(self) -> tuple[Resource, ...]:
        return opened(self.conditions)


class Appointments(View):
    appointments: Bundle

    @property
    def booked(self) -> tuple[Resource, ...]:
        return opened(self.appointments)


class Refill(Context):
    userId: LogicalId | None = None  # noqa: N815
    medications: Bundle

    @property
    def drafts(self) -> tuple[Resource, ...]:
        return opened(self.medications)


class Dispatch(Context):
    """dispatchedOrders: since 1.1; before it was one `order`."""

    dispatchedOrders: Annotated[tuple[Reference, ...], Field(max_length=100)] = ()  # noqa: N815
    order: Reference | None = None
    performer: LogicalId | None = None

    @property
    def chosen(self) -> tuple[str, ...]:
        return self.dispatchedOrders or ((self.order,) if self.order else ())


_CONTEXT: dict[Hook, type[Context]] = {
    "patient-view": View,
    "order-select": Select,
    "order-sign": Sign,
    "encounter-start": Encounter,
    "encounter-discharge": Encounter,
    "problem-list-item-create": Conditions,
    "appointment-book": Appointments,
    "medication-refill": Refill,
    "order-dispatch": Dispatch,
}


class Authorization(_Sent):
    """A token of the client's own FHIR server. It is never kept and never said back."""

    access_token: Annotated[str, StringConstraints(min_length=1, max_length=8192)] = Field(repr=False)
    patient: Annotated[str, BeforeValidator(_bare)] | None = None


class _Body(_Sent):
    hook: Annotated[str, StringConstraints(max_length=80)]
    hookInstance: Annotated[str, StringConstraints(min_length=1, max_length=128)]  # noqa: N815
    context: dict[str, Any]
    prefetch: dict[str, Any] | None = None
    fhirServer: Annotated[str, StringConstraints(max_length=2048)] | None = None  # noqa: N815
    fhirAuthorization: Authorization | None = None  # noqa: N815


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a service. prefetch: key -> what was sent under it; None says asked for, and nothing there."""

    hook: Hook
    instance: str
    context: Context
    prefetch: Mapping[str, Any]
    server: str | None
    authorization: Authorization | None


def read_call(service: HookService, data: bytes) -> Call:
    """The call in a body. Raises Refused where it is not JSON, Rejected (400) where it does not fit the service."""
    body = _as(_Body, decode_large(data, _NAMES), "")
    hook = next((item for item in service.hooks if item == body.hook), None)
    if hook is None:
        raise unusable(Problem("/hook", "hook-differs", "This service is not for this hook.", f"Use {', '.join(service.hooks)}."))
    if body.fhirAuthorization is not None and body.fhirServer is None:
        raise unusable(Problem("/fhirServer", "field-missing", "A token came without its server.", "Send fhirServer too."))
    context = _as(_CONTEXT[hook], body.context, "/context")
    if isinstance(context, Dispatch) and not context.chosen:
        raise unusable(Problem("/context/dispatchedOrders", "field-missing", "No order is named.", "Name the orders that are sent."))
    granted = body.fhirAuthorization.patient if body.fhirAuthorization else None
    if granted is not None and granted != context.patientId:
        raise unusable(Problem("/fhirAuthorization/patient", "patient-mismatch", "It is for another patient.", "Send one patient's."))
    return Call(
        hook=hook,
        instance=body.hookInstance,
        context=context,
        prefetch=body.prefetch or {},
        server=body.fhirServer,
        authorization=body.fhirAuthorization,
    )


def opened(bundle: Any) -> tuple[Resource, ...]:
    """The resources in a Bundle, or in one resource; what has no such form is left out."""
    if not isinstance(bundle, dict):
        return ()
    if bundle.get("resourceType", "Bundle") != "Bundle":
        return (bundle,)
    entries = bundle.get("entry")
    inside = [entry.get("resource") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return tuple(item for item in inside if isinstance(item, dict))


def unusable(*problems: Problem) -> Rejected:
    """What a body is answered with that cannot be used."""
    return Rejected(400, "body-refused", problems)


def _as(kind: type[_M], value: Any, where: str) -> _M:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)[:_MOST]
        raise unusable(*(_problem(where, item["type"], item["loc"]) for item in details)) from None


def _problem(where: str, kind: str, location: tuple[Any, ...]) -> Problem:
    for step in location:
        if not (isinstance(step, int) or step in _NAMES):
            break
        where += f"/{step}"
    if kind == "missing":
        return Problem(where, "field-missing", "The field is missing.", "Add it.")
    return Problem(where, "wrong-value", "The value does not fit.", "See the CDS Hooks specification of this hook.")
