"""The service as a client sees it: forms, refusals, limits, health; nothing of the input in any error or log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asgi import KEY, Client, serving
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from api.app import from_environment
from api.limits import HEADERS
from api.problems import MEDIA_TYPE
from api.security.keeping import Keeping
from api.settings import read_settings
from api.wiring import Service
from engine.errors import Refused

ROOT = Path(__file__).parent.parent
RECORD = (ROOT / "examples" / "intake-opioid-depression.json").read_bytes()
AS_OF = {"as_of": "2026-11-23T16:00:00Z"}
CANARY = "Zanahoria-4711"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Service]]:
    with serving(tmp_path_factory.mktemp("data"), max_body=200_000) as (client, service):
        yield client, service


@pytest.fixture
def client(opened: tuple[Client, Service]) -> Client:
    return opened[0]


def refusal(response: Any, status: int, code: str) -> list[dict[str, str]]:
    """The errors of a refusal, which has the right status, type and shape."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    body = response.json()
    assert body["type"] == f"urn:tandem:problem:{code}"
    assert body["status"] == status
    assert all(set(item) == {"where", "code", "what", "do"} for item in body["errors"])
    errors: list[dict[str, str]] = body["errors"]
    return errors


def test_a_record_goes_in_and_an_explained_decision_comes_out(client: Client) -> None:
    response = client.post("/recommend", RECORD, params=AS_OF)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    decision = response.json()
    assert decision["outcome"] == "recommendations"
    assert decision["as_of"] == "2026-11-23T16:00:00Z"
    assert decision["help"]
    assert all(reason["grounds"] and reason["by"] for item in decision["recommendations"] for reason in item["reasons"])


def test_an_empty_record_is_not_silence(client: Client) -> None:
    decision = client.post("/recommend", b"{}", params=AS_OF).json()
    assert decision["data_requests"]
    assert decision["help"]


def test_the_same_question_has_the_same_bytes(client: Client) -> None:
    first, again = (client.post("/recommend", RECORD, params=AS_OF | {"lang": "es"}).content for _ in range(2))
    assert first == again
    spaced = json.dumps(json.loads(RECORD), indent=3).encode()
    assert client.post("/recommend", spaced, params=AS_OF | {"lang": "es"}).content == first


@pytest.mark.parametrize("form", ["json", "html", "text", "svg"])
def test_the_same_bytes_in_every_process(form: str, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "api.command",
        "recommend",
        "examples/aftercare-early-warning.json",
        "--as-of",
        AS_OF["as_of"],
        "--format",
        form,
    ]
    printed = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TANDEM_DURABLE": "off", "TANDEM_DATA": str(tmp_path)}
        printed.add(subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout)
    assert len(printed) == 1


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("text/plain, text/html;q=0.9", "text/plain"),
        ("text/*", "text/html"),
        ("image/svg+xml", "image/svg+xml"),
        ("application/json;q=0, */*;q=0.1", "text/html"),
        ("TEXT/HTML ; charset=utf-8 ; q=1.0", "text/html"),
    ],
)
def test_the_form_follows_the_accept_header(client: Client, accept: str | None, expected: str) -> None:
    response = client.post("/recommend", RECORD, params=AS_OF, headers={} if accept is None else {"accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == expected
    assert response.headers["vary"] == "accept"


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "nonsense", "text/html;q=x", ";q=1"])
def test_a_form_that_is_not_to_be_had(client: Client, accept: str) -> None:
    assert refusal(client.post("/recommend", RECORD, headers={"accept": accept}), 406, "not-acceptable")[0]["where"] == "Accept"


def test_the_format_parameter_beats_the_header(client: Client) -> None:
    response = client.post("/recommend", RECORD, params=AS_OF | {"format": "svg", "lang": "es"}, headers={"accept": "text/html"})
    assert response.headers["content-type"] == "image/svg+xml"
    assert response.headers["content-language"] == "es"
    assert response.text.startswith("<svg")


@pytest.mark.parametrize("form", ["json", "html", "text", "svg"])
def test_one_component_is_explained(client: Client, form: str) -> None:
    response = client.post("/explain/buprenorphine", RECORD, params=AS_OF | {"format": form})
    assert response.status_code == 200
    assert "uprenorphine" in response.text
    if form == "json":
        decision = client.post("/recommend", RECORD, params=AS_OF).json()
        assert response.json()["decision"] == decision["id"]
        assert response.json()["changes"]


def test_a_component_that_is_not_in_the_catalogue(client: Client) -> None:
    errors = refusal(client.post("/explain/naltrexon", RECORD), 404, "component-unknown")
    assert "`naltrexone`" in errors[0]["do"]


@pytest.mark.parametrize(
    ("params", "where"),
    [
        ({"lang": "fr"}, "query lang"),
        ({"format": "pdf"}, "query format"),
        ({"as_of": "now"}, "query as_of"),
        ({"as_of": "1763632800"}, "query as_of"),
        ({"as_of": "2026-11-23"}, "query as_of"),
        ({"as_of": "2026-11-23T16:00:00"}, "query as_of"),
        ({"as_of": "2026-11-23T16:00:00 01:00"}, "query as_of"),
        ({"as_of": "2026-02-30T16:00:00Z"}, "query as_of"),
        ({"as_of": "0001-01-01T00:00:00+14:00"}, "query as_of"),
        ({"as_of": ""}, "query as_of"),
        ({"asof": "2026-11-23T16:00:00Z"}, "query"),
        ({CANARY: "1"}, "query"),
        ([("lang", "en"), ("lang", "es")], "query lang"),
    ],
)
def test_parameters_that_cannot_be_used(client: Client, params: Any, where: str) -> None:
    response = client.post("/recommend", RECORD, params=params)
    assert refusal(response, 400, "request-refused")[0]["where"] == where
    assert CANARY not in response.text


@pytest.mark.parametrize(
    ("headers", "where"),
    [
        ({"content-type": "text/plain"}, "Content-Type"),
        ({"content-type": "application/x-www-form-urlencoded"}, "Content-Type"),
        ({"content-type": "application/json; charset=latin-1"}, "Content-Type"),
        ({"content-type": ""}, "Content-Type"),
        ({"content-encoding": "gzip"}, "Content-Encoding"),
    ],
)
def test_bodies_that_are_not_read(client: Client, headers: dict[str, str], where: str) -> None:
    assert refusal(client.post("/recommend", RECORD, headers=headers), 415, "media-type")[0]["where"] == where


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'])
def test_json_by_any_of_its_names(client: Client, kind: str) -> None:
    assert client.post("/recommend", b"{}", headers={"content-type": kind}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not-found"),
        ("GET", f"/{CANARY}", 404, "not-found"),
        ("GET", "/docs", 404, "not-found"),
        ("POST", "/recommend/", 404, "not-found"),
        ("GET", "/recommend", 405, "method-not-allowed"),
        ("DELETE", "/recommend", 405, "method-not-allowed"),
        ("POST", "/health/live", 405, "method-not-allowed"),
        ("BREW", "/recommend", 405, "method-not-allowed"),
    ],
)
def test_places_and_methods_that_are_not_there(client: Client, method: str, path: str, status: int, code: str) -> None:
    response = client.request(method, path)
    refusal(response, status, code)
    assert CANARY not in response.text
    assert status != 405 or response.headers["allow"]


@pytest.mark.parametrize("path", ["/health/live", "/knowledge", "/openapi.json", "/schemas/record", "/nowhere", "/recommend"])
def test_every_answer_carries_the_security_headers(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS


def test_json_that_is_refused_and_records_that_are_refused_differ(client: Client) -> None:
    assert refusal(client.post("/recommend", b'{"patient":{},"patient":{}}'), 400, "json-refused")[0]["where"] == "/patient"
    assert refusal(client.post("/recommend", b'{"patient":{"age":"x"}}'), 422, "record-refused")[0]["where"] == "/patient/age"
    assert refusal(client.post("/recommend", b""), 400, "json-refused")[0]["code"] == "json-empty"


def test_a_body_beyond_the_limit(client: Client) -> None:
    refusal(client.post("/recommend", b" " * 200_001), 413, "too-large")
    assert client.post("/recommend", b"{}" + b" " * 199_998).status_code == 200


def test_an_unforeseen_fault_says_nothing_of_the_input(client: Client, opened: tuple[Client, Service], monkeypatch: Any) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(opened[1], "decide", broken)
    with capture_logs() as logs:
        response = client.post("/recommend", RECORD)
    assert refusal(response, 500, "internal") == []
    assert ("internal", "RuntimeError") in [(line["event"], line.get("kind")) for line in logs]
    assert CANARY not in response.text + repr(logs)


def test_the_knowledge_in_force_is_named(client: Client, opened: tuple[Client, Service]) -> None:
    told = client.get("/knowledge").json()
    base = opened[1].base
    assert (told["release"], told["digest"]) == (base.release.id, base.release.digest)
    assert told["rules"]["active"] == len(base.active)
    assert set(told["components"]) == set(base.components)


def test_a_service_can_be_made_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("api.app.configure", lambda _: None)  # the log of the tests stays theirs
    monkeypatch.setenv("TANDEM_DURABLE", "off")
    monkeypatch.setenv("TANDEM_DATA", str(tmp_path))
    with pytest.raises(Refused, match="TANDEM_SECRET_KEY"):
        from_environment()
    monkeypatch.setenv("TANDEM_SECRET_KEY", KEY)
    with pytest.raises(Refused, match="no administrator"):
        from_environment()
    with closing(Keeping(read_settings(os.environ), lambda: datetime.now(UTC))) as kept:
        kept.people.add("main", "root", ("administrator",), password="$")
    client = Client(from_environment())
    assert client.get("/health/ready").json()["engines"]["durable"] == "off"
    client.close()


_KEYS = st.sampled_from([*json.loads(RECORD), "code", "at", "value", "items", "status", CANARY])
_LEAVES = st.none() | st.booleans() | st.integers(-3, 30) | st.floats(allow_nan=False) | st.text(max_size=8) | st.just(CANARY)
_JSON = st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=10)


@given(st.binary(max_size=80) | st.dictionaries(_KEYS, _JSON, max_size=4).map(lambda value: json.dumps(value).encode()))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_body_is_answered_with_a_fault_or_with_itself(client: Client, body: bytes) -> None:
    response = client.post("/recommend", body, params=AS_OF)
    assert response.status_code in (200, 400, 422)
    assert CANARY not in response.text or response.status_code == 200


@given(st.integers(0, len(RECORD) - 1), st.binary(min_size=1, max_size=3))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_single_wrong_byte_is_answered_with_a_fault(client: Client, place: int, wrong: bytes) -> None:
    body = RECORD[:place] + wrong + RECORD[place + len(wrong) :]
    assert client.post("/recommend", body, params=AS_OF).status_code in (200, 400, 422)
