"""The service that the features ask, over HTTP and in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from asgi import Client, settings_for

from api.app import create_app
from api.wiring import Service
from steps.chart import Answer
from steps.words import AS_OF, stamp

Ask = Callable[..., Answer]
PATIENCE = 10.0  # seconds for the second engine


@contextmanager
def opened(service: Service) -> Iterator[Ask]:
    """One way to ask: a path with a record in the body, or a path alone."""
    with service, closing(Client(create_app(service))) as client:
        service.warm()

        def ask(path: str, body: bytes | None = None, language: str = "en", detail: str = "full") -> Answer:
            named = {"as_of": stamp(AS_OF), "lang": language} | ({"detail": detail} if path == "/recommend" else {})
            response = client.get(path) if body is None else client.post(path, body, params=named)
            media_type = response.headers["content-type"].partition(";")[0]
            return Answer(response.status_code, response.json(), media_type, response.text)

        yield ask


@pytest.fixture(scope="session")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """One service for all features but those about the engines: with one engine, which decides the same."""
    with opened(Service(settings_for(tmp_path_factory.mktemp("tandem")))) as ask:
        yield ask


@pytest.fixture
def ask(usual: Ask) -> Ask:
    return usual


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """A service with both engines, and patience enough for a busy machine."""
    with opened(Service(settings_for(tmp_path_factory.mktemp("tandem"), durable=True), PATIENCE)) as ask:
        yield ask


@pytest.fixture
def faulty(folder: Path) -> Iterator[Callable[[str], Ask]]:
    """Makes a service whose second engine has a fault."""
    with ExitStack() as stack:
        yield lambda fault: stack.enter_context(opened(Service(settings_for(folder, durable=True, fault=fault), PATIENCE)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"
