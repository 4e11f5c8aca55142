"""The decision as a JSON document: complete, plain, in both languages, and the same bytes in every process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import small
from small import decide
from test_recommend import RECORD

from engine.dictionary import LANGUAGES, Language
from engine.document import ABOVE_FOLD, document, explanation_document
from engine.explain import explain
from engine.judgements import infer
from engine.record import ListedCondition, ListedMedication, Record

BASE = small.base()
FULL = Record.model_validate(
    {name: getattr(RECORD, name) for name in Record.model_fields}
    | {
        "conditions": (
            ListedCondition(term="alcohol_use_disorder", status="active", severity="severe", at=small.ago(9)),
            ListedCondition(term="bipolar_disorder", status="in_remission"),
            ListedCondition(text="nerves", status="active"),
        ),
        "medications": (
            ListedMedication(ingredient="methadone", status="active", at=small.ago(2)),
            ListedMedication(ingredient="sertraline", status="proposed"),
        ),
    }
)
RECORDS = {"nobody": Record(), "somebody": RECORD, "much": FULL}


def written(record: Record, language: Language = "en") -> dict[str, Any]:
    return document(BASE, decide(record), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", RECORDS)
def test_a_document_is_plain_json(name: str, language: Language) -> None:
    whole = written(RECORDS[name], language)
    assert json.loads(json.dumps(whole, allow_nan=False)) == whole
    assert whole["language"] == language


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    return [shape(part) for part in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize("name", RECORDS)
def test_the_two_languages_differ_in_words_and_in_nothing_else(name: str) -> None:
    english, spanish = written(RECORDS[name]), written(RECORDS[name], "es")
    assert shape(english) == shape(spanish)
    for part in ("id", "outcome", "as_of", "release", "judged", "trace", "overridden", "not_used", "parameters"):
        assert english[part] == spanish[part]
    assert english["help"] != spanish["help"]


def test_every_part_of_the_decision_is_in_the_document() -> None:
    decision, whole = decide(FULL), written(FULL)
    assert [item["component"] for item in whole["recommendations"]] == [item.component.id for item in decision.recommendations]
    assert [item["component"] for item in whole["withheld"]] == [item.component.id for item in decision.withheld]
    assert [item["level"] for item in whole["escalations"]] == [item.level for item in decision.escalations]
    assert [item["subject"] for item in whole["data_requests"]] == [item.subject for item in decision.requests]
    stages = [[place["stage"] for place in item["stages"]] for item in whole["pathways"]]
    assert stages == [[place.name for place in item.places] for item in decision.positions]
    words, truths = {True: "true", False: "false", None: "unknown"}, decision.judgements.truths
    assert whole["judged"] == {rule.reference: words[truths[rule.id]] for rule in BASE.active}
    mentioned = {item["component"] for part in ("recommendations", "withheld", "not_recommended") for item in whole[part]}
    assert mentioned == set(BASE.components)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", RECORDS)
def test_the_short_document_is_a_part_of_the_full_one(name: str, language: Language) -> None:
    whole, short = written(RECORDS[name], language), document(BASE, decide(RECORDS[name]), language, "short")
    assert whole.keys() - short.keys() == {"parameters", "judged", "trace"}
    assert [{key: item[key] for key in item if key != "rules"} for item in whole["not_recommended"]] == short["not_recommended"]
    assert all(item in whole["findings"] for item in short["findings"])
    for part in short.keys() - {"not_recommended", "findings"}:
        assert short[part] == whole[part], part


def test_the_short_document_lists_every_finding_that_it_mentions() -> None:
    short = document(BASE, decide(FULL), "en", "short")
    mentioned = {part.split('"')[0] for part in json.dumps(short).split('"finding": "')[1:]}
    mentioned |= {code for item in short["data_requests"] for code in item["findings"]}
    assert mentioned == {item["code"] for item in short["findings"]}


def test_the_withheld_component_says_who_wants_it_what_forbids_it_and_what_else_there_is() -> None:
    (held,) = written(FULL)["withheld"]
    assert (held["component"], held["sought"]) == ("naltrexone", ["recommended"])
    assert [reason["by"] for reason in held["wanted"]] == ["treat-drinking@1.0.0"]
    assert [(item["strictness"], item["instead"], item["do"]) for item in held["forbidden"]] == [
        ("absolute", ["acamprosate"], "Offer acamprosate.")
    ]
    assert [item["component"] for item in held["alternatives"]] == ["acamprosate"]


def test_an_alternative_says_whether_it_is_recommended_and_what_is_still_to_check() -> None:
    avoid = {"strictness": "absolute"}
    base = small.only(
        small.rule("wants", "mood.total >= 5", {"recommend": "naltrexone"}, {"recommend": "ssri"}),
        small.rule("forbids", "mood.total >= 5", {"avoid": "naltrexone", "instead": ["ssri", "acamprosate"], **avoid}),
        small.rule("open", "housing == none", {"avoid": "ssri", **avoid}, {"avoid": "acamprosate", "strictness": "relative"}),
        small.rule("clear", "craving.daily >= 7", {"avoid": "ssri", **avoid}),
    )
    said = (small.fact("mood.total", 6), small.fact("craving.daily", 1))
    (held,) = document(base, decide(Record(findings=said), base))["withheld"]
    assert [(item["component"], item["recommended"], item["to_check"]) for item in held["alternatives"]] == [
        ("ssri", True, ["open@1.0.0"]),
        ("acamprosate", False, []),
    ]


def test_every_ground_shows_the_condition_its_words_and_what_is_known() -> None:
    (held,) = written(FULL)["withheld"]
    assert held["forbidden"][0]["reason"]["grounds"] == [
        {
            "condition": "medication.opioid == active",
            "words": "opioid is active",
            "truth": "true",
            "finding": "medication.opioid",
            "known": "opioid: active (18 Nov 2026, 2 days ago; medication list)",
        }
    ]


def test_every_finding_that_is_mentioned_is_listed_once_with_what_is_known_of_it() -> None:
    whole = written(FULL)
    listed = [item["code"] for item in whole["findings"]]
    assert listed == sorted(set(listed))
    grounds = json.dumps([whole[part] for part in ("recommendations", "withheld", "escalations", "not_recommended", "pathways")])
    mentioned = {part.split('"')[0] for part in grounds.split('"finding": "')[1:]}
    assert mentioned <= set(listed)
    total = next(item for item in whole["findings"] if item["code"] == "mood.total")
    assert (total["value"], total["low"], total["high"], total["age_days"], total["at"]) == (7, 7, 7, 1, "2026-11-19T12:00:00Z")
    taper = next(item for item in whole["findings"] if item["code"] == "taper.total")
    assert (taper["value"], taper["low"], taper["high"], taper["absent"]) == (None, 2, 5, "partial")


@pytest.mark.parametrize("name", RECORDS)
def test_at_most_five_items_stand_above_the_fold_the_most_urgent_first(name: str) -> None:
    whole = written(RECORDS[name])
    fold = whole["above_the_fold"]
    assert len(fold) <= ABOVE_FOLD
    headings = [item["heading"] for item in fold]
    assert headings == sorted(headings, key=["now", "plan", "follow_up", "find_out"].index)
    if whole["escalations"]:
        assert fold[0] == {"heading": "now", "kind": "escalation", "ref": whole["escalations"][0]["level"]}
    assert {"heading": "find_out", "kind": "data_request", "ref": whole["data_requests"][0]["subject"]} in fold
    ordered = [item["component"] for item in whole["withheld"] if "proposed" in item["sought"]]
    expected = [{"heading": "now", "kind": "withheld", "ref": name} for name in ordered[:1]]
    assert fold[len(whole["escalations"][:1]) :][: len(expected)] == expected
    assert [item for item in fold if item["kind"] == "withheld"] == expected


def test_a_stage_and_the_steps_that_leave_it_are_shown_with_their_guards() -> None:
    (position,) = written(FULL)["pathways"]
    (place,) = position["stages"]
    assert (position["pathway"], place["stage"], place["title"]) == ("aftercare@1.0.0", "at-risk", "Early warning")
    assert [(step["from"], step["to"], step["late"]) for step in position["taken"]] == [(["stabilising"], ["at-risk"], False)]
    assert [(step["to"], step["truth"]) for step in place["onward"]] == [(["stepped-up"], "false"), (["stabilising"], "false")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("component", sorted(BASE.components))
def test_one_components_explanation_is_plain_json_with_its_own_trace(component: str, language: Language) -> None:
    decision = decide(FULL)
    told = explanation_document(BASE, decision, explain(BASE, decision, component, infer), language)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["component"] == component
    for change in (one for changes in told["changes"] for one in changes):
        assert change["now"] != change["words"]
    ends = {node["ref"] for node in told["trace"]["nodes"] if node["kind"] in ("recommendation", "withheld")}
    assert ends <= {component}


PRINT = """
import json, sys
import small
from test_document import RECORDS, written
for name, record in RECORDS.items():
    for language in ("en", "es"):
        print(json.dumps(written(record, language)))
"""


def test_every_process_writes_the_same_bytes() -> None:
    here = Path(__file__).parent
    texts = set()
    for seed in ("0", "1", "2026"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join((str(here.parent), str(here)))}
        done = subprocess.run([sys.executable, "-c", PRINT], env=environment, capture_output=True, check=True, text=True)
        texts.add(done.stdout)
    assert len(texts) == 1
    assert texts.pop().count("\n") == 2 * len(RECORDS)
