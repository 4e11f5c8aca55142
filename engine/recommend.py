"""One request, as a straight line: a record goes in, an explained decision comes out."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from pydantic_core import to_json

from engine.arbitration import cautions, escalations, follow_up, propose, recommendations, withheld
from engine.base import KnowledgeBase
from engine.coded import with_coded
from engine.decision import Decision, Outcome
from engine.findings import Finding, Findings
from engine.judgements import Infer, Judgements
from engine.lists import Ignored
from engine.monitoring import monitor
from engine.observe import Convert, observe
from engine.positions import Position, locate, states
from engine.record import DECIDING, Record
from engine.requests import requests


def recommend(base: KnowledgeBase, record: Record, as_of: datetime, infer: Infer, convert: Convert) -> Decision:
    """The decision for a record at a moment. as_of must carry a time zone.

    infer: a reading of the rules (see `judgements.Infer`). convert: conversion between UCUM units.
    """
    judgements, positions, ignored = judged(base, record, as_of, infer, convert)
    return decide(base, record, as_of, judgements, positions, ignored)


def judged(
    base: KnowledgeBase, record: Record, as_of: datetime, infer: Infer, convert: Convert
) -> tuple[Judgements, tuple[Position, ...], tuple[Ignored, ...]]:
    """What a record says at a moment, before anything is decided: what is known and holds, where the person stands, what was not used."""
    if as_of.tzinfo is None:
        raise ValueError("as_of needs a time zone")
    stated = with_coded(base, record, as_of)  # what codes of the problem list say besides a diagnosis
    observed = observe(base, stated, as_of, convert)  # newest, in date, right unit; else absent, and why
    findings = monitor(base.dictionary, base.instruments, stated, observed.findings, as_of)  # series and events -> trends
    judgements = infer(base.ruleset, findings)  # layer by layer: true, false, unknown
    positions = locate(base.pathways, record, judgements.findings, as_of)  # stage per pathway, open and held transitions
    told = replace(judgements, findings={**judgements.findings, **states(base.pathways, positions)})
    return told, positions, observed.ignored


def decide(
    base: KnowledgeBase,
    record: Record,
    as_of: datetime,
    judgements: Judgements,
    positions: tuple[Position, ...],
    ignored: tuple[Ignored, ...],
) -> Decision:
    """Arbitration: one plan from all that is proposed, with what was withheld, asked and escalated."""
    proposals = propose(base, judgements, positions, as_of)
    chosen = recommendations(base, proposals, record.preferences)
    held = withheld(base, proposals, judgements.findings)
    raised = escalations(base, proposals, held)
    outcome: Outcome = "recommendations" if chosen or raised or held else "nothing_recommended"
    if outcome == "nothing_recommended" and any(judgements.truths[rule.id] is None and rule.on_unknown != "silent" for rule in base.active):
        outcome = "could_not_evaluate"  # INVARIANT 8: silence while a rule still waits for an answer is not "nothing to recommend"
    return Decision(
        id=_identity(base, record, as_of),
        release=base.release,
        as_of=as_of,
        outcome=outcome,
        escalations=raised,
        recommendations=chosen,
        withheld=held,
        cautions=cautions(base, proposals, judgements.findings),
        follow_up=follow_up(proposals, record.preferences),
        requests=requests(base, judgements, proposals.requested, positions),
        positions=positions,
        help=base.help_for(record.patient.location.country if record.patient.location else None).root,
        critical=_critical(base, judgements.findings),
        overridden=tuple(proposals.overridden),
        ignored=ignored,
        judgements=judgements,
    )


def _critical(base: KnowledgeBase, findings: Findings) -> tuple[Finding, ...]:
    """Items that must be seen whatever the total, as soon as they may lie above their lowest score."""
    codes = [f"{instrument.id}.{item}" for instrument in base.instruments.values() for item in instrument.critical]
    told = [finding for code in codes if (finding := findings.get(code)) is not None and finding.high is not None]
    return tuple(finding for finding in told if (finding.high or 0) > base.dictionary.entries[finding.code].bounds[0])


def _identity(base: KnowledgeBase, record: Record, as_of: datetime) -> str:
    """Names (release, record, as_of); the order of the record's lists, and duplicates in them, do not matter."""
    digest = hashlib.sha256(f"{base.release.digest}\0{as_of.astimezone(UTC).isoformat()}".encode())
    for name in DECIDING:
        value = getattr(record, name)
        parts = sorted({to_json(item, exclude={"origin"}) for item in value}) if isinstance(value, tuple) else [to_json(value)]
        digest.update(f"\0{name}\0".encode() + b"\n".join(parts))
    return "sha256:" + digest.hexdigest()
