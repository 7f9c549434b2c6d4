"""The calendar against a slow oracle that walks the clock.

The oracle shares nothing with the calendar but the zone data: it goes through UTC in steps
of a quarter of an hour, reads the wall clock at each, and asks whether a call may start.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.campaign.schedule.windows import (
    Schedule,
    Window,
    iterate_windows,
    summarise,
)
from tests.campaign.schedules import is_allowed_at, is_in_a_window

pytestmark = pytest.mark.slow

STEP = timedelta(minutes=15)
DAY = timedelta(days=1)
NEW_YORK = "America/New_York"
CHANGES = [
    (NEW_YORK, date(2027, 3, 14)),
    (NEW_YORK, date(2027, 11, 7)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("Australia/Lord_Howe", date(2027, 10, 3)),
    ("Europe/London", date(2027, 3, 28)),
    ("Europe/London", date(2027, 10, 31)),
    ("Pacific/Apia", date(2011, 12, 30)),  # a day that was left out
    ("Asia/Beirut", date(2027, 3, 28)),  # changes at midnight
    ("Asia/Beirut", date(2027, 10, 30)),
    ("America/Nuuk", date(2027, 3, 27)),  # changes into the next day, and back
    ("America/Nuuk", date(2027, 10, 30)),
    ("Antarctica/Troll", date(2027, 3, 28)),  # by two hours
    ("Asia/Kolkata", date(2027, 3, 28)),  # never
]


class Piece(NamedTuple):
    """One stretch of calling: the day on the wall, and its start and end in UTC."""

    day: date
    start: datetime
    end: datetime


def oracle(schedule: Schedule) -> list[Piece]:
    """Find the stretches of calling by looking at every quarter of an hour."""
    zone, calls = ZoneInfo(schedule.zone), list[Piece]()
    at = datetime.combine(schedule.first - DAY, time(), UTC)
    while at < datetime.combine(schedule.last + 2 * DAY, time(), UTC):
        wall = at.astimezone(zone)
        if may_start(schedule, wall):
            start = at
            if calls and (calls[-1].day, calls[-1].end) == (wall.date(), at):
                start = calls.pop().start
            calls.append(Piece(wall.date(), start, at + STEP))
        at += STEP
    return calls


def may_start(schedule: Schedule, wall: datetime) -> bool:
    return (
        schedule.first.isoformat() <= wall.date().isoformat() <= schedule.last.isoformat()
        and wall.isoweekday() - 1 in schedule.days
        and schedule.opens.isoformat() <= wall.time().isoformat() < schedule.closes.isoformat()
    )


def pieces(windows: list[Window]) -> list[Piece]:
    return [Piece(window.date, window.start_utc, window.end_utc) for window in windows]


def quarter(number: int) -> time:
    return time(number // 4, number % 4 * 15)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Draw a few days around a clock change; every other window is one in the night."""
    zone, change = draw(st.sampled_from(CHANGES))
    first = change - draw(st.integers(0, 3)) * DAY
    night = draw(st.booleans())
    opens = draw(st.integers(0, 12 if night else 94))
    closes = draw(st.integers(opens + 1, 16 if night else 95))
    return Schedule(
        first=first,
        last=first + draw(st.integers(0, 5)) * DAY,
        zone=zone,
        days=draw(st.frozensets(st.integers(0, 6), min_size=1) | st.just(frozenset(range(7)))),
        opens=quarter(opens),
        closes=quarter(closes),
        is_open_ended=False,
    )


def night_of(day: date) -> Schedule:
    return Schedule(day, day, NEW_YORK, frozenset(range(7)), time(1, 15), time(2, 30), False)


often = settings(max_examples=250, deadline=None)


@often
@given(schedules())
@example(night_of(date(2027, 3, 14)))
@example(night_of(date(2027, 11, 7)))
def test_windows_are_the_instants_at_which_the_wall_clock_allows_a_call(schedule: Schedule) -> None:
    assert pieces(list(iterate_windows(schedule))) == oracle(schedule)


@often
@given(schedules())
@example(night_of(date(2027, 3, 14)))
@example(night_of(date(2027, 11, 7)))
def test_a_schedule_adds_up_to_what_the_wall_clock_allows(schedule: Schedule) -> None:
    expected, overview = oracle(schedule), summarise(schedule)

    assert overview.calling_days == len({piece.day for piece in expected})
    assert overview.length == sum((piece.end - piece.start for piece in expected), timedelta())
    assert pieces([overview.first] if overview.first else []) == expected[:1]
    assert pieces([overview.last] if overview.last else []) == expected[-1:]


@often
@given(schedules(), st.integers(0, 9 * 24 * 60))
def test_a_call_may_start_within_the_windows_and_at_no_other_minute(
    schedule: Schedule, minutes: int
) -> None:
    instant = datetime.combine(schedule.first - DAY, time(), UTC) + timedelta(minutes=minutes)
    assert is_in_a_window(schedule, instant) is is_allowed_at(schedule, instant)


@often
@given(schedules())
def test_a_total_that_is_not_days_times_hours_is_explained_by_a_clock_change(
    schedule: Schedule,
) -> None:
    overview = summarise(schedule)
    opens, closes = (
        datetime.combine(schedule.first, at) for at in (schedule.opens, schedule.closes)
    )

    assert overview.changes or overview.length == overview.calling_days * (closes - opens)
