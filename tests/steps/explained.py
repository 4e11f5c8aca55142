"""What an explanation and the trace must hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import networkx
from pytest_bdd import parsers, then

from steps.chart import Chart
from steps.service import Ask
from steps.words import several

STANDINGS = {
    "recommended": "recommended",
    "withheld": "withheld",
    "not recommended": "not_recommended",
    "could not be evaluated": "could_not_evaluate",
    "without a rule for it": "no_rule_speaks_for_it",
}
RULE = r'"(?P<rule>[a-z0-9-]+)"'
LANGUAGE_FREE = ("component", "by", "level", "every", "subject", "stage", "truth", "finding", "standing", "result", "urgency")


@then(parsers.re(rf"it stands as (?P<standing>{'|'.join(STANDINGS)})"))
def stands_as(chart: Chart, standing: str) -> None:
    assert chart.answer.status == 200, chart.answer.text
    assert chart.answer.body["standing"] == STANDINGS[standing], chart.answer.body["standing"]


@then(parsers.re(rf"{RULE} (?P<speaks>speaks|does not speak) for it because of (?P<findings>.+)"))
def speaks_for(chart: Chart, rule: str, speaks: str, findings: str) -> None:
    reason = next(one for one in chart.answer.body["rules"] if one["by"].startswith(f"{rule}@"))
    truth = "true" if speaks == "speaks" else "false"
    assert reason["truth"] == truth, reason
    assert {ground["finding"] for ground in reason["grounds"]} >= set(several(findings)), reason["grounds"]
    assert all(ground["truth"] == truth for ground in reason["grounds"]), reason["grounds"]


@then("every rule is told with its version, its sentence, its strength and its sources")
def told_in_full(chart: Chart) -> None:
    for reason in chart.answer.body["rules"]:
        assert re.fullmatch(r"[a-z0-9-]+@[0-9]+\.[0-9]+\.[0-9]+", reason["by"])
        assert all(reason[name] for name in ("title", "sentence", "because", "strength", "verification", "sources")), reason


@then("every ground is told in words, with what is known of it")
def grounds_in_words(chart: Chart) -> None:
    grounds = [ground for reason in chart.answer.body["rules"] for ground in reason["grounds"]]
    assert grounds
    assert all(ground["words"] and ground["known"] for ground in grounds)


@then(parsers.re(r'(?P<finding>[a-z0-9_.]+) is known as "(?P<words>.+)"'))
def known_as(chart: Chart, finding: str, words: str) -> None:
    known = {ground["known"] for reason in chart.answer.body["rules"] for ground in reason["grounds"] if ground["finding"] == finding}
    assert known == {words}, known


@then(parsers.re(rf"{RULE} was checked and is (?P<result>clear|present|unknown)"))
def was_checked(chart: Chart, rule: str, result: str) -> None:
    found = {check["reason"]["by"].partition("@")[0]: check["result"] for check in chart.answer.body["checks"]}
    assert found.get(rule) == result, found


@then(parsers.re(r"(?P<finding>[a-z0-9_.]+) is missing"))
def is_missing(chart: Chart, finding: str) -> None:
    assert finding in chart.answer.body["missing"], chart.answer.body["missing"]


@then(parsers.re(r"it would change with (?P<finding>[a-z0-9_.]+)"))
def would_change(chart: Chart, finding: str) -> None:
    changes = [[change["finding"] for change in together] for together in chart.answer.body["changes"]]
    assert [finding] in changes, changes


@then(parsers.re(r"it would change if (?P<finding>[a-z0-9_.]+) became (?P<value>.+)"))
def would_change_to(chart: Chart, finding: str, value: str) -> None:
    changes = [(change["finding"], str(change["to"])) for together in chart.answer.body["changes"] for change in together]
    assert changes == [(finding, value)], changes


def _graph(chart: Chart) -> networkx.DiGraph:
    trace = chart.answer.body["trace"]
    graph = networkx.DiGraph((edge["source"], edge["target"]) for edge in trace["edges"])
    graph.add_nodes_from((node["id"], {"kind": node["kind"]}) for node in trace["nodes"])
    return graph


@then(parsers.re(rf'the trace leads from (?P<finding>[a-z0-9_.]+) over "(?P<premise>.+?)" and {RULE} to (?P<component>[a-z-]+)'))
def trace_leads(chart: Chart, finding: str, premise: str, rule: str, component: str) -> None:
    graph = _graph(chart)
    steps = [f"finding:{finding}", f"premise:{premise}", f"rule:{rule}", f"recommendation:{component}"]
    assert graph.has_edge(steps[0], steps[1]), sorted(graph.edges)
    assert graph.has_edge(steps[1], steps[2]), sorted(graph.edges)
    assert networkx.has_path(graph, steps[2], steps[3]), sorted(graph.edges)


@then(parsers.re(r"the trace passes the conclusion (?P<finding>[a-z0-9_.]+)"))
def trace_passes(chart: Chart, finding: str) -> None:
    graph = _graph(chart)
    node = f"conclusion:{finding}"
    assert graph.in_degree(node), sorted(graph.nodes)
    assert graph.out_degree(node), sorted(graph.nodes)


@then("the trace runs from findings over premises and rules to what came of them, and nowhere in a circle")
def trace_order(chart: Chart) -> None:
    graph = _graph(chart)
    assert networkx.is_directed_acyclic_graph(graph)
    outcomes = {"recommendation", "withheld", "escalation", "follow_up", "caution"}
    for node, kind in graph.nodes(data="kind"):
        assert graph.in_degree(node) > 0 or kind in ("finding", "conclusion", "pathway"), node
        assert graph.out_degree(node) > 0 or kind in outcomes, node


@then("everything recommended, withheld and escalated stands in the trace")
def trace_complete(chart: Chart) -> None:
    body, nodes = chart.answer.body, {node["id"] for node in chart.answer.body["trace"]["nodes"]}
    assert {f"recommendation:{item['component']}" for item in body["recommendations"]} <= nodes
    assert {f"withheld:{item['component']}" for item in body["withheld"]} <= nodes
    assert {f"escalation:{item['level']} {item['to']}" for item in body["escalations"]} <= nodes


@then("every component of the catalogue is recommended, withheld or not recommended with its reasons")
def whole_catalogue(chart: Chart, ask: Ask) -> None:
    body = chart.answer.body
    placed = [item["component"] for part in ("recommendations", "withheld", "not_recommended") for item in body[part]]
    assert sorted(placed) == sorted(ask("/knowledge").body["components"])
    for item in body["not_recommended"]:
        assert (item["standing"] == "no_rule_speaks_for_it") is not bool(item["rules"]), item
        assert all(reason["grounds"] for reason in item["rules"]), item


@then("the short answer says the same, with every reason, and without the argument of every rule")
def short_says_the_same(chart: Chart) -> None:
    whole, short = (answer.body for answer in chart.answers[-2:])
    assert whole.keys() - short.keys() == {"parameters", "judged", "trace"}
    assert all(short[part] == whole[part] for part in short.keys() - {"not_recommended", "findings"})
    standing = [[(item["component"], item["standing"]) for item in body["not_recommended"]] for body in (whole, short)]
    assert standing[0] == standing[1]
    assert all(item in whole["findings"] for item in short["findings"])


@then("every rule of the release is judged")
def every_rule(chart: Chart, ask: Ask) -> None:
    assert len(chart.answer.body["judged"]) == ask("/knowledge").body["rules"]["active"]


@then(parsers.re(rf"of (?P<other>[a-z-]+) instead of (?P<component>[a-z-]+) {RULE} is still to be checked"))
def still_to_check(chart: Chart, other: str, component: str, rule: str) -> None:
    item = chart.one("withheld", component=component)
    assert item
    alternative = next(one for one in item["alternatives"] if one["component"] == other)
    assert rule in [by.partition("@")[0] for by in alternative["to_check"]], alternative


@then("everything that is withheld names an alternative, or a prescriber is asked")
def never_empty(chart: Chart) -> None:
    body = chart.answer.body
    assert body["withheld"]
    asked = any(item["to"] == "prescriber" for item in body["escalations"])
    assert all(item["alternatives"] or asked for item in body["withheld"])


@then("both answers decide the same, in two languages")
def two_languages(chart: Chart) -> None:
    english, spanish = (answer.body for answer in chart.answers[-2:])
    assert (english["language"], spanish["language"]) == ("en", "es")
    assert list(_skeleton(english)) == list(_skeleton(spanish))
    assert english["recommendations"][0]["title"] != spanish["recommendations"][0]["title"]


@then("no text of the Spanish answer is missing")
def nothing_missing(chart: Chart) -> None:
    english, spanish = (dict(_texts(answer.body)) for answer in chart.answers[-2:])
    assert english.keys() == spanish.keys()
    assert all(spanish.values())


@then(parsers.re(r'the words "(?P<words>.+)" are used'))
def words_used(chart: Chart, words: str) -> None:
    assert words in chart.answer.text


def _skeleton(node: Any) -> Iterator[str]:
    """What a document says in codes, whatever its language."""
    if isinstance(node, list):
        for child in node:
            yield from _skeleton(child)
    elif isinstance(node, dict):
        for name, child in node.items():
            if name in LANGUAGE_FREE:
                yield f"{name}={child}"
            elif isinstance(child, dict | list):
                yield from _skeleton(child)


def _texts(node: Any, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict | list):
        for name, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _texts(child, f"{where}/{name}")
    elif isinstance(node, str):
        yield where, node


@then(parsers.re(rf'{RULE} is graded "(?P<grade>[A-Za-z:_-]+)"'))
def graded(chart: Chart, rule: str, grade: str) -> None:
    reasons = chart.answer.body["rules"] + [check["reason"] for check in chart.answer.body["checks"]]
    found = {reason["by"].partition("@")[0]: reason["strength"] for reason in reasons}
    assert found[rule] == grade, found[rule]
