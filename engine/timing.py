"""Moments and durations as ISO 8601 text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def duration(length: timedelta) -> str:
    """ISO 8601 duration."""
    if length % timedelta(days=1) == timedelta(0) and length:
        return f"P{length.days}D"
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if number)
    return f"PT{parts or '0M'}"
