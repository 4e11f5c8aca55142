"""How hard a text is to read: the Flesch-Kincaid grade for English, the Fernandez-Huerta ease for Spanish.

Syllables are counted by their vowels, which is right for Spanish and close for English; a page of words evens it out.
"""

from __future__ import annotations

import re

from engine.dictionary import Language

MAX_GRADE = 8.0  # brief, section 10: what a person reads is at or below the eighth grade
MIN_EASE = 60.0  # Fernandez-Huerta: 60 to 70 is the seventh and eighth grade
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?:;]+(?:\s|$)")
_ENGLISH = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]e|[^td]ed|[^aeiousxzhcg]es)$")
_SPANISH = re.compile(r"[aeoáéó]|[íú]|[iuü]")
_GLIDES = re.compile(r"(?<=[aeoáéó])[iuy](?![aeiouáéíóú])|[iuü](?=[aeoáéó])|(?<=[qg])u(?=[eiéí])|[iu](?=[iuíú])|y(?=[aeiouáéíóú])")


def syllables(word: str, language: Language) -> int:
    """The syllables of a word; at least one."""
    word = word.lower()
    if language == "es":
        return max(1, len(_SPANISH.findall(_GLIDES.sub("", word))))
    count = len(_ENGLISH.findall(word)) - bool(len(word) > 2 and _SILENT.search(word))
    return max(1, count)


def measure(text: str, language: Language) -> float:
    """English: the school grade, lower is easier. Spanish: the ease from 0 to 100, higher is easier."""
    words = _WORD.findall(text)
    sentences = max(1, len(_SENTENCE.findall(text.strip() if text.rstrip().endswith((".", "!", "?")) else text + ".")))
    length = len(words) / sentences
    weight = sum(syllables(word, language) for word in words) / max(1, len(words))
    if language == "es":
        return 206.84 - 60 * weight - 1.02 * length
    return 0.39 * length + 11.8 * weight - 15.59


def plain(text: str, language: Language) -> bool:
    """Whether somebody with eight years of school can read it."""
    return measure(text, language) >= MIN_EASE if language == "es" else measure(text, language) <= MAX_GRADE
