"""What comes in damaged, or not at all, never clears a medicine that something else withholds, and never makes an unknown a "no".

A newer result of which nobody can tell what it is of, or whose, leaves the older one standing, and is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

import pytest
import random_records
from clinic import allergy, person, prescription, problem, result, survey
from encoded import ROOT, Resource, encode
from plain_records import plain
from small import NOW
from test_laws import BASES, decision_of

from adapters.fhir.reading import Reading, read
from engine.decision import Blocked, Decision
from engine.errors import Refused
from engine.findings import Finding

BASE = BASES["real"]
BEFORE, LATELY = "2026-11-10T09:00:00Z", "2026-11-18T09:00:00Z"
DAMAGE: tuple[Any, ...] = (None, 12345, "??", [], {}, True, {"coding": [{"system": "http://codes.example", "code": "zz"}]}, "2026")
DEPENDENT = problem("alcohol dependence", "c1", BEFORE)
PEOPLE: dict[str, list[Resource]] = {
    "naltrexone while methadone is taken": [
        DEPENDENT,
        prescription("methadone", "m1", LATELY),
        prescription("naltrexone", "d1", LATELY, "draft"),
    ],
    "methadone ended once and goes on": [
        DEPENDENT,
        prescription("methadone", "m1", BEFORE, "stopped"),
        prescription("methadone", "m2", LATELY),
    ],
    "an allergy and nothing known of opioids": [DEPENDENT, allergy("naltrexone", "a1")],
    "bulimia that ended and came again": [
        problem("bulimia nervosa", "c1", BEFORE, abatementDateTime="2026-11-11"),
        problem("bulimia nervosa", "c2", LATELY),
        problem("severe depression", "c3", LATELY),
        prescription("bupropion", "d1", LATELY, "draft"),
    ],
    "methadone and the heart": [
        prescription("methadone", "m1", BEFORE),
        result("QTc", 430, "l1", BEFORE),
        result("QTc", 512, "l2", LATELY),
        prescription("citalopram", "d1", LATELY, "draft"),
    ],
    "pregnancy and opioids": [problem("opioid dependence", "c1", BEFORE), problem("pregnancy", "c2", LATELY)],
    "bipolar disorder and depression": [problem("bipolar disorder", "c1", BEFORE), survey("44261-6", "s1", LATELY, valueInteger=18)],
    "clozapine": [
        problem("schizophrenia", "c1", BEFORE),
        result("neutrophils", 900, "l1", LATELY),
        prescription("clozapine", "m1", BEFORE),
    ],
}


def decided(resources: list[Resource], patient: str) -> tuple[Reading, Decision] | None:
    """None where it is refused, which proposes nothing."""
    try:
        found = read(BASE, resources, patient, root=ROOT)
    except Refused:
        return None
    return found, decision_of("real", found.record)


def places(item: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    parts = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
    for name, part in parts:
        if before or name not in ("resourceType", "id", "meta"):
            yield (*before, name)
            yield from places(part, (*before, name))


def damaged(resource: Resource, place: tuple[Any, ...], damage: Any) -> Resource:
    changed: Any = deepcopy(resource)
    inside = changed
    for name in place[:-1]:
        inside = inside[name]
    if damage is None:
        del inside[place[-1]]
    else:
        inside[place[-1]] = damage
    found: Resource = changed
    return found


def reopened(before: tuple[Reading, Decision], after: Decision, changed: str) -> Iterator[tuple[str, Blocked]]:
    """Medicines that are now recommended, with what had withheld them and does not rest on the resource that changed."""
    reading, decision = before
    recommended = {item.component.id for item in after.recommendations}
    for item in decision.withheld:
        if item.component.medication and item.component.id in recommended:
            for one in item.blocked:
                behind = {name for leaf in one.reason.grounds for name in reading.references.get(leaf.finding, ())}
                if one.action.strictness == "absolute" and changed not in behind:
                    yield item.component.id, one


def is_no(finding: Finding | None) -> bool:
    entry = BASE.dictionary.entries[finding.code] if finding else None
    if finding is None or entry is None or not finding.exact:
        return False
    return finding.low == (entry.bounds[1] if entry.worse == "lower" else entry.bounds[0])


def unknown(finding: Finding | None) -> bool:
    return finding is None or not finding.exact


# Of results: damaged here, nobody can tell of what there was a newer one, or whose.
LOST = {"Observation": ("code", "subject"), "QuestionnaireResponse": ("questionnaire", "subject", "item")}
OURS = ("pathway.", "medication.")  # what we conclude; whether an order in question is one: see the next test
PICKED = {name: Random(name).randint(0, 2**32) for name in PEOPLE}


def held(resources: list[Resource], patient: str, rng: Random, tries: int) -> None:
    before = decided(resources, patient)
    assert before is not None
    for _ in range(tries):
        index = rng.randrange(len(resources))
        chosen = resources[index]
        name, rest = f"{chosen['resourceType']}/{chosen['id']}", [*resources[:index], *resources[index + 1 :]]
        place, damage = rng.choice(list(places(chosen))), rng.choice(DAMAGE)
        gone, broken = decided(rest, patient), decided([*rest, damaged(chosen, place, damage)], patient)
        for after in (gone, broken):
            if after is not None:
                assert [(medicine, one.reason.reference) for medicine, one in reopened(before, after[1], name)] == [], (name, place, damage)
        if broken is None or place[0] in LOST.get(chosen["resourceType"], ()):
            continue
        was, now = before[1].judgements.findings, broken[1].judgements.findings
        cleared = {code for code, one in now.items() if is_no(one) and unknown(was.get(code)) and not code.startswith(OURS)}
        cleared = {code for code in cleared if not BASE.dictionary.entries[code].derive and not BASE.dictionary.entries[code].concluded}
        assert not cleared, (name, place, damage)


@pytest.mark.parametrize("name", PEOPLE)
def test_damage_reopens_nothing_and_clears_nothing(name: str) -> None:
    held([person(), *PEOPLE[name]], "p1", Random(PICKED[name]), 40)


def test_damage_of_anything_reopens_nothing_and_clears_nothing() -> None:
    for seed in range(25):
        record = plain(BASE, random_records.record(Random(seed), BASE, NOW), NOW)
        held(encode(BASE, record, NOW)[0], "p-1", Random(seed), 5)


@pytest.mark.parametrize("damage", [None, 7, "", {}, [], {"coding": [{"system": "http://codes.example", "code": "zz"}]}])
def test_an_order_of_which_nobody_knows_the_medicine_may_be_any(damage: Any) -> None:
    order = damaged(prescription("naltrexone", "d1", LATELY, "draft"), ("medicationCodeableConcept",), damage)
    found = decided([person(), order], "p1")
    assert found is not None
    assert found[1].judgements.findings["medication.naltrexone.proposed"].low is None
    assert found[0].unread
