"""The stored patients whom a run is about, listed once in a file; each portion is a slice of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from adapters.fhir.bulk.files import close, drop, opened
from adapters.fhir.bulk.gather import Person

PORTION = 50  # patients that one portion should have
MOST = 256  # portions, and so files of each type
_FILE, _LENGTH = "people", 37  # an id and the end of its line


def list_people(people: Iterable[str], folder: Path) -> int:
    """Write them down; how many they are. Raises OSError."""
    count, stream = 0, opened(folder / _FILE)
    try:
        for id in people:
            stream.write(f"{id}\n".encode())
            count += 1
        close(stream)
    finally:
        drop(stream)
    return count


def portions_for(count: int) -> int:
    """How many portions so many people are worth."""
    return min(MOST, max(1, -(-count // PORTION)))


def people_of(folder: Path, portion: int, portions: int) -> Iterator[Person]:
    """Those in one portion, in the order of the list; nothing of them but their ids was exported. Raises OSError."""
    with (folder / _FILE).open("rb") as stream:
        count = os.fstat(stream.fileno()).st_size // _LENGTH
        first, last = count * portion // portions, count * (portion + 1) // portions
        stream.seek(first * _LENGTH)
        for _ in range(first, last):
            yield Person(stream.read(_LENGTH).decode().rstrip(), (), (), {}, ())
