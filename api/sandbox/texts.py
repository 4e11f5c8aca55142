"""What the sandbox says, and the examples that it offers, as `texts.yaml` and examples/cds-hooks have them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from api.hooks.services import service_of
from api.openapi import EXAMPLES
from engine.dictionary import Id, Language, Model, Text
from knowledge.read import read

FILE = Path(__file__).with_name("texts.yaml")
PROBLEMS = Path(__file__).with_name("problems.yaml")
FOLDER = EXAMPLES / "cds-hooks"
WRITTEN = date(2026, 11, 23)  # the newest day in the examples
_DAY = re.compile(r"\b20\d\d-\d\d-\d\d(?=[T\"])")
_BIRTH = "birthDate"


class Example(Model):
    """One request. language: the one that its answer is asked for in."""

    file: str
    service: Id
    language: Language
    title: Text


class Words(Model):
    """What is wrong, and what to do."""

    what: str
    do: str


class Texts(Model):
    texts: dict[str, Text]
    examples: tuple[Example, ...]


@cache
def texts() -> Texts:
    """The file, read once."""
    return Texts.model_validate(read(FILE))


@cache
def problems(language: Language) -> dict[str, dict[str, str]]:
    """Code of a problem -> words; none in English, in which the service says it itself."""
    found = {str(code): Words.model_validate(words).model_dump() for code, words in read(PROBLEMS).items()}
    return found if language == "es" else {}


def said(language: Language) -> dict[str, str]:
    """Every text in one language."""
    return {key: text[language] for key, text in texts().texts.items()}


def examples(language: Language, today: date) -> list[dict[str, Any]]:
    """The examples with their bodies; none where the service was installed without them.

    Scores go out of date, and examples should not: what they date moves along, so that the newest is of yesterday.
    """
    later = today - timedelta(days=1) - WRITTEN
    found = [(item, FOLDER / f"{item.file}.json") for item in texts().examples if service_of(item.service)]
    return [
        {
            "id": item.file,
            "title": item.title[language],
            "service": item.service,
            "language": item.language,
            "body": moved(path.read_text("utf-8"), later),
        }
        for item, path in found
        if path.is_file()
    ]


def moved(body: str, later: timedelta) -> str:
    """The same body with its days moved; a birth date stays."""
    lines = body.split("\n")
    return "\n".join(
        line if _BIRTH in line else _DAY.sub(lambda day: (date.fromisoformat(day[0]) + later).isoformat(), line) for line in lines
    )
