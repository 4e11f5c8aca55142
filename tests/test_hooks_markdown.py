"""Whatever others wrote stays text in Markdown, held to a reader of Markdown that is not ours."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from api.hooks.markdown import LONGEST, link, plain, text

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKUP = st.text(st.sampled_from("*_`~[]()<>!#-+=|\\&;:/.@ 1a\n\t\u202e\u200b"), max_size=60)


def read(markdown: str) -> str:
    """What a reader sees, as it would stand in HTML."""
    return READER.render(markdown)


@settings(max_examples=400, derandomize=True, database=None)
@given(MARKUP | st.text(max_size=80))
@example("<script>alert(1)</script>")
@example("[x](javascript:alert(1))")
@example("1. one")
@example("&lt;b&gt;")
@example("| a | b |")
def test_in_a_list_it_is_text_and_nothing_else(said: str) -> None:
    shown = read(f"- {text(said)}")
    inside = re.fullmatch(r"<ul>\n<li>(.*)</li>\n</ul>\n", shown, re.DOTALL)
    assert inside, shown
    assert not re.search(r"<[a-z/!]", inside[1]), shown
    if len(said) < LONGEST and said.isascii() and said.isprintable():
        assert html.unescape(inside[1]).split() == said.split()


@settings(max_examples=300, derandomize=True, database=None)
@given(MARKUP | st.text(max_size=400), st.integers(10, 200))
def test_a_plain_field_is_short_and_no_html(said: str, most: int) -> None:
    found = plain(said, most)
    assert len(found) < most
    assert not set(found) & set("<>\n\r\t")


@pytest.mark.parametrize(
    ("said", "most", "expected"),
    [
        ("Order of a thing: take care", 60, "Order of a thing: take care"),
        ("Order of a thing: take care", 24, "Order of a thing: take…"),
        ("Order of a thing: take care", 23, "Order of a thing…"),
        ("Order of a thing: take care", 20, "Order of a thing…"),
        ("Hydroxychloroquine", 8, "Hydrox…"),
    ],
)
def test_what_is_too_long_ends_after_a_whole_word(said: str, most: int, expected: str) -> None:
    assert plain(said, most) == expected


@pytest.mark.parametrize("said", ["www.evil.example", "http://evil.example", "https://evil.example/x", "me@evil.example", "HTTP://X"])
def test_a_bare_address_becomes_no_link(said: str) -> None:
    """GFM makes links of addresses that stand alone: what it looks for is not there any more, and a reader sees them all the same."""
    assert not re.search(r"://|www\.|[a-z]@", text(said), re.IGNORECASE)
    assert said in html.unescape(read(text(said)))


def test_a_link_of_ours_keeps_its_address() -> None:
    assert '<a href="https://x.example/a_b">a * b</a>' in read(link("a * b", "https://x.example/a_b"))
