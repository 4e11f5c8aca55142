"""DetectedIssue: what is withheld, and what stands only with care, with what speaks against it and what to do instead."""

from __future__ import annotations

from adapters.fhir.writing.canonical import Resource
from adapters.fhir.writing.telling import Telling
from engine.decision import Blocked, Withheld
from engine.dictionary import Language
from engine.timing import instant

_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_KINDS = (  # the first that any deciding finding begins with
    ("allergy.", "ALGY", "Allergy Alert"),
    ("medication.", "DRG", "Drug Interaction Alert"),
    ("patient.pregnancy", "PREG", "Pregnancy Alert"),
    ("gene.", "GEN", "Genetic Alert"),
    ("patient.age", "AGE", "Age Alert"),
    ("lab.", "LAB", "Lab Alert"),
    ("condition.", "COND", "Condition Alert"),
)
_OTHER = ("TPROD", "Therapeutic Product Alert")
_UNKNOWN: dict[Language, str] = {"en": "It is not known whether this holds", "es": "No se sabe si esto se cumple"}
_INSTEAD: dict[Language, str] = {"en": "Consider instead: {what}", "es": "Considere en su lugar: {what}"}


def detected_issues(telling: Telling) -> list[Resource]:
    """One for each contraindication of each component that is on the table, and for each caution beside a recommendation."""
    found: list[Resource] = []
    for item in (*telling.decision.withheld, *telling.decision.cautions):
        found += [_issue(telling, item, blocked, len(found) + number) for number, blocked in enumerate(item.blocked, start=1)]
    return found


def _issue(telling: Telling, item: Withheld, blocked: Blocked, number: int) -> Resource:
    rule, reasons = blocked.reason.by, (blocked.reason,)
    code, display = _kind(telling.codes(reasons))
    words = f"{telling.say(item.component.title)}: {telling.say(rule.title)}"
    if blocked.reason.truth is None:
        words = f"{words}. {_UNKNOWN[telling.language]}."
    return {
        "resourceType": "DetectedIssue",
        "id": f"issue-{number}",
        "status": "preliminary",
        "code": {"coding": [{"system": _SYSTEM, "code": code, "display": display}], "text": telling.say(rule.title)},
        "severity": "high" if blocked.action.strictness == "absolute" else "moderate",
        "patient": telling.whom(),
        "identifiedDateTime": instant(telling.decision.as_of),
        "author": {"reference": "#engine"},
        "implicated": telling.behind(reasons),
        "evidence": [{"code": [{"text": telling.say(rule.title)}], "detail": telling.behind(reasons)}],
        "detail": words,
        "reference": telling.canonical(blocked.reason).partition("|")[0],
        "mitigation": [{"action": {"text": text}} for text in _mitigations(telling, item, blocked)],
    }


def _mitigations(telling: Telling, item: Withheld, blocked: Blocked) -> list[str]:
    names = dict.fromkeys((*blocked.action.instead, *item.alternatives))
    instead = ", ".join(telling.say(telling.site.base.components[name].title) for name in names)
    texts = [telling.say(blocked.action.do)] if blocked.action.do else []
    return texts + ([_INSTEAD[telling.language].format(what=instead)] if instead else [])


def _kind(codes: tuple[str, ...]) -> tuple[str, str]:
    for prefix, code, display in _KINDS:
        if any(name.startswith(prefix) for name in codes):
            return code, display
    return _OTHER
