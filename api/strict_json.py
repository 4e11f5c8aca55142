"""Bytes to a JSON value, strictly: what two readers could take for two different things is refused.

The standard library's C decoder does the work. Its hooks leave a mark where they meet something that must not be there,
and only then is the value walked to say where each mark is.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import orjson

from engine.errors import Problem, Refused

MAX_DEPTH = 64
MAX_NUMBER = 2**53 - 1  # beyond it, readers that keep numbers as doubles see another number (RFC 7493)
MAX_PROBLEMS = 50
_MOST_DIGITS = 20
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_TEXTS = {
    "json-duplicate-key": ("A field stands twice in one object.", "Send each field once."),
    "json-not-a-number": ("JSON has no NaN and no Infinity.", "Leave the value out, or say why it is absent."),
    "json-number-too-large": (f"A number lies beyond {MAX_NUMBER}.", "Send numbers that every JSON reader can hold."),
    "json-lone-surrogate": ("A text holds half of a character.", "Send whole Unicode characters."),
}


@dataclass(frozen=True, slots=True)
class _Mark:
    """Stands in the decoded value for something that must not be there."""

    code: str


class _Twice(dict[str, Any]):
    """An object in which at least one key stands twice."""

    keys_twice: tuple[str, ...] = ()


class _Hooks:
    """What the decoder calls; `marked` says whether anything has to be looked for."""

    def __init__(self) -> None:
        self.marked = False

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs)
        if len(built) == len(pairs):
            return built
        self.marked = True
        twice = _Twice(built)
        twice.keys_twice = tuple(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return twice

    def mark(self, code: str) -> _Mark:
        self.marked = True
        return _Mark(code)

    def constant(self, _: str) -> _Mark:
        return self.mark("json-not-a-number")

    def integer(self, digits: str) -> int | _Mark:
        if len(digits) > _MOST_DIGITS or abs(int(digits)) > MAX_NUMBER:
            return self.mark("json-number-too-large")
        return int(digits)

    def real(self, digits: str) -> float | int | _Mark:
        """JSON knows one kind of number: 271.0 is 271."""
        number = float(digits)
        if abs(number) > MAX_NUMBER:
            return self.mark("json-number-too-large")
        return int(number) if number.is_integer() else number


def decode(data: bytes, names: Container[str] = ()) -> Any:
    """The JSON value in these bytes; raises Refused with every problem, each with a JSON pointer.

    names: keys that may be said back. Any other key may be private, so pointers stop above it.
    """
    text = _text(data)
    hooks = _Hooks()
    decoder = json.JSONDecoder(
        object_pairs_hook=hooks.pairs, parse_constant=hooks.constant, parse_int=hooks.integer, parse_float=hooks.real
    )
    try:
        value = decoder.decode(text)
    except json.JSONDecodeError as error:
        what = f"Not JSON from line {error.lineno}, column {error.colno}."
        raise Refused([Problem("", "json-syntax", what, "Send one complete JSON value and nothing after it.")]) from None
    except RecursionError:
        raise _too_deep() from None
    if _deeper_than(value, MAX_DEPTH):
        raise _too_deep()
    if hooks.marked or _ESCAPED_SURROGATE.search(text):
        marks = islice(_marks(value, "", names), MAX_PROBLEMS)
        if problems := [Problem(where, code, *_TEXTS[code]) for where, code in marks]:
            raise Refused(problems)
    return value


def decode_large(data: bytes, names: Container[str] = ()) -> Any:
    """As `decode`, for bodies of thousands of objects: as strict, but for numbers, which may be as large as a double.

    A fast parser reads the last of two equal keys, so the keys that were written are counted beside those that were read.
    What does not come out even, or is no JSON at all, is read again by the one that can say what is wrong.
    """
    try:
        value = orjson.loads(data)
    except ValueError:
        return decode(data, names)
    written = data.translate(None, b" \t\r\n").count(b'":')  # a text may look like a key: too many may be counted, never too few
    return value if _keys(value, MAX_DEPTH) == written else decode(data, names)


def _keys(value: Any, most: int) -> int | None:
    """How many keys there are in all objects; None where it is deeper than so many levels."""
    found, level = 0, [value]
    for _ in range(most + 1):
        dicts = [node for node in level if type(node) is dict]
        lists = [node for node in level if type(node) is list]
        if not dicts and not lists:
            return found
        found += sum(map(len, dicts))
        level = [*chain.from_iterable(map(dict.values, dicts)), *chain.from_iterable(lists)]
    return None


def token(key: str) -> str:
    """One reference token of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def _text(data: bytes) -> str:
    if not data.strip(b" \t\r\n"):
        raise Refused([Problem("", "json-empty", "There is nothing in it.", "Send a JSON object.")])
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise Refused([Problem("", "json-byte-order-mark", "It starts with a byte order mark.", "Send UTF-8 without one.")])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        what = f"Byte {error.start} is not UTF-8."
        raise Refused([Problem("", "json-encoding", what, "Send UTF-8, and nothing else.")]) from None


def _too_deep() -> Refused:
    return Refused([Problem("", "json-too-deep", f"It is nested deeper than {MAX_DEPTH} levels.", "Send what the schema describes.")])


def _deeper_than(value: Any, most: int) -> bool:
    """Level by level, so that the depth of hostile input is never the depth of our own stack."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(most):
        level = [child for node in level for child in (node.values() if isinstance(node, dict) else node) if isinstance(child, dict | list)]
        if not level:
            return False
    return True


def _marks(value: Any, where: str, names: Container[str]) -> Iterator[tuple[str, str]]:
    """(pointer, code) for every mark and every text that is not whole."""
    match value:
        case _Mark(code=code):
            yield where, code
        case str() if not _whole(value):
            yield where, "json-lone-surrogate"
        case list():
            for index, child in enumerate(value):
                yield from _marks(child, f"{where}/{index}", names)
        case dict():
            if isinstance(value, _Twice):
                for key in value.keys_twice:
                    yield f"{where}/{token(key)}" if key in names else where, "json-duplicate-key"
            for key, child in value.items():
                if not _whole(key):
                    yield where, "json-lone-surrogate"
                yield from _marks(child, f"{where}/{token(key)}" if key in names else where, names)


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
