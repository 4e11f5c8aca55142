"""Bulk exports, the runs over them, and what came of it."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import bulk_standin
import pytest
from asgi import KEY, Client, serving, settings_for
from exports import AS_OF, LABELS, export, line, medicine, patient, patients, phq9, results, told
from known import Known
from pytest_bdd import given, parsers, then, when
from typer.testing import CliRunner

from adapters.journal import Journal
from adapters.journal.reading import erase
from api.bulk.deciding import Deciding
from api.command import app

PEOPLE = ["maya", "noor", "otto"]
_READERS = {
    "City Hospital": ["--organisation", "City Hospital"],
    "the programme": ["--programme", "northside-otp", "--organisation", "Northside"],
}


class Population:
    """An export, and what came of running it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.source, self.out, self.printed = folder, folder / "exports" / "main" / "spring", folder / "out", ""
        patch.setattr("api.bulk.seams.USUAL", bulk_standin.SEAMS)
        patch.setattr("api.bulk.running.go_on.__defaults__", (1, bulk_standin.SEAMS))
        for name, value in {"TANDEM_DATA": str(folder / "data"), "TANDEM_SECRET_KEY": KEY, "TANDEM_DURABLE": "off"}.items():
            patch.setenv(name, value)

    def run(self, *options: str) -> Any:
        done = CliRunner().invoke(app, ["bulk", str(self.source), "--out", str(self.out), "--workers", "1", *options])
        self.printed += done.output
        return done

    @property
    def observations(self) -> Path:
        return self.source / "Observation.ndjson"


@pytest.fixture
def population(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Population:
    return Population(tmp_path, monkeypatch)


@given("a bulk export of Maya, Noor and Otto, whose resources lie scattered over files")
def exported(population: Population) -> None:
    scores = [phq9(f"o{number}", PEOPLE[number % 3], 4 * number) for number in range(6)]
    export(population.source, *map(patient, PEOPLE), *scores, medicine("m1", "otto", "36437"))


@given(parsers.re(r'line 2 of "Observation.ndjson" is (?P<what>broken|about somebody who is not in the export)'))
def spoilt(population: Population, what: str) -> None:
    lines = population.observations.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1][:40] + b"\n" if what == "broken" else line(phq9("o9", "nobody")) + b"\n"
    population.observations.write_bytes(b"".join(lines))


@given('"Observation.ndjson" is there twice')
def twice(population: Population) -> None:
    shutil.copy(population.observations, population.source / "Observation.ndjson.copy.ndjson")


@given("the run was interrupted when one person was done")
def interrupted(population: Population, monkeypatch: pytest.MonkeyPatch) -> None:
    about, left = Deciding.about, [1]

    def ending(self: Deciding, person: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return about(self, person)

    with monkeypatch.context() as patch:
        patch.setattr(Deciding, "about", ending)
        assert population.run("--as-of", AS_OF).exit_code != 0
    assert not (population.out / "manifest.json").exists()


@given("a programme for substance use care has told that Maya takes methadone")
def from_programme(population: Population) -> None:
    export(population.source / "more", medicine("secret", "maya", "6813", meta=LABELS))
    (population.source / "more" / "MedicationRequest.ndjson").rename(population.source / "MedicationRequest.0002.ndjson")
    (population.source / "more").rmdir()


@when(parsers.re(r"the export is run(?: again)?(?: for (?P<reader>.+))?"))
def run(population: Population, reader: str | None) -> None:
    shutil.rmtree(population.out, ignore_errors=True)
    done = population.run("--as-of", AS_OF, *_READERS.get(reader or "", []))
    assert done.exit_code == 0, done.output


@when("the run is gone on with")
def gone_on_with(population: Population) -> None:
    assert population.run("--resume").exit_code == 0


@when("a system asks for the export to be run", target_fixture="asked")
def asks(population: Population) -> tuple[str, int]:
    return "/fhir/$evaluate-population?source=spring", 202


@then("there is one answer each for Maya, Noor and Otto")
def answers(population: Population) -> None:
    assert patients(population.out) == PEOPLE


@then("every decision is in the journal")
def in_journal(population: Population) -> None:
    settings = settings_for(population.folder / "data")
    journal = Journal(settings.database_url, settings.keys)
    entries = {entry.id for entry in journal.newest(100) if entry.kind == "decision"}
    journal.close()
    assert entries == {answer["identifier"][0]["value"] for answer in results(population.out, "GuidanceResponse")}


@then("nothing of a person is printed")
def nothing_printed(population: Population) -> None:
    assert "Decided for 3 of 3 patients" in population.printed
    assert not [name for name in (*PEOPLE, "Zanahoria") if name in population.printed]


@then(parsers.re(r'it is told that "(?P<place>.+)" is "(?P<code>.+)"'))
def is_told(population: Population, place: str, code: str) -> None:
    assert (place, code) in told(population.out)


@then("no result names what the programme has told")
def not_named(population: Population) -> None:
    texts = [path.read_text() for path in population.out.iterdir()]
    assert not [text for text in texts if "methadone" in text or "secret" in text]


@then("the answer for Maya names what the programme has told")
def named(population: Population) -> None:
    (answer,) = [item for item in results(population.out, "GuidanceResponse") if item["subject"]["reference"] == "Patient/maya"]
    assert "MedicationRequest/secret" in json.dumps(answer)


@then("it is told where to look, and finds an answer each for Maya, Noor and Otto there")
def looked_at(population: Population, asked: tuple[str, int]) -> None:
    with serving(population.folder / "data", bulk=population.folder / "exports") as (client, _):
        begun = client.request("POST", asked[0], headers={"prefer": "respond-async"})
        assert begun.status_code == asked[1], begun.text
        path = begun.headers["content-location"].removeprefix(client.security.settings.public_url)
        manifest = _ended(client, path)
        assert _answered(client, manifest) == [f"Patient/{name}" for name in PEOPLE]
        client.forget()
        population.printed = str(Known(client, "ehr_client").ask("GET", path).status_code)
        client.app.state.jobs.close()


def _answered(client: Client, manifest: dict[str, Any]) -> list[str]:
    """Of whom there is an answer."""
    urls = [entry["url"] for entry in manifest["output"] if entry["type"] == "GuidanceResponse"]
    lines = [row for url in urls for row in client.get(url.removeprefix(client.security.settings.public_url)).text.splitlines()]
    return sorted(json.loads(row)["subject"]["reference"] for row in lines)


def _ended(client: Client, path: str) -> dict[str, Any]:
    for _ in range(1200):
        answer = client.get(path)
        if answer.status_code == 200:
            found: dict[str, Any] = answer.json()
            return found
        assert answer.status_code == 202, answer.text
        time.sleep(0.1)
    raise AssertionError("it never ends")


@then("another system finds nothing there")
def nothing_there(population: Population) -> None:
    assert population.printed == "404"


@given(
    parsers.re(
        r"Maya and Noor are stored patients(?P<of>, and Otto was one until he asked to be forgotten| of one system, and Otto of another)"
    ),
    target_fixture="stored",
)
def stored_patients(population: Population, of: str) -> tuple[list[str], Client]:
    """Maya and Noor, as results name them, and the system that made them."""
    with serving(population.folder / "data") as (client, service):
        found = sorted(_made(client, name) for name in PEOPLE[:2])
        if "forgotten" in of:
            assert erase(service.journal, _made(client, "otto"))
        else:
            _made(Known(client, "ehr_client"), "otto")
        return found, client


def _made(who: Client | Known, name: str) -> str:
    asked = who.ask if isinstance(who, Known) else lambda method, path, json: who.request(method, path, json=json)
    id: str = asked("POST", "/patients", {"identifier": name}).json()["patient"]
    return id


@when("the stored patients are run")
def run_stored(population: Population) -> None:
    done = CliRunner().invoke(app, ["bulk", "--stored", "--out", str(population.out), "--workers", "1"])
    assert done.exit_code == 0, done.output


@then("there is one answer each for Maya and Noor")
def answers_stored(population: Population, stored: tuple[list[str], Client]) -> None:
    assert patients(population.out) == stored[0]


@when("the first system asks for the stored patients to be run", target_fixture="answered")
def asks_for_stored(population: Population, stored: tuple[list[str], Client]) -> list[str]:
    with serving(population.folder / "data") as (client, _):
        client.become(stored[1])
        begun = client.request("POST", "/fhir/$evaluate-population?source=stored", headers={"prefer": "respond-async"})
        path = begun.headers["content-location"].removeprefix(client.security.settings.public_url)
        found = _answered(client, _ended(client, path))
        client.app.state.jobs.close()
        return found


@then("it finds one answer each for Maya and Noor, and nothing of Otto")
def finds(stored: tuple[list[str], Client], answered: list[str]) -> None:
    assert answered == [f"Patient/{id}" for id in stored[0]]
