"""What is known of the person, in the clinic's words."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

from pytest_bdd import given, parsers

from steps.chart import Chart
from steps.words import AS_OF, SOURCE, WHEN, answers, code, moment, said, several, stamp

EXAMPLES = Path(__file__).parents[2] / "examples"
MEDICINE_STATUS = {"taken": "active", "proposed": "proposed", "stopped": "stopped", "prescribed but not taken": "not_taken"}
CONDITION_STATUS = ("active", "suspected", "in remission", "ruled out", "entered in error", "in the family")
FINDING = r"(?P<finding>[a-z0-9_]+(?:\.[a-z0-9_]+)+)"
SAID = r"(?P<text>is .+?|was declined|was never asked|could not be assessed)"


@given(parsers.re(r"a (?P<who>person|man|woman)(?: of (?P<age>[0-9]+))?(?: in (?P<setting>.+) care)?"))
def person(chart: Chart, who: str, age: str | None, setting: str | None) -> None:
    patient = {"age": int(age)} if age else {}
    chart.record["patient"] |= patient | ({"sex": {"man": "male", "woman": "female"}[who]} if who != "person" else {})
    if setting:
        chart.record["setting"] = code(setting)


@given(parsers.re(rf"(?:she|the person) is (?P<status>not pregnant|pregnant|postpartum){WHEN}"))
def pregnancy(chart: Chart, status: str, when: str | None) -> None:
    chart.record["patient"]["pregnancy"] = {"status": code(status), "at": moment(when)}


@given(parsers.re(rf"the person's location in (?P<country>[A-Z]{{2}}) is (?P<known>not confirmed|confirmed){WHEN}"))
def location(chart: Chart, country: str, known: str, when: str | None) -> None:
    verified = {"verified_at": moment(when)} if known == "confirmed" else {}
    chart.record["patient"]["location"] = {"country": country} | verified


@given(parsers.re(rf"{FINDING} {SAID}{WHEN}{SOURCE}"))
def finding_known(chart: Chart, finding: str, text: str, when: str | None, source: str | None) -> None:
    chart.add("findings", {"code": finding} | said(text), when, source)


@given("the following is known")
def findings_known(chart: Chart, datatable: list[list[str]]) -> None:
    for finding, text in datatable:
        chart.add("findings", {"code": finding} | said(text if text.startswith(("was ", "could ")) else f"is {text}"))


@given(
    parsers.re(
        rf"the (?P<name>PHQ-9|GAD-7|C-SSRS|AUDIT|AUDIT-C|DAST-10|CIWA-Ar|COWS) "
        rf"(?P<text>was answered .+?|total is -?[0-9]+|was declined|could not be assessed){WHEN}{SOURCE}"
    )
)
def questionnaire(chart: Chart, name: str, text: str, when: str | None, source: str | None) -> None:
    chart.add("instruments", answers(name, text), when, source)


@given(
    parsers.re(
        rf"(?P<name>[A-Za-z -]+) is (?P<status>{'|'.join(CONDITION_STATUS)})(?:, (?P<severity>mild|moderate|severe))?{WHEN}",
    )
)
def condition(chart: Chart, name: str, status: str, severity: str | None, when: str | None) -> None:
    status = "family_history" if status == "in the family" else code(status)
    chart.add("conditions", {"term": code(name), "status": status, "severity": severity}, when)


@given(
    parsers.re(
        rf"(?P<name>[a-z_ ]+) is (?P<status>{'|'.join(MEDICINE_STATUS)})(?:, (?P<dose>[0-9]+) mg a day)?"
        rf"(?:, last (?P<last>[0-9]+ .+ ago))?{WHEN}"
    )
)
def medicine(chart: Chart, name: str, status: str, dose: str | None, last: str | None, when: str | None) -> None:
    taken = {"value": float(dose), "unit": "mg"} if dose else None
    last_taken = moment(last) if last else None
    entry = {"ingredient": code(name), "status": MEDICINE_STATUS[status], "dose": taken, "last_taken": last_taken}
    chart.add("medications", entry, when)


@given(parsers.re(r"the (?P<part>medication|condition) list holds an entry that nobody can read"))
def unreadable_entry(chart: Chart, part: str) -> None:
    chart.add(f"{part}s", {"text": "illegible", "status": "active"})


@given(parsers.re(rf"the person (?:has an allergy to|does not tolerate) (?P<name>[a-z_ ]+?){WHEN}"))
def allergy(chart: Chart, name: str, when: str | None) -> None:
    chart.add("allergies", {"substance": code(name)}, when)


@given(
    parsers.re(
        rf"the (?P<names>(?:condition|medication|allergy|event|, | and )+) lists? (?:was|were) reviewed{WHEN}(?: and holds (?P<held>.+))?"
    )
)
def reviewed(chart: Chart, names: str, when: str | None, held: str | None) -> None:
    chart.review([{"allergy": "allergies"}.get(name, f"{name}s") for name in several(names)], when)
    for name in several(held or ""):
        if name != "nothing else":
            chart.add("medications", {"ingredient": code(name), "status": "active"}, when)


@given(parsers.re(rf"every list was reviewed{WHEN}"))
def everything_reviewed(chart: Chart, when: str | None) -> None:
    chart.review(["conditions", "medications", "allergies", "events"], when)


@given(parsers.re(rf"there was an? (?P<kind>[a-z ]+?){WHEN}{SOURCE}"))
def event(chart: Chart, kind: str, when: str | None, source: str | None) -> None:
    chart.add("events", {"kind": code(kind)}, when, source)


@given(parsers.re(rf"{FINDING} was (?P<values>.+) on the last [0-9]+ (?P<unit>days|weeks)(?:, up to (?P<end>.+ ago))?"))
def series(chart: Chart, finding: str, values: str, unit: str, end: str | None) -> None:
    numbers = [said(value)["value"] for value in several(values)]
    first = int(end.split()[0]) if end else 0
    step = timedelta(days=7 if unit == "weeks" else 1)
    points = [
        {"at": stamp(AS_OF - timedelta(hours=1) - (first + len(numbers) - 1 - place) * step), "value": value}
        for place, value in enumerate(numbers)
    ]
    chart.record.setdefault("series", []).append({"code": finding, "points": points})


@given(parsers.re(r"the person stands at (?P<stage>[a-z-]+) on (?P<pathway>[a-z-]+) since (?P<since>.+)"))
def standing(chart: Chart, stage: str, pathway: str, since: str) -> None:
    since = moment(since)
    chart.record.setdefault("positions", []).append({"pathway": pathway, "stage": stage, "since": since})


@given(parsers.re(r"the person would like (?P<wish>.+)"))
def preference(chart: Chart, wish: str) -> None:
    preferences = chart.record.setdefault("preferences", {})
    if every := re.fullmatch(r"contact every ([0-9]+) days?", wish):
        preferences["interval"] = f"P{every[1]}D"
    elif how := re.fullmatch(r"contact by (video|phone|message)|contact in person", wish):
        preferences["modality"] = how[1] or "in_person"
    else:
        preferences["declined"] = several(wish.removeprefix("no "))


@given(parsers.re(r"the sample record (?P<name>[a-z-]+)"))
def sample(chart: Chart, name: str) -> None:
    chart.record = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


@given("this is sent")
def sent(chart: Chart, docstring: str) -> None:
    chart.body = docstring.encode()
