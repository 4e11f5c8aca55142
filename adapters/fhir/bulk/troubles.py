"""What could not be read, told by file and line under a code that never changes: never a value, and of whom by an id of ours alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "information"]
SYSTEM = "urn:tandem:bulk"
_TEXTS: dict[str, tuple[Severity, str, str]] = {  # code: how grave, FHIR's own issue type, in words
    "file-not-read": ("information", "not-supported", "It is no file of NDJSON, or holds no resources to be read."),
    "file-unreadable": ("error", "exception", "It cannot be read, from here on."),
    "file-broken": ("error", "incomplete", "It is compressed, and broken from here on."),
    "file-repeated": ("warning", "duplicate", "Another file holds the same; this one was not read."),
    "file-missing": ("error", "not-found", "The manifest names it, and it is not there."),
    "count-differs": ("error", "incomplete", "The manifest tells of another number of resources."),
    "manifest-broken": ("error", "structure", "The manifest cannot be read; every file of NDJSON was."),
    "export-incomplete": ("error", "incomplete", "The manifest says that the export itself had errors."),
    "line-broken": ("error", "structure", "The line is not JSON that every reader reads the same."),
    "line-too-long": ("error", "too-long", "The line is too long, and was not read."),
    "not-a-resource": ("error", "structure", "The line holds no resource of FHIR."),
    "type-not-used": ("information", "not-supported", "Resources of this type are not used."),
    "patient-missing": ("error", "required", "The resource does not say which patient it is about."),
    "patient-unclear": ("error", "invalid", "The resource says that it is about more than one patient."),
    "patient-unknown": ("error", "not-found", "It is about a patient who is not in the export; nothing was decided for them."),
    "patient-gone": ("information", "deleted", "Forgotten, or no longer on your care team, since the run began; nothing was decided."),
    "patient-too-large": ("error", "too-costly", "There is more about this patient than can be judged at once; nothing was decided."),
    "resource-repeated": ("warning", "duplicate", "The same resource stands in the export before; it was read once."),
    "resource-differs": ("warning", "conflict", "Another of the same name stands before and says something else; the later one holds."),
    "not-decided": ("error", "exception", "Something went wrong here; nothing was decided for this patient."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trouble:
    """file: its name, without a folder; of a stored patient, Patient/id. line: from 1. count: how often, where it is told once for many."""

    severity: Severity
    kind: str
    code: str
    what: str
    file: str | None = None
    line: int | None = None
    count: int | None = None


def trouble(code: str, file: str | None = None, line: int | None = None, count: int | None = None) -> Trouble:
    """One of our own."""
    severity, kind, what = _TEXTS[code]
    return Trouble(severity, kind, code, what, file, line, count)


def outcome(one: Trouble) -> dict[str, Any]:
    """As an OperationOutcome. diagnostics: `file:line`."""
    where = ":".join(str(part) for part in (one.file, one.line) if part is not None)
    what = one.what if one.count is None else f"{one.what} ({one.count})"
    issue: dict[str, Any] = {
        "severity": one.severity,
        "code": one.kind,
        "details": {"coding": [{"system": SYSTEM, "code": one.code}], "text": what},
    }
    return {"resourceType": "OperationOutcome", "issue": [issue | ({"diagnostics": where} if where else {})]}
