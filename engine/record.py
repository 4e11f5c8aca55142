"""The native input: everything received about one patient. JSON Schema: `tandem schema record`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from engine.artifacts import Modality
from engine.given import CodeText, Codings, Components, Identifier, Input, Name, Origin, ReasonAbsent, Scalar, Unit, unordered

LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
Setting = Literal[
    "outpatient", "telehealth", "emergency", "inpatient", "residential", "withdrawal_management", "opioid_treatment_program", "custody"
]  # fmt: skip
_Listed = TypeVar("_Listed", "ListedCondition", "ListedMedication", "ListedAllergy")


class Pregnancy(Input):
    """postpartum: up to 12 months after birth."""

    status: Literal["not_pregnant", "pregnant", "postpartum"]
    at: AwareDatetime


class Location(Input):
    """Where the person is now. verified_at: when they themselves confirmed it; an emergency response needs it."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    region: Name | None = None
    verified_at: AwareDatetime | None = None


class Patient(Input):
    """sex: the sex parameter for clinical use, not the administrative gender. age in years where no birth date is known."""

    id: Identifier | None = None
    birth_date: date | None = Field(default=None, strict=False)
    age: int | None = Field(default=None, ge=0, le=125)
    sex: Literal["female", "male"] | None = None
    pregnancy: Pregnancy | None = None
    lactating: bool | None = None
    location: Location | None = None
    language: LanguageTag | None = None

    @model_validator(mode="after")
    def _one_age(self) -> Patient:
        if self.birth_date is not None and self.age is not None:
            raise ValueError("give birth_date or age, not both")
        return self


class Fact(Input):
    """One finding: a value with unit and time, or the reason why there is none.

    code: from the dictionary (`tandem knowledge dictionary`). value: number, true/false or a code. unit: UCUM.
    at: when it was true of the person. source: who or what reported it.
    """

    code: CodeText
    value: Scalar | None = None
    unit: Unit | None = None
    at: AwareDatetime
    source: Name | None = None
    absent: ReasonAbsent | None = None
    origin: Origin | None = None

    @model_validator(mode="after")
    def _value_or_reason(self) -> Fact:
        if (self.value is None) == (self.absent is None):
            raise ValueError("give a value, or the reason why it is absent, and not both")
        return self


Scores = Annotated[dict[CodeText, int | None], AfterValidator(lambda items: dict(sorted(items.items())))]


class Answers(Input):
    """A questionnaire or scale: answers item by item, the reported total, or both.

    items: item id -> score as the instrument defines it (yes is 1, no is 0), or null for an item left open.
    form, language, mode: the version that was used, its language, and who answered how; only like is compared with like.
        proxy: somebody else answered, or the person was not alone: what it shows counts, what it does not show clears nothing.
    context: the state in which it was taken; a result of an acute state is no point of a trend.
    """

    instrument: CodeText
    form: Name | None = None
    language: LanguageTag | None = None
    mode: Literal["self", "interview", "proxy"] | None = None
    context: Literal["withdrawal", "intoxication", "crisis", "settled"] | None = None
    at: AwareDatetime
    source: Name | None = None
    items: Scores = Field(default_factory=dict, max_length=60)
    total: int | None = None
    absent: ReasonAbsent | None = None
    origin: Origin | None = None

    @model_validator(mode="after")
    def _answers_or_reason(self) -> Answers:
        if (bool(self.items) or self.total is not None) == (self.absent is not None):
            raise ValueError("give answers or a total, or the reason why there are none, and not both")
        return self


class ListedCondition(Input):
    """A diagnosis, by our group id (`term`) or by codes. family_history: of a relative, never of the person."""

    term: CodeText | None = None
    codes: Codings = Field(default=(), max_length=20, strict=False)
    text: Name | None = None
    status: Literal["active", "suspected", "in_remission", "ruled_out", "entered_in_error", "family_history"]
    severity: Literal["mild", "moderate", "severe"] | None = None
    at: AwareDatetime | None = None
    origin: Origin | None = None

    @model_validator(mode="after")
    def _named(self) -> ListedCondition:
        return _needs_name(self, self.term)


class Dose(Input):
    """Amount in `unit` (UCUM) each `per`."""

    value: float = Field(gt=0)
    unit: Unit
    per: Literal["dose", "day", "week", "month"] = "day"


class ListedMedication(Input):
    """A medicine, by ingredient (RxNorm name, lower case with underscores) or by codes.

    not_taken: prescribed, but the person does not take it. last_taken: for stopped medicines; from started until then it is taken.
    """

    ingredient: CodeText | None = None
    codes: Codings = Field(default=(), max_length=20, strict=False)
    text: Name | None = None
    status: Literal["active", "proposed", "stopped", "not_taken", "entered_in_error"]
    dose: Dose | None = None
    started: AwareDatetime | None = None
    last_taken: AwareDatetime | None = None
    at: AwareDatetime | None = None
    origin: Origin | None = None

    @model_validator(mode="after")
    def _named(self) -> ListedMedication:
        return _needs_name(self, self.ingredient)


class ListedAllergy(Input):
    """An allergy or intolerance to an ingredient or class."""

    substance: CodeText | None = None
    codes: Codings = Field(default=(), max_length=20, strict=False)
    text: Name | None = None
    kind: Literal["allergy", "intolerance"] = "allergy"
    status: Literal["active", "ruled_out", "entered_in_error"] = "active"
    at: AwareDatetime | None = None
    origin: Origin | None = None

    @model_validator(mode="after")
    def _named(self) -> ListedAllergy:
        return _needs_name(self, self.substance)


def _needs_name(entry: _Listed, name: str | None) -> _Listed:
    if name is None and not entry.codes and entry.text is None:
        raise ValueError("name it: by our own term, by codes, or at least by text")
    return entry


class Reviewed(Input):
    """When a clinician last confirmed that a list is complete. Only a reviewed and fresh list says what is absent."""

    conditions: AwareDatetime | None = None
    medications: AwareDatetime | None = None
    allergies: AwareDatetime | None = None
    events: AwareDatetime | None = None


class Point(Input):
    """One measurement of a monitoring series."""

    at: AwareDatetime
    value: Scalar


Points = Annotated[tuple[Point, ...], unordered(lambda point: (point.at, point.at.isoformat(), repr(point.value)))]


class Series(Input):
    """Repeated measurements under one dictionary code."""

    code: CodeText
    points: Points = Field(max_length=5000, strict=False)
    source: Name | None = None
    origin: Origin | None = None


class Event(Input):
    """Something that happened to the person or to the contact with them."""

    kind: Literal[
        "discharge",
        "admission",
        "emergency_visit",
        "overdose",
        "suicide_attempt",
        "missed_contact",
        "kept_contact",
        "release_from_custody",
        "birth",
    ]
    at: AwareDatetime
    source: Name | None = None
    origin: Origin | None = None


class Preferences(Input):
    """What the person wants. They choose among alternatives and never switch off a safety step.

    declined: components the person does not want now. interval: how often they would like contact.
    """

    modality: Modality | None = None
    interval: timedelta | None = Field(default=None, strict=False)
    language: LanguageTag | None = None
    clinician_gender: Literal["female", "male", "no_preference"] | None = None
    substance_goal: Literal["abstinence", "moderation", "undecided"] | None = None
    declined: Components = Field(default=(), max_length=200, strict=False)


class Goal(Input):
    """A goal in the person's own words, and the components it is linked to."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    components: Components = Field(default=(), max_length=50, strict=False)
    origin: Origin | None = None


class Consent(Input):
    """Who may see what, for which purpose, until when.

    recipient: one by name, or a class of them: treating_providers, payers, family. signed_by: the person, when left out.
    """

    category: Literal["part2", "mental_health", "sexual_reproductive", "minor", "all"]
    recipient: Name
    purpose: Literal["treatment", "payment", "operations", "emergency", "legal", "research"]
    status: Literal["given", "declined", "revoked"]
    at: AwareDatetime
    until: AwareDatetime | None = None
    signed_by: Literal["patient", "guardian", "both"] | None = None


class Standing(Input):
    """Where the person was placed on a pathway, from the journal of past decisions.

    until: when they left the stage. version: of the pathway that placed them there.
    """

    pathway: Annotated[str, StringConstraints(max_length=80)]
    stage: Annotated[str, StringConstraints(max_length=80)]
    since: AwareDatetime
    until: AwareDatetime | None = None
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")] | None = None
    origin: Origin | None = None


class Record(Input):
    """All that was received about one patient. Order and duplicates do not matter.

    origin: where everything comes from that does not name an origin of its own.
    """

    patient: Patient = Patient()
    origin: Origin | None = None
    setting: Setting | None = None
    findings: tuple[Fact, ...] = Field(default=(), max_length=5000, strict=False)
    instruments: tuple[Answers, ...] = Field(default=(), max_length=1000, strict=False)
    conditions: tuple[ListedCondition, ...] = Field(default=(), max_length=1000, strict=False)
    medications: tuple[ListedMedication, ...] = Field(default=(), max_length=1000, strict=False)
    allergies: tuple[ListedAllergy, ...] = Field(default=(), max_length=1000, strict=False)
    reviewed: Reviewed = Reviewed()
    series: tuple[Series, ...] = Field(default=(), max_length=200, strict=False)
    events: tuple[Event, ...] = Field(default=(), max_length=5000, strict=False)
    preferences: Preferences = Preferences()
    goals: tuple[Goal, ...] = Field(default=(), max_length=50, strict=False)
    consents: tuple[Consent, ...] = Field(default=(), max_length=200, strict=False)
    positions: tuple[Standing, ...] = Field(default=(), max_length=100, strict=False)


DECIDING = tuple(name for name in Record.model_fields if name not in ("origin", "consents"))  # the rest is about sharing, not care
