"""What the answer must say of what is known: findings, rules, pathways, and what it asks for."""

from __future__ import annotations

import re

from pytest_bdd import parsers, then

from steps.chart import Chart
from steps.words import Part, code, said, several


@then(parsers.re(r"it asks for (?P<subjects>[A-Za-z0-9_., -]+?)(?P<first> before anything else)?"))
def asks_for(chart: Chart, subjects: str, first: str | None) -> None:
    asked = [item["subject"] for item in chart.decision["data_requests"]]
    for name in several(subjects):
        assert _subject(name) in (asked[:1] if first else asked), asked


@then(parsers.re(r"it does not ask for (?P<subjects>[A-Za-z0-9_., -]+)"))
def asks_not_for(chart: Chart, subjects: str) -> None:
    asked = {item["subject"] for item in chart.decision["data_requests"]}
    assert not asked & {_subject(name) for name in several(subjects)}, asked


def _subject(name: str) -> str:
    name = name.removeprefix("the ").removeprefix("a review of the ")
    lists = {"medication list": "medications", "condition list": "conditions", "event list": "events", "allergy list": "allergies"}
    plain = re.sub(r"[^a-z0-9._]", "", name.lower())
    return lists.get(name) or {"ciwaar": "ciwa_ar"}.get(plain, plain)


@then(parsers.re(r"the person stands at (?P<stage>[a-z-]+)(?: on (?P<pathway>[a-z-]+))?"))
def stands_at(chart: Chart, stage: str, pathway: str | None) -> None:
    found = [(item["pathway"].partition("@")[0], place["stage"]) for item in chart.decision["pathways"] for place in item["stages"]]
    places = [place for item in chart.decision["pathways"] for place in item["stages"]]
    held = [(step["to"], step["truth"], [ground["words"] for ground in step["grounds"]]) for place in places for step in place["onward"]]
    assert any(at == stage and pathway in (None, name) for name, at in found), (found, held)


@then(parsers.re(r"the person is not on (?P<pathway>[a-z-]+)(?P<known>, as far as is known)?"))
def not_on(chart: Chart, pathway: str, known: str | None) -> None:
    found = {item["pathway"].partition("@")[0]: item["stages"] for item in chart.decision["pathways"]}
    assert pathway not in found or (known and not found[pathway]), found


@then(parsers.re(r"the way to (?P<stage>[a-z-]+) is (?P<state>open|held|closed)(?: because of (?P<findings>[a-z0-9_.]+.*))?"))
def way(chart: Chart, stage: str, state: str, findings: str | None) -> None:
    places = [place for item in chart.decision["pathways"] for place in item["stages"]]
    onward = [step for place in places for step in place["onward"] if step["to"] == [stage]]
    truth = {"open": "true", "held": "unknown", "closed": "false"}[state]
    assert [step["truth"] for step in onward] == [truth], onward
    for name in several(findings or ""):
        assert name in [ground["finding"] for ground in onward[0]["grounds"]], onward


@then(parsers.re(r'"(?P<rule>[a-z0-9-]+)" (?P<state>holds|does not hold|cannot be settled)'))
def rule_is(chart: Chart, rule: str, state: str) -> None:
    judged = {name.partition("@")[0]: truth for name, truth in chart.decision["judged"].items()}
    assert judged[rule] == {"holds": "true", "does not hold": "false", "cannot be settled": "unknown"}[state], judged[rule]


@then(parsers.re(r"(?P<finding>[a-z0-9_.]+) is known to lie between (?P<low>[0-9.]+) and (?P<high>[0-9.]+)"))
def lies_between(chart: Chart, finding: str, low: str, high: str) -> None:
    item = _finding(chart, finding)
    assert (item["low"], item["high"]) == (float(low), float(high)), item


@then(parsers.re(r"(?P<finding>[a-z0-9_.]+) is taken as (?P<value>.+)"))
def taken_as(chart: Chart, finding: str, value: str) -> None:
    item = _finding(chart, finding)
    known = said(f"is {value}")["value"]
    assert item["value"] == known or (isinstance(known, float) and abs(item["value"] - known) < 0.01), item


@then(parsers.re(r"(?P<finding>[a-z0-9_.]+) counts as (?P<why>[a-z ]+)"))
def counts_as(chart: Chart, finding: str, why: str) -> None:
    item = _finding(chart, finding)
    assert item["absent"] == code(why), item


def _finding(chart: Chart, finding: str) -> Part:
    item = chart.one("findings", code=finding)
    assert item, sorted(one["code"] for one in chart.answer.body["findings"])
    return item


@then(parsers.re(r"(?P<where>/[a-z/0-9]+) was not used because it is (?P<why>[a-z ]+)"))
def not_used(chart: Chart, where: str, why: str) -> None:
    assert {"where": where, "why": code(why)} in chart.decision["not_used"], chart.answer.body["not_used"]


@then(parsers.re(r"(?P<finding>[a-z0-9_.]+) is shown as critical"))
def critical(chart: Chart, finding: str) -> None:
    found = [item["code"] for item in chart.decision["critical_items"]]
    assert finding in found, found


@then(parsers.re(r"the outcome is (?P<outcome>[a-z ]+)"))
def outcome(chart: Chart, outcome: str) -> None:
    assert chart.decision["outcome"] == code(outcome)


@then("the same decision comes back")
def same_decision(chart: Chart) -> None:
    one, other = chart.answers[-2:]
    assert chart.decision
    assert (one.body["id"], one.decided) == (other.body["id"], other.decided)


@then(parsers.re(r"help is shown: (?P<names>.+)"))
def help_shown(chart: Chart, names: str) -> None:
    shown = " ".join(f"{line['name']} {line['contact']}" for line in chart.decision["help"])
    assert all(name in shown for name in several(names)), shown


@then(parsers.re(r'"(?P<rule>[a-z0-9-]+)" is set aside by "(?P<by>[a-z0-9-]+)"'))
def set_aside(chart: Chart, rule: str, by: str) -> None:
    assert {"rule": rule, "by": by} in chart.decision["overridden"], chart.answer.body["overridden"]


@then("every line of help says when it was last checked")
def help_is_dated(chart: Chart) -> None:
    assert all(line["verified_on"] for line in chart.decision["help"])
