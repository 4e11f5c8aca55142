"""Measures over everybody who is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from asgi import serving
from fhir_samples import FHIR
from known import Known
from pytest_bdd import given, parsers, then, when

_SEEN = (3, 9, None)  # days until they were seen: in time, later, nobody knows
Report = dict[str, Any]


@given(
    parsers.parse("{timely:d} stored patients were seen within a week of an overdose, {later:d} later, and of {unknown:d} it is not known"),
    target_fixture="seen",
)
def stored_and_seen(timely: int, later: int, unknown: int) -> list[int | None]:
    return [day for day, count in zip(_SEEN, (timely, later, unknown), strict=True) for _ in range(count)]


@when("the clinical lead asks how often that was", target_fixture="report")
def how_often(seen: list[int | None], tmp_path: Path) -> Report:
    with serving(tmp_path / "counted") as (client, _):
        for day in seen:
            id = client.request("POST", "/patients", json={}).json()["patient"]
            assert client.request("POST", f"/patients/{id}/entries", json=_told(day)).status_code == 201
        client.forget()
        period = {"periodStart": "2026-01-01", "periodEnd": "2026-12-31"}
        body = {"resourceType": "Parameters", "parameter": [{"name": name, "valueDate": day} for name, day in period.items()]}
        address = "/fhir/Measure/window-emergency-substance-7/$evaluate-measure"
        answer = client.request("POST", address, content=json.dumps(body), headers=Known(client, "clinical_lead").headers | FHIR)
        assert answer.status_code == 200, answer.text
        found: Report = answer.json()
        return found


def _told(day: int | None) -> dict[str, Any]:
    facts: list[dict[str, Any]] = [{"code": "emergency.reason", "value": "overdose"}, {"code": "emergency.admitted", "value": False}]
    facts += [{"code": "emergency.first_visit_day", "value": day, "unit": "d"}] if day else []
    return {"patient": {"birth_date": "1990-01-01"}, "findings": [fact | {"at": "2026-11-20T09:00:00Z"} for fact in facts]}


def _counts(report: Report) -> dict[str, int | None]:
    return {item["code"]["coding"][0]["code"]: item.get("count") for item in report["group"][0]["population"]}


@then(parsers.parse("{timely:d} of the {known:d} of whom it is known were seen within a week, and {apart:d} stand apart"))
def told_how_often(report: Report, timely: int, known: int, apart: int) -> None:
    counts = _counts(report)
    assert (counts["numerator"], counts["denominator"], counts["denominator-exclusion"]) == (timely, known + apart, apart)
    assert report["group"][0]["measureScore"]["value"] == round(timely / known, 4)


@then("nobody is named")
def nobody_named(report: Report) -> None:
    assert "Patient/" not in json.dumps(report)


@then(parsers.parse("it is said that there were {count:d}, and how many of them were seen in time is masked"))
def masked(report: Report, count: int) -> None:
    counts = _counts(report)
    assert (counts["denominator"], counts["numerator"], counts["denominator-exclusion"]) == (count, None, None)
    assert "measureScore" not in report["group"][0]
