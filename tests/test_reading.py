"""How hard a text is: syllables as a teacher counts them, grades as the formulas give them."""

from __future__ import annotations

import pytest

from engine.dictionary import Language
from knowledge.load import load
from knowledge.reading import MAX_GRADE, MIN_EASE, measure, plain, syllables


@pytest.mark.parametrize(
    ("word", "language", "count"),
    [
        ("the", "en", 1), ("use", "en", 1), ("used", "en", 1), ("medicine", "en", 3), ("table", "en", 2), ("wanted", "en", 2),
        ("stopped", "en", 1), ("clinician", "en", 3), ("changes", "en", 2), ("doses", "en", 2), ("people", "en", 2), ("rhythm", "en", 1),
        ("día", "es", 2), ("guía", "es", 2), ("quien", "es", 1), ("países", "es", 3), ("agua", "es", 2), ("sueño", "es", 2),
        ("abstinencia", "es", 4), ("energía", "es", 4), ("hay", "es", 1), ("ayuda", "es", 3), ("muy", "es", 1), ("psiquiátrica", "es", 4),
    ],
)  # fmt: skip
def test_syllables(word: str, language: Language, count: int) -> None:
    assert syllables(word, language) == count


def test_the_formulas() -> None:
    assert measure("The cat sat on the mat.", "en") == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)
    assert measure("Mi gata duerme. Yo leo.", "es") == pytest.approx(206.84 - 60 * 8 / 5 - 1.02 * 2.5)


def test_long_words_in_long_sentences_are_hard() -> None:
    assert plain("You see someone each week. They help you.", "en")
    assert not plain("Multidisciplinary psychosocial interventions necessitate comprehensive interprofessional coordination.", "en")
    assert plain("Alguien le ve cada semana y le ayuda.", "es")
    assert not plain("Las intervenciones psicosociales multidisciplinarias necesitan coordinación interprofesional permanente.", "es")


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_people_read_about_components_is_at_or_below_the_eighth_grade(language: Language) -> None:
    told = [text[language] for item in load().components.values() for text in (item.asks, item.expect) if text]
    assert told
    measured = measure(" ".join(told), language)
    assert measured >= MIN_EASE if language == "es" else measured <= MAX_GRADE
