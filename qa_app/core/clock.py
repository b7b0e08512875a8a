"""The time, always aware and in UTC; rules take it as an argument and only edges ask for it."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)
