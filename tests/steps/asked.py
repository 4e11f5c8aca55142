"""What is asked of the service, and by whom."""

from __future__ import annotations

import json
from time import monotonic

import pytest
from pytest_bdd import parsers, when

from steps.chart import Chart
from steps.service import Ask

IN_SPANISH = r"(?P<spanish> in Spanish)?"


def _language(spanish: str | None) -> str:
    return "es" if spanish else "en"


@when(parsers.re(rf"the (?:intake|aftercare) team asks for a recommendation{IN_SPANISH}"))
@when(parsers.re(rf"it is sent to the service{IN_SPANISH}"))
def recommend(chart: Chart, ask: Ask, spanish: str | None) -> None:
    body = chart.body if chart.body is not None else json.dumps(chart.record).encode()
    chart.answers.append(ask("/recommend", body, _language(spanish)))


@when("the intake team asks for a recommendation in short")
def recommend_in_short(chart: Chart, ask: Ask) -> None:
    chart.answers.append(ask("/recommend", json.dumps(chart.record).encode(), detail="short"))


@when("the same record is sent again in another order")
def recommend_again(chart: Chart, ask: Ask) -> None:
    chart.answers.append(ask("/recommend", json.dumps(chart.reversed()).encode()))


@when(parsers.re(rf"the (?:intake|aftercare) team asks (?:why|why not|about) (?P<component>[a-z-]+?){IN_SPANISH}"))
def explain(chart: Chart, ask: Ask, component: str, spanish: str | None) -> None:
    chart.answers.append(ask(f"/explain/{component}", json.dumps(chart.record).encode(), _language(spanish)))


@when(parsers.re(r"(?P<finding>[a-z0-9_.]+) is changed as it says, and the team asks again"))
def change_and_ask(chart: Chart, ask: Ask, finding: str) -> None:
    changes = [change for together in chart.answer.body["changes"] for change in together if len(together) == 1]
    change = next(one for one in changes if one["finding"] == finding)
    units = {item["code"]: item["unit"] for item in chart.answers[-2].body["findings"]}
    chart.change(finding, change["to"], units.get(finding))
    chart.answers.append(ask("/recommend", json.dumps(chart.record).encode()))


@when("both engines are asked")
def recommend_with_both(chart: Chart, both: Ask) -> None:
    chart.answers.append(both("/recommend", json.dumps(chart.record).encode()))


@when("the intake team asks until both engines have answered")
def recommend_until_checked(chart: Chart, ask: Ask) -> None:
    deadline = monotonic() + 20
    while chart.answer.body["engines"] == "unchecked" and monotonic() < deadline:
        chart.answers.append(ask("/recommend", json.dumps(chart.record).encode()))


@when("somebody asks whether the service is ready")
def ready(chart: Chart, ask: Ask) -> None:
    chart.answers.append(ask("/health/ready"))


@pytest.fixture
def chart() -> Chart:
    return Chart()
