"""One portion of a spread export, patient by patient. Memory holds where the lines of the portion lie, and one patient."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from adapters.fhir.bulk.shared import Shared
from adapters.fhir.bulk.spread import ROW
from adapters.fhir.bulk.troubles import Trouble, trouble
from adapters.fhir.bulk.whose import patients_of

LARGEST = 64 * 1024 * 1024  # bytes about one patient
Resource = dict[str, Any]
Row = tuple[bytes, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Person:
    """All that an export says about one patient. places: Type/id -> file and line. alongside: what their resources refer to.

    resources: none where nothing can be decided, and troubles say why.
    """

    patient: str
    resources: tuple[Resource, ...]
    alongside: tuple[Resource, ...]
    places: dict[str, tuple[str, int]]
    troubles: tuple[Trouble, ...]


def gather(folder: Path, portion: int, files: Sequence[str], largest: int = LARGEST) -> Iterator[Person]:
    """The patients of one portion, in an order that depends on their ids alone. Raises OSError, sqlite3.Error."""
    rows = sorted(ROW.iter_unpack((folder / f"{portion}.index").read_bytes()))
    shared, handle = Shared(folder / "shared.sqlite3"), os.open(folder / f"{portion}.data", os.O_RDONLY)
    try:
        for _, group in groupby(rows, key=lambda row: row[0]):
            yield _person(handle, list(group), files, shared, largest)
    finally:
        os.close(handle)
        shared.close()


def _person(handle: int, rows: list[Row], files: Sequence[str], shared: Shared, largest: int) -> Person:
    first = rows[0]
    if sum(row[4] for row in rows) > largest:
        return Person("", (), (), {}, (trouble("patient-too-large", files[first[1]], first[2], len(rows)),))
    resources, troubles, places, seen = [], [], {}, set()
    for _, number, line, offset, length in rows:
        data = os.pread(handle, length, offset)
        digest = hashlib.sha256(data).digest()
        if digest in seen:
            troubles.append(trouble("resource-repeated", files[number], line))
            continue
        seen.add(digest)
        resource = json.loads(data)
        resources.append(resource)
        places[f"{resource['resourceType']}/{resource.get('id')}"] = (files[number], line)
    (patient,) = patients_of(resources[0])
    kinds = Counter(resource["resourceType"] for resource in resources)
    if not kinds["Patient"]:
        troubles += [trouble("patient-unknown", files[number], line) for _, number, line, _, _ in rows]
        return Person(patient, (), (), places, tuple(troubles))
    return Person(patient, tuple(resources), tuple(shared.behind(resources)), places, tuple(troubles))
