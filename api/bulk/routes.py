"""Population runs over HTTP, by the asynchronous pattern of FHIR: begun, looked at, fetched in files, and cancelled."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse

from api.bulk.described import CANCEL, FILE, KICK_OFF, STATUS
from api.bulk.jobs import Job, Jobs, State, TooMany
from api.parameters import AsOf, asked_for, known_parameters
from api.problems import Rejected
from api.rendering import to_json
from api.security.principal import Principal
from api.security.replies import asking
from api.security.security import Security
from engine.errors import Problem, Refused

_T = TypeVar("_T")
NDJSON = "application/fhir+ndjson"
_AGAIN = {"retry-after": "10"}
_SOURCE = "The name of an export that the operator put there; or `stored`: the patients stored here on whose care team you are."
Source = Annotated[str, Query(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description=_SOURCE)]
Prefer = Annotated[str | None, Header(include_in_schema=False)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The id of a job.")]
Name = Annotated[str, Path(pattern=r"^[A-Za-z]{1,40}\.[0-9]{4}\.ndjson$", description="A file that the manifest names.")]


def bulk_router(security: Security, jobs: Jobs) -> APIRouter:
    """The endpoints around the jobs of one installation."""
    routes = APIRouter(dependencies=[Depends(known_parameters)], default_response_class=Response, tags=["population"])
    service = security.service

    async def found(request: Request, id: str) -> Job:
        job = await _run(jobs.find, asking(request).principal, id)
        if job is None:
            raise Rejected(404, "not-found", [Problem("path job", "not-found", "There is no such job.", "It may have expired.")])
        return job

    @routes.post("/fhir/$evaluate-population", summary="Decide for everybody in a bulk export, or stored here", **KICK_OFF)
    async def kick_off(request: Request, source: Source, as_of: AsOf = None, prefer: Prefer = None) -> Response:
        """Answers at once; the results are at the address in Content-Location, in a while."""
        if "respond-async" not in {part.strip() for part in (prefer or "").split(",")}:
            wrong = Problem("Prefer", "prefer-missing", "It takes too long to be waited for.", "Send Prefer: respond-async.")
            raise Rejected(400, "request-refused", [wrong])
        job = await _run(_begun, jobs, asking(request).principal, source, asked_for(as_of, service.now))
        return Response(status_code=202, headers={"content-location": f"{_root(security)}/{job.id}"})

    @routes.get("/fhir/bulk/{job}", summary="How far a population run is", **STATUS)
    async def status(request: Request, job: Id) -> Response:
        """202 while it runs, with X-Progress; 200 with the manifest once it has ended."""
        mine = await found(request, job)
        return _state(await _run(jobs.state, mine), security, mine)

    @routes.delete("/fhir/bulk/{job}", summary="Cancel a population run, or remove its results", **CANCEL)
    async def cancel(request: Request, job: Id) -> Response:
        """What was decided stays in the journal; nothing else of it is kept."""
        await _run(jobs.cancel, await found(request, job))
        return Response(status_code=202)

    @routes.get("/fhir/bulk/{job}/{file}", summary="A file of results", **FILE)
    async def fetch(request: Request, job: Id, file: Name) -> Response:
        """NDJSON, one resource a line. Range is understood, so that a download that broke off can be gone on with."""
        path = await _run(jobs.file, await found(request, job), file)
        if path is None:
            raise Rejected(404, "not-found", [Problem("path file", "not-found", "There is no such file.", "The manifest names them.")])
        _simple_range(request)
        return FileResponse(path, media_type=NDJSON)

    return routes


def _begun(jobs: Jobs, who: Principal, source: str, as_of: datetime) -> Job:
    try:
        return jobs.begin(who, source, as_of)
    except TooMany:
        do = "Send it again later, or cancel another."
        raise Rejected(429, "too-many", [Problem("", "too-many", "As many as may run at once are running.", do)], _AGAIN) from None
    except Refused as refused:
        unknown = refused.problems[0].code == "source-unknown"
        raise Rejected(404 if unknown else 409, "not-found" if unknown else "conflict", refused.problems) from None


def _state(state: State, security: Security, job: Job) -> Response:
    if state.code is not None:
        wrong = Problem("", state.code, "The run cannot be brought to its end.", "Ask the operator, and begin another.")
        raise Rejected(409, "conflict", [wrong])
    if state.manifest is None:
        return Response(status_code=202, headers={"x-progress": state.progress, **_AGAIN})
    expires = {"expires": format_datetime(state.until.astimezone(UTC), usegmt=True)} if state.until else {}
    return Response(to_json(_manifest(state.manifest, security, job)), headers=expires, media_type="application/json")


def _simple_range(request: Request) -> None:
    """One range of bytes is understood; every other is as if it had not been sent, which is always right."""
    if not re.fullmatch(r"bytes=[0-9]{1,15}-[0-9]{0,15}", request.headers.get("range", "")):
        request.scope["headers"] = [(name, value) for name, value in request.scope["headers"] if name != b"range"]


async def _run(work: Callable[..., _T], *arguments: Any) -> _T:
    return await run_in_threadpool(partial(work, *arguments))


def _root(security: Security) -> str:
    return f"{security.settings.public_url}/fhir/bulk"


def _manifest(said: dict[str, Any], security: Security, job: Job) -> dict[str, Any]:
    """As the run wrote it, with the addresses of its files."""
    root = f"{_root(security)}/{job.id}"
    request = f"{security.settings.public_url}/fhir/$evaluate-population?source={job.source}"
    lists = {name: [entry | {"url": f"{root}/{entry['url']}"} for entry in said[name]] for name in ("output", "error")}
    return said | lists | {"request": request, "requiresAccessToken": True}
