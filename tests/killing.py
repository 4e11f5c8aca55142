"""A command that is killed again and again, wherever it happens to be, until it comes to its end by itself."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from api.bulk.run import Place

ROOT = Path(__file__).parent.parent


def parts(place: Place) -> int:
    """How many parts of a population run are done."""
    try:
        return sum(path.name.isdigit() for path in place.done.iterdir())
    except FileNotFoundError:  # not yet, or no longer
        return 0


def killed(
    command: list[str], environment: Mapping[str, str], moments: Iterable[Callable[[], bool]], rng: random.Random
) -> tuple[int, str]:
    """Kills it soon after each of these moments, goes on with it, and at last lets it end. How often it was killed; all it said."""
    kills, heard, resume = 0, "", list[str]()
    for reached in (*moments, lambda: False):
        process = subprocess.Popen(
            [*command, *resume], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        while process.poll() is None and not reached():
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.1))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        said, wrong = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), wrong
        heard, resume = heard + said + wrong, ["--resume"]
    return kills, heard
