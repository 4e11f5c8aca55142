"""Notifications of subscriptions as R4 has them (rest-hook) and as the backport of R5 has them (a Bundle with a status)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapters.fhir.writing.bundles import issue, outcome
from adapters.fhir.writing.capability import TOLD
from api.fhir.incoming import take
from api.fhir.parameters import wrong
from api.problems import Rejected
from api.security.door import Asking
from api.security.security import Security
from engine.errors import Refused

Document = dict[str, Any]
_QUIET = ("handshake", "heartbeat")
_STATUSES = (*_QUIET, "event-notification", "query-status", "query-event")
_MOST = 100


def notified(security: Security, asking: Asking, bundle: Document, root: str) -> Document:
    """Take every resource that a notification carries; one that cannot be taken is named, and keeps no other back. Raises Rejected."""
    entries = bundle.get("entry")
    resources = [entry.get("resource") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    kind = _kind(resources[0] if resources else None)
    if kind is None:
        do = "Send a subscription-notification Bundle, its status first."
        raise wrong("/entry/0/resource", "notification-unexpected", "This is not a notification of a subscription.", do)
    if kind in _QUIET:
        return outcome([issue("information", "informational", f"The {kind} is understood.", kind)])
    carried = [item for item in resources[1:] if isinstance(item, dict)]
    if len(carried) > _MOST:
        raise wrong("/entry", "too-many", "Too many resources in one notification.", f"Send at most {_MOST}.")
    if not carried:
        said = "It is understood that something changed. Nothing is fetched: subscribe with full-resource."
        return outcome([issue("warning", "not-supported", said, "not-fetched")])
    return outcome([said for resource in carried for said in _taken(security, asking, resource, root)])


def _kind(status: object) -> str | None:
    """What a status says this is: a Parameters in R4, a SubscriptionStatus in R4B."""
    if not isinstance(status, dict):
        return None
    found = status.get("type")
    if status.get("resourceType") == "Parameters" and isinstance(listed := status.get("parameter"), list):
        found = next((item.get("valueCode") for item in listed if isinstance(item, dict) and item.get("name") == "type"), None)
    elif status.get("resourceType") != "SubscriptionStatus":
        return None
    return found if found in _STATUSES else None


def _taken(security: Security, asking: Asking, resource: Document, root: str) -> Iterator[Document]:
    if resource.get("resourceType") not in TOLD:
        yield issue("warning", "not-supported", "Resources of this kind are not taken.", "kind-unread")
        return
    try:
        yield from take(security, asking, resource, root).issues
    except Refused as refused:
        yield from (issue("error", "processing", problem.what, problem.code) for problem in refused.problems)
    except Rejected as rejected:
        if rejected.status >= 500:
            raise  # what could not be written down is sent again
        yield from (issue("error", "processing", problem.what, problem.code) for problem in rejected.problems)
