"""A page of results, newest first, is as good as all of them once what is left out is out of date; and only then."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from hooked import SUBJECT, bundle, call, condition, medicine, prefetch
from hypothesis import event, given, settings
from hypothesis import strategies as st

from adapters.fhir import reading
from adapters.fhir.ours import stated
from adapters.fhir.reading.lookup import lookup_of
from adapters.fhir.reading.times import moment
from adapters.units import convert
from api.hooks.call import read_call
from api.hooks.gather import Gathered, gather
from api.hooks.services import service_of, services
from bench.answering import prefetched
from bench.charts import chart
from bench.workload import AS_OF
from engine.decision import Decision
from engine.judgements import infer
from engine.recommend import recommend
from knowledge.load import load

BASE = load()
Document = dict[str, Any]
NEXT = {"link": [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]}
REVIEW = service_of("integrated-review")
assert REVIEW is not None
NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
LONG_AGO = "2025-11-23T16:00:00Z"


def gathered(sent: Document, now: datetime = NOW, patient: str = "p1") -> Gathered:
    body = call("patient-view", sent, patientId=patient)
    assert REVIEW is not None
    return asyncio.run(gather(read_call(REVIEW, json.dumps(body).encode()), REVIEW, "ehr", None, BASE, now))


def result(id: str, when: str | None = LONG_AGO, code: str = "2823-3", **more: Any) -> Document:
    said = {"effectiveDateTime": when} if when else {}
    coded = {"coding": [{"system": "http://loinc.org", "code": code}]}
    quantity = {"value": 4, "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"}
    return {"resourceType": "Observation", "id": id, "status": "final", "code": coded, "valueQuantity": quantity, **said, **SUBJECT} | more


def own(query: str) -> Document:
    """The link in which a server says what it searched for."""
    return {"link": [*NEXT["link"], {"relation": "self", "url": f"https://ehr.example/fhir/Observation?{query}"}]}


FAILED = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
NEW = "2026-11-20T09:00:00Z"
OPEN = {"effectivePeriod": {"start": LONG_AGO}}
PAGES: dict[str, tuple[str, Document, str]] = {
    "newest first, and the last is long out of date": ("labs", bundle(result("a", NEW), result("b")) | NEXT, "recent"),
    "the server says it sorted": ("labs", bundle(result("a")) | own("patient=p1&code=2823-3&_sort=-date"), "recent"),
    "something came along": ("labs", bundle(result("a")) | NEXT | {"total": 7}, "recent"),
    "of one day, in whatever order": ("labs", bundle(result("a", "2025-11-23"), result("b", "2025-11-23T20:00:00Z")) | NEXT, "recent"),
    "a stay that has not ended, and then what is old": ("labs", bundle(result("a", None, **OPEN), result("b")) | NEXT, "recent"),
    "the last is in date": ("labs", bundle(result("a", NEW)) | NEXT, "incomplete"),
    "the last may be in date": ("labs", bundle(result("a", "2026")) | NEXT, "incomplete"),
    "the last has not ended": ("labs", bundle(result("a", None, **OPEN)) | NEXT, "incomplete"),
    "oldest first": ("labs", bundle(result("a"), result("b", NEW), result("c")) | NEXT, "incomplete"),
    "one says no date": ("labs", bundle(result("a", None), result("b")) | NEXT, "incomplete"),
    "the server says it did not sort": ("labs", bundle(result("a")) | own("patient=p1&code=2823-3"), "incomplete"),
    "the server says it sorted by something else": ("labs", bundle(result("a")) | own("patient=p1&_sort=code"), "incomplete"),
    "something could not be had": ("labs", bundle(result("a"), FAILED) | NEXT, "incomplete"),
    "more was found, and no page follows": ("labs", bundle(result("a")) | {"total": 2}, "incomplete"),
    "nothing on the page": ("labs", bundle() | NEXT, "incomplete"),
    "drug tests, which are soon out of date": ("toxicology", bundle(result("a", "2026-11-18T09:00:00Z", "3397-7")) | NEXT, "recent"),
    "scores, of which trends are made": ("scores", bundle(result("a", "2019-01-01", "44261-6")) | NEXT, "incomplete"),
    "a list of diagnoses": ("conditions", bundle(condition("depression", "c") | {"recordedDate": LONG_AGO}) | NEXT, "incomplete"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_enough_where_that_is_certain(name: str) -> None:
    key, sent, state = PAGES[name]
    assert gathered(prefetch(**{key: sent})).states[key] == state


def test_a_server_that_found_no_more_than_it_sent_is_believed() -> None:
    assert gathered(prefetch(labs=bundle(result("a", NEW)))).states["labs"] == "given"


def test_what_few_records_keep_is_missed_by_no_card_and_what_failed_is() -> None:
    sent = prefetch()
    del sent["administrations"]
    assert gathered(sent).states["administrations"] == "missing"
    assert gathered(sent).gaps == {}
    assert gathered(sent | {"administrations": FAILED}).gaps == {"administrations": "failed"}


def test_every_result_that_a_rule_reads_is_asked_for_and_nothing_that_nobody_understands() -> None:
    lookup = lookup_of(BASE)
    asked = asked_for("Observation", "List")
    read = {name for rule in BASE.rules.values() for name in rule.reads}
    measured = {entry.code for entry in stated(BASE) if entry.code.partition(".")[0] in ("lab", "tox", "vital")} & read
    by_code = {code: entry for code in asked if (entry := (lookup.named(code) or lookup.measured(code)).entry)}
    assert measured <= {entry.code for entry in by_code.values()}
    known = {code for (system, code), entry in BASE.terminology._findings.items() if system == "loinc" and entry.code in measured}
    assert known <= asked
    understood = {"82810-3", "85354-9", "list.conditions", "list.medications", "list.allergies", "list.events"}
    assert {code for code in asked if not (lookup.named(code) or lookup.measured(code)).known} == understood


def test_every_procedure_that_tells_something_is_asked_for_and_no_other() -> None:
    telling = {code for (system, code), item in BASE.terminology._procedures.items() if system != "component" and (item.says or item.gives)}
    assert asked_for("Procedure") == telling


def asked_for(*kinds: str) -> set[str]:
    """The codes that are asked for in searches of these types."""
    templates = [template for template in services().keys.values() if template.partition("?")[0] in kinds]
    return {code for template in templates for code in parse_qs(template).get("code", [""])[0].split(",") if code}


def decided(found: Gathered, patient: str, now: datetime) -> Decision:
    return recommend(BASE, reading.read(BASE, found.resources, patient).record, now, infer, convert)


def said(decision: Decision) -> dict[str, object]:
    """All that comes of a decision, but since when something is not known."""
    withheld = [(item.component.id, sorted(one.reason.reference for one in item.blocked)) for item in decision.withheld]
    cautions = [(item.component.id, sorted(one.reason.reference for one in item.blocked)) for item in decision.cautions]
    wanted = [(item.component.id, item.urgency, item.within, item.declined) for item in decision.recommendations]
    steps = [(item.level, sorted((one.reference, str(one.truth)) for one in item.reasons)) for item in decision.escalations]
    asked = [(item.subject, item.kind, item.required) for item in decision.requests]
    known = {code: (item.low, item.high) for code, item in decision.judgements.findings.items() if item.low is not None}
    truths = dict(decision.judgements.truths)
    return {"truths": truths, "withheld": [withheld, cautions], "wanted": wanted, "steps": steps, "asked": asked, "known": known}


OF_RESULTS = ("labs", "toxicology", "vitals")
ALL = {key: services().keys[key] for key in REVIEW.needs}


def cut(sent: Document, rest: Document, now: datetime, patient: str) -> tuple[frozenset[str], Document]:
    """The keys of which a page is taken for enough, and the call with these pages in the place of all there is."""
    states = gathered(sent | {key: rest[key] for key in OF_RESULTS}, now, patient).states
    kept = frozenset(key for key in OF_RESULTS if states[key] == "recent")
    return kept, sent | {key: rest[key] for key in kept}


@pytest.mark.parametrize("number", range(12))
def test_long_charts_are_judged_the_same_by_their_newest_pages(number: int) -> None:
    resources, patient = chart(number, BASE, 2500), f"p{number}"
    templates = {key: re.sub("_count=[0-9]+", "_count=100000", template) for key, template in ALL.items()}
    pages = {key: re.sub("_count=[0-9]+", "_count=90", ALL[key]) for key in OF_RESULTS}
    whole, part = prefetched(templates, resources), prefetched(pages, resources)
    kept, shortened = cut(whole, part, AS_OF, patient)
    assert kept >= {"labs", "vitals"}, "else nothing is tried here"
    full, short = gathered(whole, AS_OF, patient), gathered(shortened, AS_OF, patient)
    assert len(json.dumps(short.resources)) < len(json.dumps(full.resources))
    assert said(decided(short, patient, AS_OF)) == said(decided(full, patient, AS_OF))


RESULTS = {
    "labs": (("2823-3", "mmol/L", (2.4, 4.0, 6.9)), ("33914-3", "mL/min/{1.73_m2}", (12, 45, 95)), ("14334-7", "mmol/L", (0.7, 2.4)),
             ("751-8", "10*3/uL", (0.3, 4))),
    "toxicology": (("3397-7", "", (True, False)), ("11235-9", "", (True, False)), ("3773-9", "", (True, False))),
    "vitals": (("8480-6", "mm[Hg]", (120, 190)), ("8867-4", "/min", (70, 140)), ("8310-5", "Cel", (36.8, 40.1))),
}  # fmt: skip
GOOD_FOR = {"labs": timedelta(days=180), "toxicology": timedelta(days=3), "vitals": timedelta(days=1)}
PRECISE = st.sampled_from([*["%Y-%m-%dT%H:%M:%SZ"] * 4, "%Y-%m-%d"])  # a month may be any day of it: see docs/cds-hooks.md


@st.composite
def results(draw: st.DrawFn, key: str) -> Document:
    """A result as some laboratory sends it: dated somehow, read or not, final or not."""
    code, unit, values = draw(st.sampled_from(RESULTS[key]))
    value = draw(st.sampled_from(values))
    age = GOOD_FOR[key] * draw(st.sampled_from([0.1, 0.4, 0.6, 0.7, 0.8, 0.9, 1.0, 1.05, 1.2, 1.5, 2.5, 3, 4]))
    when = (NOW - age - timedelta(seconds=draw(st.integers(0, 60)))).strftime(draw(PRECISE))
    until = draw(st.sampled_from([*[None] * 5, NOW.isoformat()]))
    found = result("x", None, code, status=draw(st.sampled_from([*["final"] * 5, "amended", "preliminary", "entered-in-error"])))
    del found["valueQuantity"]
    if draw(st.integers(0, 5)):
        found |= {"valueBoolean": value} if isinstance(value, bool) else {"valueQuantity": {"value": value, "code": unit}}
    return found | ({"effectivePeriod": {"start": when, "end": until}} if until else {"effectiveDateTime": when})


def sorted_by(found: Document, *, late: bool) -> datetime:
    """What a server sorts by: the beginning or the end of what a result says of its time."""
    period = found.get("effectivePeriod") or dict.fromkeys(("start", "end"), found.get("effectiveDateTime"))
    said = moment(period["end" if late else "start"])
    assert said is not None
    return said.last if late else said.at


@settings(max_examples=200)
@given(st.data(), st.sampled_from(OF_RESULTS), st.booleans())
def test_what_is_left_out_of_a_page_that_is_enough_changes_nothing(data: st.DataObject, key: str, late: bool) -> None:
    found = data.draw(st.lists(results(key), min_size=2, max_size=12))
    found = [item | {"id": f"o{number}"} for number, item in enumerate(found)]
    found.sort(key=lambda item: sorted_by(item, late=late), reverse=True)
    page = bundle(*found[: data.draw(st.integers(1, len(found) - 1))]) | NEXT
    around = prefetch(medications=bundle(*TAKEN), conditions=bundle(condition("depression", "c1")))
    kept, shortened = cut(around | {key: bundle(*found)}, {**dict.fromkeys(OF_RESULTS), key: page}, NOW, "p1")
    event(f"{key}: {'enough' if kept else 'not enough'}")
    if kept:
        whole = decided(gathered(around | {key: bundle(*found)}), "p1", NOW)
        assert said(decided(gathered(shortened), "p1", NOW)) == said(whole)


def taken(name: str) -> Document:
    coded = {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": BASE.dictionary.ingredients[name].rxnorm}]}
    return medicine(name, name, status="active", medicationCodeableConcept=coded)


TAKEN = [taken(name) for name in ("methadone", "methylphenidate", "lithium", "clozapine")]
