"""What the codings of a result name: findings by published codes, by our own, or by both, which must then agree."""

from __future__ import annotations

from typing import Any

from adapters.fhir.ours import FINDINGS, PREGNANCY
from adapters.fhir.reading.elements import codings
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.lookup import Lookup, Means


def named(part: dict[str, Any], one: One, into: Ledger) -> dict[str, Means] | None:
    """Code -> what it is of. Empty where nothing is known under its codes; None where they cannot be used, which is told."""
    codes, lookup = codings(part.get("code")), into.lookup
    published = {item.code: lookup.measured(item.code) for item in codes if item.system == "loinc"}
    found = {code: means for code, means in published.items() if code == PREGNANCY or means.known}
    ours = {item.code for item in codes if into.root and item.system == f"{into.root}/{FINDINGS}"}
    if not ours:
        return found
    own = {code: means for code in ours if (means := lookup.named(code)) is not None}
    if computed := [code for code in ours if code not in own and into.knows(code)]:
        into.tell(one.reference, "code-computed", "This finding follows from others, which are to be sent instead.")
    elif len(own) < len(ours):
        into.tell(one.reference, "code-unknown", "There is no such finding of ours.")
    if computed or len(own) < len(ours):
        return None
    if len(own) > 1 or any(not own.keys() <= means.names for means in found.values()):
        into.tell(one.reference, "code-contradictory", "Its codes name different findings; it was not used.")
        return None
    code, means = own.popitem()
    key = _published(code, means, lookup)
    forms = frozenset({code.partition(".")[0]} & lookup.base.instruments.keys())
    return {**found, key: (lookup.measured(key) if key != code else means)._replace(forms=forms)}


def _published(code: str, means: Means, lookup: Lookup) -> str:
    """The code under which an answer stands on its sheet: where there is a published one, that, so that two of them are one answer."""
    instruments = lookup.base.instruments
    if means.questions:
        other = means.questions[0][1].loinc
    elif means.total:
        other = instruments[means.total].loinc.get("total")
    else:
        other = instruments[means.panel].loinc.get("panel") if means.panel else None
    return other if other and code in lookup.measured(other).names else code
