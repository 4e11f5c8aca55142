"""Writing to standard output for a reader who may stop reading."""

from __future__ import annotations

import os
import sys


def put(text: str) -> None:
    """Print a text, ended by a line break. A reader that has had enough, as `head` has, is no fault."""
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
