"""Codes of ours as codes of FHIR: urgency, time, who takes part, and in what form help comes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine.artifacts import Component, Contact, Level, Role, Urgency
from engine.dictionary import Language
from engine.terms import word

# Our information, warning and alarm, as HL7 maps the indicators of a card: routine, urgent, stat.
PRIORITY: dict[Urgency, str] = {"routine": "routine", "soon": "urgent", "urgent": "urgent", "emergent": "stat"}
LEVEL: dict[Level, str] = {"E0": "routine", "E1": "routine", "E2": "urgent", "E3": "urgent", "E4": "urgent", "E5": "stat", "E6": "stat"}
_REQUESTS = {
    "safety": "Task",
    "medication": "ServiceRequest",
    "psychosocial": "ServiceRequest",
    "coordination": "Task",
    "assessment": "ServiceRequest",
    "harm_reduction": "ServiceRequest",
    "social": "ServiceRequest",
    "education": "CommunicationRequest",
}
_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"), (timedelta(seconds=1), "s"))
_UNIT_WORDS = {"d": "days", "h": "hours", "min": "minutes", "s": "seconds"}


def request_kind(component: Component) -> str:
    """The resource that proposes a component. A medicine is proposed as one; a programme around medicines is a service."""
    return "MedicationRequest" if component.medication else _REQUESTS[component.kind]


def measured(length: timedelta) -> tuple[int, str]:
    """A length of time as a whole number of its largest unit."""
    unit, code = next(((unit, code) for unit, code in _UNITS if length % unit == timedelta(0)), _UNITS[-1])
    return length // unit, code


def duration(length: timedelta) -> dict[str, Any]:
    """A Duration in UCUM."""
    number, code = measured(length)
    return {"value": number, "unit": _UNIT_WORDS[code], "system": "http://unitsofmeasure.org", "code": code}


def every(length: timedelta) -> dict[str, Any]:
    """A Timing: once each length of time."""
    number, code = measured(length)
    return {"repeat": {"frequency": 1, "period": number, "periodUnit": code}}


def participant(*roles: Role, language: Language = "en") -> list[dict[str, Any]]:
    """Who takes part, as PlanDefinition and ActivityDefinition say it."""
    return [{"type": "practitioner", "role": {"text": word(role, language)}} for role in roles]


def contact_words(contact: Contact, language: Language = "en") -> str:
    """A follow-up in words."""
    number, code = measured(contact.every)
    how = f" {word(contact.modality, language)}" if contact.modality else ""
    said = {"en": "Contact with {who}{how} every {number} {unit}", "es": "Contacto con {who}{how} cada {number} {unit}"}[language]
    unit = {"en": _UNIT_WORDS, "es": {"d": "días", "h": "horas", "min": "minutos", "s": "segundos"}}[language][code]
    return said.format(who=word(contact.with_, language), how=how, number=number, unit=unit)
