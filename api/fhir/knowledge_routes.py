"""The endpoints of what is published: metadata, reading, searching."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from adapters.fhir.writing.canonical import Publishing
from adapters.fhir.writing.capability import capability_statement
from adapters.fhir.writing.catalogue import KINDS, Catalogue
from api.fhir.described import METADATA, READ, SEARCH, SEARCH_FORM
from api.fhir.media import only_json, unchanged, written
from api.fhir.search import answer, query
from api.limits import Gate
from api.problems import Rejected
from api.security.forms import read_pairs
from api.wiring import Service
from engine.errors import Problem

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9.-]{1,64}$", description="The id of a resource.")]


class Published:
    """What one service publishes: the release in force, at its public address."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.root = service.settings.fhir_root

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(Publishing(self.service.base, self.root))

    @cached_property
    def capability(self) -> dict[str, object]:
        return capability_statement(self.catalogue.site, self.service.now(), KINDS)


def knowledge_routes(routes: APIRouter, published: Published, gate: Gate) -> None:
    """Add them to the others."""

    @routes.get("/fhir/metadata", tags=["fhir"], summary="CapabilityStatement", **METADATA)
    async def metadata(request: Request) -> Response:
        """What this endpoint does."""
        only_json(request)
        return written(published.capability)

    for kind in KINDS:
        _read_and_search(routes, published, gate, kind)


def _read_and_search(routes: APIRouter, published: Published, gate: Gate, kind: str) -> None:
    async def found(request: Request, more: Sequence[tuple[str, str]] = ()) -> Response:
        only_json(request, [value for name, value in more if name == "_format"])
        strict, mark = "handling=strict" in request.headers.get("prefer", "").replace(" ", "").split(","), published.catalogue.site.mark
        wanted = query([*request.query_params.multi_items(), *more], mark, strict=strict)
        return await gate.run(lambda: written(answer(published.catalogue.by_kind[kind].values(), wanted, published.root, kind, mark)))

    @routes.get(f"/fhir/{kind}", tags=["fhir"], summary=f"Search {kind}", name=f"search {kind}", **SEARCH)
    async def search(request: Request) -> Response:
        """A page of what is published. What is not understood is ignored, unless `Prefer: handling=strict` says otherwise."""
        return await found(request)

    @routes.post(f"/fhir/{kind}/_search", tags=["fhir"], summary=f"Search {kind} by a form", name=f"search {kind} by a form", **SEARCH_FORM)
    async def search_by_form(request: Request) -> Response:
        """The same, with the parameters in the body as those of a form, in the address, or in both."""
        if (given := await read_pairs(request)) is None:
            raise Rejected(400, "request-refused", [Problem("", "form-unreadable", "The form cannot be read.", "Send fewer fields.")])
        return await found(request, given)

    @routes.get(f"/fhir/{kind}/{{id}}", tags=["fhir"], summary=f"Read one {kind}", name=f"read {kind}", **READ)
    async def read(request: Request, id: Id) -> Response:
        """One resource, of the release in force. Its version, and its ETag, is that of the release: 304 where the asker has it."""
        only_json(request)
        found = await gate.run(lambda: published.catalogue.by_kind[kind].get(id))
        if found is None:
            do = f"GET /fhir/{kind} lists them."
            raise Rejected(404, "not-found", [Problem("path id", "not-found", f"There is no such {kind}.", do)])
        tag = f'W/"{published.catalogue.site.mark}"'
        headers = {"etag": tag, "cache-control": "no-cache"}
        return Response(status_code=304, headers=headers) if unchanged(request, tag) else written(found, headers=headers)
