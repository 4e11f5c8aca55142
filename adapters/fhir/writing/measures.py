"""Measure, and MeasureReport for one person: our windows of follow-up. They are aligned with published measures and are none of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from adapters.fhir.writing.bundles import outcome
from adapters.fhir.writing.canonical import Publishing, Resource, artifact, citations, related, reviewed, said, without_nothing
from adapters.fhir.writing.needed import finding_needed
from adapters.fhir.writing.provenance import engine_device
from adapters.fhir.writing.rules import expression, logic, unknown
from adapters.fhir.writing.telling import Telling, references, security
from engine.artifacts import Rule
from engine.base import KnowledgeBase
from engine.conditions import All, Condition, leaves
from engine.judgements import judge
from engine.timing import instant

_PREFIX = "window."
_SCORING = "http://terminology.hl7.org/CodeSystem/measure-scoring"
_POPULATIONS = "http://terminology.hl7.org/CodeSystem/measure-population"
_BETTER = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation"


@dataclass(frozen=True, slots=True)
class Window:
    """A window of follow-up. population: for whom it counts. numerator: what fills it."""

    code: str
    rule: Rule
    population: Condition
    numerator: Condition

    @property
    def name(self) -> str:
        return self.code.replace(".", "-").replace("_", "-")


def windows(base: KnowledgeBase) -> Mapping[str, Window]:
    """By name. INVARIANT: of a window's condition, the finding of the last part is what is measured; the other parts say for whom."""
    found = {}
    for code, makers in base.ruleset.conclusions.items():
        rule = makers[0][0]
        if code.startswith(_PREFIX) and len(makers) == 1 and isinstance(rule.when, All):
            last = {leaf.finding for leaf in leaves(rule.when.all[-1])}
            whom = tuple(part for part in rule.when.all if not last & {leaf.finding for leaf in leaves(part)})
            what = tuple(part for part in rule.when.all if part not in whom)
            if whom:
                window = Window(code, rule, All(all=whom), All(all=what))
                found[window.name] = window
    return found


def measure(site: Publishing, window: Window) -> Resource:
    """A proportion of people; those of whom it is not known are excluded, and never counted as no."""
    rule, label = window.rule, site.base.dictionary.entries[window.code].label
    found = artifact(site, "Measure", window.name, rule.version, label, rule.status)
    found |= reviewed(rule.review_by) | said("description", rule.title)
    found |= {
        "disclaimer": rule.misuse["en"] if rule.misuse else None,
        "rationale": rule.because["en"],
        "library": [logic(site)],
        "relatedArtifact": [*citations(site, rule.evidence), *related("depends-on", [logic(site)])],
        "scoring": {"coding": [{"system": _SCORING, "code": "proportion"}]},
        "improvementNotation": {"coding": [{"system": _BETTER, "code": "increase"}]},
        "group": [
            {
                "population": [
                    {"code": population("initial-population"), "criteria": expression(site, window.population)},
                    {"code": population("denominator"), "criteria": expression(site, window.population)},
                    {"code": population("denominator-exclusion"), "criteria": unknown(site, window.numerator)},
                    {"code": population("numerator"), "criteria": expression(site, window.numerator)},
                ]
            }
        ],
    }
    cleaned: Resource = without_nothing(found)
    return cleaned


def population(code: str) -> Resource:
    """A code of HL7's measure populations."""
    return {"coding": [{"system": _POPULATIONS, "code": code}]}


def score(value: float) -> Resource:
    """A proportion."""
    return {"value": value, "unit": "1", "system": "http://unitsofmeasure.org", "code": "1"}


def evaluated(telling: Telling, window: Window, period: tuple[str, str]) -> Resource:
    """A report where it is known in which populations the person is; else what is to be found out. Unknown is never counted as no."""
    findings = telling.decision.judgements.findings
    whom, filled = judge(window.population, findings), judge(window.numerator, findings)
    if whom.truth is None or (whom.truth and filled.truth is None):
        return _wanting(telling, whom.missing() or filled.missing())
    counts = {"initial-population": whom.truth, "denominator": whom.truth, "numerator": whom.truth and filled.truth is True}
    codes = [leaf.finding for judgement in (whom, filled) for leaf in judgement.leaves]
    group = {
        "population": [{"code": population(code), "count": int(here)} for code, here in counts.items()],
        "measureScore": score(int(counts["numerator"])) if whom.truth else None,
    }
    report = {
        "resourceType": "MeasureReport",
        "meta": security(telling.sharing),
        "contained": _messages(telling),
        "status": "complete",
        "type": "individual",
        "measure": telling.module,
        "subject": telling.whom(),
        "date": instant(telling.decision.as_of),
        "period": {"start": period[0], "end": period[1]},
        "group": [group],
        "evaluatedResource": [*references(telling, codes), *([{"reference": "#messages"}] if telling.remarks else [])],
    }
    found: Resource = without_nothing(report)
    return found


def _wanting(telling: Telling, missing: tuple[str, ...]) -> Resource:
    response = {
        "resourceType": "GuidanceResponse",
        "meta": security(telling.sharing),
        "contained": [engine_device(telling), *_messages(telling)],
        "requestIdentifier": {"value": telling.request},
        "moduleCanonical": telling.module,
        "status": "data-required",
        "subject": telling.whom(),
        "occurrenceDateTime": instant(telling.decision.as_of),
        "performer": {"reference": "#engine"},
        "evaluationMessage": [{"reference": "#messages"}] if telling.remarks else [],
        "note": [{"text": telling.say(telling.site.base.dictionary.entries[code].label)} for code in missing],
        "dataRequirement": _distinct(data for code in missing for data in finding_needed(telling.site, code)),
    }
    found: Resource = without_nothing(response)
    return found


def _distinct(found: Iterable[Resource]) -> list[Resource]:
    """Several findings wait for the review of one list."""
    kept: list[Resource] = []
    for one in found:
        if one not in kept:
            kept.append(one)
    return kept


def _messages(telling: Telling) -> list[Resource]:
    return [outcome(telling.remarks) | {"id": "messages"}] if telling.remarks else []
