"""The dictionary: what every finding code means, and how its values are put in order.

Every value is encoded as a number, so that one comparison serves all types: a boolean is 0 or 1, a code is its
position in the declared values, a number is itself. What is known of a finding is then always a range of numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Value = bool | int | float | str
Number = int | float
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", max_length=80)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Sensitivity = Literal["part2", "mental_health", "sexual_reproductive", "minor"]
Verification = Literal["V", "V2", "R", "C", "P"]
Worse = Literal["higher", "lower"]
Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")


def _in_every_language(text: Mapping[str, str]) -> Mapping[str, str]:
    if missing := [language for language in LANGUAGES if not text.get(language, "").strip()]:
        raise ValueError(f"text lacks {', '.join(missing)}")
    return text


def _with_unit(length: object) -> object:
    if isinstance(length, timedelta) or (isinstance(length, str) and length.startswith("P")):
        return length
    raise ValueError("a duration names its unit, as in P7D or PT12H")  # a bare 7 would be seven seconds


Text = Annotated[dict[Language, str], AfterValidator(_in_every_language)]
Duration = Annotated[timedelta, BeforeValidator(_with_unit)]


class Model(BaseModel):
    """Knowledge and decisions are frozen and refuse what they do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Band(Model):
    """A named range of a score, from this score upwards."""

    name: Code
    from_: int = Field(alias="from")
    label: Text


Measure = Literal[
    "latest",
    "mean",
    "sum",
    "count",
    "days",
    "streak",
    "held",
    "change",
    "slope",
    "deviation",
    "days_since",
    "from_best",
    "from_baseline",
    "percent_from_baseline",
]


class Derivation(Model):
    """How a finding is computed from a monitoring series or from events (see `monitoring`).

    of: the series code, or the event kind. at_least / at_most: what counts. window: look-back from as_of.
    count: measurements that count. days: days on which something counted. streak: such days in a row, up to the latest
    day measured. held: days from the first to the last measurement of the present unbroken run.
    """

    measure: Measure
    of: Code
    kind: Literal["series", "event"] = "series"
    at_least: Number | None = None
    at_most: Number | None = None
    window: Duration | None = None


class Entry(Model):
    """One finding code.

    type: integer and decimal are numbers in `unit` (UCUM); ordered codes run from the mildest to the worst;
        codes have no order. range: lowest and highest possible number, inclusive. bands: names of parts of it.
    worse: the direction in which the person is at more risk; the check holds escalations monotone along it.
    valid_for: how long a value stays current; absent means that it does not go stale, and `lasting` that this is meant.
    molar_mass: g/mol, where laboratories report both mass and amount.
    """

    code: Code
    type: Literal["boolean", "integer", "decimal", "code", "ordered"]
    label: Text
    values: tuple[str, ...] = ()
    value_labels: dict[str, Text] = Field(default_factory=dict)
    bands: tuple[Band, ...] = ()
    unit: str | None = None
    range: tuple[Number, Number] | None = None
    valid_for: Duration | None = None
    lasting: bool = False
    worse: Worse | None = None
    molar_mass: float | None = None
    codes: dict[Literal["loinc", "snomed", "icd10cm", "rxnorm"], str | None] = Field(default_factory=dict)
    sensitivity: tuple[Sensitivity, ...] = ()
    ask: Text | None = None
    derive: Derivation | None = None
    concluded: bool = False
    verification: Verification | None = None
    sources: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Entry:
        coded = self.type in ("code", "ordered")
        if coded != bool(self.values) or len(set(self.values)) != len(self.values):
            raise ValueError("codes need distinct values, other types have none")
        if (self.type in ("integer", "decimal")) != (self.range is not None):
            raise ValueError("numbers need a range, other types have none")
        if unknown := set(self.value_labels) - set(self.values):
            raise ValueError(f"labels for values that do not exist: {sorted(unknown)}")
        if self.concluded and self.type not in ("boolean", "ordered"):
            raise ValueError("a conclusion is boolean or ordered, so that it can be known as a range")
        return self

    @cached_property
    def _position(self) -> dict[str, int]:
        return {value: index for index, value in enumerate(self.values)}

    @cached_property
    def discrete(self) -> bool:
        return self.type != "decimal"

    @cached_property
    def bounds(self) -> tuple[Number, Number]:
        """The lowest and highest encoded value."""
        if self.range is not None:
            return self.range
        return (0, len(self.values) - 1 if self.values else 1)

    def bands_between(self, low: Number, high: Number) -> tuple[Band, ...]:
        """The bands in which a score may lie: one when it is known well enough, several otherwise."""
        edges = [*(item.from_ for item in self.bands[1:]), None] if self.bands else []
        pairs = zip(self.bands, edges, strict=True)
        return tuple(item for item, upper in pairs if item.from_ <= high and (upper is None or low < upper))

    def encode(self, value: Value) -> Number | None:
        """The number that stands for a value of this type, or None when it is not of this type."""
        if self.type == "boolean":
            return int(value) if isinstance(value, bool) else None
        if isinstance(value, bool):
            return None
        if self.values:
            return self._position.get(value) if isinstance(value, str) else None
        if isinstance(value, str) or (self.type == "integer" and value != int(value)):
            return None
        return int(value) if self.type == "integer" else value

    def decode(self, number: Number) -> Value:
        """The value that an encoded number stands for."""
        if self.type == "boolean":
            return bool(number)
        return self.values[int(number)] if self.values else number


class ConditionGroup(Model):
    """A group of diagnoses that rules speak of, as `condition.<id>` with values absent, in_remission, active."""

    id: Code
    label: Text
    graded: bool = False
    sensitivity: tuple[Sensitivity, ...] = ()


class Ingredient(Model):
    """One active ingredient, by its RxNorm name, and the classes that rules speak of. It is as sensitive as they are, or more."""

    id: Code
    label: Text
    rxnorm: str | None = None
    classes: tuple[Code, ...] = ()
    sensitivity: tuple[Sensitivity, ...] = ()
    verification: Verification | None = None


class MedicationClass(Model):
    """A class of ingredients; rules see `medication.<id>`, `medication.<id>.proposed` and `.days_since_last`."""

    id: Code
    label: Text
    sensitivity: tuple[Sensitivity, ...] = ()


class Dictionary(Model):
    """Every finding code, and the tables that turn lists into findings.

    lists: how long a review of each list stays fresh.
    """

    entries: dict[str, Entry]
    conditions: dict[str, ConditionGroup]
    ingredients: dict[str, Ingredient]
    classes: dict[str, MedicationClass]
    lists: dict[Literal["conditions", "medications", "allergies", "events"], Duration]

    @cached_property
    def kin(self) -> dict[str, frozenset[str]]:
        """For each class: the ingredients in it, and the other classes that these are in."""
        members = {name: [item for item in self.ingredients.values() if name in item.classes] for name in self.classes}
        return {name: frozenset(code for item in items for code in (item.id, *item.classes)) - {name} for name, items in members.items()}

    @cached_property
    def derived(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries.values() if entry.derive)

    @cached_property
    def derivations(self) -> Mapping[tuple[str, str], tuple[Entry, ...]]:
        """For each kind of source and its code, what is computed from it."""
        found: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.derived:
            if entry.derive:
                found.setdefault((entry.derive.kind, entry.derive.of), []).append(entry)
        return {source: tuple(entries) for source, entries in found.items()}
