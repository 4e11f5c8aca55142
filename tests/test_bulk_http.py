"""Population runs over HTTP: whose they are, how many, what survives, and that no path of a request reaches a file."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bulk_standin
import pytest
from asgi import Client, serving
from exports import AS_OF, export, patient, phq9
from known import Known

from api.bulk import jobs as jobs_module
from api.bulk.jobs import Jobs

KICK_OFF = "/fhir/$evaluate-population"
ASYNC = {"prefer": "respond-async"}


@pytest.fixture(autouse=True)
def standin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.bulk.seams.USUAL", bulk_standin.SEAMS)


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    export(folder / "main" / "spring", patient("p"), patient("q"), phq9("o", "p"), phq9("far", "q", 700))
    export(folder / "elsewhere" / "theirs", patient("x"))
    (folder / "main" / "empty").mkdir()
    (folder / "main" / "link").symlink_to(folder / "elsewhere" / "theirs")
    (tmp_path / "outside").mkdir()
    return folder


@pytest.fixture
def client(tmp_path: Path, exports: Path) -> Iterator[Client]:
    with serving(tmp_path / "data", bulk=exports) as (client, _):
        yield client
        client.app.state.jobs.close()


def begun(who: Client | Known, source: str = "spring", **query: str) -> Any:
    text = "&".join(f"{name}={value}" for name, value in {"source": source, **query}.items())
    if isinstance(who, Known):
        return who.ask("POST", f"{KICK_OFF}?{text}", **ASYNC)
    return who.request("POST", f"{KICK_OFF}?{text}", headers=ASYNC)


def path_of(answer: Any) -> str:
    assert answer.status_code == 202, answer.text
    where: str = answer.headers["content-location"]
    return where.removeprefix("http://127.0.0.1:8000")


def ended(client: Client, path: str) -> dict[str, Any]:
    """Poll as a client does, until there is a manifest."""
    for _ in range(600):
        answer = client.get(path)
        if answer.status_code == 200:
            found: dict[str, Any] = answer.json()
            assert answer.headers["expires"].endswith("GMT")
            return found
        assert (answer.status_code, answer.headers["retry-after"]) == (202, "10"), answer.text
        assert answer.headers["x-progress"]
        time.sleep(0.1)
    raise AssertionError("it never ends")


def test_begun_looked_at_fetched_and_removed(client: Client) -> None:
    path = path_of(begun(client, as_of=AS_OF))
    manifest = ended(client, path)
    assert (manifest["requiresAccessToken"], manifest["transactionTime"]) == (True, AS_OF)
    counts = {entry["type"]: entry["count"] for entry in (*manifest["output"], *manifest["error"])}
    assert (counts["GuidanceResponse"], counts["OperationOutcome"]) == (2, 1)
    (url,) = [entry["url"] for entry in manifest["output"] if entry["type"] == "GuidanceResponse"]
    answer = client.get(url.removeprefix("http://127.0.0.1:8000"))
    assert answer.headers["content-type"].startswith("application/fhir+ndjson")
    assert [json.loads(line)["subject"]["reference"] for line in answer.text.splitlines()] in (
        ["Patient/p", "Patient/q"],
        ["Patient/q", "Patient/p"],
    )
    for asked, status, expected in (
        ("bytes=10-29", 206, answer.content[10:30]),
        ("bytes=10-", 206, answer.content[10:]),
        ("bytes=x", 200, answer.content),
        ("bytes=0-1,3-4", 200, answer.content),
    ):
        part = client.get(url.removeprefix("http://127.0.0.1:8000"), headers={"range": asked})
        assert (part.status_code, part.content) == (status, expected), asked
    assert client.request("DELETE", path).status_code == 202
    assert client.get(path).status_code == 404
    assert list((client.security.settings.data / "bulk").iterdir()) == []


@pytest.mark.parametrize(
    ("source", "status"),
    [("theirs", 404), ("link", 404), ("unheard-of", 404), ("..", 400), ("../main/spring", 400), ("%2e%2e", 400), ("", 400), ("empty", 409)],
)
def test_only_what_the_operator_put_there_for_this_tenant_is_read(client: Client, source: str, status: int) -> None:
    answer = begun(client, source)
    assert answer.status_code == status, answer.text
    assert status != 404 or source not in answer.text


def test_only_files_that_the_manifest_names_are_given(client: Client) -> None:
    path = path_of(begun(client))
    ended(client, path)
    for name in ("job.json", "..", "run.json", "manifest.json", "%2e%2e%2fjob.json", "GuidanceResponse.9999.ndjson"):
        assert client.get(f"{path}/{name}").status_code in (400, 404), name


def test_another_client_another_tenant_and_other_roles_know_nothing_of_it(client: Client) -> None:
    path = path_of(begun(client))
    manifest = ended(client, path)
    file = manifest["output"][0]["url"].removeprefix("http://127.0.0.1:8000")
    client.forget()
    for other in (
        Known(client, "ehr_client"),
        Known(client, "ehr_client", tenant="elsewhere"),
        Known(client, "administrator", tenant="elsewhere"),
    ):
        for method, where in (("GET", path), ("DELETE", path)):
            assert other.ask(method, where).status_code == 404
    assert Known(client, "ehr_client").ask("GET", file).status_code == 404
    administrator = Known(client, "administrator")
    assert administrator.ask("GET", path).status_code == 200
    assert administrator.ask("GET", file).status_code == 403
    for role in ("prescriber", "auditor", "patient", "monitor"):
        who = Known(client, role)
        assert {who.ask("GET", path).status_code, who.ask("GET", file).status_code, begun(who).status_code} == {403}
    assert administrator.ask("DELETE", path).status_code == 202


def test_no_more_at_once_than_may_run(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "_start", lambda self, job: None)
    path = path_of(begun(client))
    answer = begun(client)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")
    assert client.request("DELETE", path).status_code == 202
    assert begun(client).status_code == 202


def test_who_does_not_say_that_they_will_come_back_is_refused(client: Client) -> None:
    for headers in ({}, {"prefer": "respond-sync"}):
        assert client.request("POST", f"{KICK_OFF}?source=spring", headers=headers).status_code == 400
    assert client.request("POST", f"{KICK_OFF}?source=spring&sauce=x", headers=ASYNC).status_code == 400
    assert client.request("POST", f"{KICK_OFF}?source=spring", headers={"prefer": "handling=strict, respond-async"}).status_code == 202


def test_a_job_is_gone_on_with_after_the_service_ended(client: Client, tmp_path: Path, exports: Path) -> None:
    """Its process is killed before it can end; another service, with the same folder, brings it to its end."""
    path = path_of(begun(client))
    jobs: Jobs = client.app.state.jobs
    ((process, _),) = jobs._own.values()
    os.kill(process.pid, 9)
    process.join(10)
    with serving(tmp_path / "data", bulk=exports) as (again, _):
        again.app.state.jobs.resume()
        again.become(client)
        assert len(ended(again, path)["output"]) >= 1
        again.app.state.jobs.close()


def test_a_job_whose_export_is_gone_says_so(client: Client, exports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Jobs, "_start", lambda self, job: None)
        path = path_of(begun(client))
    for file in (exports / "main" / "spring").iterdir():
        file.unlink()
    for _ in range(300):
        answer = client.get(path)
        if answer.status_code != 202:
            break
        time.sleep(0.1)
    assert (answer.status_code, "export-missing" in answer.text) == (409, True)
    assert begun(client, "empty").status_code == 409  # and it stands in nobody's way


def test_results_are_forgotten_after_a_day(tmp_path: Path, exports: Path) -> None:
    clock = [datetime.now(UTC)]
    with serving(tmp_path / "data", bulk=exports, now=lambda: clock[0]) as (client, _):
        path = path_of(begun(client))
        ended(client, path)
        clock[0] += jobs_module.KEPT + timedelta(minutes=1)
        client.app.state.jobs.resume()
        assert client.get(path).status_code == 404
        assert list((tmp_path / "data" / "bulk").iterdir()) == []
