"""Bundle and OperationOutcome: what answers a search, and what is said beside an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapters.fhir.writing.canonical import Resource, without_nothing


def issue(severity: str, code: str, what: str, reason: str) -> Resource:
    """One thing to say. code: of FHIR's own issue types. reason: our stable code."""
    return {"severity": severity, "code": code, "details": {"text": reason}, "diagnostics": what}


def outcome(issues: Iterable[Resource]) -> Resource:
    return {"resourceType": "OperationOutcome", "issue": list(issues)}


def searchset(
    root: str, total: int, found: Sequence[Resource], links: Iterable[tuple[str, str]], remarks: Sequence[Resource] = ()
) -> Resource:
    """The answer to a search. links: relation and address. remarks: issues of an outcome that goes with it."""
    entries = [{"fullUrl": f"{root}/{item['resourceType']}/{item['id']}", "resource": item, "search": {"mode": "match"}} for item in found]
    entries += [{"resource": outcome(remarks), "search": {"mode": "outcome"}}] if remarks else []
    answer: Resource = without_nothing(
        {
            "resourceType": "Bundle",
            "type": "searchset",
            "link": [{"relation": relation, "url": url} for relation, url in links],
            "entry": entries,
        }
    )
    return answer | {"total": total}
