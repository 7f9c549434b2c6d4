"""The most attempts in any stretch, held against a walk that shares nothing with the app."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.campaign.schedule.attempts import Limits, follow_attempts
from app.campaign.schedule.peak_attempts import PERIODS, find_most_in_dates, find_most_within
from app.campaign.schedule.windows import Schedule
from tests.campaign.schedule.peak_walk import (
    DAY,
    LEADS,
    RETRIES,
    most_walked,
    most_walked_in_dates,
    near_changes,
    starts,
)

pytestmark = pytest.mark.slow

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
