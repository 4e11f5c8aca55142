"""The records of the knowledge base: rules, components, instruments, pathways and what they rest on."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import ConfigDict, Discriminator, Field, RootModel, Tag

from engine.conditions import Condition, leaves
from engine.delivery import Dose, Needs, Reach
from engine.dictionary import Code, Duration, Id, Model, Text, Value, Verification

Stratum = Literal["S0", "S1", "S2", "S3", "S4", "S5", "S6", "S7"]
Level = Literal["E0", "E1", "E2", "E3", "E4", "E5", "E6"]
Urgency = Literal["emergent", "urgent", "soon", "routine"]
Modality = Literal["in_person", "video", "phone", "message"]
Role = Literal[
    "any_staff", "crisis_clinician", "clinician", "prescriber", "therapist", "care_manager", "peer", "team", "emergency_services"
]
URGENCIES: tuple[Urgency, ...] = ("routine", "soon", "urgent", "emergent")
RequirementId = Annotated[str, Field(pattern=r"^S[12]-\d\d$")]
Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]


class Recommend(Model):
    """Propose a component of the catalogue."""

    recommend: Id
    urgency: Urgency = "routine"


class Avoid(Model):
    """A contraindication. absolute: the component is withheld; relative: it stands, with this caution beside it."""

    avoid: Id
    strictness: Literal["absolute", "relative"]
    instead: tuple[Id, ...] = ()
    do: Text | None = None


class Contact(Model):
    """Who sees the person how often, and how. The shortest interval of all rules that apply wins."""

    every: Duration = Field(gt=timedelta(0))
    with_: Role = Field(alias="with")
    modality: Modality | None = None


class FollowUp(Model):
    """Ask for contact at an interval."""

    follow_up: Contact


class Escalate(Model):
    """Raise a step of the ladder; the ladder says within what time, and who answers unless `to` says otherwise."""

    escalate: Level
    to: Role | None = None
    do: Text


class Request(Model):
    """Ask for findings, unless somebody found them out and they are in date. again: ask even then."""

    request: tuple[Code, ...] = Field(min_length=1)
    again: bool = False


class Conclude(Model):
    """Give a derived finding to later rules; the highest value concluded by a true rule holds."""

    conclude: dict[Code, Value] = Field(min_length=1, max_length=1)


def _kind(raw: object) -> str | None:
    kinds = ("recommend", "avoid", "follow_up", "escalate", "request", "conclude")
    return next((kind for kind in kinds if (kind in raw if isinstance(raw, dict) else hasattr(raw, kind))), None)


Action = Annotated[
    Annotated[Recommend, Tag("recommend")]
    | Annotated[Avoid, Tag("avoid")]
    | Annotated[FollowUp, Tag("follow_up")]
    | Annotated[Escalate, Tag("escalate")]
    | Annotated[Request, Tag("request")]
    | Annotated[Conclude, Tag("conclude")],
    Discriminator(
        _kind, custom_error_type="action", custom_error_message="expected one of recommend, avoid, follow_up, escalate, request, conclude"
    ),
]


class Evidence(Model):
    """What a rule rests on. strength: the source's own grade, never translated; sources: `KEY` or `KEY#section`."""

    strength: str
    verification: Verification
    sources: tuple[str, ...] = Field(min_length=1)


class Rule(Model):
    """One clinical statement.

    on_unknown, when the condition can be neither shown nor ruled out: ask for what is missing; escalate: ask, and
    meanwhile act as if it were true, marked as a precaution; silent: neither.
    brief: rows of the clinical brief that it implements.
    """

    id: Id
    version: Version
    title: Text
    stratum: Stratum
    status: Literal["draft", "in_review", "active", "retired"]
    owner: Id
    review_by: date
    serves: tuple[RequirementId, ...] = Field(min_length=1)
    brief: tuple[str, ...] = ()
    evidence: Evidence
    when: Condition
    on_unknown: Literal["ask", "escalate", "silent"]
    then: tuple[Action, ...] = Field(min_length=1)
    because: Text
    overrides: tuple[Id, ...] = ()
    misuse: Text | None = None

    @cached_property
    def concludes(self) -> tuple[tuple[str, Value], ...]:
        return tuple(pair for action in self.then if isinstance(action, Conclude) for pair in action.conclude.items())

    def forbids(self, component: str) -> bool:
        """Whether it would withhold a component."""
        return any(isinstance(action, Avoid) and action.avoid == component and action.strictness == "absolute" for action in self.then)

    @cached_property
    def only_concludes(self) -> bool:
        """Whether nothing comes of it but findings for later rules."""
        return all(isinstance(action, Conclude) for action in self.then)

    @cached_property
    def reads(self) -> frozenset[str]:
        """Every finding the condition mentions, conclusions included."""
        return frozenset(leaf.finding for leaf in leaves(self.when))

    @cached_property
    def reference(self) -> str:
        return f"{self.id}@{self.version}"


class Component(Model):
    """A treatment component or other action of the catalogue.

    group: options that can stand in for one another (if every one is blocked, a prescriber is asked).
    includes: components that are part of this one; recommended beside it, they are shown within it.
    medication: the class whose active or proposed members this component is.
    asks, expect: in plain words for the person, what it asks of them and what will happen.
    What it is for and what speaks against it is never written here: the rules that recommend or avoid it say so.
    """

    id: Id
    version: Version
    title: Text
    summary: Text
    kind: Literal["safety", "medication", "psychosocial", "coordination", "assessment", "harm_reduction", "social", "education"]
    group: Id | None = None
    includes: tuple[Id, ...] = ()
    medication: Code | None = None
    deliver: tuple[Role, ...] = Field(min_length=1)
    modalities: tuple[Modality, ...] = Field(min_length=1)
    dose: Dose | None = None
    asks: Text | None = None
    expect: Text | None = None
    needs: Needs = Needs()
    reach: Reach = Reach()
    brief: tuple[str, ...] = ()
    serves: tuple[RequirementId, ...] = Field(min_length=1)
    evidence: Evidence


class Step(Model):
    """A step of the escalation ladder."""

    within: Duration | None
    to: Role
    title: Text
    contain: Text | None = None


class HelpLine(Model):
    """Help that the person can reach at any hour. verified_on: when somebody last checked the number."""

    name: Text
    contact: Text
    available: Text
    verified_on: date
    verification: Verification
    sources: tuple[str, ...] = Field(min_length=1)


class HelpLines(RootModel[tuple[HelpLine, ...]]):
    """The help lines of one country."""

    model_config = ConfigDict(frozen=True)


class Strength(Model):
    """A source's own grade; rank orders grades across sources for arbitration only (0 is the strongest)."""

    rank: int
    label: Text


class Source(Model):
    """Where a statement comes from."""

    title: str
    year: int | None = None
    url: str | None = None
    seen: bool


class Parameter(Model):
    """A number that a clinical lead owns and a site may change."""

    value: Value
    owner: Id
    alternatives: tuple[Value, ...] = ()
    reason: Text
    verification: Verification
    brief: tuple[str, ...] = ()


class Release(Model):
    """Names the knowledge exactly: the digest covers every artifact."""

    id: str
    digest: str
