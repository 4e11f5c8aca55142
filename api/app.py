"""The HTTP application: `create_app(service)`, or `uvicorn --factory api.app:from_environment`."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.limits import Gate, Guard
from api.openapi import describe
from api.patient_routes import add_patients
from api.problems import Rejected, problem, refused
from api.routes import router
from api.settings import read_settings
from api.wiring import Service
from engine.errors import Problem, Refused

_CODES = {404: "not-found", 405: "method-not-allowed"}


def from_environment() -> FastAPI:
    """The application as the environment sets it up."""
    return create_app(Service(read_settings(os.environ)))


def create_app(service: Service) -> FastAPI:
    """The application around one service; its life is the service's life."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        with service:
            await run_in_threadpool(service.warm)
            yield

    app = FastAPI(lifespan=life, docs_url=None, redoc_url=None, redirect_slashes=False)
    gate = Gate(service.settings.max_concurrent)
    routes = router(service, gate)
    add_patients(routes, service, gate)
    app.include_router(routes)
    app.add_middleware(Guard)
    app.add_exception_handler(Refused, _refused)
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
