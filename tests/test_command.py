"""The command line: any decision ends with 0, input that cannot be used with 2 and one line a problem."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from adapters.durable import available
from api.command import main
from api.schemas import DecisionDocument, ExplanationDocument
from knowledge.load import load

ROOT = Path(__file__).parent.parent
RECORD = str(ROOT / "examples" / "intake-opioid-depression.json")
AS_OF = ("--as-of", "2026-11-23T16:00:00Z")
LOAD = cache(load)  # the same folder is loaded once for all these runs
CANARY = "Zanahoria-4711"


class Done(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the command in this process, with one engine unless told otherwise."""
    monkeypatch.setattr("api.wiring.load", LOAD)
    monkeypatch.setenv("TANDEM_DURABLE", "off")
    monkeypatch.setenv("TANDEM_DATA", str(tmp_path / "data"))

    def run(*arguments: str, stdin: bytes = b"", **environment: str) -> Done:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["tandem", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return Done(0 if code is None else int(code), *capsys.readouterr())

    return run


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        (("--demo", "--port", "8123"), {}, "http://127.0.0.1:8123"),
        (("--demo", "--port", "8123", "--host", "::1"), {}, "http://[::1]:8123"),
        (("--port", "8123"), {"TANDEM_DEMO": "true"}, "http://127.0.0.1:8123"),
        (("--demo", "--port", "8123"), {"TANDEM_PUBLIC_URL": "https://demo.example"}, "https://demo.example"),
    ],
)
@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_demonstration_links_to_is_where_it_listens(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], environment: dict[str, str], expected: str, workers: int
) -> None:
    told: list[str] = []
    for name in ("TANDEM_DEMO", "TANDEM_PUBLIC_URL"):
        monkeypatch.setenv(name, "")  # so that what the command sets is taken back
    monkeypatch.setattr("api.serving.run", lambda app, *_: told.append(app.state.security.settings.public_url))
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: told.append(os.environ["TANDEM_PUBLIC_URL"]))
    done = run("serve", *arguments, "--workers", str(workers), **environment)
    assert (done.code, told) == (0, [expected])
    assert f"{expected}/sandbox" in done.err


def test_an_ehr_is_registered_with_what_was_agreed(run: Run) -> None:
    key = b64encode(bytes(range(32))).decode()
    whole = (
        "accounts",
        "client",
        "city-ehr",
        "--profile",
        "epic",
        "--issuer",
        "https://ehr.city.example/",
        "--jku",
        "https://ehr.city.example/jwks",
    )
    whole += ("--audience", "urn:site", "--fhir-server", "https://ehr.city.example/fhir", "--origin", "https://app.city.example")
    whole += ("--tenant-claim", "city=main", "--scope", "system/Observation.rs", "--scope", "system/PlanDefinition.rs")
    whole += ("--app", "https://app.city.example/launch")
    assert run(*whole, TANDEM_SECRET_KEY=key).out == "Registered.\n"
    again = run(*whole)
    assert (again.code, "taken" in again.err) == (2, True)
    for option, value in (
        ("--jku", f"http://{CANARY}.example"),
        ("--fhir-server", f"https://{CANARY}@ehr.example"),
        ("--origin", "*"),
        ("--app", f"http://{CANARY}.example/launch"),
        ("--scope", f"patient/{CANARY}.rs"),
        ("--issuer", f"with {CANARY}"),
    ):
        refused = run("accounts", "client", "another", option, value)
        assert (refused.code, option in refused.err or option == "--scope", CANARY in refused.err) == (2, True, False), refused.err
    assert run("accounts", "client", "another", "--issuer", "https://x.example").code == 2  # it signs, so it has keys


def test_a_system_is_changed_given_a_new_secret_and_closed(run: Run) -> None:
    key = {"TANDEM_SECRET_KEY": b64encode(bytes(range(32))).decode()}
    first = run("accounts", "client", "ehr", "--organisation", "City Hospital", "--scope", "system/Observation.rs", **key).out.strip()
    second = run("accounts", "secret", "ehr", "--overlap-hours", "0", **key).out.strip()
    assert len({first, second, ""}) == 3
    assert run("accounts", "client", "ehr", "--change", "--jku", "https://ehr.example/jwks", **key).out == "Changed.\n"
    assert run("accounts", "secret", "ehr", **key).code == 2  # it signs now
    refused = run("accounts", "client", "ehr", "--change", "--jku", f"http://{CANARY}.example", **key)
    assert (refused.code, "--jku" in refused.err, CANARY in refused.err) == (2, True, False)
    assert run("accounts", "client", "nobody", "--change", "--role", "monitor", **key).code == 2
    assert run("accounts", "close", "ehr", **key).out == "Closed.\n"
    assert "NAME" in run("accounts", "close", "ehr", **key).err
    kinds = [line.split("\t")[3] for line in run("journal", "list").out.splitlines()]
    assert kinds.count("system") == 4  # registered, secret, changed, closed


def test_a_decision_in_every_form(run: Run) -> None:
    text = run("recommend", RECORD, *AS_OF)
    assert (text.code, text.err) == (0, "")
    assert text.out.startswith("Tandem: recommendations for review\nAs of 23 Nov 2026, 16:00 UTC\nHelp at any hour")
    assert "\x1b" not in text.out
    found = json.loads(run("recommend", RECORD, *AS_OF, "--format", "json").out)
    assert DecisionDocument.model_validate(found)
    assert found["id"] in text.out
    assert run("recommend", RECORD, *AS_OF, "--format", "svg").out.startswith("<svg")
    assert run("recommend", RECORD, *AS_OF, "--format", "html", "--lang", "es").out.startswith('<!doctype html>\n<html lang="es">')


def test_standard_input_and_a_file_say_the_same(run: Run) -> None:
    named = run("recommend", RECORD, *AS_OF, "--format", "json")
    piped = run("recommend", "-", *AS_OF, "--format", "json", stdin=Path(RECORD).read_bytes())
    assert named.out == piped.out


def test_a_file_is_written_when_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    done = run("recommend", RECORD, *AS_OF, "--format", "html", "--out", str(tmp_path / "page.html"))
    assert done == (0, "", "")
    assert (tmp_path / "page.html").read_text(encoding="utf-8").endswith("</html>\n")


def test_nothing_known_is_a_decision_too(run: Run) -> None:
    assert run("recommend", "-", *AS_OF, stdin=b"{}").code == 0


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (b"", "-#: There is nothing in it. Send a JSON object. [json-empty]"),
        (b"{", "[json-syntax]"),
        (
            b'{"patient":{"age":1,"age":2}}',
            "-#/patient/age: A field stands twice in one object. Send each field once. [json-duplicate-key]",
        ),
        (b'{"patient":{"age":"Zanahoria-4711"}}', "-#/patient/age: This is not a whole number. Send a whole number. [wrong-type]"),
        (b'{"findings":[{"code":"phq9.qq9","value":1,"at":"2026-11-20T10:00:00Z"}]}', "Did you mean `phq9.q9`"),
    ],
)
def test_input_that_cannot_be_used(run: Run, record: bytes, expected: str) -> None:
    done = run("recommend", "-", *AS_OF, stdin=record)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
    assert expected in done.err
    assert CANARY not in done.err


def test_one_line_for_every_problem(run: Run) -> None:
    done = run("recommend", "-", *AS_OF, stdin=b'{"patient":{"age":"x","sex":"x"},"setting":"x"}')
    assert done.code == 2
    assert len(done.err.splitlines()) == 3
    assert all(line.endswith("]") for line in done.err.splitlines())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("recommend", "no-such-file.json"), "file-unreadable"),
        (("recommend", "."), "file-unreadable"),
        (("recommend", RECORD, "--as-of", "yesterday"), "wrong-time"),
        (("recommend", RECORD, "--as-of", "2026-02-30T10:00:00Z"), "wrong-time"),
        (("recommend", RECORD, "--out", "/no/such/folder/x"), "file-unwritable"),
        (("explain", RECORD, "naltrexon"), "component-unknown"),
        (("knowledge", "show", "no-such-rule"), "rule-unknown"),
    ],
)
def test_arguments_that_cannot_be_used(run: Run, arguments: tuple[str, ...], code: str) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert f"[{code}]" in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [("recommend",), ("recommend", RECORD, "--lang", "fr"), ("nonsense",), ("recommend", RECORD, "--format", "pdf")]
)
def test_a_command_that_is_none(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).code == 2


def test_a_record_that_is_too_large(run: Run) -> None:
    done = run("recommend", "-", stdin=b" " * 200, TANDEM_MAX_BODY="100")
    assert done.code == 2
    assert "[too-large]" in done.err


def test_a_setting_that_cannot_be_used(run: Run) -> None:
    done = run("recommend", RECORD, TANDEM_DURABLE="perhaps")
    assert (done.code, done.err) == (2, "TANDEM_DURABLE: It is neither auto nor off. Leave it out for auto. [setting-wrong]\n")


def test_one_component_explained(run: Run) -> None:
    text = run("explain", RECORD, "buprenorphine", *AS_OF)
    assert (text.code, text.err) == (0, "")
    for heading in ("WHAT WOULD CHANGE THIS", "THE ARGUMENT"):
        assert heading in text.out
    assert ExplanationDocument.model_validate(json.loads(run("explain", RECORD, "buprenorphine", *AS_OF, "--format", "json").out))
    assert run("explain", RECORD, "buprenorphine", *AS_OF, "--format", "svg", "--lang", "es").out.startswith("<svg")


@pytest.mark.skipif(not available(), reason="durable-rules is not here")
def test_two_engines_and_an_alarm(run: Run) -> None:
    agreed = run("recommend", RECORD, *AS_OF, TANDEM_DURABLE="auto")
    assert "Two engines judged every rule and agree." in agreed.out
    flipped = run("recommend", RECORD, *AS_OF, TANDEM_DURABLE_FAULT="flip:phq9-item9-asks-for-suicide-screen")
    assert flipped.code == 0
    assert "!! ENGINES DISAGREE on phq9-item9-asks-for-suicide-screen" in flipped.out
    assert [line.split("\t")[3] for line in run("journal", "list").out.splitlines()] == ["disagreement"]


def test_one_engine_says_so(run: Run) -> None:
    assert "!! UNCHECKED" in run("recommend", RECORD, *AS_OF).out


@pytest.mark.parametrize("what", ["record", "decision"])
def test_schemas(run: Run, what: str) -> None:
    done = run("schema", what)
    assert done.code == 0
    assert json.loads(done.out)["$id"] == f"urn:tandem:schema:{what}"


def test_a_component_is_shown_with_the_rules_that_speak_of_it(run: Run) -> None:
    shown = run("knowledge", "show", "component", "naltrexone").out
    assert "What to expect: " in shown
    assert "naltrexone-for-alcohol-use-disorder@" in shown.partition("Rules that recommend it")[2].partition("Rules that avoid it")[0]
    assert "When: " in shown.partition("Rules that avoid it")[2]
    assert "Qué le pide a usted: " in run("knowledge", "show", "component", "naltrexone", "--lang", "es").out
    refused = run("knowledge", "show", "component", "naltrexon")
    assert (refused.code, "component-unknown" in refused.err, "naltrexone" in refused.err) == (2, True, True)


def test_the_coverage_is_counted_listed_and_given_to_programs(run: Run) -> None:
    lines = {line.split("\t")[0]: line.split("\t") for line in run("knowledge", "coverage").out.splitlines()}
    encoded, rows = lines["3.5"][1].split("/")
    assert 0 < int(encoded) <= int(rows) == 14
    assert {"requirements", "brief", "rules [P]"} < set(lines)
    assert "continue-methadone" in run("knowledge", "coverage", "T40").out
    gaps = {tuple(line.split("\t")[:2]) for line in run("knowledge", "coverage", "--gaps").out.splitlines() if "\t" in line}
    written = json.loads(run("knowledge", "coverage", "--json").out)
    assert gaps == {(row["section"], row["id"]) for row in written["rows"] if row["gap"]}
    assert all(sum(counts.values()) >= 3 for counts in written["cases"].values())
    assert run("knowledge", "coverage", "T999").code == 2


def test_a_site_changes_parameters_from_the_command_line(run: Run, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("site: north\nparameters:\n  caring-messages-days: {value: 180, owner: dr-lee, reason: {en: ours, es: nuestro}}\n")
    done = run("--overlay", str(site), "recommend", RECORD, *AS_OF, "--format", "json", "--detail", "full", TANDEM_OVERLAY="")
    written = json.loads(done.out)
    assert written["release"]["id"].endswith("+north")
    (changed,) = [item for item in written["parameters"] if item["changed"]]
    assert (changed["name"], changed["value"], changed["default"], changed["owner"]) == ("caring-messages-days", 180, 365, "dr-lee")
    text = run("recommend", RECORD, *AS_OF, "--all").out
    assert "caring-messages-days: 180 (set by dr-lee at this site; 365 in the release)" in " ".join(text.split())


def test_the_knowledge_is_listed_and_shown(run: Run) -> None:
    listed = run("knowledge", "list").out.splitlines()
    assert [line.split("\t")[0] for line in listed] == sorted(line.split("\t")[0] for line in listed)
    assert any("phq9-item9-asks-for-suicide-screen@" in line for line in listed)
    assert "naloxone\t" in run("knowledge", "list", "--components", "--lang", "es").out
    shown = run("knowledge", "show", "phq9-item9-asks-for-suicide-screen").out
    for part in ("When: ", "Because: ", "Evidence: ", "Cases: ", "rules/suicide-risk/phq9-item9-asks-for-suicide-screen.yaml"):
        assert part in shown
    assert "Cuando: " in run("knowledge", "show", "phq9-item9-asks-for-suicide-screen", "--lang", "es").out


def test_the_dictionary_lists_what_may_be_sent(run: Run) -> None:
    listed = {line.split("\t")[0] for line in run("knowledge", "dictionary").out.splitlines()}
    assert "phq9.q9" in listed
    assert "suicide.tier" not in listed
    assert "suicide.tier" in {line.split("\t")[0] for line in run("knowledge", "dictionary", "--all").out.splitlines()}


def test_the_check_names_every_mistake(run: Run, tmp_path: Path) -> None:
    small = ROOT / "tests" / "data" / "knowledge"
    lacking = run("knowledge", "check", TANDEM_KNOWLEDGE=str(small))
    assert lacking.code == 1
    assert "[component-incomplete]" in lacking.err
    assert "[entry-incomplete]" in lacking.err
    broken = tmp_path / "knowledge"
    broken.mkdir()
    (broken / "release.yaml").write_text("id: {")
    done = run("knowledge", "check", TANDEM_KNOWLEDGE=str(broken))
    assert done.code == 2
    assert "release.yaml" in done.err


TERMINAL = """
import os, pty, sys
command = [sys.executable, "-m", "api.command", "recommend", sys.argv[1], "--as-of", "2026-11-23T16:00:00Z"]
sys.exit(os.waitstatus_to_exitcode(pty.spawn(command, lambda wire: os.read(wire, 65536))))
"""


@pytest.mark.parametrize(("wish", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_only_on_a_terminal_that_wants_them(wish: dict[str, str], coloured: bool) -> None:
    environment = os.environ | {"TANDEM_DURABLE": "off", "TERM": "xterm-256color", "COLUMNS": "80"} | wish
    command = [sys.executable, "-c", TERMINAL, RECORD]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, stdin=subprocess.DEVNULL)
    assert (b"\x1b[1;31m" in done.stdout) is coloured
    assert "Suicide" in done.stdout.decode()


def test_a_reader_that_has_had_enough_is_no_fault() -> None:
    command = f"set -o pipefail; {sys.executable} -m api.command knowledge dictionary --all | head -1"
    done = subprocess.run(["/bin/bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr
