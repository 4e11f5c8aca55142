"""Every line of an export, spread over files on disk so that all that is about one patient lies in one of them.

Memory holds one line and one buffer a file, however large the export is.
"""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from adapters.fhir.bulk.files import close, drop, line, opened
from adapters.fhir.bulk.lines import Broken, lines
from adapters.fhir.bulk.shared import KINDS, Shared
from adapters.fhir.bulk.sources import Source
from adapters.fhir.bulk.troubles import Trouble, outcome, trouble
from adapters.fhir.bulk.whose import patients_of

ROW = struct.Struct(">16sIQQI")  # digest of the patient, number of the file, line, offset, length
PORTION = 2 * 1024 * 1024  # bytes that one portion should have
MOST = 256  # portions, and so files that are open at once
_SHARE = 6  # by which a compressed file grows, as a rule
# What is about money alone; it is often half of an export, and the reader has no use for it.
_BILLING = frozenset(
    {"Account", "Claim", "ClaimResponse", "Coverage", "CoverageEligibilityRequest", "CoverageEligibilityResponse"}
    | {"ExplanationOfBenefit", "Invoice", "PaymentNotice", "PaymentReconciliation"}
)
# Of no patient, and nothing that says something about one refers to them in a way that is read.
_OF_NO_PATIENT = frozenset(
    {"Practitioner", "PractitionerRole", "Location", "HealthcareService", "Endpoint", "Substance", "Group", "Provenance", "Binary"}
)
Parse = Callable[[bytes], Any]  # raises ValueError
Report = Callable[[int], None]  # is told of bytes that were read


@dataclass(slots=True)
class Spread:
    """What came of it. patients: how many lines hold one. troubles: how many were told."""

    portions: int
    lines: int = 0
    patients: int = 0
    troubles: int = 0


def portions_for(found: Iterable[Source]) -> int:
    """How many portions these files are worth."""
    size = sum(source.size * (_SHARE if source.path.suffix == ".gz" else 1) for source in found)
    return min(MOST, max(1, -(-size // PORTION)))


def spread(found: list[Source], folder: Path, before: Iterable[Trouble], parse: Parse, report: Report = lambda _: None) -> Spread:
    """Spread all lines of these files over a folder. before: what is to be told besides. Raises OSError, sqlite3.Error.

    It is not gone on with where it was interrupted: it is begun again. A disk that is full ends it.
    """
    with _Spreading(folder, Spread(portions_for(found)), parse) as spreading:
        for one in before:
            spreading.tell(one)
        for number, source in enumerate(found):
            spreading.read(number, source, report)
        return spreading.found


@dataclass(slots=True)
class _Spreading:
    folder: Path
    found: Spread
    parse: Parse
    data: list[BinaryIO] = field(default_factory=list)
    index: list[BinaryIO] = field(default_factory=list)
    unused: Counter[str] = field(default_factory=Counter)
    shared: Shared = field(init=False)
    troubles: BinaryIO = field(init=False)

    def __enter__(self) -> _Spreading:
        for number in range(self.found.portions):
            self.data.append(opened(self.folder / f"{number}.data"))
            self.index.append(opened(self.folder / f"{number}.index"))
        self.shared = Shared(self.folder / "shared.sqlite3", new=True)
        self.troubles = opened(self.folder / "troubles.ndjson")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        streams = (*self.data, *self.index, self.troubles)
        try:
            if kind is None:
                self.shared.keep()
                for stream in streams:
                    close(stream)
        finally:
            self.shared.close()
            for stream in streams:
                drop(stream)

    def tell(self, one: Trouble) -> None:
        self.troubles.write(line(outcome(one)))
        self.found.troubles += 1

    def read(self, number: int, source: Source, report: Report) -> None:
        """One file. What is wrong with it is told, and the next one is read all the same."""
        count, last, read = 0, 0, 0
        try:
            for last, data in lines(source.path):
                count += 1
                read += len(data or b"") + 1
                code = "line-too-long" if data is None else self._place(number, last, data)
                if code:
                    self.tell(trouble(code, source.name, last))
                if count % 1000 == 0:
                    report(read)
                    read = 0
        except Broken as broken:
            self.tell(trouble(str(broken), source.name, last + 1))
        report(read)
        self.found.lines += count
        if source.count is not None and source.count != count:
            self.tell(trouble("count-differs", source.name))
        for _, unused in sorted(self.unused.items()):
            self.tell(trouble("type-not-used", source.name, count=unused))
        self.unused.clear()

    def _place(self, number: int, at: int, line: bytes) -> str | None:
        """Put one line where it belongs. What is wrong with it, if it belongs nowhere."""
        try:
            resource = self.parse(line)
        except ValueError:
            return "line-broken"
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            return "not-a-resource"
        kind = resource["resourceType"]
        if kind in KINDS:
            return None if self.shared.add(resource, line) else "resource-differs"
        if kind in _BILLING or kind in _OF_NO_PATIENT:
            self.unused[kind] += 1
            return None
        patients = patients_of(resource)
        if len(patients) != 1:
            return "patient-unclear" if patients else "patient-missing"
        (patient,) = patients
        self.found.patients += kind == "Patient"
        self._keep(hashlib.sha256(patient.encode()).digest()[:16], number, at, line)
        return None

    def _keep(self, digest: bytes, number: int, at: int, line: bytes) -> None:
        portion = int.from_bytes(digest[:4], "big") % self.found.portions
        stream = self.data[portion]
        self.index[portion].write(ROW.pack(digest, number, at, stream.tell(), len(line)))
        stream.write(line)
