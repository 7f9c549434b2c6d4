"""The most attempts in any stretch, held against a walk that shares nothing with the app.

The walk reads the zone data, notes every fifth minute at which a call may start, and from each
of them calls as early as it may. All hours, gaps and periods are whole tens of minutes, so that
a step of five finds the latest beginnings, too.
"""

from bisect import bisect_left
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.campaign.schedule import peak_attempts
from app.campaign.schedule.attempts import Limits, follow_attempts
from app.campaign.schedule.day_rows import Row, lay_out_day_rows
from app.campaign.schedule.peak_attempts import (
    PERIODS,
    find_most_in_dates,
    find_most_in_months,
    find_most_within,
)
from app.campaign.schedule.windows import Schedule

pytestmark = pytest.mark.slow

DAY, STEP = timedelta(days=1), timedelta(minutes=5)
NEW_YORK, LONDON, PARIS = "America/New_York", "Europe/London", "Europe/Paris"
ZONES = (
    NEW_YORK,
    LONDON,
    PARIS,
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Beirut",
    "Africa/Casablanca",
    "America/Havana",
)
LEADS = (*ZONES, "Asia/Kolkata")
TUESDAY, THURSDAY, SATURDAY, SUNDAY = 1, 3, 5, 6


def starts(schedule: Schedule) -> list[tuple[datetime, date]]:
    """Note each instant at which a call may start, with its date in the campaign's zone."""
    zone, beginnings = ZoneInfo(schedule.zone), []
    for number in range(-1, (schedule.last - schedule.first).days + 2):
        day = datetime.combine(schedule.first + number * DAY, time(), UTC)
        for step in range(DAY // STEP):
            here = (day + step * STEP).astimezone(zone)
            if (
                schedule.first <= here.date() <= schedule.last
                and here.weekday() in schedule.days
                and schedule.opens <= here.time() < schedule.closes
            ):
                beginnings.append((day + step * STEP, here.date()))
    return beginnings


def walked(
    beginnings: list[tuple[datetime, date]], retries: Limits, since: datetime, until: datetime
) -> int:
    """Count the calls to one lead who is called as early as possible."""
    by_day: Counter[date] = Counter()
    free, made = since, 0
    for at, day in beginnings[bisect_left(beginnings, (since, date.min)) :]:
        if at >= until or made == retries.total:
            break
        if at >= free and by_day[day] < retries.daily:
            by_day[day] += 1
            free, made = at + retries.gap, made + 1
    return made


def most_walked(schedule: Schedule, retries: Limits, period: timedelta) -> int:
    beginnings = starts(schedule)
    return max((walked(beginnings, retries, at, at + period) for at, _ in beginnings), default=0)


def most_walked_in_dates(schedule: Schedule, retries: Limits, dates: int, zone: str) -> int:
    """Begin at midnight in a zone, before each date that a campaign can reach there."""
    beginnings, clock = starts(schedule), ZoneInfo(zone)
    days = (schedule.first + n * DAY for n in range(-2, (schedule.last - schedule.first).days + 3))
    ends = [
        [
            datetime.combine(day, time(), clock).astimezone(UTC)
            for day in (first, first + dates * DAY)
        ]
        for first in days
    ]
    return max(walked(beginnings, retries, since, until) for since, until in ends)


def changes() -> list[tuple[str, date]]:
    """Find the days around which a zone's clock changes in two years."""
    days = [date(2027, 1, 1) + n * DAY for n in range(730)]
    noons = {day: datetime.combine(day, time(12), UTC) for day in [*days, days[-1] + DAY]}
    return [
        (zone, day)
        for zone in ZONES
        for day in days
        if noons[day].astimezone(ZoneInfo(zone)).utcoffset()
        != noons[day + DAY].astimezone(ZoneInfo(zone)).utcoffset()
    ]


def at(tens: int) -> time:
    return time(tens // 6, tens % 6 * 10)


@st.composite
def near_changes(draw: st.DrawFn) -> Schedule:
    """Draw a campaign that starts within 16 days of a clock change and lasts up to nine weeks.

    Half of the windows are in the night, where the clock changes; most are short.
    """
    zone, change = draw(st.sampled_from(changes()))
    opens = draw(st.integers(0, 24) | st.integers(0, 140))
    long = draw(st.integers(1, 9) | st.integers(1, 60))
    first = change + draw(st.integers(-16, 16)) * DAY
    return Schedule(
        first=first,
        last=first + draw(st.integers(0, 12) | st.integers(13, 63)) * DAY,
        zone=zone,
        days=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        opens=at(opens),
        closes=at(min(opens + long, 143)),
        is_open_ended=False,
    )


RETRIES = st.builds(
    Limits,
    st.one_of(st.integers(1, 12), st.integers(60, 160), st.sampled_from([144, 288, 720, 1008])).map(
        lambda tens: timedelta(minutes=10 * tens)
    ),
    st.integers(1, 6),
    st.integers(1, 9) | st.integers(10, 200),
)
LENGTHS = st.sampled_from([*PERIODS.values(), timedelta(hours=36), timedelta(days=3)])

often = settings(max_examples=150, deadline=None)


@often
@given(near_changes(), RETRIES, LENGTHS)
def test_no_stretch_holds_more_or_fewer_than_the_walk_finds(
    schedule: Schedule, retries: Limits, period: timedelta
) -> None:
    peak = find_most_within(schedule, retries, period)
    assert len(peak) == most_walked(schedule, retries, period)
    assert not peak or peak[-1] - peak[0] < period


@often
@given(near_changes(), RETRIES, st.sampled_from([1, 2, 7, 30]), st.sampled_from(LEADS))
def test_no_dates_in_a_row_hold_more_or_fewer_than_the_walk_finds(
    schedule: Schedule, retries: Limits, dates: int, zone: str
) -> None:
    peak = find_most_in_dates(schedule, retries, dates, ((zone,),))
    assert len(peak) == most_walked_in_dates(schedule, retries, dates, zone)


@often
@given(near_changes(), RETRIES)
def test_a_day_holds_no_more_and_no_fewer_than_the_walk_finds(
    schedule: Schedule, retries: Limits
) -> None:
    most = most_walked_in_dates(schedule, retries, 1, schedule.zone)
    assert follow_attempts(schedule, retries).per_day == most


def most_chosen(beginnings: list[tuple[datetime, date]], retries: Limits, period: timedelta) -> int:
    """Choose the most calls of all possible ones: each is made, or is not."""

    @cache
    def further(number: int, made: int, today: int) -> int:
        """Count those after one call, which is so many after the first, of its day and in all."""
        at, day = beginnings[number]
        best = 0
        for later in range(number + 1, len(beginnings)):
            (then, its_day), begun = beginnings[later], beginnings[first][0]
            count = today + 1 if its_day == day else 1
            if then - begun < period and then - at >= retries.gap and count <= retries.daily:
                best = max(best, 1 + further(later, made + 1, count))
        return min(best, retries.total - made)

    best = 0
    for first in range(len(beginnings)):
        further.cache_clear()
        best = max(best, 1 + further(first, 1, 1))
    return best


@settings(max_examples=60, deadline=None)
@given(near_changes(), RETRIES, LENGTHS)
def test_no_choice_of_calls_is_better_than_to_call_as_early_as_may_be(
    schedule: Schedule, retries: Limits, period: timedelta
) -> None:
    opens = schedule.opens.replace(hour=min(schedule.opens.hour, 22))
    short = replace(
        schedule,
        last=min(schedule.last, schedule.first + 8 * DAY),
        opens=opens,
        closes=min(schedule.closes, opens.replace(hour=opens.hour + 1)),
    )
    most = most_chosen(starts(short), retries, period)
    assert len(find_most_within(short, retries, period)) == most


def weekly(
    zone: str, days: set[int], hours: tuple[time, time], first: date, last: date | None
) -> Schedule:
    return Schedule(first, last or first + 396 * DAY, zone, frozenset(days), *hours, not last)


def limits_of(total: int, daily: int, gap: int) -> Limits:
    return Limits(timedelta(minutes=gap), daily, total)


CASES = {
    "each hour of a weekend, from the day before a change": (
        weekly(
            NEW_YORK,
            {SATURDAY, SUNDAY},
            (time(12), time(13)),
            date(2027, 11, 6),
            date(2027, 12, 19),
        ),
        limits_of(20, 2, 10),
        {"24h": 4},
    ),
    "an hour that the first Sunday does not have": (
        weekly(NEW_YORK, {SUNDAY}, (time(2), time(3)), date(2027, 3, 10), date(2027, 5, 30)),
        limits_of(20, 5, 10),
        {"24h": 5, "14d": 12, "30d": 20},
    ),
    "Thursdays, the first ones around a change": (
        weekly(
            LONDON, {THURSDAY}, (time(11, 30), time(12, 30)), date(2028, 10, 20), date(2028, 12, 4)
        ),
        limits_of(8, 4, 5),
        {"7d": 8},
    ),
    "a quarter of an hour on Tuesdays": (
        weekly(PARIS, {TUESDAY}, (time(11, 30), time(11, 45)), date(2027, 3, 20), date(2027, 5, 4)),
        limits_of(8, 5, 10080),
        {"30d": 5},
    ),
    "a first evening in two pieces, which share what the day may have": (
        weekly(
            "Asia/Beirut",
            {SATURDAY, SUNDAY},
            (time(20), time(23, 30)),
            date(2027, 10, 30),
            date(2027, 10, 31),
        ),
        limits_of(20, 4, 30),
        {"24h": 7},
    ),
}


@pytest.mark.parametrize(("schedule", "retries", "expected"), CASES.values(), ids=CASES)
def test_a_campaign_that_starts_near_a_change_has_ordinary_weeks_too(
    schedule: Schedule, retries: Limits, expected: dict[str, int]
) -> None:
    peak = {name: len(find_most_within(schedule, retries, PERIODS[name])) for name in expected}
    assert peak == expected


def test_a_stretch_can_begin_so_that_a_later_window_is_just_reached() -> None:
    days = set(range(5))
    schedule = weekly(LONDON, days, (time(9), time(17)), date(2027, 1, 4), date(2027, 1, 8))
    # From the start of a window the gap leads past the end of the next.
    peak = find_most_within(schedule, limits_of(3, 1, 25 * 60), timedelta(hours=51))
    assert len(peak) == 3


def test_every_month_counts_of_a_campaign_of_several_years_or_without_a_last_day() -> None:
    # The first month of 31 days that begins on a Tuesday is August 2028.
    days, hours = {1, 2, 3}, (time(9), time(17))
    for last in (date(2029, 1, 4), None):
        schedule = weekly(NEW_YORK, days, hours, date(2027, 1, 4), last)
        peak = find_most_in_months(schedule, limits_of(1000, 1, 60), ((NEW_YORK,),))
        assert len(peak) == 15
        assert peak[0].date() == date(2028, 8, 1)


def test_a_date_far_from_any_change_can_hold_more_in_summer_than_in_winter() -> None:
    # Midnight in Kolkata is at 13:30 in New York in winter, at 14:30 in summer.
    days, hours = {THURSDAY, THURSDAY + 1}, (time(13, 40), time(15))
    winter = weekly(NEW_YORK, days, hours, date(2027, 1, 4), date(2027, 3, 13))
    summer = replace(winter, last=date(2027, 8, 31))
    for schedule, most in ((winter, 1), (summer, 2)):
        peak = find_most_in_dates(schedule, limits_of(20, 1, 60), 1, (("Asia/Kolkata",),))
        assert len(peak) == most


def test_one_call_a_day_is_seven_in_seven_days_and_no_more() -> None:
    daily = weekly(NEW_YORK, set(range(7)), (time(9), time(17)), date(2027, 1, 4), None)
    once, twice = limits_of(100, 1, 60), limits_of(100, 2, 60)
    assert len(find_most_in_dates(daily, once, 7, ((NEW_YORK,),))) == 7
    assert len(find_most_in_dates(daily, twice, 7, ((NEW_YORK,),))) == 14
    # A rolling week, but not seven dates, can hold the end of one window and the next week's start.
    assert len(find_most_within(daily, once, PERIODS["7d"])) == 8


def laid_out(monkeypatch: pytest.MonkeyPatch, years: int) -> int:
    """Count the windows that are examined for the worst 30 days of so many years."""
    last = date(2026 + years, 12, 31)
    schedule = weekly(NEW_YORK, set(range(5)), (time(9), time(17)), date(2027, 1, 1), last)
    counts: list[int] = []

    def counted(*asked: Any) -> tuple[Row, ...]:
        rows = lay_out_day_rows(*asked)
        counts.extend(len(row.windows) for row in rows)
        return rows

    with monkeypatch.context() as patch:
        patch.setattr(peak_attempts, "lay_out_day_rows", counted)
        peak = find_most_within(schedule, limits_of(10**6, 1000, 3), PERIODS["30d"])
    assert len(peak) > 20 * 160  # Twenty windows of eight hours at the least.
    return sum(counts)


def test_ten_years_of_calls_every_three_minutes_take_few_more_steps_than_three_years(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert 0 < laid_out(monkeypatch, 10) < 2 * laid_out(monkeypatch, 3)
