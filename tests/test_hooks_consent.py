"""Substance use records that are protected, asked about at a hook: shown by consent alone, and never passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asgi import serving
from conforming import answer_faults
from hooked import RESPONSE, Asking, bundle, call, medicine, prefetch, sign
from known import Known

from adapters.fhir.reading import read
from engine.given import Origin
from engine.record import Consent, Fact

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
PART2 = Origin(programme="northside-otp", part2=True)
GIVEN = Consent(category="part2", recipient="City Hospital", purpose="treatment", status="given", at=datetime(2026, 11, 1, tzinfo=UTC))
METHADONE = medicine("methadone", "m1", status="active")
Reading = Callable[..., Any]


def reading(*consents: Consent) -> Reading:
    """All that is active comes from a programme for substance use care."""

    def protected(*arguments: Any, **named: Any) -> Any:
        found = read(*arguments, **named)
        listed = [item.model_copy(update={"origin": PART2} if item.status == "active" else {}) for item in found.record.medications]
        told = [item.model_copy(update={"origin": PART2}) for item in found.record.findings]
        update = {"medications": tuple(listed), "findings": tuple(told), "consents": consents}
        return replace(found, record=found.record.model_copy(update=update))

    return protected


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Asking]:
    with serving(tmp_path, now=lambda: NOW) as (client, _):
        found = Asking(client)
        found.who = Known(client, "ehr_client", organisation="City Hospital")
        yield found


def test_without_consent_it_is_not_shown_and_not_passed_over(asking: Asking) -> None:
    asking.client.app.state.hooks.read = reading()
    answer = asking.ask("order-safety", sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE)))
    assert answer.status_code == 200, answer.text
    assert answer_faults(answer.json(), "Patient/p1") == []
    assert "MedicationRequest/m1" not in answer.text
    assert '"active"' not in answer.text
    assert any("Part of this record is restricted" in card["detail"] for card in answer.json()["cards"])


def test_with_consent_it_is_shown_with_the_notice_and_written_down(asking: Asking) -> None:
    asking.client.app.state.hooks.read = reading(GIVEN)
    answer = asking.ask("order-safety", sign(medicine("naltrexone", "o1"), medications=bundle(METHADONE)))
    assert "MedicationRequest/m1" in answer.text
    sharing = answer.json()["extension"][RESPONSE]["sharing"]
    assert (sharing["notice"], sharing["confidentiality"]) == ("42-cfr-part-2", "R")
    assert all(sharing["notice_text"][:40] in card["detail"].replace("\\", "") for card in answer.json()["cards"])
    patient = Known(asking.client, "patient", patient="p1")
    (told,) = patient.ask("GET", "/patients/p1/disclosures").json()["disclosures"]
    assert (told["recipient"], told["operation"]) == ("City Hospital", "cds-hooks")


def test_what_changes_nothing_for_safety_leaves_no_trace(asking: Asking) -> None:
    """The answer is what it would be if the programme had told nothing."""

    def texts(legal: bool) -> Any:
        def protected(*arguments: Any, **named: Any) -> Any:
            found = read(*arguments, **named)
            facts = (Fact(code="need.legal", value=True, at=NOW, origin=PART2),) if legal else ()
            references = {"need.legal": ("Observation/legal",)} if legal else {}
            return replace(found, record=found.record.model_copy(update={"findings": facts}), references=references)

        asking.client.app.state.hooks.read = protected
        body = call("patient-view", prefetch()) | {"hookInstance": f"legal-{legal}"}
        found = asking.ask("integrated-review", body).json()
        del found["extension"][RESPONSE]["entry"]
        for card in found["cards"]:
            for name in ("uuid", "links", "extension", "suggestions"):
                card.pop(name, None)
        return found

    assert texts(legal=True) == texts(legal=False)
