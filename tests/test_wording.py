"""What clinicians read: conditions, values, ranges, ages and questions, in English and in Spanish."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import get_args

import pytest
import small
from small import NOW, ago

from engine.conditions import condition
from engine.dictionary import LANGUAGES, Entry, Language
from engine.findings import Absence, Finding
from engine.timing import duration, instant
from engine.wording import absence_words, age_words, date_words, duration_words, finding_words, known_words, label, question, sentence

DICTIONARY = small.base().dictionary


def say(raw: object, language: Language = "en") -> str:
    return sentence(condition(raw, DICTIONARY), DICTIONARY, language)


@pytest.mark.parametrize(
    ("raw", "english", "spanish"),
    [
        ("mood.total >= 5", "Mood scale total is at least 5", "total de Escala de ánimo es al menos 5"),
        ("mood.total < 5", "Mood scale total is below 5", "total de Escala de ánimo es menor que 5"),
        ("mood.total >= 9", "Mood scale total is 9", "total de Escala de ánimo es 9"),
        ("lab.potassium <= 3.5", "serum potassium is at most 3.5 mmol/L", "potasio en suero es como máximo 3.5 mmol/L"),
        ("sleep.hours > 4", "hours slept is above 4 hours", "horas de sueño es mayor que 4 horas"),
        ("suicide.risk != none", "suicide risk is not none", "riesgo de suicidio no es ninguno"),
        ("housing == none", "housing is no home", "vivienda es sin hogar"),
        ("housing in [stable, none]", "housing is one of stable, no home", "vivienda es una de stable, sin hogar"),
        ("taper.seizures == true", "seizures, ever: yes", "convulsiones, alguna vez: sí"),
        ("taper.seizures != true", "seizures, ever: no", "convulsiones, alguna vez: no"),
        ({"not": "taper.seizures == true"}, "seizures, ever: no", "convulsiones, alguna vez: no"),
        ({"not": "mood.total >= 5"}, "Mood scale total is below 5", "total de Escala de ánimo es menor que 5"),
        ({"not": "housing == none"}, "housing is not no home", "vivienda no es sin hogar"),
        ({"not": {"not": "mood.total > 5"}}, "Mood scale total is above 5", "total de Escala de ánimo es mayor que 5"),
        ({"all": ["mood.total > 5"]}, "Mood scale total is above 5", "total de Escala de ánimo es mayor que 5"),
    ],
)
def test_a_condition_in_words(raw: object, english: str, spanish: str) -> None:
    assert (say(raw), say(raw, "es")) == (english, spanish)


def test_parts_are_joined_and_bracketed_so_that_they_cannot_be_misread() -> None:
    raw = {"all": ["mood.total > 5", {"any": ["craving.daily > 6", {"all": ["housing == none", "drinks.daily > 3"]}]}]}
    assert say(raw) == "Mood scale total is above 5 and (craving today is above 6 or (housing is no home and drinks today is above 3))"
    assert say(raw, "es").endswith("y (deseo de consumo hoy es mayor que 6 o (vivienda es sin hogar y bebidas hoy es mayor que 3))")


def test_the_opposite_of_a_combination_turns_every_part_and_the_word_between_them() -> None:
    raw = {"not": {"any": ["mood.total > 5", {"all": ["housing == none", "craving.daily >= 7"]}]}}
    assert say(raw) == "Mood scale total is at most 5 and (housing is not no home or craving today is below 7)"


@pytest.mark.parametrize(
    ("finding", "english", "spanish"),
    [
        (Finding("mood.total", 5, 5), "5, moderate", "5, moderado"),
        (Finding("mood.total", 3, 3), "3, minimal", "3, mínimo"),
        (Finding("mood.total", 7, 9, "partial"), "between 7 and 9, severe (partly answered)", "entre 7 y 9, grave (respondido en parte)"),
        (Finding("mood.total", 5, 7, "partial"), "between 5 and 7 (partly answered)", "entre 5 y 7 (respondido en parte)"),
        (Finding("mood.total", 5, 5, "conflicting"), "5, moderate (sources conflict)", "5, moderado (las fuentes se contradicen)"),
        (Finding("mood.total", 5, 7), "between 5 and 7", "entre 5 y 7"),
        (
            Finding("mood.total", 4, 6, "proxy"),
            "between 4 and 6, moderate (told by somebody else)",
            "entre 4 y 6, moderado (lo dijo otra persona)",
        ),
        (
            Finding("mood.total", 3, 4, "other_age"),
            "between 3 and 4 (the questionnaire is meant for another age)",
            "entre 3 y 4 (el cuestionario es para otra edad)",
        ),
        (Finding("mood.total"), "not asked", "no se ha preguntado"),
        (Finding("mood.total", absent="stale"), "out of date", "desactualizado"),
        (Finding("lab.potassium", 3.4999, 3.4999), "3.4999 mmol/L", "3.4999 mmol/L"),
        (Finding("taper.seizures", 1, 1), "yes", "sí"),
        (Finding("housing", 2, 2), "no home", "sin hogar"),
        (Finding("condition.depression", 1, 1), "in remission", "en remisión"),
        (Finding("event.overdose.days_since", 3, 3), "3 days", "3 días"),
        (Finding("event.overdose.days_since", 45_000, 45_000), "none on record", "ninguno registrado"),
        (Finding("patient.age", 41, 41), "41 years", "41 años"),
        (Finding("taper.seizures", 0, 1), "no or yes", "no o sí"),
    ],
)
def test_what_is_known_in_words(finding: Finding, english: str, spanish: str) -> None:
    entry = DICTIONARY.entries[finding.code]
    assert (known_words(finding, entry, "en"), known_words(finding, entry, "es")) == (english, spanish)


@pytest.mark.parametrize(
    ("low", "high", "english", "spanish"),
    [
        (0, 3, "anything from “none” to “high” is possible", "es posible todo, desde «ninguno» hasta «alto»"),
        (0, 1, "at most “low”", "como máximo «bajo»"),
        (2, 3, "at least “moderate”", "como mínimo «moderado»"),
        (1, 2, "from “low” to “moderate”", "de «bajo» a «moderado»"),
    ],
)
def test_of_grades_it_is_said_on_which_side_they_are_open(low: int, high: int, english: str, spanish: str) -> None:
    entry = Entry(code="risk.tier", type="ordered", label={"en": "tier", "es": "nivel"}, values=("none", "low", "moderate", "high"))
    finding = Finding("risk.tier", low, high)
    assert (known_words(finding, entry, "en"), known_words(finding, entry, "es")) == (english, spanish)


def test_a_large_number_is_written_out() -> None:
    entry = DICTIONARY.entries["lab.glucose"].model_copy(update={"range": (0, 10**7)})
    assert known_words(Finding("lab.glucose", 1_234_567, 1_234_567), entry, "en") == "1234567 mmol/L"


def test_a_finding_says_when_it_was_true_how_long_ago_and_who_said_so() -> None:
    finding = Finding("mood.total", 5, 5, None, ago(3), "self_report")
    assert finding_words(finding, DICTIONARY, "en", NOW) == "Mood scale total: 5, moderate (17 Nov 2026, 3 days ago; self report)"
    assert finding_words(finding, DICTIONARY, "es", NOW) == "total de Escala de ánimo: 5, moderado (17 nov 2026, hace 3 días; self report)"
    assert finding_words(finding, DICTIONARY, "en") == "Mood scale total: 5, moderate (self report)"
    assert finding_words(Finding("mood.total"), DICTIONARY, "en", NOW) == "Mood scale total: not asked"
    assert label(DICTIONARY, "mood.total", "en") == "Mood scale total"


@pytest.mark.parametrize("reason", get_args(Absence))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_not_knowing_has_words(reason: str, language: Language) -> None:
    assert absence_words(reason, language).strip()


@pytest.mark.parametrize(
    ("age", "english", "spanish"),
    [
        (timedelta(0), "within the hour", "hace menos de una hora"),
        (timedelta(minutes=59), "within the hour", "hace menos de una hora"),
        (timedelta(hours=1), "1 h ago", "hace 1 h"),
        (timedelta(hours=23, minutes=59), "23 h ago", "hace 23 h"),
        (timedelta(days=1), "1 day ago", "hace 1 día"),
        (timedelta(days=2, hours=5), "2 days ago", "hace 2 días"),
        (timedelta(days=90), "90 days ago", "hace 90 días"),
        (timedelta(days=91), "3 months ago", "hace 3 meses"),
        (timedelta(days=729), "24 months ago", "hace 24 meses"),
        (timedelta(days=730), "2 years ago", "hace 2 años"),
    ],
)
def test_an_age_in_words(age: timedelta, english: str, spanish: str) -> None:
    assert (age_words(age, "en"), age_words(age, "es")) == (english, spanish)


@pytest.mark.parametrize(
    ("length", "english", "spanish", "iso"),
    [
        (timedelta(0), "now", "ahora", "PT0M"),
        (timedelta(minutes=30), "30 min", "30 min", "PT30M"),
        (timedelta(hours=1), "1 h", "1 h", "PT1H"),
        (timedelta(days=1), "24 h", "24 h", "P1D"),
        (timedelta(hours=36), "36 h", "36 h", "PT36H"),
        (timedelta(days=7), "7 days", "7 días", "P7D"),
    ],
)
def test_a_length_of_time(length: timedelta, english: str, spanish: str, iso: str) -> None:
    assert (duration_words(length, "en"), duration_words(length, "es"), duration(length)) == (english, spanish, iso)


@pytest.mark.parametrize(("seconds", "iso"), [(1, "PT1S"), (90, "PT1M30S"), (3_905, "PT1H5M5S"), (90_000, "PT25H")])
def test_no_second_is_lost_from_a_duration(seconds: int, iso: str) -> None:
    assert duration(timedelta(seconds=seconds)) == iso


def test_a_moment_is_written_in_utc_and_a_date_as_it_was_given() -> None:
    abroad = NOW.astimezone(timezone(timedelta(hours=-13)))
    assert instant(abroad) == "2026-11-20T12:00:00Z"
    assert date_words(abroad, "en") == "19 Nov 2026"


def test_every_way_of_asking() -> None:
    base = small.base()
    assert question(base, "mood", "instrument", "es") == "Complete la escala de ánimo."
    assert question(base, "suicide.risk", "finding", "en") == "Assess suicide risk now."
    assert question(base, "housing", "finding", "en") == "Find out: housing."
    assert question(base, "housing", "finding", "es") == "Averigüe: vivienda."
    for name in ("conditions", "medications", "allergies", "events"):
        assert len({question(base, name, "list", language) for language in LANGUAGES}) == 2
