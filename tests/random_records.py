"""Random records for any knowledge base, as clinics send them: partial, stale, contradictory, in wrong units, dated ahead.

`record(rng, base, as_of)` draws everything from the `random.Random` that is passed, so that a seed names a record.
Values lie on and beside the thresholds of the rules, which is where decisions part company.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from engine.base import KnowledgeBase
from engine.conditions import leaves
from engine.dictionary import Entry, Number, Value
from engine.instruments import Instrument
from engine.record import Record
from engine.terminology import rows
from engine.vocabulary import EVENT_KINDS, SETTINGS

_GENERATED = ("condition.", "medication.", "allergy.", "event.", "family_history.", "patient.", "care.")
_SOURCES = (None, "nurse", "person", "laboratory")
_UNITS = ("mg/dL", "mmol/L", "h", "min", "wk", "kg", "{score}", "%")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Tables:
    """What can be said to one knowledge base."""

    base: KnowledgeBase  # kept, so that its id stays its own
    facts: tuple[Entry, ...]
    cuts: dict[str, tuple[Number, ...]]
    instruments: tuple[Instrument, ...]
    watched: tuple[Entry, ...]
    groups: tuple[str, ...]
    medicines: tuple[str, ...]
    components: tuple[str, ...]
    diagnoses: tuple[tuple[str, str], ...]


_KNOWN: dict[int, _Tables] = {}


def _tables(base: KnowledgeBase) -> _Tables:
    if id(base) not in _KNOWN:
        entries = base.dictionary.entries
        guards = [item for pathway in base.pathways.values() for item in (pathway.enter, *(step.when for step in pathway.transitions))]
        drawn: dict[str, set[Number]] = {}
        for tree in (*(rule.when for rule in base.active), *guards):
            for leaf in leaves(tree):
                drawn.setdefault(leaf.finding, set()).update(leaf.bounds)
        stated = [code for code in entries if not code.startswith(_GENERATED) and code.partition(".")[0] not in base.instruments]
        read = [code for code in stated if code in base.read and not entries[code].concluded]
        facts = tuple(entries[code] for code in sorted(read) * 4 + sorted(stated))  # what is read comes up more often
        series = sorted({entry.derive.of for entry in base.dictionary.derived if entry.derive and entry.derive.kind == "series"})
        _KNOWN[id(base)] = _Tables(
            base,
            facts,
            {code: tuple(sorted(bounds)) for code, bounds in drawn.items()},
            tuple(base.instruments.values()),
            tuple(entries[code] for code in series if code in entries),
            tuple(base.dictionary.conditions),
            (*base.dictionary.ingredients, *base.dictionary.classes),
            tuple(base.components),
            tuple(sorted((book.system, code) for book in base.diagnoses.values() for code, _ in rows(book.sets) if code[-1] != "-")),
        )
    return _KNOWN[id(base)]


def record(rng: Random, base: KnowledgeBase, as_of: datetime) -> Record:
    """One person as received; how much is known of them is itself drawn."""
    return Record.model_validate(_Person(rng, _tables(base), as_of).parts())


class _Person:
    def __init__(self, rng: Random, tables: _Tables, as_of: datetime) -> None:
        self.rng, self.tables, self.as_of = rng, tables, as_of
        self.talkative = rng.choice((0.2, 0.6, 1.0))
        self.ill = rng.random() ** 2

    def parts(self) -> dict[str, Any]:
        rng = self.rng
        return {
            "patient": self.patient(),
            "setting": rng.choice((None, *SETTINGS)),
            "findings": tuple(fact for _ in range(self.some(24)) for fact in self.fact(rng.choice(self.tables.facts))),
            "instruments": tuple(item for one in self.tables.instruments for item in self.administrations(one)),
            "conditions": tuple(self.condition() for _ in range(self.some(round(8 * self.ill)))),
            "medications": tuple(self.medicine() for _ in range(self.some(5))),
            "allergies": tuple(self.allergy() for _ in range(self.some(2))),
            "reviewed": {name: self.reviewed() for name in ("conditions", "medications", "allergies", "events")},
            "series": tuple(self.series(entry) for entry in self.tables.watched if rng.random() < 0.4 * self.talkative),
            "events": tuple({"kind": rng.choice(EVENT_KINDS), "at": self.when(60 * _DAY)} for _ in range(self.some(round(8 * self.ill)))),
            "preferences": self.preferences(),
            "positions": tuple(self.standing() for _ in range(rng.choice((0, 0, 1, 2)))) if self.tables.base.pathways else (),
        }

    def some(self, most: int) -> int:
        return self.rng.randint(0, round(most * self.talkative))

    def when(self, valid: timedelta | None) -> datetime:
        """Mostly current; sometimes on the limit of validity, beyond it, or ahead of the decision."""
        valid = valid or 365 * _DAY
        chance = self.rng.random()
        if chance < 0.70:
            return self.as_of - valid * self.rng.random()
        if chance < 0.78:
            return self.as_of - self.rng.choice((timedelta(0), valid, valid + timedelta(seconds=1), valid / 24))
        if chance < 0.95:
            return self.as_of - valid * (1 + 3 * self.rng.random())
        return self.as_of + _DAY * self.rng.random()

    def number(self, entry: Entry) -> Number:
        low, high = entry.bounds
        cuts = self.tables.cuts.get(entry.code)
        step = 1 if entry.discrete else 0.1
        if cuts and entry.worse and self.rng.random() > self.ill:  # the better side of every threshold
            return max(cuts[0] - step, low) if entry.worse == "higher" else min(cuts[-1] + step, high)
        if cuts and self.rng.random() < 0.8:
            return min(max(self.rng.choice(cuts) + self.rng.choice((-step, 0, step)), low), high)
        return self.rng.randint(int(low), int(high)) if entry.discrete else round(self.rng.uniform(low, high), 1)

    def fact(self, entry: Entry) -> list[dict[str, Any]]:
        """One statement; sometimes a second one of another source at nearly the same time."""
        rng, at = self.rng, self.when(entry.valid_for)
        said: dict[str, Any] = {"code": entry.code, "at": at, "source": rng.choice(_SOURCES)}
        chance = rng.random()
        if chance < 0.06:
            return [said | {"absent": rng.choice(("never_asked", "declined", "unable_to_assess"))}]
        value: Value = entry.decode(self.number(entry))
        unit = entry.unit
        if chance < 0.12:
            value, unit = rng.choice(((True, None), ("no such value", None), (10**6, unit), (value, rng.choice(_UNITS)), (value, None)))
        found = [said | {"value": value, "unit": unit}]
        if rng.random() < 0.1:
            found.append(
                said | {"value": entry.decode(self.number(entry)), "unit": entry.unit, "source": "peer", "at": at - _DAY * rng.random() / 8}
            )
        return found

    def administrations(self, one: Instrument) -> list[dict[str, Any]]:
        if self.rng.random() > 0.6 * self.talkative:
            return []
        return [self.administration(one) for _ in range(self.rng.choice((1, 1, 1, 2)))]

    def administration(self, one: Instrument) -> dict[str, Any]:
        rng = self.rng
        said: dict[str, Any] = {"instrument": one.id, "at": self.when(one.valid_for), "source": rng.choice(_SOURCES)}
        if rng.random() < 0.2:
            said |= {"mode": rng.choice(("self", "interview", "proxy")), "context": rng.choice((None, "settled", "withdrawal"))}
        chance, (low, high) = rng.random(), one.total_range
        if chance < 0.06:
            return said | {"absent": rng.choice(("declined", "unable_to_assess"))}
        if not one.items or (chance < 0.25 and one.score == "sum"):
            return said | {"total": rng.randint(low, high + (chance < 0.08))}
        answered = rng.choice((0.5, 0.9, 1.0, 1.0))
        items: dict[str, int | None] = {}
        for item in one.items:
            values = item.scores
            if rng.random() < answered:
                mild = values[0] if rng.random() < 0.9 else rng.choice(values)
                items[item.id] = rng.choice(values) if rng.random() < self.ill else mild
            elif rng.random() < 0.3:
                items[item.id] = rng.choice((None, max(values) + 1))
        said["items"] = items or {one.items[0].id: None}
        if one.score == "sum" and rng.random() < 0.15:
            said["total"] = rng.randint(low, high)
        return said

    def condition(self) -> dict[str, Any]:
        rng = self.rng
        status = rng.choice(("active", "active", "active", "suspected", "in_remission", "ruled_out", "entered_in_error", "family_history"))
        severity = rng.choice((None, "mild", "moderate", "severe"))
        at = rng.choice((None, self.when(365 * _DAY)))
        if not self.tables.groups or rng.random() < 0.03:
            return {"text": "something else", "status": status, "at": at}
        if self.tables.diagnoses and rng.random() < 0.15:
            codes = tuple({"system": system, "code": code} for system, code in rng.sample(self.tables.diagnoses, rng.choice((1, 1, 1, 2))))
            return {"codes": codes, "status": status, "severity": severity, "at": at}
        return {"term": rng.choice(self.tables.groups), "status": status, "severity": severity, "at": at}

    def medicine(self) -> dict[str, Any]:
        rng = self.rng
        status = rng.choice(("active", "active", "proposed", "stopped", "stopped", "not_taken", "entered_in_error"))
        said: dict[str, Any] = {"status": status, "at": rng.choice((None, self.when(90 * _DAY)))}
        if status in ("stopped", "not_taken") and rng.random() < 0.7:
            said["last_taken"] = self.when(20 * _DAY)
        chance = rng.random()
        name = rng.choice(self.tables.medicines) if self.tables.medicines else "unknown"
        if chance < 0.03:
            return said | {"text": "the blue ones"}
        known = self.tables.base.dictionary.ingredients.get(name)
        if chance < 0.2 and known and known.rxnorm:
            return said | {"codes": ({"system": "rxnorm", "code": known.rxnorm},)}
        return said | {"ingredient": name}

    def allergy(self) -> dict[str, Any]:
        name = self.rng.choice(self.tables.medicines) if self.tables.medicines else "unknown"
        return {"substance": name, "status": self.rng.choice(("active", "active", "ruled_out", "entered_in_error"))}

    def reviewed(self) -> datetime | None:
        chance = self.rng.random()
        return None if chance > 0.35 + 0.6 * self.talkative else self.when(20 * _DAY)

    def series(self, entry: Entry) -> dict[str, Any]:
        """Almost daily, mostly steady at one level, with gaps and a run at the end."""
        rng = self.rng
        usual, lately, run = self.number(entry), self.number(entry), rng.randint(0, 6)
        points = []
        for day in range(rng.choice((0, 1, 3, 8, 20, 40))):
            if rng.random() < 0.8:
                number = lately if day < run else usual
                points.append({"at": self.as_of - day * _DAY - _DAY * rng.random() / 4, "value": entry.decode(number)})
        return {"code": entry.code, "points": tuple(points)}

    def patient(self) -> dict[str, Any]:
        rng = self.rng
        said: dict[str, Any] = {"sex": rng.choice((None, "female", "male")), "lactating": rng.choice((None, None, True, False))}
        if rng.random() < 0.7:
            said["age"] = rng.choice((12, 17, 18, 24, 25, 40, 64, 65, 80))
        if said["sex"] != "male" and rng.random() < 0.6:
            said["pregnancy"] = {"status": rng.choice(("not_pregnant", "pregnant", "postpartum")), "at": self.when(30 * _DAY)}
        if rng.random() < 0.5:
            said["location"] = {"country": rng.choice(("US", "FR")), "verified_at": rng.choice((None, self.when(_DAY / 2)))}
        return said

    def preferences(self) -> dict[str, Any]:
        rng = self.rng
        return {
            "modality": rng.choice((None, "in_person", "video", "phone", "message")),
            "interval": rng.choice((None, None, timedelta(days=2), timedelta(days=60))),
            "declined": tuple(rng.sample(self.tables.components, min(len(self.tables.components), rng.choice((0, 0, 2))))),
        }

    def standing(self) -> dict[str, Any]:
        pathway = self.rng.choice(list(self.tables.base.pathways.values()))
        return {"pathway": pathway.id, "stage": self.rng.choice(list(pathway.stages)), "since": self.when(60 * _DAY)}
