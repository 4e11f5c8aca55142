"""The files of an export: which there are, which of them are the same, and what its manifest says of them."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from adapters.fhir.bulk.troubles import Trouble, trouble

MANIFEST = "manifest.json"
_ENDINGS = (".ndjson", ".ndjson.gz")
_LARGEST = 16 * 1024 * 1024  # bytes of a manifest


@dataclass(frozen=True, slots=True)
class Source:
    """One file. size: of the file, in bytes. count: of the resources in it, where the manifest says so."""

    path: Path
    size: int
    count: int | None = None

    @property
    def name(self) -> str:
        return self.path.name


def names(folder: Path) -> list[str]:
    """The names of the files that look as if they could be read. Raises OSError."""
    return sorted(path.name for path in folder.iterdir() if path.name.endswith(_ENDINGS) and path.is_file())


def sources(folder: Path) -> tuple[list[Source], list[Trouble]]:
    """The files to be read, in the order of their names, and what is wrong with others. Raises OSError."""
    present = sorted((path for path in folder.iterdir() if path.is_file() and path.name != MANIFEST), key=lambda path: path.name)
    said, troubles = _manifest(folder / MANIFEST)
    matched = {entry["name"]: _present(entry["name"], present) for entry in said}
    apart = {path for entry in said if entry["kind"] != "output" and (path := matched[entry["name"]])}
    counts = {matched[entry["name"]]: entry["count"] for entry in said if entry["kind"] == "output"}
    troubles += [trouble("export-incomplete", entry["name"]) for entry in said if entry["kind"] == "error"]
    if any(matched.values()):  # else it names files as its server does, and nobody can tell which they are
        troubles += [trouble("file-missing", entry["name"]) for entry in said if matched[entry["name"]] is None]
    found: list[Source] = []
    for path in present:
        if path in apart or not path.name.endswith(_ENDINGS):
            troubles.append(trouble("file-not-read", path.name))
        else:
            found.append(Source(path, path.stat().st_size, counts.get(path)))
    return _distinct(found, troubles), troubles


def _present(name: str, present: list[Path]) -> Path | None:
    return next((path for path in present if name in (path.name, path.name.removesuffix(".gz"))), None)


def _manifest(path: Path) -> tuple[list[dict[str, Any]], list[Trouble]]:
    """What it says of each file: name, kind (output, deleted, error) and count."""
    if not path.is_file():
        return [], []
    try:
        if path.stat().st_size > _LARGEST:
            return [], [trouble("manifest-broken", MANIFEST)]
        document = json.loads(path.read_bytes())
        rows = [(kind, row) for kind in ("output", "deleted", "error") for row in document.get(kind) or ()]
        return [{"kind": kind, "name": _name(row["url"]), "count": _count(row.get("count"))} for kind, row in rows], []
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [], [trouble("manifest-broken", MANIFEST)]


def _name(url: str) -> str:
    return unquote(urlsplit(url).path).rpartition("/")[2]


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _distinct(found: list[Source], troubles: list[Trouble]) -> list[Source]:
    """Without those that hold byte for byte what another holds. Only files of one size are compared."""
    sized: dict[int, list[Source]] = defaultdict(list)
    for source in found:
        sized[source.size].append(source)
    repeated: set[Source] = set()
    for same in sized.values():
        first: dict[bytes, Source] = {}
        for source in same if len(same) > 1 and same[0].size else ():
            if first.setdefault(_digest(source.path), source) is not source:
                repeated.add(source)
    troubles += [trouble("file-repeated", source.name) for source in found if source in repeated]
    return [source for source in found if source not in repeated]


def _digest(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").digest()
    except OSError:
        return str(path).encode()  # reading it will tell
