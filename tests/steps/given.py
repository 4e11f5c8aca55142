"""What is known of the person, in the clinic's words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from pytest_bdd import given, parsers

from steps.chart import Chart
from steps.service import Ask
from steps.words import AS_OF, HOW, QUESTIONNAIRES, SOURCE, WHEN, answers, code, instrument, moment, said, several, signs_seen, stamp

EXAMPLES = Path(__file__).parents[2] / "examples"
MEDICINE_STATUS = {"taken": "active", "proposed": "proposed", "stopped": "stopped", "prescribed but not taken": "not_taken"}
CONDITION_STATUS = ("active", "suspected", "in remission", "ruled out", "entered in error", "in the family")
FINDING = r"(?P<finding>[a-z0-9_]+(?:\.[a-z0-9_]+)+|ethanol)"
SAID = r"(?P<text>is (?!not known).+?|was declined|was never asked|could not be assessed)"


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


@given(
    parsers.re(
        rf"the (?P<name>{QUESTIONNAIRES}) "
        rf"(?P<text>was answered .+?|total is -?[0-9]+|was declined|could not be assessed){HOW}{WHEN}{SOURCE}"
    )
)
def questionnaire(chart: Chart, name: str, text: str, how: str | None, when: str | None, source: str | None) -> None:
    chart.add("instruments", answers(name, text, how), when, source)


@given(parsers.re(rf"the warning signs seen are (?P<names>.+?), the others not (?P<rest>seen|asked){WHEN}"))
def warning_signs(chart: Chart, names: str, rest: str, when: str | None) -> None:
    chart.add("instruments", signs_seen(names, rest=rest == "seen"), when)


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


@given(
    parsers.re(
        rf"the (?P<part>medication|condition) list holds the (?P<system>ICD-10-CM|SNOMED CT|RxNorm) codes? (?P<codes>[A-Z0-9. and]+?){WHEN}"
    )
)
def coded_entry(chart: Chart, part: str, system: str, codes: str, when: str | None) -> None:
    name = {"ICD-10-CM": "icd10cm", "SNOMED CT": "snomed", "RxNorm": "rxnorm"}[system]
    named = [{"system": name, "code": text} for text in codes.split(" and ")]
    chart.add(f"{part}s", {"codes": named, "status": "active"}, when)


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
    others = [one for one in chart.record.get("series", []) if one["code"] != finding]
    chart.record["series"] = [*others, {"code": finding, "points": points}]


@given(parsers.re(r"the person stands at (?P<stage>[a-z-]+) on (?P<pathway>[a-z-]+) since (?P<since>.+)"))
def standing(chart: Chart, stage: str, pathway: str, since: str) -> None:
    since = moment(since)
    chart.record.setdefault("positions", []).append({"pathway": pathway, "stage": stage, "since": since})


@given(parsers.re(r"the task (?P<stage>[a-z-]+) on (?P<pathway>[a-z-]+) is done"))
def task_done(chart: Chart, stage: str, pathway: str) -> None:
    chart.add("findings", {"code": f"task.{pathway}.{stage}".replace("-", "_"), "value": True})


@given(parsers.re(r"(?P<count>[0-9]+) (?P<unit>hour|day)s? pass(?:es)?"))
def time_passes(chart: Chart, count: str, unit: str) -> None:
    chart.later(timedelta(**{f"{unit}s": int(count)}))


GOALS = {"to stop": "abstinence", "to cut down": "moderation", "to decide later": "undecided"}


@given(parsers.re(r"the person would like (?P<wish>.+)"))
def preference(chart: Chart, wish: str) -> None:
    preferences = chart.record.setdefault("preferences", {})
    if every := re.fullmatch(r"contact every ([0-9]+) days?", wish):
        preferences["interval"] = f"P{every[1]}D"
    elif how := re.fullmatch(r"contact by (video|phone|message)|contact in person", wish):
        preferences["modality"] = how[1] or "in_person"
    elif wish in GOALS:
        preferences["substance_goal"] = GOALS[wish]
    else:
        preferences["declined"] = several(wish.removeprefix("no "))


@given(parsers.re(r"the sample record (?P<name>[a-z-]+)"))
def sample(chart: Chart, name: str) -> None:
    chart.record = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


@given(parsers.re(r"this record is sent: (?P<body>.+)"))
def sent(chart: Chart, body: str) -> None:
    chart.body = body.encode()


GATES = {
    "withdrawal.can_answer": True,
    "alcohol.intoxicated_now": False,
    "withdrawal.prior_complicated": False,
    "withdrawal.complicating_illness": False,
    "withdrawal.cannot_take_oral": False,
    "support.can_attend_visits": True,
    "support.safe_housing": True,
    "need.transport": False,
}


@given("every gate to home treatment of withdrawal is known to be open")
def gates_open(chart: Chart) -> None:
    for finding, value in GATES.items():
        chart.add("findings", {"code": finding, "value": value}, "2 hours ago")


EMERGENCY_SIGNS = ("withdrawal.seizure_now", "withdrawal.delirium_now", "withdrawal.serious_injury", "alcohol.wernicke_signs")
STEADY_SIGNS = {"vital.temperature": (37, "Cel"), "vital.heart_rate": (84, "/min"), "vital.systolic": (128, "mm[Hg]")}


@given("no emergency sign of withdrawal is found")
def no_emergency_sign(chart: Chart) -> None:
    for finding in EMERGENCY_SIGNS:
        chart.add("findings", {"code": finding, "value": False})
    for finding, (value, unit) in STEADY_SIGNS.items():
        chart.add("findings", {"code": finding, "value": value, "unit": unit})


@given(parsers.re(rf"{FINDING} is not known"))
def not_known(chart: Chart, finding: str) -> None:
    chart.record["findings"] = [entry for entry in chart.record["findings"] if entry["code"] != finding]


@given("no opioid by history, medication list and urine test")
def no_opioid(chart: Chart) -> None:
    chart.review(["medications"], "today")
    chart.add("findings", {"code": "opioid.days_since_last_use", "value": 3650, "unit": "d"}, "2 hours ago")
    for assay in ("opioids", "fentanyl", "methadone", "buprenorphine", "oxycodone"):
        chart.add("findings", {"code": f"tox.{assay}", "value": False}, "2 hours ago")


@given("no danger is found now")
def no_danger(chart: Chart) -> None:
    """Every danger to life was asked about just now, and there is none."""
    dangers = ("overdose.now", "suicide.attempt_now", "suicide.concern", "withdrawal.seizure_now", "withdrawal.delirium_now")
    for finding in (*dangers, "violence.imminent"):
        chart.add("findings", {"code": finding, "value": False}, "now")


@given("nothing else makes either disorder severe")
def nothing_severe(chart: Chart) -> None:
    """Every list is closed, and every other ground for severity or closer care is known to be absent."""
    chart.review(["conditions", "medications", "allergies", "events"], "today")
    quiet = ("serious_mental_illness.rated", "psychosis.current", "mania.current", "use.injection", "function.marked_impairment")
    quiet += ("alcohol.current_use", "opioid.physically_dependent", "need.homelessness")
    for finding in quiet:
        chart.add("findings", {"code": finding, "value": False}, "2 hours ago")
    chart.add("findings", {"code": "treatment.unhelpful_12_months", "value": 0}, "2 hours ago")
    for name in ("audit", "dast10", "phq9", "gad7"):
        chart.add("instruments", {"instrument": name, "total": 0}, "3 hours ago")
    chart.add("instruments", {"instrument": "auditc", "total": 0}, "3 hours ago")
    chart.record["patient"]["pregnancy"] = {"status": "not_pregnant", "at": moment("yesterday")}


@given("danger to life is known to be over")
def danger_over(chart: Chart) -> None:
    """Every ground for a safety exit was asked about today, and is absent."""
    chart.add("instruments", {"instrument": "cssrs", "items": {"q1": 0, "q2": 0, "q6_lifetime": 0}})
    for finding in ("overdose.now", "suicide.attempt_now", "withdrawal.seizure_now", "withdrawal.delirium_now", "violence.imminent"):
        chart.add("findings", {"code": finding, "value": False})


@given(parsers.re(rf"the person left (?P<kind>medical|psychiatric|residential|withdrawal management) care{WHEN}"))
def discharged(chart: Chart, kind: str, when: str | None) -> None:
    chart.add("events", {"kind": "discharge"}, when)
    chart.add("findings", {"code": "discharge.kind", "value": code(kind)}, when)


@given("the person who has liver disease drank heavily")
def heavy_drinking(chart: Chart) -> None:
    chart.add("conditions", {"term": "liver_disease", "status": "active"})
    chart.add("findings", {"code": "alcohol.heavy_days_30", "value": 2})


@given("aftercare is going well")
def going_well(chart: Chart) -> None:
    """Everything that a step to fewer contacts asks for is known, fresh and good."""
    chart.review(["conditions", "medications", "allergies", "events"], "today")
    chart.add("instruments", {"instrument": "cssrs", "items": {"q1": 0, "q2": 0, "q6_lifetime": 0}}, "1 day ago")
    chart.add("instruments", {"instrument": "phq9", "total": 5}, "16 days ago")
    chart.add("instruments", {"instrument": "phq9", "total": 4}, "1 day ago")
    good = {"use.goal_met": True, "use.returned_other": False, "support.safe_housing": True, "need.homelessness": False}
    good |= {"sleep.trouble_nights": 3, "bam.craving": 1, "use.lapses_28_days": 0, "adherence.days_missed_7": 0}
    good |= {"phq9.halved_twice": False}
    good |= dict.fromkeys(
        ("supply.next_booked", "withdrawal.resolved", "plan.current", "handoff.accepted", "step_down.person_agrees"), True
    )
    for finding, value in good.items():
        chart.add("findings", {"code": finding, "value": value}, "1 day ago")
    chart.add("findings", {"code": "escalation.days_since_urgent", "value": 40, "unit": "d"}, "1 day ago")
    daily = {"craving.daily": [2] * 28, "use.daily": [False] * 28, "checkin.missed": [False] * 28}
    for finding, values in daily.items():
        days = [{"at": stamp(AS_OF - timedelta(days=28 - place)), "value": value} for place, value in enumerate(values)]
        chart.record.setdefault("series", []).append({"code": finding, "points": days})
    chart.record["series"].append({"code": "warning_signs.total", "points": [{"at": moment("2 days ago"), "value": 0}]})


@given(parsers.re(r"the (?P<part>C-SSRS|PHQ-9|sign count|use diary|event list) is (?:not known|only known from (?P<when>.+))"))
def part_not_known(chart: Chart, part: str, when: str | None) -> None:
    """Takes a part out of the record, or makes it as old as is said."""
    record = chart.record
    if part == "event list":
        del record["reviewed"]["events"]
    elif part == "sign count":
        record["series"] = [one for one in record["series"] if one["code"] != "warning_signs.total"]
    elif part == "use diary":
        record["series"] = [one for one in record["series"] if one["code"] != "use.daily"]
        record["findings"] = [one for one in record["findings"] if one["code"] != "use.goal_met"]
    else:
        for answers in record["instruments"]:
            if answers["instrument"] == instrument(part):
                answers["at"] = moment(when)


@given(parsers.re(rf"the record dates {FINDING} (?P<text>.+) to tomorrow"))
def dated_tomorrow(chart: Chart, finding: str, text: str) -> None:
    chart.add("findings", {"code": finding, "at": stamp(AS_OF + timedelta(days=1))} | said(f"is {text}"))


@given("both engines are running", target_fixture="ask")
def both_engines(both: Ask) -> Ask:
    return both


@given(parsers.re(r'a second engine that is wrong about "(?P<rule>[a-z0-9-]+)"'), target_fixture="ask")
def wrong_engine(faulty: Callable[[str], Ask], rule: str) -> Ask:
    return faulty(f"flip:{rule}")


@given("a second engine that breaks down at its first answer", target_fixture="ask")
def broken_engine(faulty: Callable[[str], Ask]) -> Ask:
    return faulty("crash")
