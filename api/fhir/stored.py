"""Patients who are stored here, as FHIR names them: by our id, or by the id that their health record gives them."""

from __future__ import annotations

import json
import re

from pydantic import ValidationError

from adapters.journal.reading import subject_of
from api.patients import stored
from api.recording import person_of
from api.security.door import Asking
from api.security.policy import policy, relations
from api.security.security import Security
from api.wiring import Service
from engine.errors import Problem, Refused
from engine.record import Record

_OURS = re.compile(r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$")


def stored_id(service: Service, tenant: str, name: str) -> str | None:
    """The patient whose id of ours this is, or whose identifier; None where nobody is. Whether the asker may is another question."""
    with stored():
        found = subject_of(service.journal.ready(), person_of(tenant, name))
    return found or (name if _OURS.match(name) else None)


def may(security: Security, asking: Asking, operation: str, patient: str) -> bool:
    """Whether this asker may do what an operation on a patient in the path allows, to a patient in the body."""
    principal, how = asking.principal, relations(policy()[operation], asking.principal)
    if "any" in how:
        return True
    if "self" in how and principal.patient == patient:
        return True
    urgent = asking.purpose == "emergency" and security.in_emergency(principal, patient)
    return "team" in how and (urgent or security.on_team(principal, patient))


def together(told: Record, sent: Record) -> Record:
    """What is stored and what was sent, as one record; of what is one thing, what was sent holds. Raises Refused."""
    found = told.model_dump(mode="json", exclude_defaults=True)
    for name, value in sent.model_dump(mode="json", exclude_defaults=True).items():
        earlier = found.get(name)
        if isinstance(value, list):
            found[name] = [*(earlier or []), *value]
        else:
            found[name] = {**earlier, **value} if isinstance(earlier, dict) and isinstance(value, dict) else value
    try:
        return Record.model_validate_json(json.dumps(found))
    except ValidationError:
        do = "Correct what is stored, or send what agrees with it."
        raise Refused([Problem("", "stored-unfit", "What was sent does not go together with what is stored.", do)]) from None
