"""Reading YAML 1.2 safely: duplicate keys, aliases, tags and directives are refused, sizes and depth are bounded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent, NodeEvent, ScalarEvent

from engine.errors import Problem, Refused

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
_DIRECTIVE = re.compile(r"^%", re.MULTILINE)  # `%YAML 1.1` would turn yes and no into true and false


def read(path: Path) -> Any:
    """The document in a file; raises Refused with file and line."""
    return parse(path.read_bytes(), str(path))


def parse(data: bytes, name: str) -> Any:
    """The document in these bytes; `name` is what problems are reported under."""
    if len(data) > MAX_BYTES:
        raise Refused([Problem(name, "yaml-too-large", f"The file is larger than {MAX_BYTES} bytes.", "Split it by topic.")])
    try:
        text = data.decode("utf-8")
        if any(mark in text for mark in ("&", "*", "!", "<<")) or _DIRECTIVE.search(text):  # only then can there be any of it
            _refuse_indirection(text, name)
        document = YAML(typ="safe", pure=True).load(text)
    except UnicodeDecodeError as error:
        raise Refused([Problem(name, "yaml-encoding", "The file is not UTF-8.", "Save it as UTF-8.")]) from error
    except RecursionError as error:
        raise Refused([Problem(name, "yaml-too-deep", f"Nested deeper than {MAX_DEPTH} levels.", "Flatten it.")]) from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        what = str(getattr(error, "problem", None) or "cannot be read as YAML").strip()
        raise Refused([Problem(where, "yaml-syntax", what, "Mend the YAML at this line.")]) from error
    _refuse_strange(document, name, MAX_DEPTH)
    return document


def _refuse_indirection(text: str, name: str) -> None:
    if directive := _DIRECTIVE.search(text):
        where = f"{name}:{text.count(chr(10), 0, directive.start()) + 1}"
        raise Refused([Problem(where, "yaml-directive", "Directives are not read.", "Remove the line.")])
    for event in YAML(typ="safe", pure=True).parse(text):
        where = f"{name}:{event.start_mark.line + 1}"
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise Refused([Problem(where, "yaml-alias", "Anchors and aliases are not read.", "Write the value out.")])
        if getattr(event, "tag", None) is not None:
            raise Refused([Problem(where, "yaml-tag", "Tags are not read.", "Remove the tag.")])
        if isinstance(event, ScalarEvent) and event.value == "<<" and event.style is None:
            raise Refused([Problem(where, "yaml-merge", "Merge keys are not read.", "Write the values out.")])


def _refuse_strange(node: object, name: str, depth: int) -> None:
    """What JSON could not hold: keys that are not text, numbers that are none, nesting without end."""
    if depth == 0:
        raise Refused([Problem(name, "yaml-too-deep", f"Nested deeper than {MAX_DEPTH} levels.", "Flatten it.")])
    if isinstance(node, float) and not isfinite(node):
        raise Refused([Problem(name, "yaml-number", "A number must be finite.", "Write a number, or quote the text.")])
    if isinstance(node, dict) and not all(isinstance(key, str) for key in node):
        raise Refused([Problem(name, "yaml-key", "Keys must be text.", "Quote the key.")])
    if isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            _refuse_strange(part, name, depth - 1)


def line_of(path: Path, location: Iterable[str | int]) -> int:
    """The line (from 1) on which the deepest part of a location that exists begins."""
    node: Any = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    line = 1
    for key in location:
        try:
            line = (node.lc.key(key) if isinstance(key, str) else node.lc.item(key))[0] + 1
            node = node[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            continue  # pydantic names the kind of a node between keys; it is not in the file
    return line
