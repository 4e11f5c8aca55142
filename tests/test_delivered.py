"""How a component is done and what it asks: on the card, in the document, and only what the catalogue says."""

from __future__ import annotations

import pytest
import small

from api.arranging import arrange
from api.delivered import details
from engine.artifacts import Component
from engine.base import KnowledgeBase
from engine.delivery import Delivery
from engine.dictionary import Language
from engine.document import document
from engine.record import Record

WORDS = {"en": "in English", "es": "en español"}
APP = {"title": {"en": "An app", "es": "Una app"}, "url": "https://app.example", "languages": ["en"], "sources": ["POLICY"]}
DELIVERY = Delivery.model_validate(
    {
        "competencies": {"cbt": {"en": "therapy", "es": "terapia"}, "listening": {"en": "listening", "es": "escucha"}},
        "supervision": {"team": WORDS},
        "cost": {"free": WORDS},
        "languages": {"spoken": WORDS},
        "low_bandwidth": {"phone": WORDS},
        "resources": {"app": APP},
    }
)
SAID = {
    "dose": {"text": {"en": "six sessions", "es": "seis sesiones"}, "verification": "P", "sources": ["POLICY"]},
    "asks": {"en": "an hour a week", "es": "una hora por semana"},
    "expect": {"en": "you talk", "es": "usted habla"},
    "needs": {"competencies": ["cbt", "listening"], "supervision": "team"},
    "reach": {"cost": "free", "languages": "spoken", "low_bandwidth": "phone", "resources": ["app"]},
}


def base(**said: object) -> KnowledgeBase:
    own = small.base().components
    cbt = Component.model_validate({**own["cbt"].model_dump(), **said})
    return small.only(small.rule("one", "mood.total >= 3"), components={**own, "cbt": cbt}, delivery=DELIVERY)


def test_the_person_comes_first_and_what_is_not_said_is_left_out() -> None:
    whole = base(**SAID)
    told = dict(details(whole, whole.components["cbt"], "en"))
    assert list(told)[:3] == ["What to expect", "It asks of you", "Dose or length"]
    assert told["Skills it needs"] == "therapy; listening"
    assert told["Digital help"] == "An app (app.example)"
    assert len(told) == 9
    assert dict(details(whole, whole.components["cbt"], "es"))["Qué puede esperar"] == "usted habla"
    assert list(details(whole, whole.components["ssri"], "en")) == []


@pytest.mark.parametrize(("language", "dose"), [("en", "six sessions"), ("es", "seis sesiones")])
def test_the_document_and_the_card_say_it(language: Language, dose: str) -> None:
    whole = base(**SAID)
    decision = small.decide(Record(findings=(small.fact("mood.total", 6),)), whole)
    (item,) = document(whole, decision, language)["recommendations"]
    assert (item["dose"], item["asks"], item["expect"]) == (dose, SAID["asks"][language], SAID["expect"][language])
    cards = [card for section in arrange(whole, decision, language).sections for card in section.cards if card.ref == "cbt"]
    assert dose in dict(cards[0].details).values()


def test_a_component_that_says_nothing_leaves_the_fields_empty() -> None:
    whole = base()
    (item,) = document(whole, small.decide(Record(findings=(small.fact("mood.total", 6),)), whole))["recommendations"]
    assert (item["dose"], item["asks"], item["expect"]) == (None, None, None)
