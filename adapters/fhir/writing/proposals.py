"""What may be done, as draft requests. They are proposals: nothing here is an order, active, started or dosed."""

from __future__ import annotations

from adapters.fhir.writing.activities import medicine
from adapters.fhir.writing.canonical import Resource
from adapters.fhir.writing.questionnaires import questionnaire_name
from adapters.fhir.writing.telling import Telling
from adapters.fhir.writing.words import LEVEL, PRIORITY, every, request_kind
from engine.artifacts import Modality, Role
from engine.decision import DataRequest, Escalation, Interval, Reason, Recommendation
from engine.dictionary import Language
from engine.terms import word
from engine.timing import instant

_FOLLOW_UP: dict[Language, str] = {"en": "Follow-up with {who}{how}", "es": "Seguimiento con {who}{how}"}
_FIND_OUT: dict[Language, str] = {"en": "Find out: {what}", "es": "Averiguar: {what}"}
_REASONS = ("Condition", "Observation")  # what R4 lets a request give as its reason
_LISTS: dict[str, dict[Language, str]] = {
    "conditions": {"en": "review of the diagnosis list", "es": "revisión de la lista de diagnósticos"},
    "medications": {"en": "review of the medication list", "es": "revisión de la lista de medicamentos"},
    "allergies": {"en": "review of the allergy list", "es": "revisión de la lista de alergias"},
    "events": {"en": "review of the list of events", "es": "revisión de la lista de acontecimientos"},
}


def _request(telling: Telling, kind: str, id: str, reasons: tuple[Reason, ...]) -> Resource:
    """What all requests have in common. A Task has no subject and no list of reasons; R4 says `for` and one reason there."""
    found: Resource = {"resourceType": kind, "id": id, "status": "draft"}
    because = [{"text": telling.say(reason.by.title)} for reason in reasons]
    if kind == "Task":
        return found | {"intent": "proposal", "for": telling.whom(), "reasonCode": because[0] if because else None}
    behind = [item for item in telling.behind(reasons) if item["reference"].partition("/")[0] in _REASONS]
    found |= {"subject": telling.whom(), "reasonCode": because, "reasonReference": behind}
    return found if kind == "CommunicationRequest" else found | {"intent": "proposal"}


def proposed(telling: Telling, item: Recommendation, id: str) -> Resource:
    """A recommended component."""
    component, kind = item.component, request_kind(item.component)
    found = _request(telling, kind, id, item.reasons) | {"priority": PRIORITY[item.urgency]}
    canonical = telling.site.canonical("ActivityDefinition", component.id, component.version)
    title = telling.say(component.title)
    cautions = [{"text": telling.say(blocked.action.do or blocked.reason.by.title)} for blocked in item.cautions]
    match kind:
        case "MedicationRequest":
            found |= {"instantiatesCanonical": [canonical], "medicationCodeableConcept": medicine(telling.site, component)}
        case "CommunicationRequest":
            found |= {"payload": [{"contentString": title}]}
        case "Task":
            found |= {"instantiatesCanonical": canonical, "code": {"text": title}, "description": telling.say(component.summary)}
        case _:
            found |= {"instantiatesCanonical": [canonical], "code": {"text": title}}
    return found | {"note": cautions}


def raised(telling: Telling, item: Escalation, id: str) -> Resource:
    """A step of the ladder: somebody is told, within its time."""
    found = _request(telling, "CommunicationRequest", id, item.reasons) | {
        "priority": LEVEL[item.level],
        "payload": [{"contentString": f"{telling.say(item.title)}. {telling.say(item.do)}"}],
        "recipient": [{"display": word(item.to, telling.language)}],
    }
    if item.within is not None:
        found["occurrenceDateTime"] = instant(telling.decision.as_of + item.within)
    return found


def contact(telling: Telling, demand: Interval, id: str) -> Resource:
    """A contact at an interval."""
    found = _request(telling, "ServiceRequest", id, (demand.reason,))
    return found | {
        "code": {"text": contact_title(telling, demand.with_, demand.modality)},
        "occurrenceTiming": every(demand.every),
        "performer": [{"display": word(demand.with_, telling.language)}],
    }


def contact_title(telling: Telling, who: Role, modality: Modality | None) -> str:
    how = f" {word(modality, telling.language)}" if modality else ""
    return _FOLLOW_UP[telling.language].format(who=word(who, telling.language), how=how)


def sought(telling: Telling, item: DataRequest, id: str) -> Resource:
    """Something to find out: an instrument to fill in, a list to review, a question to ask."""
    found = _request(telling, "Task", id, ()) | {"code": {"text": sought_title(telling, item)}}
    if item.kind == "instrument":
        instrument = telling.site.base.instruments[item.subject]
        found["instantiatesCanonical"] = telling.site.canonical("Questionnaire", questionnaire_name(instrument), instrument.version)
    return found


def sought_title(telling: Telling, item: DataRequest) -> str:
    """What to find out, in words."""
    base = telling.site.base
    if item.kind == "instrument":
        what = telling.say(base.instruments[item.subject].title)
    elif item.kind == "list":
        what = _LISTS[item.subject][telling.language]
    else:
        what = telling.say(base.dictionary.entries[item.subject].label)
    return _FIND_OUT[telling.language].format(what=what)
