"""What the plan must hold: escalations, recommendations, what is withheld, cautions, follow-up."""

from __future__ import annotations

import re

from pytest_bdd import parsers, then

from steps.chart import Chart, rules
from steps.words import Part, code, several

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
HOW = r"(?:(?: by)? (?P<how>video|phone|message|in person))?"
WITH = r"(?: with (?:an? |the )?(?P<role>[a-z ]+?))?"
COMPONENTS = r"(?P<components>[a-z0-9-]+(?:(?:, | and )[a-z0-9-]+)*)"
STANDINGS = {
    "no rule speaks for it": "no_rule_speaks_for_it",
    "no rule that speaks for it holds": "not_recommended",
    "too little is known": "could_not_evaluate",
}


def _escalation(items: list[Part], contact: str, role: str, level: str, rule: str | None) -> None:
    assert CONTACTS[contact][0] == level
    wanted = (level, CONTACTS[contact][1], code(role))
    found = [(item["level"], item["within"], item["to"], *(rules(item["reasons"]) if rule else ())) for item in items]
    assert any(one[:3] == wanted and (rule is None or rule in one[3:]) for one in found), found


@then(parsers.re(rf"the first thing to do is {CONTACT}{BECAUSE}"))
def first_thing(chart: Chart, contact: str, role: str, level: str, rule: str | None) -> None:
    body = chart.decision
    highest = [item for item in body["escalations"] if item["level"] == body["escalations"][0]["level"]]
    _escalation(highest, contact, role, level, rule)
    assert body["above_the_fold"][0] == {"heading": "now", "kind": "escalation", "ref": level}


@then(parsers.re(rf"it also calls for {CONTACT}{BECAUSE}"))
def also(chart: Chart, contact: str, role: str, level: str, rule: str | None) -> None:
    _escalation(chart.decision["escalations"], contact, role, level, rule)


@then(parsers.re(r"nothing is escalated(?: beyond (?P<level>E[0-6]))?"))
def not_escalated(chart: Chart, level: str | None) -> None:
    found = [(item["level"], rules(item["reasons"])) for item in chart.decision["escalations"]]
    assert not [one for one in found if one[0] > (level or "")], found


@then(parsers.re(r'the team is told "(?P<text>.+)"'))
def told(chart: Chart, text: str) -> None:
    said_to_team = [item["do"] for item in chart.decision["escalations"]]
    assert any(text in one for one in said_to_team), said_to_team


@then(parsers.re(rf"{COMPONENTS} (?:is|are) recommended{URGENCY}{BECAUSE}(?P<precaution>, as a precaution)?"))
def recommended(chart: Chart, components: str, urgency: str | None, rule: str | None, precaution: str | None) -> None:
    body = chart.decision
    for name in several(components):
        item = chart.one("recommendations", component=name)
        assert item, chart.answer.standing(name)
        assert not urgency or item["urgency"] == URGENCIES[urgency], item["urgency"]
        reasons = dict(zip(rules(item["reasons"]), item["reasons"], strict=True))
        assert not rule or rule in reasons, list(reasons)
        assert not precaution or all(reason["precaution"] for by, reason in reasons.items() if rule in (None, by)), reasons
    assert body["outcome"] == "recommendations"


@then(parsers.re(rf"{COMPONENTS} (?:is|are) not recommended(?: because (?P<why>{'|'.join(STANDINGS)}))?"))
def not_recommended(chart: Chart, components: str, why: str | None) -> None:
    for name in several(components):
        body = chart.decision
        assert name not in [item["component"] for item in body["recommendations"]], chart.answer.standing(name)
        standing = chart.one("not_recommended", component=name)
        assert not why or (standing and standing["standing"] == STANDINGS[why]), chart.answer.standing(name)


@then(parsers.re(rf"{COMPONENTS} (?:is|are) withheld{BECAUSE}(?P<precaution>, as a precaution)?"))
def withheld(chart: Chart, components: str, rule: str | None, precaution: str | None) -> None:
    for name in several(components):
        item = chart.one("withheld", component=name)
        assert item, chart.answer.standing(name)
        assert name not in [one["component"] for one in chart.answer.body["recommendations"]]
        reasons = {rules([one["reason"]])[0]: one["reason"] for one in item["forbidden"]}
        assert not rule or rule in reasons, list(reasons)
        assert not precaution or reasons[rule]["precaution"] if rule else True


@then(parsers.re(rf"{COMPONENTS} (?:is|are) not withheld"))
def not_withheld(chart: Chart, components: str) -> None:
    for name in several(components):
        assert chart.one("withheld", component=name) is None, chart.answer.standing(name)


@then(parsers.re(r'a caution stands beside (?P<component>[a-z-]+)(?: that says "(?P<text>.+?)")?(?: because of "(?P<rule>[a-z0-9-]+)")?'))
def cautioned(chart: Chart, component: str, text: str | None, rule: str | None) -> None:
    found = _cautions(chart, component)
    assert any((rule in (None, by)) and (not text or text in do) for by, do in found), found


@then(parsers.re(r"no caution stands beside (?P<component>[a-z-]+)(?: because of \"(?P<rule>[a-z0-9-]+)\")?"))
def not_cautioned(chart: Chart, component: str, rule: str | None) -> None:
    found = _cautions(chart, component)
    assert not [by for by, _ in found if rule in (None, by)], found


def _cautions(chart: Chart, component: str) -> list[tuple[str, str]]:
    body = chart.decision
    beside = [one for item in body["recommendations"] if item["component"] == component for one in item["cautions"]]
    beside += [one for item in body["cautions"] if item["component"] == component for one in item["forbidden"]]
    return [(rules([one["reason"]])[0], one["do"] or "") for one in beside]


@then(parsers.re(rf"instead of (?P<component>[a-z-]+) it offers {COMPONENTS}"))
def offers(chart: Chart, component: str, components: str) -> None:
    body = chart.decision
    items = [item for part in ("withheld", "cautions", "recommendations") for item in body[part] if item["component"] == component]
    offered = [other["component"] for item in items for other in item["alternatives"]]
    assert set(several(components)) <= set(offered), offered


@then(parsers.re(rf"{COMPONENTS} (?:is|are) not offered instead of (?P<component>[a-z-]+)"))
def offers_not(chart: Chart, component: str, components: str) -> None:
    items = [item for item in chart.decision["withheld"] if item["component"] == component]
    assert items
    offered = {other["component"] for item in items for other in item["alternatives"]}
    assert not offered & set(several(components)), offered


@then(
    parsers.re(rf"follow-up is (?P<atmost>at most )?every (?P<days>[0-9]+) days?{WITH}(?:(?: by)? (?P<how>video|phone|message|in person))?")
)
def follow_up(chart: Chart, atmost: str | None, days: str, role: str | None, how: str | None) -> None:
    plan = chart.decision["follow_up"]
    assert plan, "no rule sets an interval"
    every = int(re.fullmatch(r"P([0-9]+)D", plan["every"])[1])  # type: ignore[index]
    assert every <= int(days) if atmost else every == int(days), plan["every"]
    assert not role or plan["with"] == code(role), plan["with"]
    assert not how or plan["modality"] == code(how), plan["modality"]


@then(parsers.re(r'"(?P<rule>[a-z0-9-]+)" demands contact every (?P<days>[0-9]+) days?'))
def demanded(chart: Chart, rule: str, days: str) -> None:
    plan = chart.decision["follow_up"]
    found = [(rules([one["reason"]])[0], one["every"]) for one in plan["demands"]] if plan else []
    assert (rule, f"P{days}D") in found, found


@then(parsers.re(r"(?P<component>[a-z-]+) is the first recommendation"))
def first_recommendation(chart: Chart, component: str) -> None:
    found = [item["component"] for item in chart.decision["recommendations"]]
    assert found[0] == component, found


@then(parsers.re(r"(?P<component>[a-z-]+) is marked as declined by the person"))
def marked_declined(chart: Chart, component: str) -> None:
    item = chart.one("recommendations", component=component)
    assert item, chart.answer.standing(component)
    assert item["declined_by_person"]


@then(parsers.re(r"follow-up is not by (?P<how>[a-z]+)"))
def follow_up_not_by(chart: Chart, how: str) -> None:
    assert chart.decision["follow_up"]["modality"] != how


@then(parsers.re(r"something is escalated to (?P<level>E[1-6]) or beyond"))
def escalated(chart: Chart, level: str) -> None:
    found = [item["level"] for item in chart.decision["escalations"]]
    assert max(found, default="") >= level, found


@then(parsers.re(r"(?P<component>[a-z-]+) is sought because it is (?P<why>[a-z ,]+)"))
def sought(chart: Chart, component: str, why: str) -> None:
    item = chart.one("withheld", component=component) or chart.one("cautions", component=component)
    assert item, chart.answer.standing(component)
    assert sorted(item["sought"]) == sorted(several(why)), item["sought"]


@then(parsers.re(r'"(?P<rule>[a-z0-9-]+)" (?P<supports>supports|does not support) (?P<component>[a-z-]+)'))
def supports_it(chart: Chart, rule: str, supports: str, component: str) -> None:
    item = chart.one("recommendations", component=component)
    reasons = rules(item["reasons"]) if item else []
    assert (rule in reasons) is (supports == "supports"), reasons
