"""A FHIR server's answers to prefetch templates: of one chart, what a search finds, newest first, and no more than a page of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from bench.charts import Resource

_DATES = ("effectiveDateTime", "authored", "authoredOn", "recordedDate", "dateTime", "date", "created")


def prefetched(templates: Mapping[str, str], chart: list[Resource]) -> dict[str, Any]:
    """prefetch key -> what the server sends for its template."""
    return {key: _read(template, chart) if "?" not in template else _search(template, chart) for key, template in templates.items()}


def _read(template: str, chart: list[Resource]) -> Resource | None:
    kind = template.partition("/")[0]
    return next((item for item in chart if item["resourceType"] == kind), None)


def _search(template: str, chart: list[Resource]) -> Resource:
    kind, _, query = template.partition("?")
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    found = [item for item in chart if item["resourceType"] == kind and _fits(item, asked)]
    if "_sort" in asked:
        found.sort(key=_dated, reverse=asked["_sort"].startswith("-"))
    page = found[: int(asked.get("_count", "20"))]
    more = {"link": [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]} if len(page) < len(found) else {}
    return {"resourceType": "Bundle", "type": "searchset", "total": len(found), "entry": [{"resource": item} for item in page], **more}


def _fits(item: Resource, asked: Mapping[str, str]) -> bool:
    if "status" in asked and item.get("status") not in asked["status"].split(","):
        return False
    if "class" in asked and item.get("class", {}).get("code") not in asked["class"].split(","):
        return False
    if "category" in asked and asked["category"] not in {code for part in item.get("category", ()) for code in _codes(part)}:
        return False
    return "code" not in asked or bool(set(asked["code"].split(",")) & set(_codes(item.get("code", {}))))


def _codes(concept: Resource) -> list[str]:
    return [part["code"] for part in concept.get("coding", ()) if "code" in part]


def _dated(item: Resource) -> str:
    return next((str(item[name]) for name in _DATES if name in item), "")
