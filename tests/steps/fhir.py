"""An electronic health record that calls us over FHIR."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fhir_checks
import pytest
from asgi import Client, serving
from fhir_samples import FHIR, SEALED, Resource, about, answers, consent, contained, diagnosis, medicine, parameters, score
from pytest_bdd import given, parsers, then, when


class HealthRecord:
    """What it holds about one person, and the last answer."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.held: list[Resource] = [{"resourceType": "Patient", "id": "p1", "birthDate": "1986-01-01"}]
        self.plan: Resource = {}

    def applies(self, name: str) -> None:
        answer = self.client.post(f"/fhir/PlanDefinition/{name}/$apply", parameters(*self.held), headers=FHIR)
        assert answer.status_code == 200, answer.text
        self.plan = answer.json()
        assert fhir_checks.wrong([self.plan]) == []

    def sends(self, path: str, resource: Resource) -> None:
        answer = self.client.post(path, json.dumps(resource).encode(), headers=FHIR)
        assert answer.status_code in (200, 201), answer.text
        assert fhir_checks.wrong([answer.json()]) == []

    def parts(self, kind: str) -> list[Resource]:
        return contained(self.plan, kind)


@pytest.fixture
def ehr(tmp_path: Path) -> Iterator[HealthRecord]:
    with serving(tmp_path) as (client, _):
        yield HealthRecord(client)


@given(parsers.parse("the health record holds a PHQ-9 with item 9 at {score:d}"))
def holds_phq9(ehr: HealthRecord, score: int) -> None:
    ehr.held.append(answers("phq9", score))


@given("the health record holds alcohol use disorder")
def holds_alcohol(ehr: HealthRecord) -> None:
    ehr.held.append(diagnosis("aud", "F10.20"))


@given("the health record holds methadone as taken")
def holds_methadone(ehr: HealthRecord) -> None:
    ehr.held.append(medicine("m1", "methadone"))


@given("the health record holds methadone as taken, from a programme for substance use care")
def holds_sealed(ehr: HealthRecord) -> None:
    ehr.held.append(medicine("m1", "methadone") | SEALED)


@given("the health record holds a consent for treating providers")
def holds_consent(ehr: HealthRecord) -> None:
    ehr.held.append(consent("c1", "treating_providers"))


@given("the health record holds a specimen")
def holds_specimen(ehr: HealthRecord) -> None:
    ehr.held.append(about("Specimen", "s1"))


@given("the health record holds nothing but a birth date")
def holds_nothing(ehr: HealthRecord) -> None:
    assert len(ehr.held) == 1


@given("the health record says that the person has died")
def has_died(ehr: HealthRecord) -> None:
    ehr.held[0] = ehr.held[0] | {"deceasedDateTime": "2026-11-01"}


@given("the patient is stored under the id that the health record gives them")
def is_stored(ehr: HealthRecord) -> None:
    assert ehr.client.post("/patients", b'{"identifier": "p1"}').status_code == 201


@when("the health record applies the whole engine")
def applies_all(ehr: HealthRecord) -> None:
    ehr.applies("tandem")


@when(parsers.re(r'the health record applies the (?P<kind>rule|pathway) "(?P<name>.+)"'))
def applies_one(ehr: HealthRecord, kind: str, name: str) -> None:
    ehr.applies(f"{kind}-{name}")


@when(parsers.parse("the health record sends a GAD-7 total of {total:d}, version {version:d}"))
def sends_score(ehr: HealthRecord, total: int, version: int) -> None:
    ehr.sends("/fhir/Observation", gad7(total, version))


@when(parsers.parse("the health record greets us, and then notifies us of a GAD-7 total of {total:d}"))
def notifies(ehr: HealthRecord, total: int) -> None:
    for kind, resources in (("handshake", []), ("event-notification", [gad7(total, 1)])):
        status = {"resourceType": "Parameters", "parameter": [{"name": "type", "valueCode": kind}]}
        entries = [{"resource": resource} for resource in (status, *resources)]
        ehr.sends("/fhir/notifications", {"resourceType": "Bundle", "type": "history", "entry": entries})


def gad7(total: int, version: int) -> Resource:
    return score("gad7", "70274-6", total) | {"meta": {"versionId": str(version)}}


@when(parsers.parse('somebody reads the rule "{name}" as a plan definition'))
def reads_rule(ehr: HealthRecord, name: str) -> None:
    ehr.plan = ehr.client.get(f"/fhir/PlanDefinition/rule-{name}").json()


@then("it gets a care plan that is a draft and a proposal")
def is_draft(ehr: HealthRecord) -> None:
    assert [ehr.plan[key] for key in ("resourceType", "status", "intent")] == ["CarePlan", "draft", "proposal"]


def actions(ehr: HealthRecord) -> list[Resource]:
    found: list[Resource] = ehr.parts("RequestGroup")[0]["action"]
    return found


@then("its first action tells a clinician, with a time")
def tells_clinician(ehr: HealthRecord) -> None:
    first = actions(ehr)[0]
    assert "clinician" in first["participant"][0]["display"]
    assert first["timingDateTime"]


@then("the reasons name the questionnaire")
def names_questionnaire(ehr: HealthRecord) -> None:
    assert "QuestionnaireResponse/phq9" in references(ehr)


def references(ehr: HealthRecord) -> set[str]:
    return {item["what"]["reference"] for item in ehr.parts("Provenance")[0].get("entity", ())}


@then("every action says why, by which version of which rule")
def says_why(ehr: HealthRecord) -> None:
    for action in actions(ehr):
        why = [item for item in action.get("documentation", ()) if item["type"] == "justification"]
        assert action["id"].startswith("find-out") or all("|" in item["resource"] for item in why)
        assert action["id"].startswith("find-out") or why


@then("naltrexone is a detected issue of high severity that implicates the methadone")
def is_issue(ehr: HealthRecord) -> None:
    issues = [item for item in ehr.parts("DetectedIssue") if item["detail"].startswith("Naltrexone") and item["severity"] == "high"]
    assert any({"reference": "MedicationStatement/m1"} in item.get("implicated", []) for item in issues)


@then("naltrexone is not among the proposals")
def not_proposed(ehr: HealthRecord) -> None:
    assert not any("naltrexone" in item["medicationCodeableConcept"]["text"] for item in ehr.parts("MedicationRequest"))


@then("it is told that data are required, and which")
def told_what(ehr: HealthRecord) -> None:
    guidance = ehr.parts("GuidanceResponse")[0]
    assert guidance["status"] == "data-required"
    assert guidance["dataRequirement"][0]["codeFilter"][0]["code"][0]["display"] == "PHQ-9"


@then(parsers.parse('only the pathway "{name}" and what it stands on speak'))
def speaks_alone(ehr: HealthRecord, name: str) -> None:
    why = [item["label"] for action in actions(ehr) for item in action.get("documentation", ()) if item["type"] == "justification"]
    assert why
    assert {label.partition("@")[0] for label in why} == {name}


@then("it is told that the person has died, and no steps")
def told_of_death(ehr: HealthRecord) -> None:
    kinds = [item["resourceType"] for item in ehr.plan["contained"]]
    assert sorted(kinds) == ["Device", "GuidanceResponse", "OperationOutcome", "Provenance", "RequestGroup"]
    assert "action" not in ehr.parts("RequestGroup")[0]
    (guidance,), (said,) = ehr.parts("GuidanceResponse"), ehr.parts("OperationOutcome")
    assert (guidance["status"], "dataRequirement" in guidance) == ("success", False)
    assert [item["details"]["text"] for item in said["issue"]] == ["deceased"]
    assert "this person has died" in said["issue"][0]["diagnostics"]


@then("it is told that the specimen was not read")
def told_unread(ehr: HealthRecord) -> None:
    told = [(issue["details"]["text"], issue["diagnostics"]) for issue in ehr.parts("OperationOutcome")[0]["issue"]]
    assert ("not-used", "Specimen: Resources of this type are not used.") in told


@then("the plan names the questionnaire and nothing of the programme")
def names_nothing(ehr: HealthRecord) -> None:
    assert references(ehr) == {"QuestionnaireResponse/phq9"}
    assert "MedicationStatement/m1" not in json.dumps(ehr.plan)


@then("the plan is restricted, under 42 CFR Part 2, and not to be passed on")
def is_labelled(ehr: HealthRecord) -> None:
    assert {"R", "42CFRPart2", "NORDSCLCD"} <= {item["code"] for item in ehr.plan["meta"]["security"]}
    assert any("42 CFR part 2" in note["text"] for note in ehr.plan["note"])


@then(parsers.parse("the timeline holds one GAD-7, and its total is {total:d}"))
def stands(ehr: HealthRecord, total: int) -> None:
    patient = ehr.client.post("/patients", b'{"identifier": "p1"}').json()["patient"]
    items: list[Any] = ehr.client.get(f"/patients/{patient}/timeline").json()["items"]
    assert [item["value"]["total"] for item in items if item["state"] != "retracted"] == [total]


@then(parsers.re(r"its condition is the CQL text '(?P<text>.+)'"))
def is_cql(ehr: HealthRecord, text: str) -> None:
    assert ehr.plan["action"][0]["condition"][0]["expression"] == {
        "language": "text/cql",
        "expression": text,
        "reference": "http://127.0.0.1:8000/fhir/Library/Tandem",
    }


@then("it names its sources, and says that nobody has approved it")
def names_sources(ehr: HealthRecord) -> None:
    assert "citation" in {item["type"] for item in ehr.plan["relatedArtifact"]}
    assert ehr.plan["experimental"]
    assert "approvalDate" not in ehr.plan
