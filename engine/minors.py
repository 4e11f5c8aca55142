"""From which age a minor alone signs for sharing: state, kind of care, age (brief 9.4). What is not known asks for the guardian, too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.dictionary import Model, Sensitivity, Verification
from engine.given import Service

Kind = Literal["counselling", "outpatient"]
UNKNOWN = "unknown"  # the row for a person of whom nobody has said in which state they are
_COVERED: dict[Service | None, tuple[Kind, ...]] = {"counselling": ("counselling", "outpatient"), "outpatient": ("outpatient",)}


class MinorLaw(Model):
    """Who may sign for sharing in one state, or in several.

    alone_from: label -> kind of care -> the age from which the minor obtains it alone, and so alone signs. Outpatient care
    includes counselling. No younger child than 12 signs alone, whatever a statute leaves open.
    statutes: label -> where that is written. states: those that this row is for, where it is not named after one.
    """

    states: tuple[Annotated[str, Field(pattern=r"^US-[A-Z]{2}$")], ...] = ()
    majority: int = Field(ge=18, le=21)
    alone_from: dict[Sensitivity, dict[Kind, Annotated[int, Field(ge=12, le=20)]]] = Field(default_factory=dict)
    statutes: dict[Sensitivity, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)
    verification: Verification
    sources: tuple[str, ...] = Field(min_length=1)
    review_by: date

    @model_validator(mode="after")
    def _cited(self) -> MinorLaw:
        if self.alone_from.keys() != self.statutes.keys():
            raise ValueError("each label of alone_from needs its statute, and no other")
        return self

    def signs_alone(self, labels: Iterable[Sensitivity], service: Service | None, age: int) -> bool:
        """Whether the minor alone signs for what has these labels and comes from care of this kind; None where nobody has said."""
        return all(age >= min(self._ages(label, service)) for label in labels)

    def _ages(self, label: Sensitivity, service: Service | None) -> list[int]:
        found = self.alone_from.get(label, {})
        return [self.majority, *(found[kind] for kind in _COVERED.get(service, ()) if kind in found)]
