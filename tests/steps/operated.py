"""What must be said of the engines, of the service's health, and of a record that cannot be used."""

from __future__ import annotations

from pathlib import Path

from pytest_bdd import parsers, then

from adapters.journal import Journal
from api.settings import Settings
from steps.chart import Chart
from steps.words import Part


@then(parsers.re(r"the engines are said to have (?P<agreement>agreed|disagreed|gone unchecked)(?: about \"(?P<rule>.+)\")?"))
def engines_said(chart: Chart, agreement: str, rule: str | None) -> None:
    assert chart.answer.body["engines"] == agreement.removeprefix("gone "), chart.answer.body["engines"]
    assert chart.answer.body["disputed_rules"] == ([rule] if rule else [])


@then("the same decision comes back, but for what is said of the engines")
def same_but_engines(chart: Chart) -> None:
    one, other = (answer.body | {"engines": None} for answer in chart.answers[-2:])
    assert one == other
    assert chart.answer.body["engines"] == "agreed"


@then(parsers.re(r"the escalation to (?P<level>E[1-6]) is marked as unconfirmed"))
def unconfirmed(chart: Chart, level: str) -> None:
    assert [item["unconfirmed"] for item in chart.answer.items("escalations", level=level)] == [True]


@then(parsers.re(r"it is (?P<ready>ready|not ready), and the engines are (?P<state>agreeing|unchecked|disagreeing)"))
def health(chart: Chart, ready: str, state: str) -> None:
    answer = chart.answer
    assert (answer.status, answer.body["status"]) == ((200, "ready") if ready == "ready" else (503, "not_ready"))
    assert answer.body["engines"]["state"] == state, answer.body["engines"]


@then("the disagreement is written down")
def written_down(folder: Path) -> None:
    settings = Settings(data=folder)
    found = Journal(settings.database_url, settings.keys)
    assert "disagreement" in [entry.kind for entry in found.newest(20)]
    found.close()


@then(parsers.re(r'it is refused as "(?P<problem>[a-z-]+)" with "(?P<code>[a-z-]+)" at "(?P<where>.*)"'))
def refused(chart: Chart, problem: str, code: str, where: str) -> None:
    answer = chart.answer
    status = {"json-refused": 400, "record-refused": 422, "component-unknown": 404}[problem]
    assert (answer.status, answer.media_type) == (status, "application/problem+json"), answer.text
    assert answer.body["type"] == f"urn:tandem:problem:{problem}"
    found = [(error["where"], error["code"]) for error in answer.body["errors"]]
    assert (where, code) in found, found


@then(parsers.re(r'nothing of the answer repeats "(?P<value>.+)"'))
def not_repeated(chart: Chart, value: str) -> None:
    assert value not in chart.answer.text


@then("each problem says what to do")
def says_what_to_do(chart: Chart) -> None:
    errors: list[Part] = chart.answer.body["errors"]
    assert errors
    assert all(error["what"] and error["do"] for error in errors)


@then(parsers.re(r'the advice names "(?P<name>.+)"'))
def advice(chart: Chart, name: str) -> None:
    assert any(name in error["do"] for error in chart.answer.body["errors"]), chart.answer.text
