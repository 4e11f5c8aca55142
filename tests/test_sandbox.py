"""The sandbox without a browser: where it is there, and what it hands out."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from asgi import serving

from api.hooks.gather import State
from api.hooks.reasons import spanish
from api.hooks.services import service_of
from api.sandbox.texts import FOLDER, examples, moved, problems, texts
from api.settings import read_settings


@pytest.mark.parametrize(
    ("settings", "status"),
    [({}, 404), ({"demo": True}, 200), ({"sandbox": True}, 200), ({"demo": True, "sandbox": False}, 404)],
)
def test_it_is_there_in_a_demonstration_or_where_it_was_switched_on(tmp_path: Path, settings: dict[str, Any], status: int) -> None:
    with serving(tmp_path, **settings) as (client, _):
        assert {client.get(path).status_code for path in ("/sandbox", "/sandbox/main.js")} == {status}
        assert client.get("/sandbox/page.py").status_code == 404


def test_times_are_told_only_where_it_is_there(tmp_path: Path) -> None:
    """How long something took may tell of what is held back, so nobody else is told."""
    body = {"hook": "patient-view", "hookInstance": "1", "context": {"userId": "Practitioner/1", "patientId": "p1"}}
    body["prefetch"] = {"patient": {"resourceType": "Patient", "id": "p1"}}
    for sandbox in (True, False):
        with serving(tmp_path, demo=True, sandbox=sandbox) as (client, _):
            answer = client.post("/cds-services/integrated-review", json.dumps(body).encode())
            assert answer.status_code == 200, answer.text
            assert ("server-timing" in answer.headers) is sandbox


def test_the_switch_is_a_setting() -> None:
    assert not read_settings({}).tried_out
    assert read_settings({"TANDEM_SANDBOX": "on"}).tried_out
    assert read_settings({"TANDEM_DEMO": "true"}).tried_out
    assert not read_settings({"TANDEM_DEMO": "true", "TANDEM_SANDBOX": "off"}).tried_out


def test_its_policy_lets_in_its_own_scripts_alone(tmp_path: Path) -> None:
    with serving(tmp_path, demo=True) as (client, _):
        first, second, script = client.get("/sandbox"), client.get("/sandbox"), client.get("/sandbox/main.js")
    policy = first.headers["content-security-policy"]
    assert policy != second.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    assert f'nonce="{nonce[1]}"' in first.text
    assert set(re.findall(r"(?<![\w\\])(?:src|href)=\"([^\"]+)", first.text)) == {"/sandbox/main.js", "/sandbox?lang=es"}
    assert script.headers["content-type"].startswith("text/javascript")


def test_it_speaks_two_languages(tmp_path: Path) -> None:
    with serving(tmp_path, demo=True) as (client, _):
        assert '<html lang="es">' in client.get("/sandbox?lang=es").text
        assert '<html lang="es">' in client.request("GET", "/sandbox", headers={"accept-language": "es-MX,en;q=0.5"}).text
        assert '<html lang="en">' in client.get("/sandbox").text


def test_every_text_that_the_page_uses_is_there() -> None:
    web = Path(FOLDER).parent.parent / "api" / "sandbox" / "web"
    scripts = "".join(path.read_text(encoding="utf-8") for path in web.glob("*.js"))
    page = (web / "sandbox.html").read_text(encoding="utf-8")
    used = set(re.findall(r"say\('([\w-]+)'", scripts)) | set(re.findall(r"\bt\.(\w+)", page))
    known = set(texts().texts)
    assert used <= known
    computed = {*get_args(State), *(key for key in known if key.startswith("part_"))}
    assert {key for key in known - computed if not re.search(rf"\b{key}\b", scripts + page)} == set()


REPOSITORY = Path(FOLDER).parent.parent


def test_whatever_a_service_may_refuse_is_said_in_spanish_too() -> None:
    ways = [*REPOSITORY.glob("api/hooks/*.py"), *REPOSITORY.glob("adapters/fhir/reading/*.py")]
    ways += [REPOSITORY / "api" / name for name in ("limits.py", "strict_json.py", "traffic.py", "app.py", "security/door.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in ways)
    codes = {code for found in re.findall(r'Problem\([^"]*(?:f?"[^"]*")?, "([a-z-]+)"|"(json-[a-z-]+)"', text) for code in found if code}
    assert len(codes) > 25
    assert codes - problems("es").keys() <= {"decision-unknown", "patient-unknown", "json-refused"}, "which are no answers of a service"
    assert problems("en") == {}


def test_every_reason_for_not_reading_something_is_said_in_spanish_too() -> None:
    page = (REPOSITORY / "docs" / "fhir-reading.md").read_text(encoding="utf-8").partition("## Reasons")[2]
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    codes = {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)}
    assert len(codes) > 50
    assert codes - {"too-deep", "too-much"} <= spanish().keys() | {"patient-mismatch"}


def test_every_example_is_there_and_every_file_is_an_example() -> None:
    assert {item.file for item in texts().examples} == {path.stem for path in FOLDER.glob("*.json")}
    for item in examples("en", date(2030, 1, 1)):
        service = service_of(item["service"])
        assert service is not None
        assert json.loads(item["body"])["hook"] in service.hooks


def test_examples_move_along_and_birth_dates_stay() -> None:
    body = '{"birthDate": "2026-11-23"}\n{"at": "2026-11-23T15:15:00Z", "on": "2026-11-20", "text": "2026-11-20 or so"}'
    expected = '{"birthDate": "2026-11-23"}\n{"at": "2026-11-25T15:15:00Z", "on": "2026-11-22", "text": "2026-11-20 or so"}'
    assert moved(body, timedelta(days=2)) == expected
