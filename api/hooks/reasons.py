"""Why something was not read, in the language of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from adapters.fhir.reading import Unread
from engine.dictionary import Language
from knowledge.read import read

FILE = Path(__file__).with_name("reasons.yaml")


@cache
def spanish() -> Mapping[str, str]:
    """Code -> words."""
    return {str(code): str(words) for code, words in read(FILE).items()}


def why(item: Unread, language: Language) -> str:
    """In words; a reason that nobody has translated stays in English."""
    return spanish().get(item.reason, item.what) if language == "es" else item.what
