"""What health records tell us of stored patients: once for each version, and the later version holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import permutations
from typing import Any

import fhir_checks
import pytest
from asgi import Client, serving
from fhir_samples import FHIR, HL7, ROOT, Resource, about, answers, medicine, score

NOTIFICATIONS = "/fhir/notifications"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("fhir")) as (client, _):
        yield client


@pytest.fixture
def person(client: Client, request: pytest.FixtureRequest) -> str:
    """A stored patient, by the id that the health record gives them."""
    name = f"ehr-{abs(hash(request.node.name))}"
    assert client.post("/patients", json.dumps({"identifier": name}).encode()).status_code == 201
    return name


def phq9(person: str, total: int, version: int | None = None, **more: Any) -> Resource:
    meta = {"meta": {"versionId": str(version), "lastUpdated": f"2026-11-2{version}T09:00:00Z"}} if version else {}
    return score("o1", "44261-6", total, person) | meta | more


def put(client: Client, resource: Resource) -> Any:
    return client.request("PUT", f"/fhir/{resource['resourceType']}/{resource['id']}", content=json.dumps(resource).encode(), headers=FHIR)


def post(client: Client, resource: Resource, path: str | None = None) -> Any:
    return client.post(path or f"/fhir/{resource['resourceType']}", json.dumps(resource).encode(), headers=FHIR)


def totals(client: Client, person: str) -> list[int]:
    """What stands now."""
    patient = client.post("/patients", json.dumps({"identifier": person}).encode()).json()["patient"]
    items = client.get(f"/patients/{patient}/timeline").json()["items"]
    return [item["value"]["total"] for item in items if item["part"] == "instruments" and item["state"] != "retracted"]


def test_what_is_told_is_decided_on(client: Client, person: str) -> None:
    told = post(client, answers("r1", 2) | {"subject": {"reference": f"Patient/{person}"}})
    assert told.status_code == 201, told.text
    assert fhir_checks.wrong([told.json()]) == []
    assert told.headers["location"].startswith("http://127.0.0.1:8000/fhir/QuestionnaireResponse/")
    body = {"resourceType": "Parameters", "parameter": [{"name": "subject", "valueString": f"Patient/{person}"}]}
    plan = post(client, body, "/fhir/PlanDefinition/$apply")
    assert "uicid" in json.dumps(plan.json()["contained"][0])


def test_one_version_is_told_once(client: Client, person: str) -> None:
    first, again = put(client, phq9(person, 14, 1)), put(client, phq9(person, 14, 1))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["tandem-entry"] == again.headers["tandem-entry"]
    assert totals(client, person) == [14]


def test_without_a_version_the_same_bytes_are_the_same_telling(client: Client, person: str) -> None:
    assert [put(client, phq9(person, 14)).status_code for _ in range(3)] == [201, 200, 200]
    assert put(client, phq9(person, 15)).status_code == 201
    assert totals(client, person) == [15]


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
def test_the_latest_version_holds_in_whatever_order_they_come(client: Client, person: str, order: tuple[int, ...]) -> None:
    for version in order:
        assert put(client, phq9(person, 10 + version, version)).status_code in (200, 201)
    assert totals(client, person) == [13]


def test_what_was_entered_in_error_is_taken_back(client: Client, person: str) -> None:
    put(client, phq9(person, 14, 1))
    assert put(client, phq9(person, 14, 2, status="entered-in-error")).status_code == 201
    assert totals(client, person) == []


def test_another_content_under_the_same_version_is_a_conflict(client: Client, person: str) -> None:
    put(client, phq9(person, 14, 1))
    refused = put(client, phq9(person, 15, 1))
    assert refused.status_code == 409
    assert "version-differs" in refused.text
    assert totals(client, person) == [14]


@pytest.mark.parametrize(
    ("resource", "status"),
    [
        (about("Observation", "o1", "nobody"), 404),
        (about("Observation", "o1") | {"subject": {"reference": "Group/1"}}, 422),
        (about("Observation", "o1") | {"subject": 7}, 422),
        (about("Observation", "o1") | {"subject": {"identifier": {"value": "nobody"}}}, 404),
        ({"resourceType": "Condition"}, 422),
        ({"resourceType": "Observation"}, 422),
    ],
)
def test_what_cannot_be_taken(client: Client, resource: Resource, status: int) -> None:
    assert post(client, resource, "/fhir/Observation").status_code == status


def test_the_address_and_the_resource_name_the_same(client: Client, person: str) -> None:
    sent = json.dumps(phq9(person, 14)).encode()
    assert client.request("PUT", "/fhir/Observation/o2", content=sent, headers=FHIR).status_code == 422


def test_a_patient_is_found_by_the_identifier_in_a_reference(client: Client, person: str) -> None:
    resource = phq9(person, 14) | {"subject": {"identifier": {"system": "urn:mrn", "value": person}}}
    assert post(client, resource).status_code == 201
    assert totals(client, person) == [14]


def test_whoever_is_not_on_the_team_can_tell_nothing(client: Client, person: str) -> None:
    with closing(Client(client.app)) as other:
        assert put(other, phq9(person, 14, 1)).status_code == 404
    assert totals(client, person) == []


def status(kind: str, r4b: bool = False) -> Resource:
    """The status that comes first in a notification."""
    if r4b:
        return {"resourceType": "SubscriptionStatus", "status": "active", "type": kind, "subscription": {"reference": "Subscription/1"}}
    named = [{"name": "subscription", "valueReference": {"reference": "Subscription/1"}}, {"name": "type", "valueCode": kind}]
    return {"resourceType": "Parameters", "parameter": named}


def notification(*resources: Resource) -> Resource:
    return {"resourceType": "Bundle", "type": "history", "entry": [{"resource": resource} for resource in resources]}


def codes(answer: Any) -> list[str]:
    assert fhir_checks.wrong([answer.json()]) == []
    return [issue["details"]["text"] for issue in answer.json()["issue"]]


@pytest.mark.parametrize("r4b", [False, True])
@pytest.mark.parametrize("kind", ["handshake", "heartbeat"])
def test_a_subscription_is_greeted(client: Client, kind: str, r4b: bool) -> None:
    answer = post(client, notification(status(kind, r4b)), NOTIFICATIONS)
    assert (answer.status_code, codes(answer)) == (200, [kind])


@pytest.mark.parametrize("r4b", [False, True])
def test_an_event_tells_each_of_its_resources_once(client: Client, person: str, r4b: bool) -> None:
    other = score("o2", "70274-6", 12, person) | {"meta": {"versionId": "1"}}
    event = notification(
        status("event-notification", r4b), phq9(person, 14, 1), other, about("Specimen", "s", person), phq9("nobody", 3, 1)
    )
    assert codes(post(client, event, NOTIFICATIONS)) == ["told", "told", "kind-unread", "patient-unknown"]
    assert codes(post(client, event, NOTIFICATIONS)) == ["told", "told", "kind-unread", "patient-unknown"]
    assert sorted(totals(client, person)) == [12, 14]
    assert put(client, phq9(person, 14, 1)).status_code == 200, "a rest-hook of the same version tells nothing new"


def test_an_event_without_resources_is_understood_and_nothing_is_fetched(client: Client) -> None:
    answer = post(client, notification(status("event-notification")), NOTIFICATIONS)
    assert (answer.status_code, codes(answer)) == (200, ["not-fetched"])


@pytest.mark.parametrize(
    "sent",
    [
        notification(),
        notification(about("Observation", "o1")),
        notification(status("surprise")),
        {"resourceType": "Bundle"},
        {"resourceType": "Bundle", "entry": {}},
        {"resourceType": "Bundle", "entry": [7]},
        {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Parameters", "parameter": 7}}]},
        {"resourceType": "Parameters"},
    ],
)
def test_what_is_no_notification_is_refused(client: Client, sent: Resource) -> None:
    assert post(client, sent, NOTIFICATIONS).status_code == 422


def test_a_page_that_may_not_put_tells_a_newer_version_by_post(client: Client, person: str) -> None:
    assert [post(client, phq9(person, 10 + version, version)).status_code for version in (1, 2)] == [201, 201]
    assert totals(client, person) == [12]


def of(person: str, resource: Resource, version: int = 1, **more: Any) -> Resource:
    meta = {"versionId": str(version), "lastUpdated": f"2026-11-2{version}T09:00:00Z"}
    return resource | {"subject": {"reference": f"Patient/{person}"}, "meta": meta} | more


def listed(*entries: str, **more: Any) -> Resource:
    """A clinician's word that the medication list is complete."""
    found = about("List", "l1", status="current", mode="snapshot", date="2026-11-20T09:00:00Z")
    found["code"] = {"coding": [{"system": f"{ROOT}/CodeSystem/finding", "code": "list.medications"}]}
    if not entries:
        return found | {"emptyReason": {"coding": [{"system": f"{HL7}/list-empty-reason", "code": "nilknown"}]}} | more
    return found | {"entry": [{"item": {"reference": name}} for name in entries]} | more


def standing(client: Client, person: str, part: str) -> list[Any]:
    patient = client.post("/patients", json.dumps({"identifier": person}).encode()).json()["patient"]
    items = client.get(f"/patients/{patient}/timeline").json()["items"]
    return [item["value"] for item in items if item["part"] == part and item["state"] != "retracted"]


def test_a_review_of_what_was_told_closes_the_list(client: Client, person: str) -> None:
    assert put(client, of(person, medicine("m1", "methadone"))).status_code == 201
    assert put(client, of(person, listed("MedicationStatement/m1"))).status_code == 201
    assert standing(client, person, "reviewed") == [{"medications": "2026-11-20T09:00:00Z"}]
    assert put(client, of(person, listed("MedicationStatement/m1"), 2, status="retired")).status_code == 201
    assert standing(client, person, "reviewed") == []


@pytest.mark.parametrize(
    "before",
    [
        [],
        [medicine("m1", "methadone") | {"status": "odd"}],  # nobody can tell whether it is taken
        [medicine("m1", "methadone"), medicine("m1", "methadone") | {"status": "entered-in-error"}],
        [medicine("m2", "methadone")],
    ],
)
def test_a_review_of_what_was_not_told_or_not_understood_closes_nothing(client: Client, person: str, before: list[Resource]) -> None:
    for version, resource in enumerate(before, 1):
        put(client, of(person, resource, version))
    refused = put(client, of(person, listed("MedicationStatement/m1")))
    assert (refused.status_code, "nothing-understood" in refused.text) == (422, True)
    assert standing(client, person, "reviewed") == []


def test_a_review_that_finds_nothing_closes_the_list(client: Client, person: str) -> None:
    assert put(client, of(person, listed())).status_code == 201
    assert standing(client, person, "reviewed") == [{"medications": "2026-11-20T09:00:00Z"}]
    assert put(client, of(person, listed(), 2, status="entered-in-error")).status_code == 201
    assert standing(client, person, "reviewed") == []


def test_what_was_done_and_what_is_under_way_is_told(client: Client, person: str) -> None:
    code = {"coding": [{"system": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "G2067"}]}
    done = about("Procedure", "d1", status="completed", code=code, performedDateTime="2026-11-20T09:00:00Z")
    assert put(client, of(person, done)).status_code == 201
    detail = {"status": "in-progress", "instantiatesCanonical": [f"{ROOT}/ActivityDefinition/contingency-management"]}
    followed = about("CarePlan", "c1", status="active", intent="plan", created="2026-11-20", activity=[{"detail": detail}])
    assert put(client, of(person, followed)).status_code == 201
    assert [item["code"] for item in standing(client, person, "findings")] == ["otp.enrolled", "contingency_management.enrolled"]
    assert put(client, of(person, followed, 2, status="completed")).status_code == 201
    assert [item["code"] for item in standing(client, person, "findings")] == ["otp.enrolled"]
    assert put(client, of(person, done, 2, status="entered-in-error")).status_code == 201
    assert standing(client, person, "findings") == standing(client, person, "medications") == []


def test_our_own_plan_comes_back_and_says_nothing_until_somebody_follows_it(client: Client, person: str) -> None:
    body = {"resourceType": "Parameters", "parameter": [{"name": "subject", "valueString": f"Patient/{person}"}]}
    ours = post(client, body, "/fhir/PlanDefinition/$apply").json() | {"id": "plan"}
    for version, status_ in enumerate(("draft", "active"), 1):
        refused = put(client, of(person, ours, version, status=status_))
        assert (refused.status_code, "nothing-understood" in refused.text) == (422, True)
    assert standing(client, person, "findings") == standing(client, person, "medications") == []
