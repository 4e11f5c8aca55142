"""Patient: birth date, sex, language, place."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from adapters.fhir.ours import SEX
from adapters.fhir.reading.elements import code_of, codings, extensions, items, short, text, value_of
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.times import moment
from engine.record import Location

_US_CORE = tuple(f"http://hl7.org/fhir/us/core/StructureDefinition/us-core-{name}" for name in ("sex", "birthsex"))
_SEX = {"female-typical": "female", "male-typical": "male", "248152002": "female", "248153007": "male", "F": "female", "M": "male"}
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_]([A-Za-z]{2}))?")
_COUNTRY = re.compile(r"[A-Z]{2}")
_SAME_COUNTRY = {"USA": "US", "UNITED STATES": "US", "UNITED STATES OF AMERICA": "US"}
_NOT_A_HOME = ("old", "billing", "temp")


def read_patient(one: One, into: Ledger) -> None:
    """A label of the Patient itself is one of everything."""
    resource = one.resource
    if one.origin is not None:
        into.single["origin"] = one.origin
    _born(one, into)
    _sex(one, into)
    if resource.get("deceasedBoolean") is True or moment(resource.get("deceasedDateTime")):
        into.tell(one.reference, "deceased", "The person is said to have died.")
    language = _language(resource)
    if language is not None:
        into.person["language"] = language
    _place(one, into)


def _born(one: One, into: Ledger) -> None:
    said = one.resource.get("birthDate")
    found = moment(said)
    if found is not None and found.known == "day":
        into.person["birth_date"] = date(found.at.year, found.at.month, found.at.day)
        into.cite(("patient.age",), None, one.reference)
    elif found is not None:
        into.tell(one.reference, "date-imprecise", "The birth date is a year or a month: no age follows from it.")
    elif said is not None:
        into.tell(one.reference, "date-unknown", "The birth date is no date.")


def _sex(one: One, into: Ledger) -> None:
    """What is stated for clinical use; else what US Core states as sex, if it states one thing. Gender is not sex."""
    clinical = {_coded(part) for item in extensions(one.resource, SEX) for part in extensions(item, "value")}
    stated = clinical or {_coded(item) for url in _US_CORE for item in extensions(one.resource, url)}
    known = {_SEX[code] for code in stated if code in _SEX}
    if len(known) == 1:
        into.person["sex"] = known.pop()
        into.cite(("patient.sex",), None, one.reference)
    elif known:
        into.tell(one.reference, "sex-contradictory", "Two sexes are stated; neither was used.")
    elif one.resource.get("gender") is not None:
        into.tell(one.reference, "sex-not-stated", "Administrative gender is not sex for clinical use, which is not stated.")


def _coded(extension: dict[str, Any]) -> str:
    _, value = value_of(extension)
    return code_of(value)


def _language(resource: dict[str, Any]) -> str | None:
    """The preferred one, or the only one."""
    spoken = items(resource.get("communication"))
    chosen = [item for item in spoken if item.get("preferred") is True] or spoken
    tags = {_tag(item.get("language")) for item in chosen} - {None}
    return tags.pop() if len(tags) == 1 else None


def _tag(language: object) -> str | None:
    found = (_LANGUAGE.fullmatch(item.code) for item in codings(language))
    first = next(filter(None, found), None)
    return None if first is None else first[1].lower() + (f"-{first[2].upper()}" if first[2] else "")


def _place(one: One, into: Ledger) -> None:
    """Where the person lives: it decides which help lines are shown, and is never a location that they confirmed."""
    homes = [item for item in items(one.resource.get("address")) if text(item.get("use")) not in _NOT_A_HOME and not _ended(item)]
    places = {(country, short(item.get("state"))) for item in homes if (country := _country(item.get("country")))}
    if len(places) == 1:
        country, region = places.pop()
        into.person["location"] = Location(country=country, region=region)
    elif places:
        into.tell(one.reference, "address-ambiguous", "Several addresses are in force, in different places.")


def _ended(address: dict[str, Any]) -> bool:
    return any(item.get("end") is not None for item in items(address.get("period")))


def _country(said: object) -> str | None:
    plain = text(said).upper()
    plain = _SAME_COUNTRY.get(plain, plain)
    return plain if _COUNTRY.fullmatch(plain) else None
