"""Every document of a knowledge folder, parsed, with the digest that names them all.

Parsing YAML is the slowest part of starting up, so the parsed documents are kept beside Python's own bytecode, under
the digest of the files they come from, and are trusted exactly as far as that bytecode is.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import Problem, Refused
from knowledge import read
from knowledge.read import parse


@dataclass(frozen=True, slots=True)
class Documents:
    """by_name: path below the folder -> parsed document. problems: what could not be read."""

    folder: Path
    digest: str
    by_name: Mapping[str, Any]
    problems: tuple[Problem, ...]

    def matching(self, pattern: str) -> Iterator[tuple[Path, Any]]:
        """The documents whose path matches a glob pattern, in order."""
        for name, document in self.by_name.items():
            path = Path(name)
            if path.match(pattern) and len(path.parts) == len(Path(pattern).parts):
                yield self.folder / name, document


def files(folder: Path) -> dict[str, bytes]:
    """Every YAML file below a folder that is part of a release, by its path there: all but the cases beside rules."""
    paths = sorted(path for path in folder.rglob("*.y*ml") if not path.name.endswith(".cases.yaml"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def digest_of(blobs: Mapping[str, bytes]) -> str:
    """Names all of these files: their paths, and every byte of them."""
    lines = "".join(f"{name}\0{hashlib.sha256(blob).hexdigest()}\n" for name, blob in blobs.items())
    return hashlib.sha256(lines.encode()).hexdigest()


def documents(folder: Path) -> Documents:
    """Read every YAML file of a release."""
    blobs = files(folder)
    digest = digest_of(blobs)
    reader = hashlib.sha256(Path(read.__file__).read_bytes()).hexdigest()  # what an older reader let through is read again
    kept = folder / "__pycache__" / f"documents-{digest[:32]}{reader[:32]}.json"
    with suppress(OSError, ValueError):
        return Documents(folder, digest, json.loads(kept.read_bytes()), ())
    parsed: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, blob in blobs.items():
        try:
            parsed[name] = parse(blob, str(folder / name))
        except Refused as refused:
            problems += refused.problems
    text = json.dumps(parsed, default=str, ensure_ascii=False)  # dates become text, on the first reading as on every later one
    if not problems:
        _keep(kept, text)
    return Documents(folder, digest, json.loads(text), tuple(problems))


def _keep(kept: Path, text: str) -> None:
    """Write beside the bytecode, whole or not at all; a folder that cannot be written is no error."""
    with suppress(OSError):
        kept.parent.mkdir(exist_ok=True)
        for older in kept.parent.glob("documents-*.json"):
            older.unlink(missing_ok=True)
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(kept)
