"""The language of every text: person-first, no word that judges, and no text that starts, stops or doses a medicine by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.base import KnowledgeBase
from engine.dictionary import LANGUAGES, Ingredient, Language, MedicationClass, Model
from engine.errors import Problem
from knowledge.documents import documents
from knowledge.read import read

FILE = "words.yaml"
_SENTENCE = re.compile(r"(?<=[.;:!?])\s+")
_CLAUSE = re.compile(r"(?<=,)\s+")
_FORBIDS: Mapping[Language, tuple[str, ...]] = {"en": ("do not ", "never ", "not "), "es": ("no ", "nunca ")}
_WORD = re.compile(r"[^\W\d_]+")
# Somebody who may decide it is named, or it is put forward and not ordered.
_CONSIDERED: Mapping[Language, tuple[str, ...]] = {
    "en": ("prescriber", "consider", "clinician", "label", "plan "),
    "es": ("prescriptor", "considerar", "considere", "profesional", "quien receta"),
}
_EMERGENCY = ("naloxon", "thiamin", "tiamin")  # given by anybody, at once: the emergency steps say so


class Avoid(Model):
    """Words to avoid, and a better one."""

    words: tuple[str, ...]
    better: str


class Words(Model):
    """The words of one language."""

    spared: tuple[str, ...]
    avoid: tuple[Avoid, ...]
    orders: tuple[str, ...]

    @cached_property
    def judging(self) -> re.Pattern[str]:
        named = sorted((word for item in self.avoid for word in item.words), key=len, reverse=True)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, named))})(?![\w-])", re.IGNORECASE)

    @cached_property
    def passed_over(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, self.spared)), re.IGNORECASE)

    @cached_property
    def better(self) -> Mapping[str, str]:
        return {word: item.better for item in self.avoid for word in item.words}


class _File(Model):
    sources: tuple[str, ...]
    en: Words
    es: Words


class Lint:
    """Reads texts. medicines: the names, in each language, that make an order out of a verb."""

    def __init__(self, words: Mapping[Language, Words], medicines: Mapping[Language, frozenset[str]]) -> None:
        self.words, self.medicines = words, medicines

    def problems(self, where: str, text: str, language: Language) -> Iterator[Problem]:
        """What is wrong with the words of one text."""
        words = self.words[language]
        for found in words.judging.findall(words.passed_over.sub(" ", text)):
            better = words.better[found.lower()]
            yield Problem(where, "word-judges", f"“{found}” labels or judges a person ({language}).", f"Write: {better}.")
        for sentence in self._clauses(words.passed_over.sub(" ", text), language):
            if self.orders(sentence, language):
                yield Problem(
                    where, "text-orders", f"“{sentence}” starts, stops or doses a medicine by itself.", "Put it to the prescriber."
                )

    def _clauses(self, text: str, language: Language) -> Iterator[str]:
        """The clauses of what is not forbidden: `do not lower, raise or refuse it` orders nothing."""
        for sentence in _SENTENCE.split(text):
            if not sentence.lower().startswith(_FORBIDS[language]):
                yield from _CLAUSE.split(sentence)

    def orders(self, sentence: str, language: Language) -> bool:
        """Whether a sentence begins with an order and names a medicine, and nobody who may decide."""
        lower = sentence.lower()
        said = _WORD.findall(lower)
        if not said or said[0] not in self.words[language].orders or any(part in lower for part in (*_CONSIDERED[language], *_EMERGENCY)):
            return False
        return any(re.search(rf"\b{re.escape(name)}", lower) for name in self.medicines[language])


def lint_of(base: KnowledgeBase, folder: Path) -> Lint | None:
    """The lint of a folder, or none where it keeps no list of words."""
    if not (folder / FILE).exists():
        return None
    file = _File.model_validate(read(folder / FILE))
    items: list[MedicationClass | Ingredient] = [*base.dictionary.classes.values(), *base.dictionary.ingredients.values()]
    names = {language: frozenset(item.label[language].lower() for item in items if len(item.label[language]) > 3) for language in LANGUAGES}
    return Lint({"en": file.en, "es": file.es}, names)


def check_language(base: KnowledgeBase, folder: Path) -> Iterator[Problem]:
    """Every text of the knowledge."""
    lint = lint_of(base, folder)
    if lint is not None:
        for name, document in documents(folder).by_name.items():
            if not name.startswith("evidence/"):  # titles of sources are their own
                for where, language, text in _texts(document, name):
                    yield from lint.problems(where, text, language)


def check_words(lint: Lint | None, where: str, texts: Iterable[tuple[Language, str]]) -> Iterator[Problem]:
    """Texts from elsewhere, as those of the screens."""
    for language, text in texts if lint else ():
        yield from lint.problems(where, text, language)  # type: ignore[union-attr]


def _texts(node: Any, where: str) -> Iterator[tuple[str, Language, str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in LANGUAGES and isinstance(value, str):
                yield where, key, value
            else:
                yield from _texts(value, f"{where}.{key}" if "/" in where and where.endswith(".yaml") else where)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value, where)
