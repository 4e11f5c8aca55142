"""Population runs: everybody once, whatever ends the process; what must not be learnt leaves no trace; a full disk is said."""

from __future__ import annotations

import io
import json
import os
import random
import sys
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

import bulk_standin
import fhir_checks
import pytest
from asgi import KEY, settings_for
from exports import AS_OF, LABELS, export, file, line, medicine, patient, patients, phq9, results, told
from killing import killed, parts
from rich.console import Console
from typer.testing import CliRunner

from adapters.fhir.bulk.gather import Person
from adapters.fhir.bulk.parts import Part
from adapters.fhir.reading import Reading, Unread
from adapters.journal import Journal
from api.bulk import deciding, portions, running
from api.bulk.deciding import Deciding, Stopped
from api.bulk.progress import Bar, Lines
from api.bulk.run import Place
from api.bulk.running import begin, go_on, new_run
from api.bulk.seams import USUAL
from api.command import app
from api.settings import Settings
from engine.errors import Refused
from engine.record import Record
from knowledge.load import load

ROOT = Path(__file__).parent.parent
RELEASE = load().release.digest
METHADONE, NALTREXONE = "6813", "7243"


class Quiet:
    """Hears how far a run is; seen: what it heard."""

    def __init__(self) -> None:
        self.total, self.before, self.more = 0, 0, 0

    def reading(self, bytes_of: int) -> None: ...

    def read(self, more: int) -> None: ...

    def deciding(self, patients: int, done: int) -> None:
        self.total, self.before = patients, done

    def decided(self, more: int) -> None:
        self.more += more


def ran(source: Path, out: Path, settings: Settings, workers: int = 1, heard: Quiet | None = None, **reader: Any) -> dict[str, Any]:
    place = Place(out)
    if place.run is None:
        begin(source, place, new_run(datetime.fromisoformat(AS_OF), datetime.fromisoformat(AS_OF), RELEASE, **reader))
    return go_on(source, place, settings, RELEASE, heard or Quiet(), workers, bulk_standin.SEAMS)


def journalled(settings: Settings) -> int:
    """How many decisions the journal holds."""
    journal = Journal(settings.database_url, settings.keys)
    try:
        return sum(entry.kind == "decision" for entry in journal.newest(10_000))
    finally:
        journal.close()


@pytest.fixture
def site(tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "data")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty people, whose resources lie scattered over files."""
    folder = tmp_path_factory.mktemp("town")
    people = [f"p{number}" for number in range(40)]
    rows = [line(phq9(f"o{number}", random.Random(number).choice(people), number % 28)) for number in range(200)]
    file(folder / "Patient.ndjson", [line(patient(one)) for one in people])
    file(folder / "Observation.0001.ndjson", rows[:120])
    file(folder / "Observation.0002.ndjson.gz", [*rows[120:], b"{"])
    return folder


@pytest.mark.parametrize("workers", [1, 2])
def test_everybody_is_decided_for_once(town: Path, tmp_path: Path, site: Settings, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.fhir.bulk.spread.PORTION", 20_000)
    heard, out = Quiet(), tmp_path / "out"
    manifest = ran(town, out, site, workers, heard)
    assert patients(out) == sorted(f"p{number}" for number in range(40))
    assert told(out) == {("Observation.0002.ndjson.gz:81", "line-broken")}
    assert (heard.total, heard.before, heard.more) == (40, 0, 40)
    assert manifest == json.loads((out / "manifest.json").read_bytes())
    assert manifest["transactionTime"] == AS_OF
    assert {path.name for path in out.iterdir()} == {
        "manifest.json",
        *(entry["url"] for entry in (*manifest["output"], *manifest["error"])),
    }
    assert {oct(path.stat().st_mode)[-3:] for path in out.iterdir()} == {"600"}
    assert journalled(site) == 40
    assert len({item["id"] for item in results(out, "GuidanceResponse")}) == 40


def test_nothing_is_proposed_for_somebody_who_has_died(tmp_path: Path, site: Settings) -> None:
    gone = patient("gone") | {"deceasedBoolean": True}
    about = (medicine(f"m{number}", of, code) for of in ("gone", "here") for number, code in enumerate((METHADONE, NALTREXONE)))
    source = export(tmp_path / "in", gone, patient("here"), phq9("o1", "gone", 26), phq9("o2", "here", 26), *about)
    begin(source, place := Place(tmp_path / "out"), new_run(datetime.fromisoformat(AS_OF), datetime.fromisoformat(AS_OF), RELEASE))
    go_on(source, place, site, RELEASE, Quiet(), 1, USUAL)
    plans = {item["subject"]["reference"]: item["contained"] for item in results(tmp_path / "out", "CarePlan")}
    steps = {of: [one for item in inside for one in item.get("action", ())] for of, inside in plans.items()}
    assert (steps["Patient/gone"], bool(steps["Patient/here"])) == ([], True)
    assert {item["patient"]["reference"] for item in results(tmp_path / "out", "DetectedIssue")} == {"Patient/here"}
    issues = [issue for item in plans["Patient/gone"] for issue in item.get("issue", ())]
    assert [issue["details"]["text"] for issue in issues] == ["deceased"]
    assert fhir_checks.wrong([item for kind in ("CarePlan", "GuidanceResponse") for item in results(tmp_path / "out", kind)]) == []


def test_a_run_that_has_ended_is_not_run_again(town: Path, tmp_path: Path, site: Settings) -> None:
    manifest = ran(town, tmp_path / "out", site)
    assert go_on(town, Place(tmp_path / "out"), site, RELEASE, Quiet(), 1, bulk_standin.SEAMS) == manifest
    with pytest.raises(Refused, match="folder-not-empty"):
        ran(town, tmp_path / "out", site)
    assert journalled(site) == 40


def test_what_goes_wrong_with_one_patient_costs_no_other_theirs(tmp_path: Path, site: Settings) -> None:
    broken, other = ({"resourceType": "Condition", "id": text, "code": {"text": text}} for text in ("broken", "mismatch"))
    about = [broken | {"subject": {"reference": "Patient/b"}}, other | {"subject": {"reference": "Patient/m"}}]
    score = [phq9("far", "p", 700), phq9("o", "p")]
    ran(export(tmp_path / "in", *map(patient, "bmp"), *about, *score), tmp_path / "out", site)
    assert patients(tmp_path / "out") == ["p"]
    (answer,) = results(tmp_path / "out", "GuidanceResponse")
    assert answer["extension"][0]["incomplete"] is True
    assert {code for _, code in told(tmp_path / "out")} == {"not-decided", "patient-mismatch", "out-of-range"}
    assert ("Observation.ndjson:1", "out-of-range") in told(tmp_path / "out")
    everything = "".join(path.read_text() for path in (tmp_path / "out").iterdir() if "Outcome" in path.name)
    assert "Zanahoria" not in everything
    assert "Patient/" not in everything


def test_what_may_not_be_learnt_leaves_no_trace(tmp_path: Path, site: Settings) -> None:
    """To who is outside the programme it is as if it had not told of methadone, but for a warning where safety rests on it."""
    secret = medicine("secret", "p", METHADONE, meta=LABELS)
    open_ = [patient("p"), phq9("o", "p"), medicine("plain", "p", "36437")]
    ran(export(tmp_path / "with", *open_, secret), tmp_path / "outside", site, organisation="City Hospital")
    ran(export(tmp_path / "without", *open_), tmp_path / "never", site, organisation="City Hospital")
    ran(export(tmp_path / "with", *open_, secret), tmp_path / "inside", site, organisation="Northside", programmes=("northside-otp",))
    outside, never, inside = (results(tmp_path / name, "GuidanceResponse")[0] for name in ("outside", "never", "inside"))
    assert "secret" in json.dumps(inside)
    assert "medication.methadone" in inside["extension"][0]["references"]
    for name in ("secret", "methadone"):
        assert all(name not in path.read_text() for path in (tmp_path / "outside").iterdir())
    assert outside["extension"] == never["extension"]


def test_a_disk_that_is_full_stops_the_run_and_says_so(town: Path, tmp_path: Path, site: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.fhir.bulk.spread.PORTION", 20_000)
    left, write = [25], Part.write

    def full(part: Part, resource: dict[str, Any]) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        write(part, resource)

    with monkeypatch.context() as patch:
        patch.setattr(portions.Part, "write", full)
        with pytest.raises(Stopped, match="disk-full"):
            ran(town, tmp_path / "out", site)
    assert not (tmp_path / "out" / "manifest.json").exists()
    heard = Quiet()
    ran(town, tmp_path / "out", site, heard=heard)
    assert heard.before > 0
    assert heard.before + heard.more == 40
    assert patients(tmp_path / "out") == sorted(f"p{number}" for number in range(40))
    assert journalled(site) == 40


@pytest.mark.parametrize(("step", "before"), [("spread", 0), ("settle", 0), ("put", 0), ("settle", 1), ("put", 1), ("shutil.rmtree", 3)])
def test_a_disk_that_fails_at_each_step_of_the_beginning_and_of_the_end(
    town: Path, tmp_path: Path, site: Settings, step: str, before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step fails once, after it went well so many times."""
    real, left = attrgetter(step)(running), [before]

    def failing(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == -1:
            raise OSError(28, "No space left on device")
        return real(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(f"api.bulk.running.{step}", failing)
        with pytest.raises(Stopped, match="disk-full"):
            ran(town, tmp_path / "out", site)
    ran(town, tmp_path / "out", site)
    assert (len(patients(tmp_path / "out")), journalled(site)) == (40, 40)
    assert not (tmp_path / "out" / ".work").exists()


def test_a_journal_that_cannot_be_written_stops_the_run(town: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"in the way")
    with pytest.raises(Stopped):
        ran(town, tmp_path / "out", settings_for(tmp_path / "data"))
    (tmp_path / "data").unlink()
    ran(town, tmp_path / "out", settings_for(tmp_path / "data"))
    assert len(patients(tmp_path / "out")) == 40


def test_what_was_decided_under_another_release_is_decided_anew(
    town: Path, tmp_path: Path, site: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.fhir.bulk.spread.PORTION", 20_000)
    moment, place = datetime.fromisoformat(AS_OF), Place(tmp_path / "out")
    begin(town, place, new_run(moment, moment, "sha256:before"))
    place.done.mkdir(exist_ok=True)
    with Part(place.done, 0) as part:
        part.write({"resourceType": "GuidanceResponse", "subject": {"reference": "Patient/old"}})
    ran(town, tmp_path / "out", site)
    assert patients(tmp_path / "out") == sorted(f"p{number}" for number in range(40))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_killed_again_and_again_nobody_is_lost_and_nobody_doubled(town: Path, tmp_path: Path, workers: str) -> None:
    """Killed wherever it happens to be, until it comes to its end by itself."""
    environment = os.environ | {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
        "TANDEM_DATA": str(tmp_path / "data"),
        "TANDEM_SECRET_KEY": KEY,
        "TANDEM_DURABLE": "off",
    }
    command = [
        sys.executable,
        str(ROOT / "tests" / "bulk_standin.py"),
        "bulk",
        str(town),
        "--out",
        str(tmp_path / "out"),
        "--workers",
        workers,
    ]
    place = Place(tmp_path / "out")
    moments = (
        lambda: place.run is not None,
        lambda: any(place.spread.glob("*.index")),
        lambda: place.spreading is not None,
        lambda: parts(place) >= 1,
        lambda: parts(place) >= 4,
        lambda: place.ending is not None,
    )
    kills, heard = killed(command, environment, moments, random.Random(int(workers)))
    assert "p1" not in heard
    assert kills >= 3
    assert place.manifest.exists()
    assert patients(tmp_path / "out") == sorted(f"p{number}" for number in range(40))
    assert not place.work.exists()
    assert journalled(settings_for(tmp_path / "data")) == 40
    journal = Journal(settings_for(tmp_path / "data").database_url, tmp_path / "data" / "keys.json")
    known = {item["identifier"][0]["value"] for item in results(tmp_path / "out", "GuidanceResponse")}
    assert known <= {entry.id for entry in journal.newest(10_000)}
    journal.close()


def test_two_at_once_do_not_work_on_one_run(town: Path, tmp_path: Path, site: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    about, refused = Deciding.about, []

    def meanwhile(self: Deciding, person: Any) -> Any:
        if not refused:
            with pytest.raises(Refused, match="run-busy") as error:
                go_on(town, Place(tmp_path / "out"), site, RELEASE, Quiet(), 1, bulk_standin.SEAMS)
            refused.append(error)
        return about(self, person)

    monkeypatch.setattr(Deciding, "about", meanwhile)
    ran(town, tmp_path / "out", site)
    assert refused


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nowhere", "--out", "out"], "folder-unreadable"),
        (["empty", "--out", "out"], "export-missing"),
        (["in", "--out", "full"], "folder-not-empty"),
        (["in", "--out", "out", "--resume"], "run-missing"),
        (["in", "--out", "out", "--resume", "--as-of", AS_OF], "option-wrong"),
        (["in", "--out", "out", "--as-of", "yesterday"], "wrong-time"),
    ],
)
def test_what_cannot_be_run_is_said(tmp_path: Path, arguments: list[str], code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    export(tmp_path / "in", patient("p"))
    for name in ("empty", "full"):
        (tmp_path / name).mkdir()
    (tmp_path / "full" / "x").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TANDEM_DEMO", "true")
    monkeypatch.setenv("TANDEM_DATA", str(tmp_path / "data"))
    result = CliRunner().invoke(app, ["bulk", *arguments])
    assert isinstance(result.exception, Refused)
    assert [item.code for item in result.exception.problems] == [code]


def test_a_bar_on_a_terminal_and_quiet_lines_elsewhere(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = io.StringIO()
    with Bar(Console(file=drawn, force_terminal=True, width=80)) as bar:
        bar.reading(4096)
        bar.read(4096)
        bar.deciding(40, 10)
        bar.decided(5)
    assert "15/40" in drawn.getvalue()
    monkeypatch.setattr("api.bulk.progress._EVERY", 0)
    with Lines() as quiet:
        quiet.reading(4096)
        quiet.read(4096)
        quiet.deciding(40, 10)
        quiet.decided(5)
    assert capsys.readouterr().err.splitlines() == ["reading 4096 bytes", "10 of 40 patients", "15 of 40 patients"]


def test_of_what_nobody_foresaw_only_the_kind_is_said(town: Path, tmp_path: Path, site: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> None:
        raise KeyError("Zanahoria-4711")

    monkeypatch.setattr("api.bulk.portions.gather", wrong)
    with pytest.raises(Stopped, match="internal") as error:
        ran(town, tmp_path / "out", site)
    assert ("KeyError" in str(error.value), "Zanahoria" in str(error.value)) == (True, False)


def test_that_sex_is_not_stated_is_counted_by_file_and_makes_no_answer_incomplete() -> None:
    """Nearly every chart leaves it open: one line for each patient would hide what matters."""
    person = Person("p1", (), (), {"Patient/p1": ("Patient.ndjson", 7), "Observation/o1": ("Observation.ndjson", 3)}, ())
    unread = (Unread("Patient/p1", "sex-not-stated", "It is not stated."), Unread("Observation/o1", "out-of-range", "It lies beyond."))
    told = [(item.code, item.file, item.line) for item in deciding._unread(Reading(Record(), {}, unread), person)]
    assert told == [("sex-not-stated", "Patient.ndjson", None), ("out-of-range", "Observation.ndjson", 3)]
