"""Schedules for the tests of the calendar, and instants written shortly."""

from datetime import UTC, date, datetime, time

from app.campaign.calendar import Schedule, Window, schedule
from app.campaign.contract import Weekday
from tests.factories import outbound

EVERY_DAY = tuple(Weekday)


def usable(**changes: object) -> Schedule:
    """Take the schedule of the valid campaign with these changes."""
    found = schedule(outbound(**changes))
    assert found is not None
    return found


def one_day(zone: str, day: date, opens: time, closes: time) -> Schedule:
    return usable(
        timezone=zone,
        start_date=day,
        end_date=day,
        days_of_week=EVERY_DAY,
        daily_start_time=opens,
        daily_end_time=closes,
    )


def utc(month: int, day: int, hour: int, minute: int = 0, *, year: int = 2027) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def wall(window: Window) -> tuple[str, str]:
    return window.start.isoformat(), window.end.isoformat()
