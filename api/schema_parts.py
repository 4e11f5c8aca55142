"""The parts of a decision document that answer what and why: reasons, recommendations, what is withheld, escalations."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from engine.artifacts import Level, Modality, Role, Stratum, Urgency
from engine.dictionary import Verification

Truth = Literal["true", "false", "unknown"]
Code = str  # of the dictionary
Reference = str  # id@version of a rule, or id@version#stage of a pathway
Instant = str  # RFC 3339, in UTC
Duration = str  # ISO 8601


class Written(BaseModel):
    """Every part is closed: a field that is not described is a mistake of ours."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, strict=True)


class ReleaseName(Written):
    """Names the knowledge exactly: the digest covers every artifact."""

    id: str
    digest: str


class HelpLine(Written):
    """Help that the person can reach at any hour."""

    name: str
    contact: str
    available: str
    verified_on: str


class Item(Written):
    """One of the at most five items that a reader sees first; `ref` finds the whole of it below."""

    heading: Literal["now", "plan", "follow_up", "find_out"]
    kind: Literal["escalation", "withheld", "recommendation", "follow_up", "data_request"]
    ref: str


class Ground(Written):
    """A leaf of a condition that decides its rule, and what is known of its finding."""

    condition: str
    words: str
    truth: Truth
    finding: Code
    known: str


class Reason(Written):
    """A rule, or a stage of a pathway, that something rests on. precaution: it is not known yet and acted on all the same."""

    by: Reference
    title: str
    stratum: Stratum
    truth: Truth
    precaution: bool
    strength: str
    verification: Verification
    sources: list[str]
    grounds: list[Ground]
    because: str | None = None
    sentence: str | None = None


class Blocked(Written):
    """A contraindication: absolute ones withhold, relative ones caution."""

    strictness: Literal["absolute", "relative"]
    do: str | None
    instead: list[str]
    reason: Reason


class Alternative(Written):
    """A component that could stand in. to_check: rules that could forbid it and are not settled."""

    component: str
    title: str
    asks: str | None
    recommended: bool
    to_check: list[Reference]


class Recommendation(Written):
    """A component proposed for review, with what speaks for it, what calls for caution, and what could stand in.

    within: the recommended component that it is part of, or an option beside.
    """

    component: str
    title: str
    summary: str
    kind: str
    heading: Literal["now", "plan"]
    urgency: Urgency
    strength: str
    strength_label: str
    declined_by_person: bool
    within: str | None
    deliver: list[Role]
    modalities: list[Modality]
    dose: str | None
    asks: str | None
    expect: str | None
    reasons: list[Reason]
    cautions: list[Blocked]
    alternatives: list[Alternative]


class Withheld(Written):
    """A component that something speaks for and a contraindication speaks against."""

    component: str
    title: str
    sought: list[Literal["recommended", "proposed", "active"]]
    wanted: list[Reason]
    forbidden: list[Blocked]
    alternatives: list[Alternative]


class Escalation(Written):
    """Whom to reach, within what time, and what to do. unconfirmed: only the second engine calls for it."""

    level: Level
    within: Duration | None
    to: Role
    title: str
    do: str
    unconfirmed: bool
    reasons: list[Reason]


class Node(Written):
    """A node of the argument."""

    id: str
    kind: Literal["finding", "premise", "rule", "conclusion", "pathway", "recommendation", "withheld", "escalation", "follow_up"]
    ref: str
    truth: Truth


class Edge(Written):
    """A step of the argument."""

    source: str
    target: str
    link: Literal["observed", "holds", "fails", "is_unknown", "concludes", "supports", "forbids", "raises", "sets"]


class Trace(Written):
    """The argument as an acyclic graph, from what is known to what came of it."""

    nodes: list[Node]
    edges: list[Edge]
