"""What a picture is made of: labelled boxes and the arrows between them, whatever they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Shape = Literal["plain", "folded", "round", "barred", "cut", "pill"]
Tone = Literal["quiet", "rule", "good", "caution", "stop", "open"]
Line = Literal["solid", "dashed", "dotted"]


@dataclass(frozen=True, slots=True)
class Box:
    """A box, told apart by its shape and words and never by its tone alone.

    kind: the small word above that says what it is. mark: a sign and a word, such as `✓ holds`. heavy: stands out.
    said: how it is read aloud, where that is more than what is written in it.
    """

    id: str
    kind: str
    title: str
    notes: tuple[str, ...] = ()
    mark: str = ""
    shape: Shape = "plain"
    tone: Tone = "quiet"
    line: Line = "solid"
    heavy: bool = False
    width: float = 190
    said: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow between two different boxes.

    label: written on it, with room of its own. badge: a sign, or a number of the key, in a circle before its head.
    means: the word for this kind of arrow, in the legend and where the arrow is read aloud. said: what else is read aloud.
    """

    source: str
    target: str
    label: str = ""
    line: Line = "solid"
    tone: Tone = "quiet"
    badge: str = ""
    means: str = ""
    said: str = ""

    def __post_init__(self) -> None:
        if self.source == self.target:
            raise ValueError(f"an arrow cannot lead from {self.source} to itself")


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes, those that matter most first, and the arrows between them.

    language: BCP 47. caption: lines under the title. key: what the numbers on arrows stand for, below the picture.
    twin: the whole picture in sentences, for whoever does not see it.
    """

    language: str
    title: str
    caption: tuple[str, ...]
    twin: tuple[str, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    key: tuple[str, ...] = ()
