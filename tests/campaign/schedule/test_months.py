"""The months as a wall calendar: weeks from Monday, and each day marked for what it is.

1 January 2027 is a Friday; 1 February 2027 is a Monday, and that month has 28 days.
"""

from datetime import date, time

import pytest

from app.campaign.contract.fields import Weekday
from app.campaign.schedule.months import MOST_MONTHS, Month, is_long, lay_out_months
from app.campaign.schedule.windows import summarise
from tests.campaign.schedules import EVERY_DAY, one_day, usable


def sheets(first: date, last: date | None, **changes: object) -> list[Month]:
    return lay_out_months(summarise(usable(start_date=first, end_date=last, **changes)), {})


def marks(month: Month) -> dict[int, str]:
    """Find the mark of each day that has one."""
    days = [day for week in month.weeks for day in week if day]
    return {day.number: day.mark for day in days if day.mark}


def numbers(month: Month) -> list[list[int | None]]:
    return [[day.number if day else None for day in week] for week in month.weeks]


def test_a_calling_day_has_its_windows_and_any_other_day_has_none() -> None:
    (march,) = sheets(
        date(2027, 3, 13), date(2027, 3, 15), days_of_week=EVERY_DAY, daily_start_time=time(1)
    )
    windows = {
        day.number: [window.minutes for window in day.windows]
        for week in march.weeks
        for day in week
        if day and day.windows
    }

    # On the 14th the clocks of New York skip an hour.
    assert windows == {13: [16 * 60], 14: [15 * 60], 15: [16 * 60]}


@pytest.mark.parametrize(
    ("last", "expected"),
    [(date(2027, 3, 14), False), (date(2027, 3, 15), True), (None, True)],
)
def test_ten_weeks_and_a_day_are_seen_at_a_glance(last: date | None, expected: bool) -> None:
    assert is_long(usable(start_date=date(2027, 1, 4), end_date=last)) is expected


def test_a_month_is_laid_out_in_weeks_from_monday() -> None:
    (january,) = sheets(date(2027, 1, 4), date(2027, 1, 29))

    assert january.name == "January 2027"
    assert numbers(january) == [
        [None, None, None, None, 1, 2, 3],
        [4, 5, 6, 7, 8, 9, 10],
        [11, 12, 13, 14, 15, 16, 17],
        [18, 19, 20, 21, 22, 23, 24],
        [25, 26, 27, 28, 29, 30, 31],
    ]


def test_a_month_that_fills_its_weeks_has_no_empty_cell() -> None:
    (february,) = sheets(date(2027, 2, 1), date(2027, 2, 26))

    assert numbers(february) == [list(range(start, start + 7)) for start in (1, 8, 15, 22)]


def test_a_leap_day_is_a_day() -> None:
    (february,) = sheets(date(2028, 2, 1), date(2028, 2, 2))

    assert numbers(february)[-1] == [28, 29, None, None, None, None, None]


@pytest.mark.parametrize(
    ("first", "last", "names"),
    [
        (date(2027, 1, 31), date(2027, 2, 1), ["January 2027", "February 2027"]),
        (date(2027, 12, 1), date(2028, 1, 31), ["December 2027", "January 2028"]),
        (date(2027, 4, 30), date(2027, 5, 31), ["April 2027", "May 2027"]),
    ],
)
def test_each_month_from_the_first_day_to_the_last_is_shown(
    first: date, last: date, names: list[str]
) -> None:
    assert [month.name for month in sheets(first, last)] == names


@pytest.mark.parametrize(
    ("last", "count"),
    [
        (date(2027, 12, 31), 12),
        (date(2028, 1, 1), 13),
        (date(2028, 2, 1), 13),
        (date(2031, 1, 1), 13),
        (None, 13),
    ],
)
def test_thirteen_months_are_the_most(last: date | None, count: int) -> None:
    assert len(sheets(date(2027, 1, 1), last)) == count <= MOST_MONTHS


@pytest.mark.parametrize("first", [date(2027, 1, 1), date(2027, 1, 31), date(2027, 12, 15)])
def test_a_campaign_without_a_last_day_fills_thirteen_months_and_no_day_is_its_last(
    first: date,
) -> None:
    drawn = sheets(first, None, days_of_week=EVERY_DAY)

    assert len(drawn) == 13
    assert 28 in marks(drawn[-1])
    assert sum("edge" in mark for month in drawn for mark in marks(month).values()) == 1


def test_calling_days_are_marked_and_the_first_and_the_last_of_them_stand_out() -> None:
    (january,) = sheets(date(2027, 1, 2), date(2027, 1, 9))

    assert marks(january) == {4: "call edge", 5: "call", 6: "call", 7: "call", 8: "call edge"}


def test_a_day_before_the_first_or_after_the_last_is_not_marked() -> None:
    (january,) = sheets(date(2027, 1, 13), date(2027, 1, 14), days_of_week=EVERY_DAY)

    assert marks(january) == {13: "call edge", 14: "call edge"}


def test_only_wanted_days_of_the_week_are_marked() -> None:
    (january,) = sheets(
        date(2027, 1, 1), date(2027, 1, 31), days_of_week=(Weekday.TUESDAY, Weekday.SUNDAY)
    )

    assert list(marks(january)) == [3, 5, 10, 12, 17, 19, 24, 26, 31]


def test_the_day_of_a_clock_change_is_marked_though_no_call_is_made() -> None:
    (march,) = sheets(date(2027, 3, 11), date(2027, 3, 16))

    assert marks(march) == {11: "call edge", 12: "call", 14: "change", 15: "call", 16: "call edge"}


def test_a_clock_change_on_a_calling_day_is_marked_beside_the_call() -> None:
    (march,) = sheets(date(2027, 3, 13), date(2027, 3, 15), days_of_week=EVERY_DAY)

    assert marks(march) == {13: "call edge", 14: "call change", 15: "call edge"}


def test_a_clock_change_on_the_first_day_keeps_both_marks() -> None:
    (november,) = sheets(date(2027, 11, 7), date(2027, 11, 8), days_of_week=EVERY_DAY)

    assert marks(november) == {7: "call edge change", 8: "call edge"}


def test_a_clock_change_outside_the_dates_is_not_marked() -> None:
    (march,) = sheets(date(2027, 3, 15), date(2027, 3, 16))

    assert list(marks(march)) == [15, 16]


def test_a_day_whose_whole_window_the_clocks_skip_is_not_marked_as_a_calling_day() -> None:
    # New York, 14 March 2027: 02:00 becomes 03:00.
    (march,) = sheets(
        date(2027, 3, 13),
        date(2027, 3, 15),
        days_of_week=EVERY_DAY,
        daily_start_time=time(2),
        daily_end_time=time(3),
    )

    assert marks(march) == {13: "call edge", 14: "change", 15: "call edge"}


def test_a_day_that_samoa_left_out_is_not_marked_as_a_calling_day() -> None:
    left_out = one_day("Pacific/Apia", date(2011, 12, 30), time(9), time(17))

    (december,) = lay_out_months(summarise(left_out), {})

    assert marks(december) == {30: "change"}


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "America/Nuuk"])
@pytest.mark.parametrize("opens", [time(0), time(2), time(9), time(23)])
def test_as_many_days_are_marked_as_are_counted(zone: str, opens: time) -> None:
    overview = summarise(
        usable(
            timezone=zone,
            start_date=date(2027, 1, 1),
            end_date=date(2027, 12, 31),
            days_of_week=EVERY_DAY,
            daily_start_time=opens,
            daily_end_time=opens.replace(minute=30),
        )
    )
    all_marks = [mark for month in lay_out_months(overview, {}) for mark in marks(month).values()]

    assert sum(mark.startswith("call") for mark in all_marks) == overview.calling_days
