"""The endpoints by which health records tell us of stored patients."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from adapters.fhir.writing.capability import TOLD
from api.fhir.described import NOTIFY, TELL
from api.fhir.incoming import answer, take
from api.fhir.knowledge_routes import Id, Published
from api.fhir.media import only_json, resource_in, sent, written
from api.fhir.notifications import notified
from api.fhir.parameters import wrong
from api.limits import Gate
from api.security.door import Asking
from api.security.replies import asking
from api.security.security import Security


def incoming_routes(routes: APIRouter, published: Published, security: Security, gate: Gate) -> None:
    """Add them to the others."""
    most = security.service.settings.max_body

    @routes.post("/fhir/notifications", tags=["fhir"], summary="Take a notification of a subscription", **NOTIFY)
    async def notify(request: Request) -> Response:
        """A Bundle of the subscriptions backport: handshake, heartbeat, or an event with full resources. Nothing is fetched."""
        only_json(request)
        data = await sent(request, most)
        return await gate.run(lambda: written(notified(security, asking(request), resource_in(data, "Bundle"), published.root)))

    for kind in TOLD:
        _taking(routes, published, security, gate, kind)


def _taking(routes: APIRouter, published: Published, security: Security, gate: Gate, kind: str) -> None:
    most = security.service.settings.max_body

    @routes.post(f"/fhir/{kind}", tags=["fhir"], summary=f"Tell a {kind}", name=f"create {kind}", **TELL)
    async def create(request: Request) -> Response:
        """Of a patient who is stored, by our id or under your own. Sent again with the same id and version, it is the same telling."""
        only_json(request)
        data = await sent(request, most)
        return await gate.run(_told, published, security, asking(request), kind, data, None)

    @routes.put(f"/fhir/{kind}/{{id}}", tags=["fhir"], summary=f"Tell a {kind} anew", name=f"update {kind}", **TELL)
    async def update(request: Request, id: Id) -> Response:
        """As a rest-hook sends it. A later version replaces what an earlier one told; the history keeps both."""
        only_json(request)
        data = await sent(request, most)
        return await gate.run(_told, published, security, asking(request), kind, data, id)


def _told(published: Published, security: Security, who: Asking, kind: str, data: bytes, id: str | None) -> Response:
    resource = resource_in(data, kind)
    if id is not None and resource.get("id") != id:
        raise wrong("/id", "id-differs", "The id is another than that in the address.", "Send the resource to its own address.")
    taken = take(security, who, resource, published.root)
    headers = {"tandem-entry": taken.entry} if taken.entry else {}
    if taken.new:
        headers["location"] = f"{published.root}/{kind}/{id or taken.entry}"
    return written(answer(taken), 201 if taken.new else 200, headers)
