"""Logs as JSON lines. What may be said is typed: numbers, and words of our own; never a text that somebody sent.

A name that is not in `FIELDS`, or a word that is not of our own kind, is dropped: a log line can say too little, never too much.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal

import structlog

Level = Literal["debug", "info", "warning", "error"]
_WORD = re.compile(r"[A-Za-z0-9_.:/@{} -]{1,160}")
FIELDS: Mapping[str, type] = {
    "operation": str,  # method and path of the route, never the address that was asked for
    "status": int,
    "ms": float,
    "actor": str,  # the id of an account or of a system
    "tenant": str,
    "kind": str,  # of an error
    "place": str,  # in our own code
    "rules": str,  # ids of rules
    "reason": str,  # one of our own codes
    "release": str,
    "seconds": float,
    "count": int,
}


def tell(event: str, level: Level = "info", **fields: object) -> None:
    """Write one line. event: a name of our own."""
    getattr(structlog.get_logger("tandem"), level)(event, **sound(fields))


def sound(fields: Mapping[str, object]) -> dict[str, object]:
    """What of these may be said."""
    found: dict[str, object] = {}
    for name, value in fields.items():
        kind = FIELDS.get(name)
        if kind is str and isinstance(value, str) and _WORD.fullmatch(value):
            found[name] = value
        elif kind in (int, float) and isinstance(value, int | float) and not isinstance(value, bool):
            found[name] = round(value, 3)
    return found


def _foreign(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What libraries log may hold anything: only its kind leaves. Our own older lines hold codes and ids alone."""
    record = event.get("_record")
    name = record.name if record is not None else ""
    if name != "tandem":
        event["event"] = f"{name or 'library'} says something"
    event.pop("exc_info", None)
    event.pop("positional_args", None)
    return event


def configure(level: Level) -> None:
    """Set the process up to log as JSON on standard error."""
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, stamp, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    shape = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_log_level, stamp, _foreign],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(shape)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
