"""Where signing in leads to: a path of this service, as it was asked for, and never anywhere else."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Query

HOME = "/session"
_LONGEST = 500
Next = Annotated[str, Query(max_length=_LONGEST, description="Where to go then: a path of this service.")]


def own_path(text: str) -> str:
    """A path of this service, as it was asked for; anything that could lead elsewhere is the first page instead."""
    plain = text.isascii() and text.isprintable() and "\\" not in text and len(text) <= _LONGEST
    return text if plain and text.startswith("/") and not text.startswith("//") else HOME


def by_way_of(page: str, path: str) -> str:
    """The address of a page to sign in that leads on to a path."""
    return f"{page}?next={quote(own_path(path), safe='/')}"
