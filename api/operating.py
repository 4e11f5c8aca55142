"""What operators and integrators are told: how far the answers may be relied on now, and which knowledge they rest on."""

from __future__ import annotations

from collections import Counter

from adapters.durable import available
from api.security.security import Security
from api.wiring import Service
from engine.grounds import Document


def health_document(service: Service, security: Security) -> Document:
    """ready: the engines have never disagreed, the journal and the database can be used, the end is not near.

    One engine alone is told, and no fault.
    """
    engines, journal, release = service.engines, service.journal.health(), service.base.release
    usable = available()
    state, why = security.database_state
    sound = engines.state != "disagreeing" and journal.writable and state == "reachable"
    ready = sound and not security.draining
    return {
        "status": "ready" if ready else "not_ready",
        "knowledge": {"release": release.id, "digest": release.digest, "rules": len(service.base.active)},
        "engines": {
            "state": engines.state,
            "reason": engines.reason,
            "durable": "off" if not service.settings.durable else "available" if usable else "unavailable",
            "checked": engines.checked,
            "unchecked": engines.unchecked,
            "disagreements": engines.disagreements,
            "restarts": engines.restarts,
        },
        "journal": {
            "state": "writable" if journal.writable else "failing",
            "reason": journal.reason,
            "unrecorded": journal.unrecorded,
        },
        "database": {"state": state, "reason": why},
        "demonstration": service.settings.demo,
        "draining": security.draining,
    }


def pathways_document(service: Service) -> Document:
    """The care pathways of the release."""
    return {
        "release": service.base.release.id,
        "pathways": [
            {
                "id": item.id,
                "version": item.version,
                "status": item.status,
                "title": item.title,
                "over": list(item.over),
                "stages": {name: stage.title for name, stage in item.stages.items()},
                "transitions": len(item.transitions),
            }
            for item in service.base.pathways.values()
        ],
    }


def knowledge_document(service: Service) -> Document:
    """The release in force, in figures, with the catalogue of components."""
    base = service.base
    return {
        "release": base.release.id,
        "digest": base.release.digest,
        "rules": {
            "active": len(base.active),
            "by_stratum": dict(sorted(Counter(rule.stratum for rule in base.active).items())),
            "by_status": dict(sorted(Counter(rule.status for rule in base.rules.values()).items())),
        },
        "pathways": len(base.pathways),
        "instruments": len(base.instruments),
        "findings": len(base.dictionary.entries),
        "components": {name: item.title for name, item in sorted(base.components.items())},
    }
