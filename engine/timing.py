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
    seconds = int(length.total_seconds())
    hours, minutes = divmod(seconds // 60, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes or not hours else "")
