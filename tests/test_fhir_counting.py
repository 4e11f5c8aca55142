"""Measures over everybody who is stored: of the own tenant, with consent applied, unknown never counted as no, small counts masked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import fhir_checks
import pytest
from asgi import KEY, Client, serving
from fhir_samples import AT, FHIR
from hypothesis import given
from hypothesis import strategies as st
from known import Known
from typer.testing import CliRunner

from adapters.fhir.writing.canonical import Publishing
from adapters.fhir.writing.measures import windows
from adapters.fhir.writing.summaries import SMALL, Place, summary
from adapters.journal.reading import erase
from api.command import app
from engine.errors import Refused
from knowledge.load import load

WINDOW = "window-emergency-substance-7"
BASE = load()
PERIOD = ("2026-01-01", "2026-12-31")
FILLED, UNFILLED, UNKNOWN, CHILD, UNCERTAIN = ((1990, 3), (1990, 9), (1990, None), (2020, 3), (None, 3))


def told(year: int | None, day: int | None, **more: Any) -> dict[str, Any]:
    """Somebody who came after an overdose, was born in that year, and was seen again after so many days."""
    facts: dict[str, Any] = {"emergency.reason": "overdose", "emergency.admitted": False}
    found = [{"code": code, "value": value, "at": "2026-11-20T09:00:00Z"} for code, value in facts.items()]
    found += [{"code": "emergency.first_visit_day", "value": day, "unit": "d", "at": "2026-11-20T09:00:00Z"}] if day else []
    return {"findings": found, **({"patient": {"birth_date": f"{year}-01-01"}} if year else {}), **more}


def made(who: Known, count: int, *about: Any, **more: Any) -> list[str]:
    ids = [who.ask("POST", "/patients", {}).json()["patient"] for _ in range(count)]
    for id in ids:
        assert who.ask("POST", f"/patients/{id}/entries", told(*about, **more)).status_code == 201
    return ids


def asked(who: Known, name: str = WINDOW, **more: Any) -> Any:
    given = {"periodStart": ("valueDate", PERIOD[0]), "periodEnd": ("valueDate", PERIOD[1]), "reportType": ("valueCode", "population")}
    listed = [{"name": name, value[0]: value[1]} for name, value in (given | more).items() if value]
    body = json.dumps({"resourceType": "Parameters", "parameter": listed}).encode()
    return who.client.request("POST", f"/fhir/Measure/{name}/$evaluate-measure", content=body, headers={**who.headers, **FHIR})


def counts(report: Any) -> dict[str, int | str]:
    """By population; the reason why it is absent, where it is."""
    return {
        item["code"]["coding"][0]["code"]: item.get("count", item.get("_count", {}).get("extension", [{}])[0].get("valueCode", ""))
        for item in report["group"][0]["population"]
    }


def said(report: Any) -> dict[str, str]:
    return {issue["details"]["text"]: issue["diagnostics"] for found in report.get("contained", []) for issue in found["issue"]}


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Of the main tenant 12 filled, 11 unfilled, 11 unknown, 2 uncertain, 1 child, 1 forgotten; of another 3 filled."""
    with serving(tmp_path_factory.mktemp("data")) as (client, service):
        client.forget()
        here, there = Known(client, "ehr_client"), Known(client, "ehr_client", tenant="elsewhere")
        for count, about in ((12, FILLED), (11, UNFILLED), (11, UNKNOWN), (1, UNCERTAIN), (1, CHILD)):
            made(here, count, *about)
        (twice,) = made(here, 1, *FILLED)  # an age beside a birth date makes no record: nothing is known of them
        assert here.ask("POST", f"/patients/{twice}/entries", {"patient": {"age": 40}}).status_code == 201
        assert erase(service.journal, made(here, 1, *FILLED)[0])
        made(there, 3, *FILLED)
        yield client


@pytest.mark.parametrize("role", ["care_manager", "clinical_lead", "ehr_client"])
def test_everybody_of_the_tenant_is_counted_where_it_is_known(clinic: Client, role: Any) -> None:
    answer = asked(Known(clinic, role))
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert fhir_checks.wrong([report]) == []
    assert (report["resourceType"], report["type"], report["status"]) == ("MeasureReport", "summary", "complete")
    assert "subject" not in report
    assert counts(report) == {"initial-population": 34, "denominator": 34, "denominator-exclusion": 11, "numerator": 12}
    assert report["group"][0]["measureScore"]["value"] == round(12 / 23, 4)
    assert said(report) == {
        "people-uncertain": f"It is not known whether fewer than {SMALL} more people count; they are in no number here."
    }


def test_another_tenant_has_its_own_and_too_few_are_not_told(clinic: Client) -> None:
    report = asked(Known(clinic, "clinical_lead", tenant="elsewhere"), userLanguage=("valueCode", "es")).json()
    assert fhir_checks.wrong([report]) == []
    assert set(counts(report).values()) == {"masked"}
    assert "measureScore" not in report["group"][0]
    assert list(said(report)) == ["counts-masked"]
    assert "ocultas" in said(report)["counts-masked"]


def test_where_no_subject_is_named_it_is_over_all_as_fhir_has_it(clinic: Client) -> None:
    assert counts(asked(Known(clinic, "intake"), reportType=None).json())["denominator"] == 34
    assert counts(asked(Known(clinic, "intake"), reportType=("valueCode", "summary")).json())["denominator"] == 34


def test_it_is_of_the_moment_that_is_asked_for(clinic: Client) -> None:
    report = asked(Known(clinic, "intake"), periodEnd=("valueDate", "2026-06-30")).json()
    assert (counts(report)["initial-population"], list(said(report))) == (0, ["people-uncertain"])
    assert report["date"].startswith("2026-06-30")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"subject": ("valueString", "Patient/p1")}, 422),
        ({"data": ("resource", {"resourceType": "Bundle", "type": "collection"})}, 422),
        ({"reportType": ("valueCode", "subject-list")}, 422),
        ({"reportType": ("valueCode", "subject")}, 422),
        ({"periodStart": None, "periodEnd": None}, 422),
        ({"periodEnd": ("valueDate", "2026")}, 422),
        ({"name": "none"}, 404),
    ],
)
def test_what_cannot_be_counted_is_said(clinic: Client, more: dict[str, Any], status: int) -> None:
    answer = asked(Known(clinic, "intake"), **more)
    assert answer.status_code == status, answer.text
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_more_than_can_be_waited_for_are_refused(clinic: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.fhir.counting._MOST", 36)
    answer = asked(Known(clinic, "intake"))
    assert (answer.status_code, "tandem measures" in answer.text) == (422, True)


def test_what_a_programme_told_counts_for_those_who_may_know_it(tmp_path: Path) -> None:
    """To the others it is as unknown as if nobody had told it."""
    with serving(tmp_path) as (client, _):
        client.forget()
        inside = Known(client, "ehr_client", organisation="Northside", programmes=("northside-otp",))
        made(inside, 11, *FILLED, origin={"programme": "northside-otp", "part2": True})
        outside = Known(client, "ehr_client", organisation="City Hospital")
        assert counts(asked(inside).json())["numerator"] == 11
        assert "counts-masked" not in said(asked(outside).json())
        assert counts(asked(outside).json())["numerator"] == 0
        assert "11 more people" in said(asked(outside).json())["people-uncertain"]


def test_on_the_command_line_every_window_however_many_people(clinic: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    data = clinic.security.settings.data
    for name, value in {"TANDEM_DATA": str(data), "TANDEM_SECRET_KEY": KEY, "TANDEM_DURABLE": "off"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("api.fhir.counting._MOST", 1)
    done = CliRunner().invoke(app, ["measures", "--start", PERIOD[0], "--end", PERIOD[1]])
    assert done.exit_code == 0, done.output
    reports = [json.loads(line) for line in done.output.splitlines() if line.startswith("{")]
    assert fhir_checks.wrong(reports) == []
    by_name = {report["measure"].partition("|")[0].rpartition("/")[2]: report for report in reports}
    assert set(by_name) == set(windows(BASE))
    assert counts(by_name[WINDOW])["numerator"] == 12
    monkeypatch.setenv("TANDEM_DATABASE", f"sqlite:///{data}/keys.json/there")
    for days, code in ((PERIOD, "store-failing"), (PERIOD[::-1], "period-wrong")):
        refused = CliRunner().invoke(app, ["measures", "--start", days[0], "--end", days[1]]).exception
        assert isinstance(refused, Refused)
        assert [item.code for item in refused.problems] == [code]


@given(st.dictionaries(st.sampled_from(["outside", "uncertain", "unknown", "filled", "unfilled"]), st.integers(0, 40)))
def test_no_count_is_told_that_is_small_or_tells_one_that_is(found: dict[Place, int]) -> None:
    """Whatever stands in a report, and every difference of it, is nobody or at least so many."""
    report = summary(Publishing(BASE, "http://x/fhir"), windows(BASE)[WINDOW], found, PERIOD, datetime.fromisoformat(AT), "en")
    shown = [value for value in counts(report).values() if isinstance(value, int)]
    whole, parts = counts(report)["denominator"], [found.get(name, 0) for name in ("unknown", "filled", "unfilled")]
    assert all(value == 0 or value >= SMALL for value in shown)
    if all(part == 0 or part >= SMALL for part in parts):
        assert shown == [sum(parts), sum(parts), parts[0], parts[1]]
    else:
        assert counts(report)["numerator"] == counts(report)["denominator-exclusion"] == "masked"
        assert "measureScore" not in report["group"][0]
        assert whole in (sum(parts), "masked")
    if 0 < found.get("uncertain", 0) < SMALL:
        assert f" {found['uncertain']} " not in said(report)["people-uncertain"].replace(f"than {SMALL}", "")
