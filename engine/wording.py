"""Plain words in English and Spanish, generated from the same trees that are judged."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.base import KnowledgeBase
from engine.conditions import OPPOSITE, All, Compare, Condition, Not
from engine.dictionary import Dictionary, Entry, Language, Number, Value
from engine.findings import Finding
from engine.terms import word

_OPERATORS: dict[Language, dict[str, str]] = {
    "en": {"==": "is", "!=": "is not", "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least", "in": "is one of"},
    "es": {
        "==": "es",
        "!=": "no es",
        "<": "es menor que",
        "<=": "es como máximo",
        ">": "es mayor que",
        ">=": "es al menos",
        "in": "es una de",
    },
}
_NONE_OF: dict[Language, str] = {"en": "is none of", "es": "no es ninguna de"}
_JOIN: dict[Language, tuple[str, str]] = {"en": ("and", "or"), "es": ("y", "o")}
_TRUTH: dict[Language, dict[bool, str]] = {"en": {True: "yes", False: "no"}, "es": {True: "sí", False: "no"}}
_BETWEEN: dict[Language, str] = {"en": "between {low} and {high}", "es": "entre {low} y {high}"}
_MOST_NAMED = 4
# A range of grades that have names: on which sides it is open.
_GRADES: dict[Language, dict[tuple[bool, bool], str]] = {
    "en": {
        (True, True): "anything from “{low}” to “{high}” is possible",
        (True, False): "at most “{high}”",
        (False, True): "at least “{low}”",
        (False, False): "from “{low}” to “{high}”",
    },
    "es": {
        (True, True): "es posible todo, desde «{low}» hasta «{high}»",
        (True, False): "como máximo «{high}»",
        (False, True): "como mínimo «{low}»",
        (False, False): "de «{low}» a «{high}»",
    },
}
_ABSENT: dict[Language, dict[str, str]] = {
    "en": {
        "never_asked": "not asked",
        "declined": "the person declined to answer",
        "unable_to_assess": "could not be assessed",
        "not_reviewed": "the list has not been reviewed",
        "not_understood": "the list holds an entry that could not be read",
        "suspected": "suspected, not confirmed",
        "stale": "out of date",
        "conflicting": "sources conflict",
        "partial": "partly answered",
        "proxy": "told by somebody else",
        "other_age": "the questionnaire is meant for another age",
        "undetermined": "not settled by what is known",
        "unit_missing": "the unit is missing",
        "unit_impossible": "the unit does not fit",
        "out_of_range": "outside the possible range",
        "wrong_type": "not a value of this kind",
    },
    "es": {
        "never_asked": "no se ha preguntado",
        "declined": "la persona prefirió no responder",
        "unable_to_assess": "no se pudo evaluar",
        "not_reviewed": "la lista no se ha revisado",
        "not_understood": "la lista tiene una entrada que no se pudo leer",
        "suspected": "se sospecha, sin confirmar",
        "stale": "desactualizado",
        "conflicting": "las fuentes se contradicen",
        "partial": "respondido en parte",
        "proxy": "lo dijo otra persona",
        "other_age": "el cuestionario es para otra edad",
        "undetermined": "no se puede decidir con lo que se sabe",
        "unit_missing": "falta la unidad",
        "unit_impossible": "la unidad no corresponde",
        "out_of_range": "fuera del rango posible",
        "wrong_type": "no es un valor de este tipo",
    },
}
# Values whose code would not read as a word.
_VALUES: dict[Language, dict[str, str]] = {
    "en": {},
    "es": {
        "absent": "ausente",
        "in_remission": "en remisión",
        "active": "activo",
        "none": "ninguno",
        "low": "bajo",
        "mild": "leve",
        "moderate": "moderado",
        "moderately_severe": "moderadamente grave",
        "high": "alto",
        "severe": "grave",
        "stopped": "suspendido",
        "not_taken": "no lo toma",
        "not_pregnant": "sin embarazo",
        "pregnant": "embarazo",
        "postpartum": "posparto",
        "female": "femenino",
        "male": "masculino",
        "outpatient": "ambulatorio",
        "telehealth": "telesalud",
        "emergency": "urgencias",
        "inpatient": "hospitalización",
        "residential": "residencial",
        "withdrawal_management": "manejo de la abstinencia",
        "opioid_treatment_program": "programa de tratamiento con opioides",
        "custody": "custodia",
        "coordinated": "coordinada",
        "co_located": "en el mismo lugar",
        "fully_integrated": "plenamente integrada",
    },
}
_MONTHS: dict[Language, str] = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "es": "ene feb mar abr may jun jul ago sep oct nov dic",
}


def label(dictionary: Dictionary, code: str, language: Language) -> str:
    """What a finding is called."""
    return dictionary.entries[code].label[language]


def value_words(entry: Entry, value: Value, language: Language) -> str:
    """A value as a clinician would say it, with its unit."""
    if isinstance(value, bool):
        return _TRUTH[language][value]
    if isinstance(value, str):
        if value in entry.value_labels:
            return entry.value_labels[value][language]
        return _VALUES[language].get(value, value.replace("_", " "))
    number = f"{value:.10g}"  # as exact as it was judged
    return number if entry.unit is None or entry.unit.startswith("{") else f"{number} {_unit(entry.unit, language)}"


def _unit(unit: str, language: Language) -> str:
    names: dict[str, dict[Language, str]] = {
        "d": {"en": "days", "es": "días"},
        "h": {"en": "hours", "es": "horas"},
        "a": {"en": "years", "es": "años"},
    }
    return names[unit][language] if unit in names else unit


def sentence(condition: Condition, dictionary: Dictionary, language: Language) -> str:
    """The condition as one sentence, without capital or full stop."""
    return _say(condition, dictionary, language, negated=False, top=True)


def _say(condition: Condition, dictionary: Dictionary, language: Language, *, negated: bool, top: bool) -> str:
    if isinstance(condition, Compare):
        return premise(condition, dictionary, language, negated=negated)
    if isinstance(condition, Not):
        return _say(condition.not_, dictionary, language, negated=not negated, top=top)
    joint_and, joint_or = _JOIN[language]
    joint = joint_and if isinstance(condition, All) != negated else joint_or
    parts = [_say(child, dictionary, language, negated=negated, top=False) for child in condition.children]
    words = f" {joint} ".join(parts)
    return words if top or len(parts) == 1 else f"({words})"


def premise(leaf: Compare, dictionary: Dictionary, language: Language, *, negated: bool = False) -> str:
    """One leaf in words: `the PHQ-9 total is at least 10`."""
    entry = dictionary.entries[leaf.finding]
    operator = OPPOSITE.get(leaf.operator, leaf.operator) if negated else leaf.operator
    values = [value_words(entry, value, language) for value in leaf.values]
    if entry.type == "boolean" and operator in ("==", "!="):
        wanted = (leaf.values[0] is True) == (operator == "==")
        return f"{entry.label[language]}: {_TRUTH[language][wanted]}"
    if operator == ">=" and leaf.bounds[0] == entry.bounds[1]:
        operator = "=="  # at least the highest is the highest
    words = _NONE_OF[language] if negated and operator == "in" else _OPERATORS[language][operator]
    return f"{entry.label[language]} {words} {', '.join(values)}"


def finding_words(finding: Finding, dictionary: Dictionary, language: Language, as_of: datetime | None = None) -> str:
    """What is known of a finding: `PHQ-9 total: 14 (20 Nov 2026, 3 days ago; self-report)`."""
    entry = dictionary.entries[finding.code]
    known = known_words(finding, entry, language)
    notes = []
    if finding.at is not None and as_of is not None:
        notes.append(f"{date_words(finding.at, language)}, {age_words(as_of - finding.at, language)}")
    if finding.source:
        notes.append(word(finding.source, language))
    return f"{entry.label[language]}: {known}" + (f" ({'; '.join(notes)})" if notes else "")


def known_words(finding: Finding, entry: Entry, language: Language) -> str:
    """The value, the range it lies in, or why it is not known."""
    absent = _ABSENT[language][finding.absent] if finding.absent else ""
    if finding.low is None or finding.high is None:
        return absent or _ABSENT[language]["never_asked"]
    if finding.low == finding.high:
        shown = _number_words(entry, finding.low, language)
        shown += _band_words(entry, finding.low, finding.high, language)
        return f"{shown} ({absent})" if absent else shown
    between = _range_words(entry, finding.low, finding.high, language) + _band_words(entry, finding.low, finding.high, language)
    return f"{between} ({absent})" if absent else between


def _range_words(entry: Entry, low: Number, high: Number, language: Language) -> str:
    """Numbers lie between two; of grades it matters on which side they are open; values without an order are told one by one."""
    if entry.type in ("boolean", "code") and high - low < _MOST_NAMED:
        *others, last = (_number_words(entry, number, language) for number in range(int(low), int(high) + 1))
        return f"{', '.join(others)} {_JOIN[language][1]} {last}"
    form = _GRADES[language][low == entry.bounds[0], high == entry.bounds[1]] if entry.type == "ordered" else _BETWEEN[language]
    return form.format(low=_number_words(entry, low, language), high=_number_words(entry, high, language))


def _band_words(entry: Entry, low: Number, high: Number, language: Language) -> str:
    """The band of a score, as in `17, moderately severe`, where all that it may be lies in one."""
    bands = entry.bands_between(low, high)
    return f", {bands[0].label[language]}" if len(bands) == 1 else ""


def _number_words(entry: Entry, number: Number, language: Language) -> str:
    if entry.code.startswith("event.") and number == entry.bounds[1]:
        return {"en": "none on record", "es": "ninguno registrado"}[language]
    return value_words(entry, entry.decode(number), language)


def absence_words(reason: str, language: Language) -> str:
    """Why something is not known."""
    return _ABSENT[language][reason]


_MONTHS_FROM, _YEARS_FROM = 91, 730  # up to three months, days are what matters


def date_words(moment: datetime, language: Language) -> str:
    """A date as `20 Nov 2026`, in the time zone it was given in."""
    return f"{moment.day} {_MONTHS[language].split()[moment.month - 1]} {moment.year}"


def age_words(age: timedelta, language: Language) -> str:
    """How long ago."""
    days = age.days
    if days == 0:
        hours = age.seconds // 3600
        if hours == 0:
            return {"en": "within the hour", "es": "hace menos de una hora"}[language]
        return {"en": f"{hours} h ago", "es": f"hace {hours} h"}[language]
    if days == 1:
        return {"en": "1 day ago", "es": "hace 1 día"}[language]
    if days >= _YEARS_FROM:
        return {"en": f"{days // 365} years ago", "es": f"hace {days // 365} años"}[language]
    if days >= _MONTHS_FROM:
        return {"en": f"{days // 30} months ago", "es": f"hace {days // 30} meses"}[language]
    return {"en": f"{days} days ago", "es": f"hace {days} días"}[language]


def duration_words(length: timedelta, language: Language) -> str:
    """An interval or deadline."""
    if length == timedelta(0):
        return {"en": "now", "es": "ahora"}[language]
    if length % timedelta(days=1) == timedelta(0) and length > timedelta(days=1):
        return {"en": f"{length.days} days", "es": f"{length.days} días"}[language]
    if length < timedelta(hours=1):
        return f"{length / timedelta(minutes=1):g} min"
    return f"{length / timedelta(hours=1):g} h"


def question(base: KnowledgeBase, subject: str, kind: str, language: Language) -> str:
    """How to ask for what is missing."""
    if kind == "instrument":
        return base.instruments[subject].ask[language]
    if kind == "list":
        return _REVIEW[language][subject]
    entry = base.dictionary.entries[subject]
    if entry.ask is not None:
        return entry.ask[language]
    return {"en": f"Find out: {entry.label['en']}.", "es": f"Averigüe: {entry.label['es']}."}[language]


_REVIEW: dict[Language, dict[str, str]] = {
    "en": {
        "conditions": "Review the list of diagnoses with the person, and confirm that it is complete.",
        "medications": "Review every medicine the person takes, prescribed or not, and confirm that the list is complete.",
        "allergies": "Review allergies and intolerances, and confirm that the list is complete.",
        "events": "Find out about discharges, emergency visits, overdoses and missed contacts, and confirm that none is left out.",
    },
    "es": {
        "conditions": "Revise la lista de diagnósticos con la persona y confirme que está completa.",
        "medications": "Revise todos los medicamentos que toma la persona, con o sin receta, y confirme que la lista está completa.",
        "allergies": "Revise alergias e intolerancias y confirme que la lista está completa.",
        "events": "Averigüe altas, visitas a urgencias, sobredosis y contactos perdidos, y confirme que no falta ninguno.",
    },
}
