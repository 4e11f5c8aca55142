"""Every tag of the features is a mark: `pytest -m V08` runs what a vignette asks for, `pytest -m S1-04` a requirement."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import settings

from adapters.durable import available

pytest_plugins = ["stores", "journals"]
TESTS = Path(__file__).parent
FEATURES = TESTS.parent / "features"
settings.register_profile("tests", deadline=None)  # how fast something is, is measured in bench/ and asserted nowhere
settings.load_profile("tests")


def pytest_configure(config: pytest.Config) -> None:
    lines = [line.strip() for path in FEATURES.rglob("*.feature") for line in path.read_text(encoding="utf-8").splitlines()]
    tags = {tag for line in lines if line.startswith("@") for tag in re.findall(r"@(\S+)", line)}
    tests = "".join(path.read_text(encoding="utf-8") for path in sorted(TESTS.glob("test_*.py")))
    tags |= set(re.findall(r"^@pytest\.mark\.([TV]\d\d)$", tests, re.MULTILINE))
    for tag in sorted(tags):
        config.addinivalue_line("markers", f"{tag}: a requirement, or a vignette or trap of the clinical brief")
    config.addinivalue_line("markers", "durable: needs durable-rules, which not every Python can have")
    if os.environ.get("TESTS_REQUIRE_DURABLE") and not available():
        pytest.exit(f"durable-rules is required here: {available().reason}", returncode=1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not available() and item.get_closest_marker("durable"):
            item.add_marker(pytest.mark.skip(reason=available().reason or ""))
