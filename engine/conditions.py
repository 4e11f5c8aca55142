"""The condition language: one small tree that every reading walks.

Maps combine (`all`, `any`, `not`); a leaf is one line, `finding operator value` or `finding in [a, b]`. A value may be
a named parameter, `$name`. There is no way to ask whether a finding is known: that would let new data reverse a
verdict. Nothing here evaluates anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal, cast
from typing import Any as Anything

from pydantic import Discriminator, Field, Tag, TypeAdapter, ValidationInfo, model_validator

from engine.dictionary import Dictionary, Model, Number, Value

Operator = Literal["==", "!=", "<", "<=", ">", ">=", "in"]
OPPOSITE: dict[str, str] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_LEAF = re.compile(r"^(?P<finding>[a-z][a-z0-9_.]*)\s*(?P<operator>==|!=|<=|>=|<|>|\sin\s)\s*(?P<value>\S.*)$")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")


class Compare(Model):
    """A leaf. `values` as written (one, or several for `in`); `bounds` the same, encoded by the dictionary."""

    finding: str
    operator: Operator
    values: tuple[Value, ...]
    bounds: tuple[Number, ...]
    discrete: bool
    parameter: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, raw: object, info: ValidationInfo) -> object:
        if not isinstance(raw, str):
            return raw
        context = cast(Mapping[str, Anything], info.context or {})
        return _leaf(raw, context["dictionary"], context.get("parameters", {}))

    @property
    def children(self) -> tuple[Condition, ...]:
        return ()

    @cached_property
    def alone(self) -> tuple[Compare]:
        """The leaf as the only one that decides."""
        return (self,)

    @cached_property
    def text(self) -> str:
        """The leaf as written, with parameters resolved."""
        shown = [str(value).lower() if isinstance(value, bool) else str(value) for value in self.values]
        return f"{self.finding} {self.operator} " + (f"[{', '.join(shown)}]" if self.operator == "in" else shown[0])

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Compare) and (self.text, self.parameter) == (other.text, other.parameter)

    def __hash__(self) -> int:
        return hash(self.text)  # leaves are put in sets on every request; hashing every field would be slow


class All(Model):
    """True when every part is true."""

    all: tuple[Condition, ...] = Field(min_length=1)

    @property
    def children(self) -> tuple[Condition, ...]:
        return self.all


class Any(Model):
    """True when at least one part is true."""

    any: tuple[Condition, ...] = Field(min_length=1)

    @property
    def children(self) -> tuple[Condition, ...]:
        return self.any


class Not(Model):
    """True when its part is false; unknown stays unknown."""

    not_: Condition = Field(alias="not")

    @property
    def children(self) -> tuple[Condition, ...]:
        return (self.not_,)


def _shape(raw: object) -> str | None:
    """Which node a piece of YAML is, so that a typo gives one error and not one for each kind of node."""
    if isinstance(raw, str):
        return "compare"
    if isinstance(raw, dict) and len(raw) == 1:
        return str(next(iter(raw)))
    return type(raw).__name__.lower()


Condition = Annotated[
    Annotated[Compare, Tag("compare")] | Annotated[All, Tag("all")] | Annotated[Any, Tag("any")] | Annotated[Not, Tag("not")],
    Discriminator(_shape, custom_error_type="condition", custom_error_message="expected `finding operator value`, or one of all, any, not"),
]
for _node in (All, Any, Not):
    _node.model_rebuild()
_ADAPTER: TypeAdapter[Condition] = TypeAdapter(Condition)


def condition(raw: object, dictionary: Dictionary, parameters: Mapping[str, Value] | None = None) -> Condition:
    """Read a condition as it stands in YAML; raises pydantic's ValidationError with the place of each mistake."""
    return _ADAPTER.validate_python(raw, context={"dictionary": dictionary, "parameters": parameters or {}})


def leaves(tree: Condition) -> Iterator[Compare]:
    """Every leaf, left to right."""
    if isinstance(tree, Compare):
        yield tree
    for child in tree.children:
        yield from leaves(child)


def _leaf(text: str, dictionary: Dictionary, parameters: Mapping[str, Value]) -> dict[str, object]:
    match = _LEAF.match(text.strip())
    if match is None:
        raise ValueError("not a condition: expected `finding operator value`")
    operator, written = match["operator"].strip(), match["value"].strip()
    entry = dictionary.entries.get(match["finding"])
    if entry is None:
        raise ValueError(f"{match['finding']} is not in the dictionary")
    if operator == "in" and not (written.startswith("[") and written.endswith("]")):
        raise ValueError("`in` needs a list, as in `finding in [a, b]`")
    parts = [part.strip() for part in written[1:-1].split(",")] if operator == "in" else [written]
    values = tuple(_value(part, parameters) for part in parts)
    bounds = tuple(entry.encode(value) for value in values)
    if None in bounds:
        raise ValueError(f"{entry.code} is {entry.type}{' of ' + ', '.join(entry.values) if entry.values else ''}; the value does not fit")
    low, high = entry.bounds
    if not all(low <= cast(Number, bound) <= high for bound in bounds):
        raise ValueError(f"{entry.code} lies in {low} to {high}; the value does not")
    if operator in ("<", "<=", ">", ">=") and entry.type in ("boolean", "code"):
        raise ValueError(f"{entry.code} has no order: use ==, != or in")
    named = [part[1:] for part in parts if part.startswith("$")]
    return {
        "finding": entry.code,
        "operator": operator,
        "values": values,
        "bounds": bounds,
        "discrete": entry.discrete,
        "parameter": named[0] if named else None,
    }


def _value(text: str, parameters: Mapping[str, Value]) -> Value:
    if text.startswith("$"):
        if text[1:] not in parameters:
            raise ValueError(f"{text} is not a named parameter")
        return parameters[text[1:]]
    if text in ("true", "false"):
        return text == "true"
    if _NUMBER.match(text):
        return float(text) if "." in text else int(text)
    return text
