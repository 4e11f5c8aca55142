"""What is still missing from entries and components that work without it."""

from __future__ import annotations

from collections.abc import Iterator

from engine import vocabulary
from engine.artifacts import Component
from engine.base import KnowledgeBase
from engine.dictionary import Dictionary, Entry
from engine.errors import Problem


def incomplete(base: KnowledgeBase) -> Iterator[Problem]:
    """Every gap, one problem each."""
    for entry in written(base):
        for what, do in _lacks(entry):
            yield Problem(entry.code, "entry-incomplete", what, do)
    for component in base.components.values():
        for field in _unsaid(component):
            yield Problem(component.id, "component-incomplete", f"It does not say {field}.", f"Write `{field}`, with what a source gives.")


def written(base: KnowledgeBase) -> Iterator[Entry]:
    """The entries somebody wrote, without those that follow from a table or an instrument."""
    bare = Dictionary.model_construct(**{**dict(base.dictionary), "entries": {}})
    generated = vocabulary.complete(bare, base.instruments.values(), _of_pathways(base)).entries
    yield from (entry for code, entry in sorted(base.dictionary.entries.items()) if code not in generated)


def _of_pathways(base: KnowledgeBase) -> Iterator[Entry]:
    for pathway in base.pathways.values():
        tasks = {name: stage.title for name, stage in pathway.stages.items() if stage.kind == "task"}
        yield from vocabulary.of_pathway(pathway.id, pathway.title, tasks)


def uncoded(base: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """What other systems cannot name yet: entries, instruments and ingredients without a code of a standard."""
    measured = {item.finding for book in base.measurements.values() for item in book.sets.values()}
    contained = {name for book in base.medicines.values() for item in book.sets.values() for name in item.contains}
    for entry in written(base):
        if not (entry.concluded or entry.derive or any(entry.codes.values()) or entry.code in measured):
            yield "finding", entry.code
    for instrument in base.instruments.values():
        if not any(instrument.loinc.values()):
            yield "instrument", instrument.id
    for ingredient in base.dictionary.ingredients.values():
        if ingredient.rxnorm is None and ingredient.id not in contained:
            yield "ingredient", ingredient.id


def _lacks(entry: Entry) -> Iterator[tuple[str, str]]:
    if set(entry.value_labels) != set(entry.values):
        yield "Some values have no words.", "Write `value_labels` for each value."
    if entry.verification is None:
        yield "It does not say how it was verified.", "Write `verification`."
    if entry.concluded or entry.derive:
        return
    if entry.ask is None:
        yield "There is no question for it.", "Write `ask` in both languages."
    if entry.type == "decimal" and entry.unit is None:
        yield "A measured number has no unit.", "Write `unit` in UCUM."
    if (entry.valid_for is None) != entry.lasting:
        yield "It does not say how long it stays current.", "Write `valid_for`, or `lasting: true` where it does not go stale."


def _unsaid(component: Component) -> Iterator[str]:
    reach = component.reach
    said = {"asks": component.asks, "expect": component.expect, "languages": reach.languages, "low_bandwidth": reach.low_bandwidth}
    yield from (field for field, value in said.items() if not value)
