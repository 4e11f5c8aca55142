"""Bytes to a record: strict JSON, then the shape, then the names; every problem with its place, and never a value."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from api import record_schema
from api.strict_json import MAX_PROBLEMS, decode, token
from api.vocabulary import Vocabulary, suggestion
from engine.errors import Problem, Refused
from engine.record import Record

_KINDS = {
    "string": "text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "model": "an object",
    "dict": "an object",
    "tuple": "a list",
    "datetime": "a time",
    "date": "a date",
    "time_delta": "a duration",
}
_TIMES = {
    "date-time": Problem("", "wrong-time", "This is not a time between 1900 and 2199.", "Write it as 2026-11-23T15:10:00Z, with its zone."),
    "date": Problem("", "wrong-date", "This is not a date between 1900 and 2199.", "Write it as 1992-04-17."),
    "duration": Problem("", "wrong-duration", "This is not a duration.", "Write it as P7D, P2W or PT12H."),
}
_LIMITS = {
    "greater_than": "more than",
    "greater_than_equal": "at least",
    "less_than": "less than",
    "less_than_equal": "at most",
    "finite_number": "finite",
}


def read_record(data: bytes, vocabulary: Vocabulary) -> Record:
    """The record in these bytes; raises Refused with every problem found, at most 50."""
    names = record_schema.field_names() | vocabulary.names
    value = decode(data, names)
    try:
        record = Record.model_validate_json(orjson.dumps(value))
        problems = list(_times(value))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)[: 4 * MAX_PROBLEMS]  # a value of four types has four
        problems = _first_of_each_place([*_times(value), *(_Place(value, item, names).problem() for item in details)])
    problems = problems or vocabulary.review(value)
    if problems:
        raise Refused(problems[:MAX_PROBLEMS])
    return record


def _first_of_each_place(problems: list[Problem]) -> list[Problem]:
    """A value of several possible types is wrong once, and a field that is not known is told once for each such field."""
    places: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        place = (problem.where, problem.what if problem.code in ("field-unknown", "item-unknown") else "")
        if place not in places or places[place].code == "wrong-type":  # of several types, the one it almost has says most
            places[place] = problem
    return list(places.values())


def _times(value: Any) -> Iterator[Problem]:
    """Times are held to one way of writing; pydantic would take `1700000000`, too, and read it as a moment in 2023."""
    for path, pattern, form in record_schema.timed():
        for where, found in _found(value, path, ""):
            if found is not None and not (isinstance(found, str) and pattern.fullmatch(found)):
                text = _TIMES[form]
                yield Problem(where, text.code, text.what, text.do)


def _found(node: Any, path: tuple[str, ...], where: str) -> Iterator[tuple[str, Any]]:
    if not path:
        yield where, node
    elif path[0] == "*" and isinstance(node, list):
        for index, child in enumerate(node):
            yield from _found(child, path[1:], f"{where}/{index}")
    elif isinstance(node, dict) and path[0] in node:
        yield from _found(node[path[0]], path[1:], f"{where}/{path[0]}")


class _Place:
    """Where in the value one of pydantic's problems lies, and how we say it."""

    def __init__(self, value: Any, item: ErrorDetails, names: Container[str]) -> None:
        """names: keys that may be said back; the way to the place is told as far as it is made of them."""
        self.node, self.item, self.location = value, item, item["loc"]
        self.pointer, self.reached = "", 0
        for step in self.location[:-1] if item["type"] == "extra_forbidden" else self.location:
            inside = step in self.node if isinstance(self.node, dict) else isinstance(step, int) and isinstance(self.node, list)
            if not inside or not (isinstance(step, int) or step in names):
                break
            self.node = self.node[step]
            self.pointer += f"/{token(str(step))}"
            self.reached += 1

    def problem(self) -> Problem:
        kind, context = self.item["type"], self.item.get("ctx", {})
        if kind == "missing":
            field = str(self.location[-1])
            return self.say("field-missing", f"The field `{field}` is missing.", "Add it.", f"/{field}")
        if kind == "extra_forbidden":
            return self.unknown_field()
        if self.location[-1:] == ("[key]",):
            return self.say("item-unknown", f"{self.position()} is not the id of an item.", "Use the ids of the instrument.")
        if kind in ("literal_error", "enum"):
            return self.say("not-one-of", "The value is not one of those it can have.", f"Use {context.get('expected', 'one of them')}.")
        if kind.endswith("_type"):
            wanted = self.wanted(kind.removesuffix("_type"))
            return self.say("wrong-type", f"This is not {wanted}.", f"Send {wanted}.")
        return self.limit(kind, context)

    def limit(self, kind: str, context: dict[str, Any]) -> Problem:
        if kind == "string_pattern_mismatch":
            return self.say("wrong-form", "The text does not have the form it must have.", f"It must match {context['pattern']}.")
        if kind.endswith(("too_long", "too_short")):
            most, least = context.get("max_length"), context.get("min_length")
            bound = f"at most {most}" if most is not None else f"at least {least}"
            return self.say("wrong-length", "It is too long or too short.", f"Its length must be {bound}.")
        if kind in _LIMITS:
            bound = f"{_LIMITS[kind]} {next(iter(context.values()), '')}".strip()
            return self.say("out-of-range", "The number is out of range.", f"It must be {bound}.")
        if kind == "value_error":
            return self.say("inconsistent", "The parts do not fit together.", f"{str(context['error']).capitalize()}.")
        for form in ("timedelta", "time_delta", "datetime", "timezone", "date"):
            if kind.startswith(form):
                text = _TIMES[{"timedelta": "duration", "time_delta": "duration", "date": "date"}.get(form, "date-time")]
                return self.say(text.code, text.what, text.do)
        return self.say("wrong-value", "The value does not fit.", "See `tandem schema record`.")

    def wanted(self, kind: str) -> str:
        """What the place takes; of several possible types, all of them."""
        branches = record_schema.at(self.location[: self.reached]).get("anyOf", [])
        types = {"boolean": "true or false", "number": "a number", "string": "text"}
        named = [types[branch["type"]] for branch in branches if branch.get("type") in types]
        return " or ".join(named) if len(named) > 1 else _KINDS.get(kind, "of the right type")

    def unknown_field(self) -> Problem:
        fields = sorted(record_schema.at(self.location[: self.reached]).get("properties", {}))
        do = suggestion(str(self.location[-1]), fields) or f"Leave it out, or use one of {', '.join(fields)}."
        return self.say("field-unknown", f"{self.position()} is not a field of this part.", do)

    def position(self) -> str:
        """Which key of the object it is, without saying the key: it may be private."""
        keys, key = list(self.node) if isinstance(self.node, dict) else [], self.location[self.reached]
        return f"Key {keys.index(key) + 1} of this object" if key in keys else "A key of this object"

    def say(self, code: str, what: str, do: str, below: str = "") -> Problem:
        return Problem(self.pointer + below, code, what, do)
