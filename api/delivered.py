"""How a component is done and what it asks of the person, as label and text; only what the catalogue says."""

from __future__ import annotations

from collections.abc import Iterator

from api.words import say
from engine.artifacts import Component
from engine.base import KnowledgeBase
from engine.dictionary import Language


def details(base: KnowledgeBase, component: Component, language: Language) -> Iterator[tuple[str, str]]:
    """What the person is told first, then what those who deliver it need to know."""
    delivery, needs, reach = base.delivery, component.needs, component.reach
    said = {
        "expect": component.expect,
        "asks": component.asks,
        "dose": component.dose.text if component.dose else None,
        "cost": delivery.cost.get(reach.cost or ""),
        "languages": delivery.languages.get(reach.languages or ""),
        "low_bandwidth": delivery.low_bandwidth.get(reach.low_bandwidth or ""),
        "supervision": delivery.supervision.get(needs.supervision or ""),
    }
    listed = {
        "competencies": [delivery.competencies[name][language] for name in needs.competencies],
        "resources": [_resource(base, name, language) for name in reach.resources],
    }
    for key, text in said.items():
        if text:
            yield say(key, language), text[language]
    for key, texts in listed.items():
        if texts:
            yield say(key, language), "; ".join(texts)


def _resource(base: KnowledgeBase, name: str, language: Language) -> str:
    resource = base.delivery.resources[name]
    return resource.title[language] + (f" ({resource.url.removeprefix('https://')})" if resource.url else "")
