"""Text in boxes: made safe, measured without any font file, and broken into lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Widths in em, on the wide side of the usual sans-serif fonts, so that what fits here fits in any of them.
_WIDTHS: dict[str, float] = {
    **dict.fromkeys(" iljI|!.,:;'\u2019`·", 0.36),
    **dict.fromkeys('frt()[]{}-/\\"“”«»*°', 0.5),
    **dict.fromkeys("mwMW%@—…✓✗→&QO", 1.02),
    **dict.fromkeys("_+=<>~^#", 0.86),
}
_CAPITAL, _OTHER, _WIDE, _FOREIGN = 0.78, 0.65, 1.4, 0.9
_BOLD = 1.1
# Characters that turn the direction of what follows, so that a label would read as something else.
_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PIECE = re.compile(r"[^-/_@]*[-/_]+|@?[^-/_@]+|@")  # a word may be broken after - / _ and before @


def clean(text: str) -> str:
    """The text on one line, without what XML forbids, control characters, or marks that turn the reading direction."""
    return " ".join("".join(_kept(character) for character in text).split())


def _kept(character: str) -> str:
    if character.isspace():
        return " "
    forbidden = unicodedata.category(character) in ("Cc", "Cs") or ord(character) & 0xFFFE == 0xFFFE
    return "" if forbidden or character in _TURNING else character


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line may become, in pixels."""
    return sum(map(_em, text)) * size * (_BOLD if bold else 1)


def _em(character: str) -> float:
    if character in _WIDTHS:
        return _WIDTHS[character]
    if character.isascii() or unicodedata.category(character) == "Ll":
        return _CAPITAL if character.isupper() else _OTHER
    if unicodedata.combining(character):
        return 0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else _FOREIGN


def wrap(text: str, size: float, room: float, *, bold: bool = False) -> tuple[str, ...]:
    """The text in lines no wider than the room: broken at spaces, and inside a word only where it does not fit alone."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer, size, bold=bold) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _broken(word, size, room, bold=bold)
        lines += whole
    return (*lines, line) if line else tuple(lines)


def _broken(word: str, size: float, room: float, *, bold: bool) -> Iterator[str]:
    line = ""
    for piece in _pieces(word, size, room, bold=bold):
        if line and width(line + piece, size, bold=bold) > room:
            yield line
            line = ""
        line += piece
    yield line


def _pieces(word: str, size: float, room: float, *, bold: bool) -> Iterator[str]:
    """Parts of a word after which it may be broken: at its own joints, or anywhere in a part that is too long by itself."""
    for piece in _PIECE.findall(word):
        if width(piece, size, bold=bold) <= room:
            yield piece
        else:
            yield from piece
