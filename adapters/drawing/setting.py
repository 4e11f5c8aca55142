"""Setting the words of a box or label in lines, and how much room they take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from adapters.drawing.picture import Box
from adapters.drawing.text import clean, width, wrap

Role = Literal["kind", "mark", "title", "note", "heading"]
SIZES: dict[Role, float] = {"kind": 11, "mark": 11, "title": 13.5, "note": 12, "heading": 18}
BOLD: frozenset[Role] = frozenset({"mark", "title", "heading"})
LEADING: dict[Role, float] = {"kind": 16, "mark": 16, "title": 17, "note": 15.5, "heading": 24}
_PADDING = 14
_LABEL_ROOM, _LABEL_PADDING = 150, 6


@dataclass(frozen=True, slots=True)
class Text:
    """One line and its place: where on its baseline it starts, has its middle, or ends."""

    words: str
    x: float
    y: float
    role: Role
    anchor: Literal["start", "middle", "end"] = "start"


@dataclass(frozen=True, slots=True)
class Block:
    """Set text and the room it takes, measured from its upper left corner."""

    width: float
    height: float
    texts: tuple[Text, ...] = ()


def lines(words: str, role: Role, room: float) -> tuple[str, ...]:
    """The words in lines no wider than the room."""
    return wrap(clean(words), SIZES[role], room, bold=role in BOLD)


def box(item: Box) -> Block:
    """The kind and, where there is room, the mark on one line; below them the title and the notes."""
    room = item.width - 2 * _PADDING
    beside = sum(width(clean(words), SIZES["mark"], bold=True) for words in (item.kind, item.mark)) + 8 <= room
    texts: list[Text] = []
    y = _PADDING - 6.0
    parts: list[tuple[Role, str]] = [
        ("kind", item.kind),
        ("mark", item.mark),
        ("title", item.title),
        *(("note", note) for note in item.notes),
    ]
    for role, words in parts:
        for line in lines(words, role, room):
            across = role == "mark" and beside
            y += 0 if across else LEADING[role]
            texts.append(Text(line, item.width - _PADDING if across else _PADDING, y - 4, role, "end" if across else "start"))
    return Block(item.width, y + _PADDING - 4, tuple(texts))


def label(words: str) -> Block:
    """The label of an arrow."""
    set_lines = lines(words, "note", _LABEL_ROOM)
    room = max((width(line, SIZES["note"]) for line in set_lines), default=0)
    room += 2 * _LABEL_PADDING
    texts = tuple(Text(line, room / 2, (number + 1) * LEADING["note"], "note", "middle") for number, line in enumerate(set_lines))
    return Block(room, len(set_lines) * LEADING["note"] + _LABEL_PADDING, texts)
