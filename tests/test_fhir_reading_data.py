"""Records of real systems and published examples, where they are at hand; and that every reason is explained."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from charts import base, reasons

from adapters.fhir.reading import Reading, read

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("TESTS_FHIR_DATA") or ROOT.parent / "shared" / "data" / "fhir")  # published by others, so not kept here
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="TESTS_FHIR_DATA names no folder of published examples")


def published(*names: str, patient: str = "example") -> Reading:
    found: list[Any] = [json.loads((DATA / f"uscore-{name}.json").read_text(encoding="utf-8")) for name in names]
    return read(base(), found, patient)


def test_every_reason_is_explained_and_no_other() -> None:
    text = (ROOT / "docs" / "fhir-reading.md").read_text(encoding="utf-8").partition("## Reasons")[2]
    explained = {
        reason for row in text.splitlines() if row.startswith("| `") for reason in re.findall(r"`([a-z0-9-]+)`", row.split("|")[1])
    }
    source = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "adapters" / "fhir" / "reading").glob("*.py")))
    named = set(re.findall(r'"([a-z]+(?:-[a-z0-9]+)*)"', source))
    assert explained <= named
    told = re.findall(r'(?:tell\([^,]+, |Unread\([^"]*?, |Unscored\(|Problem\("", |reason = |return )"([a-z]+(?:-[a-z0-9]+)+)"', source)
    assert set(told) <= explained
    assert len(set(told)) > 40


@needs_data
def test_the_published_total_of_the_phq9_in_words() -> None:
    reading = published("Observation-PHQ9-item-example-44261-6", "Observation-PHQ9-panel-example-44249-1")
    assert [(item.instrument, item.total) for item in reading.record.instruments] == [("phq9", 12)]
    assert not reading.unread


@needs_data
def test_the_published_response_to_the_phq9_with_and_without_its_questionnaire() -> None:
    alone = published("QuestionnaireResponse-phq-9-example")
    found = alone.record.instruments[0]
    assert (found.items, found.total) == (
        {"function": 1, "q1": 2, "q2": 2, "q3": 2, "q4": 2, "q5": 1, "q6": 1, "q7": 2, "q8": 0, "q9": 0},
        12,
    )
    assert published("QuestionnaireResponse-phq-9-example", "Questionnaire-phq-9-example").record == alone.record


@needs_data
def test_the_published_audit_c_asks_another_first_question() -> None:
    found = published(
        "QuestionnaireResponse-AUDIT-C", "Questionnaire-AUDIT-C", "Observation-AUDIT-C-item-example-75626-2"
    ).record.instruments
    assert ("auditc", {"q2": 0, "q3": 0}, 0) in [(item.instrument, item.items, item.total) for item in found]


@needs_data
def test_a_person_after_an_emergency() -> None:
    whole = json.loads((DATA / "bhp-james-wolff.json").read_text(encoding="utf-8"))
    reading = read(base(), [whole], "bh-patient-example")
    record = reading.record
    assert (record.patient.sex, record.patient.language) == ("female", "en")
    assert {item.kind for item in record.events} == {"emergency_visit", "discharge"}
    assert {item.instrument: item.total for item in record.instruments} == {"phq9": 12, "auditc": None, "cssrs": None}
    assert {item.status for item in record.conditions} == {"active"}
    assert ("MedicationDispense/bupropion-dispense-example-1", "dispensed-only") in reasons(reading)
    silent = {"Goal", "Patient", "Medication", "Organization", "Procedure"}  # its procedures are known to say nothing of ours
    said = {name.partition("/")[0] for names in reading.references.values() for name in names}
    said |= {item.reference.partition("/")[0] for item in reading.unread}
    assert {entry["resource"]["resourceType"] for entry in whole["entry"]} <= said | silent
