"""Notices that go with what is disclosed."""

from __future__ import annotations

from engine.dictionary import Text

PART2 = "42-cfr-part-2"
NOTICES: dict[str, Text] = {
    PART2: {  # the short form of 42 CFR 2.32
        "en": "42 CFR part 2 prohibits unauthorized use or disclosure of these records.",
        "es": "La norma 42 CFR parte 2 prohíbe el uso o la divulgación no autorizados de estos registros.",
    },
}
