"""The decision as one page: no script, nothing from outside, everything escaped, a style that the policy names by digest."""

from __future__ import annotations

from base64 import b64encode
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.view import Sheet, View
from api.words import say

_FOLDER = Path(__file__).parent / "web"
CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@cache
def style() -> str:
    """The style of every page."""
    return (_FOLDER / "style.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)


@cache
def policy() -> str:
    """The Content-Security-Policy of a page: its own style and nothing else."""
    return f"{CLOSED}; style-src {named(style())}"


def named(text: str) -> str:
    """A style or script inside a page as its policy names it."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def decision_page(view: View) -> str:
    """A decision as HTML."""
    return _render("decision.html", view)


def sheet_page(sheet: Sheet) -> str:
    """A page of sentences as HTML."""
    return _render("sheet.html", sheet)


def _render(template: str, view: View | Sheet) -> str:
    inside = Markup(style())  # noqa: S704 - our own file
    return _environment().get_template(template).render(view=view, style=inside, say=partial(_say, view))


def _say(view: View | Sheet, key: str) -> str:
    return say(key, view.language)
