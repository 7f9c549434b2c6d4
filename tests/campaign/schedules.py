"""Schedules for the tests of the calendar, unusual ones included, and short forms of instants."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.campaign.contract.fields import Weekday
from app.campaign.schedule.windows import Schedule, Window, iterate_windows, read_schedule
from tests.factories import outbound

EVERY_DAY = tuple(Weekday)
_DAY = timedelta(days=1)


def usable(**changes: object) -> Schedule:
    """Take the schedule of the valid campaign with these changes."""
    schedule = read_schedule(outbound(**changes))
    assert schedule is not None
    return schedule


def is_allowed_at(schedule: Schedule, instant: datetime) -> bool:
    """Tell by the wall clock of the zone whether a call may start at an instant: the definition."""
    there = instant.astimezone(ZoneInfo(schedule.zone))
    return schedule.calls_on(there.date()) and schedule.opens <= there.time() < schedule.closes


def is_in_a_window(schedule: Schedule, instant: datetime) -> bool:
    windows = iterate_windows(schedule)
    return any(window.start_utc <= instant < window.end_utc for window in windows)


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


ODD_ZONES = (
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "America/New_York",
    "Europe/London",
    "America/Santiago",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Havana",
)
"""Zones whose offsets are not whole hours, or change when others do not."""

_CHANGES = [date(2027, 3, 14), date(2027, 3, 28), date(2027, 4, 4), date(2027, 9, 5)]
_CHANGES += [date(2027, 10, 3), date(2027, 10, 31), date(2027, 11, 7)]


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Draw two to four weeks around a clock change somewhere, on any days, at any hours."""
    quarters = draw(st.sets(st.integers(0, 95), min_size=2, max_size=2))
    opens, closes = (time(n // 4, n % 4 * 15) for n in sorted(quarters))
    days = draw(st.sets(st.sampled_from(EVERY_DAY), min_size=1))
    first = draw(st.sampled_from(_CHANGES)) - draw(st.integers(1, 12)) * _DAY
    return usable(
        timezone=draw(st.sampled_from(ODD_ZONES)),
        start_date=first,
        end_date=first + draw(st.integers(13, 27)) * _DAY,
        days_of_week=tuple(day for day in EVERY_DAY if day in days),
        daily_start_time=opens,
        daily_end_time=closes,
    )
