"""Somebody whom what was sent says to have died: that is said, and nothing is proposed to be done with them, at every door alike."""

from __future__ import annotations

from dataclasses import replace

from adapters.fhir.reading import Reading
from adapters.fhir.writing.bundles import issue
from adapters.fhir.writing.telling import Telling
from engine.decision import Decision
from engine.dictionary import Text

DECEASED = "deceased"  # the reason under which it is told of what was read
SAID: Text = {
    "en": "The record says that this person has died: no steps are shown. If that is wrong, correct it and ask again.",
    "es": "La historia dice que esta persona ha fallecido: no se muestran pasos. Si es un error, corríjalo y pregunte de nuevo.",
}


def died(read: Reading, *, whole: bool) -> bool:
    """Whether it says so. whole: whether its reader sees all of it; else only what stands openly on the Patient counts."""
    openly = read.record.origin is None
    said = (item.reference for item in read.unread if item.reason == DECEASED)
    return any(whole or (openly and reference.partition("/")[0] == "Patient") for reference in said)


def without_steps(telling: Telling) -> Telling:
    """What is told of a decision, but for all that would be done, asked or watched."""
    remark = issue("warning", "business-rule", SAID[telling.language], DECEASED)
    others = (item for item in telling.remarks if item["details"]["text"] != DECEASED)
    return replace(telling, decision=_nothing_left(telling.decision), remarks=(remark, *others))


def _nothing_left(decision: Decision) -> Decision:
    """What was judged stays as it was."""
    return replace(
        decision,
        outcome="nothing_recommended",
        escalations=(),
        recommendations=(),
        withheld=(),
        cautions=(),
        follow_up=None,
        requests=(),
        help=(),
        critical=(),
    )
