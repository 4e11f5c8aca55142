"""Where FHIR is spoken: every refusal is an OperationOutcome, and only listed origins may ask from a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from asgi import serving
from ehr import PATH, Called, Ehr, called
from known import Known

from adapters.store import StoreFault
from api.outcomes import outcome
from api.problems import TITLES, problem
from engine.errors import Problem

EHR = Ehr()
CANARY = "Zanahoria-4711"
# The value set of OperationOutcome.issue.code in FHIR R4 (4.0.1).
ISSUE_TYPES = {
    "invalid", "structure", "required", "value", "invariant", "security", "login", "unknown", "expired", "forbidden",
    "suppressed", "processing", "not-supported", "duplicate", "multiple-matches", "not-found", "deleted", "too-long",
    "code-invalid", "extension", "too-costly", "business-rule", "conflict", "transient", "lock-error", "no-store", "exception",
    "timeout", "incomplete", "throttled", "informational",
}  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Called]:
    with called(tmp_path_factory.mktemp("data"), origins=("https://named.example",)) as found:
        found.register(EHR, origins=("https://app.example", "http://localhost:3000"))
        yield found


def checked(document: dict[str, Any]) -> list[dict[str, Any]]:
    """What FHIR R4 demands of an OperationOutcome, and we of what is in it."""
    assert set(document) == {"resourceType", "issue"}
    assert document["resourceType"] == "OperationOutcome"
    assert document["issue"]
    for issue in document["issue"]:
        assert set(issue) <= {"severity", "code", "details", "diagnostics", "location", "expression"}
        assert issue["severity"] in ("fatal", "error", "warning", "information")
        assert issue["code"] in ISSUE_TYPES
        (coding,) = issue["details"]["coding"]
        assert coding["system"].startswith("urn:")
        assert coding["code"]
        assert issue["details"]["text"].strip()
        texts = [issue.get("diagnostics", "x"), *issue.get("location", ["x"]), *issue.get("expression", ["x"])]
        assert all(isinstance(text, str) and text.strip() for text in texts)
        assert "Traceback" not in json.dumps(issue)
        assert CANARY not in json.dumps(issue)
    return list(document["issue"])


def asked(service: Called, method: str, path: str, **named: Any) -> httpx.Response:
    answer = service.client.request(method, path, **named)
    assert answer.headers["content-type"] == "application/fhir+json"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["x-content-type-options"] == "nosniff"
    return answer


def code(answer: httpx.Response) -> tuple[int, str, str]:
    issue = checked(answer.json())[0]
    return answer.status_code, issue["code"], issue["details"]["coding"][0]["code"]


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/fhir/Nothing", (404, "not-found", "not-found")),
        ("GET", f"/fhir/{CANARY}", (404, "not-found", "not-found")),
        ("GET", "/fhir", (404, "not-found", "not-found")),
        ("GET", "/cds-services/nothing/at/all", (404, "not-found", "not-found")),
        ("PUT", PATH, (405, "not-supported", "method-not-allowed")),
        ("OPTIONS", PATH, (405, "not-supported", "method-not-allowed")),
        ("POST", PATH, (401, "login", "not-known")),
        ("GET", "/fhir/Observation", (401, "login", "not-known")),
        ("GET", "/fhir/Faulty/many", (422, "invalid", "code-unknown")),
        ("GET", "/fhir/Faulty/busy", (503, "transient", "busy")),
        ("GET", f"/fhir/Faulty/{CANARY}", (500, "exception", "internal")),
        ("GET", f"/fhir/.well-known/smart-configuration?{CANARY}=1", (400, "invalid", "parameter-unknown")),
    ],
)
def test_what_goes_wrong(service: Called, method: str, path: str, expected: tuple[int, str, str]) -> None:
    answer = asked(service, method, path)
    assert code(answer) == expected
    if expected[0] == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
    if expected[0] == 405:
        assert answer.headers["allow"] == "POST"
    if expected[0] == 503:
        assert answer.headers["retry-after"] == "1"


def test_each_problem_is_an_issue_with_its_place(service: Called) -> None:
    first, second = checked(asked(service, "GET", "/fhir/Faulty/many").json())
    assert (first["expression"], first["diagnostics"]) == (["entry[0].resource.code"], "What. Do.")
    assert second["location"] == ["http.kind"]


def test_elsewhere_problems_stay_what_they_are(service: Called) -> None:
    for path in ("/recommend", "/nothing", "/fhirx", "/cds-servicesx"):
        assert service.client.request("POST", path).headers["content-type"] == "application/problem+json"


def test_limits_of_the_traffic_are_told_so_too(tmp_path: Path) -> None:
    with serving(tmp_path, rate=1) as (client, _):
        answers = [client.get("/fhir/Nothing", headers={"authorization": "Bearer x"}) for _ in range(4)]
        limited = answers[-1]
        assert (limited.status_code, limited.json()["issue"][0]["code"], limited.headers["retry-after"]) == (429, "throttled", "1")
        client.security.draining = True
        assert client.get("/fhir/Nothing").json()["issue"][0]["details"]["coding"][0]["code"] == "draining"


def test_a_database_that_fails(service: Called, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing() -> None:
        raise StoreFault("store-read: OperationalError")

    monkeypatch.setattr(service.security.identity, "_opened", failing)
    answer = service.call(EHR.signed())
    assert code(answer) == (503, "no-store", "store-unavailable")
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 415, 418, 422, 429, 500, 502, 503])
def test_every_code_at_every_status_is_a_sound_outcome(status: int) -> None:
    places = ["", "/", "/a/0/b", "/0/a", "/a b/c", "/ü", "/~1/x", "Tandem-Purpose", "query as_of", " "]
    for name in [*TITLES, "code-of-tomorrow"]:
        for problems in ([], [Problem(place, "code", "What.", "Do.") for place in places]):
            checked(outcome(json.loads(problem(status, name, problems).body)))


def cross(service: Called, origin: str, method: str = "GET", path: str = PATH, **headers: str) -> httpx.Response:
    return service.client.request(method, path, headers={"origin": origin, **headers})


def preflight(
    service: Called, origin: str, path: str = PATH, wanted: str = "POST", headers: str = "authorization, content-type"
) -> httpx.Response:
    asked_for = {"access-control-request-method": wanted, "access-control-request-headers": headers}
    return cross(service, origin, "OPTIONS", path, **asked_for)


@pytest.mark.parametrize("origin", ["https://app.example", "http://localhost:3000", "https://named.example"])
@pytest.mark.parametrize("path", ["/cds-services", PATH, "/fhir/Observation", "/fhir/.well-known/smart-configuration"])
def test_a_listed_origin_may_ask(service: Called, origin: str, path: str) -> None:
    before = preflight(service, origin, path, headers="authorization, content-type, tandem-purpose, idempotency-key")
    assert (before.status_code, before.headers["access-control-allow-origin"]) == (200, origin)
    assert "access-control-allow-credentials" not in before.headers
    assert "Origin" in before.headers["vary"]
    answer = cross(service, origin, path=path)
    assert answer.headers["access-control-allow-origin"] == origin
    assert "access-control-allow-credentials" not in answer.headers
    assert {"Tandem-Entry", "WWW-Authenticate", "Retry-After"} <= set(answer.headers["access-control-expose-headers"].split(", "))
    assert "Origin" in answer.headers["vary"]


ORIGINS = [
    "*", "null", "", " ", "https://app.example/", "https://app.example:443", "https://app.example.", "http://app.example", "https://APP.example",
    "https://evil.example", "https://app.example.evil.example", "https://evil-app.example", "https://app.example@evil.example", "https://app.exampl",
    "https://app.example:8443", "https://xapp.example", "http://localhost", "http://localhost:3001", "https://localhost:3000", "http://127.0.0.1:3000",
    "http://localhost:3000.evil.example", "file://", "https://app.example, https://evil.example", "https://app.example https://evil.example",
    "app.example",
    "https://named.example.evil", "chrome-extension://x", "https://app.example%00", "https://app.example\t",
]  # fmt: skip


def test_no_other_origin_may_ask(service: Called) -> None:
    for origin in ORIGINS:
        for answer in (preflight(service, origin), cross(service, origin), service.call(EHR.signed(), origin=origin)):
            assert not [name for name in answer.headers if name.startswith("access-control")], origin
            assert "Origin" in answer.headers["vary"]
    assert preflight(service, "https://evil.example").status_code == 405  # as if there were no such thing as CORS


@pytest.mark.parametrize("path", ["/recommend", "/accounts", "/session", "/login", "/token", "/metrics", "/patients/x/timeline", "/fhirx"])
def test_elsewhere_no_origin_may_ask(service: Called, path: str) -> None:
    for answer in (preflight(service, "https://app.example", path), cross(service, "https://app.example", path=path)):
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(("wanted", "headers"), [("DELETE", ""), ("PUT", ""), ("POST", "x-evil"), ("POST", "tandem-csrf")])
def test_more_than_is_needed_is_not_allowed(service: Called, wanted: str, headers: str) -> None:
    answer = preflight(service, "https://app.example", wanted=wanted, headers=headers or "content-type")
    assert answer.status_code == 400


def test_without_any_listed_origin_there_is_no_cors(tmp_path: Path) -> None:
    with called(tmp_path) as service:
        assert not [name for name in cross(service, "https://app.example").headers if name.startswith("access-control")]
        assert preflight(service, "https://app.example").status_code == 405


def test_an_error_can_be_read_by_the_page_that_asked(service: Called) -> None:
    answer = service.call("x.y.z", origin="https://app.example")
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (401, "https://app.example")
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_an_origin_that_is_registered_later_may_ask_after_a_while(tmp_path: Path) -> None:
    with called(tmp_path) as service:
        assert "access-control-allow-origin" not in cross(service, "https://new.example").headers
        new = {"name": "late", "roles": ["ehr_client"], "origins": ["https://new.example"]}
        assert Known(service.client, "administrator").ask("POST", "/clients", new).status_code == 201
        stack: Any = service.client.app.middleware_stack
        while type(stack).__name__ != "Origins":
            stack = stack.app
        stack._looked = -100.0
        assert "access-control-allow-origin" in cross(service, "https://new.example").headers
