"""PlanDefinition of kind clinical-protocol: one care pathway, its stages, and the guarded steps between them."""

from __future__ import annotations

from adapters.fhir.writing.canonical import Publishing, Resource, artifact, citations, related, reviewed, said, without_nothing
from adapters.fhir.writing.rules import applies, escalated, kind_of_plan, logic, recommended
from adapters.fhir.writing.words import PRIORITY, contact_words, duration, every, participant
from engine.pathway import Pathway, Stage, Transition

_KINDS = {
    "task": "somebody does this",
    "decision": "exactly one way leads on",
    "wait": "its clock or a finding ends it",
    "call": "it waits for other pathways",
    "emergency": "help now",
    "end": "it ends here",
}


def pathway_name(pathway: str) -> str:
    """The name of a pathway among the plan definitions."""
    return f"pathway-{pathway}"


def pathway_definition(site: Publishing, pathway: Pathway) -> Resource:
    """One pathway. Stages are the actions of one group, steps those of another, tied to the stages that they leave and reach."""
    found = artifact(site, "PlanDefinition", pathway_name(pathway.id), pathway.version, pathway.title, pathway.status)
    found |= reviewed(pathway.review_by)
    found |= {
        "type": kind_of_plan("clinical-protocol"),
        "relatedArtifact": [*citations(site, pathway.evidence), *related("depends-on", [logic(site)])],
        "library": [logic(site)],
        "action": [
            {
                "id": "stages",
                "title": "Stages",
                "description": f"It begins at {pathway.stages[pathway.start].title['en']}.",
                "documentation": citations(site, pathway.evidence),
                "condition": applies(site, pathway.enter),
                "groupingBehavior": "logical-group",
                "action": [_stage(site, pathway, name, stage) for name, stage in pathway.stages.items()],
            },
            {
                "id": "steps",
                "title": "Steps",
                "description": "Read from the first to the last. A step whose condition is unknown holds the person where they are.",
                "groupingBehavior": "logical-group",
                "action": [_step(site, pathway, number, step) for number, step in enumerate(pathway.transitions, start=1)],
            },
        ],
    }
    cleaned: Resource = without_nothing(found)
    return cleaned


def _stage(site: Publishing, pathway: Pathway, name: str, stage: Stage) -> Resource:
    late = [escalated(site, stage.late) | {"id": f"{name}-late", "prefix": "If late"}] if stage.late else []
    parts = [recommended(site, component) for component in stage.recommend]
    parts += [_called(site, called) for called in stage.calls]
    if stage.follow_up:
        contact = stage.follow_up
        parts += [{"title": contact_words(contact), "timingTiming": every(contact.every), "participant": participant(contact.with_)}]
    words = [_KINDS[stage.kind], stage.phase.replace("_", " "), f"while unknown: {stage.unknown['en']}" if stage.unknown else ""]
    return {
        "id": name,
        **said("title", stage.title),
        "description": f"{'; '.join(filter(None, words))}.".capitalize(),
        "code": [{"text": stage.kind}],
        "timingDuration": duration(stage.within) if stage.within is not None else None,
        "participant": participant(stage.who),
        "action": [*parts, *late],
    }


def _called(site: Publishing, name: str) -> Resource:
    called = site.base.pathways[name]
    return {**said("title", called.title), "definitionCanonical": site.canonical("PlanDefinition", pathway_name(name), called.version)}


def _step(site: Publishing, pathway: Pathway, number: int, step: Transition) -> Resource:
    """A step comes after the stages that it leaves, and before those that it reaches."""
    leaves = [] if step.anywhere else [{"actionId": name, "relationship": "after"} for name in step.from_]
    reaches = [{"actionId": name, "relationship": "before-start"} for name in step.to]
    whence = (
        "from any stage"
        if step.anywhere
        else f"from {' and '.join(step.from_)} together"
        if step.join
        else f"from {' or '.join(step.from_)}"
    )
    eases = "; it leads to less care, so that a decision takes one such step at most" if step.eases else ""
    return {
        "id": f"step-{number}",
        **said("title", step.title),
        "description": f"Step {whence} to {' and '.join(step.to)}{eases}.",
        "priority": PRIORITY[step.urgency],
        "condition": applies(site, step.when),
        "relatedAction": [*leaves, *reaches],
    }
