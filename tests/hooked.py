"""A service that is asked by CDS Hooks, and short ways to write what a client sends."""

from __future__ import annotations

import re
from typing import Any

import httpx
from asgi import Client
from known import Known

Document = dict[str, Any]
AT = "2026-11-20T09:00:00Z"
PATIENT = {"resourceType": "Patient", "id": "p1", "birthDate": "1986-04-02"}
KEYS = (
    *("conditions", "medications", "allergies", "scores", "responses", "labs", "toxicology", "vitals", "consents", "encounters"),
    *("current", "statements", "administrations", "procedures", "planned", "careplans", "missed", "reviews"),
)
EXPLANATION, RESPONSE = "org.tandem-cds.explanation", "org.tandem-cds.response"


def bundle(*resources: Document) -> Document:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": item} for item in resources]}


RXNORM = {"methadone": "6813", "naltrexone": "7243", "alprazolam": "596", "bupropion": "42347", "sertraline": "36437"}
ICD10 = {"opioid_use_disorder": "F11.20", "depression": "F33.2"}
SUBJECT = {"subject": {"reference": "Patient/p1"}}
ACTIVE = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}


def coded(system: str, codes: dict[str, str], name: str) -> Document:
    """A concept by its code, where it has one, and by its name."""
    return {"text": name} | ({"coding": [{"system": system, "code": codes[name]}]} if name in codes else {})


def medicine(name: str, id: str, **more: Any) -> Document:
    """As the public sandbox sends it: without intent."""
    concept = coded("http://www.nlm.nih.gov/research/umls/rxnorm", RXNORM, name)
    return {"resourceType": "MedicationRequest", "id": id, "status": "draft", "medicationCodeableConcept": concept, **SUBJECT} | more


def condition(name: str, id: str) -> Document:
    code = coded("http://hl7.org/fhir/sid/icd-10-cm", ICD10, name)
    return {"resourceType": "Condition", "id": id, "clinicalStatus": ACTIVE, "code": code, **SUBJECT}


def score(code: str, value: int, id: str, **more: Any) -> Document:
    coding = [{"system": "http://loinc.org", "code": code}]
    found = {"resourceType": "Observation", "id": id, "status": "final", "code": {"coding": coding}, "effectiveDateTime": AT}
    return {**found, "valueInteger": value, **SUBJECT, **more}


def prefetch(**found: Any) -> Document:
    """Everything sent; what is not named is empty."""
    return {"patient": PATIENT, **dict.fromkeys(KEYS), **found}


def call(hook: str, sent: Document | None = None, **context: Any) -> Document:
    body: Document = {"hook": hook, "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"}
    body["context"] = {"userId": "Practitioner/1", "patientId": "p1", **context}
    return body if sent is None else body | {"prefetch": sent}


def sign(*orders: Document, **found: Any) -> Document:
    """An order that is about to be signed. The Bundle has no type, as that of the public sandbox."""
    drafts = {"resourceType": "Bundle", "entry": [{"resource": item} for item in orders]}
    return call("order-sign", prefetch(**found), draftOrders=drafts)


def faults(answer: httpx.Response) -> set[tuple[str, str]]:
    """Where and what is wrong: (`feedback[0].card`, code), of an OperationOutcome or of problem+json."""
    body = answer.json()
    if body.get("resourceType") == "OperationOutcome":
        found = [(item.get("expression", [""])[0], item["details"]["coding"][0]["code"]) for item in body["issue"]]
    else:
        found = [(item["where"], item["code"]) for item in body["errors"]]
    return {(re.sub(r"/(\d+)", r"[\1]", where).strip("/").replace("/", "."), code) for where, code in found}


class Asking:
    """Asks services as an electronic health record does."""

    def __init__(self, client: Client) -> None:
        client.forget()
        self.client, self.who = client, Known(client, "ehr_client")

    def ask(self, id: str, body: Any, **headers: str) -> httpx.Response:
        return self.who.ask("POST", f"/cds-services/{id}", body, **headers)

    def send(self, path: str, data: bytes) -> httpx.Response:
        """Bytes as they are."""
        return self.client.post(path, data, headers=self.who.headers)

    def cards(self, id: str, body: Any, **headers: str) -> list[Document]:
        answer = self.ask(id, body, **headers)
        assert answer.status_code == 200, answer.text
        found: list[Document] = answer.json()["cards"]
        return found
