"""Who can see what, and why, in words that a patient can read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.dictionary import Language, Text
from engine.wording import date_words

_WHAT: dict[str, Text] = {
    "part2": {"en": "substance use treatment records", "es": "los registros de tratamiento por consumo de sustancias"},
    "mental_health": {"en": "mental health information", "es": "la información de salud mental"},
    "sexual_reproductive": {"en": "sexual and reproductive health information", "es": "la información de salud sexual y reproductiva"},
    "minor": {"en": "what is known of a minor", "es": "lo que se sabe de una persona menor de edad"},
    "all": {"en": "the whole record", "es": "todo el registro"},
}
_FOR: dict[str, Text] = {
    "treatment": {"en": "treatment", "es": "el tratamiento"},
    "payment": {"en": "payment", "es": "el pago"},
    "operations": {"en": "running the service", "es": "el funcionamiento del servicio"},
    "emergency": {"en": "an emergency", "es": "una emergencia"},
    "research": {"en": "research", "es": "la investigación"},
    "criminal_justice": {"en": "criminal justice, and for nothing else", "es": "la justicia penal, y para nada más"},
}
_CLASS: dict[str, Text] = {
    "treating_providers": {"en": "Everybody who treats the person", "es": "Todas las personas que le atienden"},
    "payers": {"en": "Whoever pays for the care", "es": "Quien paga la atención"},
    "family": {"en": "The family", "es": "La familia"},
}
_SAID: dict[str, Text] = {
    "may": {"en": "{who} may see {what} for {purposes}, {end}.", "es": "{who} puede ver {what} para {purposes}, {end}."},
    "no": {
        "en": "{who} may not see {what} for {purposes}: refused on {since}.",
        "es": "{who} no puede ver {what} para {purposes}: se rechazó el {since}.",
    },
    "ended": {"en": "{who} may no longer see {what} for {purposes}: {why}.", "es": "{who} ya no puede ver {what} para {purposes}: {why}."},
    "until": {"en": "until {date}", "es": "hasta el {date}"},
    "event": {"en": "until this happens: {event}", "es": "hasta que ocurra esto: {event}"},
    "revoked": {"en": "taken back on {date}", "es": "se retiró el {date}"},
    "expired": {"en": "it ended on {date}", "es": "terminó el {date}"},
    "and": {"en": " and ", "es": " y "},
}  # fmt: skip
_ALWAYS: tuple[Text, ...] = (
    {
        "en": "A substance use programme may see its own records. Nobody outside it may, unless a line above says so.",
        "es": "Un programa de consumo de sustancias puede ver sus propios registros. Nadie fuera de él puede, salvo que se diga arriba.",
    },
    {
        "en": "In a medical emergency medical staff may see what they need. It is written down and reviewed afterwards.",
        "es": "En una emergencia médica el personal médico puede ver lo que necesita. Queda anotado y se revisa después.",
    },
    {
        "en": "Those who treat the person, or pay for or run the care, may see other health information, unless the person has refused.",
        "es": "Quienes le atienden, pagan o gestionan la atención pueden ver otra información de salud, salvo rechazo de la persona.",
    },
    {
        "en": "Family and friends see nothing about substance use or mental health until the person names them.",
        "es": "Familiares y amistades no ven nada sobre consumo de sustancias ni salud mental hasta que la persona los nombre.",
    },
    {
        "en": "Courts, police and probation see nothing without a court order and subpoena, or a consent made for that alone.",
        "es": "Tribunales, policía y libertad condicional no ven nada sin orden judicial y citación, o un consentimiento solo para eso.",
    },
)


def who_can_see(documents: list[dict[str, Any]], now: datetime, language: Language) -> list[str]:
    """documents: the recorded consents. What was said to the person first, then what always holds."""
    return [*dict.fromkeys(_line(document, now, language) for document in documents), *(text[language] for text in _ALWAYS)]


def _line(document: dict[str, Any], now: datetime, language: Language) -> str:
    def say(key: str, **slots: str) -> str:
        return _SAID[key][language].format(**slots)

    def date(name: str) -> str:
        return date_words(datetime.fromisoformat(document[name]), language)

    join = _SAID["and"][language]
    known = {
        "who": _CLASS[document["recipient"]][language] if document["recipient"] in _CLASS else document["recipient"],
        "what": join.join(_WHAT[item][language] for item in document["categories"]),
        "purposes": join.join(_FOR[item][language] for item in document["purposes"]),
    }
    if document["revoked_at"] is not None:
        return say("ended", why=say("revoked", date=date("revoked_at")), **known)
    if not document["given"]:
        return say("no", since=date("recorded_at"), **known)
    if document["until"] is None:
        return say("may", end=say("event", event=document["ends_when"]), **known)
    if datetime.fromisoformat(document["until"]) <= now:
        return say("ended", why=say("expired", date=date("until")), **known)
    return say("may", end=say("until", date=date("until")), **known)
