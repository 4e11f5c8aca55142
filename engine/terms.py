"""Codes of our own as words: roles, urgencies, modalities and sources."""

from __future__ import annotations

from engine.dictionary import Language

_WORDS: dict[str, dict[Language, str]] = {
    "any_staff": {"en": "any member of staff", "es": "cualquier miembro del personal"},
    "crisis_clinician": {"en": "crisis clinician", "es": "especialista en crisis"},
    "clinician": {"en": "clinician", "es": "profesional clínico"},
    "prescriber": {"en": "prescriber", "es": "prescriptor"},
    "therapist": {"en": "therapist", "es": "terapeuta"},
    "care_manager": {"en": "care manager", "es": "gestor de casos"},
    "peer": {"en": "peer supporter", "es": "apoyo entre pares"},
    "team": {"en": "team", "es": "equipo"},
    "emergency_services": {"en": "emergency services", "es": "servicios de emergencia"},
    "routine": {"en": "routine", "es": "sin urgencia"},
    "soon": {"en": "soon", "es": "pronto"},
    "urgent": {"en": "urgent", "es": "urgente"},
    "emergent": {"en": "emergency", "es": "emergencia"},
    "in_person": {"en": "in person", "es": "en persona"},
    "video": {"en": "by video", "es": "por video"},
    "phone": {"en": "by phone", "es": "por teléfono"},
    "message": {"en": "by message", "es": "por mensaje"},
    "rules": {"en": "concluded by rules", "es": "concluido por reglas"},
    "conditions": {"en": "diagnosis list", "es": "lista de diagnósticos"},
    "medications": {"en": "medication list", "es": "lista de medicamentos"},
    "allergies": {"en": "allergy list", "es": "lista de alergias"},
    "events": {"en": "list of events", "es": "lista de acontecimientos"},
    "event": {"en": "list of events", "es": "lista de acontecimientos"},
    "series": {"en": "monitoring", "es": "seguimiento"},
    "reviewed list": {"en": "reviewed list", "es": "lista revisada"},
}


def word(code: str, language: Language) -> str:
    """A role, urgency, modality or source in words; a source that somebody wrote stands as written."""
    return _WORDS[code][language] if code in _WORDS else code.replace("_", " ")
