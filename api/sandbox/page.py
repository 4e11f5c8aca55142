"""The page of the sandbox: its own scripts and style and nothing else, no markup made from text, nothing from outside."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.hooks.services import services
from api.page import policy
from api.sandbox.texts import examples, problems, said
from engine.dictionary import LANGUAGES, Language

_FOLDER = Path(__file__).parent / "web"
_COMMON = Path(__file__).parent.parent / "web" / "style.css"


@cache
def scripts() -> dict[str, bytes]:
    """The modules, by their names."""
    return {path.name: path.read_bytes() for path in sorted(_FOLDER.glob("*.js"))}


@cache
def _styles() -> tuple[str, str]:
    """That of every page, and what this one adds."""
    return _COMMON.read_text(encoding="utf-8"), (_FOLDER / "sandbox.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)


def sandbox_page(language: Language, today: date, *, demo: bool) -> tuple[str, str]:
    """The page, and its Content-Security-Policy. demo: nobody is asked who they are."""
    nonce = secrets.token_urlsafe(16)
    texts = said(language)
    page = _environment().get_template("sandbox.html")
    html = page.render(
        language=language,
        other=next(item for item in LANGUAGES if item != language),
        t=texts,
        demo=demo,
        nonce=nonce,
        styles=[Markup(text) for text in _styles()],  # noqa: S704 - our own files
        data=_data(language, today, texts, demo=demo),
    )
    return html, _policy(nonce)


def _policy(nonce: str) -> str:
    """That of every page, which ends in its style, and this one's style and scripts. Modules that a script imports share its nonce.

    Trusted Types: no script here can make markup from text.
    """
    own = b64encode(sha256(_styles()[1].encode()).digest()).decode()
    scripts = f"script-src 'nonce-{nonce}'; require-trusted-types-for 'script'; trusted-types 'none'"
    return f"{policy()} 'sha256-{own}'; connect-src 'self'; {scripts}"


def _data(language: Language, today: date, texts: dict[str, str], *, demo: bool) -> Markup:
    """What the scripts need to know, as JSON that cannot end the element it stands in."""
    offered = [{"id": item.id, "hook": hook, "title": item.title[language]} for item in services().services for hook in item.hooks]
    document: dict[str, object] = {"language": language, "demo": demo, "texts": texts, "services": offered}
    document |= {"examples": examples(language, today), "problems": problems(language)}
    return Markup(json.dumps(document, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 - our own files
