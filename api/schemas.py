"""The shape of what leaves: the documents that `engine.document` writes, as models that the API publishes.

They describe and never build: the documents leave as they were written, and tests hold every one of them to these models.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.schema_parts import (
    Code,
    Duration,
    Escalation,
    Ground,
    HelpLine,
    Instant,
    Item,
    Reason,
    Recommendation,
    Reference,
    ReleaseName,
    Trace,
    Truth,
    Withheld,
    Written,
)
from api.view import Recorded
from engine.artifacts import Modality, Role, Stratum, Urgency
from engine.dictionary import Language, Value
from engine.findings import Absence
from engine.pathway import Phase, StageKind


def _without_default(schema: dict[str, Any]) -> None:
    del schema["default"]


IN_FULL: Any = Field(default=None, json_schema_extra=_without_default)  # there, or left out; never null


class Demand(Written):
    """One interval that something asks for."""

    every: Duration
    with_: Role = Field(alias="with")
    modality: Modality | None
    reason: Reason


class FollowUp(Written):
    """The shortest interval of all that apply."""

    every: Duration
    with_: Role = Field(alias="with")
    modality: Modality | None
    preference_used: bool
    demands: list[Demand]


class Absent(Written):
    """Why something is not known."""

    why: Absence
    words: str


class Settles(Written):
    """A rule that an answer could settle."""

    by: Reference
    title: str


class DataRequest(Written):
    """What to find out: one instrument, the review of one list, or one question."""

    subject: str
    kind: Literal["instrument", "list", "finding"]
    question: str
    findings: list[Code]
    absent: list[Absent]
    stratum: Stratum
    required: bool
    settles: list[Settles]


class PathwayStep(Written):
    """A transition of a pathway, in words, and what decides it."""

    to: list[str]
    title: str
    urgency: Urgency
    sentence: str
    grounds: list[Ground]


class Taken(PathwayStep):
    """A transition that this record takes. late: on facts that were true before the person was last placed, and became known since."""

    from_: list[str] = Field(alias="from")
    late: bool


class Onward(PathwayStep):
    """A transition that leaves the stage, and what keeps it from being taken."""

    truth: Truth


class Place(Written):
    """A stage where the person stands. undecided: what to do while its decision waits for an answer."""

    stage: str
    title: str
    kind: StageKind
    phase: Phase
    who: Role
    since: Instant | None
    due: Instant | None
    overdue: bool
    undecided: str | None
    calls: list[str]
    onward: list[Onward]


class Position(Written):
    """Where the person stands on one pathway; no stage while it is not known whether they are on it.

    called: another pathway leads here. replaced: the version that placed the person last, where it is not this one.
    """

    pathway: Reference
    title: str
    called: bool
    replaced: str | None
    entry: list[Ground]
    taken: list[Taken]
    stages: list[Place]


class Check(Written):
    """A contraindication that was looked at."""

    result: Literal["clear", "present", "unknown"]
    strictness: Literal["absolute", "relative"]
    reason: Reason


class Change(Written):
    """A finding as it is known now, and the value it would have to take."""

    finding: Code
    now: str
    to: Value
    words: str


class Explanation(Written):
    """Why or why not one component: its rules, what was checked, what is missing, the smallest changes that turn it round."""

    component: str
    title: str
    standing: Literal["recommended", "withheld", "not_recommended", "could_not_evaluate", "no_rule_speaks_for_it"]
    rules: list[Reason]
    checks: list[Check]
    missing: list[Code]
    changes: list[list[Change]]


class Speaking(Written):
    """A rule that could recommend a component, and the leaves that decide it."""

    by: Reference
    title: str
    truth: Truth
    grounds: list[Ground]


class NotRecommended(Written):
    """Why a component is not recommended, in short; `/explain/{component}` has the rest."""

    component: str
    title: str
    standing: Literal["not_recommended", "could_not_evaluate", "no_rule_speaks_for_it"]
    rules: list[Speaking] = IN_FULL


class Finding(Written):
    """What is known of one finding. value: where it is known exactly; low and high: where it is known to lie."""

    code: Code
    label: str
    value: Value | None
    low: Value | None
    high: Value | None
    unit: str | None
    absent: Absence | None
    at: Instant | None
    age_days: int | None
    source: str | None
    words: str
    basis: list[Code]


class Overridden(Written):
    """A rule that held and that a more specific one set aside."""

    rule: str
    by: str


class NotUsed(Written):
    """A part of the record (JSON pointer) that was not used."""

    where: str
    why: Literal["after_as_of", "not_understood", "entered_in_error", "contradicted", "undated"]


class Parameter(Written):
    """A named number that rules in the argument were judged with. default: what the release says; changed: the site set it."""

    name: str
    value: Value
    default: Value
    changed: bool
    owner: str
    rules: list[str]


class Sharing(Written):
    """For whom and for what it was made, how sensitive what it rests on is, and the notice that goes with it."""

    purpose: Literal["treatment", "payment", "operations", "emergency"]
    recipient: str | None
    labels: list[Literal["part2", "mental_health", "sexual_reproductive", "minor"]]
    confidentiality: Literal["R", "N"]
    consents: list[str]
    notice: Literal["42-cfr-part-2"] | None
    notice_text: str | None


class LedFrom(Written):
    """The card that led to a decision of the past. about: in words, where its page tells of the same."""

    id: str
    indicator: Literal["info", "warning", "critical"]
    about: str | None


class Past(Written):
    """What a decision of the past was made for, where cards rested on it. prefetch: key -> how it came. unread: reason -> how often."""

    cards: int
    card: LedFrom | None
    service: str | None = None
    hook: str | None = None
    answered_at: Instant | None = None
    prefetch: dict[str, Literal["given", "recent", "empty", "missing", "failed", "incomplete"]] | None = None
    unread: dict[str, int] | None = None


class DecisionDocument(Written):
    """The decision: what is recommended, withheld, asked and escalated, each with the reasons that suffice for it.

    engines: whether two engines agreed on every rule, disagreed (the reference answers), or only one ran.
    journal: whether this answer is written in the journal; unrecorded: it should be, and could not.
    parameters, judged, trace, and the rules of what is not recommended: only with `detail=full`.
    """

    id: str
    outcome: Literal["recommendations", "nothing_recommended", "could_not_evaluate"]
    as_of: Instant
    release: ReleaseName
    engines: Literal["agreed", "unchecked", "disagreed"]
    disputed_rules: list[str]
    language: Language
    help: list[HelpLine]
    above_the_fold: list[Item] = Field(max_length=5)
    escalations: list[Escalation]
    recommendations: list[Recommendation]
    withheld: list[Withheld]
    cautions: list[Withheld]
    follow_up: FollowUp | None
    data_requests: list[DataRequest]
    pathways: list[Position]
    not_recommended: list[NotRecommended]
    critical_items: list[Finding]
    overridden: list[Overridden]
    not_used: list[NotUsed]
    parameters: list[Parameter] = IN_FULL
    findings: list[Finding]
    judged: dict[Reference, Truth] = IN_FULL
    trace: Trace = IN_FULL
    journal: Recorded
    sharing: Sharing | None = None
    past: Past | None = None


class ExplanationDocument(Explanation):
    """One component explained, with the argument that leads to it and the decision it belongs to."""

    trace: Trace
    decision: str
    as_of: Instant
    release: ReleaseName
    engines: Literal["agreed", "unchecked", "disagreed"]
    language: Language
    journal: Recorded
    sharing: Sharing | None = None
    past: Past | None = None


def decision_schema() -> dict[str, Any]:
    """JSON Schema of the decision."""
    schema = DecisionDocument.model_json_schema(mode="serialization")
    return schema | {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:tandem:schema:decision"}
