"""Population runs over stored patients: everybody of the tenant, or of the own care teams, once, as known when the run began."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fhir_checks
import pytest
from asgi import KEY, Client, serving, settings_for
from exports import results
from killing import killed, parts
from known import Known
from typer.testing import CliRunner

from adapters.journal.reading import about, erase
from api.bulk.deciding import Deciding, Stopped
from api.bulk.progress import Lines
from api.bulk.run import Place
from api.bulk.running import begin, go_on, new_run
from api.command import app
from api.population import stored_patients
from api.settings import Settings
from api.timeline import fold
from engine.errors import Refused
from knowledge.load import load

ROOT = Path(__file__).parent.parent
RELEASE = load().release.digest
SCORE = {"instrument": "phq9", "at": "2026-11-20T09:00:00Z", "total": 14}
METHADONE = {"codes": [{"system": "rxnorm", "code": "6813"}], "status": "active", "origin": {"programme": "northside-otp", "part2": True}}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a handful of people is many pages, and several portions."""
    monkeypatch.setattr("api.population._PAGE", 3)
    monkeypatch.setattr("api.bulk.listing.PORTION", 2)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with serving(tmp_path / "data") as (client, _):
        yield client
        client.app.state.jobs.close()


@pytest.fixture
def site(tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "data")


def made(who: Client | Known, *told: Any, identifier: str | None = None) -> str:
    """A stored patient, of whom this was told."""
    body = {"identifier": identifier} if identifier else {}
    asked = who.ask if isinstance(who, Known) else lambda method, path, json: who.request(method, path, json=json)
    id: str = asked("POST", "/patients", body).json()["patient"]
    for one in told:
        assert asked("POST", f"/patients/{id}/entries", one).status_code == 201
    return id


def ran(site: Settings, out: Path, workers: int = 1, **reader: Any) -> dict[str, Any]:
    place = Place(out)
    if place.run is None:
        now = datetime.now(UTC)
        begin(None, place, new_run(now, now, RELEASE, **({"stored": "tenant"} | reader)))
    return go_on(None, place, site, RELEASE, Lines(), workers)


def subjects(out: Path) -> list[str]:
    return sorted(item["subject"]["reference"].removeprefix("Patient/") for item in results(out, "GuidanceResponse"))


def told(out: Path) -> list[tuple[str, str]]:
    issues = [item["issue"][0] for item in results(out, "OperationOutcome")]
    return [(issue.get("diagnostics", ""), issue["details"]["coding"][0]["code"]) for issue in issues]


@pytest.mark.parametrize("workers", [1, 2])
def test_everybody_of_the_tenant_is_decided_for_once(client: Client, site: Settings, tmp_path: Path, workers: int) -> None:
    named = [made(client, {"instruments": [SCORE]}, identifier=f"mrn-{number}") for number in range(5)]
    nameless, silent, alone = made(client, {"setting": "outpatient"}), made(client, identifier="mrn-silent"), made(client)
    for id in (named[0], alone):  # nobody is left on their team
        client.security.identity.leave_team("main", client.security.seal.person("main", id), client.id)
    theirs = made(Known(client, "ehr_client", tenant="elsewhere"), {"instruments": [SCORE]}, identifier="mrn-0")
    forgotten = made(client, {"instruments": [SCORE]}, identifier="mrn-forgotten")
    assert erase(client.security.service.journal, forgotten)
    client.post("/recommend", json.dumps({"patient": {"id": "passing-by"}}).encode())
    manifest = ran(site, tmp_path / "out", workers)
    assert subjects(tmp_path / "out") == sorted([*named, nameless, silent, alone])
    assert (manifest["extension"]["patients"], manifest["extension"]["decided"], manifest["error"]) == (8, 8, [])
    assert len({entry["url"] for entry in manifest["output"] if entry["type"] == "GuidanceResponse"}) == 4
    ran(site, tmp_path / "there", workers, tenant="elsewhere")
    assert subjects(tmp_path / "there") == [theirs]


def test_what_leaves_is_fhir_of_the_stored_patient(client: Client, site: Settings, tmp_path: Path) -> None:
    id = made(client, {"instruments": [SCORE | {"total": 21}], "setting": "outpatient"})
    ran(site, tmp_path / "out")
    found = [item for kind in ("GuidanceResponse", "CarePlan", "DetectedIssue") for item in _lines(tmp_path / "out", kind)]
    assert {item["resourceType"] for item in found} >= {"GuidanceResponse", "CarePlan"}
    assert fhir_checks.wrong(found) == []
    assert {item["subject"]["reference"] for item in found if "subject" in item} == {f"Patient/{id}"}


def _lines(out: Path, kind: str) -> list[Any]:
    return [json.loads(line) for path in out.glob(f"{kind}.*") for line in path.read_bytes().splitlines()]


def test_each_decision_is_in_the_journal_of_its_person_and_moves_nobody(client: Client, site: Settings, tmp_path: Path) -> None:
    id = made(client, {"instruments": [SCORE]})
    ran(site, tmp_path / "out")
    history = about(client.security.service.journal.ready(), id)
    assert history is not None
    (answer,), (decided,) = results(tmp_path / "out", "GuidanceResponse"), fold(history).decisions
    assert (decided.entry, decided.held["live"]) == (answer["identifier"][0]["value"], False)


def test_what_is_told_meanwhile_does_not_count_and_going_on_makes_no_second_entry(
    client: Client, site: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run is interrupted in its middle; before it is gone on with, a new score is told of everybody, and somebody new comes."""
    everybody = [made(client, {"instruments": [SCORE]}) for _ in range(5)]
    decide, left = Deciding.about, [4]

    def ending(self: Deciding, person: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return decide(self, person)

    with monkeypatch.context() as patch:
        patch.setattr(Deciding, "about", ending)
        with pytest.raises(KeyboardInterrupt):
            ran(site, tmp_path / "out")
    for id in everybody:
        crisis = {"findings": [{"code": "phq9.q9", "value": 3, "at": "2026-11-21T09:00:00Z"}]}
        assert client.request("POST", f"/patients/{id}/entries", json=crisis).status_code == 201
    made(client, {"instruments": [SCORE]})
    ran(site, tmp_path / "out")
    assert subjects(tmp_path / "out") == sorted(everybody)
    plans = [json.dumps(plan["contained"][0]["action"]) for plan in results(tmp_path / "out", "CarePlan")]
    assert len(set(plans)) == 1
    for id in everybody:
        assert len(fold(about(client.security.service.journal.ready(), id) or ()).decisions) == 1
    ran(site, tmp_path / "after")
    assert len(subjects(tmp_path / "after")) == 6
    assert not set(plans) & {json.dumps(plan["contained"][0]["action"]) for plan in results(tmp_path / "after", "CarePlan")[:5]}


def test_whoever_is_forgotten_meanwhile_is_left_out_and_not_named(
    client: Client, site: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = sorted(made(client, {"instruments": [SCORE]}) for _ in range(4))
    decide = Deciding.about

    def forgetting(self: Deciding, person: Any) -> Any:
        if person.patient == everybody[-1]:
            assert erase(client.security.service.journal, person.patient)
        return decide(self, person)

    monkeypatch.setattr(Deciding, "about", forgetting)
    manifest = ran(site, tmp_path / "out")
    assert subjects(tmp_path / "out") == everybody[:-1]
    assert told(tmp_path / "out") == [("", "patient-gone")]
    assert (manifest["extension"]["patients"], manifest["extension"]["decided"]) == (4, 3)
    assert all(everybody[-1] not in path.read_text() for path in (tmp_path / "out").iterdir())


def test_what_goes_wrong_with_one_is_told_of_them_and_costs_no_other_theirs(client: Client, site: Settings, tmp_path: Path) -> None:
    """An age and a birth date, told one after the other, make no record; whoever must mend it is told whose it is."""
    sound = made(client, {"instruments": [SCORE]})
    twice = made(client, {"patient": {"age": 40}}, {"patient": {"birth_date": "1986-01-01"}})
    assert client.request("POST", f"/patients/{twice}/recommend").status_code == 422
    ran(site, tmp_path / "out")
    assert subjects(tmp_path / "out") == [sound]
    assert told(tmp_path / "out") == [(f"Patient/{twice}", "timeline-unfit")]


def test_consent_is_applied_before_anything_is_judged(client: Client, site: Settings, tmp_path: Path) -> None:
    """What a programme has told is for those inside, and for whom the person names; to the others it is as if it were not there."""
    secret, plain = made(client, {"medications": [METHADONE]}), made(client, {"medications": []})
    ran(site, tmp_path / "outside", organisation="City Hospital")
    ran(site, tmp_path / "inside", organisation="Northside", programmes=("northside-otp",))
    outside, inside = (_plans(tmp_path / name) for name in ("outside", "inside"))
    assert {secret, plain} == set(outside) == set(inside)
    assert ("42CFRPart2" in outside[secret], "42CFRPart2" in inside[secret]) == (False, True)
    methadone = [text.lower().count("methadone") for text in (outside[secret], outside[plain], inside[secret])]
    assert methadone[0] == methadone[1] != methadone[2]


def _plans(out: Path) -> dict[str, str]:
    return {plan["subject"]["reference"].removeprefix("Patient/"): json.dumps(plan) for plan in results(out, "CarePlan")}


def test_a_store_that_is_gone_stops_the_run_which_then_goes_on(client: Client, site: Settings, tmp_path: Path) -> None:
    everybody = sorted(made(client, {"instruments": [SCORE]}) for _ in range(3))
    away, data = tmp_path / "away", tmp_path / "data" / "tandem.sqlite3"
    place, now = Place(tmp_path / "out"), datetime.now(UTC)
    begin(None, place, new_run(now, now, RELEASE, stored="tenant"))
    data.rename(away)
    data.mkdir()
    with pytest.raises(Stopped, match="store-unavailable"):
        go_on(None, place, site, RELEASE, Lines(), 1)
    data.rmdir()
    away.rename(data)
    go_on(None, place, site, RELEASE, Lines(), 1)
    assert subjects(tmp_path / "out") == everybody


def test_nobody_stored_is_a_run_without_results(site: Settings, tmp_path: Path) -> None:
    manifest = ran(site, tmp_path / "out")
    assert (manifest["output"], manifest["error"], manifest["extension"]["patients"]) == ([], [], 0)


def test_on_the_command_line(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    id = made(client, {"instruments": [SCORE]}, identifier="Zanahoria-4711")
    for name, value in {"TANDEM_DATA": str(tmp_path / "data"), "TANDEM_SECRET_KEY": KEY, "TANDEM_DURABLE": "off"}.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(app, ["bulk", "--stored", "--out", str(tmp_path / "out"), "--workers", "1"])
    assert done.exit_code == 0, done.output
    assert "Decided for 1 of 1 patients" in done.output
    assert not [name for name in (id, "Zanahoria") if name in done.output]
    for arguments, code in ((["bulk", "x", "--stored", "--out", "y"], "option-wrong"), (["bulk", "--out", "y"], "export-missing")):
        refused = CliRunner().invoke(app, arguments).exception
        assert isinstance(refused, Refused)
        assert refused.problems[0].code == code


def begun(who: Known) -> str:
    answer = who.ask("POST", "/fhir/$evaluate-population?source=stored", prefer="respond-async")
    assert answer.status_code == 202, answer.text
    return answer.headers["content-location"].removeprefix("http://127.0.0.1:8000")


def ended(who: Known, path: str) -> Any:
    for _ in range(600):
        answer = who.ask("GET", path)
        if answer.status_code == 200:
            return answer.json()
        assert answer.status_code == 202, answer.text
        time.sleep(0.1)
    raise AssertionError("it never ends")


def fetched(who: Known, manifest: Any) -> list[str]:
    urls = [entry["url"].removeprefix("http://127.0.0.1:8000") for entry in manifest["output"] if entry["type"] == "GuidanceResponse"]
    lines = [json.loads(line) for url in urls for line in who.ask("GET", url).text.splitlines()]
    return sorted(item["subject"]["reference"].removeprefix("Patient/") for item in lines)


def test_a_system_has_those_on_whose_care_team_it_is_and_nobody_else(client: Client) -> None:
    """Neither by what is decided, nor by how many there are, does it learn of others."""
    one, other = Known(client, "ehr_client"), Known(client, "ehr_client")
    there = Known(client, "ehr_client", tenant="elsewhere")
    own = [made(one, {"instruments": [SCORE]}, identifier=f"mrn-{number}") for number in range(2)]
    shared = made(other, {"instruments": [SCORE]}, identifier="mrn-shared")
    made(other, {"instruments": [SCORE]}, identifier="mrn-other")
    foreign = made(there, {"instruments": [SCORE]}, identifier="mrn-0")
    one.joins(shared)
    path = begun(one)
    manifest = ended(one, path)
    assert fetched(one, manifest) == sorted([*own, shared])
    assert (manifest["extension"]["patients"], manifest["request"].partition("?")[2]) == (3, "source=stored")
    assert {who.ask("GET", path).status_code for who in (other, there)} == {404}
    path = begun(there)
    assert fetched(there, ended(there, path)) == [foreign]


def test_who_has_left_the_team_meanwhile_learns_nothing_more(client: Client, site: Settings, tmp_path: Path) -> None:
    system = Known(client, "ehr_client")
    stays, goes = (made(system, {"instruments": [SCORE]}) for _ in range(2))
    place, now = Place(tmp_path / "out"), datetime.now(UTC)
    begin(None, place, new_run(now, now, RELEASE, stored="team", actor=system.id))
    listed = []

    class Leaving(Lines):
        def deciding(self, patients: int, done: int) -> None:
            listed.append(patients)
            client.security.identity.leave_team("main", client.security.seal.person("main", goes), system.id)

    go_on(None, place, site, RELEASE, Leaving(), 1)
    assert (listed, subjects(tmp_path / "out"), told(tmp_path / "out")) == ([2], [stays], [("", "patient-gone")])


def test_either_database_lists_them_in_the_same_order_page_by_page(url: str, tmp_path: Path) -> None:
    with serving(tmp_path / "data", database=url) as (client, service):
        everybody = sorted(made(client) for _ in range(10))
        client.security.identity.leave_team("main", client.security.seal.person("main", everybody[4]), client.id)
        assert erase(service.journal, everybody[7])
        left = [id for number, id in enumerate(everybody) if number != 7]
        assert list(stored_patients(client.security, "main")) == left
        assert list(stored_patients(client.security, "main", client.id)) == [id for id in left if id != everybody[4]]
        assert list(stored_patients(client.security, "elsewhere")) == []
        until = client.security.now() - 1  # who was on a team only until then is not on it any more
        client.security.identity.join_team("main", client.security.seal.person("main", everybody[0]), client.id, until)
        assert everybody[0] not in stored_patients(client.security, "main", client.id)


def test_killed_again_and_again_nobody_is_lost_and_nobody_doubled(client: Client, tmp_path: Path) -> None:
    everybody = [made(client, {"instruments": [SCORE]}) for _ in range(110)]
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "TANDEM_DATA": str(tmp_path / "data"),
        "TANDEM_SECRET_KEY": KEY,
        "TANDEM_DURABLE": "off",
    }
    command = [sys.executable, "-m", "api.command", "bulk", "--stored", "--out", str(tmp_path / "out"), "--workers", "2"]
    place = Place(tmp_path / "out")
    moments = (lambda: place.run is not None, lambda: place.spreading is not None, lambda: parts(place) >= 1)
    kills, _ = killed(command, environment, moments, random.Random(1))
    assert kills >= 2
    assert subjects(tmp_path / "out") == sorted(everybody)
    journal = client.security.service.journal
    assert [len(fold(about(journal.ready(), id) or ()).decisions) for id in everybody] == [1] * len(everybody)
