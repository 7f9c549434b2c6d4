"""The most attempts in any stretch of campaigns whose figures were worked out by hand."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from app.campaign.schedule import peak_attempts
from app.campaign.schedule.attempts import Limits
from app.campaign.schedule.day_rows import Row, iterate_day_rows
from app.campaign.schedule.peak_attempts import (
    PERIODS,
    find_most_in_dates,
    find_most_in_months,
    find_most_within,
)
from app.campaign.schedule.windows import Schedule
from tests.campaign.schedule.peak_walk import DAY, LONDON, NEW_YORK, PARIS

pytestmark = pytest.mark.slow

TUESDAY, THURSDAY, SATURDAY, SUNDAY = 1, 3, 5, 6


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
        rows = tuple(iterate_day_rows(*asked))
        counts.extend(len(row.windows) for row in rows)
        return rows

    with monkeypatch.context() as patch:
        patch.setattr(peak_attempts, "iterate_day_rows", counted)
        peak = find_most_within(schedule, limits_of(10**6, 1000, 3), PERIODS["30d"])
    assert len(peak) > 20 * 160  # Twenty windows of eight hours at the least.
    return sum(counts)


def test_ten_years_of_calls_every_three_minutes_take_few_more_steps_than_three_years(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert 0 < laid_out(monkeypatch, 10) < 2 * laid_out(monkeypatch, 3)
