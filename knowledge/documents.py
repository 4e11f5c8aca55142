"""Every document of a knowledge folder, parsed, with the digest that names them all.

Parsing YAML is the slowest part of starting up and of the check, so each parsed file is kept beside Python's own bytecode,
under the digest of its bytes, and is trusted exactly as far as that bytecode is.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from engine.errors import Problem, Refused
from knowledge import read
from knowledge.read import parse

_ABOUT = ("attributes.yaml", "coverage.yaml", "words.yaml")  # they speak about the knowledge, and no decision rests on them


@dataclass(frozen=True, slots=True)
class Documents:
    """by_name: path below the folder -> parsed document. problems: what could not be read, by the same names."""

    folder: Path
    digest: str
    by_name: Mapping[str, Any]
    problems: tuple[Problem, ...]

    def matching(self, pattern: str) -> Iterator[tuple[Path, Any]]:
        """The documents whose path matches a glob pattern, in order."""
        depth = pattern.count("/")
        for name, document in self.by_name.items():
            if name.count("/") == depth and fnmatchcase(name, pattern):
                yield self.folder / name, document


def files(folder: Path) -> dict[str, bytes]:
    """Every YAML file of a release, by its path: all but what only speaks about the knowledge (cases, coverage, words to avoid)."""
    about = {folder / name for name in _ABOUT}
    paths = (path for path in folder.rglob("*.y*ml") if path not in about and not path.name.endswith(".cases.yaml"))
    return _bytes(folder, paths)


def _bytes(folder: Path, paths: Iterable[Path]) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}


def digest_of(blobs: Mapping[str, bytes]) -> str:
    """Names all of these files: their paths, and every byte of them."""
    lines = "".join(f"{name}\0{hashlib.sha256(blob).hexdigest()}\n" for name, blob in blobs.items())
    return hashlib.sha256(lines.encode()).hexdigest()


def documents(folder: Path) -> Documents:
    """Read every YAML file of a release."""
    return _read(folder, files(folder), "documents")


def cases(folder: Path) -> Documents:
    """Read the cases beside the rules."""
    return _read(folder, _bytes(folder, folder.glob("rules/*/*.cases.yaml")), "cases")


def _read(folder: Path, blobs: Mapping[str, bytes], kind: Literal["documents", "cases"]) -> Documents:
    digests = {name: hashlib.sha256(blob).hexdigest() for name, blob in blobs.items()}
    reader = hashlib.sha256(Path(read.__file__).read_bytes()).hexdigest()  # what an older reader let through is read again
    kept = folder / "__pycache__" / f"{kind}-{reader[:32]}.json"
    known = _known(kept)
    before = set(known)
    parsed: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, blob in blobs.items():
        if (digest := digests[name]) not in known:
            try:
                document = parse(blob, str(folder / name))
            except Refused as refused:
                problems += refused.problems
                continue
            known[digest] = json.loads(json.dumps(document, default=str))  # dates become text, on the first reading as on every later one
        parsed[name] = known[digest]
    current = {digest: known[digest] for digest in sorted({*digests.values()} & known.keys())}
    if not problems and current.keys() != before:
        _keep(kept, current)
    return Documents(folder, digest_of(blobs), parsed, tuple(problems))


def _known(kept: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        found = json.loads(kept.read_bytes())
        if isinstance(found, dict):
            return found
    return {}


def _keep(kept: Path, current: Mapping[str, Any]) -> None:
    """Write beside the bytecode, whole or not at all; a folder that cannot be written is no error."""
    text = json.dumps(current, ensure_ascii=False)
    with suppress(OSError):
        kept.parent.mkdir(exist_ok=True)
        for older in kept.parent.glob(f"{kept.name.partition('-')[0]}-*.json"):
            older.unlink(missing_ok=True)
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(kept)
