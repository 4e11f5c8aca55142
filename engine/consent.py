"""Who may learn what: labels, purpose, recipient, consent and emergency decide. Pure, and closed unless something opens it.

Brief 9.1 to 9.4. What a Part 2 programme holds is closed to everybody outside it until a consent or a medical emergency
opens it. What HIPAA alone covers is open to treatment, payment and operations until the person has refused it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.dictionary import Sensitivity
from engine.given import Origin

Purpose = Literal["treatment", "payment", "operations", "emergency", "legal", "criminal_justice", "research", "public_health"]
Kind = Literal["professional", "patient", "proxy"]
Signature = Literal["patient", "guardian", "both"]
Basis = Literal[
    "not_restricted",
    "own_record",
    "own_programme",
    "health_care",
    "consent",
    "emergency",
    "no_consent",
    "refused",
    "expired",
    "proceedings",
]
LABELS: tuple[Sensitivity, ...] = ("part2", "mental_health", "sexual_reproductive", "minor")
CLASSES: dict[str, frozenset[Kind]] = {  # names that stand for a class of recipients in a consent
    "treating_providers": frozenset({"professional"}),
    "payers": frozenset({"professional"}),
    "family": frozenset({"proxy"}),
}
_CARE = frozenset({"treatment", "payment", "operations", "emergency"})
_CLASS_PURPOSES = {"treating_providers": frozenset({"treatment", "operations"}), "payers": frozenset({"payment"})}


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement of the person about sharing. scope: a consent of the criminal justice system is never one for care."""

    category: Sensitivity | Literal["all"]
    recipient: str
    purpose: Purpose
    status: Literal["given", "declined", "revoked"]
    at: datetime
    until: datetime | None = None
    signed_by: Signature | None = None
    scope: Literal["care", "criminal_justice"] = "care"
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who would learn it, and what for. recipient: None while nobody has said who. emergency: of a documented kind (2.51)."""

    purpose: Purpose = "treatment"
    recipient: str | None = None
    kind: Kind = "professional"
    programmes: frozenset[str] = field(default=frozenset())
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something may be learnt, on what ground, and by which consent."""

    permitted: bool
    basis: Basis
    consent: str | None = None


OPEN = Verdict(True, "not_restricted")


def decide(
    labels: Iterable[Sensitivity],
    origin: Origin | None,
    viewer: Viewer,
    grants: Iterable[Grant],
    signature: Signature,
    at: datetime,
) -> Verdict:
    """The verdict for something with these labels: the strictest of those for each label. signature: who must have signed."""
    part2 = origin is not None and origin.part2
    found = sorted({*labels, "part2"} if part2 else set(labels))
    if not found:
        return OPEN
    known = tuple(grants)
    verdicts = [_for_label(label, origin if label == "part2" else None, viewer, known, signature, at) for label in found]
    return min(verdicts, key=lambda verdict: (verdict.permitted, -_TELLING.index(verdict.basis)))


# Of several permissions the one that must be written down is told; of several refusals, the graver.
_TELLING: tuple[Basis, ...] = ("not_restricted", "own_record", "health_care", "own_programme", "consent", "emergency")
_TELLING += ("no_consent", "expired", "refused", "proceedings")


def _for_label(
    label: Sensitivity, origin: Origin | None, viewer: Viewer, grants: tuple[Grant, ...], signature: Signature, at: datetime
) -> Verdict:
    if viewer.purpose == "legal":
        return Verdict(False, "proceedings")
    if viewer.kind == "patient":
        return Verdict(True, "own_record")
    bound = origin is not None and origin.part2
    if bound and origin is not None and origin.programme in viewer.programmes and viewer.purpose in _CARE and viewer.kind == "professional":
        return Verdict(True, "own_programme")
    if viewer.emergency and viewer.kind == "professional" and viewer.purpose == "emergency":
        return Verdict(True, "emergency")
    asked = _asked(label, viewer, grants, signature, at)
    if asked is not None:
        return asked
    free = viewer.kind == "professional" and viewer.purpose in _CARE and not bound
    return Verdict(True, "health_care") if free else Verdict(False, "no_consent")


def _asked(label: Sensitivity, viewer: Viewer, grants: tuple[Grant, ...], signature: Signature, at: datetime) -> Verdict | None:
    """What the person has said that bears on this: what names the recipient, before what speaks of a class; the newest of it."""
    bearing = [grant for grant in grants if grant.at <= at and grant.category in (label, "all") and _bears(grant, viewer)]
    named = [grant for grant in bearing if grant.recipient not in CLASSES]
    telling = named or bearing
    if not telling:
        return None
    newest = max(grant.at for grant in telling)
    last = [grant for grant in telling if grant.at == newest]
    if any(grant.status != "given" for grant in last):
        return Verdict(False, "refused")
    good = [grant for grant in last if _signed(grant, signature) and (viewer.recipient is not None or grant.recipient in CLASSES)]
    if not good:
        return Verdict(False, "no_consent")
    current = [grant for grant in good if grant.until is None or at < grant.until]
    return Verdict(True, "consent", current[0].id) if current else Verdict(False, "expired")


def _bears(grant: Grant, viewer: Viewer) -> bool:
    """Whether a statement speaks of this recipient and purpose. A refusal bears on a recipient of whom nobody has said who it is."""
    if (grant.scope == "criminal_justice") != (viewer.purpose == "criminal_justice") or grant.purpose != viewer.purpose:
        return False
    if grant.recipient in CLASSES:
        fits = viewer.kind in CLASSES[grant.recipient] and viewer.purpose in _CLASS_PURPOSES.get(grant.recipient, _CARE)
        return fits and not (viewer.kind == "proxy" and grant.status == "given")  # a relative is let in by name only
    if viewer.recipient is None:
        return grant.status != "given"
    return _same(grant.recipient, viewer.recipient)


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _signed(grant: Grant, needed: Signature) -> bool:
    return (grant.signed_by or "patient") == needed or grant.signed_by == "both"
