"""Questionnaire: an instrument, with codes and scores. The wording of questions is shipped only where the licence lets us."""

from __future__ import annotations

from adapters.fhir.writing.canonical import Publishing, Resource, artifact, said, without_nothing
from engine.instruments import Instrument, Item

_LOINC = "http://loinc.org"
_EXTENSION = "http://hl7.org/fhir/StructureDefinition/"


def questionnaire_name(instrument: Instrument) -> str:
    """The name of an instrument among the questionnaires: ids of FHIR have dashes where codes of ours have underscores."""
    return instrument.id.replace("_", "-")


def questionnaire(site: Publishing, instrument: Instrument) -> Resource:
    """One instrument. An item says what it is about; where the wording may not ship, whoever asks has the form itself."""
    found = artifact(site, "Questionnaire", questionnaire_name(instrument), instrument.version, instrument.title)
    found |= said("description", instrument.ask)
    found |= {
        "copyright": instrument.licence,
        "subjectType": ["Patient"],
        "code": _coding(instrument.loinc.get("panel")),
        "item": [*(_item(item) for item in instrument.items), *_total(instrument)],
    }
    cleaned: Resource = without_nothing(found)
    return cleaned


def _item(item: Item) -> Resource:
    """Yes counts as 1. A range is a number; other scores are choices that carry their score."""
    found: Resource = {"linkId": item.id, "code": _coding(item.loinc), **said("text", item.label)}
    if item.range is not None:
        return found | {"type": "integer", "extension": _between(*item.range)}
    if item.values is None:
        return found | {"type": "boolean"}
    return found | {"type": "choice", "answerOption": [{"valueCoding": _score(value)} for value in item.values]}


def _total(instrument: Instrument) -> list[Resource]:
    if instrument.score != "sum":
        return []
    found: Resource = {"linkId": "total", "text": "Total", "type": "integer", "code": _coding(instrument.loinc.get("total"))}
    return [found | {"extension": _between(*instrument.total_range), "readOnly": bool(instrument.items)}]


def _score(value: int) -> Resource:
    return {"code": str(value), "display": str(value), "extension": [{"url": f"{_EXTENSION}ordinalValue", "valueDecimal": value}]}


def _between(low: int, high: int) -> list[Resource]:
    return [{"url": f"{_EXTENSION}minValue", "valueInteger": low}, {"url": f"{_EXTENSION}maxValue", "valueInteger": high}]


def _coding(loinc: str | None) -> list[Resource]:
    return [{"system": _LOINC, "code": loinc}] if loinc else []
