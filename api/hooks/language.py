"""The language that a client asks for, by Accept-Language (RFC 9110)."""

from __future__ import annotations

from engine.dictionary import LANGUAGES, Language


def language_of(header: str | None) -> Language:
    """The best of ours; English where none is named. What cannot be read is passed over."""
    best: tuple[float, Language] = (0.0, "en")
    for part in (header or "")[:500].split(","):
        tag, _, weight = part.partition(";")
        name = tag.strip().lower().partition("-")[0]
        found = next((language for language in LANGUAGES if language == name), None)
        quality = _quality(weight)
        if found is not None and quality > best[0]:
            best = (quality, found)
    return best[1]


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if not name:
        return 1.0
    try:
        found = float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
    return found if 0 <= found <= 1 else 0.0
