"""Signing in on a page, without script: what fits leads on, what does not says what to do, and nothing leads elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from asgi import Client, serving
from clocks import Clock
from hypothesis import given
from hypothesis import strategies as st

from api.security.leading import HOME, by_way_of, own_path
from api.security.passwords import hashed

PASSWORD = "a long enough password"
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


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
    return {name: unescape(value) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)}


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
        "javascript:alert(1)",
        "HTTPS://evil.test/",
        " /session",
        "///evil.test",
        "/\x00",
        "?next=/x",
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


BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def test_a_browser_that_asks_for_a_page_is_led_to_sign_in_and_back(client: Client, clock: Clock, second: pyotp.TOTP) -> None:
    answer = client.get("/decisions/7?lang=es&detail=full", headers=BROWSER)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/decisions/7%3Flang%3Des%26detail%3Dfull"
    page = client.get(answer.headers["location"])
    signed_in = send(client, page, second.at(clock.at))
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/decisions/7?lang=es&detail=full")
    assert client.get(signed_in.headers["location"], headers=BROWSER).status_code in (400, 404)  # let in: there is no such decision


def test_a_session_that_has_ended_leads_to_sign_in_too(client: Client, clock: Clock, second: pyotp.TOTP) -> None:
    send(client, client.get("/sign-in"), second.at(clock.at))
    clock.at += timedelta(minutes=16)
    assert client.get("/decisions/7", headers=BROWSER).headers["location"] == "/sign-in?next=/decisions/7"


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/decisions/7", {}),
        ("GET", "/decisions/7", {"accept": "*/*"}),
        ("GET", "/decisions/7", {"accept": "application/json, text/html;q=0.5"}),
        ("GET", "/decisions/7", {"accept": "image/png"}),
        ("HEAD", "/decisions/7", BROWSER),
        ("GET", "/decisions/7", BROWSER | {"authorization": "Bearer old"}),
        ("GET", "/session", BROWSER),  # no page
        ("GET", "/cds-services", BROWSER),
        ("POST", "/recommend", BROWSER),
        ("POST", "/cds-services/x", BROWSER),
    ],
)
def test_what_is_no_browser_at_a_page_keeps_its_401(client: Client, method: str, path: str, headers: dict[str, str]) -> None:
    answer = client.request(method, path, headers=headers)
    assert answer.status_code in (401, 405)
    assert answer.status_code == 401 or method == "HEAD"
    assert "location" not in answer.headers


def test_an_address_that_is_too_long_leads_to_the_first_page(client: Client) -> None:
    answer = client.get(f"/decisions/7?lang={'e' * 600}", headers=BROWSER)
    assert answer.headers["location"] == f"/sign-in?next={HOME}"


@given(st.text(max_size=40))
def test_what_stands_in_an_address_stands_in_next_alone(text: str) -> None:
    place = urlsplit(by_way_of("/sign-in", f"/decisions/{text}"))
    (found,) = parse_qs(place.query)["next"]
    assert (place.scheme, place.netloc, place.path, place.fragment) == ("", "", "/sign-in", "")
    assert found == own_path(f"/decisions/{text}")


def test_another_way_in_is_offered_where_there_is_one(tmp_path: Path) -> None:
    with serving(tmp_path, oidc_issuer="https://id.example", oidc_client="tandem", public_url="https://tandem.example") as (client, _):
        page = client.get("/sign-in", params={"next": "/decisions/7?lang=es"}).text
        assert '<a href="/login/provider?next=/decisions/7%3Flang%3Des">' in page


def test_no_other_way_in_is_offered_where_there_is_none(client: Client) -> None:
    assert "<a " not in client.get("/sign-in").text
