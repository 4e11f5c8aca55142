"""Provenance and the engine as a Device: who made this, under which rules, from which resources."""

from __future__ import annotations

from datetime import datetime

from adapters.fhir.writing.canonical import Resource
from adapters.fhir.writing.telling import Telling
from engine.decision import Decision, Reason
from engine.timing import instant


def engine_device(telling: Telling) -> Resource:
    """The engine, with the release that names its knowledge exactly."""
    release = telling.site.base.release
    return {
        "resourceType": "Device",
        "id": "engine",
        "status": "active",
        "manufacturer": "Tandem",
        "deviceName": [{"name": "Tandem", "type": "model-name"}],
        "type": {"text": "clinical decision support software"},
        "version": [{"value": release.id}, {"value": release.digest}],
    }


def provenance(telling: Telling, recorded: datetime) -> Resource:
    """Of the whole answer: every resource that was read for it, and every rule and pathway that speaks in it."""
    read = dict.fromkeys(name for names in telling.references.values() for name in names)
    policies = dict.fromkeys(telling.canonical(reason) for reason in reasons_of(telling.decision))
    behalf = {"reference": telling.asker.organization} if telling.asker.organization else None
    return {
        "resourceType": "Provenance",
        "id": "provenance",
        "target": [{"reference": "#"}],
        "occurredDateTime": instant(telling.decision.as_of),
        "recorded": instant(recorded),
        "policy": list(policies),
        "activity": {"text": "decision support"},
        "agent": [{"type": {"text": "assembler"}, "who": {"reference": "#engine"}, "onBehalfOf": behalf}],
        "entity": [{"role": "source", "what": {"reference": name}} for name in read],
    }


def reasons_of(decision: Decision) -> list[Reason]:
    """Every reason that speaks in a decision, once each."""
    found = [reason for step in decision.escalations for reason in step.reasons]
    found += [reason for item in decision.recommendations for reason in item.reasons]
    found += [blocked.reason for held in (*decision.withheld, *decision.cautions) for blocked in held.blocked]
    found += [reason for held in (*decision.withheld, *decision.cautions) for reason in held.wanted]
    found += [blocked.reason for item in decision.recommendations for blocked in item.cautions]
    found += [demand.reason for demand in decision.follow_up.demands] if decision.follow_up else []
    return list({reason.reference: reason for reason in found}.values())
