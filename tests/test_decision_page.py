"""The page behind a card, in a real browser: what it says first, what it folds, and that a link leads to what the card was about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browser import axe, chromium, served
from hooked import bundle, medicine, sign
from playwright.sync_api import Browser, Page, expect

METHADONE = medicine("methadone", "m1", status="active")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("data"), demo=True) as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def opened(browser: Browser, base: str, *ordered: str, lang: str = "en", **more: Any) -> Page:
    """The page that the first card on these orders leads to."""
    page = browser.new_context(**({"viewport": {"width": 1100, "height": 900}} | more)).new_page()
    orders = [medicine(name, f"o{number}") for number, name in enumerate(ordered)]
    body = sign(*orders, medications=bundle(METHADONE))
    answer = page.request.post(f"{base}/cds-services/order-safety", data=body, headers={"accept-language": lang})
    link = answer.json()["cards"][0]["links"][0]["url"]
    page.goto(base + link[link.index("/decisions/") :])
    return page


def test_a_link_shows_the_order_and_that_it_is_of_the_past(browser: Browser, base: str) -> None:
    page = opened(browser, base, "naltrexone", "alprazolam")
    expect(page.get_by_role("heading", name="Naltrexone withheld")).to_be_in_viewport()
    expect(page.locator(".then")).to_be_in_viewport()
    expect(page.locator(".then")).to_contain_text("A decision of the past. As of ")
    place: Any = page.locator(":target").bounding_box()
    banner: Any = page.locator(".then").bounding_box()
    assert place["y"] >= banner["y"] + banner["height"], "nothing hides what the link leads to"
    expect(page.locator(".past")).to_contain_text("service order-safety, hook order-sign")


def test_what_is_ordered_and_must_not_be_stands_under_now(browser: Browser, base: str) -> None:
    page = opened(browser, base, "naltrexone")
    now = page.get_by_role("region", name="Now", exact=True)
    assert [text.splitlines()[0].split(" withheld")[0] for text in now.get_by_role("heading", level=3).all_inner_texts()][1] == "Naltrexone"
    expect(page.get_by_role("heading", name="Naltrexone withheld")).to_have_count(1)


def test_most_questions_are_folded_into_one(browser: Browser, base: str) -> None:
    page = opened(browser, base, "naltrexone")
    rest = page.get_by_role("region", name="The rest of the decision")
    expect(rest.get_by_role("heading", name="Still to find out: ")).to_have_count(1)
    questions = rest.locator(".data_request")
    shown = questions.evaluate_all("all => all.filter((one) => one.checkVisibility()).length")
    assert shown == 5 < questions.count()
    rest.locator("details.more > summary").click()
    assert questions.evaluate_all("all => all.every((one) => one.checkVisibility())")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "lang"), [(320, "es"), (1100, "en")])
def test_it_is_accessible_and_fits(browser: Browser, base: str, scheme: Any, width: int, lang: str) -> None:
    size = {"width": width, "height": 800}
    page = opened(browser, base, "naltrexone", lang=lang, color_scheme=scheme, viewport=size, bypass_csp=True)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.evaluate(axe())
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})")
    assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found["violations"]] == []
    assert len(found["passes"]) > 20
