"""CDS Hooks 2.0, as it binds a service, held to what the service answers. Written from the specification, not from our code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

MAY_BE_EMPTY = {"cards", "services"}
TOKEN = re.compile(r"\{\{(.*?)\}\}")
CREATED = {
    "ServiceRequest": {"status", "intent", "subject"},
    "Task": {"status", "intent"},
    "CommunicationRequest": {"status"},
    "CarePlan": {"status", "intent", "subject"},
}


def empties(value: Any, where: str = "") -> Iterator[str]:
    """Places with null, "", [] or {}."""
    if isinstance(value, dict):
        for key, item in value.items():
            if item is None or item in ("", {}) or (item == [] and key not in MAY_BE_EMPTY):
                yield f"{where}/{key} is empty"
            yield from empties(item, f"{where}/{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            if item is None or item in ("", [], {}):
                yield f"{where}/{number} is empty"
            yield from empties(item, f"{where}/{number}")


def discovery_faults(body: Any) -> list[str]:
    """What is wrong with an answer of GET /cds-services."""
    found = [*empties(body)]
    if not isinstance(body.get("services"), list):
        return [*found, "no list of services"]
    for service in body["services"]:
        for name in ("hook", "id", "description", "title", "usageRequirements", "version"):
            if not isinstance(service.get(name), str):
                found.append(f"{name} is no text")
        if not re.fullmatch(r"[A-Za-z0-9._~-]+", service["id"]):
            found.append(f"{service['id']} does not fit into an address")
        for key, template in service.get("prefetch", {}).items():
            found += [f"{key}: {fault}" for fault in _template_faults(template)]
    return found


def _template_faults(template: str) -> Iterator[str]:
    for token in TOKEN.findall(template):
        if token not in ("context.patientId", "context.userId", "context.encounterId"):
            yield f"{token} may not be a token"
    path, _, query = template.partition("?")
    names = [pair.partition("=")[0] for pair in query.split("&")] if query else []
    if len(names) != len(set(names)):
        yield "a parameter stands twice"
    if any("." in name or name.startswith(("_include", "_revinclude", "_has")) for name in names):
        yield "a chain or an inclusion"
    if not re.fullmatch(r"[A-Z][A-Za-z]+(/\{\{.*\}\})?", path):
        yield "neither a read nor a search"


def answer_faults(body: Any, subject: str) -> list[str]:
    """What is wrong with an answer of a service about a patient."""
    found = [*empties(body)]
    if not isinstance(body.get("cards"), list):
        return [*found, "no list of cards"]
    if "systemActions" in body:
        found.append("system actions that nobody asked for")
    names = [card.get("uuid") for card in body["cards"]]
    if len(names) != len(set(names)):
        found.append("two cards have one uuid")
    for card in body["cards"]:
        found += [f"{card.get('summary')}: {fault}" for fault in _card_faults(card, subject)]
    return found


def _card_faults(card: Any, subject: str) -> Iterator[str]:
    if not isinstance(card.get("summary"), str) or not 0 < len(card["summary"]) < 140:
        yield "summary"
    if card.get("indicator") not in ("info", "warning", "critical"):
        yield "indicator"
    if not isinstance(card.get("detail"), str) or "<" in card["detail"]:
        yield "detail is no Markdown without HTML"
    yield from _uuid(card)
    source = card.get("source") or {}
    if not isinstance(source.get("label"), str) or not _absolute(source.get("url", "https://x")):
        yield "source"
    if "topic" in source:
        yield from _coding(source["topic"], display=False)
    for reason in card.get("overrideReasons", ()):
        yield from _coding(reason, display=True)
    for link in card.get("links", ()):
        yield from _link(link)
    suggestions = card.get("suggestions", [])
    if bool(suggestions) != (card.get("selectionBehavior") in ("any", "at-most-one")):
        yield "selectionBehavior"
    if card.get("selectionBehavior") == "at-most-one" and sum(item.get("isRecommended", False) for item in suggestions) > 1:
        yield "more than one is recommended"
    for suggestion in suggestions:
        yield from _suggestion(suggestion, subject)
    if not all(isinstance(value, dict) and "." in name for name, value in card.get("extension", {}).items()):
        yield "an extension without a name of its own"


def _uuid(part: Any) -> Iterator[str]:
    try:
        UUID(part["uuid"])
    except (KeyError, ValueError, AttributeError):
        yield "uuid"


def _absolute(url: Any) -> bool:
    return isinstance(url, str) and urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).netloc)


def _coding(value: Any, *, display: bool) -> Iterator[str]:
    names = ("code", "system", *(("display",) if display else ()))
    if not all(isinstance(value.get(name), str) for name in names) or not urlsplit(value["system"]).scheme:
        yield f"coding {value}"


def _link(link: Any) -> Iterator[str]:
    if not isinstance(link.get("label"), str) or not _absolute(link.get("url")) or link.get("type") not in ("absolute", "smart"):
        yield f"link {link}"
    if link.get("type") == "absolute" and "appContext" in link:
        yield "appContext on an absolute link"


def _suggestion(suggestion: Any, subject: str) -> Iterator[str]:
    yield from _uuid(suggestion)
    if not isinstance(suggestion.get("label"), str) or not isinstance(suggestion.get("isRecommended", False), bool):
        yield "suggestion"
    for action in suggestion.get("actions", ()):
        if not isinstance(action.get("description"), str):
            yield "description of an action"
        match action.get("type"):
            case "create":
                yield from _created(action.get("resource") or {}, subject)
            case "delete":
                if "resource" in action or not re.fullmatch(r"[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}", action.get("resourceId", "")):
                    yield "delete"
            case other:
                yield f"action {other}"


def _created(resource: Any, subject: str) -> Iterator[str]:
    """A draft or proposal about this patient, new, with what FHIR R4 requires of its kind; never an order of a medicine."""
    required = CREATED.get(resource.get("resourceType", ""))
    if required is None or not required <= resource.keys() or "id" in resource:
        yield f"created {resource.get('resourceType')}"
    if resource.get("status") != "draft" or resource.get("intent", "proposal") not in ("proposal", "plan"):
        yield "created, and more than a draft"
    about = resource.get("subject") or resource.get("for") or {}
    if about.get("reference") != subject:
        yield "created for somebody else"
