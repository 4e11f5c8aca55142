"""The shape of a record: the JSON Schema that is published, and what of it pydantic does not hold input to by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from api.strict_json import MAX_NUMBER
from api.vocabulary import Vocabulary
from engine.record import Record

Schema = dict[str, Any]
Location = tuple[str | int, ...]

_YEAR, _MONTH, _DAY = r"(19|20|21)[0-9]{2}", r"(0[1-9]|1[0-2])", r"(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
# Years 1900 to 2199: a date outside them is a slip of the hand, and some of them cannot be converted between time zones.
PATTERNS = {
    "date-time": rf"^{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}:[0-5][0-9](\.[0-9]{{1,9}})?(Z|[+-]{_CLOCK})$",
    "date": rf"^{_YEAR}-{_MONTH}-{_DAY}$",
    "duration": r"^P([0-9]{1,3}W|[0-9]{1,4}D|T[0-9]{1,4}[HM])$",
}


_INSTANT = re.compile(PATTERNS["date-time"])


def moment(text: str) -> datetime | None:
    """The moment that a text names, written as times are written in a record; None when it names none."""
    try:
        return datetime.fromisoformat(text) if _INSTANT.fullmatch(text) else None
    except ValueError:
        return None


@cache
def plain_schema() -> Schema:
    """The schema as the model has it."""
    return Record.model_json_schema()


def at(location: Location) -> Schema:
    """The part of the schema that a location falls under, as far as the schema knows the way; else empty."""
    node = plain_schema()
    for step in location:
        node = _object(node)
        node = node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})
    return _object(node)


def _object(node: Schema) -> Schema:
    """Follow a reference, and take the branch of an optional part that is not null."""
    while "$ref" in node or "anyOf" in node:
        if "$ref" in node:
            node = plain_schema()["$defs"][node["$ref"].rpartition("/")[2]]
        else:
            branches = [branch for branch in node["anyOf"] if branch.get("type") != "null"]
            if len(branches) != 1:
                return node
            node = branches[0]
    return node


@cache
def timed() -> tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...]:
    """Every place that holds a time: its path (`*` for any index), the pattern it must match and its format."""
    return tuple((path, re.compile(PATTERNS[form]), form) for path, form in _formats(plain_schema(), ()))


def _formats(node: Schema, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    node = _object(node)
    if node.get("format") in PATTERNS:
        yield path, node["format"]
    for name, child in node.get("properties", {}).items():
        yield from _formats(child, (*path, name))
    if isinstance(node.get("items"), dict):
        yield from _formats(node["items"], (*path, "*"))


@cache
def field_names() -> frozenset[str]:
    """Every field that some part of a record has."""
    definitions = [plain_schema(), *plain_schema()["$defs"].values()]
    return frozenset(name for definition in definitions for name in definition.get("properties", {}))


def record_schema(vocabulary: Vocabulary) -> Schema:
    """The schema with everything that is checked besides: the names of this release, times, and numbers that can be held."""
    schema: Schema = _tightened(plain_schema())
    parts: dict[str, Schema] = schema["$defs"]
    parts["Fact"]["properties"]["code"] = {"enum": sorted(vocabulary.facts)}
    parts["Series"]["properties"]["code"] = {"enum": sorted(vocabulary.facts)}
    parts["Answers"]["properties"]["instrument"] = {"enum": sorted(vocabulary.items)}
    score = {"anyOf": [{"type": "integer", "minimum": -MAX_NUMBER, "maximum": MAX_NUMBER}, {"type": "null"}]}
    parts["Answers"]["properties"]["items"] = {"type": "object", "maxProperties": 60, "default": {}, "additionalProperties": score}
    parts["Answers"]["anyOf"] = [_items_of(name, vocabulary) for name in sorted(vocabulary.items)]
    parts["Answers"]["oneOf"] = [
        {**_null("absent"), "anyOf": [_filled("items", minProperties=1), _filled("total", type="integer")]},
        {**_filled("absent", type="string"), "allOf": [_null("total"), {"properties": {"items": {"maxProperties": 0}}}]},
    ]
    for part, field in (("ListedCondition", "term"), ("ListedMedication", "ingredient"), ("ListedAllergy", "substance")):
        parts[part]["anyOf"] = [_filled(field, type="string"), _filled("codes", minItems=1), _filled("text", type="string")]
    for part, field in (("Preferences", "declined"), ("Goal", "components")):
        parts[part]["properties"][field]["items"] = {"enum": sorted(vocabulary.components)}
    parts["Standing"]["anyOf"] = [
        {"properties": {"pathway": {"const": name}, "stage": {"enum": sorted(stages)}}}
        for name, stages in sorted(vocabulary.stages.items())
    ] or [False]
    value = {"required": ["value"], "properties": {"value": {"not": {"type": "null"}}, "absent": {"type": "null"}}}
    parts["Fact"]["oneOf"] = [value, {**_filled("absent", type="string"), "allOf": [_null("value")]}]
    parts["Patient"]["anyOf"] = [_null("birth_date"), _null("age")]
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = "urn:tandem:schema:record"
    return schema


def _items_of(name: str, vocabulary: Vocabulary) -> Schema:
    """One instrument with its items, if it takes any; and no total where it has none."""
    names = sorted(vocabulary.items[name])
    only: Schema = {"instrument": {"const": name}}
    only["items"] = {"propertyNames": {"enum": names}} if names else {"maxProperties": 0}
    if vocabulary.instruments[name].score != "sum":
        only["total"] = {"type": "null"}
    return {"properties": only}


def _null(field: str) -> Schema:
    return {"properties": {field: {"type": "null"}}}


def _filled(field: str, **form: str | int) -> Schema:
    return {"required": [field], "properties": {field: form}}


def _tightened(node: Any) -> Any:
    """A copy in which every time has its pattern and every number its bounds."""
    if isinstance(node, list):
        return [_tightened(child) for child in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _tightened(child) for key, child in node.items()}
    if isinstance(copy.get("type"), str) and copy["type"] in ("integer", "number"):
        copy.setdefault("maximum", MAX_NUMBER)
        if "exclusiveMinimum" not in copy:
            copy.setdefault("minimum", -MAX_NUMBER)
    if isinstance(copy.get("format"), str) and copy["format"] in PATTERNS:
        copy["pattern"] = PATTERNS[copy["format"]]
    return copy
