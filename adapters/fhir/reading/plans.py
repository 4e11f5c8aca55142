"""CarePlan: what of it is under way, and which of our components serve which goal. What is only planned tells nothing.

INVARIANT: a draft, our own above all, tells nothing; and no plan tells that a medicine is taken. What an activity refers to is read
as what it is, not through the plan.
"""

from __future__ import annotations

from typing import Any

from adapters.fhir.ours import COMPONENTS
from adapters.fhir.reading.care import read_goal
from adapters.fhir.reading.elements import Coded, codings, inside, items, text
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.medications import possible
from adapters.fhir.reading.services import doubt, hold, services
from adapters.fhir.reading.times import Moment, moment

_ENDED = frozenset({"completed", "revoked"})
_NOT_YET = frozenset({"not-started", "scheduled", "cancelled", "entered-in-error"})
_OVER = frozenset({"completed", "stopped", "on-hold"})


def read_plan(one: One, into: Ledger) -> None:
    status = text(one.resource.get("status"))
    if status == "entered-in-error":
        into.tell(one.reference, "entered-in-error", "It was entered in error, and not used.")
        return
    if status == "draft":
        return
    running = status == "active" and not one.unclear
    if running:
        for goal in items(one.resource.get("goal")):
            _contained_goal(goal, one, into)
    activities = items(one.resource.get("activity"))
    for activity in activities:
        if detail := inside(activity.get("detail")):
            _activity(detail, running and not activity.get("modifierExtension") and not detail.get("modifierExtension"), one, into)
        elif activity.get("reference") is not None and running:
            into.tell(one.kind, "not-used", "What a plan only refers to is not read through the plan.")
    if running and not activities:
        into.tell(one.kind, "not-used", "What is said in words alone is not read.")


def _activity(detail: dict[str, Any], running: bool, one: One, into: Ledger) -> None:
    status, components = text(detail.get("status")), _components(detail, into)
    sets = services([*components, *codings(detail.get("code"))], one, into)
    says = [meaning for item in sets for meaning in item.says]
    if status in _NOT_YET and running:
        return
    if not running or status != "in-progress":
        plan = text(one.resource.get("status"))
        if says and not one.unclear and plan not in _ENDED and status not in _OVER:
            into.tell(one.reference, "status-unknown" if plan and status else "status-missing", "Nobody can tell whether it is under way.")
        doubt(says, one, into)
        return
    hold([meaning for meaning in says if meaning.finding], (_since(detail, one),), one, into)
    for name in dict.fromkeys(name for item in sets for name in item.gives):
        into.tell(one.reference, "planned-only", "A plan alone does not tell that a medicine is taken; it may be.")
        possible(name, one, into)
    for goal in items(detail.get("goal")):
        into.serving.setdefault(_goal(goal, one), set()).update(item.code for item in components)


def _components(detail: dict[str, Any], into: Ledger) -> list[Coded]:
    """Our own components that it puts into practice."""
    said = detail.get("instantiatesCanonical")
    prefix, known = f"{into.root}/{COMPONENTS}/", into.lookup.base.components
    urls = [text(item).partition("|")[0] for item in (said if isinstance(said, list) else [said])]
    names = [url.removeprefix(prefix) for url in urls if into.root and url.startswith(prefix)]
    return [Coded("component", name, {}) for name in dict.fromkeys(names) if name in known]


def _since(detail: dict[str, Any], one: One) -> Moment | None:
    """Since when it is under way: never later than was said."""
    said = inside(detail.get("scheduledPeriod")).get("start"), inside(one.resource.get("period")).get("start"), one.resource.get("created")
    return next((found for value in said if (found := moment(value))), None)


def _contained_goal(goal: dict[str, Any], one: One, into: Ledger) -> None:
    """A goal that stands inside of the plan; others are read as what they are."""
    found = into.pointed(one, goal) if text(goal.get("reference")).startswith("#") else None
    if found is not None and found.get("resourceType") == "Goal" and not found.get("modifierExtension"):
        read_goal(One(found, "Goal", _goal(goal, one), one.origin), into)


def _goal(goal: dict[str, Any], one: One) -> str:
    target = text(goal.get("reference")).split("/_history")[0]
    return f"{one.reference}{target}" if target.startswith("#") else "/".join(target.split("/")[-2:])
