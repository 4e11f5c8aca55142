"""What an order asks for although nothing forbids the medicine: a level, an ECG, a medicine at hand, another look."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from api.hooks import actions
from api.hooks.card import Card, distinct
from api.hooks.detail import section
from api.hooks.markdown import text
from api.hooks.matter import Matter
from api.hooks.phrases import say
from engine.decision import Reason, Recommendation

_MOST = 5
PROPOSED = ".proposed"


def demanded(matter: Matter, told: Collection[str]) -> Iterator[Card]:
    """At most one card, of what rules ask for that read an order in question. told: rules that stand on other cards."""
    language, found = matter.language, [(item, _of_order(item, told)) for item in matter.decision.recommendations if not item.declined]
    asked = [item for item, reasons in found if reasons][:_MOST]
    if not asked:
        return
    reasons = distinct([reason for item, speaking in found if item in asked for reason in speaking])
    named = ", ".join(item.component.title[language] for item in asked)
    lines = [f"{text(item.component.title[language])}: {text(item.component.summary[language])}" for item in asked]
    yield Card(
        topic="order-demands",
        place="plan",
        indicator="warning" if any(item.urgency != "routine" for item in asked) else "info",
        summary=say("because_of", language, what=reasons[0].by.title[language], why=say("with_order", language, what=named)),
        reasons=reasons,
        lead=(section(matter, "do", lines),),
        suggestions=tuple(actions.propose(matter, item) for item in asked if item.component.kind != "medication"),
    )


def _of_order(item: Recommendation, told: Collection[str]) -> tuple[Reason, ...]:
    """What is known to speak for it because of an order, and has not been said."""
    return tuple(
        reason
        for reason in item.reasons
        if reason.truth is True and reason.reference not in told and any(leaf.finding.endswith(PROPOSED) for leaf in reason.grounds)
    )
