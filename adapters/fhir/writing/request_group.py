"""RequestGroup: all that a decision proposes, most urgent first, each action with why, when and by whom."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.fhir.writing.canonical import Resource, citations
from adapters.fhir.writing.cql import LIBRARY, Writer
from adapters.fhir.writing.proposals import contact, contact_title, proposed, raised, sought, sought_title
from adapters.fhir.writing.telling import Telling
from adapters.fhir.writing.words import LEVEL, PRIORITY, every
from engine.artifacts import Role, Rule
from engine.decision import Interval, Reason, Recommendation
from engine.dictionary import Language
from engine.terms import word
from engine.timing import instant

_SAFETY = ("S0", "S1")
_PRECAUTION: dict[Language, str] = {"en": "as a precaution, while it is unknown", "es": "como precaución, mientras no se sabe"}
_CAUTION: dict[Language, str] = {"en": "Caution", "es": "Precaución"}
_PART: dict[Language, str] = {"en": "Part of, or an option beside: {what}.", "es": "Parte de, o una opción junto a: {what}."}
Pair = tuple[Resource, Resource]  # an action, and the request that it refers to


def request_group(telling: Telling) -> tuple[Resource, list[Resource]]:
    """The group, and the requests that its actions refer to."""
    pairs = list(_pairs(telling))
    group = {
        "resourceType": "RequestGroup",
        "id": "plan",
        "instantiatesCanonical": [telling.module],
        "status": "draft",
        "intent": "proposal",
        "subject": telling.whom(),
        "authoredOn": instant(telling.decision.as_of),
        "author": {"reference": "#engine"},
        "action": [action for action, _ in pairs],
    }
    return group, [request for _, request in pairs]


def _pairs(telling: Telling) -> Iterator[Pair]:
    decision = telling.decision
    for number, step in enumerate(decision.escalations, start=1):
        action = _action(telling, f"escalation-{number}", telling.say(step.title), telling.say(step.do), step.reasons)
        due = {"timingDateTime": instant(decision.as_of + step.within)} if step.within is not None else {}
        action |= {"prefix": step.level, "priority": LEVEL[step.level], **due, "participant": _who(telling, step.to)}
        yield action, raised(telling, step, action["id"])
    for item in (item for item in decision.recommendations if not item.declined):
        action = _recommended(telling, item)
        yield action, proposed(telling, item, action["id"])
    for number, demand in enumerate(_contacts(telling), start=1):
        title = contact_title(telling, demand.with_, demand.modality)
        action = _action(telling, f"contact-{number}", title, "", (demand.reason,))
        yield (
            action | {"timingTiming": every(demand.every), "participant": _who(telling, demand.with_)},
            contact(telling, demand, action["id"]),
        )
    for number, data in enumerate((item for item in decision.requests if item.required or item.stratum in _SAFETY), start=1):
        action = _action(telling, f"find-out-{number}", sought_title(telling, data), "", ())
        yield action, sought(telling, data, action["id"])


def _recommended(telling: Telling, item: Recommendation) -> Resource:
    parts = [telling.say(item.component.summary)]
    parts += [f"{_CAUTION[telling.language]}: {telling.say(one.action.do or one.reason.by.title)}" for one in item.cautions]
    if item.within:
        parts.append(_PART[telling.language].format(what=telling.say(telling.site.base.components[item.within].title)))
    action = _action(telling, f"do-{item.component.id}"[:64], telling.say(item.component.title), " ".join(parts), item.reasons)
    return action | {"priority": PRIORITY[item.urgency], "participant": _who(telling, item.component.deliver[0])}


def _action(telling: Telling, id: str, title: str, description: str, reasons: tuple[Reason, ...]) -> Resource:
    """INVARIANT: an action names one resource, and has no actions of its own (rqg-1)."""
    documents = [document for reason in reasons for document in justification(telling, reason)]
    return {
        "id": id,
        "title": title,
        "description": description,
        "documentation": documents,
        "condition": _condition(telling, reasons),
        "resource": {"reference": f"#{id}"},
    }


def justification(telling: Telling, reason: Reason) -> list[Resource]:
    """Why, by which version of which artifact, and what that rests on."""
    because = telling.say(reason.by.because) if isinstance(reason.by, Rule) else telling.say(reason.by.title)
    words = f"{because} ({_PRECAUTION[telling.language]})" if reason.precaution else because
    why = {"type": "justification", "label": reason.reference, "display": words, "resource": telling.canonical(reason)}
    return [why, *citations(telling.site, reason.by.evidence)]


def _condition(telling: Telling, reasons: tuple[Reason, ...]) -> list[Resource]:
    """That any of the rules holds; one condition, because several would all have to.

    INVARIANT: a precaution has none. What is unknown is null in CQL, and whoever judged it again would drop the action.
    """
    if any(reason.truth is None for reason in reasons):
        return []
    writer = Writer(telling.site.base, f"{LIBRARY}.")
    texts = list(dict.fromkeys(writer.expression(reason.by.when) for reason in reasons if isinstance(reason.by, Rule)))
    if not texts or len(texts) != len({reason.reference for reason in reasons}):
        return []  # where a stage of a pathway is a reason too, no condition says all of it
    text = texts[0] if len(texts) == 1 else " or ".join(f"({text})" for text in texts)
    return [{"kind": "applicability", "expression": {"language": "text/cql", "expression": text}}]


def _contacts(telling: Telling) -> list[Interval]:
    """Of contacts with the same member of the team, the closest; the first as the person's wishes have shaped it."""
    plan = telling.decision.follow_up
    if plan is None:
        return []
    first = Interval(plan.every, plan.with_, plan.modality, plan.demands[0].reason)
    closest: dict[Role, Interval] = {plan.with_: first}
    for demand in plan.demands:
        closest.setdefault(demand.with_, demand)
    return list(closest.values())


def _who(telling: Telling, role: Role) -> list[Resource]:
    return [{"display": word(role, telling.language)}]
