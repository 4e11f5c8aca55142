"""Files that tell of people: only their owner reads them, and each is there as a whole or not at all."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

_BUFFER = 1 << 16


def folder(path: Path) -> Path:
    """A folder, made where there is none, into which only its owner sees."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def opened(path: Path) -> BinaryIO:
    """A file to be written from its beginning."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb", buffering=_BUFFER)


def line(resource: dict[str, Any]) -> bytes:
    """One line of NDJSON."""
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def close(stream: BinaryIO) -> None:
    """Closed, with all of it on the disk."""
    with stream:
        stream.flush()
        os.fsync(stream.fileno())


def drop(stream: BinaryIO) -> None:
    """Closed, whatever of it cannot be written any more."""
    with suppress(OSError):
        stream.close()


def put(path: Path, data: bytes) -> None:
    """Write all of a file, or leave what was there before. Of several who write it at once, one wins."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    stream = opened(beside)
    try:
        stream.write(data)
    finally:
        close(stream)
    beside.replace(path)
    settle(path.parent)


def settle(path: Path) -> None:
    """What was renamed in a folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
