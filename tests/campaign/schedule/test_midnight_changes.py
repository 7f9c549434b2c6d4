"""Clock changes at midnight, held against a walk of the wall clock minute by minute."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.campaign.schedule.attempts import Limits, follow_attempts
from app.campaign.schedule.windows import (
    Schedule,
    is_inside_a_window,
    is_on_a_calling_day,
    iterate_windows,
    summarise,
)
from app.campaign.timezones.zones import find_clock_changes
from tests.campaign.schedules import EVERY_DAY, one_day, usable

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
CHANGES = [
    ("America/Santiago", date(2027, 4, 4)),
    ("America/Santiago", date(2027, 9, 5)),
    ("America/Nuuk", date(2027, 3, 28)),
    ("America/Nuuk", date(2027, 10, 31)),
    ("Asia/Beirut", date(2027, 3, 28)),
    ("Asia/Beirut", date(2027, 10, 31)),
    ("Africa/Cairo", date(2027, 4, 30)),
    ("Africa/Cairo", date(2027, 10, 29)),
    ("Asia/Gaza", date(2011, 4, 1)),
    ("Asia/Gaza", date(2011, 8, 1)),
    ("America/St_Johns", date(2009, 3, 8)),
    ("America/St_Johns", date(2009, 11, 1)),
    ("America/New_York", date(2027, 11, 7)),
    ("Pacific/Apia", date(2011, 12, 30)),
]


@cache
def minutes_by_day(zone: str, first: date, last: date) -> dict[date, Counter[time]]:
    """Count how often the clock on the wall shows each minute of each day."""
    minutes: dict[date, Counter[time]] = {}
    at = datetime.combine(first - 2 * DAY, time(), UTC)
    while at < datetime.combine(last + 3 * DAY, time(), UTC):
        wall = at.astimezone(ZoneInfo(zone))
        minutes.setdefault(wall.date(), Counter())[wall.time()] += 1
        at += MINUTE
    return minutes


@pytest.mark.parametrize(("zone", "near"), CHANGES)
@pytest.mark.parametrize("opens", [time(0), time(9), time(22, 30)])
def test_a_change_is_on_a_calling_day_if_that_day_is_not_24_hours_long(
    zone: str, near: date, opens: time
) -> None:
    walked = minutes_by_day(zone, near - DAY, near + DAY)
    for day in (near - DAY, near, near + DAY):
        minutes = walked.get(day, Counter[time]())
        schedule = one_day(zone, day, opens, opens.replace(minute=45))
        is_odd = set(minutes.values()) != {1} or len(minutes) != 24 * 60
        changes = summarise(schedule).changes
        assert bool(changes) is is_odd
        assert all(is_on_a_calling_day(schedule, change) for change in changes)
        hours = [minutes[opens.replace(minute=n)] for n in range(opens.minute, 45)]
        odd_hours = any(count != 1 for count in hours)
        assert any(is_inside_a_window(schedule, change) for change in changes) is odd_hours


def test_a_change_at_the_midnight_before_the_first_day_is_no_matter_of_the_campaign() -> None:
    # Santiago, 3 April 2027: 24:00 of the Saturday becomes 23:00.
    sunday = one_day("America/Santiago", date(2027, 4, 4), time(9), time(17))

    assert summarise(sunday).changes == ()


def test_a_change_belongs_to_the_days_that_it_makes_longer_or_shorter() -> None:
    (change,) = find_clock_changes("America/Santiago", date(2027, 4, 1), date(2027, 4, 30))
    april: dict[str, object] = {
        "timezone": "America/Santiago",
        "start_date": date(2027, 4, 1),
        "end_date": date(2027, 4, 30),
    }
    weekdays = usable(**april, days_of_week=EVERY_DAY[:6])
    sundays = usable(**april, days_of_week=EVERY_DAY[6:])

    assert is_on_a_calling_day(weekdays, change)
    assert not is_on_a_calling_day(sundays, change)


def walked(schedule: Schedule) -> list[tuple[date, datetime]]:
    """Go through the minutes at which calls may start, each with its day on the wall."""
    at, minutes = datetime.combine(schedule.first - 2 * DAY, time(), UTC), []
    while at < datetime.combine(schedule.last + 3 * DAY, time(), UTC):
        wall = at.astimezone(ZoneInfo(schedule.zone))
        if schedule.calls_on(wall.date()) and schedule.opens <= wall.time() < schedule.closes:
            minutes.append((wall.date(), at))
        at += MINUTE
    return minutes


@pytest.mark.parametrize(
    ("opens", "closes"), [(time(0), time(23, 59)), (time(0), time(2)), (time(22), time(23, 30))]
)
@pytest.mark.parametrize(("zone", "near"), CHANGES)
def test_windows_are_in_the_order_of_time(zone: str, near: date, opens: time, closes: time) -> None:
    schedule = usable(
        timezone=zone,
        start_date=near - DAY,
        end_date=near + DAY,
        days_of_week=EVERY_DAY,
        daily_start_time=opens,
        daily_end_time=closes,
    )
    minutes = [
        (window.date, window.start_utc + n * MINUTE)
        for window in iterate_windows(schedule)
        for n in range(window.minutes)
    ]

    assert minutes == walked(schedule)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([change for change in CHANGES if "St_Johns" in change[0]]),
    st.integers(1, 200),
    st.integers(1, 5),
)
def test_attempts_come_in_order_as_early_as_the_wall_clock_allows(
    change: tuple[str, date], gap: int, daily: int
) -> None:
    schedule = usable(
        timezone=change[0],
        start_date=change[1] - DAY,
        end_date=change[1] + DAY,
        days_of_week=EVERY_DAY,
        daily_start_time=time(0),
        daily_end_time=time(23, 59),
    )
    made: list[datetime] = []
    by_day = Counter[date]()
    for day, at in walked(schedule):
        if by_day[day] < daily and (not made or at - made[-1] >= gap * MINUTE):
            made.append(at)
            by_day[day] += 1

    assert list(follow_attempts(schedule, Limits(gap * MINUTE, daily, 50)).timeline) == made
