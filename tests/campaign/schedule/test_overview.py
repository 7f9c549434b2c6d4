"""What a schedule adds up to: figures worked out by hand, and when there is a calendar at all."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.campaign.contract.fields import Weekday
from app.campaign.formatting import format_length
from app.campaign.schedule.windows import Overview, iterate_windows, read_schedule, summarise
from tests.campaign.schedules import EVERY_DAY, one_day, usable, utc, wall
from tests.factories import inbound, outbound


def sample() -> Overview:
    return summarise(usable(start_date=date(2025, 1, 1), end_date=date(2025, 3, 31)))


def test_the_vendors_sample_makes_64_days_and_512_hours() -> None:
    # January, February and March 2025 have 23, 20 and 21 weekdays, of 8 hours each.
    overview = sample()

    assert (overview.calling_days, overview.length, format_length(overview.length)) == (
        64,
        timedelta(hours=512),
        "512 hours",
    )


def test_the_vendors_sample_has_one_clock_change_though_no_call_is_made_that_day() -> None:
    (change,) = sample().changes

    assert change.day == date(2025, 3, 9)
    assert change.day.weekday() == EVERY_DAY.index(Weekday.SUNDAY)


def test_the_first_and_the_last_window_of_the_vendors_sample_lie_on_either_side_of_it() -> None:
    overview = sample()

    assert overview.first is not None
    assert overview.last is not None
    assert wall(overview.first) == ("2025-01-01T09:00:00-05:00", "2025-01-01T17:00:00-05:00")
    assert wall(overview.last) == ("2025-03-31T09:00:00-04:00", "2025-03-31T17:00:00-04:00")
    assert overview.last.end_utc == utc(3, 31, 21, year=2025)


def test_twelve_weeks_and_three_days_of_workdays_are_63_days() -> None:
    assert summarise(usable()).calling_days == 12 * 5 + 3


def test_both_dates_are_called_on() -> None:
    schedule = usable(start_date=date(2027, 1, 4), end_date=date(2027, 1, 5))

    assert [window.date for window in iterate_windows(schedule)] == [
        date(2027, 1, 4),
        date(2027, 1, 5),
    ]


def test_the_first_window_waits_for_a_wanted_day_and_the_last_ends_on_one() -> None:
    # 1 January 2027 is a Friday.
    overview = summarise(usable(start_date=date(2027, 1, 2), end_date=date(2027, 1, 10)))

    assert overview.first is not None
    assert overview.last is not None
    assert (overview.first.date, overview.last.date) == (date(2027, 1, 4), date(2027, 1, 8))


def test_dates_without_a_wanted_day_make_no_window() -> None:
    overview = summarise(usable(start_date=date(2027, 1, 2), end_date=date(2027, 1, 3)))

    assert (overview.calling_days, overview.length) == (0, timedelta(0))
    assert format_length(overview.length) == "0 hours"
    assert (overview.first, overview.last) == (None, None)


@pytest.mark.parametrize(
    ("opens", "closes", "hours"),
    [
        (time(9), time(10), "1 hour"),
        (time(9), time(9, 30), "30 minutes"),
        (time(9), time(10, 1), "1 hour 1 minute"),
        (time(9, 0, 30), time(9, 0, 48), "18 seconds"),
        (time(0), time(23, 59, 59), "23 hours 59 minutes 59 seconds"),
        (time(9), time(19), "10 hours"),
    ],
)
def test_hours_are_written_out_and_not_rounded(opens: time, closes: time, hours: str) -> None:
    assert format_length(summarise(one_day("UTC", date(2027, 1, 4), opens, closes)).length) == hours


def test_thousands_of_hours_are_written_with_a_comma() -> None:
    # 2028-01-01 to 2028-12-29 are 52 weeks: 260 workdays of 8 hours.
    overview = summarise(usable(start_date=date(2028, 1, 1), end_date=date(2028, 12, 29)))

    assert format_length(overview.length) == "2,080 hours"


def test_a_day_that_samoa_left_out_is_no_calling_day() -> None:
    left_out = one_day("Pacific/Apia", date(2011, 12, 30), time(9), time(17))

    assert summarise(left_out).calling_days == 0


def test_a_week_with_a_day_that_samoa_left_out_has_six_calling_days() -> None:
    schedule = usable(
        timezone="Pacific/Apia",
        start_date=date(2011, 12, 26),
        end_date=date(2012, 1, 1),
        days_of_week=EVERY_DAY,
    )

    assert summarise(schedule).calling_days == 6
    assert format_length(summarise(schedule).length) == "48 hours"


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2027, 3, 14), date(2027, 3, 15), [date(2027, 3, 14)]),
        (date(2027, 3, 13), date(2027, 3, 14), [date(2027, 3, 14)]),
        (date(2027, 3, 15), date(2027, 11, 6), []),
        (date(2027, 1, 4), date(2027, 12, 31), [date(2027, 3, 14), date(2027, 11, 7)]),
    ],
)
def test_clock_changes_from_the_first_day_to_the_last_are_named(
    first: date, last: date, days: list[date]
) -> None:
    overview = summarise(usable(start_date=first, end_date=last))

    assert [change.day for change in overview.changes] == days


def test_a_change_just_after_midnight_is_named_if_it_takes_from_the_last_day() -> None:
    # Nuuk, 27 March 2027: 23:00 becomes 00:00 of the 28th.
    overview = summarise(one_day("America/Nuuk", date(2027, 3, 27), time(22), time(23, 30)))

    assert format_length(overview.length) == "1 hour"
    assert [change.day for change in overview.changes] == [date(2027, 3, 28)]


@pytest.mark.parametrize(
    "name",
    ["start_date", "timezone", "days_of_week", "daily_start_time", "daily_end_time"],
)
def test_there_is_no_calendar_until_the_schedule_is_complete(name: str) -> None:
    assert read_schedule(outbound(**{name: None})) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"timezone": "America/Newark"},
        {"days_of_week": ()},
        {"daily_end_time": time(9)},
        {"daily_end_time": time(8, 59)},
        {"end_date": date(2027, 1, 3)},
        {"start_date": date(1899, 12, 31)},
        {"start_date": date(2200, 1, 1), "end_date": None},
        {"start_date": date(2200, 1, 5), "end_date": date(2201, 1, 1)},
        {"start_date": date(9999, 12, 31), "end_date": None},
    ],
)
def test_there_is_no_calendar_of_what_cannot_be(changes: dict[str, object]) -> None:
    assert read_schedule(outbound(**changes)) is None


def test_a_campaign_that_is_rung_has_no_calendar() -> None:
    dates = {name: value for name, value in outbound().items() if name not in inbound()}

    assert read_schedule(inbound(**dates)) is None


def test_a_single_day_has_a_calendar_though_the_api_would_refuse_it() -> None:
    assert summarise(usable(end_date=date(2027, 1, 4))).calling_days == 1


@pytest.mark.parametrize(
    ("first", "until"),
    [
        (date(2027, 1, 4), date(2028, 1, 31)),
        (date(2027, 2, 28), date(2028, 2, 29)),
        (date(2027, 12, 1), date(2028, 12, 31)),
        (date(2199, 5, 1), date(2199, 12, 31)),
    ],
)
def test_a_campaign_without_a_last_day_is_shown_to_the_end_of_its_13th_month(
    first: date, until: date
) -> None:
    overview = summarise(usable(start_date=first, end_date=None))

    assert overview.shown_until == until
    assert overview.schedule.is_open_ended
    assert overview.first is not None
    assert overview.last is None


def test_a_campaign_with_a_last_day_is_shown_until_then() -> None:
    overview = summarise(usable())

    assert overview.shown_until == date(2027, 3, 31)
    assert not overview.schedule.is_open_ended


@pytest.mark.parametrize("first", [date(1900, 1, 1), date(2199, 12, 30)])
def test_the_years_from_1900_to_2199_have_a_calendar(first: date) -> None:
    assert summarise(usable(start_date=first, end_date=None)).calling_days > 0


def test_a_calendar_stops_at_the_end_of_2199() -> None:
    assert summarise(usable(end_date=date(9999, 12, 31))).shown_until == date(2199, 12, 31)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (10, "10 seconds"), (36, "36 seconds"), (3600, "1 hour")],
)
def test_calls_of_seconds_are_not_told_as_no_hours(seconds: int, words: str) -> None:
    closes = (datetime(2027, 1, 4, 10, tzinfo=UTC) + timedelta(seconds=seconds)).time()
    overview = summarise(one_day("America/New_York", date(2027, 1, 4), time(10), closes))
    assert format_length(overview.length) == words
