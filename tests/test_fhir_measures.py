"""Windows of follow-up as measures: counted where it is known, asked for where it is not, and never counted as no."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import fhir_checks
import pytest
from asgi import Client, serving
from fhir_samples import AT, FHIR, Resource, fact, parameters

from adapters.fhir.writing.measures import windows
from engine.conditions import leaves
from knowledge.load import load

PERIOD = {"periodStart": ("valueDate", "2026-01-01"), "periodEnd": ("valueDate", "2026-12-31"), "asOf": ("valueDateTime", AT)}
BORN: Resource = {"resourceType": "Patient", "id": "p1", "birthDate": "1990-01-01"}
CHILD = BORN | {"birthDate": "2020-01-01"}
OVERDOSE = fact("reason", "emergency.reason", valueString="overdose")
HOME = fact("home", "emergency.admitted", valueBoolean=False)


def seen(day: int) -> Resource:
    return fact("visit", "emergency.first_visit_day", valueQuantity={"value": day, "system": "http://unitsofmeasure.org", "code": "d"})


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("fhir")) as (client, _):
        yield client


def evaluated(client: Client, *resources: Resource, name: str = "window-emergency-substance-7", **more: Any) -> Any:
    return client.post(f"/fhir/Measure/{name}/$evaluate-measure", parameters(*resources, **{**PERIOD, **more}), headers=FHIR)


def test_every_window_says_for_whom_it_counts_and_what_fills_it() -> None:
    measured = {name: {leaf.finding for leaf in leaves(window.numerator)} for name, window in windows(load()).items()}
    visits = dict.fromkeys(
        ["emergency-mental-7", "emergency-mental-30", "emergency-substance-7", "emergency-substance-30"], "emergency.first_visit_day"
    )
    visits |= dict.fromkeys(
        ["psychiatric-stay-7", "psychiatric-stay-30", "substance-stay-7", "substance-stay-30"], "discharge.first_visit_day"
    )
    others = {
        "antipsychotic-covered": "antipsychotic.days_covered",
        "depression-followed": "depression.follow_up_day",
        "depression-remitted": "depression.follow_up_total",
        "depression-responded": "depression.follow_up_drop",
        "opioid-medicine-180": "moud.days_continuous",
        "treatment-engaged": "episode.second_further_day",
        "treatment-started": "episode.first_service_day",
    }
    assert measured == {f"window-{name}": {finding} for name, finding in (visits | others).items()}


@pytest.mark.parametrize(
    ("resources", "counts"),
    [
        ((BORN, OVERDOSE, HOME, seen(7)), [1, 1, 1]),
        ((BORN, OVERDOSE, HOME, seen(8)), [1, 1, 0]),
        ((CHILD, OVERDOSE, HOME, seen(3)), [0, 0, 0]),
        ((CHILD,), [0, 0, 0]),
    ],
)
def test_what_is_known_is_counted(client: Client, resources: tuple[Resource, ...], counts: list[int]) -> None:
    answer = evaluated(client, *resources)
    report = answer.json()
    assert fhir_checks.wrong([report]) == []
    assert report["resourceType"] == "MeasureReport"
    assert [item["count"] for item in report["group"][0]["population"]] == counts
    assert ("measureScore" in report["group"][0]) == bool(counts[1])
    assert report["period"] == {"start": "2026-01-01", "end": "2026-12-31"}
    assert answer.headers["tandem-journal"] == "recorded"


@pytest.mark.parametrize(
    ("resources", "missing"),
    [
        ((BORN, OVERDOSE, HOME), 1),
        ((BORN, HOME, seen(3)), 1),
        ((OVERDOSE, HOME, seen(3)), 1),
        ((BORN, seen(3)), 2),
    ],
)
def test_what_is_unknown_is_asked_for_and_never_counted(client: Client, resources: tuple[Resource, ...], missing: int) -> None:
    response = evaluated(client, *resources).json()
    assert fhir_checks.wrong([response]) == []
    assert (response["resourceType"], response["status"]) == ("GuidanceResponse", "data-required")
    assert len(response["note"]) == missing


def test_what_it_rests_on_and_how_it_may_be_shared(client: Client) -> None:
    report = evaluated(client, BORN, OVERDOSE, HOME, seen(7)).json()
    read = {item["reference"] for item in report["evaluatedResource"]}
    assert read == {"Patient/p1", "Observation/reason", "Observation/home", "Observation/visit"}
    assert {"R", "SUD"} <= {item["code"] for item in report["meta"]["security"]}


@pytest.mark.parametrize(
    "more",
    [
        {"periodEnd": ("valueDate", "2025-12-31")},
        {"periodEnd": ("valueDate", "2026-02-30")},
        {"periodEnd": ("valueDate", "2026")},
        {"periodEnd": ("valueInteger", 7)},
    ],
)
def test_a_period_is_whole_days(client: Client, more: dict[str, Any]) -> None:
    assert evaluated(client, BORN, **more).status_code == 422


def test_a_period_is_needed_and_the_measure_must_be_there(client: Client) -> None:
    assert evaluated(client, BORN, name="none").status_code == 404
    alone = json.dumps({"resourceType": "Parameters", "parameter": [{"name": "subject", "valueString": "Patient/p1"}]}).encode()
    assert client.post("/fhir/Measure/window-emergency-substance-7/$evaluate-measure", alone, headers=FHIR).status_code in (404, 422)
    assert client.post("/fhir/Measure/window-emergency-substance-7/$evaluate-measure", parameters(BORN), headers=FHIR).status_code == 422
