"""The record that the Given steps write, and the answers that came back."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from steps.words import AS_OF, Part, instrument, moment, stamp

LISTS = ("findings", "instruments", "conditions", "medications", "allergies", "series", "events", "positions")
OK = 200
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")


def rules(reasons: list[Part]) -> list[str]:
    """The ids of the rules that reasons name."""
    return [str(reason["by"]).partition("@")[0] for reason in reasons]


def moved(value: Any, by: timedelta) -> Any:
    """The same with every moment moved."""
    if isinstance(value, dict):
        return {key: moved(part, by) for key, part in value.items()}
    if isinstance(value, list):
        return [moved(part, by) for part in value]
    return stamp(datetime.fromisoformat(value) + by) if isinstance(value, str) and _MOMENT.match(value) else value


@dataclass
class Answer:
    """What the service said: the status and the document."""

    status: int
    body: dict[str, Any]
    media_type: str
    text: str

    def items(self, part: str, **fields: str) -> list[Part]:
        """The entries of a part of the document that have these fields."""
        return [item for item in self.body[part] if all(item[name] == value for name, value in fields.items())]

    def standing(self, name: str) -> str:
        """Where a component stands, for the message of a failure."""
        for part in ("recommendations", "withheld", "cautions", "not_recommended"):
            for item in self.items(part, component=name):
                reasons = item.get("rules") or item.get("reasons") or [one["reason"] for one in item.get("forbidden", [])]
                return f"{name} is among {part} ({item.get('standing', '')}): {[(one['by'], one['truth']) for one in reasons]}"
        return f"{name} is nowhere"

    @property
    def decided(self) -> Part:
        """All of the decision, less its name and the name of the release."""
        return {name: value for name, value in self.body.items() if name not in ("id", "release")}


@dataclass
class Chart:
    """One person's record, as the features write it, and every answer about it, newest last."""

    record: Part = field(default_factory=lambda: {"patient": {}})
    body: bytes | None = None
    answers: list[Answer] = field(default_factory=list)

    @property
    def answer(self) -> Answer:
        return self.answers[-1]

    @property
    def decision(self) -> Part:
        """The newest answer, which must be a decision."""
        assert self.answer.status == OK, self.answer.text
        return self.answer.body

    def one(self, part: str, **fields: str) -> Part | None:
        """The first entry of a part of the decision that has these fields."""
        return next((item for item in self.decision[part] if all(item[name] == value for name, value in fields.items())), None)

    def add(self, part: str, entry: Part, when: str | None = None, source: str | None = None) -> None:
        """An entry of a list; dated unless it says otherwise."""
        entry = {"at": moment(when)} | entry | ({"source": source} if source else {})
        self.record.setdefault(part, []).append({name: value for name, value in entry.items() if value is not None})

    def review(self, names: list[str], when: str | None) -> None:
        self.record.setdefault("reviewed", {}).update(dict.fromkeys(names, moment(when)))

    def reversed(self) -> Part:
        """The same record, its lists and fields in the opposite order."""
        turned = copy.deepcopy(self.record)
        for name in LISTS:
            if name in turned:
                turned[name] = [dict(reversed(entry.items())) for entry in reversed(turned[name])]
        return dict(reversed(turned.items()))

    def later(self, length: timedelta) -> None:
        """Time passes: the person stays where the last decision placed them, and everything known is older by as much."""
        self.record["positions"] = [
            {"pathway": item["pathway"].partition("@")[0], "stage": place["stage"], "since": place["since"] or stamp(AS_OF)}
            for item in self.decision["pathways"]
            for place in item["stages"]
        ]
        self.record = moved(self.record, -length)

    def change(self, finding: str, to: Any, unit: str | None) -> None:
        """Make one change that an explanation names: the finding takes this value now."""
        group, _, rest = finding.partition(".")
        now = stamp(AS_OF)
        if group == "condition":
            self._replace("conditions", "term", rest, {"status": to, "at": now})
        elif group == "medication":
            self._replace("medications", "ingredient", rest, None if to == "absent" else {"status": to, "at": now})
        elif rest == "total" and instrument(group):
            self._replace("instruments", "instrument", group, {"total": to, "at": now})
        else:
            self._replace("findings", "code", finding, {"value": to, "at": now} | ({"unit": unit} if unit else {}))

    def _replace(self, part: str, key: str, name: str, entry: Part | None) -> None:
        others = [item for item in self.record.get(part, []) if item.get(key) != name]
        self.record[part] = others + ([{key: name} | entry] if entry is not None else [])
