"""Hours on several clocks, held against plain sets of minutes."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.campaign.schedule.intervals import (
    ALWAYS,
    WHOLE_DAY,
    DayHours,
    WeekHours,
    count_seconds,
    intersect,
    intersect_weeks,
    shift_week,
    subtract,
)

STEP = 15 * 60
QUARTERS = range(0, WHOLE_DAY, STEP)
HOUR = 60 * 60
MONDAY = datetime(2027, 1, 4, tzinfo=UTC)
OFFICE: WeekHours = (((9 * HOUR, 17 * HOUR),),) * 5 + ((), ())

EDGES = st.lists(st.integers(0, 96).map(lambda n: n * STEP), max_size=6, unique=True)
DAYS = EDGES.map(lambda ends: tuple(zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False)))
WEEKS = st.tuples(*[DAYS] * 7)
AHEAD = st.integers(-26 * 4, 26 * 4).map(lambda n: n * STEP)


def covered(day: DayHours) -> set[int]:
    """Find the quarters of an hour that a day covers, by their first second."""
    return {at for at in QUARTERS if any(start <= at < end for start, end in day)}


def is_tidy(day: DayHours) -> bool:
    """Tell whether stretches are in order, apart, not empty and of this day."""
    ends = [at for stretch in day for at in stretch]
    return ends == sorted(set(ends)) and all(0 <= at <= WHOLE_DAY for at in ends)


@pytest.mark.parametrize(
    ("at", "expected"),
    [(time(0), 0), (time(8), 28_800), (time(23, 59, 59), 86_399), (time(9, 30, 1), 34_201)],
)
def test_a_time_of_day_is_its_seconds_since_midnight(at: time, expected: int) -> None:
    assert count_seconds(at) == expected


@settings(max_examples=80, deadline=None)
@given(DAYS, DAYS)
def test_two_days_share_the_minutes_that_are_in_both(hours: DayHours, other: DayHours) -> None:
    assert covered(intersect(hours, other)) == covered(hours) & covered(other)
    assert is_tidy(intersect(hours, other))


@settings(max_examples=80, deadline=None)
@given(DAYS, DAYS)
def test_beyond_a_day_lie_the_minutes_that_it_does_not_have(
    hours: DayHours, other: DayHours
) -> None:
    assert covered(subtract(hours, other)) == covered(hours) - covered(other)
    assert is_tidy(subtract(hours, other))


@settings(max_examples=40, deadline=None)
@given(st.lists(WEEKS, max_size=3))
def test_several_weeks_share_what_each_of_them_has(weeks: list[WeekHours]) -> None:
    shared = intersect_weeks(weeks)
    for number in range(7):
        expected = set(QUARTERS).intersection(*(covered(week[number]) for week in weeks))
        assert covered(shared[number]) == expected


def test_of_no_weeks_all_hours_are_shared() -> None:
    assert intersect_weeks([]) == ALWAYS


@settings(max_examples=50, deadline=None)
@given(WEEKS, AHEAD)
def test_a_week_seen_from_another_clock_is_the_same_instants(week: WeekHours, ahead: int) -> None:
    seen = shift_week(week, ahead)
    theirs = timezone(timedelta(seconds=ahead)) if abs(ahead) < WHOLE_DAY else None
    for step in range(7 * len(QUARTERS)):
        here = MONDAY + timedelta(seconds=step * STEP)
        there = here.astimezone(theirs) if theirs else here + timedelta(seconds=ahead)
        is_open = count_seconds(there.time()) in covered_by(week, there.weekday())
        assert (count_seconds(here.time()) in covered_by(seen, here.weekday())) is is_open
    assert all(map(is_tidy, seen))


def covered_by(week: WeekHours, weekday: int) -> set[int]:
    return {at for start, end in week[weekday] for at in range(start, end, STEP)}


@settings(max_examples=50, deadline=None)
@given(WEEKS, AHEAD)
def test_seen_from_there_and_back_a_week_covers_what_it_did(week: WeekHours, ahead: int) -> None:
    back = shift_week(shift_week(week, ahead), -ahead)
    assert [covered(day) for day in back] == [covered(day) for day in week]


def test_monday_at_nine_in_new_york_is_monday_at_three_in_paris() -> None:
    seen = shift_week(OFFICE, -6 * HOUR)
    assert seen[0] == ((15 * HOUR, 23 * HOUR),)
    assert seen[5:] == ((), ())


def test_hours_that_reach_over_midnight_there_fall_on_two_days_here() -> None:
    seen = shift_week(OFFICE, -10 * HOUR)
    assert seen[0] == ((19 * HOUR, WHOLE_DAY),)
    assert seen[1] == ((0, 3 * HOUR), (19 * HOUR, WHOLE_DAY))
    assert seen[5] == ((0, 3 * HOUR),)
    assert seen[6] == ()


def test_hours_that_meet_at_midnight_are_seen_as_one_stretch() -> None:
    assert shift_week(ALWAYS, 5 * HOUR + 45 * 60) == ALWAYS
