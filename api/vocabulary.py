"""The names a client may use, as the release in force has them, and the review of a record against them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from engine.base import KnowledgeBase
from engine.dictionary import Entry
from engine.errors import Problem
from engine.instruments import Instrument
from engine.vocabulary import computed_from

_ELSEWHERE = {
    "rules": "Leave it out: rules conclude it from the findings that are sent.",
    "series": "Leave it out, and send the measurements in `series`.",
    "events": "Send it in `events`.",
    "conditions": "Send the diagnosis in `conditions`.",
    "family_history": "Send it in `conditions`, with status family_history.",
    "medications": "Send the medicine in `medications`.",
    "allergies": "Send it in `allergies`.",
    "patient": "Send it in `patient`.",
    "setting": "Send it in `setting`.",
    "positions": "Send where the person was placed in `positions`.",
    "sharing": "Leave it out: it is said of what a recipient may see.",
}
_SUGGESTED = 3
_SEARCHES = 8  # close matches cost time; beyond these the dictionary itself is the better help
_LONGEST = 80


class Vocabulary:
    """facts: codes of findings and series that may be sent. items: by instrument. stages: by pathway.

    told: codes that exist but are computed, with where to send what they are computed from.
    """

    def __init__(self, base: KnowledgeBase) -> None:
        self.told = {code: told for code, entry in base.dictionary.entries.items() if (told := _computed(entry))}
        self.facts = frozenset(base.dictionary.entries) - self.told.keys()
        self.instruments: dict[str, Instrument] = dict(base.instruments)
        self.items = {name: frozenset(item.by_item) for name, item in base.instruments.items()}
        self.components = frozenset(base.components)
        self.stages = {name: frozenset(pathway.stages) for name, pathway in base.pathways.items()}

    @cached_property
    def names(self) -> frozenset[str]:
        """Keys of our own that may stand in a record besides its fields."""
        return frozenset(name for items in self.items.values() for name in items)

    def review(self, value: dict[str, Any]) -> list[Problem]:
        """Every name in a record of the right shape that this release does not know, or that nobody may send.

        value: as it was sent; a record forgets the order of some lists, and a pointer must not.
        """
        return list(_Review(self).problems(value))


def _computed(entry: Entry) -> str | None:
    source = computed_from(entry)
    if source == "preferences":
        return f"Send it in `preferences`, as `{entry.code.partition('.')[2]}`."
    return _ELSEWHERE[source] if source else None


def suggestion(word: str, names: Collection[str]) -> str:
    """The closest names of ours, said without repeating the word."""
    close = get_close_matches(word[:_LONGEST], names, _SUGGESTED)
    return f"Did you mean {', '.join(f'`{name}`' for name in close)}?" if close else ""


class _Review:
    """One pass over one record."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.known = vocabulary
        self.searched: dict[tuple[str, str], str] = {}

    def problems(self, value: dict[str, Any]) -> Iterator[Problem]:
        for part in ("findings", "series"):
            for index, item in enumerate(value.get(part, ())):
                yield from self.code(f"/{part}/{index}/code", item["code"])
        for index, answers in enumerate(value.get("instruments", ())):
            yield from self.answers(f"/instruments/{index}", answers)
        yield from self.all_of("/preferences/declined", value.get("preferences", {}).get("declined", ()))
        for index, goal in enumerate(value.get("goals", ())):
            yield from self.all_of(f"/goals/{index}/components", goal.get("components", ()))
        for index, standing in enumerate(value.get("positions", ())):
            yield from self.standing(f"/positions/{index}", standing)

    def all_of(self, where: str, components: Iterable[str]) -> Iterator[Problem]:
        for index, name in enumerate(components):
            yield from self.name(f"{where}/{index}", "component", name, self.known.components)

    def standing(self, where: str, standing: dict[str, Any]) -> Iterator[Problem]:
        stages = self.known.stages.get(standing["pathway"])
        if stages is None:
            yield from self.name(f"{where}/pathway", "pathway", standing["pathway"], frozenset(self.known.stages))
        else:
            yield from self.name(f"{where}/stage", "stage", standing["stage"], stages)

    def code(self, where: str, code: str) -> Iterator[Problem]:
        if code in self.known.told:
            yield Problem(where, "code-computed", "This code is computed, and cannot be sent.", self.known.told[code])
        else:
            yield from self.name(where, "code", code, self.known.facts)

    def answers(self, where: str, answers: dict[str, Any]) -> Iterator[Problem]:
        instrument = self.known.instruments.get(answers["instrument"])
        if instrument is None:
            yield from self.name(f"{where}/instrument", "instrument", answers["instrument"], frozenset(self.known.items))
            return
        for item in answers.get("items", ()):
            yield from self.name(f"{where}/items", "item", item, self.known.items[instrument.id])
        if answers.get("total") is not None and instrument.score != "sum":
            yield Problem(f"{where}/total", "total-not-scored", f"`{instrument.id}` has no total.", "Send its items.")

    def name(self, where: str, kind: str, word: str, names: frozenset[str]) -> Iterator[Problem]:
        if word not in names:
            do = self.close(kind, word, names) or "The schema of the record lists what there is."
            yield Problem(where, f"{kind}-unknown", f"There is no such {kind} in this release.", do)

    def close(self, kind: str, word: str, names: frozenset[str]) -> str:
        if (kind, word) not in self.searched:
            self.searched[kind, word] = suggestion(word, sorted(names)) if len(self.searched) < _SEARCHES else ""
        return self.searched[kind, word]
