"""Every command and snippet in the README and the docs runs as written."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import nodejs
import pytest

from adapters.durable import available
from engine.artifacts import Rule
from engine.dictionary import Entry
from engine.terminology import Diagnoses
from knowledge.cases import Case
from knowledge.load import load
from knowledge.read import parse

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Other parts of CI run these, or they would run the tests inside the tests.
ELSEWHERE = re.compile(r"^(make \w+|git clone .*|cd tandem|tandem serve.*)( +#.*)?$")


def snippets(*languages: str) -> list[pytest.param]:
    found = []
    for path in DOCUMENTS:
        for number, match in enumerate(FENCE.finditer(path.read_text(encoding="utf-8")), start=1):
            if match[1] in languages:
                found.append(pytest.param(match[2], id=f"{path.name}-{number}"))
    return found


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service keeps its journal, and the commands find it."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def service(data: Path) -> Iterator[str]:
    """The service as the docs start it, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "api.command", "serve", "--demo", "--port", str(port)]
    environment = os.environ | {"TANDEM_DATA": str(data), "TANDEM_DRAIN": "0"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                with urlopen(f"http://127.0.0.1:{port}/health/live") as answer:
                    assert answer.status == 200
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy that a snippet may change."""
    for name in ("engine", "knowledge", "adapters", "api", "examples"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("script", snippets("bash"))
def test_commands(script: str, service: str, data: Path, checkout: Path) -> None:
    if "TANDEM_DURABLE_FAULT" in script and not available():
        pytest.skip(available().reason or "")
    lines = [line for line in script.splitlines() if not ELSEWHERE.match(line)]
    script = "\n".join(lines).replace("http://127.0.0.1:8000", service)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(checkout), "TANDEM_DATA": str(data)}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.parametrize(
    "command", sorted({m for p in DOCUMENTS for m in re.findall(r"(?:^|`)make ([a-z]+)", p.read_text(encoding="utf-8"), re.MULTILINE)})
)
def test_make_targets_exist(command: str) -> None:
    assert re.search(rf"^{command}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("program", snippets("python"))
def test_programs(program: str, service: str, checkout: Path) -> None:
    program = program.replace("http://127.0.0.1:8000", service)
    done = subprocess.run([sys.executable, "-c", program], cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("program", snippets("js", "javascript"))
def test_scripts(program: str, service: str, checkout: Path) -> None:
    program = program.replace("http://127.0.0.1:8000", service)
    command = [nodejs.node(), "--input-type=module", "--eval", program]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("text", snippets("yaml"))
def test_knowledge_shapes(text: str) -> None:
    document, base = parse(text.encode(), "snippet"), load()
    context = {"dictionary": base.dictionary, "parameters": {name: item.value for name, item in base.parameters.items()}}
    if isinstance(document, list):
        assert [Case.model_validate(case) for case in document]
    elif "when" in document:
        assert Rule.model_validate(document, context=context).id
    elif "sets" in document:
        assert Diagnoses.model_validate(document).sets
    else:
        for code, body in document.items():
            assert Entry.model_validate({"code": code, **body}).code == code
