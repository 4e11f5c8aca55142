"""Signing in on a page, without script: what fits leads on, what does not says what to do, and nothing leads elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pyotp
import pytest
from asgi import Client, serving
from hypothesis import given
from hypothesis import strategies as st

from api.security.passwords import hashed
from api.security.sign_in import HOME, own_path

PASSWORD = "a long enough password"
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


class Clock:
    at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(tmp_path: Path, clock: Clock) -> Iterator[Client]:
    with serving(tmp_path, now=clock) as (client, _):
        client.forget()
        yield client


@pytest.fixture
def second(client: Client) -> pyotp.TOTP:
    _, found = client.security.people.add("main", "ana", ("care_manager",), password=hashed(PASSWORD))
    return pyotp.TOTP(found or "")


def fields(page: httpx.Response) -> dict[str, str]:
    """What the form would send along by itself."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))


def send(client: Client, page: httpx.Response, right: str, **changed: str) -> httpx.Response:
    given = fields(page) | {"name": "ana", "password": PASSWORD, "code": right} | changed
    return client.request("POST", "/sign-in", data=given)


def test_who_signs_in_comes_to_the_page_that_was_asked_for(client: Client, clock: Clock, second: pyotp.TOTP) -> None:
    page = client.get("/sign-in", params={"next": "/patients/x/timeline?known_at=1"})
    answer = send(client, page, second.at(clock.at))
    assert (answer.status_code, answer.headers["location"]) == (303, "/patients/x/timeline?known_at=1")
    assert client.get("/session").json()["roles"] == ["care_manager"]


def test_what_does_not_fit_says_what_to_do_and_repeats_nothing(client: Client, clock: Clock, second: pyotp.TOTP) -> None:
    page = client.get("/sign-in", params={"lang": "es", "next": "/session?x=1"})
    right = second.at(clock.at)
    tries = (
        {"password": "wrong-word"},
        {"name": "eva-nobody"},
        {"code": "000000"},
        {"code": "no number"},
        {"name": "ana\x00"},
        {"tenant": "b"},
    )
    for changed in tries:
        answer = send(client, page, right, **changed)
        assert answer.status_code == 401
        assert "no coinciden" in answer.text
        assert not any(text in answer.text for text in (PASSWORD, "wrong-word", "eva-nobody", right))
        assert "tandem=" not in answer.headers["set-cookie"]
        assert fields(answer)["next"] == "/session?x=1"
    assert client.get("/session").status_code == 401


def test_only_our_own_page_can_send_it_and_not_for_ever(client: Client, clock: Clock, second: pyotp.TOTP) -> None:
    page = client.get("/sign-in")
    own, kept = fields(page)["token"], client.get("/sign-in")
    assert fields(kept)["token"] == own  # a second window does not spoil the first
    for token in ("", "x", own[:-4], "ñ"):
        assert send(client, page, second.at(clock.at), token=token).status_code == 403
    clock.at += timedelta(minutes=11)
    late = send(client, page, second.at(clock.at))
    assert late.status_code == 403
    assert "too long" in late.text
    assert send(client, late, second.at(clock.at)).status_code == 303
    client.forget()
    assert send(client, late, second.at(clock.at + timedelta(seconds=30))).status_code == 403


def test_too_many_at_once_are_told_to_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = client.get("/sign-in")
    monkeypatch.setattr(client.security.people.passwords, "_most", 0)
    answer = send(client, page, "000000")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")
    assert "Wait a few seconds" in answer.text


def test_the_page_needs_no_script_and_every_field_says_what_it_is(client: Client) -> None:
    for lang in ("en", "es"):
        page = client.get("/sign-in", params={"lang": lang})
        assert page.status_code == 200
        assert "<script" not in page.text
        assert f'<html lang="{lang}">' in page.text
        shown = re.findall(r'<input id="(\w+)"', page.text)
        assert shown == re.findall(r'<label for="(\w+)">[^<]+</label>', page.text) == ["name", "password", "code"]
        assert "form-action 'self'" in page.headers["content-security-policy"]


def test_what_is_no_form_is_refused(client: Client) -> None:
    assert client.post("/sign-in", b"{}").status_code == 415
    assert client.request("POST", "/sign-in", data={"token": ["a", "a"]}).status_code == 403
    assert (
        client.request("POST", "/sign-in", content=b"x" * 20_000, headers={"content-type": "application/x-www-form-urlencoded"}).status_code
        == 413
    )
    assert client.get("/sign-in", params={"tenant": "<b>"}).status_code == 400
    assert client.get("/sign-in", params={"back": "/"}).status_code == 400


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.test",
        "//evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "evil",
        "",
        "/a\r\nset-cookie: x",
        "/\t/evil.test",
        "/é",
        "/" * 2,
        "/" + "a" * 500,
    ],
)
def test_nothing_leads_elsewhere(client: Client, clock: Clock, second: pyotp.TOTP, text: str) -> None:
    assert own_path(text) == HOME
    page = client.get("/sign-in")
    assert send(client, page, second.at(clock.at), next=text).headers["location"] == HOME


@given(st.text(max_size=30) | st.text(alphabet="/\\.:@?#a\t\n", max_size=12))
def test_every_way_on_is_a_path_of_ours(text: str) -> None:
    found = urlsplit(own_path(text))
    assert (found.scheme, found.netloc) == ("", "")
    assert own_path(text).startswith("/")
