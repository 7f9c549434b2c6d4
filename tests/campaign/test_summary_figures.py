"""The figures in the plain words: attempts, totals, clock changes, times and days."""

from datetime import date, time
from typing import Any

import pytest

from app.campaign.contract.fields import Weekday
from app.campaign.formatting import format_clock, format_day
from tests.campaign.test_summary import about, words
from tests.factories import outbound


def test_without_a_last_day_the_total_says_until_when_it_counts() -> None:
    # 4 January 2027 to 31 January 2028 are 56 weeks and a Monday.
    sentences = words(outbound(end_date=None))

    assert "From Monday 4 January 2027 on, with no last day." in sentences
    assert (
        "That makes 281 calling days with 2,248 hours of calling until Monday 31 January 2028, "
        "and it goes on after that." in sentences
    )


def test_without_a_last_day_no_call_is_said_to_never_start() -> None:
    # The last day that is looked at, a Tuesday, is no calling day; the campaign goes on.
    values = outbound(start_date=date(2199, 12, 31), end_date=None, days_of_week=(Weekday.MONDAY,))
    assert about("That makes", values) == []


def test_a_total_that_stops_before_the_last_day_says_so() -> None:
    (sentence,) = about("That makes", outbound(end_date=date(9999, 12, 31)))

    assert sentence.endswith("until Tuesday 31 December 2199, and it goes on after that.")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"end_date": date(2027, 1, 4)}, "That makes 1 calling day with 8 hours of calling."),
        (
            {"end_date": date(2027, 1, 4), "daily_end_time": time(10)},
            "That makes 1 calling day with 1 hour of calling.",
        ),
        (
            {"end_date": date(2027, 1, 5), "daily_end_time": time(9, 15)},
            "That makes 2 calling days with 30 minutes of calling.",
        ),
        (
            {"start_date": date(2027, 1, 2), "end_date": date(2027, 1, 3)},
            "That makes no calling day at all: no call will ever start.",
        ),
    ],
)
def test_one_is_said_in_the_singular_and_none_as_a_warning(
    changes: dict[str, Any], sentence: str
) -> None:
    assert about("That makes", outbound(**changes)) == [sentence]


@pytest.mark.parametrize(
    ("total", "daily", "gap", "sentence"),
    [
        (1, 1, 60, "Each lead is called at most once in all, at most once in one day."),
        (2, None, 3, "Each lead is called at most twice in all, at least 3 minutes apart."),
        (None, 2, None, "Each lead is called at most twice in one day."),
        (None, None, 1440, "Each lead is called at least 1,440 minutes apart."),
        (1000, None, None, "Each lead is called at most 1,000 times in all."),
    ],
)
def test_attempts_are_counted_in_words(
    total: int | None, daily: int | None, gap: int | None, sentence: str
) -> None:
    values = outbound(
        max_call_attempts=total, max_daily_attempts=daily, min_gap_between_attempts=gap
    )

    assert about("Each lead", values) == [sentence]


@pytest.mark.parametrize(
    ("last", "count"),
    [(date(2027, 3, 13), 0), (date(2027, 3, 14), 1), (date(2027, 11, 7), 2), (date(2040, 1, 1), 4)],
)
def test_up_to_four_clock_changes_are_named(last: date, count: int) -> None:
    assert len(about("The clocks in", outbound(end_date=last))) == count


@pytest.mark.parametrize(
    ("last", "more"),
    [(date(2028, 12, 31), ""), (date(2029, 3, 11), "once"), (date(2029, 12, 31), "twice")],
)
def test_further_clock_changes_are_counted(last: date, more: str) -> None:
    sentences = about("The clocks there", outbound(end_date=last))

    assert sentences == (
        [f"The clocks there change {more} more until {format_day(last)}."] if more else []
    )


def test_a_clock_change_of_half_an_hour_is_said_to_the_minute() -> None:
    values = outbound(timezone="Australia/Lord_Howe", end_date=date(2027, 4, 30))

    assert about("The clocks", values) == [
        (
            "The clocks in Australia/Lord_Howe change on Sunday 4 April 2027, "
            "from UTC+11:00 to UTC+10:30."
        )
    ]


@pytest.mark.parametrize(
    ("at", "written"),
    [(time(0), "00:00"), (time(9, 5), "09:05"), (time(17), "17:00"), (time(9, 0, 30), "09:00:30")],
)
def test_a_time_is_written_in_24_hours_with_seconds_only_if_there_are_any(
    at: time, written: str
) -> None:
    assert format_clock(at) == written


def test_a_day_is_written_in_full() -> None:
    assert format_day(date(2027, 1, 4)) == "Monday 4 January 2027"
