"""What every part of a record is written in: names, codes, and where something comes from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\s]+$")]
ProgrammeName = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
CodeText = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$")]
Unit = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Scalar = bool | int | float | Annotated[str, StringConstraints(max_length=200)]
Service = Literal["counselling", "outpatient", "opioid_agonist", "residential"]
ReasonAbsent = Literal["never_asked", "declined", "unable_to_assess"]


def unordered(key: Callable[[Any], Any]) -> AfterValidator:
    """Neither the order in which things arrive nor their repetition is part of what was said."""
    return AfterValidator(lambda parts: tuple(dict.fromkeys(sorted(parts, key=key))))


class Input(BaseModel):
    """Input is strict: what it does not know, it refuses; numbers do not become text, nor text numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Coding(Input):
    """A code from a published system, for lists."""

    system: Literal["rxnorm", "snomed", "icd10cm", "loinc"]
    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Origin(Input):
    """The programme that something comes from. part2: it is one for substance use care that 42 CFR Part 2 binds.

    service: the kind of care that it was, on which it rests whether a minor signs alone for sharing it. outpatient: with
    medicines, but without an opioid agonist (methadone, buprenorphine).
    """

    programme: ProgrammeName
    part2: bool
    service: Service | None = None


Codings = Annotated[tuple[Coding, ...], unordered(lambda item: (item.system, item.code))]
Components = Annotated[tuple[Annotated[str, StringConstraints(max_length=80)], ...], unordered(str)]
