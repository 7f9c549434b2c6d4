"""How long an API wants to be left alone: the header ``Retry-After`` (RFC 9110, 10.2.3)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 24 * 60 * 60
"""Seconds; whoever asks for more is not believed."""


def seconds_to_wait(headers: Mapping[str, str]) -> int | None:
    """Read the header as whole seconds from now, whichever way it is written."""
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    if given.strip().isascii() and given.strip().isdigit():
        return min(int(given.strip()[:9]), LONGEST)
    try:
        until = parsedate_to_datetime(given)
    except (ValueError, TypeError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    left = round((until - datetime.now(UTC)).total_seconds())
    return max(0, min(left, LONGEST))
