"""PlanDefinition of kind eca-rule: one rule, with its condition as CQL and what it asks for as actions."""

from __future__ import annotations

from adapters.fhir.writing import cql
from adapters.fhir.writing.canonical import Publishing, Resource, artifact, citations, related, reviewed, said, without_nothing
from adapters.fhir.writing.needed import finding_needed
from adapters.fhir.writing.words import LEVEL, PRIORITY, contact_words, duration, every, participant
from engine.artifacts import Action, Avoid, Conclude, Escalate, FollowUp, Recommend, Request, Rule
from engine.conditions import Condition
from engine.dictionary import Text

_TYPES = "http://terminology.hl7.org/CodeSystem/plan-definition-type"
_LOINC = "http://loinc.org"
_UNKNOWN = {
    "ask": "While it is unknown whether this holds, the missing findings are asked for.",
    "escalate": "While it is unknown whether this holds, the missing findings are asked for, and it is acted on as a precaution.",
    "silent": "While it is unknown whether this holds, nothing is asked and nothing is done.",
}


def rule_name(rule: Rule) -> str:
    """The name of a rule among the plan definitions."""
    return f"rule-{rule.id}"


def kind_of_plan(code: str) -> Resource:
    return {"coding": [{"system": _TYPES, "code": code}]}


def logic(site: Publishing) -> str:
    """The library that every condition stands on."""
    return site.canonical("Library", cql.LIBRARY, site.version)


def expression(site: Publishing, tree: Condition) -> Resource:
    """A condition as an Expression of CQL over the library."""
    return {
        "language": "text/cql",
        "expression": cql.Writer(site.base, f"{cql.LIBRARY}.").expression(tree),
        "reference": site.url("Library", cql.LIBRARY),
    }


def unknown(site: Publishing, tree: Condition) -> Resource:
    """That it is not known whether a condition holds, as an Expression of CQL over the library."""
    known = expression(site, tree)
    return known | {"expression": f"({known['expression']}) is null"}


def applies(site: Publishing, tree: Condition) -> list[Resource]:
    return [{"kind": "applicability", "expression": expression(site, tree)}]


def rule_definition(site: Publishing, rule: Rule) -> Resource:
    """One rule."""
    found = artifact(site, "PlanDefinition", rule_name(rule), rule.version, rule.title, rule.status)
    found |= reviewed(rule.review_by) | said("description", rule.because)
    found |= {
        "type": kind_of_plan("eca-rule"),
        "usage": _UNKNOWN[rule.on_unknown],
        "purpose": rule.misuse["en"] if rule.misuse else None,
        "relatedArtifact": [*citations(site, rule.evidence), *related("depends-on", [logic(site)])],
        "library": [logic(site)],
        "action": [
            {
                **said("title", rule.title),
                **said("description", rule.because),
                "documentation": citations(site, rule.evidence),
                "trigger": [{"type": "named-event", "name": "patient-view"}],
                "condition": applies(site, rule.when),
                "groupingBehavior": "logical-group",
                "selectionBehavior": "all",
                "action": [_action(site, action) for action in rule.then],
            }
        ],
    }
    cleaned: Resource = without_nothing(found)
    return cleaned


def _action(site: Publishing, action: Action) -> Resource:
    match action:
        case Recommend():
            return recommended(site, action.recommend) | {"priority": PRIORITY[action.urgency]}
        case Avoid():
            return _avoided(site, action)
        case FollowUp():
            contact = action.follow_up
            return {"title": contact_words(contact), "timingTiming": every(contact.every), "participant": participant(contact.with_)}
        case Escalate():
            return escalated(site, action)
        case Request():
            return _requested(site, action)
        case Conclude():
            code, value = next(iter(action.conclude.items()))
            label = site.base.dictionary.entries[code].label["en"]
            return {"title": f"Conclude: {label}", "description": f"{code} is at least {str(value).lower()}."}


def recommended(site: Publishing, name: str) -> Resource:
    """An action that proposes a component."""
    component = site.base.components[name]
    url = site.canonical("ActivityDefinition", component.id, component.version)
    return {**said("title", component.title), "definitionCanonical": url, "participant": participant(component.deliver[0])}


def _avoided(site: Publishing, action: Avoid) -> Resource:
    """A contraindication has no definition to apply: whoever applied one would propose what is to be withheld."""
    component = site.base.components[action.avoid]
    instead = ", ".join(site.base.components[name].title["en"] for name in action.instead)
    title: Text = {"en": f"Avoid: {component.title['en']}", "es": f"Evitar: {component.title['es']}"}
    how = "It is withheld." if action.strictness == "absolute" else "It stands only with this caution."
    words = " ".join(filter(None, (how, action.do["en"] if action.do else "", f"Instead: {instead}." if instead else "")))
    return {**said("title", title), "description": words, "code": [{"text": f"contraindication, {action.strictness}"}]}


def escalated(site: Publishing, action: Escalate) -> Resource:
    """A step of the ladder: who answers, within what time, and what they do."""
    step = site.base.ladder[action.escalate]
    return {
        **said("title", step.title),
        **said("description", action.do),
        "code": [{"text": f"escalation {action.escalate}"}],
        "priority": LEVEL[action.escalate],
        "timingDuration": duration(step.within) if step.within is not None else None,
        "participant": participant(action.to or step.to),
    }


def _requested(site: Publishing, action: Request) -> Resource:
    labels = ", ".join(site.base.dictionary.entries[code].label["en"] for code in action.request)
    return {"title": f"Ask for: {labels}", "input": [found for code in action.request for found in finding_needed(site, code)]}
