"""Parameters of $apply, as they come in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from adapters.fhir.writing.bundles import issue
from adapters.fhir.writing.telling import Asker
from api.problems import Rejected
from api.record_schema import moment
from engine.dictionary import Language
from engine.errors import Problem

Document = dict[str, Any]
SUBJECT = re.compile(r"^(?:.*/)?Patient/(?P<id>[A-Za-z0-9.-]{1,64})$")
_TEXTS = ("valueString", "valueDate", "valueCanonical", "valueUri", "valueUrl", "valueCode", "valueId", "valueDateTime", "valueInstant")
_OF_A_REPORT = ("asOf", "periodStart", "periodEnd", "reportType")
_OF_MANY = {"population": True, "summary": True, "subject": False, "individual": False}
_KNOWN = frozenset(
    {"planDefinition", "subject", "encounter", "practitioner", "organization", "userType", "userLanguage", "userTaskContext"}
    | {"setting", "settingContext", "data", *_OF_A_REPORT}
)
_ONCE = ("planDefinition", "encounter", "practitioner", "organization", "userLanguage", "setting", *_OF_A_REPORT)
_LONGEST = 500
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Applied:
    """What is to be applied, to whom. definition: as it was named, a canonical or a reference. patient: the id.

    resources: what was sent about them; None where nothing was. as_of: None for now. period: of a measure, as it was sent.
    """

    definition: str | None
    patient: str
    asker: Asker
    language: Language | None
    resources: tuple[Document, ...] | None
    as_of: datetime | None
    period: tuple[str, str] | None
    remarks: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Many:
    """What is to be counted over many people. as_of: None for the end of the period."""

    language: Language | None
    as_of: datetime | None
    period: tuple[str, str]


def of_many(parameters: Document) -> Many | None:
    """A report over many people, where one is asked for; as FHIR has it, that is so where no subject is named. Raises Rejected."""
    given = _by_name(parameters)
    kind = _text(given["reportType"][0]) if "reportType" in given else None if "subject" in given else "population"
    if kind is not None and kind not in _OF_MANY:
        raise wrong("/parameter", "report-unexpected", "There is no such report here.", "Send reportType as subject or population.")
    if kind is None or not _OF_MANY[kind]:
        return None
    if "subject" in given or "data" in given:
        what = "A report over many people counts those who are stored, and takes no data."
        raise wrong("/parameter", "subject-unexpected", what, "Leave subject and data out, or send reportType as subject.")
    named = {name: _text(values[0]) for name, values in given.items()}
    return Many(_language(given), _as_of(named.get("asOf")), given_period(_period(named.get("periodStart"), named.get("periodEnd"))))


def given_period(period: tuple[str, str] | None) -> tuple[str, str]:
    """A measure is for a period. Raises Rejected."""
    if period is None:
        do = "Send periodStart and periodEnd as 2026-01-01 and 2026-12-31."
        raise wrong("/parameter", "period-missing", "It is not said for which period.", do)
    return period


def applied(parameters: Document) -> Applied:
    """Raises Rejected."""
    given = _by_name(parameters)
    subjects = given.get("subject", [])
    if len(subjects) != 1:
        raise wrong("/parameter", "subject-unexpected", "One subject is decided for at a time.", "Send `subject` once: Patient/id.")
    match = SUBJECT.match(_text(subjects[0]) or "")
    if match is None:
        raise wrong("/parameter", "subject-unexpected", "This does not name a patient.", "Send `subject` as Patient/id.")
    unknown = [issue("warning", "not-supported", "A parameter is not known, and was ignored.", "parameter-unknown")]
    named = {name: _text(values[0]) for name, values in given.items() if name != "data"}
    return Applied(
        _definition(given),
        match["id"],
        Asker(*(_reference(named.get(name), kinds) for name, kinds in _ASKERS)),
        _language(given),
        _resources(given),
        _as_of(named.get("asOf")),
        _period(named.get("periodStart"), named.get("periodEnd")),
        tuple(unknown if given.keys() - _KNOWN else ()),
    )


_ASKERS = (
    ("encounter", ("Encounter",)),
    ("practitioner", ("Practitioner", "PractitionerRole")),
    ("organization", ("Organization",)),
)


def wrong(where: str, code: str, what: str, do: str) -> Rejected:
    return Rejected(422, "body-refused", [Problem(where, code, what, do)])


def _by_name(parameters: Document) -> Mapping[str, list[Document]]:
    listed = parameters.get("parameter", [])
    if not isinstance(listed, list) or not all(isinstance(item, dict) and isinstance(item.get("name"), str) for item in listed):
        raise wrong("/parameter", "parameters-wrong", "These are not the parameters of an operation.", "Send a list of name and value.")
    found: dict[str, list[Document]] = {}
    for item in listed:
        found.setdefault(item["name"], []).append(item)
    if any(len(found.get(name, ())) > 1 for name in _ONCE):
        raise wrong("/parameter", "parameter-twice", "A parameter stands twice that holds one value.", "Send it once.")
    return found


def _text(item: Document) -> str | None:
    reference = item.get("valueReference")
    texts = [reference.get("reference")] if isinstance(reference, dict) else [item.get(key) for key in _TEXTS]
    return next((text for text in texts if isinstance(text, str) and 0 < len(text) <= _LONGEST), None)


def _definition(given: Mapping[str, list[Document]]) -> str | None:
    """A canonical, a reference, or a whole PlanDefinition, of which only the url counts."""
    if "planDefinition" not in given:
        return None
    item = given["planDefinition"][0]
    whole = item.get("resource")
    named = whole.get("url") if isinstance(whole, dict) else _text(item)
    if not isinstance(named, str):
        raise wrong("/parameter", "definition-unexpected", "This does not name a plan.", "Send its canonical url as valueCanonical.")
    return named


def _reference(text: str | None, kinds: tuple[str, ...]) -> str | None:
    """A reference goes back as it came, where it is one."""
    if text is None or not re.fullmatch(rf"(?:https?://[^\s]+/)?(?:{'|'.join(kinds)})/[A-Za-z0-9.-]{{1,64}}", text):
        return None
    return text


def _language(given: Mapping[str, list[Document]]) -> Language | None:
    """English or Spanish; any other is answered in English."""
    for item in given.get("userLanguage", []):
        concept = item.get("valueCodeableConcept")
        coding = concept.get("coding") if isinstance(concept, dict) else None
        codes = [one.get("code") for one in coding if isinstance(one, dict)] if isinstance(coding, list) else []
        for code in (*codes, _text(item)):
            if isinstance(code, str):
                return "es" if code.lower().partition("-")[0] == "es" else "en"
    return None


def _as_of(text: str | None) -> datetime | None:
    if text is None:
        return None
    found = moment(text)
    if found is None:
        raise wrong("/parameter", "wrong-time", "This is not a time between 1900 and 2199.", "Write it as 2026-11-23T16:00:00Z.")
    return found


def _period(start: str | None, end: str | None) -> tuple[str, str] | None:
    if start is None and end is None:
        return None
    found = whole_days(start or "", end or "")
    if found is None:
        do = "Send periodStart and periodEnd as 2026-01-01 and 2026-12-31."
        raise wrong("/parameter", "period-wrong", "This is no period of whole days.", do)
    return found


def whole_days(start: str, end: str) -> tuple[str, str] | None:
    """A period, where these are its first and its last day."""
    days = _DAY.fullmatch(start) and _DAY.fullmatch(end)
    return (start, end) if days and start <= end and None not in (_day(start), _day(end)) else None


def end_of(period: tuple[str, str]) -> datetime:
    """The last moment of a period of whole days."""
    last = _day(period[1])
    assert last is not None
    return last + timedelta(days=1, microseconds=-1)


def _day(text: str) -> datetime | None:
    return moment(f"{text}T00:00:00Z")


def _resources(given: Mapping[str, list[Document]]) -> tuple[Document, ...] | None:
    if "data" not in given:
        return None
    found = [item.get("resource") for item in given["data"]]
    kept = tuple(item for item in found if isinstance(item, dict))
    if len(kept) != len(found):
        raise wrong("/parameter", "data-unexpected", "`data` holds no resource.", "Send a Bundle of the person's resources.")
    return kept
