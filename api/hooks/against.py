"""Entries of lists that nobody understood, and that could be what speaks against an order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.fhir.reading import Unread
from api.hooks.markdown import is_reference, text
from api.hooks.matter import Matter
from api.hooks.phrases import say
from engine.artifacts import Component, Rule

LISTED = ("Condition", "Medication", "AllergyIntolerance")
ENTRIES = frozenset(
    {"code-unknown", "text-only", "code-missing", "reference-not-sent", "dispensed-only", "status-missing", "status-unknown"}
)
_MOST_NAMED = 3


def proposed(matter: Matter) -> Iterator[Component]:
    """The medicines that are ordered, so far as they are of ours."""
    for component in matter.base.components.values():
        if component.medication and matter.finding(f"medication.{component.medication}.proposed").low == 1:
            yield component


def spoken_of(matter: Matter) -> frozenset[str]:
    """The ordered medicines against which something is known to speak, or is taken to until more is known."""
    return frozenset(item.component.id for item in (*matter.decision.withheld, *matter.decision.cautions) if "proposed" in item.sought)


def undecided(matter: Matter, component: Component) -> list[Rule]:
    """The contraindications of a medicine that are to be said while they are not ruled out."""
    truths = matter.decision.judgements.truths
    rules = matter.base.avoiding.get(component.id, ())
    return [rule for rule in rules if rule.forbids(component.id) and truths[rule.id] is None and rule.on_unknown != "silent"]


def not_ruled_out(matter: Matter, component: Component) -> Iterator[str]:
    """One line of Markdown, where something was not understood that could speak against this medicine."""
    if found := list(_against(matter, component)):
        references = [item.reference for item in found]
        yield f"{text(say('could_be', matter.language, count=len(found)))} {names(matter, references)}".rstrip()


def against_uncarded(matter: Matter) -> frozenset[Unread]:
    """The same for the ordered medicines that have no card of their own."""
    carded = spoken_of(matter)
    bare = [component for component in proposed(matter) if component.id not in carded and not undecided(matter, component)]
    return frozenset(item for component in bare for item in _against(matter, component))


def names(matter: Matter, references: Sequence[str]) -> str:
    """The first of some resources, and how many more there are."""
    found = list(dict.fromkeys(references))
    shown = " ".join(f"`{name}`" for name in found[:_MOST_NAMED] if is_reference(name))
    more = say("more", matter.language, count=len(found) - _MOST_NAMED) if len(found) > _MOST_NAMED else ""
    return " ".join(filter(None, (shown, more)))


def _against(matter: Matter, component: Component) -> Iterator[Unread]:
    entries = [item for item in matter.unread if item.reason in ENTRIES and item.reference.startswith(LISTED)]
    kinds = tuple(_kinds(matter, component)) if entries else ()
    drafted = {order.reference for order in matter.all_orders()}
    yield from (item for item in entries if item.reference.startswith(kinds) and item.reference not in drafted)


def _kinds(matter: Matter, component: Component) -> Iterator[str]:
    """The lists on which rules wait that speak against a medicine, whether they say so or not."""
    truths, avoiding = matter.decision.judgements.truths, matter.base.avoiding.get(component.id, ())
    waiting = _open_behind(matter, [name for rule in avoiding if truths[rule.id] is None for name in rule.reads])
    if waiting & matter.base.terminology.diagnosed:
        yield "Condition"
    for prefix, kind in (("medication.", "Medication"), ("allergy.", "AllergyIntolerance")):
        if any(name.startswith(prefix) for name in waiting):
            yield kind


def _open_behind(matter: Matter, codes: Sequence[str]) -> frozenset[str]:
    """Those of some findings that are not settled, with what they would be concluded from."""
    basis, found, pending = matter.base.ruleset.basis, set[str](), list(codes)
    while pending:
        code = pending.pop()
        if code not in found and not matter.finding(code).exact:
            found.add(code)
            pending += basis.get(code, ())
    return frozenset(found)
