"""What was told about a person over time: when it was true, and when we knew it. Nothing told is ever lost.

Every telling is one entry of the journal, sealed for the person. The record of any moment, as known at any moment, is
folded from the entries, and so is the list of what was corrected and taken back.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from adapters.journal import Stored
from adapters.journal.entries import stamp
from engine.errors import Problem, Refused
from engine.record import Record

History = Iterable[tuple[Stored, bytes | None]]
Document = dict[str, Any]
SINGLE = ("patient", "setting", "reviewed", "preferences", "origin")  # parts that are one thing, of which each telling says some
_FROM_THEN_ON = ("setting", "preferences", "goals")  # carry no time of their own: they hold from when they were told
_TIMES = ("at", "since", "started")


@dataclass(frozen=True, slots=True)
class Version:
    """An item as it was told at one time; value is None once it is taken back."""

    entry: str
    known_at: str
    value: Any


@dataclass(slots=True)
class Item:
    """One thing told, with everything that was ever told of it, oldest first."""

    id: str
    part: str
    versions: list[Version] = field(default_factory=list)

    def known(self, at: str) -> Any:
        """What was known of it at a moment; None before it was told, and after it was taken back."""
        return next((version.value for version in reversed(self.versions) if version.known_at <= at), None)

    @property
    def retracted(self) -> bool:
        """Whether it has been taken back."""
        return self.versions[-1].value is None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was made for the person. live: of its own moment, as known then."""

    entry: str
    known_at: str
    held: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that was told and decided."""

    items: Mapping[str, Item]
    decisions: tuple[Decided, ...]


def pack(value: Mapping[str, Any]) -> bytes:
    """As it is sealed."""
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def unpack(packed: bytes) -> Document:
    """What was packed."""
    found: Document = json.loads(zlib.decompress(packed))
    return found


def parts(record: Record) -> list[Document]:
    """A record taken apart into items: one for each member of a list, one for each part that is one thing."""
    found: list[Document] = []
    for part, value in record.model_dump(mode="json", exclude_defaults=True).items():
        found += [{"part": part, "value": item} for item in (value if isinstance(value, list) else [value])]
    return found


def fold(history: History) -> Timeline:
    """The timeline in the journal's entries about one person."""
    items: dict[str, Item] = {}
    decisions: list[Decided] = []
    for stored, packed in history:
        if packed is None or stored.kind not in ("told", "decision"):
            continue
        held, known_at = unpack(packed), stored.document["at"]
        if stored.kind == "decision":
            decisions.append(Decided(stored.id, known_at, held))
        elif held["act"] == "append":
            for number, item in enumerate(held["items"]):
                id = f"{stored.id}.{number}"
                items[id] = Item(id, item["part"], [Version(stored.id, known_at, item["value"])])
        elif held["of"] in items:
            items[held["of"]].versions.append(Version(stored.id, known_at, held.get("value")))
    return Timeline(items, tuple(decisions))


def seen(timeline: Timeline, may: Callable[[Record], bool]) -> Timeline:
    """The timeline without the items of which a reader may not see every version."""

    def whole(item: Item) -> bool:
        told = [version.value for version in item.versions if version.value is not None]
        return all(may(_alone(item.part, value)) for value in told)

    return Timeline({id: item for id, item in timeline.items.items() if whole(item)}, timeline.decisions)


def _alone(part: str, value: Any) -> Record:
    return Record.model_validate_json(json.dumps({part: value if part in SINGLE else [value]}))


def record_at(timeline: Timeline, as_of: datetime, known_at: datetime | None, *, live: bool = False) -> Record:
    """What is to be judged: as of one moment, from what was known at another; raises Refused where it makes no record.

    live: of now. Then nothing that was told is left out because the clock of who told it, or ours, was ahead.
    """
    known, then = _stamp(known_at), _stamp(None if live else as_of)
    found: Document = {}
    for item in timeline.items.values():
        value = item.known(known)
        if value is None or (item.part in _FROM_THEN_ON and item.versions[0].known_at > then):
            continue
        if item.part == "reviewed":
            earlier = found.setdefault(item.part, {})
            found[item.part] = earlier | {name: max((earlier.get(name, at), at), key=datetime.fromisoformat) for name, at in value.items()}
        elif item.part in SINGLE:
            found[item.part] = {**found.get(item.part, {}), **value} if isinstance(value, dict) else value
        else:
            found.setdefault(item.part, []).append(value)
    found["positions"] = [*found.get("positions", []), *_positions(timeline, as_of, known)]
    found["series"] = _joined(found.get("series", []))
    try:
        return Record.model_validate_json(json.dumps(found))
    except ValidationError as error:
        where = "/".join(str(step) for step in error.errors(include_url=False, include_input=False)[0]["loc"][:2])
        do = "Correct or retract what is told twice, or what no longer fits together."
        raise Refused([Problem(f"timeline/{where}", "timeline-unfit", "What was told does not make one record.", do)]) from None


def _stamp(at: datetime | None) -> str:
    """Sorts after every other where no moment is named."""
    return stamp(at) if at is not None else "9999"


def _positions(timeline: Timeline, as_of: datetime, known: str) -> list[Document]:
    """Where the last decision of before left the person on the pathways; what was asked in hindsight moves nobody."""
    before = [
        decided.held
        for decided in timeline.decisions
        if decided.held["live"] and decided.known_at <= known and datetime.fromisoformat(decided.held["as_of"]) < as_of
    ]
    return list(before[-1]["positions"]) if before else []


def _joined(series: list[Document]) -> list[Document]:
    """Measurements of one kind from one source, told at several times, are one series."""
    found: dict[tuple[str, str | None], Document] = {}
    for item in series:
        joined = found.setdefault((item["code"], item.get("source")), {**item, "points": []})
        joined["points"] = [*joined["points"], *item["points"]]
    return list(found.values())


def document(patient: str, timeline: Timeline, known_at: datetime | None) -> Document:
    """The timeline as it leaves: what was known at a moment, or is now, with the history that led to it."""
    known = _stamp(known_at)
    items = [_item(item, known) for item in timeline.items.values() if item.versions[0].known_at <= known]
    decisions = [
        {"entry": decided.entry, "as_of": decided.held["as_of"], "known_at": decided.known_at, "outcome": decided.held["outcome"]}
        for decided in timeline.decisions
        if decided.known_at <= known
    ]
    return {"patient": patient, "known_at": stamp(known_at) if known_at else None, "items": items, "decisions": decisions}


def _item(item: Item, known: str) -> Document:
    versions = [version for version in item.versions if version.known_at <= known]
    value = versions[-1].value
    state = "retracted" if value is None else "corrected" if len(versions) > 1 else "told"
    told = [{"entry": version.entry, "known_at": version.known_at, "value": version.value} for version in versions]
    return {"id": item.id, "part": item.part, "state": state, "at": _true_at(value), "value": value, "history": told}


def _true_at(value: Any) -> str | None:
    """When it was true, where it says so."""
    return next((value[name] for name in _TIMES if value.get(name)), None) if isinstance(value, dict) else None
