"""Charts as an electronic health record sends them: in the style of US Core, with clinical drug codes."""

from __future__ import annotations

from typing import Any

from hooked import PATIENT, SUBJECT, Document, bundle

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
ICD10, RXNORM, LOINC = "http://hl7.org/fhir/sid/icd-10-cm", "http://www.nlm.nih.gov/research/umls/rxnorm", "http://loinc.org"
PRESCRIBER = {"reference": "Practitioner/1", "display": "R. Doe, MD"}
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
DRUGS = {
    "something unheard of": ("99999999", "unheard of 1 MG Oral Tablet"),
    "methadone": ("864706", "methadone hydrochloride 10 MG Oral Tablet"),
    "alprazolam": ("197321", "alprazolam 1 MG Oral Tablet"),
    "lorazepam": ("197901", "lorazepam 1 MG Oral Tablet"),
    "naltrexone": ("1483744", "naltrexone hydrochloride 50 MG Oral Tablet"),
    "naltrexone injection": ("637213", "naltrexone 380 MG Injection"),
    "buprenorphine/naloxone": ("351267", "buprenorphine 8 MG / naloxone 2 MG Sublingual Tablet"),
    "oxycodone": ("1049502", "12 HR oxycodone hydrochloride 10 MG Extended Release Oral Tablet"),
    "codeine": ("997170", "codeine sulfate 15 MG Oral Tablet"),
    "bupropion": ("993518", "12 HR bupropion hydrochloride 150 MG Extended Release Oral Tablet"),
    "citalopram": ("200371", "citalopram 20 MG Oral Tablet"),
    "sertraline": ("312940", "sertraline 25 MG Oral Tablet"),
    "fluoxetine": ("310385", "fluoxetine 20 MG Oral Capsule"),
    "phenelzine": ("312347", "phenelzine 15 MG Oral Tablet"),
    "amitriptyline": ("856773", "amitriptyline hydrochloride 150 MG Oral Tablet"),
    "lithium": ("197890", "lithium carbonate 300 MG Oral Tablet"),
    "ibuprofen": ("310965", "Ibuprofen 200 MG Oral Tablet"),
    "disulfiram": ("197623", "disulfiram 250 MG Oral Tablet"),
    "acamprosate": ("835726", "acamprosate calcium 333 MG Delayed Release Oral Tablet"),
    "valproate": ("1099569", "24 HR divalproex sodium 500 MG Extended Release Oral Tablet"),
    "mirtazapine": ("311725", "mirtazapine 15 MG Oral Tablet"),
    "gabapentin": ("310430", "gabapentin 100 MG Oral Capsule"),
    "zolpidem": ("854873", "zolpidem tartrate 10 MG Oral Tablet"),
    "topiramate": ("199888", "topiramate 25 MG Oral Tablet"),
    "clozapine": ("197535", "clozapine 100 MG Oral Tablet"),
}
DIAGNOSES = {
    "opioid dependence": "F11.20",
    "opioid dependence in remission": "F11.21",
    "alcohol dependence": "F10.20",
    "alcohol dependence with withdrawal": "F10.239",
    "bulimia nervosa": "F50.20",
    "epilepsy": "G40.909",
    "schizophrenia": "F20.9",
    "bipolar disorder": "F31.9",
    "severe depression": "F33.2",
    "pregnancy": "Z33.1",
    "fentanyl poisoning": "T40.411A",
    "cocaine dependence": "F14.20",
    "sedative dependence": "F13.20",
    "suicidal ideation": "R45.851",
    "hypertension": "I10",
}
TESTS = {
    "potassium": ("2823-3", "mmol/L"),
    "QTc": ("8636-3", "ms"),
    "lithium level": ("14334-7", "mmol/L"),
    "creatinine": ("2160-0", "mg/dL"),
    "eGFR": ("33914-3", "mL/min/{1.73_m2}"),
    "neutrophils": ("751-8", "/uL"),
    "weight": ("29463-7", "kg"),
}


def concept(system: str, code: str, display: str) -> Document:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def problem(name: str, id: str, when: str, **more: Any) -> Document:
    return {
        "resourceType": "Condition",
        "id": id,
        "meta": {"profile": [f"{US_CORE}condition-problems-health-concerns"]},
        "clinicalStatus": concept(f"{TERMINOLOGY}/condition-clinical", "active", "Active"),
        "verificationStatus": concept(f"{TERMINOLOGY}/condition-ver-status", "confirmed", "Confirmed"),
        "category": [concept(f"{TERMINOLOGY}/condition-category", "problem-list-item", "Problem List Item")],
        "code": concept(ICD10, DIAGNOSES[name], name),
        "recordedDate": when,
        **SUBJECT,
        **more,
    }


def prescription(name: str, id: str, when: str, status: str = "active", **more: Any) -> Document:
    return {
        "resourceType": "MedicationRequest",
        "id": id,
        "meta": {"profile": [f"{US_CORE}medicationrequest"]},
        "status": status,
        "intent": "order",
        "category": [concept(f"{TERMINOLOGY}/medicationrequest-category", "community", "Community")],
        "medicationCodeableConcept": concept(RXNORM, *DRUGS[name]),
        "authoredOn": when,
        "requester": PRESCRIBER,
        "dosageInstruction": [{"text": "Take as directed"}],
        **SUBJECT,
        **more,
    }


def result(name: str, value: float, id: str, when: str, **more: Any) -> Document:
    code, unit = TESTS[name]
    return {
        "resourceType": "Observation",
        "id": id,
        "meta": {"profile": [f"{US_CORE}observation-lab"]},
        "status": "final",
        "category": [concept(f"{TERMINOLOGY}/observation-category", "laboratory", "Laboratory")],
        "code": concept(LOINC, code, name),
        "effectiveDateTime": when,
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
        **SUBJECT,
        **more,
    }


def survey(code: str, id: str, when: str, **value: Any) -> Document:
    return {
        "resourceType": "Observation",
        "id": id,
        "meta": {"profile": [f"{US_CORE}observation-screening-assessment"]},
        "status": "final",
        "category": [concept(f"{TERMINOLOGY}/observation-category", "survey", "Survey")],
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "effectiveDateTime": when,
        **SUBJECT,
        **value,
    }


def allergy(name: str, id: str) -> Document:
    return {
        "resourceType": "AllergyIntolerance",
        "id": id,
        "clinicalStatus": concept(f"{TERMINOLOGY}/allergyintolerance-clinical", "active", "Active"),
        "verificationStatus": concept(f"{TERMINOLOGY}/allergyintolerance-verification", "confirmed", "Confirmed"),
        "code": concept(RXNORM, *DRUGS[name]),
        "patient": SUBJECT["subject"],
    }


def visit(kind: str, status: str, id: str, **period: str) -> Document:
    codes = {"emergency": "EMER", "inpatient": "IMP", "outpatient": "AMB"}
    found = {"system": f"{TERMINOLOGY}/v3-ActCode", "code": codes[kind]}
    return {"resourceType": "Encounter", "id": id, "status": status, "class": found, "period": period, **SUBJECT}


def person(born: str = "1986-04-02", sex: str | None = "F") -> Document:
    extension = {"extension": [{"url": f"{US_CORE}birthsex", "valueCode": sex}]} if sex else {}
    return PATIENT | {"birthDate": born, "gender": "female" if sex == "F" else "unknown", "name": [{"family": "Example"}]} | extension


def sent(*resources: Document, patient: Document | None = None) -> Document:
    """Every key of discovery, with what a search for it finds; an empty Bundle where it finds nothing."""
    keys = {"Condition": "conditions", "MedicationRequest": "medications", "AllergyIntolerance": "allergies", "Consent": "consents"}
    keys |= {"QuestionnaireResponse": "responses", "Encounter": "encounters"}
    found: dict[str, list[Document]] = {key: [] for key in (*keys.values(), "labs", "scores", "toxicology", "vitals", "current")}
    for item in resources:
        kind = item["resourceType"]
        lab = kind == "Observation" and item["category"][0]["coding"][0]["code"] == "laboratory"
        found[keys.get(kind, "labs" if lab else "scores")].append(item)
    return {"patient": patient or person(), **{key: bundle(*items) for key, items in found.items()}}
