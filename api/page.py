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


@cache
def _style() -> str:
    return (_FOLDER / "style.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)


@cache
def policy() -> str:
    """The Content-Security-Policy of a page: its own style and nothing else."""
    digest = b64encode(sha256(_style().encode()).digest()).decode()
    closed = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return f"{closed}; style-src 'sha256-{digest}'"


def decision_page(view: View) -> str:
    """A decision as HTML."""
    return _render("decision.html", view)


def sheet_page(sheet: Sheet) -> str:
    """A page of sentences as HTML."""
    return _render("sheet.html", sheet)


def _render(template: str, view: View | Sheet) -> str:
    style = Markup(_style())  # noqa: S704 - our own file
    return _environment().get_template(template).render(view=view, style=style, say=partial(_say, view))


def _say(view: View | Sheet, key: str) -> str:
    return say(key, view.language)
