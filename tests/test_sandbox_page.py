"""The sandbox in a real browser, over a real socket: what an integrator does, with the mouse, with the keyboard alone, on a phone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import nodejs
import pytest
from browser import axe, chromium, served
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from api.sandbox.texts import texts

EXAMPLES = [item.file for item in texts().examples]
HOSTILE = "<img src=x onerror=\"document.title='owned'\"> [here](javascript:document.title='owned') <script>document.title='owned'</script>"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("data"), demo=True) as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@contextmanager
def opened(browser: Browser, address: str, lang: str = "en", **more: Any) -> Iterator[Page]:
    """The page, in a context of its own. Nothing may go wrong in it, and nothing may be asked of anybody else."""
    context: BrowserContext = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | more)
    context.set_default_timeout(10_000)
    page = context.new_page()
    faults: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/sandbox?lang={lang}")
    expect(page.get_by_text("POST /cds-services/")).to_be_visible()  # the scripts have run
    yield page
    assert faults == []
    assert all(url.startswith(address) for url in asked)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    context.close()


@pytest.fixture
def page(browser: Browser, base: str) -> Iterator[Page]:
    with opened(browser, base) as found:
        yield found


def send(page: Page, example: str) -> Locator:
    """Loads an example and sends it; the cards that come."""
    page.locator("#example").select_option(example)
    page.locator("#send").click()
    expect(page.locator("#result > *").first).to_be_visible()
    return page.locator("article")


def test_an_example_is_sent_and_its_cards_are_shown(page: Page) -> None:
    cards = send(page, "order-sign")
    expect(cards).to_have_count(1)
    expect(cards.locator("h3")).to_contain_text("Naltrexone")
    expect(cards.locator(".indicator")).to_contain_text("Warning")
    expect(cards.get_by_role("heading", name="Not known")).to_be_visible()
    expect(cards.locator("code", has_text="delete MedicationRequest/draft-1")).to_be_visible()
    expect(page.locator("#status")).to_contain_text("200 · 1 card")
    assert page.evaluate("document.activeElement.id") == "outcome"


def test_it_is_told_where_the_time_went_and_how_the_data_came(page: Page) -> None:
    send(page, "prefetch-partial")
    expect(page.locator(".legend li")).to_have_count(5)
    expect(page.locator(".states .failed")).to_contain_text("medications")
    expect(page.locator(".states .incomplete")).to_contain_text("conditions")
    expect(page.locator(".states .missing").first).to_contain_text("not sent")
    expect(page.get_by_role("table", name="Not read")).to_contain_text("value-unknown")


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_says_what_its_title_promises(page: Page, example: str) -> None:
    send(page, example)
    expect(page.locator("#status")).to_contain_text("400" if example == "wrong-patient" else "200")
    assert (page.locator("article").count() == 0) == (example == "wrong-patient")
    if example.endswith(".es"):
        expect(page.locator("article").first).to_contain_text("Por qué")


def test_scores_of_an_example_are_never_out_of_date(page: Page) -> None:
    send(page, "intake-opioid-depression")
    expect(page.locator("article").first).to_contain_text("thoughts of death or self-harm (PHQ-9 item 9): 1")


def test_a_suggestion_is_accepted_and_counts(page: Page, base: str) -> None:
    card = send(page, "order-benzodiazepine").first
    card.get_by_role("button", name="Accept").first.click()
    expect(card.locator(".said")).to_contain_text("The service answered 200")
    card.locator("summary", has_text="Feedback as it was sent").click()
    expect(card.locator("pre", has_text='"outcome": "accepted"')).to_contain_text('"status":"received"')
    rules = page.request.get(f"{base}/feedback/rules").json()["rules"]
    assert any(rule["accepted"] for rule in rules if rule["rule"] == "benzodiazepine-proposed-where-risk-is-high")


def test_a_card_is_overridden_with_a_reason(page: Page, base: str) -> None:
    card = send(page, "discharge").first
    card.get_by_text("Override…").click()
    card.get_by_label("Reason").select_option(index=1)
    card.get_by_label("Comment").fill("seen already")
    card.get_by_role("button", name="Override").click()
    expect(card.locator(".said")).to_contain_text("Overridden. The service answered 200")
    rules = page.request.get(f"{base}/feedback/rules").json()["rules"]
    assert any(rule["reasons"] == {"patient-ineligible": 1} for rule in rules)


def test_feedback_that_is_refused_is_said_to_be(page: Page) -> None:
    card = send(page, "order-sign").first
    page.route("**/feedback", lambda route: route.fulfill(status=404, content_type="application/problem+json", body="{}"))
    card.get_by_role("button", name="Accept").first.click()
    expect(card.locator(".said.failed")).to_contain_text("404")


def test_a_mistake_in_the_json_is_found_and_nothing_is_sent(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    broken = '{\n  "hook": "patient-view",\n  "context": {"patientId": "p1",}\n}'
    page.locator("#body").fill(broken)
    expect(page.locator("#check")).to_have_text("Not JSON: line 3, column 33. Expected a name in double quotes.")
    page.locator("#send").click()
    assert page.evaluate("document.activeElement.id + document.activeElement.selectionStart") == f"body{broken.index('}')}"
    assert sent == []
    expect(page.locator("#body")).to_have_attribute("aria-invalid", "true")
    page.locator("#body").fill("{}")
    expect(page.locator("#check")).to_contain_text("Valid JSON, 2 bytes.")
    expect(page.get_by_role("button", name="Go to the error")).to_be_hidden()


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("{", 1, 2),
        ('{"a" 1}', 1, 6),
        ('{"a": tru}', 1, 7),
        ('{"a": 01}', 1, 7),
        ("[1,]", 1, 4),
        ("[1 2]", 1, 4),
        ('{"a": 1]', 1, 8),
        ('{"a": 1}\n}', 2, 1),
        ("{\n'a': 1}", 2, 1),
        ('{"a": "\n"}', 1, 7),
        ('{"a": "\\x"}', 1, 7),
        ("[NaN]", 1, 2),
        ('{"a":\u00a01}', 1, 6),
        ("[[[[[[]]]]]", 1, 12),
    ],
)
def test_mistakes_are_where_they_are_said_to_be(browser: Browser, base: str, text: str, line: int, column: int) -> None:
    with opened(browser, base, bypass_csp=True) as page:
        found = page.evaluate("async (text) => (await import('/sandbox/json.js')).mistake(text)", text)
    assert (found["line"], found["column"]) == (line, column)


def test_an_error_is_a_table(page: Page) -> None:
    send(page, "wrong-patient")
    table = page.get_by_role("table", name="Problems")
    expect(table).to_contain_text("patient-mismatch")
    expect(table.get_by_role("columnheader")).to_have_text(["Where", "Code", "What", "What to do"])


def test_what_is_wrong_is_said_in_the_language_of_the_page(browser: Browser, base: str) -> None:
    with opened(browser, base, "es") as page:
        send(page, "wrong-patient")
        table = page.get_by_role("table", name="Problemas")
        expect(table).to_contain_text("Trata de otro paciente.")
        expect(table).not_to_contain_text("Send only")
        expect(page.locator(".alarm")).to_have_text("400: Rechazada")
        told = {"type": "urn:x", "title": "T", "status": 400, "errors": [{"where": "/x", "code": "new-code", "what": "New.", "do": "Do."}]}
        page.route("**/cds-services/*", lambda route: route.fulfill(status=400, content_type="application/json", body=json.dumps(told)))
        send(page, "order-sign")
        expect(table.locator("span[lang=en]")).to_have_text(["New.", "Do."])


def test_an_outcome_of_fhir_is_a_table_too(page: Page) -> None:
    issue = {
        "severity": "error",
        "code": "required",
        "details": {"text": "It is missing."},
        "diagnostics": "Add it.",
        "expression": ["context"],
    }
    told = json.dumps({"resourceType": "OperationOutcome", "issue": [issue]})
    page.route("**/cds-services/*", lambda route: route.fulfill(status=400, content_type="application/fhir+json", body=told))
    send(page, "order-sign")
    expect(page.get_by_role("table", name="Problems")).to_contain_text("It is missing.")


def test_a_service_that_cannot_be_reached_is_said_to_be(page: Page) -> None:
    page.route("**/cds-services/*", lambda route: route.abort())
    page.locator("#send").click()
    expect(page.locator("#status")).to_have_text("The service could not be reached.")


def test_nothing_that_a_service_sends_becomes_markup(page: Page) -> None:
    card = {
        "uuid": "1",
        "summary": HOSTILE,
        "detail": f"**Why**\n\n- {HOSTILE}\n- `{HOSTILE}`\n\n# {HOSTILE}\n\n[y](data:text/html,x) **[z](/ok)**",
        "indicator": HOSTILE,
        "source": {"label": HOSTILE, "url": "javascript:document.title='owned'"},
        "suggestions": [
            {"label": HOSTILE, "uuid": "2", "actions": [{"type": HOSTILE, "description": HOSTILE, "resource": {"a": HOSTILE}}]}
        ],
        "overrideReasons": [{"code": HOSTILE, "display": HOSTILE}],
        "links": [{"label": HOSTILE, "url": "javascript:document.title='owned'", "type": "absolute"}],
    }
    told = json.dumps({"cards": [card]})
    page.route("**/cds-services/*", lambda route: route.fulfill(status=200, content_type="application/json", body=told))
    send(page, "order-sign")
    assert page.title() == "CDS Hooks sandbox"
    assert page.locator("#result :is(img, script, iframe, style, svg)").count() == 0
    assert {url.split(":")[0] for url in page.locator("#result a").evaluate_all("all => all.map((one) => one.href)")} == {"http"}
    expect(page.locator("article h3")).to_contain_text("<img src=x")


def test_the_keyboard_is_enough(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "example"
    page.keyboard.press("ArrowDown")
    expect(page.locator("#service")).to_have_value("order-safety order-sign")
    for expected in ("service", "language", "body", "send"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == expected
    page.keyboard.press("Enter")
    expect(page.locator("article")).to_have_count(1)
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").startswith("Accept"):
            break
    page.keyboard.press("Space")
    expect(page.locator("article .said")).to_contain_text("Accepted: ")
    page.locator("#body").press("Control+Enter")
    expect(page.locator("#result")).to_contain_text("answered from the journal")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize(("example", "lang"), [("intake-opioid-depression", "en"), ("wrong-patient", "es"), ("prefetch-partial", "es")])
def test_it_is_accessible_and_fits(browser: Browser, base: str, scheme: Any, width: int, example: str, lang: str) -> None:
    size = {"width": width, "height": 800}
    with opened(browser, base, lang, color_scheme=scheme, viewport=size, bypass_csp=True) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        send(page, example)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.evaluate(axe())
        found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})")
    assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found["violations"]] == []
    assert len(found["passes"]) > 20


def test_the_programs_that_it_writes_run(page: Page) -> None:
    send(page, "order-benzodiazepine")
    for name, command in {
        "curl": ["bash", "-euo", "pipefail", "-c"],
        "Python": [sys.executable, "-c"],
        "JavaScript": [nodejs.node(), "--input-type=module", "--eval"],
    }.items():
        page.get_by_text(f"This request in {name}").click()
        program = page.get_by_role("group", name=name, exact=True).inner_text()
        done = subprocess.run([*command, program], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["cards"][0]["indicator"] == "warning"


def test_what_is_copied_is_what_is_shown(browser: Browser, base: str) -> None:
    with opened(browser, base, permissions=["clipboard-read", "clipboard-write"]) as page:
        send(page, "order-sign")
        page.locator("summary", has_text="Response as JSON").click()
        page.get_by_role("button", name="Copy Response as JSON").click()
        expect(page.get_by_text("Copied.")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
    assert json.loads(copied)["cards"][0]["indicator"] == "warning"


def test_where_people_sign_in_it_takes_a_token_and_keeps_it_nowhere(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path, sandbox=True) as (address, service):
        secret = service.security.systems.add("main", "sandbox-ehr", ("ehr_client",))  # type: ignore[attr-defined]
        given = {"grant_type": "client_credentials", "client_id": "sandbox-ehr", "client_secret": secret}
        token = httpx.post(f"{address}/token", data=given).json()["access_token"]
        with opened(browser, address) as page:
            expect(page.get_by_text("Nobody is signed in")).to_be_visible()
            send(page, "order-sign")
            expect(page.get_by_role("table", name="Problems")).to_contain_text("not-known")
            page.get_by_label("Bearer token").fill(token)
            expect(send(page, "order-sign")).to_have_count(1)
            page.get_by_text("This request in curl").click()
            assert "Bearer TOKEN" in page.get_by_role("group", name="curl", exact=True).inner_text()
            assert token not in page.content()
            page.reload()
            expect(page.get_by_label("Bearer token")).to_have_value("")


def test_whoever_signed_in_needs_no_token(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path, sandbox=True) as (address, service):
        security = service.security  # type: ignore[attr-defined]
        security.people.add("main", "ana", ("prescriber",), password="unused")
        begun = security.people.begin(security.identity.account("main", "ana"))
        state: Any = {"cookies": [{"name": "tandem", "value": begun.cookie, "url": address}]}
        with opened(browser, address, storage_state=state) as page:
            expect(page.get_by_text("Signed in as")).to_be_visible()
            expect(send(page, "order-sign")).to_have_count(1)
