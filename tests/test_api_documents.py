"""What leaves: documents that keep to their schema, pages that are sound and closed, screens in one language each."""

from __future__ import annotations

import json
import re
import string
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from api.arranging import arrange
from api.page import decision_page, policy
from api.rendering import explained, render
from api.schemas import DecisionDocument, ExplanationDocument, decision_schema
from api.settings import Settings
from api.terminal import as_text
from api.view import View, clean
from api.wiring import Service
from api.words import keys, say
from engine.decision import Decision
from engine.dictionary import LANGUAGES, Language
from engine.document import Detail

ROOT = Path(__file__).parent.parent
AS_OF = datetime(2026, 11, 23, 16, tzinfo=UTC)
HARMFUL = "<script>alert(1)</script><img src=x onerror=alert(1)>\x1b[2J\u202e{{7*7}}&"
SLOTS = [
    "titles",
    "time",
    "count",
    "who",
    "how",
    "stage",
    "step",
    "rule",
    "rules",
    "by",
    "date",
    "title",
    "lead",
    "do",
    "component",
    "finding",
    "now",
    "what",
    "wish",
    "to",
    "instead_of",
    "before",
    "after",
    "why",
    "text",
    "steps",
    "role",
    "due",
    "overdue",
    "every",
    "owner",
    "default",
]
RECORDS = {path.stem: path.read_bytes() for path in sorted((ROOT / "examples").glob("*.json"))}
RECORDS |= {
    "empty": b"{}",
    "harmful": json.dumps({"findings": [{"code": "phq9.q9", "value": 2, "at": "2026-11-23T15:00:00Z", "source": HARMFUL}]}).encode(),
    "ordered": json.dumps(
        {
            "medications": [
                {"ingredient": name, "status": status}
                for name, status in (("methadone", "active"), ("naltrexone", "proposed"), ("clozapine", "proposed"))
            ]
        }
    ).encode(),
    "withheld": json.dumps(
        {
            "conditions": [{"term": "opioid_use_disorder", "status": "active"}, {"term": "alcohol_use_disorder", "status": "active"}],
            "medications": [
                {"ingredient": "methadone", "status": "active"},
                {"ingredient": "naltrexone", "status": "proposed"},
                {"text": HARMFUL, "status": "active", "at": "2027-01-01T00:00:00Z"},
            ],
        }
    ).encode(),
}
EVERY = pytest.mark.parametrize("name", RECORDS)
BOTH = pytest.mark.parametrize("language", LANGUAGES)


@cache
def service() -> Service:
    return Service(Settings(durable=False))


@cache
def decision(name: str) -> Decision:
    return service().decide(service().read(RECORDS[name]), AS_OF)


@cache
def view(name: str, language: Language) -> View:
    return arrange(service().base, decision(name), language)


@EVERY
@BOTH
@pytest.mark.parametrize("detail", ["short", "full"])
def test_every_decision_keeps_to_its_schema(name: str, language: Language, detail: Detail) -> None:
    found = json.loads(render(service().base, decision(name), language, "json", detail=detail))
    assert DecisionDocument.model_validate(found)
    jsonschema_rs.validate(decision_schema(), found)


@BOTH
@pytest.mark.parametrize("component", ["safety-plan", "buprenorphine", "acamprosate"])
def test_every_explanation_keeps_to_its_schema(component: str, language: Language) -> None:
    base, found = service().base, decision("intake-opioid-depression")
    about = explained(base, found, component)
    assert ExplanationDocument.model_validate(json.loads(render(base, found, language, "json", about)))
    for form in ("text", "html", "svg"):
        assert base.components[component].title[language][:8] in render(base, found, language, form, about)


def test_both_languages_say_the_same_things() -> None:
    assert keys("en") == keys("es")
    for key in keys("en"):
        slots = [{name for _, name, _, _ in string.Formatter().parse(_raw(key, language)) if name} for language in LANGUAGES]
        assert slots[0] == slots[1], key
        assert _raw(key, "en") != _raw(key, "es") or key in ("plan",), key


def _raw(key: str, language: Language) -> str:
    return say(key, language, **{name: f"{{{name}}}" for name in SLOTS})


@EVERY
def test_no_screen_mixes_languages(name: str) -> None:
    ours = "now plan follow_up find_out why rule strength caution precaution release help do withheld"
    english = {say(key, "en") for key in ours.split()}
    text = as_text(view(name, "es"), 100)
    for words in english:
        assert not re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", text, re.IGNORECASE), words
    engine_words = ("not asked", "out of date", "concluded by rules", "diagnosis list", "(rules", "care manager", "within the hour")
    assert not [words for words in engine_words if words in text]


@EVERY
@BOTH
def test_at_most_five_items_stand_above_the_fold_and_none_is_lost(name: str, language: Language) -> None:
    found, shown = decision(name), view(name, language)
    above = [card for section in shown.sections for card in section.cards]
    below = [card for group in shown.rest for card in group.cards]
    assert [section.heading for section in shown.sections] == ["now", "plan", "follow_up", "find_out"]
    assert len(above) <= 5
    assert all(section.cards or section.remark for section in shown.sections)
    assert not found.escalations or above[0].kind == "escalation"
    kinds = ("escalation", "recommendation", "withheld", "data_request")
    cards = [*above, *below]
    cards += [part for card in cards for part in card.parts]
    counts = {kind: sum(card.kind == kind for card in cards) for kind in kinds}
    assert counts == {
        "escalation": len(found.escalations),
        "recommendation": len(found.recommendations),
        "withheld": len(found.withheld),
        "data_request": len(found.requests),
    }
    assert shown.help


@BOTH
def test_every_order_that_must_not_be_made_is_named_above_the_fold(language: Language) -> None:
    shown = view("ordered", language)
    held = [item.component.id for item in decision("ordered").withheld if "proposed" in item.sought]
    assert held == ["clozapine", "naltrexone"]
    told = json.loads(render(service().base, decision("ordered"), language, "json"))["above_the_fold"]
    assert [item["kind"] for item in told[:2]] == ["escalation", "withheld"]
    assert told[1] == {"heading": "now", "kind": "withheld", "ref": "clozapine"}
    (card,) = [card for card in shown.sections[0].cards if card.kind == "withheld"]
    naltrexone = {"en": "Naltrexone", "es": "Naltrexona"}[language]
    assert (card.ref, card.notes[-1]) == ("clozapine", say("also_withheld", language, titles=naltrexone))
    text = " ".join(as_text(shown).split())
    assert text.index(naltrexone) < text.index(say("the_rest", language))


@EVERY
@BOTH
def test_no_heading_stands_empty_over_what_is_below(name: str, language: Language) -> None:
    shown = view(name, language)
    for section in shown.sections:
        groups = [group for group in shown.rest if group.cards and group.cards[0].kind not in ("withheld", "caution")]
        below = [card.title for group in groups for card in group.cards if card.heading == section.heading]
        assert section.cards or not below or below[0] in section.remark


@EVERY
@BOTH
def test_the_terminal_fits_and_holds_what_matters(name: str, language: Language) -> None:
    found = decision(name)
    for width in (80, 120):
        text = as_text(view(name, language), width)
        assert max(map(len, text.splitlines())) <= width
        flat = " ".join(text.split())
        for item in found.recommendations:
            assert item.component.title[language] in flat
        for step in found.escalations:
            assert step.do[language] in flat
        for expected in (found.id, found.release.digest, found.release.id):
            assert expected in flat.replace(" ", "") + flat
    assert say("precaution", language) in text or not any(reason.precaution for step in found.escalations for reason in step.reasons)


def test_nothing_of_the_record_acts_on_the_screen() -> None:
    for language in LANGUAGES:
        for text in (as_text(view("harmful", language)), as_text(view("withheld", language))):
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    assert clean({"a": ["x\x1b[31my\u202ez\n"]}) == {"a": ["x [31my z "]}


class Page(HTMLParser):
    """What a page is made of; refuses tags that are not closed in order."""

    VOID = ("meta", "br", "img", "link", "input", "hr")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    def all(self, name: str) -> Iterator[dict[str, str | None]]:
        return (attributes for tag, attributes in self.tags if tag == name)


def page(name: str, language: Language) -> Page:
    found = Page()
    found.feed(decision_page(view(name, language)))
    found.close()
    assert found.open == []
    return found


@EVERY
@BOTH
def test_the_page_is_sound_accessible_and_closed(name: str, language: Language) -> None:
    found = page(name, language)
    assert next(found.all("html"))["lang"] == language
    assert [sum(tag == landmark for tag, _ in found.tags) for landmark in ("main", "header", "footer", "h1", "title")] == [1] * 5
    levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    names = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(names) == len(set(names))
    assert {attributes["aria-labelledby"] for _, attributes in found.tags if "aria-labelledby" in attributes} <= set(names)
    assert not [tag for tag, _ in found.tags if tag in ("script", "link", "img", "iframe", "form", "object", "embed", "base")]
    assert not [key for _, attributes in found.tags for key in attributes if key.startswith("on") or key in ("style", "src", "href")]
    assert sum(tag == "details" for tag, _ in found.tags) == sum(tag == "summary" for tag, _ in found.tags)
    assert "http" not in "".join(found.text)


@BOTH
def test_what_a_client_wrote_stays_text(language: Language) -> None:
    found = page("harmful", language)
    assert "<script>alert(1)</script>" in "".join(found.text)
    assert "{{7*7}}" in "".join(found.text)
    for form in ("html", "svg"):
        assert "<script>alert" not in render(service().base, decision("harmful"), language, form)


def test_the_policy_names_the_style_that_the_page_holds() -> None:
    style = re.search("<style>(.*?)</style>", decision_page(view("empty", "en")), re.DOTALL)
    assert style
    assert f"'sha256-{b64encode(sha256(style[1].encode()).digest()).decode()}'" in policy()
    assert "unsafe" not in policy()


def test_colours_keep_their_contrast_in_light_and_dark() -> None:
    style = (ROOT / "api" / "web" / "style.css").read_text(encoding="utf-8")
    schemes = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part)) for part in re.findall(r":root \{(.*?)\}", style)[:2]]
    inks = {"ink": ("paper", "card", "alarm-paper"), "soft": ("paper", "card", "alarm-paper"), "link": ("paper", "card", "alarm-paper")}
    inks |= {"alarm": ("alarm-paper",), "care": ("care-paper",)}
    for scheme in schemes:
        for ink, papers in inks.items():
            for paper in papers:
                assert contrast(scheme[ink], scheme[paper]) >= 4.5, (ink, paper)


def contrast(one: str, other: str) -> float:
    """By WCAG 2.2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_nothing_known_is_not_nothing_to_do() -> None:
    shown = view("empty", "en")
    assert any(card.kind == "data_request" for section in shown.sections for card in section.cards)
    assert shown.alarm == say("unchecked", "en")


def test_a_withheld_component_shows_both_sides() -> None:
    cards = [card for group in view("withheld", "en").rest for card in group.cards if card.kind == "withheld"]
    assert cards
    assert all(card.against and (card.whys or card.marks) for card in cards)
    assert all(card.alternatives or card.notes for card in cards)
    text = as_text(view("withheld", "en"))
    assert say("withheld", "en").upper() in text
    assert "/medications/2: dated later than this decision" in text
