"""$apply: what is decided leaves as drafts and proposals, with why, from what, and how it may be shared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import fhir_checks
import pytest
from asgi import Client, serving
from fhir_samples import (
    AT,
    FHIR,
    PERSON,
    SEALED,
    Resource,
    about,
    bundle,
    consent,
    contained,
    diagnosis,
    fact,
    medicine,
    parameters,
    score,
)

WHOLE = "/fhir/PlanDefinition/$apply"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("fhir")) as (client, _):
        yield client


def applied(client: Client, *resources: Resource, path: str = WHOLE, **more: Any) -> Resource:
    answer = client.post(path, parameters(*resources, **more), headers=FHIR)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/fhir+json; charset=utf-8"
    found: Resource = answer.json()
    return found


SPANISH = {"userLanguage": ("valueCodeableConcept", {"coding": [{"system": "urn:ietf:bcp:47", "code": "es-US"}]})}
ASKERS = {
    "encounter": ("valueString", "Encounter/e1"),
    "practitioner": ("valueReference", {"reference": "Practitioner/dr"}),
    "organization": ("valueString", "Organization/o"),
}


@pytest.mark.parametrize("more", [{}, SPANISH, ASKERS])
@pytest.mark.parametrize(
    "path", ["$apply", "pathway-opioid-use-disorder-with-depression/$apply", "rule-phq9-item9-asks-for-suicide-screen/$apply"]
)
def test_every_answer_is_sound(client: Client, more: dict[str, Any], path: str) -> None:
    assert fhir_checks.wrong([applied(client, *PERSON, path=f"/fhir/PlanDefinition/{path}", **more)]) == []


@pytest.mark.parametrize("more", [{}, SPANISH, ASKERS])
@pytest.mark.parametrize(
    "path", ["$", "pathway-opioid-use-disorder-with-depression/$", "rule-phq9-item9-asks-for-suicide-screen/$", "tandem/$"]
)
def test_the_answer_of_r5_is_sound_and_proposes_the_same(client: Client, more: dict[str, Any], path: str) -> None:
    found = applied(client, *PERSON, path=f"/fhir/PlanDefinition/{path}r5.apply", **more)
    plan = applied(client, *PERSON, path=f"/fhir/PlanDefinition/{path}apply", **more)
    group, *issues = (entry["resource"] for entry in found["entry"])
    assert fhir_checks.wrong([found, group, *issues]) == []
    assert len({entry["fullUrl"] for entry in found["entry"]}) == len(found["entry"])
    assert group["action"] == contained(plan, "RequestGroup")[0]["action"]
    assert [item["detail"] for item in issues] == [item["detail"] for item in contained(plan, "DetectedIssue")]
    assert {item["resourceType"] for item in issues} <= {"DetectedIssue"}
    held = {f"#{item['id']}" for item in group["contained"]}
    assert {action["resource"]["reference"] for action in group["action"]} <= held
    assert group["meta"]["security"] == plan["meta"]["security"] == found["meta"]["security"]


def test_the_answer_of_r5_carries_the_notice_and_who_has_died(client: Client) -> None:
    sealed = (*PERSON[:3], medicine("m1", "methadone") | SEALED, consent("c", "treating_providers"))
    found = applied(client, *sealed, path="/fhir/PlanDefinition/$r5.apply")
    group = found["entry"][0]["resource"]
    assert "NORDSCLCD" in labels(group)
    assert any("42 CFR part 2" in note["text"] for note in group["note"])
    gone = applied(client, PERSON[0] | {"deceasedBoolean": True}, *PERSON[1:], path="/fhir/PlanDefinition/$r5.apply")
    (entry,) = gone["entry"]
    assert "action" not in entry["resource"]
    assert "deceased" in json.dumps(contained(entry["resource"], "OperationOutcome"))
    assert fhir_checks.wrong([found, gone]) == []


def test_nothing_known_is_sound_and_says_what_it_takes(client: Client) -> None:
    plan = applied(client, {"resourceType": "Patient", "id": "p1", "birthDate": "1990-01-01"})
    assert fhir_checks.wrong([plan]) == []
    guidance = contained(plan, "GuidanceResponse")[0]
    assert guidance["status"] in ("data-required", "data-requested")
    assert guidance["dataRequirement"]


def test_what_leaves_is_only_ever_proposed(client: Client) -> None:
    plan = applied(client, *PERSON)
    requests = [
        item for item in plan["contained"] if item["resourceType"].endswith("Request") or item["resourceType"] in ("Task", "RequestGroup")
    ]
    assert len(requests) > 5
    assert {item["status"] for item in [plan, *requests]} == {"draft"}
    assert {item["intent"] for item in [plan, *requests] if "intent" in item} == {"proposal"}
    assert "dosageInstruction" not in json.dumps(plan)
    assert all(item["subject" if "subject" in item else "for"] == {"reference": "Patient/p1"} for item in requests)


def test_an_escalation_says_who_and_until_when_and_is_no_order(client: Client) -> None:
    plan = applied(client, *PERSON)
    group = contained(plan, "RequestGroup")[0]
    first = group["action"][0]
    assert first["prefix"] in ("E4", "E5", "E6")
    assert first["timingDateTime"] > AT
    told = next(item for item in plan["contained"] if item["id"] == first["resource"]["reference"].removeprefix("#"))
    assert told["resourceType"] == "CommunicationRequest"
    assert told["recipient"] == first["participant"]


def test_what_is_withheld_is_an_issue_and_not_a_proposal(client: Client) -> None:
    plan = applied(client, *PERSON)
    issues = [item for item in contained(plan, "DetectedIssue") if "altrexone" in item["detail"] and item["severity"] == "high"]
    taken = [item for item in issues if {"reference": "MedicationStatement/m1"} in item.get("implicated", [])]
    assert taken, "methadone speaks against naltrexone"
    assert "DRG" in {item["code"]["coding"][0]["code"] for item in taken}
    assert all(item["reference"].startswith("http://127.0.0.1:8000/fhir/PlanDefinition/rule-") for item in issues)
    assert not [item for item in contained(plan, "MedicationRequest") if "altrexone" in json.dumps(item["medicationCodeableConcept"])]


def test_a_precaution_carries_no_condition(client: Client) -> None:
    """What is unknown is null in CQL: whoever judged the condition again would drop the precaution."""
    group = contained(applied(client, *PERSON[:1], diagnosis("d", "F33.2"), *PERSON[3:6]), "RequestGroup")[0]
    cautious = [item for item in group["action"] if "precaution" in json.dumps(item.get("documentation", []))]
    assert cautious
    assert not any("condition" in item for item in cautious)
    assert any("condition" in item for item in group["action"])


def test_where_it_comes_from(client: Client) -> None:
    plan = applied(client, *PERSON, **ASKERS)
    source, device = contained(plan, "Provenance")[0], contained(plan, "Device")[0]
    named = {item["what"]["reference"] for item in source["entity"]}
    read = {"QuestionnaireResponse/phq9", "Observation/gad7", "Condition/oud", "Condition/aud", "MedicationStatement/m1"}
    assert named == {"Patient/p1", *read}
    assert source["agent"][0]["onBehalfOf"] == {"reference": "Organization/o"}
    assert any("/PlanDefinition/rule-" in policy and "|" in policy for policy in source["policy"])
    assert [item["value"] for item in device["version"]] == [
        client.get("/knowledge").json()["release"],
        client.get("/knowledge").json()["digest"],
    ]
    assert plan["encounter"] == {"reference": "Encounter/e1"}
    assert plan["contributor"] == [{"reference": "Practitioner/dr"}]


def test_what_was_not_understood_is_said(client: Client) -> None:
    plan = applied(client, *PERSON, colour=("valueString", "xanadu"))
    said = {(item["details"]["text"], item["diagnostics"]) for item in contained(plan, "OperationOutcome")[0]["issue"]}
    assert ("not-used", "Specimen: Resources of this type are not used.") in said
    assert "parameter-unknown" in {code for code, _ in said}
    assert "xanadu" not in json.dumps(plan)
    assert contained(plan, "GuidanceResponse")[0]["evaluationMessage"] == [{"reference": "#messages"}]


def labels(plan: Resource) -> set[str]:
    return {item["code"] for item in plan["meta"]["security"]}


def test_how_it_may_be_shared(client: Client) -> None:
    assert {"R", "MH", "SUD"} <= labels(applied(client, *PERSON))
    nothing = applied(client, {"resourceType": "Patient", "id": "p1", "birthDate": "1990-01-01"})
    assert labels(nothing) == {"N"}


def test_the_law_on_programmes_is_named_only_where_something_comes_from_one(client: Client) -> None:
    """That it is about substance use does not say that a programme has told it."""
    given = consent("c", "treating_providers")
    assert "42CFRPart2" not in labels(applied(client, *PERSON, given))
    assert "42CFRPart2" in labels(applied(client, PERSON[0], medicine("m1", "methadone") | SEALED, given))


def test_what_a_programme_holds_is_not_even_named_without_consent(client: Client) -> None:
    """Neither in the plan, nor in its provenance, nor among what was not understood."""
    plan = applied(client, *PERSON[:3], medicine("m1", "methadone") | SEALED, about("Specimen", "s1"))
    asked, without = (contained(item, "GuidanceResponse")[0].pop("dataRequirement") for item in (plan, applied(client, *PERSON[:3])))
    assert asked == without, "what is asked for is what is asked of anybody"
    text = json.dumps(plan)
    assert "methadone" not in text.lower().replace("methadone-", "")
    assert "MedicationStatement/m1" not in text
    assert "Specimen/s1" not in text
    assert "42CFRPart2" not in text
    assert {item["what"]["reference"] for item in contained(plan, "Provenance")[0]["entity"]} == {
        "QuestionnaireResponse/phq9",
        "Observation/gad7",
    }


def test_with_consent_the_notice_goes_along(client: Client) -> None:
    given = consent("c", "treating_providers")
    answer = client.post(WHOLE, parameters(*PERSON[:3], medicine("m1", "methadone") | SEALED, given), headers=FHIR)
    plan = answer.json()
    assert {"42CFRPart2", "SUD", "NORDSCLCD"} <= labels(plan)
    assert any("42 CFR part 2" in note["text"] for note in plan["note"])
    assert answer.headers["tandem-notice"] == "42-cfr-part-2"
    assert fhir_checks.wrong([plan]) == []


def test_it_is_in_the_journal_and_the_same_request_is_the_same_decision(client: Client) -> None:
    body, headers = parameters(*PERSON), {**FHIR, "idempotency-key": "apply-1"}
    first, second = client.post(WHOLE, body, headers=headers), client.post(WHOLE, body, headers=headers)
    assert first.headers["tandem-journal"] == "recorded"
    assert second.headers["idempotent-replayed"] == "true"
    assert first.headers["tandem-entry"] == second.headers["tandem-entry"]
    same = [{key: value for key, value in item.json().items() if key != "contained"} for item in (first, second)]
    assert same[0] == same[1]
    assert contained(first.json(), "RequestGroup") == contained(second.json(), "RequestGroup")
    assert contained(first.json(), "GuidanceResponse")[0]["identifier"][0]["value"] == first.headers["tandem-entry"]


RULE = "phq9-item9-asks-for-suicide-screen"


def test_one_rule_speaks_alone(client: Client) -> None:
    plan = applied(client, *PERSON, path=f"/fhir/PlanDefinition/rule-{RULE}/$apply")
    named = {
        item["label"]
        for action in contained(plan, "RequestGroup")[0]["action"]
        for item in action.get("documentation", ())
        if item["type"] == "justification"
    }
    assert {name.partition("@")[0] for name in named} == {RULE}
    assert plan["instantiatesCanonical"][0].startswith(f"http://127.0.0.1:8000/fhir/PlanDefinition/rule-{RULE}|")
    assert contained(plan, "GuidanceResponse")[0]["status"] == "success"


def test_one_rule_that_cannot_be_judged_asks(client: Client) -> None:
    plan = applied(client, score("gad7", "70274-6", 12), path=f"/fhir/PlanDefinition/rule-{RULE}/$apply")
    guidance = contained(plan, "GuidanceResponse")[0]
    assert guidance["status"] == "data-required"
    assert [item["codeFilter"][0]["code"][0]["code"] for item in guidance["dataRequirement"]] == ["44249-1"]


def test_one_rule_does_not_bring_back_what_the_whole_withholds(client: Client) -> None:
    found = client.get("/fhir/PlanDefinition?name:contains=naltrexone&_count=200").json()["entry"]
    wanted = [entry["resource"]["id"] for entry in found]
    assert len(wanted) > 3
    for name in wanted:
        plan = applied(client, *PERSON, path=f"/fhir/PlanDefinition/{name}/$apply")
        assert not [item for item in contained(plan, "MedicationRequest") if "altrexone" in json.dumps(item["medicationCodeableConcept"])]


@pytest.mark.parametrize("named", ["PlanDefinition/tandem", "http://127.0.0.1:8000/fhir/PlanDefinition/tandem", "tandem"])
def test_how_a_plan_is_named(client: Client, named: str) -> None:
    plan = applied(client, *PERSON, planDefinition=("valueCanonical", named))
    assert plan["instantiatesCanonical"][0].startswith("http://127.0.0.1:8000/fhir/PlanDefinition/tandem|")
    whole = applied(
        client, *PERSON, planDefinition=("resource", {"resourceType": "PlanDefinition", "url": plan["instantiatesCanonical"][0]})
    )
    assert whole["instantiatesCanonical"] == plan["instantiatesCanonical"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"resourceType": "Bundle"}', 422),
        (b'{"resourceType": "Parameters"}', 422),
        (b'{"resourceType": "Parameters", "parameter": {}}', 422),
        (b'{"resourceType": "Parameters", "parameter": [7]}', 422),
        (b'{"resourceType": "Parameters", "parameter": [{"name": "subject"}]}', 422),
        (b'{"resourceType": "Parameters", "parameter": [{"name": "subject", "valueString": "Group/1"}]}', 422),
        (b'{"resourceType": "Parameters", "parameter": [{"name": "subject", "valueReference": {"reference": 7}}]}', 422),
        (b'{"resourceType": "Parameters", "parameter": [{"name": "subject", "valueString": "Patient/p1"}]}', 404),
        (parameters(*PERSON, subject="Patient/other"), 422),
        (parameters(*PERSON, asOf=("valueDateTime", "yesterday")), 422),
        (parameters(*PERSON, planDefinition=("valueCanonical", "http://elsewhere/PlanDefinition/tandem")), 404),
        (parameters(*PERSON, planDefinition=("valueCanonical", "tandem|0.0.1")), 404),
        (parameters(*PERSON, planDefinition=("valueInteger", 7)), 422),
        (parameters(*PERSON, userLanguage=("valueCodeableConcept", {"coding": [7]})), 200),
        (parameters(*PERSON, userLanguage=("valueCodeableConcept", 7)), 200),
        (parameters(*PERSON, encounter=("valueString", "javascript:alert(1)")), 200),
        (
            json.dumps(
                {"resourceType": "Parameters", "parameter": [{"name": "subject", "valueString": "Patient/p1"}, {"name": "data"}]}
            ).encode(),
            422,
        ),
    ],
)
def test_what_is_sent_wrong(client: Client, body: bytes, status: int) -> None:
    answer = client.post(WHOLE, body, headers=FHIR)
    assert answer.status_code == status, answer.text
    assert "javascript" not in answer.text
    assert "yesterday" not in answer.text


def test_other_ways_of_asking_are_refused(client: Client) -> None:
    assert client.get(WHOLE).status_code in (400, 405)
    assert client.post(WHOLE, parameters(*PERSON), headers={"content-type": "application/fhir+xml"}).status_code == 415
    assert client.post(WHOLE, parameters(*PERSON), headers={**FHIR, "accept": "application/fhir+xml"}).status_code == 406
    assert client.post(WHOLE, parameters(*PERSON)).status_code == 200, "plain JSON is read, too"


def test_a_stored_patient_is_decided_for_from_what_is_stored(client: Client) -> None:
    patient = client.post("/patients", b'{"identifier": "ehr-77"}').json()["patient"]
    told = {"instruments": [{"instrument": "phq9", "at": "2026-11-20T09:00:00Z", "items": {"q9": 2}}]}
    client.post(f"/patients/{patient}/entries", json.dumps(told).encode())
    for subject in (f"Patient/{patient}", "Patient/ehr-77"):
        plan = applied(client, subject=subject, asOf=("valueDateTime", "2199-01-01T00:00:00Z"))
        assert plan["subject"] == {"reference": subject}
    live = json.dumps({"resourceType": "Parameters", "parameter": [{"name": "subject", "valueString": f"Patient/{patient}"}]}).encode()
    plan = client.post(WHOLE, live, headers=FHIR).json()
    assert any("suicide" in json.dumps(action).lower() for action in contained(plan, "RequestGroup")[0]["action"])
    both = applied(client, fact("o", "phq9.q9", "ehr-77", valueInteger=0), subject="Patient/ehr-77")
    assert fhir_checks.wrong([plan, both]) == []


def test_whoever_is_not_on_the_team_learns_nothing_of_a_stored_patient(client: Client) -> None:
    client.post("/patients", b'{"identifier": "ehr-78"}')
    with closing(Client(client.app)) as other:
        refused = other.post(WHOLE, parameters(subject="Patient/ehr-78"), headers=FHIR)
        unknown = other.post(WHOLE, parameters(subject="Patient/nobody"), headers=FHIR)
        assert (refused.status_code, refused.json()) == (unknown.status_code, unknown.json())
        assert refused.status_code == 404


def test_a_bundle_in_a_bundle_of_somebody_else_is_refused(client: Client) -> None:
    other = bundle(bundle(score("o", "44261-6", 20, patient="p2")))
    answer = client.post(WHOLE, parameters(other), headers=FHIR)
    assert answer.status_code == 422
    assert "patient-mismatch" in answer.text
