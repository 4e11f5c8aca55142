"""What an entry of a medication or allergy list names: by our own name, by codes, or by both."""

from __future__ import annotations

from dataclasses import dataclass

from engine.base import KnowledgeBase
from engine.given import Coding
from engine.record import ListedMedication


@dataclass(frozen=True, slots=True)
class Named:
    """What a medicine or substance is. classes: its ingredients, and theirs. kin: what a bare class may be, and is not known to be.

    whole: nothing of it is left that was not understood. disputed: its names cannot be of one medicine; all count as present.
    """

    classes: frozenset[str]
    kin: frozenset[str]
    whole: bool
    disputed: bool


def named_by(base: KnowledgeBase, name: str | None, codes: tuple[Coding, ...]) -> Named:
    """By our own name and by codes alike. Codes of one entry name one thing, so one that is understood wholly is enough."""
    dictionary, terminology = base.dictionary, base.terminology
    coded = [terminology.ingredients(code.system, code.code) for code in codes]
    listed = {name} & (dictionary.ingredients.keys() | dictionary.classes.keys()) if name else set()
    names = listed | {item for items in coded for item in items or ()}
    exact = names & dictionary.ingredients.keys()
    classes = names | {group for item in exact for group in dictionary.ingredients[item].classes}
    kin = set() if exact else {other for item in names for other in dictionary.kin[item]}  # an ingredient says more than its class
    entire = any(terminology.whole(code.system, code.code) for code, items in zip(codes, coded, strict=True) if items)
    nothing = bool(coded) and not names and None not in coded
    forms = [_forms(base, {*items} & exact) for items in (listed, *(items or () for items in coded))]
    disputed = any(one and other and not one & other for one in forms for other in forms)
    return Named(frozenset(classes), frozenset(kin), bool(listed) or entire or nothing, disputed)


def about(base: KnowledgeBase, entry: ListedMedication) -> object:
    """What an entry is a statement about: an ingredient, or one product of it, which stops while another strength goes on."""
    own = {code.code: base.terminology.ingredients(code.system, code.code) for code in entry.codes if code.system == "rxnorm"}
    named = {names[0] for code, names in own.items() if names and base.dictionary.ingredients[names[0]].rxnorm == code}
    return entry.ingredient or (named.pop() if len(named) == 1 else entry.codes)


def _forms(base: KnowledgeBase, items: set[str]) -> set[str]:
    """Ingredients, and those that they are a form of: buprenorphine with naloxone is buprenorphine too."""
    ingredients = base.dictionary.ingredients
    return {form for item in items for form in (item, *ingredients[item].classes)} & ingredients.keys()
