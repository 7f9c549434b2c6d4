"""The campaign with which somebody tries the app: complete, and with nothing to decide first.

Its ids are the sandbox's own, so that it can be sent there as it stands. Its leads are in New
York, called in office hours: no rule of calling is broken, whatever the week.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.connections import SANDBOX
from app.sandbox.examples import find_example

_SCHEDULE: dict[str, Any] = {
    "type": "OUTBOUND",
    "dialer_type": "SINGLE",
    "timezone": "America/New_York",
    "days_of_week": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"],
    "daily_start_time": "09:00",
    "daily_end_time": "17:00",
    "max_call_attempts": "4",
    "max_daily_attempts": "2",
    "min_gap_between_attempts": "180",
    "consider_voicemail_as_answered": "true",
}
"""What fits most campaigns, as it would be typed."""

_SAMPLE: dict[str, Any] = _SCHEDULE | {
    "name": "Sample: new patient offer",
    "assistant_id": find_example("assistant"),
    "tenant_voice_provider_id": find_example("provider"),
    "phone_number_id": find_example("number"),
    "audience": "New York",
    "purpose": "marketing",
    "connection": SANDBOX,
}

_LENGTH = timedelta(days=11)
"""From a Monday to the Friday of the next week."""


def write_sample(now: datetime) -> dict[str, Any]:
    """Write the answers of the sample, from the Monday after the aware instant *now*."""
    return _SAMPLE | _write_dates(now)


def write_template(now: datetime) -> dict[str, Any]:
    """Write those answers of the sample that suit other campaigns: its schedule and attempts."""
    return _SCHEDULE | _write_dates(now)


def _write_dates(now: datetime) -> dict[str, str]:
    first = _find_next_monday(now.astimezone(ZoneInfo(_SCHEDULE["timezone"])).date())
    return {"start_date": first.isoformat(), "end_date": (first + _LENGTH).isoformat()}


def _find_next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())
