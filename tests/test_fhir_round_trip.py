"""What a record says, said in FHIR: the same decision where FHIR carries it, and never a less safe one where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone
from random import Random
from typing import Any

import random_records
from encoded import ROOT, Resource, encode, spellings
from plain_records import plain
from small import NOW
from test_laws import BASES, decision_of, essence

from adapters.fhir.reading import Reading, read
from engine.decision import Decision, Reason
from engine.findings import Finding
from engine.record import Answers, Record

BASE = BASES["real"]
PEOPLE = 120
OURS = {"patient.location_verified", "sharing.safety_withheld"}  # no more than "not confirmed to us" and "nothing withheld by us"


def people(number: int) -> Iterator[tuple[int, Record]]:
    for seed in range(number):
        yield seed, plain(BASE, random_records.record(Random(seed), BASE, NOW), NOW)


def told(resources: list[Any], drafts: list[Any] | None = None) -> Reading:
    return read(BASE, resources, "p-1", drafts or [], root=ROOT)


def said(decision: Decision) -> dict[str, Any]:
    """All of it but who said what, and which entries were not used."""
    found = essence(decision)
    findings = {code: one[:4] for code, one in found.pop("findings").items()}
    return {name: part for name, part in found.items() if name != "ignored"} | {"findings": findings}


def test_what_fhir_carries_exactly_is_decided_as_if_it_had_come_natively() -> None:
    for seed, record in people(PEOPLE):
        resources, carried = encode(BASE, record, NOW)
        assert said(decision_of("real", told(resources).record)) == said(decision_of("real", carried)), seed


def known(finding: Finding | None) -> bool:
    """Whether anything is said of it: a range from end to end says nothing."""
    if finding is None or finding.low is None:
        return False
    return (finding.low, finding.high) != BASE.dictionary.entries[finding.code].bounds


def test_what_fhir_does_not_carry_is_unknown_and_never_no() -> None:
    for seed, record in people(PEOPLE):
        native = decision_of("real", record).judgements.findings
        found = decision_of("real", told(encode(BASE, record, NOW)[0]).record).judgements.findings
        for code, one in found.items():
            if known(one) and code not in OURS and not BASE.dictionary.entries[code].derive:
                truth = native[code]
                assert truth.low is not None, (seed, one)
                if code.startswith("pathway."):  # who is less well known stands earlier on the road, and never off it
                    assert one.low <= truth.low, (seed, one, truth)
                    assert one.high > 0 or truth.high == 0, (seed, one, truth)
                    continue
                assert one.low <= truth.low <= truth.high <= one.high, (seed, one, truth)


def lost(reason: Reason, native: Decision, found: Decision) -> bool:
    """Whether a finding that the reason rests on is known natively and not, or less, from FHIR."""
    ours, theirs = native.judgements.findings, found.judgements.findings
    return any(ours.get(leaf.finding, ())[1:3] != theirs.get(leaf.finding, ())[1:3] for leaf in reason.grounds)


def test_no_escalation_is_lost_and_nothing_withheld_appears_but_for_want_of_what_was_not_carried() -> None:
    for seed, record in people(PEOPLE):
        native = decision_of("real", record)
        found = decision_of("real", told(encode(BASE, record, NOW)[0]).record)
        kept = {(item.level, item.to, item.do["en"]) for item in found.escalations}
        for step in native.escalations:
            if (step.level, step.to, step.do["en"]) not in kept:
                assert all(lost(reason, native, found) for reason in step.reasons if reason.truth is True), (seed, step.title)
        withheld = {item.component.id: item for item in native.withheld}
        for proposed in found.recommendations:
            if proposed.component.id in withheld:
                against = [one.reason for one in withheld[proposed.component.id].blocked if one.action.strictness == "absolute"]
                assert any(lost(reason, native, found) for reason in against), (seed, proposed.component.id)


def elsewhere(item: Any) -> Any:
    """Every moment in the time of another zone."""
    if isinstance(item, dict):
        return {name: elsewhere(part) for name, part in item.items()}
    if isinstance(item, list):
        return [elsewhere(part) for part in item]
    if isinstance(item, str) and item.endswith("+00:00"):
        return type(NOW).fromisoformat(item).astimezone(timezone(timedelta(hours=-8))).isoformat()
    return item


def scattered(resources: list[Resource], rng: Random) -> list[Any]:
    """In another order, some twice, in Bundles of any kind, one in another."""
    shuffled = rng.sample(resources, len(resources)) + rng.choices(resources, k=3)
    cut = rng.randint(0, len(shuffled))
    first, second = ([{"resource": item} for item in part] for part in (shuffled[:cut], shuffled[cut:]))
    inner = {"resourceType": "Bundle", "type": "searchset", "entry": second}
    return [None, {"resourceType": "Bundle", "entry": [*first, {"resource": inner}]}]


def test_order_repetition_bundles_zones_and_references_change_nothing() -> None:
    for seed, record in people(PEOPLE // 3):
        resources = encode(BASE, record, NOW)[0]
        expected, rng = told(resources), Random(seed)
        assert told(scattered(resources, rng)) == expected, seed
        decided = said(decision_of("real", expected.record))
        for other in (elsewhere(resources), *spellings(resources)):
            assert said(decision_of("real", told(other).record)) == decided, seed


def test_a_form_that_was_declined_leaves_no_older_answer_alone() -> None:
    before, after = NOW - timedelta(days=2), NOW - timedelta(days=1)
    answered = {item.id: 0 for item in BASE.instruments["cssrs"].items}
    forms = (Answers(instrument="cssrs", at=before, items=answered), Answers(instrument="cssrs", at=after, absent="declined"))
    resources, _ = encode(BASE, Record(instruments=forms), NOW)
    found = decision_of("real", told(resources).record)
    assert found.judgements.findings["cssrs.q4"][1:4] == (0, 1, "declined")


def test_a_total_is_read_from_a_form_of_ours_that_has_no_items() -> None:
    resources, _ = encode(BASE, Record(instruments=(Answers(instrument="asrm", at=NOW, total=9),)), NOW)
    assert [(item.instrument, item.total) for item in told(resources).record.instruments] == [("asrm", 9)]
