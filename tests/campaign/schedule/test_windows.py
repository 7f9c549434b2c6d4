"""Windows as exact instants, above all in the nights in which the clocks change.

The expected instants are worked out by hand from each zone's published rule.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.campaign.schedule.windows import (
    Window,
    find_windows_on,
)
from tests.campaign.schedules import is_in_a_window, one_day, usable, utc, wall

NEW_YORK = "America/New_York"


def in_utc(window: Window) -> str:
    return f"{window.start_utc:%d %H:%M} to {window.end_utc:%d %H:%M}"


@pytest.mark.parametrize(
    ("instant", "allowed"),
    [
        (utc(1, 4, 13, 59), False),
        (utc(1, 4, 14), True),
        (utc(1, 4, 21, 59), True),
        (utc(1, 4, 22), False),
        (utc(1, 9, 15), False),  # a Saturday
        (utc(1, 3, 15), False),  # the day before the first
        (utc(1, 1, 15), False),  # a wanted weekday before the first
        (utc(4, 1, 15), False),  # the day after the last
        (utc(3, 15, 13), True),  # an hour earlier by UTC after the change of 14 March
        (utc(3, 15, 21), False),
    ],
)
def test_a_call_may_start_with_the_window_but_not_with_its_end(
    instant: datetime, *, allowed: bool
) -> None:
    assert is_in_a_window(usable(), instant) is allowed


def test_a_call_may_start_in_the_last_second_of_a_window() -> None:
    last = utc(1, 4, 22) - timedelta(seconds=1)

    assert is_in_a_window(usable(), last)


def test_it_is_the_instant_that_counts_and_not_the_zone_it_is_given_in() -> None:
    assert is_in_a_window(usable(), utc(1, 4, 14).astimezone(ZoneInfo("Asia/Kolkata")))


@pytest.mark.parametrize(
    ("zone", "day", "opens", "closes", "expected"),
    [
        # New York, 02:00 becomes 03:00: an hour is missing from the night
        (NEW_YORK, "2027-03-14", "01:00", "04:00", ["14 06:00 to 14 08:00"]),
        (NEW_YORK, "2027-03-14", "02:30", "04:00", ["14 07:00 to 14 08:00"]),
        (NEW_YORK, "2027-03-14", "01:00", "02:30", ["14 06:00 to 14 07:00"]),
        (NEW_YORK, "2027-03-14", "02:00", "03:00", []),
        (NEW_YORK, "2027-03-14", "02:15", "02:45", []),
        # New York, 02:00 becomes 01:00: the hour from one to two happens twice
        (NEW_YORK, "2027-11-07", "00:00", "03:00", ["07 04:00 to 07 08:00"]),
        (NEW_YORK, "2027-11-07", "01:00", "02:00", ["07 05:00 to 07 07:00"]),
        (
            NEW_YORK,
            "2027-11-07",
            "01:15",
            "01:45",
            ["07 05:15 to 07 05:45", "07 06:15 to 07 06:45"],
        ),
        (
            NEW_YORK,
            "2027-11-07",
            "00:30",
            "01:30",
            ["07 04:30 to 07 05:30", "07 06:00 to 07 06:30"],
        ),
        # Lord Howe, by half an hour: 02:00 becomes 02:30, and 01:30
        ("Australia/Lord_Howe", "2027-10-03", "01:00", "03:00", ["02 14:30 to 02 16:00"]),
        ("Australia/Lord_Howe", "2027-04-04", "01:00", "03:00", ["03 14:00 to 03 16:30"]),
        ("Australia/Lord_Howe", "2027-04-04", "01:30", "02:00", ["03 14:30 to 03 15:30"]),
        # London, 01:00 becomes 02:00
        ("Europe/London", "2027-03-28", "00:00", "03:00", ["28 00:00 to 28 02:00"]),
        # Kolkata's clocks never change
        ("Asia/Kolkata", "2027-03-28", "09:00", "17:00", ["28 03:30 to 28 11:30"]),
        # Beirut, 24:00 becomes 23:00: the last hour of the day happens twice
        (
            "Asia/Beirut",
            "2027-10-30",
            "23:00",
            "23:30",
            ["30 20:00 to 30 20:30", "30 21:00 to 30 21:30"],
        ),
    ],
)
def test_a_window_in_the_night_of_a_change_is_what_the_wall_clock_shows(
    zone: str, day: str, opens: str, closes: str, expected: list[str]
) -> None:
    on = date.fromisoformat(day)
    schedule = one_day(zone, on, time.fromisoformat(opens), time.fromisoformat(closes))

    assert [in_utc(window) for window in find_windows_on(schedule, on)] == expected


@pytest.mark.parametrize(
    ("day", "minutes"),
    [(date(2027, 3, 14), 7 * 60), (date(2027, 3, 15), 8 * 60), (date(2027, 11, 7), 9 * 60)],
)
def test_the_length_of_a_window_is_real_time(day: date, minutes: int) -> None:
    (window,) = find_windows_on(one_day(NEW_YORK, day, time(0), time(8)), day)

    assert window.minutes == minutes


def test_a_daytime_window_keeps_its_length_on_the_day_of_a_change() -> None:
    day = date(2027, 3, 14)
    (window,) = find_windows_on(one_day(NEW_YORK, day, time(9), time(17)), day)

    assert wall(window) == ("2027-03-14T09:00:00-04:00", "2027-03-14T17:00:00-04:00")


def test_a_window_across_a_change_is_shown_with_the_clock_of_each_end() -> None:
    day = date(2027, 11, 7)
    (window,) = find_windows_on(one_day(NEW_YORK, day, time(0), time(8)), day)

    assert wall(window) == ("2027-11-07T00:00:00-04:00", "2027-11-07T08:00:00-05:00")
