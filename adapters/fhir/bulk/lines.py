"""A file of NDJSON, plain or compressed, line by line; no line is ever held that is longer than allowed."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

LONGEST = 16 * 1024 * 1024  # bytes of one line
_MARK = b"\xef\xbb\xbf"


class Broken(Exception):
    """The rest of a file cannot be read. Carries one of the codes of troubles."""


def lines(path: Path, longest: int = LONGEST) -> Iterator[tuple[int, bytes | None]]:
    """(number from 1, the line without its end) of each line with something in it; None for one that is too long. Raises Broken."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
            yield from _lines(stream, longest)  # type: ignore[arg-type]
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise Broken("file-broken") from None
    except OSError:
        raise Broken("file-unreadable") from None


def _lines(stream: BinaryIO, longest: int) -> Iterator[tuple[int, bytes | None]]:
    number = 0
    while line := stream.readline(longest + 1):
        number += 1
        if len(line) > longest and not line.endswith(b"\n"):
            while (more := stream.readline(longest)) and not more.endswith(b"\n"):
                pass
            yield number, None
            continue
        line = (line.removeprefix(_MARK) if number == 1 else line).strip()
        if line:
            yield number, line
