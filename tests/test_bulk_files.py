"""From files of an export to people: nothing is lost, nothing is doubled, nothing is silent, and memory stays small."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import tracemalloc
from collections import Counter
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from exports import export, file, line, medicine, patient, phq9
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.fhir.bulk import lines as reading
from adapters.fhir.bulk import spread as spreading
from adapters.fhir.bulk.files import put
from adapters.fhir.bulk.gather import Person, gather
from adapters.fhir.bulk.parts import Part, written
from adapters.fhir.bulk.sources import sources
from adapters.fhir.bulk.spread import spread
from adapters.fhir.bulk.troubles import trouble
from adapters.fhir.bulk.whose import patients_of
from api.strict_json import decode


def people(folder: Path, work: Path, **limits: int) -> tuple[list[Person], set[tuple[str | None, int | None, str]]]:
    """Everybody in an export, and what was told: file, line, code."""
    found, troubles = sources(folder)
    work.mkdir(exist_ok=True)
    done = spread(found, work, troubles, decode)
    everybody = [person for portion in range(done.portions) for person in gather(work, portion, [one.name for one in found], **limits)]
    issues = [json.loads(row)["issue"][0] for row in (work / "troubles.ndjson").read_bytes().splitlines()]
    assert len(issues) == done.troubles
    told = {(*_place(issue.get("diagnostics", "")), issue["details"]["coding"][0]["code"]) for issue in issues}
    return everybody, told | {(item.file, item.line, item.code) for person in everybody for item in person.troubles}


def _place(said: str) -> tuple[str, int | None]:
    name, _, number = said.rpartition(":")
    return (name, int(number)) if name else (number, None)


GOOD = st.builds(
    lambda person, number, kind: {"resourceType": kind, "id": f"{number}", "subject": {"reference": f"Patient/{person}"}},
    st.sampled_from("abcdef"),
    st.integers(0, 10**6),
    st.sampled_from(["Observation", "Condition", "Encounter"]),
)
BAD = st.sampled_from(
    [b"{", b"[]", b"7", b'{"resourceType": 7}', b'{"resourceType": "Observation"}', b"\xff", b'{"a": 1, "a": 2}', b'{"a": NaN}']
)


@given(st.lists(st.tuples(st.one_of(GOOD, BAD), st.integers(0, 3)), max_size=40), st.sets(st.sampled_from("abcdef")), st.integers(1, 7))
@settings(max_examples=60)
def test_every_line_is_somebodys_or_is_told(rows: list, known: set[str], portions: int) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name) / "in"
        patch.setattr(spreading, "portions_for", lambda _: portions)
        names = ["one.ndjson", "two.ndjson.gz", "three.ndjson", "four.ndjson.gz"]
        held = {number: [row if isinstance(row, bytes) else line(row) for row, place in rows if place == number] for number in range(4)}
        for number, lines in held.items():
            file(folder / names[number], [f'{{"resourceType": "Basic", "id": "{number}"}}'.encode(), *lines])  # no two files are the same
        file(folder / "Patient.ndjson", [line(patient(one)) for one in sorted(known)] or [b'{"resourceType": "Basic"}'])
        found, told = people(folder, Path(name) / "work")
    assert Counter(person.patient for person in found if person.resources) == Counter(known)
    for person in found:
        for resource in person.resources:
            assert patients_of(resource) == {person.patient}
    read = Counter(line(resource) for person in found for resource in person.resources if resource["resourceType"] != "Patient")
    repeated = {(file, number) for file, number, code in told if code == "resource-repeated"}
    for number, lines in held.items():
        for index, one in enumerate(lines, start=2):
            place, good = (names[number], index), one.startswith(b'{"resourceType": "') and b'"subject"' in one
            codes = {code for file, at, code in told if (file, at) == place}
            if not good:
                assert codes, one
            elif json.loads(one)["subject"]["reference"][-1] not in known:
                assert codes - {"resource-repeated"} == {"patient-unknown"}
            else:
                assert (read[one] == 1, codes) in ((True, set()), (True, {"resource-repeated"}))
    said = [one for lines in held.values() for one in lines if b'"subject"' in one]
    assert len(repeated) == len(said) - len(set(said))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'{"resourceType": "Observation"', "line-broken"),
        (b'{"resourceType": "Observation", "resourceType": "Patient"}', "line-broken"),
        (b'{"resourceType": "Observation", "valueInteger": Infinity}', "line-broken"),
        (b'{"resourceType": "Observation", "valueString": "\\ud800"}', "line-broken"),
        (b"[" * 5000, "line-broken"),
        (b"\xff\xfe", "line-broken"),
        (b"null", "not-a-resource"),
        (b'{"id": "x"}', "not-a-resource"),
        (b'{"resourceType": "Bundle", "entry": []}', "patient-missing"),
        (b'{"resourceType": "Patient"}', "patient-missing"),
        (b'{"resourceType": "Observation", "subject": "Patient/p"}', "patient-missing"),
        (b'{"resourceType": "Observation", "subject": {"reference": "Group/p"}}', "patient-missing"),
        (b'{"resourceType": "Observation", "subject": {"identifier": {"value": "7"}}}', "patient-missing"),
        (b'{"resourceType": "Observation", "subject": {"reference": "Patient?identifier=p"}}', "patient-missing"),
        (b'{"resourceType": "A", "subject": {"reference": "Patient/p"}, "patient": {"reference": "Patient/q"}}', "patient-unclear"),
        (b'{"resourceType": "Observation", "subject": {"reference": "Patient/nobody"}}', "patient-unknown"),
        (b'{"resourceType": "Observation", "note": "' + b"x" * 2000 + b'"}', "line-too-long"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_the_next_is_read(
    tmp_path: Path, text: bytes, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading.lines, "__defaults__", (1500 if code == "line-too-long" else reading.LONGEST,))
    file(tmp_path / "in" / "a.ndjson", [line(patient("p")), text, b"", line(phq9("o", "p"))])
    found, told = people(tmp_path / "in", tmp_path / "work")
    (person,) = [person for person in found if person.resources]
    assert [item["resourceType"] for item in person.resources] == ["Patient", "Observation"]
    assert person.places["Observation/o"] == ("a.ndjson", 4)
    assert told == {("a.ndjson", 2, code)}


@pytest.mark.parametrize(
    "reference",
    ["Patient/p", "https://ehr.example/fhir/Patient/p", "Patient/p/_history/3", "urn:uuid:p", "https://e.example/Patient/p/_history/1"],
)
def test_one_patient_under_each_way_of_naming_them(reference: str) -> None:
    for name in ("subject", "patient", "beneficiary", "for"):
        assert patients_of({"resourceType": "Observation", name: {"reference": reference}}) == {"p"}


def test_files_that_are_not_what_they_should_be(tmp_path: Path) -> None:
    folder = export(tmp_path / "in", patient("p"), phq9("o", "p"))
    whole = gzip.compress(b"".join(line(phq9(f"o{number}", "p", number % 28)) + b"\n" for number in range(5000)))
    (folder / "broken.ndjson.gz").write_bytes(whole[: len(whole) // 2])
    (folder / "none.ndjson.gz").write_bytes(b"this is not compressed")
    (folder / "again.ndjson").write_bytes((folder / "Observation.ndjson").read_bytes())
    (folder / "notes.txt").write_bytes(b"x")
    (folder / "removed.ndjson").write_bytes(b'{"resourceType": "Bundle"}\n')
    root = "https://ehr.example/bulk"
    output = [
        {"type": "Patient", "url": f"{root}/Patient.ndjson?sig=1", "count": 2},
        {"type": "Observation", "url": f"{root}/Observation.ndjson", "count": 1},
        {"type": "Condition", "url": f"{root}/Condition.ndjson", "count": 9},
    ]
    deleted, error = [{"type": "Bundle", "url": f"{root}/removed.ndjson"}], [{"type": "OperationOutcome", "url": f"{root}/err.ndjson"}]
    (folder / "manifest.json").write_text(json.dumps({"output": output, "deleted": deleted, "error": error}))
    found, told = people(folder, tmp_path / "work")
    assert len(found) == 1
    broken = {item for item in told if item[2] == "file-broken"}
    assert {item[0] for item in broken} == {"broken.ndjson.gz", "none.ndjson.gz"}
    assert 1 < max(item[1] or 0 for item in broken) < 5000
    codes = {(name, code) for name, _, code in told} - {(name, "file-broken") for name in ("broken.ndjson.gz", "none.ndjson.gz")}
    assert codes == {
        ("again.ndjson", "file-repeated"),
        ("notes.txt", "file-not-read"),
        ("removed.ndjson", "file-not-read"),
        ("Patient.ndjson", "count-differs"),
        ("Condition.ndjson", "file-missing"),
        ("err.ndjson", "file-missing"),
        ("err.ndjson", "export-incomplete"),
    }


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"output": [7]}', b'{"output": [{"url": 7}]}', b"[" * 5000])
def test_a_manifest_that_cannot_be_read_costs_nobody_anything(tmp_path: Path, text: bytes) -> None:
    folder = export(tmp_path / "in", patient("p"))
    (folder / "manifest.json").write_bytes(text)
    found, told = people(folder, tmp_path / "work")
    assert ([person.patient for person in found], {code for _, _, code in told}) == (["p"], {"manifest-broken"})


def test_what_many_refer_to_comes_along_with_each(tmp_path: Path) -> None:
    shared = {"resourceType": "Medication", "id": "m", "code": {"coding": [{"code": "6813"}]}}
    form = {"resourceType": "Questionnaire", "id": "q", "url": "https://forms.example/q"}
    refers = medicine("r", "p", "1", medicationReference={"reference": "https://ehr.example/Medication/m/_history/2"})
    answered = {
        "resourceType": "QuestionnaireResponse",
        "id": "a",
        "questionnaire": "https://forms.example/q|1.0",
        "subject": {"reference": "Patient/q"},
    }
    folder = export(tmp_path / "in", patient("p"), patient("q"), refers, answered, shared, form)
    file(folder / "zzz.ndjson", [line(shared | {"status": "inactive"})])
    found, told = people(folder, tmp_path / "work")
    assert {person.patient: [item["id"] for item in person.alongside] for person in found} == {"p": ["m"], "q": ["q"]}
    assert told == {("zzz.ndjson", 1, "resource-differs")}


def test_billing_is_counted_and_not_kept(tmp_path: Path) -> None:
    claims = [{"resourceType": "Claim", "id": f"{number}", "patient": {"reference": "Patient/p"}} for number in range(7)]
    found, told = people(export(tmp_path / "in", patient("p"), *claims), tmp_path / "work")
    assert len(found[0].resources) == 1
    assert told == {("Claim.ndjson", None, "type-not-used")}
    assert "(7)" in (tmp_path / "work" / "troubles.ndjson").read_text()


def test_too_much_about_one_patient_is_told_and_costs_no_other_theirs(tmp_path: Path) -> None:
    many = [phq9(f"o{number}", "p", number % 28) for number in range(50)]
    found, told = people(export(tmp_path / "in", patient("p"), patient("q"), *many), tmp_path / "work", largest=2000)
    assert [person.patient for person in found if person.resources] == ["q"]
    assert {code for _, _, code in told} == {"patient-too-large"}


def test_memory_does_not_grow_with_the_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times the people in portions of the same size: the same memory, but for what each open file takes."""
    monkeypatch.setattr(spreading, "PORTION", 100_000)
    peaks = []
    for number, count in enumerate((200, 2000)):
        folder = export(
            tmp_path / f"in{number}",
            *(patient(f"p{one}") for one in range(count)),
            *(phq9(f"o{one}", f"p{one % count}") for one in range(5 * count)),
        )
        work = tmp_path / f"work{number}"
        work.mkdir()
        found, _ = sources(folder)
        tracemalloc.start()
        done = spread(found, work, [], decode)
        buffers = 2 * done.portions * (1 << 16)
        assert sum(1 for portion in range(done.portions) for _ in gather(work, portion, ["x", "y"])) == count
        peaks.append(tracemalloc.get_traced_memory()[1] - buffers)
        tracemalloc.stop()
    assert peaks[1] < 2 * max(peaks[0], 500_000), peaks


def test_a_part_is_there_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    with Part(tmp_path, 2) as part, pytest.raises(TypeError):
        part.write({"resourceType": "GuidanceResponse", "x": object()})

    def interrupted() -> None:
        with Part(tmp_path, 3) as part:
            part.write({"resourceType": "GuidanceResponse"})
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    assert (written(tmp_path, 3), [path.name for path in tmp_path.iterdir()]) == (None, ["2"])
    assert written(tmp_path, 2) == {}
    with Part(tmp_path, 3) as part:
        part.write({"resourceType": "GuidanceResponse"})
    assert written(tmp_path, 3) == {"GuidanceResponse": 1}
    with Part(tmp_path, 3) as part:  # one that should have ended comes late
        part.write({"resourceType": "GuidanceResponse"})
    assert written(tmp_path, 3) == {"GuidanceResponse": 1}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2", "3"]
    assert oct((tmp_path / "3").stat().st_mode)[-3:] == "700"
    assert {oct(path.stat().st_mode)[-3:] for path in (tmp_path / "3").iterdir()} == {"600"}


def test_a_file_is_the_old_one_until_it_is_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "x", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="space"):
            put(tmp_path / "x", b"new")
    assert (tmp_path / "x").read_bytes() == b"old"


def test_no_trouble_repeats_a_value() -> None:
    assert trouble("line-broken", "a.ndjson", 7).what == trouble("line-broken", "b.ndjson", 9).what


def test_shared_resources_lie_in_a_file_of_the_owner_only(tmp_path: Path) -> None:
    people(export(tmp_path / "in", patient("p")), tmp_path / "work")
    assert {oct(path.stat().st_mode)[-3:] for path in (tmp_path / "work").iterdir()} == {"600"}
    with closing(sqlite3.connect(tmp_path / "work" / "shared.sqlite3")) as shared:
        assert shared.execute("SELECT count(*) FROM shared").fetchone() == (0,)
