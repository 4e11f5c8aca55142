"""What a site changes: the values of named parameters and nothing else, each with its owner and reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import Field, ValidationError

from engine.artifacts import Parameter, Release
from engine.base import KnowledgeBase
from engine.conditions import leaves
from engine.dictionary import Id, Model, Text, Value
from engine.errors import Problem, Refused
from knowledge.read import line_of, parse


class Setting(Model):
    """The value a site gives a parameter, who answers for it there, and why."""

    value: Value
    owner: Id
    reason: Text


class Overlay(Model):
    """One site's file."""

    site: Id
    parameters: dict[str, Setting] = Field(min_length=1)


def read_overlay(path: Path, base: KnowledgeBase) -> tuple[Mapping[str, Parameter], Release]:
    """The parameters as the site sets them, and the release that this makes; raises Refused with every problem."""
    try:
        data = path.read_bytes()
    except OSError as error:
        what = f"The site's file cannot be read: {error.strerror}."
        raise Refused([Problem(str(path), "overlay-unreadable", what, "Name a file that can be read.")]) from None
    try:
        overlay = Overlay.model_validate(parse(data, str(path)))
    except ValidationError as error:
        raise Refused(
            Problem(
                f"{path}:{line_of(path, item['loc'])}", "overlay-shape", f"{'.'.join(map(str, item['loc']))}: {item['msg']}.", "Mend it."
            )
            for item in error.errors(include_url=False, include_input=False)
        ) from None
    problems = [
        Problem(f"{path}:{line_of(path, ('parameters', name))}", code, what, do)
        for name, setting in overlay.parameters.items()
        for code, what, do in _wrong(name, setting.value, base)
    ]
    if problems:
        raise Refused(problems)
    settings = {name: base.parameters[name].model_copy(update=dict(setting)) for name, setting in overlay.parameters.items()}
    digest = hashlib.sha256(f"{base.release.digest}\0{hashlib.sha256(data).hexdigest()}".encode()).hexdigest()
    return {**base.parameters, **settings}, Release(id=f"{base.release.id}+{overlay.site}", digest=f"sha256:{digest}")


def _wrong(name: str, value: Value, base: KnowledgeBase) -> Iterator[tuple[str, str, str]]:
    parameter = base.parameters.get(name)
    if parameter is None:
        yield "overlay-unknown", f"There is no parameter {name}.", "Correct the name; a site changes parameters and nothing else."
        return
    if _kind(value) != _kind(parameter.value):
        yield "overlay-type", f"{name} is {_kind(parameter.value)}.", "Give a value of the same kind."
        return
    for code in sorted({leaf.finding for rule in base.rules.values() for leaf in leaves(rule.when) if leaf.parameter == name}):
        entry = base.dictionary.entries[code]
        number = entry.encode(value)
        if number is None or not entry.bounds[0] <= number <= entry.bounds[1]:
            low, high = entry.bounds
            yield "overlay-range", f"{code} is {entry.type}, {low:g} to {high:g}.", f"Give {name} a value that it can have."


def _kind(value: Value) -> str:
    return "true or false" if isinstance(value, bool) else "a word" if isinstance(value, str) else "a number"
