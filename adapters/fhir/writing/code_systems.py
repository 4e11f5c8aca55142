"""CodeSystem: the findings that may be stated under our own codes, and the values of those that are coded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapters.fhir.ours import FINDINGS, REVIEWS, VALUES, stated
from adapters.fhir.writing.canonical import Publishing, Resource, artifact, without_nothing
from engine.dictionary import Entry, Text
from engine.instruments import Instrument

_FINDINGS: Text = {"en": "Findings that may be stated", "es": "Hallazgos que se pueden comunicar"}
_VALUES: Text = {"en": "Values of coded findings", "es": "Valores de los hallazgos codificados"}
_REVIEWS: dict[str, Text] = {
    "conditions": {"en": "confirmed complete: diagnosis list", "es": "confirmada como completa: lista de diagnósticos"},
    "medications": {"en": "confirmed complete: medication list", "es": "confirmada como completa: lista de medicamentos"},
    "allergies": {"en": "confirmed complete: allergy list", "es": "confirmada como completa: lista de alergias"},
    "events": {"en": "confirmed complete: list of events", "es": "confirmada como completa: lista de acontecimientos"},
}
_TYPES = "boolean, integer, decimal, code or ordered (from the mildest to the worst); form: a whole questionnaire; list: a review of one"
_PROPERTIES = (
    ("type", "code", _TYPES),
    ("unit", "string", "UCUM; a number in another unit is converted"),
    ("low", "decimal", "the lowest number that is possible"),
    ("high", "decimal", "the highest number that is possible"),
    ("value", "code", f"one of the values of a coded finding: valueString, or in {VALUES}"),
    ("loinc", "code", "the same in LOINC"),
)
_OF_VALUES = (("finding", "code", "what it is a value of"), ("value", "code", "the value itself"))


def code_systems(site: Publishing) -> Iterator[Resource]:
    """Both of them."""
    base = site.base
    findings = [*map(_finding, stated(base)), *map(_form, base.instruments.values())]
    findings += [_concept(code, _REVIEWS[name], type="list") for code, name in REVIEWS.items()]
    yield _system(site, FINDINGS, _FINDINGS, _PROPERTIES, findings)
    yield _system(site, VALUES, _VALUES, _OF_VALUES, [_value(entry, value) for entry in stated(base) for value in entry.values])


def _system(site: Publishing, path: str, title: Text, properties: tuple[tuple[str, str, str], ...], concepts: list[Resource]) -> Resource:
    found = artifact(site, "CodeSystem", path.partition("/")[2], site.version, title)
    found |= {
        "caseSensitive": True,
        "content": "complete",
        "count": len(concepts),
        "property": [{"code": code, "type": kind, "description": what} for code, kind, what in properties],
        "concept": concepts,
    }
    cleaned: Resource = without_nothing(found)
    return cleaned


def _finding(entry: Entry) -> Resource:
    low, high = entry.range or (None, None)
    return _concept(
        entry.code, entry.label, type=entry.type, unit=entry.unit, low=low, high=high, value=entry.values, loinc=entry.codes.get("loinc")
    )


def _form(instrument: Instrument) -> Resource:
    return _concept(instrument.id, instrument.title, type="form", loinc=instrument.loinc.get("panel"))


def _value(entry: Entry, value: str) -> Resource:
    label = entry.value_labels.get(value)
    code = f"{entry.code}.{value}"
    of = {"finding": entry.code, "value": value}
    return _concept(code, label, **of) if label else {"code": code, "display": value.replace("_", " "), "property": _properties(of)}


def _concept(code: str, label: Text, **properties: Any) -> Resource:
    spanish = {"language": "es", "value": label["es"]}
    return {"code": code, "display": label["en"], "designation": [spanish], "property": _properties(properties)}


def _properties(given: dict[str, Any]) -> list[Resource]:
    kinds = {code: f"value{kind.capitalize()}" for code, kind, _ in (*_PROPERTIES, *_OF_VALUES)}
    listed = [(code, value) for code, values in given.items() for value in (values if isinstance(values, tuple) else (values,))]
    return [{"code": code, kinds[code]: value} for code, value in listed if value is not None]
