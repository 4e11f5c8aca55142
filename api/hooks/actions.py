"""What a clinician may accept with one touch: drafts and proposals, never an order, and never a medicine begun by us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.hooks.markdown import plain
from api.hooks.matter import Matter, Order
from api.hooks.phrases import say
from engine.artifacts import Component, Urgency
from engine.decision import Escalation, FollowUpPlan, Recommendation
from engine.terms import word
from engine.timing import instant
from engine.wording import duration_words

Document = dict[str, Any]
_PRIORITY: Mapping[Urgency, str] = {"emergent": "stat", "urgent": "urgent", "soon": "asap", "routine": "routine"}
_LONGEST = 200


def suggestion(matter: Matter, name: str, label: str, *actions: Document, recommended: bool = False) -> Document:
    """One offer; all of its actions are taken together."""
    found: Document = {"label": plain(label, _LONGEST), "uuid": matter.name("suggestion", name), "actions": list(actions)}
    return found | ({"isRecommended": True} if recommended else {})


def propose(matter: Matter, item: Recommendation) -> Document:
    """A recommended component: a service is proposed; of a medicine only a prescriber is asked."""
    component = item.component
    if component.kind == "medication":
        return ask_prescriber(matter, component, "consider_medicine", item.urgency)
    title = component.title[matter.language]
    request = _about(matter, "ServiceRequest") | {
        "status": "draft",
        "intent": "proposal",
        "priority": _PRIORITY[item.urgency],
        "code": {"text": title},
        "reasonCode": [{"text": reason.by.title[matter.language]} for reason in item.reasons[:3]],
        "authoredOn": instant(matter.as_of),
    }
    label = say("propose", matter.language, what=title)
    return suggestion(matter, f"propose:{component.id}", label, _create(label, request))


def ask_prescriber(matter: Matter, component: Component, phrase: str, urgency: Urgency = "routine") -> Document:
    """A task for a prescriber to think about a medicine; nothing is ordered by it."""
    label = say(phrase, matter.language, what=component.title[matter.language])
    task = {
        "resourceType": "Task",
        "status": "draft",
        "intent": "proposal",
        "priority": _PRIORITY[urgency],
        "description": f"{label}. {say('review', matter.language)}",
        "for": {"reference": matter.subject},
        "authoredOn": instant(matter.as_of),
    } | _encounter(matter)
    return suggestion(matter, f"ask:{phrase}:{component.id}", label, _create(label, task))


def tell(matter: Matter, item: Escalation) -> Document:
    """A message to whoever the step of the ladder names; a person sends it."""
    language = matter.language
    request = _about(matter, "CommunicationRequest") | {
        "status": "draft",
        "priority": "stat" if item.level in ("E6", "E5") else "urgent" if item.level in ("E4", "E3") else "routine",
        "payload": [{"contentString": f"{item.title[language]}. {item.do[language]}"}],
        "authoredOn": instant(matter.as_of),
    }
    label = say("tell", language, who=word(item.to, language))
    return suggestion(matter, f"tell:{item.level}:{item.to}", label, _create(label, request), recommended=True)


def follow_up(matter: Matter, plan: FollowUpPlan) -> Document:
    """The follow-up as a draft of a care plan."""
    language = matter.language
    within, who = duration_words(plan.every, language), word(plan.with_, language)
    detail = {
        "kind": "Appointment",
        "status": "not-started",
        "description": say("contact_every", language, time=within, who=who),
        "scheduledString": within,
    }
    care_plan = _about(matter, "CarePlan") | {
        "status": "draft",
        "intent": "proposal",
        "title": say("follow_up_plan", language, time=within),
        "created": instant(matter.as_of),
        "activity": [{"detail": detail}],
    }
    label = say("follow_up_plan", language, time=within)
    return suggestion(matter, "follow-up", label, _create(label, care_plan))


def remove(matter: Matter, order: Order, title: str, *, recommended: bool) -> Document:
    """The order that something speaks against is taken out of the draft."""
    label = say("remove", matter.language, what=title)
    action = {"type": "delete", "description": label, "resourceId": order.reference}
    return suggestion(matter, f"remove:{order.reference}", label, action, recommended=recommended)


def _create(description: str, resource: Document) -> Document:
    return {"type": "create", "description": description, "resource": resource}


def _about(matter: Matter, kind: str) -> Document:
    return {"resourceType": kind, "subject": {"reference": matter.subject}} | _encounter(matter)


def _encounter(matter: Matter) -> Document:
    id = matter.call.context.encounter
    return {"encounter": {"reference": f"Encounter/{id}"}} if id else {}
