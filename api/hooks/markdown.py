"""Text that others wrote, put into GitHub Flavored Markdown so that it stays text: no markup, no HTML, no link of theirs."""

from __future__ import annotations

import re
from html import escape

_MARKS = re.compile(r"([\\`*_{}\[\]|~#!@])")
_ADDRESS = re.compile(r"(?i)(://|www\.)")
_START = re.compile(r"^(\d*)([-+>=.)])")  # what would begin a list, a quotation or a heading
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_REFERENCE = re.compile(r"[A-Z][A-Za-z]{1,40}/[A-Za-z0-9._~-]{1,128}")
_KIND = re.compile(r"[A-Z][A-Za-z]{1,40}")
LONGEST = 300


def text(value: str) -> str:
    """One line of text, as it would look were it no markdown. GFM makes links of bare addresses, so these are broken up."""
    line = _CONTROL.sub(" ", value).strip()
    line = line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
    line = _MARKS.sub(r"\\\1", escape(line, quote=False))
    line = _ADDRESS.sub(lambda found: found[1].replace(".", "\\.").replace("://", "\\:\\//"), line)
    return _START.sub(r"\1\\\2", line)


def plain(value: str, most: int) -> str:
    """One line for a field that is no markdown, in fewer than `most` characters; what could be taken for HTML is not in it.

    What is too long ends after a whole word, where there is one, and says by an ellipsis that it goes on.
    """
    line = _CONTROL.sub(" ", value).replace("<", "\u2039").replace(">", "\u203a").strip()
    if len(line) < most:
        return line
    short = line[: most - 2]
    whole = short if line[most - 2] == " " else short.rpartition(" ")[0] or short
    return whole.rstrip(" ,;:.(-") + "…"


def link(label: str, address: str) -> str:
    """A link of our own."""
    return f"[{text(label)}]({address})"


def is_reference(value: str) -> bool:
    """Whether it is Type/id and nothing else."""
    return _REFERENCE.fullmatch(value) is not None


def named(reference: str) -> str | None:
    """A reference as it may be said back: whole, or its type alone, or nothing of what is neither."""
    kind = reference.partition("/")[0]
    return reference if is_reference(reference) else kind if _KIND.fullmatch(kind) else None
