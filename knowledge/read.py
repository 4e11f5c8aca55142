"""Reading YAML 1.2 safely: duplicate keys, aliases and tags are refused, sizes and depth are bounded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent

from engine.errors import Problem, Refused

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32


def read(path: Path) -> Any:
    """The document in a file; raises Refused with file and line."""
    return parse(path.read_bytes(), str(path))


def parse(data: bytes, name: str) -> Any:
    """The document in these bytes; `name` is what problems are reported under."""
    if len(data) > MAX_BYTES:
        raise Refused([Problem(name, "yaml-too-large", f"The file is larger than {MAX_BYTES} bytes.", "Split it by topic.")])
    try:
        text = data.decode("utf-8")
        if "&" in text or "*" in text or "!" in text:  # only then can there be an anchor, alias or tag
            _refuse_indirection(text, name)
        return YAML(typ="safe", pure=True).load(text)
    except UnicodeDecodeError as error:
        raise Refused([Problem(name, "yaml-encoding", "The file is not UTF-8.", "Save it as UTF-8.")]) from error
    except RecursionError as error:
        raise Refused([Problem(name, "yaml-too-deep", f"Nested deeper than {MAX_DEPTH} levels.", "Flatten it.")]) from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        what = str(getattr(error, "problem", None) or "cannot be read as YAML").strip()
        raise Refused([Problem(where, "yaml-syntax", what, "Mend the YAML at this line.")]) from error


def _refuse_indirection(text: str, name: str) -> None:
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        where = f"{name}:{event.start_mark.line + 1}"
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise Refused([Problem(where, "yaml-alias", "Anchors and aliases are not read.", "Write the value out.")])
        if getattr(event, "tag", None) is not None and not getattr(event, "implicit", True):
            raise Refused([Problem(where, "yaml-tag", "Tags are not read.", "Remove the tag.")])
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise Refused([Problem(where, "yaml-too-deep", f"Nested deeper than {MAX_DEPTH} levels.", "Flatten it.")])


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
