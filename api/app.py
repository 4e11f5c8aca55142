"""The HTTP application: `create_app(service)`, or `uvicorn --factory api.app:from_environment`."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from adapters.store import StoreFault
from api.bulk.jobs import Jobs
from api.bulk.routes import bulk_router
from api.fhir.routes import fhir_router
from api.hooks.answering import Hooks
from api.hooks.decisions import decisions_router
from api.hooks.feedback_routes import feedback_router
from api.hooks.routes import hooks_router
from api.limits import Gate, Guard
from api.logs import configure
from api.metrics import Metrics
from api.openapi import describe
from api.operating_routes import operating_router
from api.outcomes import Outcomes
from api.patient_routes import add_patients
from api.problems import Rejected, problem, refused
from api.routes import router
from api.sandbox.routes import sandbox_router
from api.security.consent_routes import consent_router
from api.security.door import Door
from api.security.identity_routes import identity_router
from api.security.oidc import oidc_router
from api.security.origins import Origins
from api.security.security import Security
from api.security.sign_in import sign_in_router
from api.settings import read_settings
from api.traffic import Traffic
from api.wiring import Service
from engine.errors import Problem, Refused

_CODES = {404: "not-found", 405: "method-not-allowed"}


def from_environment() -> FastAPI:
    """The application as the environment sets it up. Raises Refused where nobody could sign in, or secrets are missing."""
    settings = read_settings(os.environ)
    configure(settings.log)
    app = create_app(Service(settings))
    app.state.security.check_administrator()
    return app


def create_app(service: Service) -> FastAPI:
    """The application around one service; its life is the service's life."""

    security, metrics = Security(service), Metrics()
    jobs = Jobs(security)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        with service, closing(security), closing(jobs):
            await run_in_threadpool(service.warm)
            await run_in_threadpool(security.outbound.warm)
            await run_in_threadpool(jobs.resume)
            gc.collect()
            gc.freeze()  # the release stays as long as the process: looking through it for waste took a tenth of every request
            yield
            gc.unfreeze()
            await security.outbound.close()

    app = FastAPI(lifespan=life, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.security, app.state.jobs = security, jobs
    settings = service.settings
    gate = Gate(settings.max_concurrent)
    deciding = router(service, security, gate)
    add_patients(deciding, security, gate)
    hooks = app.state.hooks = Hooks(security, security.outbound.fetch)
    others = (
        fhir_router(security, gate),
        hooks_router(hooks, gate),
        feedback_router(hooks, gate),
        decisions_router(hooks, gate),
        identity_router(security),
        sign_in_router(security),
        oidc_router(security),
        consent_router(security),
        operating_router(security, metrics),
        bulk_router(security, jobs),
    )
    for one in (deciding, *others):
        app.include_router(one)
    app.include_router(sandbox_router(service))
    app.add_middleware(Door, security=security, routes=app.router.routes)
    app.add_middleware(Traffic, rate=settings.rate, most=8 * settings.max_concurrent, metrics=metrics, draining=lambda: security.draining)
    app.add_middleware(Origins, listed=security.origins)
    app.add_middleware(Guard, metrics=metrics, tls=settings.tls)
    app.add_middleware(Outcomes)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(StoreFault, _store)
    app.add_exception_handler(Rejected, _rejected)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _parameters)
    app.add_exception_handler(ClientDisconnect, _gone)

    def openapi() -> dict[str, Any]:
        app.openapi_schema = app.openapi_schema or describe(app, service)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refused(error.problems).response


async def _store(_: Request, __: Exception) -> Response:
    again = Problem("", "store-unavailable", "It cannot be read or written now.", "Send it again after a few seconds.")
    return problem(503, "store-unavailable", [again], {"retry-after": "5"})


async def _rejected(_: Request, error: Exception) -> Response:
    assert isinstance(error, Rejected)
    return error.response


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, _CODES.get(error.status_code, "request-refused"), headers=error.headers)


async def _parameters(_: Request, error: Exception) -> Response:
    """Parameters that the framework refused; what it says of them could hold their value, so we say it ourselves."""
    assert isinstance(error, RequestValidationError)
    problems = []
    for item in error.errors():
        allowed = item.get("ctx", {}).get("expected") if item["type"] == "literal_error" else None
        do = f"Use {allowed}." if allowed else "Write times as 2026-11-23T16:00:00Z; in a URL, + is written %2B."
        problems.append(Problem(" ".join(map(str, item["loc"])), "parameter-wrong", "The value cannot be used.", do))
    return problem(400, "request-refused", problems)


async def _gone(_: Request, __: Exception) -> Response:
    """Nobody is left to read this."""
    return problem(400, "request-refused")
