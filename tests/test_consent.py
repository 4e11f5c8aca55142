"""Who may learn what: closed by default where Part 2 binds, opened by consent, programme or emergency, and closed again at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.consent import LABELS, Grant, Viewer, decide
from engine.given import Origin

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
OTP = Origin(programme="northside-otp", part2=True)
CLINIC = Origin(programme="main-street", part2=False)
DAY = timedelta(days=1)


def grant(**changed: Any) -> Grant:
    usual = {"category": "part2", "recipient": "City Hospital", "purpose": "treatment", "status": "given", "at": NOW - DAY}
    return Grant(**{**usual, **changed})


def viewer(**changed: Any) -> Viewer:
    return Viewer(**{"recipient": "City Hospital", **changed})


def basis(who: Viewer, *grants: Grant, labels: Any = ("part2",), origin: Origin | None = OTP, signature: Any = "patient") -> str:
    return decide(labels, origin, who, grants, signature, NOW).basis


def test_what_has_no_label_is_open_to_everybody() -> None:
    assert decide((), CLINIC, Viewer(purpose="research", kind="proxy"), (), "both", NOW).permitted


def test_everything_from_a_part2_programme_is_part2_whatever_its_code() -> None:
    assert basis(viewer(), labels=()) == "no_consent"


def test_the_same_label_from_elsewhere_is_ordinary_health_care() -> None:
    assert basis(viewer(), origin=CLINIC) == basis(viewer(), origin=None) == "health_care"


def test_the_programme_loses_nothing() -> None:
    assert basis(Viewer(programmes=frozenset({"northside-otp"}))) == "own_programme"
    assert basis(Viewer(programmes=frozenset({"another-otp"}))) == "no_consent"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "consent"),
        ({"recipient": "city  hospital"}, "consent"),
        ({"category": "all"}, "consent"),
        ({"until": NOW + DAY}, "consent"),
        ({"until": NOW}, "expired"),
        ({"at": NOW + DAY}, "no_consent"),
        ({"status": "revoked"}, "refused"),
        ({"status": "declined"}, "refused"),
        ({"category": "mental_health"}, "no_consent"),
        ({"purpose": "payment"}, "no_consent"),
        ({"recipient": "County Hospital"}, "no_consent"),
        ({"recipient": "treating_providers"}, "consent"),
        ({"recipient": "family"}, "no_consent"),
        ({"scope": "criminal_justice"}, "no_consent"),
        ({"signed_by": "guardian"}, "no_consent"),
    ],
)
def test_what_a_consent_opens(changed: dict[str, Any], told: str) -> None:
    assert basis(viewer(), grant(**changed)) == told


def test_a_revocation_closes_at_once_and_a_later_consent_opens_again() -> None:
    revoked = grant(status="revoked", at=NOW)
    assert basis(viewer(), grant(), revoked) == "refused"
    assert basis(viewer(), revoked, grant(at=NOW)) == "refused"  # of one moment the refusal holds
    assert basis(viewer(), grant(status="revoked", at=NOW - 2 * DAY), grant()) == "consent"


def test_a_refusal_of_one_recipient_beats_a_consent_for_all_of_its_class() -> None:
    assert basis(viewer(), grant(recipient="treating_providers", at=NOW), grant(status="declined", at=NOW - DAY)) == "refused"


def test_who_has_not_said_who_they_are_is_let_in_by_no_name() -> None:
    assert basis(viewer(recipient=None), grant()) == "no_consent"
    assert basis(viewer(recipient=None), grant(status="declined", category="mental_health"), labels=("mental_health",), origin=None) == (
        "refused"
    )


def test_a_medical_emergency_opens_to_professionals_and_never_to_relatives_or_courts() -> None:
    assert basis(viewer(purpose="emergency", emergency=True)) == "emergency"
    assert basis(viewer(purpose="emergency", emergency=True), grant(status="declined", purpose="emergency")) == "emergency"
    assert basis(viewer(purpose="emergency")) == "no_consent"  # nobody has documented one
    assert basis(viewer(purpose="emergency", emergency=True, kind="proxy")) == "no_consent"
    assert basis(viewer(purpose="legal", emergency=True)) == "proceedings"


def test_proceedings_are_refused_whatever_was_signed() -> None:
    assert basis(viewer(purpose="legal"), grant(purpose="legal"), grant(purpose="legal", scope="criminal_justice")) == "proceedings"


def test_probation_sees_by_its_own_consent_only_and_that_consent_opens_nothing_else() -> None:
    own = grant(purpose="criminal_justice", scope="criminal_justice")
    assert basis(viewer(purpose="criminal_justice"), own) == "consent"
    assert basis(viewer(purpose="criminal_justice"), grant(), grant(purpose="criminal_justice")) == "no_consent"
    assert basis(viewer(), own) == "no_consent"


@pytest.mark.parametrize("label", LABELS)
def test_a_relative_sees_nothing_restricted_until_the_person_names_them(label: Any) -> None:
    relative = viewer(recipient="Ana", kind="proxy")
    assert basis(relative, labels=(label,), origin=None) == "no_consent"
    assert basis(relative, grant(recipient="family", category="all"), labels=(label,), origin=None) == "no_consent"
    assert basis(relative, grant(recipient="Ana", category=label), labels=(label,), origin=None) == "consent"
    assert basis(relative, grant(recipient="Ana", category=label), labels=(label,), origin=None, signature="both") == "no_consent"


def test_people_see_their_own_record() -> None:
    assert basis(Viewer(kind="patient"), labels=LABELS) == "own_record"


@pytest.mark.parametrize("purpose", ["research", "public_health"])
def test_other_purposes_need_a_consent(purpose: Any) -> None:
    assert basis(viewer(purpose=purpose), labels=("mental_health",), origin=None) == "no_consent"
    assert basis(viewer(purpose=purpose), grant(purpose=purpose)) == "consent"


def test_what_a_minor_shares_needs_whom_the_law_names() -> None:
    for signed, needed in product((None, "patient", "guardian", "both"), ("patient", "both")):
        opened = basis(viewer(), grant(signed_by=signed), signature=needed) == "consent"
        assert opened == (signed == "both" or (needed == "patient" and signed in (None, "patient")))


GRANTS = st.builds(
    grant,
    category=st.sampled_from([*LABELS, "all"]),
    recipient=st.sampled_from(["City Hospital", "Ana", "treating_providers", "payers", "family"]),
    purpose=st.sampled_from(["treatment", "payment", "operations", "emergency", "legal", "criminal_justice", "research"]),
    status=st.sampled_from(["given", "declined", "revoked"]),
    at=st.sampled_from([NOW - 2 * DAY, NOW - DAY, NOW, NOW + DAY]),
    until=st.sampled_from([None, NOW - DAY, NOW, NOW + DAY]),
    signed_by=st.sampled_from([None, "patient", "guardian", "both"]),
    scope=st.sampled_from(["care", "criminal_justice"]),
)
VIEWERS = st.builds(
    Viewer,
    purpose=st.sampled_from(["treatment", "payment", "operations", "emergency", "legal", "criminal_justice", "research", "public_health"]),
    recipient=st.sampled_from([None, "City Hospital", "Ana"]),
    kind=st.sampled_from(["professional", "patient", "proxy"]),
    programmes=st.sampled_from([frozenset(), frozenset({"northside-otp"})]),
    emergency=st.booleans(),
)


@given(st.sets(st.sampled_from(LABELS)), st.sampled_from([None, OTP, CLINIC]), VIEWERS, st.lists(GRANTS, max_size=5), st.data())
def test_laws(labels: Any, origin: Origin | None, who: Viewer, grants: list[Grant], data: Any) -> None:
    before = decide(labels, origin, who, grants, "patient", NOW)
    mixed = data.draw(st.permutations(grants))
    assert decide(labels, origin, who, mixed, "patient", NOW).permitted == before.permitted  # order does not matter
    closed = [*grants, grant(category="all", recipient=who.recipient or "Ana", purpose=who.purpose, status="revoked", at=NOW)]
    closed[-1:] = [*closed[-1:], grant(category="all", recipient="x", purpose=who.purpose, status="revoked", at=NOW)]
    assert before.permitted or not decide(labels, origin, who, closed, "patient", NOW).permitted  # a refusal opens nothing
    assert before.permitted or not decide({*labels, "part2"}, origin, who, grants, "patient", NOW).permitted  # nor does a label
    assert not decide(labels, origin, who, grants, "both", NOW).permitted or before.permitted  # more signatures open nothing more
