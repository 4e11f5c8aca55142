"""What the answer must hold."""

from __future__ import annotations

import re
from typing import Any

from pytest_bdd import parsers, then

from steps.chart import Answer, Chart
from steps.words import Part, code, said, several

CONTACTS = {
    "an emergency call by": ("E6", "PT0M"),
    "a contact within the hour by": ("E5", "PT1H"),
    "a same-day contact by": ("E4", "P1D"),
    "a contact within 72 hours by": ("E3", "P3D"),
    "a contact within 7 days by": ("E2", "P7D"),
    "a review within 14 days by": ("E1", "P14D"),
}
CONTACT = rf"(?P<contact>{'|'.join(CONTACTS)}) (?:an? |the )?(?P<role>[a-z ]+?) \((?P<level>E[1-6])\)"
BECAUSE = r'(?: because of "(?P<rule>[a-z0-9-]+)")?'
URGENCY = r"(?: (?P<urgency>at once|today|soon|as routine))?"
URGENCIES = {"at once": "emergent", "today": "urgent", "soon": "soon", "as routine": "routine"}
WITH = r"(?: with (?:an? |the )?(?P<role>[a-z ]+?))?"
COMPONENTS = r"(?P<components>[a-z0-9-]+(?:(?:, | and )[a-z0-9-]+)*)"
STANDINGS = {
    "no rule speaks for it": "no_rule_speaks_for_it",
    "no rule that speaks for it holds": "not_recommended",
    "too little is known": "could_not_evaluate",
}


def _rules(reasons: list[Part]) -> list[str]:
    return [str(reason["by"]).partition("@")[0] for reason in reasons]


def _body(chart: Chart) -> dict[str, Any]:
    assert chart.answer.status == 200, chart.answer.text
    return chart.answer.body


def _escalation(items: list[Part], contact: str, role: str, level: str, rule: str | None) -> None:
    assert CONTACTS[contact][0] == level
    wanted = (level, CONTACTS[contact][1], code(role))
    found = [(item["level"], item["within"], item["to"], *(_rules(item["reasons"]) if rule else ())) for item in items]
    assert any(one[:3] == wanted and (rule is None or rule in one[3:]) for one in found), found


@then(parsers.re(rf"the first thing to do is {CONTACT}{BECAUSE}"))
def first_thing(chart: Chart, contact: str, role: str, level: str, rule: str | None) -> None:
    body = _body(chart)
    highest = [item for item in body["escalations"] if item["level"] == body["escalations"][0]["level"]]
    _escalation(highest, contact, role, level, rule)
    assert body["above_the_fold"][0] == {"heading": "now", "kind": "escalation", "ref": level}


@then(parsers.re(rf"it also calls for {CONTACT}{BECAUSE}"))
def also(chart: Chart, contact: str, role: str, level: str, rule: str | None) -> None:
    _escalation(_body(chart)["escalations"], contact, role, level, rule)


@then(parsers.re(r"nothing is escalated(?: beyond (?P<level>E[0-6]))?"))
def not_escalated(chart: Chart, level: str | None) -> None:
    found = [(item["level"], _rules(item["reasons"])) for item in _body(chart)["escalations"]]
    assert not [one for one in found if one[0] > (level or "")], found


@then(parsers.re(r'the team is told "(?P<text>.+)"'))
def told(chart: Chart, text: str) -> None:
    said_to_team = [item["do"] for item in _body(chart)["escalations"]]
    assert any(text in one for one in said_to_team), said_to_team


@then(parsers.re(rf"{COMPONENTS} (?:is|are) recommended{URGENCY}{BECAUSE}(?P<precaution>, as a precaution)?"))
def recommended(chart: Chart, components: str, urgency: str | None, rule: str | None, precaution: str | None) -> None:
    body = _body(chart)
    for name in several(components):
        item = chart.answer.one("recommendations", component=name)
        assert item, _standing(chart.answer, name)
        assert not urgency or item["urgency"] == URGENCIES[urgency], item["urgency"]
        reasons = {by: reason for by, reason in zip(_rules(item["reasons"]), item["reasons"], strict=True)}
        assert not rule or rule in reasons, list(reasons)
        assert not precaution or all(reason["precaution"] for by, reason in reasons.items() if rule in (None, by)), reasons
    assert body["outcome"] == "recommendations"


@then(parsers.re(rf"{COMPONENTS} (?:is|are) not recommended(?: because (?P<why>{'|'.join(STANDINGS)}))?"))
def not_recommended(chart: Chart, components: str, why: str | None) -> None:
    for name in several(components):
        body = _body(chart)
        assert name not in [item["component"] for item in body["recommendations"]], _standing(chart.answer, name)
        standing = chart.answer.one("not_recommended", component=name)
        assert not why or (standing and standing["standing"] == STANDINGS[why]), _standing(chart.answer, name)


@then(parsers.re(rf"{COMPONENTS} (?:is|are) withheld{BECAUSE}(?P<precaution>, as a precaution)?"))
def withheld(chart: Chart, components: str, rule: str | None, precaution: str | None) -> None:
    _body(chart)
    for name in several(components):
        item = chart.answer.one("withheld", component=name)
        assert item, _standing(chart.answer, name)
        assert name not in [one["component"] for one in chart.answer.body["recommendations"]]
        reasons = {_rules([one["reason"]])[0]: one["reason"] for one in item["forbidden"]}
        assert not rule or rule in reasons, list(reasons)
        assert not precaution or reasons[rule]["precaution"] if rule else True


@then(parsers.re(rf"{COMPONENTS} (?:is|are) not withheld"))
def not_withheld(chart: Chart, components: str) -> None:
    _body(chart)
    for name in several(components):
        assert chart.answer.one("withheld", component=name) is None, _standing(chart.answer, name)


@then(parsers.re(r'a caution stands beside (?P<component>[a-z-]+)(?: that says "(?P<text>.+?)")?(?: because of "(?P<rule>[a-z0-9-]+)")?'))
def cautioned(chart: Chart, component: str, text: str | None, rule: str | None) -> None:
    found = _cautions(chart, component)
    assert any((rule in (None, by)) and (not text or text in do) for by, do in found), found


@then(parsers.re(r"no caution stands beside (?P<component>[a-z-]+)(?: because of \"(?P<rule>[a-z0-9-]+)\")?"))
def not_cautioned(chart: Chart, component: str, rule: str | None) -> None:
    found = _cautions(chart, component)
    assert not [by for by, _ in found if rule in (None, by)], found


def _cautions(chart: Chart, component: str) -> list[tuple[str, str]]:
    body = _body(chart)
    beside = [one for item in body["recommendations"] if item["component"] == component for one in item["cautions"]]
    beside += [one for item in body["cautions"] if item["component"] == component for one in item["forbidden"]]
    return [(_rules([one["reason"]])[0], one["do"] or "") for one in beside]


@then(parsers.re(rf"instead of (?P<component>[a-z-]+) it offers {COMPONENTS}"))
def offers(chart: Chart, component: str, components: str) -> None:
    body = _body(chart)
    items = [item for part in ("withheld", "cautions", "recommendations") for item in body[part] if item["component"] == component]
    offered = [other["component"] for item in items for other in item["alternatives"]]
    assert set(several(components)) <= set(offered), offered


@then(parsers.re(rf"{COMPONENTS} (?:is|are) not offered instead of (?P<component>[a-z-]+)"))
def offers_not(chart: Chart, component: str, components: str) -> None:
    items = [item for item in _body(chart)["withheld"] if item["component"] == component]
    assert items
    offered = {other["component"] for item in items for other in item["alternatives"]}
    assert not offered & set(several(components)), offered


@then(parsers.re(r"it asks for (?P<subjects>[A-Za-z0-9_., -]+?)(?P<first> before anything else)?"))
def asks_for(chart: Chart, subjects: str, first: str | None) -> None:
    asked = [item["subject"] for item in _body(chart)["data_requests"]]
    for name in several(subjects):
        assert _subject(name) in (asked[:1] if first else asked), asked


@then(parsers.re(r"it does not ask for (?P<subjects>[A-Za-z0-9_., -]+)"))
def asks_not_for(chart: Chart, subjects: str) -> None:
    asked = {item["subject"] for item in _body(chart)["data_requests"]}
    assert not asked & {_subject(name) for name in several(subjects)}, asked


def _subject(name: str) -> str:
    name = name.removeprefix("the ").removeprefix("a review of the ")
    lists = {"medication list": "medications", "condition list": "conditions", "event list": "events", "allergy list": "allergies"}
    plain = re.sub(r"[^a-z0-9._]", "", name.lower())
    return lists.get(name) or {"ciwaar": "ciwa_ar"}.get(plain, plain)


@then(parsers.re(rf"follow-up is (?P<atmost>at most )?every (?P<days>[0-9]+) days?{WITH}(?:(?: by)? (?P<how>video|phone|message|in person))?"))
def follow_up(chart: Chart, atmost: str | None, days: str, role: str | None, how: str | None) -> None:
    plan = _body(chart)["follow_up"]
    assert plan, "no rule sets an interval"
    every = int(re.fullmatch(r"P([0-9]+)D", plan["every"])[1])  # type: ignore[index]
    assert every <= int(days) if atmost else every == int(days), plan["every"]
    assert not role or plan["with"] == code(role), plan["with"]
    assert not how or plan["modality"] == code(how), plan["modality"]


@then(parsers.re(r'"(?P<rule>[a-z0-9-]+)" demands contact every (?P<days>[0-9]+) days?'))
def demanded(chart: Chart, rule: str, days: str) -> None:
    plan = _body(chart)["follow_up"]
    found = [(_rules([one["reason"]])[0], one["every"]) for one in plan["demands"]] if plan else []
    assert (rule, f"P{days}D") in found, found


@then("no interval for follow-up is set")
def no_follow_up(chart: Chart) -> None:
    assert _body(chart)["follow_up"] is None


@then(parsers.re(r"the person stands at (?P<stage>[a-z-]+)(?: on (?P<pathway>[a-z-]+))?"))
def stands_at(chart: Chart, stage: str, pathway: str | None) -> None:
    found = [(item["pathway"].partition("@")[0], item["stage"]) for item in _body(chart)["pathways"]]
    assert any(at == stage and pathway in (None, name) for name, at in found), found


@then(parsers.re(r"the person is not on (?P<pathway>[a-z-]+)(?P<known>, as far as is known)?"))
def not_on(chart: Chart, pathway: str, known: str | None) -> None:
    found = {item["pathway"].partition("@")[0]: item["stage"] for item in _body(chart)["pathways"]}
    assert pathway not in found or (known and found[pathway] is None), found


@then(parsers.re(r"the way to (?P<stage>[a-z-]+) is (?P<state>open|held|closed)(?: because of (?P<findings>[a-z0-9_.]+.*))?"))
def way(chart: Chart, stage: str, state: str, findings: str | None) -> None:
    onward = [step for item in _body(chart)["pathways"] for step in item["onward"] if step["to"] == stage]
    truth = {"open": "true", "held": "unknown", "closed": "false"}[state]
    assert [step["truth"] for step in onward] == [truth], onward
    for name in several(findings or ""):
        assert name in [ground["finding"] for ground in onward[0]["grounds"]], onward


@then(parsers.re(r'"(?P<rule>[a-z0-9-]+)" (?P<state>holds|does not hold|cannot be settled)'))
def rule_is(chart: Chart, rule: str, state: str) -> None:
    judged = {name.partition("@")[0]: truth for name, truth in _body(chart)["judged"].items()}
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
    _body(chart)
    item = chart.answer.one("findings", code=finding)
    assert item, sorted(one["code"] for one in chart.answer.body["findings"])
    return item


@then(parsers.re(r"(?P<where>/[a-z/0-9]+) was not used because it is (?P<why>[a-z ]+)"))
def not_used(chart: Chart, where: str, why: str) -> None:
    assert {"where": where, "why": code(why)} in _body(chart)["not_used"], chart.answer.body["not_used"]


@then(parsers.re(r"(?P<finding>[a-z0-9_.]+) is shown as critical"))
def critical(chart: Chart, finding: str) -> None:
    found = [item["code"] for item in _body(chart)["critical_items"]]
    assert finding in found, found


@then(parsers.re(r"the outcome is (?P<outcome>[a-z ]+)"))
def outcome(chart: Chart, outcome: str) -> None:
    assert _body(chart)["outcome"] == code(outcome)


@then("the same decision comes back")
def same_decision(chart: Chart) -> None:
    one, other = chart.answers[-2:]
    assert _body(chart)
    assert (one.body["id"], one.decided) == (other.body["id"], other.decided)


@then(parsers.re(r"help is shown: (?P<names>.+)"))
def help_shown(chart: Chart, names: str) -> None:
    shown = " ".join(f"{line['name']} {line['contact']}" for line in _body(chart)["help"])
    assert all(name in shown for name in several(names)), shown


def _standing(answer: Answer, name: str) -> str:
    """Where a component stands, for a failure."""
    for part in ("recommendations", "withheld", "cautions", "not_recommended"):
        if item := answer.one(part, component=name):
            reasons = item.get("rules") or item.get("reasons") or [one["reason"] for one in item.get("forbidden", [])]
            return f"{name} is among {part} ({item.get('standing', '')}): {[(one['by'], one['truth']) for one in reasons]}"
    return f"{name} is nowhere"


@then(parsers.re(r"(?P<component>[a-z-]+) is the first recommendation"))
def first_recommendation(chart: Chart, component: str) -> None:
    found = [item["component"] for item in _body(chart)["recommendations"]]
    assert found[0] == component, found


@then(parsers.re(r"(?P<component>[a-z-]+) is marked as declined by the person"))
def marked_declined(chart: Chart, component: str) -> None:
    item = chart.answer.one("recommendations", component=component)
    assert item, _standing(chart.answer, component)
    assert item["declined_by_person"]


@then(parsers.re(r"follow-up is not by (?P<how>[a-z]+)"))
def follow_up_not_by(chart: Chart, how: str) -> None:
    assert _body(chart)["follow_up"]["modality"] != how


@then(parsers.re(r"something is escalated to (?P<level>E[1-6]) or beyond"))
def escalated(chart: Chart, level: str) -> None:
    found = [item["level"] for item in _body(chart)["escalations"]]
    assert max(found, default="") >= level, found


@then(parsers.re(r"(?P<component>[a-z-]+) is sought because it is (?P<why>[a-z ,]+)"))
def sought(chart: Chart, component: str, why: str) -> None:
    item = chart.answer.one("withheld", component=component) or chart.answer.one("cautions", component=component)
    assert item, _standing(chart.answer, component)
    assert sorted(item["sought"]) == sorted(several(why)), item["sought"]


@then(parsers.re(r'"(?P<rule>[a-z0-9-]+)" is set aside by "(?P<by>[a-z0-9-]+)"'))
def set_aside(chart: Chart, rule: str, by: str) -> None:
    assert {"rule": rule, "by": by} in _body(chart)["overridden"], chart.answer.body["overridden"]
