"""Words that judge are refused with a better one, orders about medicines are refused, and proper names are not."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from api.words import texts
from engine.dictionary import LANGUAGES, Language
from knowledge.language import Lint, check_language, check_words, lint_of
from knowledge.load import FOLDER, load

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def lint() -> Lint:
    found = lint_of(load(), FOLDER)
    assert found
    return found


def codes(lint: Lint, text: str, language: Language) -> list[str]:
    return [problem.code for problem in lint.problems("here", text, language)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Addicts lie.", "en"),
        ("She is an ADDICT.", "en"),
        ("A history of alcohol abuse.", "en"),
        ("He was clean for a year.", "en"),
        ("A dirty test.", "en"),
        ("After an alcohol relapse, see the person.", "en"),
        ("He is non-compliant.", "en"),
        ("She suffers from depression.", "en"),
        ("He committed suicide.", "en"),
        ("Schizophrenics need more.", "en"),
        ("Offer medication-assisted treatment.", "en"),
        ("Los adictos mienten.", "es"),
        ("Abuso de sustancias.", "es"),
        ("Lleva un año limpia.", "es"),
        ("Una recaída en el consumo.", "es"),
        ("Es toxicómano.", "es"),
        ("Cometió suicidio.", "es"),
    ],
)
def test_words_that_judge_are_refused(lint: Lint, text: str, language: Language) -> None:
    (problem,) = lint.problems("here", text, language)
    assert problem.code == "word-judges"
    assert problem.do.startswith("Write: ")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A person with a substance use disorder returned to use.", "en"),
        ("The addiction specialist and the Drug Abuse Screening Test.", "en"),
        ("Child abuse is reported.", "en"),
        ("Relapse prevention therapy; a relapse of psychosis.", "en"),
        ("What was drunk in the last day.", "en"),
        ("A psychotic disorder, with complete results.", "en"),
        ("The test came back unclear; cleansing is not needed.", "en"),
        ("La Prueba de Detección de Abuso de Drogas.", "es"),
        ("Bebidas alcohólicas y trastornos psicóticos.", "es"),
        ("Prevención de recaídas.", "es"),
    ],
)
def test_proper_names_and_plain_words_pass(lint: Lint, text: str, language: Language) -> None:
    assert codes(lint, text, language) == []


@pytest.mark.parametrize(
    ("text", "language", "orders"),
    [
        ("Start naltrexone.", "en", True),
        ("For alcohol use disorder, start naltrexone.", "en", True),
        ("Stop the benzodiazepine today.", "en", True),
        ("Inicie naltrexona.", "es", True),
        ("Consider naltrexone.", "en", False),
        ("Ask the prescriber today. Do not start naltrexone.", "en", False),
        ("Do not lower, raise or refuse methadone because of it.", "en", False),
        ("No baje, suba ni niegue la metadona.", "es", False),
        ("Lower end of the range for naltrexone.", "en", False),
        ("Ask a prescriber to start naltrexone.", "en", False),
        ("Start with a talk.", "en", False),
        ("Give naloxone and stay on the line.", "en", False),
        ("Reducir una benzodiacepina deprisa es peligroso.", "es", False),
    ],
)
def test_no_text_starts_stops_or_doses_a_medicine_by_itself(lint: Lint, text: str, language: Language, orders: bool) -> None:
    assert codes(lint, text, language) == (["text-orders"] if orders else [])


def test_every_text_of_the_knowledge_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "kb"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py", "rules"))
    path = folder / "components" / "cbt.yaml"
    path.write_text(path.read_text().replace("Weekly talking therapy", "Weekly therapy for addicts"))
    assert [(item.code, item.where) for item in check_language(load(), folder)] == [("word-judges", "components/cbt.yaml.summary")]


def test_the_words_of_our_own_screens_and_templates_pass(lint: Lint) -> None:
    templates = [
        re.sub(r"\{[#%{].*?[#%}]\}|<[^>]*>", " ", path.read_text(), flags=re.DOTALL) for path in (ROOT / "api" / "web").glob("*.html")
    ]
    assert len(templates) >= 3
    said: list[tuple[Language, str]] = [(language, text) for text in templates for language in LANGUAGES]
    assert list(check_words(lint, "screens", [*texts(), *said])) == []


def test_words_of_screens_are_read_too(lint: Lint) -> None:
    assert [item.where for item in check_words(lint, "screens", [("en", "An addict."), ("es", "Una persona.")])] == ["screens"]
    assert list(check_words(None, "screens", [("en", "An addict.")])) == []
