"""A record written down as FHIR R4 resources, as a careful sender would, so that reading it back can be held against it.

`encode` also gives the part of the record that FHIR, as it is read here, can carry exactly. What it cannot, and why:
reviews of lists (nothing that is read says that somebody closed a list), series, preferences, positions and postpartum or
lactation (no place); findings and diagnoses without a published code; findings whose values are codes of our own; the form and
the context of an instrument, and that it was an interview; when a medicine that is not taken was last taken; the date of an
order that has ended or is only proposed (`docs/fhir-reading.md` says why it dates nothing).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plain_records import published_form

from engine.base import KnowledgeBase
from engine.dictionary import Entry
from engine.record import Answers, Fact, ListedAllergy, ListedCondition, ListedMedication, Pregnancy, Record
from engine.terminology import rows

Resource = dict[str, Any]
ME = {"reference": "Patient/p-1"}
ROOT = "https://tandem.test/fhir"
ADDRESSES = {
    "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
}
_SEX = "http://hl7.org/fhir/StructureDefinition/patient-sexParameterForClinicalUse"
_PREGNANT = {"pregnant": "77386006", "not_pregnant": "60001007"}
_CLASSES = {"outpatient": "AMB", "telehealth": "VR", "emergency": "EMER", "inpatient": "IMP"}
_SEVERITY = {"mild": "255604002", "moderate": "6736007", "severe": "24484000"}
_ABSENT = {"never_asked": "not-asked", "declined": "asked-declined", "unable_to_assess": "asked-unknown"}
_CONDITION = {
    "active": ("active", "confirmed"),
    "in_remission": ("remission", "confirmed"),
    "suspected": ("active", "unconfirmed"),
    "ruled_out": (None, "refuted"),
    "entered_in_error": (None, "entered-in-error"),
}
_TAKEN = {"active": "active", "stopped": "stopped", "not_taken": "not-taken", "entered_in_error": "entered-in-error"}
_ALLERGY = {"active": ("active", "confirmed"), "ruled_out": (None, "refuted"), "entered_in_error": (None, "entered-in-error")}


@dataclass(frozen=True, slots=True)
class _Codes:
    """A code for each thing that has one that means it and nothing else: (system, code)."""

    base: KnowledgeBase
    findings: dict[str, tuple[str, str]]
    conditions: dict[str, tuple[str, str]]
    medicines: dict[str, tuple[str, str]]


_KEPT: list[_Codes] = []


def codes_of(base: KnowledgeBase) -> _Codes:
    for kept in _KEPT:
        if kept.base is base:
            return kept
    terms, found = base.terminology, _Codes(base, {}, {}, {})
    for entry in base.dictionary.entries.values():
        if (loinc := entry.codes.get("loinc")) and terms.finding("loinc", loinc) is entry:
            found.findings[entry.code] = ("loinc", loinc)
    for measured in base.measurements.values():
        for code, one in rows(measured.sets):
            found.findings.setdefault(one.finding, (measured.system, code))
    for diagnosed in base.diagnoses.values():
        for code, said in rows(diagnosed.sets):
            says = said.says[0] if len(said.says) == 1 and code[-1] != "-" else None
            if says and says.condition and not (says.severity or says.perhaps or says.status):
                found.conditions.setdefault(says.condition, (diagnosed.system, code))
    for held in base.medicines.values():
        for code, product in rows(held.sets):
            if len(product.contains) == 1 and terms.whole(held.system, code):
                found.medicines.setdefault(product.contains[0], (held.system, code))
    found.medicines.update({item.id: ("rxnorm", item.rxnorm) for item in base.dictionary.ingredients.values() if item.rxnorm})
    _KEPT.append(found)
    return found


def encode(base: KnowledgeBase, record: Record, as_of: datetime) -> tuple[list[Resource], Record]:
    """The resources, and the part of the record that they carry exactly. The record is a `plain` one."""
    writer = _Writer(codes_of(base), as_of)
    parts: dict[str, Any] = {
        "patient": writer.patient(record),
        "setting": writer.setting(record),
        "findings": tuple(found for item in record.findings if (found := writer.fact(item))),
        "instruments": tuple(writer.answers(item) for item in record.instruments),
        "conditions": tuple(writer.condition(item) for item in record.conditions),
        "medications": tuple(writer.medicine(item) for item in record.medications),
        "allergies": tuple(writer.allergy(item) for item in record.allergies),
        "events": tuple(item for item in record.events if writer.event(item.kind, item.at)),
        "goals": record.goals,
    }
    for goal in record.goals:
        writer.write("Goal", lifecycleStatus="active", description={"text": goal.text})
    return writer.resources, Record(**parts)


def concept(code: tuple[str, str] | None, text: str | None = None) -> Resource:
    coding = {"coding": [{"system": ADDRESSES[code[0]], "code": code[1]}]} if code else {}
    return coding | ({"text": text} if text else {})


def _plain(code: str) -> Resource:
    return {"coding": [{"code": code}]}


def _at(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


class _Writer:
    def __init__(self, codes: _Codes, as_of: datetime) -> None:
        self.codes, self.as_of, self.resources = codes, as_of, list[Resource]()

    def write(self, kind: str, **said: Any) -> None:
        whose = {"patient": ME} if kind in ("AllergyIntolerance", "FamilyMemberHistory") else {"subject": ME}
        found = {"resourceType": kind, "id": f"r{len(self.resources)}"} | whose | said
        self.resources.append({name: part for name, part in found.items() if part is not None})

    def patient(self, record: Record) -> Any:
        person, more = record.patient, dict[str, Any]()
        born = person.birth_date
        if person.sex:
            more["extension"] = [{"url": _SEX, "extension": [{"url": "value", "valueCodeableConcept": _plain(f"{person.sex}-typical")}]}]
        if person.language:
            more["communication"] = [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": person.language}]}}]
        if person.location:
            more["address"] = [{"use": "home", "country": person.location.country, "state": person.location.region}]
        self.resources.append({"resourceType": "Patient", "id": "p-1", "birthDate": born and born.isoformat(), **more})
        location = person.location and person.location.model_copy(update={"verified_at": None})
        said = {"id": "p-1", "birth_date": born, "pregnancy": self.pregnancy(person.pregnancy), "location": location}
        return person.model_copy(update={**said, "lactating": None})

    def pregnancy(self, said: Pregnancy | None) -> Pregnancy | None:
        if said is None or said.status not in _PREGNANT:
            return None
        value = concept(("snomed", _PREGNANT[said.status]))
        self.observe(concept(("loinc", "82810-3")), said.at, None, {"valueCodeableConcept": value})
        return said

    def setting(self, record: Record) -> Any:
        if record.setting not in _CLASSES:
            return None
        self.write("Encounter", status="in-progress", **{"class": {"code": _CLASSES[record.setting]}})
        return record.setting

    def observe(self, code: Resource, at: datetime, source: str | None, value: Resource) -> None:
        performer = [{"reference": source}] if source else None
        self.write("Observation", status="final", code=code, effectiveDateTime=_at(at), performer=performer, **value)

    def fact(self, fact: Fact) -> Fact | None:
        entry = self.codes.base.dictionary.entries.get(fact.code)
        code = self.codes.findings.get(fact.code)
        if code is None or entry is None or entry.values:
            return None
        kept, value = self.value(fact, entry)
        self.observe(concept(code), fact.at, fact.source, value)
        return kept

    def value(self, fact: Fact, entry: Entry) -> tuple[Fact, Resource]:
        """What is no value of this kind is, once read, a newer value that nobody can tell."""
        value, lost = fact.value, {"value": None, "unit": None, "absent": "unable_to_assess"}
        if value is None and fact.absent:
            return fact, {"dataAbsentReason": _plain(_ABSENT[fact.absent])}
        if isinstance(value, bool):
            return (fact if entry.type == "boolean" else fact.model_copy(update=lost)), {"valueBoolean": value}
        if isinstance(value, str):
            return fact.model_copy(update=lost), {"valueString": value}
        if entry.type == "boolean":
            return fact.model_copy(update=lost), {"valueQuantity": {"value": value}}
        return fact, {"valueQuantity": {"value": value} | ({"code": fact.unit, "unit": fact.unit} if fact.unit else {})}

    def answers(self, said: Answers) -> Answers:
        one = self.codes.base.instruments[said.instrument]
        told = said.model_copy(update={"form": None, "context": None, "mode": None if said.mode == "interview" else said.mode})
        if said.absent is not None:
            return self.not_done(told)
        kind = {"proxy": "RelatedPerson", "self": "Patient"}.get(told.mode or "", "Practitioner")
        source = f"{kind}/{said.source or 'p-1'}" if told.mode or said.source else None
        items = [
            {"linkId": name, "answer": [] if score is None else [{"valueInteger": score}]} for name, score in sorted(said.items.items())
        ]
        items += [{"linkId": "total", "answer": [{"valueInteger": said.total}]}] if said.total is not None else []
        form = f"{ROOT}/Questionnaire/{one.id.replace('_', '-')}"
        self.write(
            "QuestionnaireResponse",
            status="completed",
            questionnaire=form,
            authored=_at(said.at),
            source={"reference": source} if source else None,
            language=said.language,
            item=items,
        )
        return told.model_copy(update={"source": source})

    def not_done(self, said: Answers) -> Answers:
        """A form that was not answered, and why, under the code of the whole form or of its total."""
        self.observe(
            concept(published_form(self.codes.base, said)), said.at, said.source, {"dataAbsentReason": _plain(_ABSENT[str(said.absent)])}
        )
        return said.model_copy(update={"language": None})

    def condition(self, said: ListedCondition) -> ListedCondition:
        code, codes = self.codes.conditions.get(said.term or ""), said.codes
        if code is None and not codes:
            said = said.model_copy(update={"term": None, "text": said.text or said.term})
        coding = [{"system": ADDRESSES[one.system], "code": one.code} for one in codes]
        named = {**concept(code, said.text)} if code else {"coding": coding, **({"text": said.text} if said.text else {})}
        if said.status == "family_history":
            self.write("FamilyMemberHistory", status="completed", date=_at(said.at), condition=[{"code": named}])
            return said.model_copy(update={"severity": None})
        clinical, verified = _CONDITION[said.status]
        self.write(
            "Condition",
            code=named,
            clinicalStatus=_plain(clinical) if clinical else None,
            verificationStatus=_plain(verified),
            severity=concept(("snomed", _SEVERITY[said.severity])) if said.severity else None,
            recordedDate=_at(said.at),
        )
        return said

    def medicine(self, said: ListedMedication) -> ListedMedication:
        code = self.codes.medicines.get(said.ingredient or "") or next(((one.system, one.code) for one in said.codes), None)
        if code is None:
            said = said.model_copy(update={"ingredient": None, "text": said.text or said.ingredient})
        named = concept(code, said.text)
        if said.status == "proposed":
            self.write("MedicationRequest", status="draft", intent="order", medicationCodeableConcept=named)
            return said.model_copy(update={"at": None, "last_taken": None, "started": None})
        ended = said.status in ("stopped", "entered_in_error")
        self.write(
            "MedicationStatement",
            status=_TAKEN[said.status],
            medicationCodeableConcept=named,
            dateAsserted=None if ended else _at(said.at),
            effectivePeriod={"end": _at(said.last_taken)} if ended and said.last_taken else None,
        )
        return said.model_copy(update={"at": None} if ended else {"last_taken": None})

    def allergy(self, said: ListedAllergy) -> ListedAllergy:
        code = self.codes.medicines.get(said.substance or "")
        if code is None:
            said = said.model_copy(update={"substance": None, "text": said.substance})
        clinical, verified = _ALLERGY[said.status]
        self.write(
            "AllergyIntolerance",
            code=concept(code, said.text),
            clinicalStatus=_plain(clinical) if clinical else None,
            verificationStatus=_plain(verified),
            type=said.kind,
            recordedDate=_at(said.at),
        )
        return said

    def event(self, kind: str, at: datetime) -> bool:
        """Those that an encounter says; its end is the discharge."""
        if kind == "emergency_visit":
            self.write("Encounter", status="finished", **{"class": {"code": "EMER"}}, period={"start": _at(at), "end": _at(at)})
        elif kind == "admission":
            self.write("Encounter", status="onleave", **{"class": {"code": "IMP"}}, period={"start": _at(at), "end": _at(at)})
        elif kind == "discharge":
            self.write("Encounter", status="finished", **{"class": {"code": "IMP"}}, period={"end": _at(at)})
        return kind in ("emergency_visit", "admission", "discharge")


def spellings(resources: list[Resource]) -> Iterator[list[Resource]]:
    """The same in other forms that say the same: relative and absolute references, with a version behind them, another zone."""
    for whole in ("https://ehr.example/fhir/Patient/p-1", "Patient/p-1/_history/3"):
        yield [_pointing(item, whole) for item in resources]


def _pointing(item: Any, whole: str) -> Any:
    if isinstance(item, dict):
        return {name: _pointing(part, whole) for name, part in item.items()} if item != ME else {"reference": whole}
    return [_pointing(part, whole) for part in item] if isinstance(item, list) else item
