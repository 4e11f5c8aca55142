"""Elements of FHIR, taken out of any JSON: what is not of the expected form is as if it were not there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from math import isfinite
from typing import Any, NamedTuple

from engine.given import Coding

Number = int | float
_NUMERIC = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
_LARGEST = 1e15  # no measurement of a person is larger, and every whole number up to it is exact
_LONGEST = 200  # letters of a name in a record
_SYSTEMS = {
    "loinc.org": "loinc",
    "urn:oid:2.16.840.1.113883.6.1": "loinc",
    "snomed.info/sct": "snomed",
    "urn:oid:2.16.840.1.113883.6.96": "snomed",
    "hl7.org/fhir/sid/icd-10-cm": "icd10cm",
    "urn:oid:2.16.840.1.113883.6.90": "icd10cm",
    "www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "urn:oid:2.16.840.1.113883.6.88": "rxnorm",
    "www.cms.gov/medicare/coding/hcpcsreleasecodesets": "hcpcs",
    "urn:oid:2.16.840.1.113883.6.285": "hcpcs",
    "www.cms.gov/medicare/coding/icd10": "icd10pcs",
    "urn:oid:2.16.840.1.113883.6.4": "icd10pcs",
}

_LISTED = frozenset({"loinc", "snomed", "icd10cm", "rxnorm"})  # systems of the entries of lists
_KINDS = "Quantity CodeableConcept Coding Code String Boolean Integer Decimal Range Ratio SampledData Time DateTime Date Period"
_VALUES = frozenset(f"value{kind}" for kind in [*_KINDS.split(), "Uri", "Attachment", "Reference"])
_SPEAKING = _VALUES | {"dataAbsentReason"}


class Coded(NamedTuple):
    """One coding. system: our name of a published system, or the address that was sent."""

    system: str
    code: str
    raw: dict[str, Any]

    @property
    def display(self) -> str:
        return text(self.raw.get("display"))


def items(value: object) -> list[dict[str, Any]]:
    """The objects of a list; an object where a list should be counts as a list of one."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def inside(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """The words, without blanks around them and line breaks in them; empty where there are none that can be written down."""
    if not isinstance(value, str) or not value:
        return ""
    if value.isascii() and value.isprintable() and value[0] != " " and value[-1] != " " and "  " not in value:  # nearly always
        return value
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        return ""
    return " ".join(value.replace("\0", " ").split())


def short(value: object) -> str | None:
    """Words that fit a name in a record."""
    return text(value)[:_LONGEST].rstrip() or None


def number(value: object) -> Number | None:
    """A number, or a text that is nothing but one."""
    if isinstance(value, str):
        plain = value.strip()
        value = None if not _NUMERIC.fullmatch(plain) else float(plain) if "." in plain else int(plain)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not -_LARGEST <= value <= _LARGEST or not isfinite(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value  # JSON knows one kind of number


def whole(value: Number | None) -> int | None:
    return int(value) if value is not None and value == int(value) else None


@lru_cache(maxsize=512)
def system(address: str) -> str:
    """Our name of a published code system, however its address is written; else the address."""
    plain = re.sub(r"^https?://", "", address.strip()).rstrip("/").lower()
    return _SYSTEMS.get(plain, address.strip())


def codings(concept: object) -> list[Coded]:
    """The codings of a CodeableConcept, or of a list of them; a lone Coding and a lone code count, too."""
    if isinstance(concept, str):
        return [Coded("", text(concept), {})] if text(concept) else []
    found = []
    for one in items(concept):
        for raw in items(one["coding"]) if "coding" in one else [one]:
            code = text(raw.get("code"))
            if code:
                address = raw.get("system")
                found.append(Coded(system(address) if isinstance(address, str) else "", code, raw))
    return found


def code_of(concept: object) -> str:
    """The code of a concept whose value set is closed, whatever its system."""
    found = codings(concept) if concept is not None else []
    return found[0].code if found else ""


def words_of(concept: object) -> str | None:
    """How a concept is called."""
    if isinstance(concept, str):
        return short(concept)
    called = (short(one.get("text")) for one in items(concept))
    return next(filter(None, called), None) or next((short(item.display) for item in codings(concept) if item.display), None)


def published(found: Iterable[Coded]) -> tuple[Coding, ...]:
    """Those of the four systems that a record holds."""
    kept = {_coding(item.system, item.code) for item in found if item.system in _LISTED and len(item.code) <= 40}
    return tuple(sorted(kept, key=lambda item: (item.system, item.code))[:20])


@lru_cache(maxsize=4096)
def _coding(name: str, code: str) -> Coding:
    return Coding(system=name, code=code)  # type: ignore[arg-type]


def extensions(element: object, url: str) -> list[dict[str, Any]]:
    """The extensions under one address."""
    found = inside(element).get("extension")
    return [item for item in items(found) if item.get("url") == url] if found else []


def speaks(element: dict[str, Any]) -> bool:
    """Whether it has a value, or says why it has none."""
    return any(element[key] is not None for key in element.keys() & _SPEAKING)


def value_of(element: dict[str, Any]) -> tuple[str, Any]:
    """Which `value[x]` there is, and the value; ("", None) where there is none, or more than one."""
    found = [(key, element[key]) for key in element.keys() & _VALUES if element[key] is not None]
    return found[0] if len(found) == 1 else ("", None)
