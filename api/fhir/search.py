"""Searching what is published: parameters as R4 has them, one page at a time, with links that stay good for one release."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from adapters.fhir.writing.bundles import issue, searchset
from adapters.fhir.writing.capability import PARAMETERS
from api.problems import Rejected
from engine.errors import Problem

Document = dict[str, Any]
Summary = Literal["true", "text", "data", "count", "false"]
_USUAL, _MOST = 20, 200
_MODIFIERS = {"string": ("", "exact", "contains"), "token": ("",), "uri": ("",)}
_ALWAYS = ("resourceType", "id", "meta")
_SUMMARY = ("url", "identifier", "version", "name", "title", "status", "experimental", "type", "date", "publisher", "kind", "code")
_FORM = ("_format", "_pretty")  # say how to answer, not what to look for


@dataclass(frozen=True, slots=True)
class Query:
    """A search that is understood. filters: all of them hold, each by one of its values. ignored: what was not understood."""

    filters: tuple[tuple[str, str, tuple[str, ...]], ...]
    count: int
    start: int
    summary: Summary
    elements: tuple[str, ...]
    ignored: tuple[str, ...]


def query(given: Sequence[tuple[str, str]], mark: str, *, strict: bool) -> Query:
    """mark: of the release, which a link to a page carries. strict: what is not understood is refused. Raises Rejected."""
    filters, ignored, said = [], [], set[str]()
    special = {"_count": str(_USUAL), "_page": f"0-{mark}", "_summary": "false", "_elements": ""}
    for key, value in given:
        name, _, modifier = key.partition(":")
        if key in special:
            if key in said:
                raise _wrong(f"query {key}", "parameter-twice", "It stands twice.", "Send it once.")
            special[key] = value
            said.add(key)
        elif name in PARAMETERS and modifier in _MODIFIERS[PARAMETERS[name][0]]:
            filters.append((name, modifier, tuple(part for part in value.split(",") if part)))
        elif key not in _FORM:
            ignored.append(key)
    if ignored and strict:
        do = f"The parameters are {', '.join((*PARAMETERS, *special))}."
        raise _wrong("query", "parameter-unknown", "There is no such search parameter.", do)
    summary = special["_summary"]
    if summary not in ("true", "text", "data", "count", "false"):
        raise _wrong("query _summary", "parameter-wrong", "The value cannot be used.", "Use true, text, data, count or false.")
    elements = tuple(part.strip() for part in special["_elements"].split(",") if part.strip())
    found = _count(special["_count"]), _start(special["_page"], mark)
    return Query(tuple(filters), *found, summary, elements, tuple(ignored))  # type: ignore[arg-type]


def _wrong(where: str, code: str, what: str, do: str) -> Rejected:
    return Rejected(400, "request-refused", [Problem(where, code, what, do)])


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise _wrong("query _count", "parameter-wrong", "The value cannot be used.", "Send a whole number that is not negative.")
    return min(int(text), _MOST)


def _start(text: str, mark: str) -> int:
    number, _, release = text.partition("-")
    if release != mark or not (number.isascii() and number.isdigit() and len(number) < 7):
        raise _wrong("query _page", "page-gone", "There is no such page, or the knowledge has changed since.", "Search anew.")
    return int(number)


def answer(resources: Iterable[Document], wanted: Query, root: str, kind: str, mark: str) -> Document:
    """The page as a Bundle. Its self link names what was understood, and nothing else."""
    found = [item for item in resources if all(_matches(item, *one) for one in wanted.filters)]
    counted = wanted.summary == "count" or wanted.count == 0
    page = [] if counted else found[wanted.start : wanted.start + wanted.count]
    links = [("self", _link(root, kind, wanted, wanted.start, mark))]
    if not counted:
        after, before = wanted.start + wanted.count, max(0, wanted.start - wanted.count)
        links += [("first", _link(root, kind, wanted, 0, mark))]
        links += [("previous", _link(root, kind, wanted, before, mark))] if wanted.start else []
        links += [("next", _link(root, kind, wanted, after, mark))] if after < len(found) else []
    remarks = [issue("warning", "not-supported", "A search parameter was not understood, and was ignored.", "parameter-unknown")]
    return searchset(root, len(found), [_shortened(item, wanted) for item in page], links, remarks if wanted.ignored else [])


def _link(root: str, kind: str, wanted: Query, start: int, mark: str) -> str:
    named = [(f"{name}:{modifier}" if modifier else name, ",".join(values)) for name, modifier, values in wanted.filters]
    named += [("_summary", wanted.summary)] if wanted.summary != "false" else []
    named += [("_elements", ",".join(wanted.elements))] if wanted.elements else []
    return f"{root}/{kind}?{urlencode([*named, ('_count', str(wanted.count)), ('_page', f'{start}-{mark}')])}"


def _matches(resource: Document, name: str, modifier: str, values: tuple[str, ...]) -> bool:
    test: Callable[[Document, str], bool] = _TESTS.get(name) or _TEXTS[modifier](name)
    return any(test(resource, value) for value in values)


def _identified(resource: Document, value: str) -> bool:
    system, bar, code = value.rpartition("|")
    return any(item["value"] == code and (not bar or item["system"] == system) for item in resource["identifier"])


def _token(name: str) -> Callable[[Document, str], bool]:
    """A code of an element that has no system: `|code` means just that, `system|code` matches nothing."""
    return lambda resource, value: resource[name] == value.removeprefix("|")


_TESTS: Mapping[str, Callable[[Document, str], bool]] = {
    "_id": _token("id"),
    "url": lambda resource, value: bool(resource["url"] == value),
    "version": _token("version"),
    "status": _token("status"),
    "identifier": _identified,
}
_TEXTS: Mapping[str, Callable[[str], Callable[[Document, str], bool]]] = {
    "": lambda name: lambda resource, value: bool(resource[name].casefold().startswith(value.casefold())),
    "exact": lambda name: lambda resource, value: bool(resource[name] == value),
    "contains": lambda name: lambda resource, value: value.casefold() in resource[name].casefold(),
}


def _shortened(resource: Document, wanted: Query) -> Document:
    """What was asked for of it; shortened, it says so."""
    if wanted.elements:
        kept = {*_ALWAYS, *wanted.elements, "status"}
    elif wanted.summary in ("true", "text"):
        kept = {*_ALWAYS, *(_SUMMARY if wanted.summary == "true" else ("text", "status"))}
    else:
        return resource
    kept |= {"Library": {"type", "kind"}, "CodeSystem": {"content"}}.get(resource["resourceType"], set())  # mandatory elements stay
    shortened = {key: value for key, value in resource.items() if key.lstrip("_") in kept}
    tag = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
    return shortened | {"meta": {**resource["meta"], "tag": [tag]}}
